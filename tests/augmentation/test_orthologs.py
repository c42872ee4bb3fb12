"""OrthologAugmenter: who gets which orthologs, what never reaches training, swaps in batches, pipelines."""

import pickle
import warnings

import numpy as np
import pandas as pd
import pytest
import torch
from imblearn.base import is_sampler
from imblearn.pipeline import make_pipeline
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold, cross_validate

from seqaug_sklearn.alphabets import DNA, PROTEIN
from seqaug_sklearn.augmentation import OrthologAugmenter, RandomAugmentation, RandomMutation, WindowAugmenter
from seqaug_sklearn.augmentation._orthologs._selection import similar_pairs
from seqaug_sklearn.classification import CNNBiLSTMClassifier
from seqaug_sklearn.datasets import make_promoters
from seqaug_sklearn.encoding import decode, one_hot
from seqaug_sklearn.exceptions import DataFormatError, SeqAugWarning, SequenceError, SequenceTypeError
from seqaug_sklearn.model_selection import audit_leakage

SMALL = {
    "conv_channels": (4,),
    "hidden_size": 4,
    "num_layers": 1,
    "dense_units": (4,),
    "device": "cpu",
    "random_state": 0,
}
GENES = pd.Series(["ACGTTGCA", "GGATCCAA", "TTGACCAT"], index=["a", "b", "c"], name="promoter")
TABLE = {
    "a": [("a1", "ACGTTGCC"), ("a2", "ACGATGCA")],
    "c": [("c1", "TTGACCAA")],
    "x": [("x1", "CCCCCCCC")],
}


def mutated(text, share, rng):
    """Substitute a share of the residues by another one."""
    letters = np.array(list(text))
    places = rng.choice(len(text), round(share * len(text)), replace=False)
    letters[places] = [rng.choice([x for x in "ACGT" if x != letters[place]]) for place in places]
    return "".join(letters)


def other_strand(text):
    return text.translate(str.maketrans("ACGT", "TGCA"))[::-1]


@pytest.fixture
def planted(random_dna, rng):
    """Forty genes of 300 nt, each with an ortholog of 80 % identity."""
    names = [f"gene{i:02d}" for i in range(40)]
    genes = pd.Series(random_dna(40, 300), index=names)
    orthologs = {name: [(f"{name}-o", mutated(text, 0.2, rng))] for name, text in genes.items()}
    return genes, orthologs


@pytest.fixture(scope="module")
def promoters():
    return make_promoters(60, 120, n_families=12, n_orthologs=2, random_state=0)


# ---- rows are added -------------------------------------------------------------------------------------------------


def test_originals_come_first_then_the_orthologs_of_each_row():
    augmenter = OrthologAugmenter(TABLE)
    X, y = augmenter.fit_resample(GENES, [1, 0, 1])
    assert X.tolist() == [*GENES, "ACGTTGCC", "ACGATGCA", "TTGACCAA"]
    assert X.index.tolist() == ["a", "b", "c", "a", "a", "c"]
    assert X.name == "promoter"
    assert y == [1, 0, 1, 1, 1, 1]
    assert augmenter.sample_indices_.tolist() == [0, 1, 2, 0, 0, 2]
    assert augmenter.ortholog_names_.tolist() == ["a1", "a2", "c1"]
    assert augmenter.n_orthologs_ == 3


def test_table_order_does_not_need_to_follow_the_rows():
    table = pd.DataFrame(
        {"identifier": ["c", "a", "c"], "ortholog": ["c2", "a1", "c1"], "sequence": ["TTGACCAA", "ACGA", "TTTT"]}
    )
    augmenter = OrthologAugmenter(table)
    X, _ = augmenter.fit_resample(GENES.iloc[::-1], [1, 0, 1])
    assert X.iloc[3:].tolist() == ["TTGACCAA", "TTTT", "ACGA"]
    assert augmenter.sample_indices_.tolist() == [0, 1, 2, 0, 0, 2]


def test_labels_and_groups_are_inherited(promoters):
    augmenter = OrthologAugmenter(promoters.orthologs)
    X, y = augmenter.fit_resample(promoters.sequences, promoters.y)
    assert len(X) == len(y) == 180
    pd.testing.assert_series_equal(y, promoters.y.loc[X.index])
    groups = promoters.groups.iloc[augmenter.sample_indices_]
    assert groups.index.equals(X.index)
    parents = promoters.orthologs.set_index("ortholog")["identifier"].loc[augmenter.ortholog_names_]
    assert parents.tolist() == X.index[60:].tolist()
    texts = promoters.orthologs.set_index("ortholog")["sequence"].loc[augmenter.ortholog_names_]
    assert texts.tolist() == X.iloc[60:].tolist()


@pytest.mark.parametrize(
    "form", [list, tuple, np.array, pd.Series, lambda y: pd.Series(y, index=list("uvw"), name="t")]
)
def test_y_comes_back_in_its_own_form(form):
    y = form(["yes", "no", "no"])
    augmenter = OrthologAugmenter(TABLE)
    _, got = augmenter.fit_resample(GENES, y)
    assert type(got) is type(y)
    assert list(got) == ["yes", "no", "no", "yes", "yes", "no"]
    if isinstance(y, pd.Series):
        assert got.index.tolist() == [y.index[i] for i in augmenter.sample_indices_]
        assert got.name == y.name


@pytest.mark.parametrize("dtype", [object, "str"])
def test_frames_stay_frames(dtype):
    frame = GENES.astype(dtype).to_frame()
    X, _ = OrthologAugmenter(TABLE).fit_resample(frame, [1, 0, 1])
    assert isinstance(X, pd.DataFrame)
    assert X.columns.tolist() == ["promoter"]
    assert X["promoter"].dtype == frame["promoter"].dtype
    assert X["promoter"].tolist() == OrthologAugmenter(TABLE).fit_resample(GENES, [1, 0, 1])[0].tolist()


def test_every_form_of_the_table_gives_the_same(promoters):
    table = promoters.orthologs
    named = {
        key: list(zip(part["ortholog"], part["sequence"], strict=True)) for key, part in table.groupby("identifier")
    }
    bare = {key: part["sequence"].tolist() for key, part in table.groupby("identifier")}
    forms = [table, table.drop(columns=["ortholog", "species"]), table.set_index("identifier"), named, bare]
    results = [OrthologAugmenter(form).fit_resample(promoters.sequences, promoters.y)[0] for form in forms]
    for result in results[1:]:
        pd.testing.assert_series_equal(result, results[0])


def test_identifiers_may_be_numbers():
    X, _ = OrthologAugmenter({7: ["ACGT"]}).fit_resample(pd.Series(["ACGA", "TTTT"], index=[9, 7]), [0, 1])
    assert X.index.tolist() == [9, 7, 7]


