"""Homologs by seeds and alignment against naive references, planted relatives and shuffled rows."""

import itertools
import sys

import numpy as np
import pytest

from seqaug_sklearn.alphabets import DNA, PROTEIN, Alphabet
from seqaug_sklearn.exceptions import MissingDependencyError
from seqaug_sklearn.similarity import HomologIndex, mark_tags
from seqaug_sklearn.similarity._homologs._scoring import scoring_of
from seqaug_sklearn.similarity._homologs._seeds import count_seed_pairs, pad_rows, seed_pairs, seed_plan

pytest.importorskip("parasail", reason="parasail is not installed: pip install 'seqaug-sklearn[audit]'")

AMINO = "ACDEFGHIKLMNPQRSTVWY"
SHARES = [0.08, 0.02, 0.055, 0.065, 0.04, 0.07, 0.02, 0.06, 0.06, 0.1, 0.02, 0.04, 0.05, 0.04, 0.055, 0.065, 0.05, 0.07,
          0.01, 0.03]  # fmt: skip


def texts(rng, n, length, alphabet="dna"):
    if alphabet == "dna":
        return ["".join(row) for row in rng.choice(list("ACGT"), (n, length))]
    return ["".join(row) for row in rng.choice(list(AMINO), (n, length), p=np.array(SHARES) / sum(SHARES))]


def related(rng, text, identity, letters):
    return "".join(c if rng.random() < identity else rng.choice([o for o in letters if o != c]) for c in text)


def other_strand(text):
    return text.translate(str.maketrans("ACGT", "TGCA"))[::-1]


def naive_score(a, b, scoring, alphabet):
    """Smith-Waterman with affine gaps, cell by cell (Gotoh)."""
    codes = [[alphabet.table[ord(c)] for c in text] for text in (a, b)]
    first, more = scoring.gap_open + scoring.gap_extend, scoring.gap_extend
    best, low = 0, -(10**6)
    above, down = [0] * (len(b) + 1), [low] * (len(b) + 1)
    for i in codes[0]:
        row, across = [0], low
        for j, code in enumerate(codes[1], start=1):
            down[j] = max(above[j] - first, down[j] - more)
            across = max(row[j - 1] - first, across - more)
            row.append(max(0, above[j - 1] + int(scoring.matrix[i, code]), down[j], across))
        above, best = row, max(best, *row)
    return best


@pytest.mark.parametrize(("alphabet", "letters"), [(DNA, "ACGTN"), (PROTEIN, AMINO + "X")])
def test_scores_equal_smith_and_waterman(alphabet, letters, rng):
    first = ["".join(rng.choice(list(letters), rng.integers(1, 40))) for _ in range(40)]
    second = [text[rng.integers(len(text)) :] + "".join(rng.choice(list(letters), 9)) for text in first]
    index = HomologIndex([*first, *second], alphabet)
    rows = np.arange(40)
    found = index.align(rows, rows + 40, np.ones(40, int))
    expected = [naive_score(a, b, index.scoring, alphabet) for a, b in zip(first, second, strict=True)]
    assert found.scores.tolist() == expected
    query = index.aligner.text(index._row(index.codes, 0))
    targets = [index.aligner.text(index._row(index.codes, row), 1) for row in rows + 40]
    assert index.aligner.scores(query, targets) == [
        naive_score(first[0], text, index.scoring, alphabet) for text in second
    ]


def test_identity_and_coverage_by_hand():
    # 20 of 24 residues, one of them replaced; ends that do not align are no part of it
    index = HomologIndex(["TTTTACGTTGCAGGATCCATTACG", "CCACGTTGCAGCATCCATTACGCC"])
    found = index.align([0], [1], [1])
    assert found.scores.tolist() == [19 * 2 - 3]
    assert found.identity.tolist() == [0.95]
    assert found.coverage.tolist() == [20 / 24]
    # a gap of two: 5 + 2 * 2, and two more columns
    rows = ["ACGTTGCAGGATCCATTACG" + "GTCAGTCGATTGCAAGCATT", "ACGTTGCAGGATCCATTACG" + "AA" + "GTCAGTCGATTGCAAGCATT"]
    found = HomologIndex(rows).align([0], [1], [1])
    assert found.scores.tolist() == [40 * 2 - 9]
    assert found.identity.tolist() == [40 / 42]
    assert found.coverage.tolist() == [1.0]


