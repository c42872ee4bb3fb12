"""Features of parts are those of the cut texts."""

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from seqaug_sklearn.features import KmerCounts, MotifOccupancy, SequenceParts


def cut(text, number, n_parts, overlap):
    """Residue by residue: what lies in a part, or near it."""
    first, end = len(text) * number // n_parts, len(text) * (number + 1) // n_parts
    end = max(end, first + 1)
    return "".join(text[at] for at in range(len(text)) if first - overlap <= at < end + overlap)


@pytest.mark.parametrize("transformer", [KmerCounts(2), MotifOccupancy({"G-box": "CACGTG", "TATA": "TATAWA"})])
@pytest.mark.parametrize(("n_parts", "overlap"), [(2, 0), (3, 20), (4, 3)])
def test_the_whole_then_each_part(transformer, n_parts, overlap, random_dna):
    X = [random_dna(1, n)[0] for n in (90, 100, 91, 12)] + ["acgtN"]
    parts = SequenceParts(transformer, n_parts=n_parts, overlap=overlap)
    found = parts.fit_transform(X)
    texts = [X, *([cut(text, number, n_parts, overlap) for text in X] for number in range(n_parts))]
    expected = [transformer.fit_transform(one) for one in texts]
    dense = [one.toarray() if sparse.issparse(one) else one for one in [*expected, found, parts.transform(X)]]
    np.testing.assert_array_equal(dense[-2], np.hstack(dense[:-2]))
    np.testing.assert_array_equal(dense[-1], dense[-2])
    assert sparse.issparse(found) == sparse.issparse(expected[0])
    names = parts.get_feature_names_out()
    assert len(names) == found.shape[1] == len(set(names))
    assert names[-1].endswith(f", part {n_parts} of {n_parts}")


def test_rows_keep_their_names_in_messages_and_tables():
    parts = SequenceParts(MotifOccupancy({"box": "ACG"}), n_parts=2)
    X = pd.Series(["ACGT" * 9, "TTGA" * 9], index=["first", "second"])
    assert parts.set_output(transform="pandas").fit_transform(X).index.tolist() == ["first", "second"]
    with pytest.raises(ValueError, match=r"'second'.*'E'"):
        SequenceParts(KmerCounts(2)).fit(pd.Series(["ACGT", "ACET"], index=["first", "second"]))


def test_where_a_motif_stands_can_be_learned(random_dna):
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import cross_val_score
    from sklearn.pipeline import make_pipeline

    X = [(text[:5] + "CACGTG" + text[5:]) if i % 2 else (text[:-5] + "CACGTG" + text[-5:])
         for i, text in enumerate(random_dna(40, 84))]  # fmt: skip
    whole = MotifOccupancy({"G-box": "CACGTG"})
    scores = [
        cross_val_score(make_pipeline(features, LogisticRegression(C=100)), X, np.arange(40) % 2, cv=4).mean()
        for features in (whole, SequenceParts(whole))
    ]
    assert scores[0] < 0.75
    assert scores[1] > 0.95