def test_input_is_left_alone(promoters):
    X, y, table = promoters.sequences.copy(), promoters.y.copy(), promoters.orthologs.copy()
    OrthologAugmenter(promoters.orthologs, exclude=promoters.sequences).fit_resample(promoters.sequences, promoters.y)
    pd.testing.assert_series_equal(promoters.sequences, X)
    pd.testing.assert_series_equal(promoters.y, y)
    pd.testing.assert_frame_equal(promoters.orthologs, table)


def test_n_copies_draws_at_most_that_many_per_row_and_all_equally_often():
    table = {"a": ["AAAA", "CCCC", "GGGG"], "b": ["TTTT"]}
    counts = dict.fromkeys(["AAAA", "CCCC", "GGGG"], 0)
    for seed in range(150):
        augmenter = OrthologAugmenter(table, n_copies=2, random_state=seed)
        X, _ = augmenter.fit_resample(GENES, [1, 0, 1])
        added = X.iloc[3:]
        assert added.index.tolist() == ["a", "a", "b"]
        assert added["b"] == "TTTT"
        assert added["a"].is_unique
        for text in added["a"]:
            counts[text] += 1
    # 100 expected, standard deviation 5.8
    assert all(75 < count < 125 for count in counts.values())
    assert augmenter.report_["usable"] == 4
    assert augmenter.report_["added"] == 3


def test_the_seed_decides_the_draw_and_nothing_else(promoters):
    def draw(seed):
        X, _ = OrthologAugmenter(promoters.orthologs, n_copies=1, random_state=seed).fit_resample(
            promoters.sequences, promoters.y
        )
        return X.tolist()

    before = np.random.get_state()[1].copy()  # noqa: NPY002
    assert draw(1) == draw(1)
    assert draw(1) != draw(2)
    np.testing.assert_array_equal(np.random.get_state()[1], before)  # noqa: NPY002


def test_truncate_cuts_to_the_longest_row():
    table = {"a": ["AAAAACCCCC"], "b": ["GGG"]}
    for side, cut in (("left", "AAACCCCC"), ("right", "AAAAACCC"), (None, "AAAAACCCCC")):
        X, _ = OrthologAugmenter(table, truncate=side).fit_resample(GENES, [1, 0, 1])
        assert X.iloc[3:].tolist() == [cut, "GGG"]


# ---- what never reaches training ------------------------------------------------------------------------------------


def test_an_ortholog_of_a_held_out_gene_never_appears(planted):
    genes, orthologs = planted
    for held in (genes.index[:8], genes.index[20:21]):
        train = genes.drop(held)
        augmenter = OrthologAugmenter(orthologs)
        X, _ = augmenter.fit_resample(train, np.zeros(len(train)))
        assert not set(X) & {orthologs[name][0][1] for name in held}
        assert augmenter.report_["held_out_or_unknown"] == len(held)
        assert augmenter.n_orthologs_ == len(train)


def test_an_ortholog_shared_with_a_gene_outside_training_is_not_used():
    table = {"a": [("s1", "ACGTACGT"), ("s2", "TTTTACGT")], "c": [("s1", "ACGTACGT")], "held": [("s2", "TTTTACGT")]}
    augmenter = OrthologAugmenter(table)
    X, _ = augmenter.fit_resample(GENES, [1, 0, 1])
    assert X.iloc[3:].tolist() == ["ACGTACGT", "ACGTACGT"]
    assert augmenter.report_["shared"] == 1
    with pytest.warns(SeqAugWarning, match=r"no ortholog may be used.*2 shared"):
        X, _ = augmenter.fit_resample(GENES.drop("c"), [1, 0])
    assert X.tolist() == GENES.tolist()[:2]


def test_a_shared_sequence_is_recognised_under_another_name():
    table = {"a": [("a1", "ACGTACGT")], "held": [("h1", "acgtacgt")]}
    with pytest.warns(SeqAugWarning, match=r"no ortholog may be used.*1 shared"):
        X, _ = OrthologAugmenter(table).fit_resample(GENES, [1, 0, 1])
    assert len(X) == 3


def test_an_ortholog_that_is_itself_a_gene_outside_training_is_not_used():
    """Rows of several species that are each other's orthologs."""
    table = {
        "a": [("held", "ACGTACGA")],
        "held": [("a", "ACGTTGCA")],
        "b": [("c", "TTGACCAT")],
        "c": [("b", "GGATCCAA")],
    }
    augmenter = OrthologAugmenter(table)
    X, _ = augmenter.fit_resample(GENES, [1, 1, 1])
    assert X.iloc[3:].tolist() == ["TTGACCAT", "GGATCCAA"]
    assert augmenter.report_["shared"] == 1


COPIES = {
    "copy": lambda text, rng: text,
    "lower case": lambda text, rng: text.lower(),
    "shifted": lambda text, rng: text[7:] + "ACGTTCA",
    "overlap of 60": lambda text, rng: text[-60:] + "".join(rng.choice(list("ACGT"), 240)),
    "reverse complement": lambda text, rng: other_strand(text),
    "95 % identity": lambda text, rng: mutated(text, 0.05, rng),
    "95 % identity, other strand": lambda text, rng: other_strand(mutated(text, 0.05, rng)),
    "90 % identity, shifted": lambda text, rng: mutated(text[20:] + text[:20], 0.1, rng),
}


@pytest.mark.parametrize("kind", COPIES)
def test_a_near_copy_of_a_held_out_row_never_appears(planted, kind, rng):
    genes, orthologs = planted
    train, held = genes.iloc[:30], genes.iloc[30:]
    spoilt = {name: [COPIES[kind](text, rng)] for name, text in zip(train.index, held, strict=False)}
    orthologs = {name: [*orthologs[name], *spoilt.get(name, [])] for name in genes.index}
    y = np.arange(30) % 2

    unguarded, _ = OrthologAugmenter(orthologs).fit_resample(train, y)
    assert audit_leakage(unguarded, held).leaked.all(), "the planted copies are seen by the audit"

    augmenter = OrthologAugmenter(orthologs, exclude=genes)
    X, _ = augmenter.fit_resample(train, y)
    assert not audit_leakage(X, held).leaked.any()
    assert augmenter.report_["near_held_out"] == 10
    assert X.iloc[30:].tolist() == [orthologs[name][0][1] for name in train.index], "the others are all there"


