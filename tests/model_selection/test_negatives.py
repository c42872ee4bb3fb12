"""make_negatives: exact words, matched draws, nothing that resembles a positive, an audit that says what is left."""

from collections import Counter

import numpy as np
import pandas as pd
import pytest

from seqaug_sklearn.datasets import read_fasta, write_fasta
from seqaug_sklearn.exceptions import DataFormatError, InvalidParameterError, SequenceError
from seqaug_sklearn.model_selection import audit_leakage, audit_shortcuts, make_negatives

AMINO_ACIDS = "ACDEFGHIKLMNPQRSTVWY"


def words(text, k):
    return Counter(text[i : i + k] for i in range(len(text) - k + 1))


def named(texts):
    return pd.Series(texts, index=[f"g{i}" for i in range(len(texts))], name="sequence")


def rich_dna(rng, n, length, shares=(0.35, 0.15, 0.15, 0.35)):
    return ["".join(row) for row in rng.choice(list("ACGT"), (n, length), p=shares)]


@pytest.mark.parametrize("k", [1, 2, 3])
@pytest.mark.parametrize(("alphabet", "symbols"), [("dna", "ACGT"), ("rna", "ACGU"), ("protein", AMINO_ACIDS)])
def test_shuffles_keep_every_word(random_dna, k, alphabet, symbols):
    if k == 3 and alphabet == "protein":
        pytest.skip("with all its words of three, any order of a protein resembles it")
    positives = named(random_dna(12, 80, symbols) + random_dna(3, 45, symbols))
    found = make_negatives(positives, k=k, n_per_sequence=2, alphabet=alphabet, random_state=0)
    assert found.sources.tolist() == np.repeat(np.arange(15), 2).tolist()
    for text, row in zip(found.sequences, found.sources, strict=True):
        assert all(words(text, n) == words(positives.iloc[row], n) for n in range(1, k + 1))
        assert text != positives.iloc[row]
    assert found.sequences.index[:2].tolist() == ["shuffled_g0_1", "shuffled_g0_2"]
    assert found.sequences.is_unique
    assert found.counts["made"] == found.counts["wanted"] == 30


def test_unknown_symbols_and_case_stay_where_they_are():
    text = "acgtTAGCATCGNNNNACGTTAGCATgcatgcNACGATTAGC"
    [made] = make_negatives([text], k=2, random_state=0).sequences
    assert [a.islower() for a in made] == [a.islower() for a in text]
    assert [i for i, a in enumerate(made) if a == "N"] == [i for i, a in enumerate(text) if a == "N"]
    assert words(made.upper(), 2) == words(text.upper(), 2)
    assert made.upper() != text.upper()


def test_what_has_one_order_only_is_counted():
    positives = named(["A" * 40, "ACG", "ACGATTACGGATCCATGACCATGATTACG", "NNNNNN" * 5 + "A"])
    found = make_negatives(positives, random_state=0)
    assert found.counts == {"wanted": 4, "made": 1, "refused": 0, "same": 3, "resembling": 0, "not_found": 0}
    assert found.sources.tolist() == [2]
    assert "3 left out, because no other order has the same k-mers" in found.summary()
    assert found.shortcuts is None
    with pytest.raises(DataFormatError, match="no negative could be made of 2: 2 have no other order with the same"):
        make_negatives(["AAAA", "ACG"])


def test_nothing_gives_shuffles_away(rng):
    """Composition is the positives' own, so no trait of it may be found; a motif that all of them hold is."""
    positives = [text[:30] + "TTGACAATTAAT" + text[42:] for text in rich_dna(rng, 60, 100)]
    report = make_negatives(positives, k=2, random_state=0).shortcuts
    assert set(report.findings["family"]) == {"position"}
    assert report.table.loc["GC content", "score"] == pytest.approx(0.5)
    plain = make_negatives(rich_dna(rng, 60, 100), k=2, random_state=0)
    assert not plain.shortcuts.found
    assert plain.verdict()[0] == plain.shortcuts.verdict()[0]
    assert make_negatives(positives, audit=False).shortcuts is None


def test_the_audit_sees_what_shuffles_of_short_words_lose(rng):
    """Positives whose neighbours repeat: a shuffle of single symbols gives itself away, one of pairs does not."""
    positives = ["".join(a * 2 for a in text) for text in rich_dna(rng, 40, 50)]
    assert make_negatives(positives, k=1, random_state=0).shortcuts.found
    assert not make_negatives(positives, k=2, random_state=0).shortcuts.found
    made = make_negatives(positives, k=2, random_state=0).sequences.str[:-8]
    report = audit_shortcuts([*positives, *made], ["positive"] * 40 + ["negative"] * 40)
    assert report.best == "length"


