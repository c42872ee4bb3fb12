"""The domain against naive sets of k-mers, planted relatives and copies."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from seqaug_sklearn.encoding import reverse_complement
from seqaug_sklearn.similarity import ApplicabilityDomain

SYMBOLS = {"dna": "ACGT", "rna": "ACGU", "protein": "ACDEFGHIKLMNPQRSTVWY"}


def random_texts(n, length, alphabet="dna", seed=0, unknown=""):
    rng = np.random.default_rng(seed)
    lengths = rng.integers(length // 2, length + 1, n)
    return ["".join(rng.choice(list(SYMBOLS[alphabet] + unknown), size)) for size in lengths]


def naive_share(query, training, k, both_strands, alphabet):
    """Distinct k-mers of the query that each training row holds, as a share; k-mers with unknown symbols left out."""

    def kmers(text):
        found = {text[i : i + k] for i in range(len(text) - k + 1)}
        found = {kmer for kmer in found if set(kmer) <= set(SYMBOLS[alphabet])}
        return {min(kmer, reverse_complement([kmer])[0]) for kmer in found} if both_strands else found

    own = kmers(query)
    return [len(own & kmers(row)) / len(own) for row in training] if own else [np.nan]


@pytest.mark.parametrize(
    ("alphabet", "k", "unknown"), [("dna", 4, ""), ("dna", 3, "N"), ("rna", 4, "N"), ("protein", 2, "X")]
)
@pytest.mark.parametrize("block", [5_000_000, 7])
def test_shares_equal_a_naive_count(alphabet, k, unknown, block, monkeypatch):
    monkeypatch.setattr("seqaug_sklearn.similarity._applicability_domain._BLOCK_ENTRIES", block)
    training = random_texts(12, 20, alphabet, 0, unknown)
    new = random_texts(15, 20, alphabet, 1, unknown)
    report = ApplicabilityDomain(alphabet, k=k).fit(training).report(new)
    for text, nearest, share in zip(
        new, report["nearest"].astype(object).fillna("nan"), report["kmer_share"], strict=True
    ):
        shares = naive_share(text, training, k, alphabet == "dna", alphabet)
        np.testing.assert_allclose(share, max(shares))
        assert str(nearest) == (str(int(np.argmax(shares))) if max(shares) > 0 else "nan")


def test_the_offset_is_what_training_rows_of_other_groups_share():
    training = random_texts(20, 30)
    groups = np.repeat(np.arange(10), 2)
    domain = ApplicabilityDomain(k=4, quantile=0.25).fit(training, groups=groups)
    held_out = [
        max(naive_share(text, [t for t, g in zip(training, groups, strict=True) if g != own], 4, True, "dna"))
        for text, own in zip(training, groups, strict=True)
    ]
    assert domain.offset_ == pytest.approx(np.quantile(held_out, 0.25))


def mutated(text, rate, rng):
    letters = np.array(list(text))
    changed = rng.random(len(letters)) < rate
    letters[changed] = rng.choice(list("ACGT"), changed.sum())
    return "".join(letters)


def test_unrelated_sequences_are_told_from_held_out_relatives():
    rng = np.random.default_rng(0)
    ancestors = ["".join(rng.choice(list("ACGT"), 200)) for _ in range(60)]
    training = [mutated(text, 0.15, rng) for text in ancestors for _ in range(3)]
    relatives = [mutated(text, 0.15, rng) for text in ancestors]
    unrelated = ["".join(rng.choice(list("ACGT"), 200)) for _ in range(60)]
    domain = ApplicabilityDomain().fit(training)
    truth = np.repeat([1, 0], 60)
    assert roc_auc_score(truth, domain.score_samples(relatives + unrelated)) > 0.99
    flags = domain.predict(relatives + unrelated)
    assert (flags[:60] == 1).mean() > 0.9
    assert (flags[60:] == -1).mean() > 0.9
    # where families are held out, an unrelated sequence is as near as another family, and nothing is outside
    by_family = ApplicabilityDomain().fit(training, groups=np.repeat(np.arange(60), 3))
    assert (by_family.predict(unrelated) == 1).mean() > 0.8
    sketch = ApplicabilityDomain(sketch=4).fit(training)
    assert roc_auc_score(truth, sketch.score_samples(relatives + unrelated)) > 0.9


def test_copies_are_named_on_either_strand():
    training = pd.Series(["ACGTTGCATTGA", "GGGTTTACCCAT", "ACGTTGCATTGA"], index=["a", "b", "c"])
    domain = ApplicabilityDomain(k=4).fit(training)
    new = ["acgttgcattga", *reverse_complement(["GGGTTTACCCAT"]), "ACGTTGCATTGG"]
    assert domain.report(new)["copy_of"].fillna("").tolist() == ["a", "b", ""]
    of_rna = ApplicabilityDomain("rna", k=4).fit(["ACGUUGCAUUGA", "GGGUUUACCCAU"])
    assert of_rna.report(["UCAAUGCAACGU", "GGGUUUACCCAU"])["copy_of"].fillna("").tolist() == ["", "1"]


def test_length_and_composition_are_reasons_of_their_own():
    domain = ApplicabilityDomain(k=3).fit(random_texts(30, 40))
    report = domain.report(pd.Series(["ACGT" * 20, "A" * 30], index=["long", "poly-A"]))
    assert report["in_domain"].tolist() == [False, False]
    assert "has 80 residues (training sequences: " in report.loc["long", "reason"]
    assert "another composition" in report.loc["poly-A", "reason"]


def test_a_sketch_holds_hashes_of_a_part_of_the_kmers():
    training = random_texts(50, 300)
    whole, sketch = ApplicabilityDomain().fit(training), ApplicabilityDomain(sketch=10).fit(training)
    assert len(sketch.keys_) == pytest.approx(len(whole.keys_) / 10, rel=0.1)
    assert not np.isin(sketch.keys_, whole.keys_.astype(np.uint64)).any()
    assert (sketch.predict(training) == 1).mean() > 0.9


def test_sequences_without_kmers_have_no_share():
    domain = ApplicabilityDomain(k=5).fit(["ACGTACGTAC", "ACGTAGGTAC"])
    report = domain.report(["ACG", "NNNNNNNNNN"])
    assert report["kmer_share"].isna().all()
    assert domain.score_samples(["ACG"]).tolist() == [0.0]


def test_bad_parameters():
    with pytest.raises(ValueError, match=r"k=30 must be at most 10 \(the longest sequence has 10 residues\)"):
        ApplicabilityDomain(k=30).fit(["ACGTACGTAC"])
    with pytest.raises(ValueError, match=r"groups must have shape \(2,\), one group per sequence; got \(1,\)"):
        ApplicabilityDomain().fit(["ACGTACGTAC", "ACGTACGTAC"], groups=[1])