def test_distant_homologs_of_held_out_rows_are_left_out(random_dna):
    """Every twelfth residue of three is another one: nothing that is shared is as long as a 12-mer."""
    pytest.importorskip("parasail")
    X = pd.Series(random_dna(20, 240), index=[f"g{i}" for i in range(20)])
    turned = ["".join("ACGT"["ACGT".index(s) - 1] if i % 10 == 0 else s for i, s in enumerate(t)) for t in X[15:18]]
    orthologs = {f"g{i}": [text] for i, text in enumerate(turned)} | {"g5": random_dna(21, 240)[20:]}
    audit = audit_leakage(pd.Series(turned), X[15:])
    assert audit.kind.tolist() == ["near copy"] * 3 + ["none"] * 2
    augmenter = OrthologAugmenter(orthologs, exclude=X)
    augmenter.fit_resample(X[:15], np.arange(15) % 2)
    assert augmenter.report_["near_held_out"] == 3
    assert augmenter.n_orthologs_ == 1
    # a rule of one's own says how much must be shared, as in the audit
    own = OrthologAugmenter(orthologs, exclude=X, exclude_run=30)
    own.fit_resample(X[:15], np.arange(15) % 2)
    assert own.report_["near_held_out"] == 0


def test_likeness_to_a_training_row_is_no_reason(planted):
    genes, _ = planted
    copies = {name: [text] for name, text in genes.items()}
    augmenter = OrthologAugmenter(copies, exclude=genes)
    augmenter.fit_resample(genes, np.zeros(40))
    assert augmenter.report_["near_held_out"] == 0
    assert augmenter.n_orthologs_ == 40


def test_exclude_counts_rows_by_identifier(planted):
    """A training row's other windows share its identifier; a held-out row of another name does not."""
    genes, _ = planted
    table = {"gene00": [genes["gene00"][30:] + "ACGT"]}
    for names, near in ((["gene00"], 0), (["window of gene00"], 1)):
        augmenter = OrthologAugmenter(table, exclude=pd.DataFrame({"text": genes["gene00"][:200]}, index=names))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SeqAugWarning)
            augmenter.fit_resample(genes, np.zeros(40))
        assert augmenter.report_["near_held_out"] == near


def naive_similar(ortholog, row, k, threshold, min_run, both_strands):
    def kmers(text):
        return {text[i : i + k] for i in range(len(text) - k + 1)}

    strands = [ortholog, other_strand(ortholog)] if both_strands else [ortholog]
    run = any(row[i : i + min_run] in strand for strand in strands for i in range(len(row) - min_run + 1))
    if both_strands:
        distinct = {min(word, other_strand(word)) for word in kmers(row)}
        shared = {min(word, other_strand(word)) for word in kmers(ortholog)} & distinct
    else:
        distinct, shared = kmers(row), kmers(row) & kmers(ortholog)
    needed = max(np.ceil(threshold * len(distinct) - 1e-9), min_run - k + 1, 1)
    return run or len(shared) >= needed or row in strands


@pytest.mark.parametrize(("threshold", "min_run"), [(0.04, 14), (0.3, 25), (1.0, 60)])
@pytest.mark.parametrize("alphabet", [DNA, PROTEIN], ids=lambda a: a.name)
def test_similar_pairs_against_a_naive_reference(alphabet, threshold, min_run, random_dna, rng):
    # letters that both alphabets have
    rows = random_dna(12, 80)
    orthologs = [mutated(text, share, rng) for text in rows[:6] for share in (0, 0.03, 0.1, 0.3)]
    orthologs += [other_strand(text) for text in rows[6:9]] + [text[40:] for text in rows] + random_dna(5, 80)
    k = 12 if alphabet is DNA else 5
    got = similar_pairs(tuple(orthologs), tuple(rows), alphabet, threshold, min_run).toarray()
    expected = [
        [naive_similar(ortholog, row, k, threshold, min_run, alphabet is DNA) for row in rows] for ortholog in orthologs
    ]
    np.testing.assert_array_equal(got, expected)
    assert 0 < got.sum() < got.size / 2


def test_equal_rows_are_similar_however_short():
    rows = ("ACGTTGCA", "TTGACCAT", "ACNNNNGT")
    orthologs = ("ACGTTGCA", other_strand("TTGACCAT"), "ACNNNNGT", "ACGTTGCC")
    expected = [[True, False, False], [False, True, False], [False, False, True], [False, False, False]]
    assert similar_pairs(orthologs, rows, DNA, 1.0, 30).toarray().tolist() == expected
    assert not similar_pairs(orthologs, rows, PROTEIN, 1.0, 30).toarray()[1].any()


@pytest.mark.parametrize("length", [30, 300])
def test_the_usual_run_is_no_longer_than_the_audits(length, random_dna):
    rows = random_dna(40, length)
    run = audit_leakage(rows[:30], rows[30:]).min_run
    filler = "".join(random_dna(1, length))
    half = length // 2

    def near(shared):
        ortholog = rows[35][:shared] + filler[shared:half] + filler[half:]
        return similar_pairs((ortholog,), tuple(rows), DNA, 1.0, None).toarray()[0, 35]

    assert near(run)
    assert not near(run - 6)


def test_exclude_settings_are_used(planted):
    genes, _ = planted
    train, held = genes.iloc[:30], genes.iloc[30]

    def near(ortholog, **settings):
        augmenter = OrthologAugmenter({train.index[0]: [ortholog]}, exclude=genes, **settings)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SeqAugWarning)
            augmenter.fit_resample(train, np.zeros(30))
        return augmenter.report_["near_held_out"]

    run_of_40 = held[:40] + train.iloc[0][40:]
    assert near(run_of_40) == 1
    assert near(run_of_40, exclude_run=40, exclude_threshold=1.0) == 1
    assert near(run_of_40, exclude_run=42) == 0, "it has at most 30 12-mers, a run of 42 has 31"
    # every 20th residue is another one: no run of 20, and 8 12-mers between two of them, 120 of 289 in all
    swaps = str.maketrans("ACGT", "CGTA")
    homolog = "".join(x.translate(swaps) if i % 20 == 19 else x for i, x in enumerate(held))
    assert near(homolog, exclude_run=30) == 1
    assert near(homolog, exclude_run=30, exclude_threshold=0.4) == 1
    assert near(homolog, exclude_run=30, exclude_threshold=0.45) == 0
    assert near(homolog, exclude_run=19, exclude_threshold=0.45) == 1


def test_the_report_counts_every_ortholog_once(planted):
    genes, orthologs = planted
    train, held = genes.iloc[:30], genes.iloc[30:]
    orthologs = {**orthologs, "gene00": [("near", held.iloc[0]), ("shared", orthologs["gene31"][0][1])]}
    orthologs["gene01"] = [("torn", "ACGT" * 75)]
    orthologs["gene02"] = [("torn", "ACGT" * 75)]
    augmenter = OrthologAugmenter(orthologs, exclude=genes)
    with pytest.warns(SeqAugWarning, match=r"1 orthologs have several labels.*'torn'.*left out"):
        augmenter.fit_resample(train, np.arange(30) % 2)
    assert augmenter.report_.to_dict() == {
        "rows": 30,
        "rows_with_orthologs": 27,
        "genes": 40,
        "unknown_genes": 0,
        "orthologs": 39,
        "usable": 27,
        "held_out": 9,
        "unknown": 0,
        "shared": 1,
        "near_held_out": 1,
        "conflicts": 1,
        "added": 27,
    }