def test_draws_from_a_background(rng):
    """A genome of two halves, poor and rich in GC: each positive gets what is like it, and no residue twice."""
    genome = pd.Series(
        {
            "chr 1": rich_dna(rng, 1, 40_000)[0],
            "chr2": rich_dna(rng, 1, 40_000, (0.15, 0.35, 0.35, 0.15))[0],
            "tiny": "ACG",
        }
    )
    positives = named(rich_dna(rng, 20, 150) + rich_dna(rng, 20, 90, (0.15, 0.35, 0.35, 0.15)))
    found = make_negatives(positives, background=genome, random_state=0)
    assert len(found) == 40
    assert found.sequences.str.len().tolist() == positives.str.len().tolist()
    strands, used = set(), {name: np.zeros(len(text), int) for name, text in genome.items()}
    for name, text in found.sequences.items():
        record, _, place = name.removeprefix("background_").rpartition(":")
        record = record.replace("_", " ")
        begin, end = map(int, place[:-3].split("-"))
        strands.add(place[-2])
        stretch = genome[record][begin:end]
        assert text == (stretch if place[-2] == "+" else stretch[::-1].translate(str.maketrans("ACGT", "TGCA")))
        used[record][begin:end] += 1
    assert strands == {"+", "-"}
    assert max(counts.max() for counts in used.values()) == 1
    gc = pd.Series([(text.count("G") + text.count("C")) / len(text) for text in found.sequences])
    own = pd.Series([(text.count("G") + text.count("C")) / len(text) for text in positives])
    assert (gc - own).abs().max() < 0.06
    assert not found.shortcuts.found
    assert not audit_leakage(positives.tolist(), found.sequences.tolist(), homologs=False).leaked.any()


def test_a_background_that_holds_the_positives_and_the_test_rows(rng):
    [genome] = rich_dna(rng, 1, 6000)
    positives, tested = [genome[i : i + 100] for i in range(0, 1500, 300)], [genome[1500:3000]]
    found = make_negatives(positives, background=[genome], exclude=tested, n_candidates=20, random_state=0)
    assert found.counts["refused"] > 0
    assert found.counts["made"] == 5
    assert not audit_leakage(positives + tested, found.sequences.tolist(), homologs=False).leaked.any()
    # nothing else is there: drawn in vain, and counted
    with pytest.raises(DataFormatError, match=r"no negative could be drawn: .* length for 1 of 2"):
        make_negatives([genome[:100], "ACGT" * 2000], background=[genome[:400]], exclude=[genome])
    partly = make_negatives([genome[:100], "ACGT" * 2000], background=[genome[3000:]], random_state=0)
    assert partly.counts["not_found"] == 1
    assert "1 left out, because the background holds no stretch of that length" in partly.summary()


def test_no_more_unknown_symbols_than_the_positive(rng):
    genome = ["N" * 3000 + rich_dna(rng, 1, 400)[0] + "N" * 3000]
    found = make_negatives(rich_dna(rng, 2, 60), background=genome, n_candidates=500, random_state=0)
    assert found.sequences.str.count("N").sum() == 0


def test_proteins_from_other_proteins(random_dna):
    found = make_negatives(
        random_dna(5, 60, AMINO_ACIDS), background=random_dna(4, 300, AMINO_ACIDS), alphabet="protein", k=2
    )
    assert len(found) == 5
    assert found.sequences.index.str.endswith("(+)").all()


def test_same_seed_same_negatives(random_dna):
    positives, genome = random_dna(6, 60), random_dna(2, 2000)
    for options in ({}, {"background": genome}):
        first, again, other = (make_negatives(positives, random_state=seed, **options) for seed in (1, 1, 2))
        pd.testing.assert_series_equal(first.sequences, again.sequences)
        assert first.sequences.tolist() != other.sequences.tolist()


def test_names_that_fasta_takes(random_dna, tmp_path):
    positives = pd.Series(random_dna(3, 60), index=["a b", "a b", 7])
    found = make_negatives(positives, random_state=0)
    assert found.sequences.index.tolist() == ["shuffled_a_b_1", "shuffled_a_b_2", "shuffled_7"]
    write_fasta(found.sequences, tmp_path / "n.fa")
    assert read_fasta(tmp_path / "n.fa").to_dict() == found.sequences.to_dict()


def test_one_table_of_both(random_dna):
    positives = named(random_dna(10, 60))
    found = make_negatives(positives, random_state=0)
    table = found.to_frame()
    assert table["label"].value_counts().to_dict() == {"positive": 10, "negative": 10}
    assert table.loc["shuffled_g3", "source"] == "g3"
    assert table.loc["g3", "sequence"] == positives["g3"]
    assert repr(found).startswith(f"<NegativeSet: {found.verdict()[0][:40]}")


def test_bad_input_is_explained(random_dna):
    for name in ("k", "n_per_sequence", "n_candidates"):
        with pytest.raises(InvalidParameterError, match=f"{name} must be a whole number of at least 1, got 0"):
            make_negatives(random_dna(2, 60), **{name: 0})
    with pytest.raises(SequenceError, match="E"):
        make_negatives(["ACGTE"])
    with pytest.raises(SequenceError, match="F"):
        make_negatives(random_dna(2, 60), background=["ACGTF"])
