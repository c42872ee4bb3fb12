"""DNABERT's tokens and their order."""

import numpy as np
import pandas as pd
import pytest

from seqaug_sklearn.embedding import kmer_tokens, kmer_vocabulary
from seqaug_sklearn.embedding._kmers import kmer_codes
from seqaug_sklearn.exceptions import SequenceError, SequenceTypeError


@pytest.mark.parametrize("k", [1, 3, 6])
def test_tokens_are_all_overlapping_kmers(random_dna, k):
    X = random_dna(5, 20)
    for text, tokens in zip(X, kmer_tokens(X, k), strict=True):
        tokens = tokens.split(" ")
        assert len(tokens) == 20 - k + 1
        assert tokens[0] + "".join(token[-1] for token in tokens[1:]) == text
        assert set(tokens) <= set(kmer_vocabulary(k))


def test_forms_and_symbols():
    assert kmer_tokens(pd.Series(["acgu", "RN-A"]), 3) == ["ACG CGT", "RN- N-A"]
    assert kmer_tokens(np.array(["ACG"]), k=3) == ["ACG"]


@pytest.mark.parametrize(
    ("X", "k", "error", "message"),
    [
        (["ACGT", "AC"], 3, SequenceError, "sequence number 1 has 2 residues"),
        (pd.Series(["ACGT", "MKV"], index=["a", "b"]), 3, SequenceError, "sequence 'b', position 1: symbol 'K'|'V'"),
        (["ACGP"], 3, SequenceError, "position 3: symbol 'P' is neither DNA nor RNA"),
        ("ACGT", 3, SequenceTypeError, "single sequence"),
        (["ACGT"], 0, ValueError, "k must be an int from 1 to 12, got 0"),
        (["ACGT"], 13, ValueError, "k must be an int from 1 to 12, got 13"),
        (["ACGT"], 2.0, ValueError, r"k must be an int from 1 to 12, got 2\.0"),
        (["ACGT"], True, ValueError, "k must be an int from 1 to 12, got True"),
    ],
)
def test_bad_input(X, k, error, message):
    if "MKV" in list(X):  # M, K and V are ambiguity codes of DNA
        assert kmer_tokens(X, k)[1] == "MKV"
        return
    with pytest.raises(error, match=message):
        kmer_tokens(X, k)


def test_vocabulary_starts_with_special_tokens_and_counts_in_atcg():
    assert kmer_vocabulary(2)[:8] == ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "AA", "AT", "AC"]
    assert len(set(kmer_vocabulary(5))) == 4**5 + 5


@pytest.mark.realdata
def test_vocabulary_is_the_published_one(real_data):
    assert kmer_vocabulary(6) == (real_data / "dnabert_6mer" / "vocab.txt").read_text().split()


@pytest.mark.parametrize("k", [1, 2, 5])
def test_codes_count_in_base_four(rng, k):
    texts = ["".join(rng.choice(list("ACGTN"), n, p=[0.24] * 4 + [0.04])) for n in (k, k + 1, 30, 7)]
    for text, codes in zip(texts, kmer_codes(texts, k), strict=True):
        kmers = [text[i : i + k] for i in range(len(text) - k + 1)]
        expected = [4**k if "N" in kmer else int("".join(str("ACGT".index(c)) for c in kmer), 4) for kmer in kmers]
        assert codes.tolist() == expected