def test_unknown_genes_are_told_from_held_out_ones_where_exclude_names_the_data(planted):
    genes, orthologs = planted
    train = genes.iloc[:30]
    renamed = {f"x{name}" if int(name[4:]) % 4 == 0 else name: entry for name, entry in orthologs.items()}
    augmenter = OrthologAugmenter(renamed, exclude=genes).fit(train, np.zeros(30))
    counts = augmenter.report_[["genes", "unknown_genes", "orthologs", "usable", "held_out", "unknown"]]
    assert counts.tolist() == [40, 10, 40, 22, 8, 10]
    bare = OrthologAugmenter(renamed).fit(train, np.zeros(30)).report_
    assert bare["held_out_or_unknown"] == 18
    assert not {"held_out", "unknown", "unknown_genes"} & {*bare.index}


def test_many_unknown_genes_are_a_warning(planted):
    genes, orthologs = planted
    renamed = {f"x{name}" if int(name[4:]) % 3 else name: entry for name, entry in orthologs.items()}
    for use in (lambda a: a.fit(genes, np.zeros(40)), lambda a: a.for_training(genes.index)):
        with pytest.warns(
            SeqAugWarning, match=r"26 of 40 genes of the orthologs \(for example 'xgene01'\) are neither"
        ):
            use(OrthologAugmenter(renamed, exclude=genes))


def test_exclude_under_other_names_is_found(planted):
    genes, orthologs = planted
    copies = {name: [mutated(text, 0.05, np.random.default_rng(0))] for name, text in genes.items()}
    copies["gene00"] = [mutated(genes["gene00"], 0.6, np.random.default_rng(0))]
    nameless = OrthologAugmenter(copies, exclude=genes.reset_index(drop=True))
    with pytest.raises(
        SequenceError, match=r"rows of exclude equal 40 of 40 training rows under other names .*'gene00'"
    ):
        nameless.fit_resample(genes, np.zeros(40))
    with pytest.warns(
        SeqAugWarning, match=r"39 of 40 orthologs resemble rows of exclude, whose names \(for example 0\)"
    ):
        nameless.for_training(genes.index)
    one_copy = pd.concat([genes.iloc[30:], pd.Series([genes.iloc[0]], index=["copy of gene00"])])
    with pytest.warns(SeqAugWarning, match="rows of exclude equal 1 of 30 training rows under other names"):
        OrthologAugmenter(orthologs, exclude=one_copy).fit_resample(genes.iloc[:30], np.zeros(30))


# ---- labels that conflict -------------------------------------------------------------------------------------------

TORN = {"a": [("both", "ACGTACGT"), ("a1", "ACGTTTTT")], "b": [("both", "ACGTACGT")]}


def test_conflicting_orthologs_are_dropped_kept_or_an_error():
    with pytest.warns(SeqAugWarning, match=r"1 orthologs have several labels.*'both'.*left out"):
        X, y = OrthologAugmenter(TORN).fit_resample(GENES, [1, 0, 1])
    assert X.iloc[3:].tolist() == ["ACGTTTTT"]
    with pytest.warns(SeqAugWarning, match="used under their row's label"):
        X, y = OrthologAugmenter(TORN, on_conflict="keep").fit_resample(GENES, [1, 0, 1])
    assert list(zip(X.iloc[3:], y[3:], strict=True)) == [("ACGTACGT", 1), ("ACGTTTTT", 1), ("ACGTACGT", 0)]
    with pytest.raises(ValueError, match=r"several labels.*on_conflict='drop'"):
        OrthologAugmenter(TORN, on_conflict="raise").fit_resample(GENES, [1, 0, 1])


@pytest.mark.parametrize("y", [[[0, 1], [1, 1], [1, 0]], [[1, 1], [1, 0], [0, np.nan]]], ids=["first", "second"])
def test_several_labels_conflict_where_both_rows_know_one(y):
    """The ortholog of a and b is there in one label and not in the other."""
    augmenter = OrthologAugmenter(TORN)
    with pytest.warns(SeqAugWarning, match="1 orthologs have several labels"):
        _, made = augmenter.fit_resample(GENES, np.array(y))
    assert augmenter.ortholog_names_.tolist() == ["a1"]
    np.testing.assert_array_equal(made, np.array(y)[[0, 1, 2, 0]])


@pytest.mark.parametrize(
    "y",
    [
        [[0, 1], [np.nan, 1], [1, 0]],
        [[np.nan, 1], [1, np.nan], [0, 0]],
        [0.5, 7.25, np.nan],
        [[0.5, 1.5], [7.25, np.nan], [np.nan, np.nan]],
    ],
    ids=["equal where known", "nothing in common", "numbers", "several numbers"],
)
def test_gaps_and_numbers_are_no_conflict(y):
    augmenter = OrthologAugmenter(TORN, on_conflict="raise")
    for form in (np.array(y), pd.DataFrame(y, index=GENES.index).squeeze()):
        X, made = augmenter.fit_resample(GENES, form)
        assert X.index.tolist() == ["a", "b", "c", "a", "a", "b"]
        assert type(made) is type(form)
        np.testing.assert_array_equal(made, np.array(y)[augmenter.sample_indices_])
    assert augmenter.for_training(GENES.index, np.array(y)).report["conflicts"] == 0


def test_equal_labels_are_no_conflict():
    X, _ = OrthologAugmenter(TORN, on_conflict="raise").fit_resample(GENES, [1, 1, 0])
    assert len(X) == 6


def test_the_orthologs_own_label_counts_and_a_missing_one_does_not():
    table = pd.DataFrame(
        {
            "identifier": ["a", "a", "b", "c"],
            "ortholog": ["a1", "a2", "b1", "c1"],
            "sequence": ["ACGA", "ACGC", "ACGG", "ACGT"],
            "label": [1, 0, None, 2],
        }
    )
    augmenter = OrthologAugmenter(table)
    with pytest.warns(SeqAugWarning, match="2 orthologs have several labels"):
        augmenter.fit_resample(GENES, [1, 0, 1])
    assert augmenter.ortholog_names_.tolist() == ["a1", "b1"]
    assert augmenter.report_["conflicts"] == 2