@pytest.mark.parametrize("cut", [0, 10])
def test_a_part_of_a_row_is_all_identical(cut, rng):
    (text,) = texts(rng, 1, 60, "protein")
    index = HomologIndex([text[cut:], text, text + text[:7]], "protein")
    for second in (1, 2):
        found = index.align([0], [second], [1])
        assert (found.identity[0], found.coverage[0]) == (1.0, 1.0)


def test_unknown_residues_are_never_identical():
    found = HomologIndex(["NNNN", "NNNN", "ACGTACGTNACGTACGT"]).align([0, 2], [1, 2], [1, 1])
    assert found.scores.tolist() == [0, 16 * 2 - 3]
    assert found.identity.tolist() == [0.0, 16 / 17]


def test_evalues_of_nucleotides_by_hand():
    # one training row of 1,000 nt and a query of 100: l is the largest whole number with
    # l <= alpha / lambda ln(K (100 - l)(1000 - l)) + beta
    scoring = scoring_of(DNA)
    lengths = [l for l in range(100) if l <= 0.8 / 0.625 * np.log(0.41 * (100 - l) * (1000 - l)) - 2]  # noqa: E741
    assert scoring.length_adjustments([100], 1000, 1).tolist() == [max(lengths)]
    space = (100 - max(lengths)) * (1000 - max(lengths))
    expected = 0.41 * space * np.exp(-0.625 * 40)
    # scores are rounded down to even ones
    found = scoring.evalues(np.array([40, 41]), [100, 100], [1000, 1000], 1000, 1)
    np.testing.assert_allclose(found, [expected, expected], rtol=1e-9)
    np.testing.assert_allclose(scoring.bits(40), (0.625 * 40 - np.log(0.41)) / np.log(2))