def test_labels_of_another_kind_are_an_error():
    table = pd.DataFrame({"identifier": ["a"], "sequence": ["ACGA"], "label": [7]})
    message = r"labels of the orthologs \(for example 7\) and of y \(for example '1'\) have nothing in common"
    with pytest.raises(ValueError, match=message):
        OrthologAugmenter(table).fit_resample(GENES, np.array(["1", "0", "1"]))


@pytest.mark.parametrize("labels", [[1, 0, 0], ["1", "0", "0"], [1.0, 0.0, None], np.array([1, 0, 0])])
@pytest.mark.parametrize("form", [int, str, float])
def test_labels_that_a_file_gives_as_numbers_and_another_as_text_are_the_same(labels, form):
    table = pd.DataFrame({"identifier": ["a", "a", "b"], "sequence": ["ACGA", "ACGC", "ACGG"], "label": labels})
    augmenter = OrthologAugmenter(table)
    y = np.array([form(1), form(0), form(1)])
    with pytest.warns(SeqAugWarning, match=r"1 orthologs have several labels.*'a:2'"):
        augmenter.fit_resample(GENES, y)


# ---- swapped in batches ---------------------------------------------------------------------------------------------


def batch_of(genes):
    return torch.from_numpy(one_hot(genes.tolist())).float()


def text_of(batch):
    return decode(batch.numpy()).tolist()


def naive_swap(genes, table, rate, draws):
    """Row by row: a first draw below the rate swaps, the second chooses."""
    result = []
    for (name, text), swap, choice in zip(genes.items(), *draws, strict=True):
        mine = [sequence for _, sequence in table.get(name, [])]
        result.append(mine[int(choice * len(mine))] if mine and swap < rate else text)
    return result


@pytest.mark.parametrize("rate", [0.0, 0.3, 0.7, 1.0])
def test_swaps_against_a_naive_reference(promoters, rate):
    table = {
        key: list(zip(part["ortholog"], part["sequence"], strict=True))
        for key, part in promoters.orthologs.iloc[20:].groupby("identifier")
    }
    genes = promoters.sequences.sample(frac=1, random_state=1)
    bound = OrthologAugmenter(table, rate=rate).for_training(genes.index)
    rng, same = np.random.default_rng(5), np.random.default_rng(5)
    for part in (genes.iloc[:25], genes.iloc[25:50], genes.iloc[50:]):
        X = batch_of(part)
        before = X.clone()
        got = bound.augment_batch(X, rng, identifiers=part.index.to_numpy())
        assert text_of(got) == naive_swap(part, table, rate, same.random((2, len(part))))
        assert got.dtype == X.dtype
        assert got.shape == X.shape
        torch.testing.assert_close(X, before)


def test_realised_rate_and_choice():
    genes = GENES.iloc[[0] * 4000]
    table = {"a": ["AAAAAAAA", "CCCCCCCC", "GGGGGGGG"]}
    bound = OrthologAugmenter(table, rate=0.7).for_training(["a"])
    got = pd.Series(text_of(bound.augment_batch(batch_of(genes), np.random.default_rng(0), identifiers=genes.index)))
    shares = got.value_counts(normalize=True)
    # four standard errors
    assert shares["ACGTTGCA"] == pytest.approx(0.3, abs=4 * np.sqrt(0.21 / 4000))
    for text in ("AAAAAAAA", "CCCCCCCC", "GGGGGGGG"):
        assert shares[text] == pytest.approx(0.7 / 3, abs=4 * np.sqrt(0.18 / 4000))


def test_the_same_generator_gives_the_same_batch(promoters):
    bound = OrthologAugmenter(promoters.orthologs).for_training(promoters.sequences.index)
    X, names = batch_of(promoters.sequences), promoters.sequences.index
    first, second, third = (
        bound.augment_batch(X, np.random.default_rng(seed), identifiers=names) for seed in (1, 1, 2)
    )
    assert torch.equal(first, second)
    assert not torch.equal(first, third)


def test_rows_without_orthologs_or_outside_training_stay():
    bound = OrthologAugmenter(TABLE, rate=1.0).for_training(["a", "b"])
    X = batch_of(GENES)
    got = text_of(bound.augment_batch(X, np.random.default_rng(0), identifiers=GENES.index))
    assert got[0] in ("ACGTTGCC", "ACGATGCA")
    assert got[1:] == GENES.tolist()[1:]
    assert bound.report["usable"] == 2


def test_repeated_identifiers_of_windows_are_fine():
    bound = OrthologAugmenter({"a": ["TTTT"]}, rate=1.0).for_training(["a", "a", "b"])
    windows = pd.Series(["ACGT", "CGTT", "GGAT"])
    got = bound.augment_batch(batch_of(windows), np.random.default_rng(0), identifiers=["a", "a", "b"])
    assert text_of(got) == ["TTTT", "TTTT", "GGAT"]
    assert bound.report["rows"] == 2


def test_shorter_orthologs_are_padded_right_and_longer_ones_cut_on_request():
    table = {"a": ["ACGT"], "b": ["AAAACCCCGGGG"]}
    X, names = batch_of(GENES), GENES.index
    for side, cut in (("left", "CCCCGGGG"), ("right", "AAAACCCC")):
        bound = OrthologAugmenter(table, rate=1.0, truncate=side).for_training(names)
        got = bound.augment_batch(X, np.random.default_rng(0), identifiers=names)
        assert got[0, 4:].abs().sum() == 0
        assert text_of(got) == ["ACGT", cut, "TTGACCAT"]
    bound = OrthologAugmenter(table, rate=1.0).for_training(names)
    with pytest.raises(SequenceError, match=r"'b:1' has 12 residues, the sequences in training 8.*truncate='left'"):
        bound.augment_batch(X, np.random.default_rng(0), identifiers=names)


def test_ambiguous_symbols_become_zeros():
    bound = OrthologAugmenter({"a": ["ACNNACGT"]}, rate=1.0).for_training(["a"])
    got = bound.augment_batch(batch_of(GENES.iloc[:1]), np.random.default_rng(0), identifiers=["a"])
    assert got.sum(2).tolist() == [[1, 1, 0, 0, 1, 1, 1, 1]]


def test_proteins():
    genes = pd.Series(["MKVLAWQ", "MSTNPKP"], index=["a", "b"])
    augmenter = OrthologAugmenter({"a": ["MKVLSWQ"]}, rate=1.0, alphabet="protein", exclude=genes)
    X = torch.from_numpy(one_hot(genes.tolist(), "protein")).float()
    got = augmenter.for_training(genes.index).augment_batch(X, np.random.default_rng(0), identifiers=genes.index)
    assert decode(got.numpy(), "protein").tolist() == ["MKVLSWQ", "MSTNPKP"]


def test_one_residue():
    genes = pd.Series(["A", "C"], index=["a", "b"])
    augmenter = OrthologAugmenter({"a": ["T"]}, rate=1.0, exclude=genes)
    assert augmenter.fit_resample(genes, [0, 1])[0].tolist() == ["A", "C", "T"]
    got = augmenter.for_training(["a", "b"]).augment_batch(
        batch_of(genes), np.random.default_rng(0), identifiers=["a", "b"]
    )
    assert text_of(got) == ["T", "C"]


def test_binding_follows_the_same_rules_as_fit_resample(planted, rng):
    genes, orthologs = planted
    train, valid = genes.index[:30], genes.iloc[30:]
    orthologs = {**orthologs, "gene00": [("near", mutated(valid.iloc[0], 0.05, rng))]}
    orthologs["gene01"] = [("shared", orthologs["gene31"][0][1])]
    augmenter = OrthologAugmenter(orthologs, exclude=genes, rate=1.0)
    bound = augmenter.for_training(train)
    assert bound.report[["usable", "shared", "near_held_out"]].tolist() == [28, 1, 1]
    got = bound.augment_batch(batch_of(genes), rng, identifiers=genes.index)
    expected = [orthologs[name][0][1] if 2 <= i < 30 else genes.iloc[i] for i, name in enumerate(genes.index)]
    assert text_of(got) == expected
    assert not audit_leakage(text_of(got)[:30], valid).leaked.any()


def test_held_out_names_who_is_held_out():
    table = {"a": [("s1", "ACGTACGA")], "validation": [("s1", "ACGTACGA")], "never measured": [("s1", "ACGTACGA")]}
    augmenter = OrthologAugmenter(table)
    assert augmenter.for_training(["a"], held_out=["test"]).report["usable"] == 1
    for held_out in (None, ["validation"], ["s1"]):
        with pytest.warns(SeqAugWarning, match="1 shared"):
            augmenter.for_training(["a"], held_out=held_out)
    with pytest.raises(ValueError, match=r"held_out names 1 training rows, for example 'a'"):
        augmenter.for_training(["a"], held_out=["a", "validation"])


def test_labels_in_training_are_compared_when_they_are_given():
    augmenter = OrthologAugmenter(TORN)
    assert augmenter.for_training(["a", "b"]).report["conflicts"] == 0
    with pytest.warns(SeqAugWarning, match="1 orthologs have several labels"):
        assert augmenter.for_training(["a", "b", "b"], [1, 0, 0]).report["usable"] == 1
    with pytest.raises(ValueError, match="one label per row of X, 2, got 3 labels"):
        augmenter.for_training(["a", "b"], [1, 0, 0])


def test_unbound_batches_take_their_own_rows_for_the_training_rows():
    table = {"a": [("s1", "ACGTACGA")], "c": [("s1", "ACGTACGA"), ("c1", "TTGACCAA")]}
    augmenter = OrthologAugmenter(table, rate=1.0)
    whole = augmenter.augment_batch(batch_of(GENES), np.random.default_rng(0), identifiers=GENES.index)
    assert text_of(whole)[0] == "ACGTACGA"
    part = GENES.iloc[:2]
    got = augmenter.augment_batch(batch_of(part), np.random.default_rng(0), identifiers=part.index)
    assert text_of(got) == part.tolist()
    assert vars(augmenter) == vars(OrthologAugmenter(table, rate=1.0))


@pytest.mark.gpu
def test_batches_on_a_gpu_are_the_same(promoters):
    X, names = batch_of(promoters.sequences), promoters.sequences.index
    bound = OrthologAugmenter(promoters.orthologs).for_training(names)
    on_cpu = bound.augment_batch(X, np.random.default_rng(0), identifiers=names)
    on_gpu = bound.augment_batch(X.cuda(), np.random.default_rng(0), identifiers=names)
    assert on_gpu.is_cuda
    torch.testing.assert_close(on_gpu.cpu(), on_cpu)


# ---- as part of scikit-learn ----------------------------------------------------------------------------------------


class Witness(ClassifierMixin, BaseEstimator):
    """Remembers what it was trained on."""

    def fit(self, X, y):
        self.seen_, self.classes_ = (list(X), list(y)), np.unique(y)
        return self

    def predict(self, X):
        self.tested_ = list(X)
        return np.full(len(X), self.classes_[0])


def test_cross_validation_trains_on_orthologs_of_training_rows_only(promoters):
    folds = GroupKFold(4)
    augmenter = OrthologAugmenter(promoters.orthologs, exclude=promoters.sequences)
    scores = cross_validate(
        make_pipeline(augmenter, Witness()),
        promoters.sequences,
        promoters.y,
        groups=promoters.groups,
        cv=folds,
        return_estimator=True,
    )
    by_gene = promoters.orthologs.groupby("identifier")["sequence"].agg(list)
    splits = folds.split(promoters.sequences, groups=promoters.groups)
    for pipeline, (train, test) in zip(scores["estimator"], splits, strict=True):
        seen, labels = pipeline[-1].seen_
        assert pipeline[-1].tested_ == promoters.sequences.iloc[test].tolist(), "test rows are never augmented"
        added = set(seen[len(train) :])
        assert added
        assert added <= set(by_gene.iloc[train].explode())
        assert labels == promoters.y.iloc[train].iloc[pipeline[0].sample_indices_].tolist()
        assert not audit_leakage(seen[len(train) :], promoters.sequences.iloc[test]).leaked.any()


def test_pipeline_scores(promoters):
    kmers = CountVectorizer(analyzer="char", ngram_range=(6, 6), lowercase=False)
    model = make_pipeline(OrthologAugmenter(promoters.orthologs), kmers, LogisticRegression())
    scores = cross_validate(
        model, promoters.sequences, promoters.y, groups=promoters.groups, cv=GroupKFold(3), error_score="raise"
    )
    assert np.isfinite(scores["test_score"]).all()


class Noted(OrthologAugmenter):
    """Keeps what a classifier asks for."""

    asked = []

    def for_training(self, identifiers, y=None, *, held_out=None):
        Noted.asked.append(identifiers)
        return super().for_training(identifiers, y, held_out=held_out)


def test_classifiers_hand_over_the_rows_that_they_train_on(promoters):
    Noted.asked.clear()
    model = CNNBiLSTMClassifier(
        conv_channels=(4,),
        hidden_size=4,
        num_layers=1,
        dense_units=(4,),
        max_epochs=2,
        validation_fraction=0.3,
        augment=Noted(promoters.orthologs, exclude=promoters.sequences),
        device="cpu",
        random_state=0,
    )
    model.fit(promoters.sequences, promoters.y, groups=promoters.groups)
    trained = promoters.sequences.index[model.validation_split_.train_rows]
    assert [sorted(names) for names in Noted.asked] == [sorted(trained)]
    with pytest.raises(SequenceTypeError, match="orthologs are found by identifier"):
        model.fit(promoters.sequences.tolist(), promoters.y, groups=promoters.groups)