def test_evalues_of_proteins_grow_with_the_database_and_fall_with_the_score():
    scoring = scoring_of(PROTEIN)
    scores = np.arange(30, 300, 10)
    sizes = np.full(len(scores), 200)
    small, large = (scoring.evalues(scores, sizes, sizes, n, n // 200) for n in (200 * 100, 200 * 1000))
    np.testing.assert_allclose(large, 10 * small)
    assert (np.diff(small) < 0).all()
    # never more than without any correction for the ends
    assert (small <= 0.041 * 200 * 200 * 100 * np.exp(-0.267 * scores)).all()


def test_very_short_rows_have_evalues():
    for alphabet in (DNA, PROTEIN):
        found = scoring_of(alphabet).evalues(np.array([0, 5]), [1, 3], [1, 2], 3, 2)
        assert np.isfinite(found).all()
        assert (found > 0).all()


def test_composition_factors_by_hand():
    scoring = scoring_of(DNA)
    even, at = np.full((1, 4), 0.25), np.array([[0.45, 0.05, 0.05, 0.45]])
    assert scoring.composition_factors(even, even)[0] == pytest.approx(1.0, abs=0.01)
    match = float(at[0] @ at[0])
    factor = scoring.composition_factors(at, at)[0]
    decay = factor * scoring.ungapped_decay
    assert match * np.exp(2 * decay) + (1 - match) * np.exp(-3 * decay) == pytest.approx(1, abs=1e-3)
    # compositions that seldom match are not rewarded, and those without a root get the least
    rare = np.array([[0.9, 0.1, 0.0, 0.0]])
    assert scoring.composition_factors(rare, rare[:, ::-1])[0] == 1.0
    assert scoring.composition_factors(rare, rare)[0] == 0.3


def naive_words(text, pattern, classes, alphabet):
    codes = [alphabet.table[ord(c)] for c in text]
    for start in range(len(codes) - pattern[-1]):
        word = [codes[start + place] for place in pattern]
        if alphabet.unknown not in word:
            yield tuple(int(classes[code]) for code in word)


@pytest.mark.parametrize(("alphabet", "kind"), [(DNA, "dna"), (PROTEIN, "protein")])
def test_words_are_counted_as_naively(alphabet, kind, rng):
    plan = seed_plan(alphabet)
    sides = [[*texts(rng, 4, 60, kind), "N" if kind == "dna" else "X", "A"] for _ in range(2)]
    padded = [
        pad_rows(
            np.concatenate([alphabet.table[list(t.encode())] for t in side]),
            np.array(list(map(len, side))),
            alphabet.unknown,
        )
        for side in sides
    ]
    expected = sum(
        a == b
        for pattern in plan.patterns
        for s, t in itertools.product(*sides)
        for a in naive_words(s, pattern, plan.classes, alphabet)
        for b in naive_words(t, pattern, plan.classes, alphabet)
    )
    assert count_seed_pairs(*padded, plan) == expected
    seen = []
    list(seed_pairs(*padded, plan, done=seen.append))
    assert sum(seen) == expected


def test_every_common_run_of_eleven_holds_a_word():
    (pattern,) = seed_plan(DNA).patterns
    assert len(pattern) == 8
    assert pattern[-1] < 11


def test_large_and_small_sets_of_equal_words_are_treated_alike(rng, monkeypatch):
    import seqaug_sklearn.similarity._homologs._seeds as seeds

    rows = texts(rng, 40, 120, "protein")
    index = HomologIndex([*rows, *(related(rng, text, 0.5, AMINO) for text in rows)], "protein")
    asked, searched = index._padded(np.arange(40, 80)), index._padded(np.arange(40))

    def found():
        return sorted(
            pair
            for block in seed_pairs(asked, searched, index.plan)
            for pair in zip(*map(np.ndarray.tolist, block), strict=True)
        )

    monkeypatch.setattr(seeds, "_OUTER", 1)
    outer = found()
    monkeypatch.setattr(seeds, "_OUTER", 10**9)
    monkeypatch.setattr(seeds, "_BLOCK", 300)
    assert found() == outer
    assert len(outer) > 40


@pytest.mark.parametrize(
    ("alphabet", "letters", "identity", "least"),
    [("dna", "ACGT", 0.7, 0.9), ("dna", "ACGT", 0.8, 1.0), ("protein", AMINO, 0.4, 0.9), ("protein", AMINO, 0.5, 1.0)],
)
def test_planted_homologs_are_found(alphabet, letters, identity, least, rng):
    train = texts(rng, 60, 300 if alphabet == "dna" else 250, alphabet)
    test = [related(rng, text, identity, letters) for text in train]
    index = HomologIndex([*train, *test], alphabet)
    pairs = index.pairs(np.arange(60, 120), np.arange(60))
    right = pairs.test == pairs.train
    assert right.mean() > 0.95
    assert right.sum() >= least * 60
    aligned = index.align(60 + pairs.test, pairs.train, pairs.strand)
    assert aligned.scores.tolist() == pairs.scores.tolist()
    assert abs(np.median(aligned.identity[right]) - identity) < 0.06
    assert (pairs.evalues < 1e-3).all()


def test_the_other_strand_is_searched_too(rng):
    train = texts(rng, 20, 300)
    test = [other_strand(related(rng, text, 0.75, "ACGT")) for text in train]
    index = HomologIndex([*train, *test])
    pairs = index.pairs(np.arange(20, 40), np.arange(20))
    assert (pairs.test == pairs.train).all()
    assert set(pairs.strand.tolist()) == {-1}
    same = HomologIndex([*train, *map(other_strand, test)]).pairs(np.arange(20, 40), np.arange(20))
    assert same.scores.tolist() == pairs.scores.tolist()
    np.testing.assert_allclose(same.evalues, pairs.evalues)


@pytest.mark.parametrize("alphabet", ["dna", "protein"])
def test_shuffled_rows_have_no_homologs(alphabet, rng):
    train = texts(rng, 200, 200, alphabet)
    test = ["".join(rng.permutation(list(text))) for text in train]
    pairs = HomologIndex([*train, *test], alphabet).pairs(np.arange(200, 400), np.arange(200))
    assert len(set(pairs.test.tolist())) <= 1


def test_order_of_rows_does_not_matter(rng):
    train = texts(rng, 30, 200, "protein")
    test = [related(rng, text, 0.4, AMINO) for text in train] + texts(rng, 10, 200, "protein")
    index = HomologIndex([*train, *test], "protein")
    pairs = index.pairs(np.arange(30, 70), np.arange(30))
    a, b = rng.permutation(30), rng.permutation(40)
    again = index.pairs(30 + b, a)
    as_before = sorted(zip(30 + b[again.test], a[again.train], again.scores, again.evalues, strict=True))
    expected = sorted(zip(30 + pairs.test, pairs.train, pairs.scores, pairs.evalues, strict=True))
    np.testing.assert_allclose(as_before, expected)


def test_best_pairs_come_first(rng):
    (parent,) = texts(rng, 1, 300)
    rows = [related(rng, parent, share, "ACGT") for share in (0.8, 0.95, 0.87)]
    pairs = HomologIndex([*rows, parent]).pairs([3], [0, 1, 2])
    assert pairs.train.tolist() == [1, 2, 0]
    assert (np.diff(pairs.scores) < 0).all()


def test_hidden_residues_count_for_nothing(rng):
    (shared, *rest) = texts(rng, 5, 100)
    rows = [rest[0] + shared, rest[1] + shared]
    hidden = np.tile(np.arange(200) >= 100, 2)
    assert len(HomologIndex(rows).pairs([1], [0]).test) == 1
    index = HomologIndex(rows, hidden=hidden)
    assert len(index.pairs([1], [0]).test) == 0
    assert index.align([1], [0], [1]).coverage[0] >= 0.5
    assert index.align([1], [0], [1], hides=True).coverage[0] < 0.5


@pytest.mark.parametrize(
    ("rows", "alphabet"),
    [
        (["N" * 50, "N" * 50], "dna"),
        (["A", "A"], "dna"),
        (["ACGT", "A" * 300], "dna"),
        (["X" * 40, "M"], "protein"),
        (["MKV", "MKVLAWHCDERNTYPSGFIQ"], "protein"),
    ],
)
def test_nothing_to_find(rows, alphabet):
    index = HomologIndex(rows, alphabet)
    pairs = index.pairs([1], [0])
    assert [len(part) for part in pairs] == [0] * 5
    assert len(index) == 2
    assert index.seconds([1], [0]) >= 0


def test_no_rows(rng):
    index = HomologIndex(texts(rng, 3, 50))
    for test, train in (([], [0, 1]), ([2], []), ([], [])):
        assert len(index.pairs(test, train).test) == 0
        assert index.seconds(test, train) == 0


def test_residues_that_are_not_known_do_not_hide_a_homolog(rng):
    (parent,) = texts(rng, 1, 200, "protein")
    holed = "".join("X" if rng.random() < 0.05 else c for c in related(rng, parent, 0.6, AMINO))
    assert len(HomologIndex([parent, holed], "protein").pairs([1], [0]).test) == 1


def test_mixed_lengths(rng):
    (long,) = texts(rng, 1, 3000)
    rows = [long, related(rng, long[1200:1320], 0.85, "ACGT"), *texts(rng, 3, 90)]
    pairs = HomologIndex(rows).pairs([1, 2, 3, 4], [0])
    assert pairs.test.tolist() == [0]
    pairs = HomologIndex(rows).pairs([0], [1, 2, 3, 4])
    assert pairs.train.tolist() == [0]


def test_scores_above_sixteen_bits():
    text = "ACGTTGCAGGATCCATTACGGCATC" * 800
    index = HomologIndex([text, text])
    found = index.aligner.align([index._row(index.codes, 0)], [index._row(index.codes, 1)])
    assert found.scores.tolist() == [2 * len(text)]
    query, target = index.aligner.text(index.codes[: len(text)]), index.aligner.text(index.codes[: len(text)], 1)
    assert index.aligner.scores(query, [target]) == [2 * len(text)]


def test_bad_input(monkeypatch, rng):
    letters = Alphabet("letters", "AB")
    assert HomologIndex.supports("rna")
    assert not HomologIndex.supports(letters)
    with pytest.raises(ValueError, match="DNA, RNA and proteins only, got alphabet 'letters'"):
        HomologIndex(["ABBA"], letters)
    monkeypatch.setitem(sys.modules, "parasail", None)
    with pytest.raises(MissingDependencyError, match=r"alignment of homologs needs .*'seqaug-sklearn\[audit\]'"):
        HomologIndex(texts(rng, 2, 30))


def test_progress_is_shown_on_demand(rng, capsys):
    index = HomologIndex(texts(rng, 10, 80))
    index.pairs(np.arange(5), np.arange(5, 10))
    assert capsys.readouterr().err == ""
    index.pairs(np.arange(5), np.arange(5, 10), show_progress=True)
    assert "homologs" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("MGSSHHHHHHSSGLVPRGSHMAKNTELWCA", (0, 19)),
        ("MKNTELWCAWRNTPQLHHHHHH", (16, 22)),
        ("MASMTGGQQMGRGSKNTELWCAWRNTP", (0, 11)),
        ("MDYKDDDDKNTELWCAWRNTPQ", (0, 9)),
        ("AAAAAAAAAAAAWSHPQFEKNTELWCAWRNTP", (12, 20)),
        ("KNTELWCAWRNTPQHHHHHWRNTPQLAV", None),
        ("", None),
    ],
)
def test_tags_are_marked(text, marked):
    found = np.flatnonzero(mark_tags(["ACDEFGHIKLMNP", text, "WWWW"]))
    if marked is None:
        assert len(found) == 0
    else:
        assert found.tolist() == [13 + place for place in range(*marked)]


def test_tags_do_not_reach_from_one_row_into_the_next():
    assert not mark_tags(["AKNTELWCAHHH", "HHHKNTELWCA"]).any()