def test_clone_and_pickle(promoters):
    augmenter = OrthologAugmenter(promoters.orthologs, exclude=promoters.sequences, n_copies=1, random_state=3)
    X, _ = augmenter.fit_resample(promoters.sequences, promoters.y)
    copied = clone(augmenter)
    assert vars(copied).keys() == augmenter.get_params().keys()
    pd.testing.assert_frame_equal(copied.orthologs, promoters.orthologs)
    for other in (copied, pickle.loads(pickle.dumps(augmenter))):
        pd.testing.assert_series_equal(other.fit_resample(promoters.sequences, promoters.y)[0], X)
    bound = augmenter.for_training(promoters.sequences.index)
    batch, names = batch_of(promoters.sequences), promoters.sequences.index
    first, second = (
        maker.augment_batch(batch, np.random.default_rng(0), identifiers=names)
        for maker in (bound, pickle.loads(pickle.dumps(bound)))
    )
    assert torch.equal(first, second)


def test_fit_and_refit(promoters):
    augmenter = OrthologAugmenter(promoters.orthologs)
    assert is_sampler(augmenter)
    assert augmenter.fit(promoters.sequences, promoters.y) is augmenter
    assert augmenter.n_orthologs_ == 120
    augmenter.fit(promoters.sequences.iloc[:10], promoters.y.iloc[:10])
    fresh = OrthologAugmenter(promoters.orthologs).fit(promoters.sequences.iloc[:10], promoters.y.iloc[:10])
    pd.testing.assert_series_equal(augmenter.report_, fresh.report_)
    assert augmenter.sample_indices_.tolist() == fresh.sample_indices_.tolist()


# ---- bad input ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", [list, tuple, np.array, lambda X: np.array(X, dtype=object)])
def test_text_without_identifiers(form):
    with pytest.raises(SequenceTypeError, match=r"without identifiers.*pd.Series\(sequences, index=names\)"):
        OrthologAugmenter(TABLE).fit_resample(form(GENES.tolist()), [1, 0, 1])


@pytest.mark.parametrize(
    ("X", "y", "error", "message"),
    [
        (GENES.iloc[[0, 1, 0]], [1, 0, 1], SequenceError, "'a' stands for several rows of X"),
        (GENES, [1, 0], ValueError, "y must have one label per row of X, 3, got 2 labels"),
        (GENES, 1, ValueError, "got a single value"),
        (
            GENES.rename(lambda name: f"AT{name}"),
            [1, 0, 1],
            ValueError,
            r"none of the 3 identifiers \(for example 'ATa'\)",
        ),
        (pd.DataFrame({"a": GENES, "b": GENES}), [1, 0, 1], SequenceError, "one column"),
        (pd.Series(["ACGT", None], index=["a", "b"]), [1, 0], SequenceTypeError, "'b' is missing"),
        ("ACGT", [1], SequenceTypeError, "single sequence"),
    ],
    ids=["repeated", "short y", "scalar y", "other names", "two columns", "missing", "string"],
)
def test_bad_rows(X, y, error, message):
    with pytest.raises(error, match=message):
        OrthologAugmenter(TABLE).fit_resample(X, y)


@pytest.mark.parametrize(
    ("table", "error", "message"),
    [
        ({}, DataFormatError, "holds no ortholog"),
        ({"a": []}, DataFormatError, "holds no ortholog"),
        (pd.DataFrame({"identifier": [], "sequence": []}), DataFormatError, "holds no ortholog"),
        (pd.DataFrame({"gene": ["a"], "sequence": ["ACGT"]}), DataFormatError, r"no column 'identifier'.*rename"),
        (pd.DataFrame({"a": [1]}), DataFormatError, "no column 'identifier' and no column 'sequence'"),
        (
            pd.DataFrame({"identifier": [None, "a"], "sequence": ["A", "C"]}),
            DataFormatError,
            "1 of 2 rows have no ident",
        ),
        ({"a": "ACGT"}, SequenceTypeError, r"orthologs\['a'\] must be a list"),
        ({"a": 5}, SequenceTypeError, r"orthologs\['a'\] must be a list of sequences .* got int"),
        ({"a": [5]}, SequenceTypeError, "is a number"),
        ({"a": [("o", "ACGT", "x")]}, SequenceTypeError, "an entry has 3 parts"),
        ({"a": [("o", "ACGT"), ("o", "ACGA")]}, DataFormatError, r"1 names stand for more than one sequence.*'o'"),
        ({"a": [("o", "")]}, SequenceError, "'o' is empty"),
        ({"a": [("o", None)]}, SequenceTypeError, "'o' is missing"),
    ],
)
def test_bad_tables(table, error, message):
    with pytest.raises(error, match=message):
        OrthologAugmenter(table).fit_resample(GENES, [1, 0, 1])
    with pytest.raises(error, match=message):
        OrthologAugmenter(table).for_training(GENES.index)


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("rate", 1.5),
        ("rate", -0.1),
        ("n_copies", 0),
        ("exclude_threshold", 0),
        ("exclude_run", 0),
        ("on_conflict", "ignore"),
        ("truncate", True),
        ("alphabet", "klingon"),
        ("random_state", "seed"),
    ],
)
def test_bad_parameters(parameter, value):
    augmenter = OrthologAugmenter(TABLE).set_params(**{parameter: value})
    for use in (lambda: augmenter.fit_resample(GENES, [1, 0, 1]), lambda: augmenter.for_training(GENES.index)):
        with pytest.raises(ValueError, match=f"'{parameter}' parameter of OrthologAugmenter must be"):
            use()


@pytest.mark.parametrize(
    ("parameter", "value", "message"),
    [
        ("orthologs", ["ACGT"] * 1000, r"orthologs must be a DataFrame .* got list; read_orthologs reads files"),
        ("orthologs", "orthologs.csv", r"got str; read_orthologs\(path\) reads one"),
        ("orthologs", pd.concat([GENES] * 50), "orthologs must be a DataFrame .* got Series"),
        ("orthologs", None, "got NoneType"),
        ("exclude", ["ACGT"] * 1000, "exclude must be a Series or one-column DataFrame .* got list"),
        ("exclude", True, "exclude must be a Series .* got bool"),
    ],
)
def test_data_of_the_wrong_kind_is_named_and_not_printed(parameter, value, message):
    augmenter = OrthologAugmenter(TABLE).set_params(**{parameter: value})
    for use in (lambda: augmenter.fit_resample(GENES, [1, 0, 1]), lambda: augmenter.for_training(GENES.index)):
        with pytest.raises(SequenceTypeError, match=message) as raised:
            use()
        assert len(str(raised.value)) < 250


def test_the_representation_holds_no_data(promoters):
    augmenter = OrthologAugmenter(promoters.orthologs, exclude=promoters.sequences, rate=0.5)
    for form in ("orthologs=<DataFrame of 120>", "exclude=<Series of 60>", "rate=0.5"):
        assert form in repr(augmenter)
    assert len(repr(augmenter)) < 100
    assert augmenter.orthologs is promoters.orthologs


def test_bad_symbols_name_the_ortholog():
    augmenter = OrthologAugmenter({"a": [("a1", "ACGTEEEE")]})
    for use in (lambda: augmenter.fit_resample(GENES, [1, 0, 1]), lambda: augmenter.for_training(["a"])):
        with pytest.raises(SequenceError, match=r"orthologs: sequence 'a1', position 4: symbol 'E'"):
            use()
    with pytest.raises(SequenceError, match=r"^sequence 'b', position 3: symbol 'L'"):
        OrthologAugmenter(TABLE).fit_resample(GENES.replace("GGATCCAA", "MKVL"), [1, 0, 1])
    with pytest.raises(SequenceError, match=r"exclude: sequence 'b', position 3: symbol 'L'"):
        OrthologAugmenter(TABLE, exclude=GENES.replace("GGATCCAA", "MKVL")).fit_resample(GENES, [1, 0, 1])


def test_labels_in_another_order_than_the_rows_are_refused():
    y = pd.Series([1, 0, 0], index=["c", "b", "a"])
    with pytest.raises(ValueError, match=r"same index in another order \(row 0 is 'a' in X and 'c' in y\).*y.loc"):
        OrthologAugmenter(TABLE).fit_resample(GENES, y)
    assert OrthologAugmenter(TABLE).fit_resample(GENES, y.loc[GENES.index])[1].iloc[:3].tolist() == [0, 0, 1]
    assert OrthologAugmenter(TABLE).fit_resample(GENES, y.to_numpy())[1][:3].tolist() == [1, 0, 0]


def test_bags_of_windows_are_refused(promoters):
    bags = WindowAugmenter(40, max_windows=3).fit_transform(promoters.sequences)
    with pytest.raises(SequenceError, match=r"bags of windows.*in front of WindowAugmenter"):
        OrthologAugmenter(promoters.orthologs).fit_resample(bags, promoters.y)
    network = CNNBiLSTMClassifier(augment=OrthologAugmenter(promoters.orthologs), device="cpu")
    with pytest.raises(ValueError, match=r"augment: OrthologAugmenter .* whole sequences.*in front of WindowAugmenter"):
        network.fit(bags, promoters.y, identifiers=promoters.sequences.index)


def test_orthologs_in_front_of_windows_serve_a_network(promoters):
    network = CNNBiLSTMClassifier(**SMALL, max_epochs=1, validation_fraction=None)
    steps = OrthologAugmenter(promoters.orthologs), WindowAugmenter(40, max_windows=3), network
    model = make_pipeline(*steps).fit(promoters.sequences, promoters.y)
    assert model.predict(promoters.sequences).shape == (60,)


def test_a_network_keeps_the_counts(promoters):
    augment = [RandomAugmentation([RandomMutation(0.1)]), OrthologAugmenter(promoters.orthologs)]
    network = CNNBiLSTMClassifier(**SMALL, max_epochs=1, augment=augment)
    network.fit(promoters.sequences, promoters.y, groups=promoters.groups)
    edits, orthologs = network.augment_reports_
    assert edits is None
    assert orthologs["rows"] == len(network.validation_split_.train_rows)
    assert orthologs["usable"] == 2 * orthologs["rows"]
    network.set_params(augment=None).fit(promoters.sequences, promoters.y, groups=promoters.groups)
    assert network.augment_reports_ == []


def test_bad_batches():
    bound = OrthologAugmenter(TABLE).for_training(GENES.index)
    rng, X = np.random.default_rng(0), batch_of(GENES)
    with pytest.raises(SequenceTypeError, match="pass identifiers= to fit"):
        bound.augment_batch(X, rng)
    with pytest.raises(SequenceTypeError, match="pass identifiers= to fit"):
        OrthologAugmenter(TABLE).augment_batch(X, rng)
    with pytest.raises(SequenceTypeError, match="pass identifiers= to fit"):
        OrthologAugmenter(TABLE).for_training(None)
    with pytest.raises(SequenceError, match=r"shape \(3,\) to fit the batch, got 2"):
        bound.augment_batch(X, rng, identifiers=["a", "b"])
    with pytest.raises(SequenceError, match=r"\(n, length, 4\) for alphabet 'dna', got \(3, 8, 20\)"):
        bound.augment_batch(torch.zeros(3, 8, 20), rng, identifiers=GENES.index)


# ---- real promoters -------------------------------------------------------------------------------------------------


@pytest.mark.realdata
def test_real_orthologs_add_no_leak(real_data):
    """A. lyrata promoters split by orthogroup, orthologs of three other crucifers."""
    table = pd.read_csv(real_data / "promoters" / "promoters.csv.gz").set_index("gene_id")
    own, others = table[table["species"] == "aly"], table[table["species"] != "aly"].reset_index(names="ortholog")
    genes = own.reset_index(names="identifier")[["identifier", "orthogroup"]]
    orthologs = genes.merge(others, on="orthogroup")[["identifier", "ortholog", "species", "sequence", "label"]]
    X, y = own["sequence"], own["label"]
    train, test = next(GroupKFold(5).split(X, groups=own["orthogroup"]))
    bare = audit_leakage(X.iloc[train], X.iloc[test], homologs=False)

    unguarded = OrthologAugmenter(orthologs).fit_resample(X.iloc[train], y.iloc[train])[0]
    assert audit_leakage(unguarded.iloc[len(train) :], X.iloc[test]).leaked.any(), "there is something to find"

    augmenter = OrthologAugmenter(orthologs, exclude=X)
    X_new, y_new = augmenter.fit_resample(X.iloc[train], y.iloc[train])
    assert augmenter.n_orthologs_ > 800
    # by runs, k-mers and, where parasail is there, by alignments: members of other families are near, too
    assert not audit_leakage(X_new.iloc[len(train) :], X.iloc[test]).leaked.any()
    assert audit_leakage(X_new, X.iloc[test], homologs=False).leaked.sum() <= bare.leaked.sum()
    groups = own["orthogroup"].iloc[train].iloc[augmenter.sample_indices_]
    assert not set(groups) & set(own["orthogroup"].iloc[test])
    origin = others.set_index("ortholog").loc[augmenter.ortholog_names_]
    assert origin["orthogroup"].tolist() == groups.iloc[len(train) :].tolist()
    assert origin["label"].tolist() == y_new.iloc[len(train) :].tolist()
