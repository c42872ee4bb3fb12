"""Every augmenter carries targets of any kind: numbers, several with gaps, labels; type, index and columns stay."""

import numpy as np
import pandas as pd
import pytest
from imblearn.pipeline import make_pipeline
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import Ridge

from seqaug_sklearn.augmentation import (
    HaplotypeMosaic,
    OrthologAugmenter,
    RandomAugmentation,
    RandomDeletion,
    RandomInsertion,
    RandomInversion,
    RandomMutation,
    RandomReverseComplement,
    RandomTranslocation,
    WindowAugmenter,
)

EDITS = [
    RandomMutation(0.2),
    RandomInsertion(1, 3),
    RandomDeletion(1, 3),
    RandomTranslocation(1, 3),
    RandomInversion(1, 3),
    RandomReverseComplement(1.0),
]


def rows(n=12, length=30):
    rng = np.random.default_rng(0)
    return pd.Series(["".join(rng.choice(list("ACGT"), length)) for _ in range(n)], index=[f"g{i}" for i in range(n)])


def targets(index):
    rng = np.random.default_rng(1)
    values = rng.normal(size=(len(index), 2))
    values[3, 0] = values[5, 1] = np.nan
    labels = (values > 0).astype(float)
    labels[np.isnan(values)] = np.nan
    frame = pd.DataFrame(values, index=index, columns=["liver", "brain"])
    return {
        "float32": values[:, 1].astype(np.float32),
        "column": values[:, 1:],
        "several": values,
        "series": frame["liver"],
        "frame": frame.assign(count=pd.array([None, *range(len(index) - 1)], dtype="Int64")),
        "labels": pd.DataFrame(labels, index=index, columns=["liver", "brain"]),
        "list": values[:, 0].tolist(),
        "nested list": values.tolist(),
    }


def check_carried(y, y_new, sources):
    """What was given, repeated by source row."""
    assert type(y_new) is type(y)
    if isinstance(y, pd.DataFrame):
        pd.testing.assert_frame_equal(y_new, y.iloc[sources])
    elif isinstance(y, pd.Series):
        pd.testing.assert_series_equal(y_new, y.iloc[sources])
    else:
        given, found = np.asarray(y), np.asarray(y_new)
        assert found.dtype == given.dtype
        np.testing.assert_array_equal(found, given[sources])


@pytest.mark.parametrize("kind", targets(range(12)))
def test_edits_and_orthologs(kind):
    X = rows()
    y = targets(X.index)[kind]
    orthologs = {name: [text[::-1], text[5:] + text[:5]] for name, text in X.iloc[::2].items()}
    for sampler in (
        *(RandomAugmentation([edit], max_per_sequence=1, n_copies=2, random_state=0) for edit in EDITS),
        OrthologAugmenter(orthologs, n_copies=1, random_state=0),
    ):
        X_new, y_new = sampler.fit_resample(X, y)
        sources = sampler.sample_indices_
        assert len(X_new) > len(X)
        assert X_new.index.tolist() == X.index[sources].tolist()
        check_carried(y, y_new, sources)


@pytest.mark.parametrize("kind", ["float32", "several", "series", "labels"])
def test_windows(kind):
    X = rows()
    y = targets(X.index)[kind]
    found = WindowAugmenter(window=12, overlap=(2, 4), min_shared=8).explode(X, y)
    given = np.asarray(y)
    np.testing.assert_array_equal(found.y, given[found.sources])
    frame = found.to_frame()
    assert ({"y0", "y1"} if given.ndim == 2 else {"y"}) <= {*frame.columns}


def test_numbers_pass_a_pipeline_with_a_sampler():
    X = rows(40)
    y = np.array([text.count("A") for text in X]) + np.random.default_rng(0).normal(size=40) / 10
    counts = CountVectorizer(analyzer="char", lowercase=False)
    model = make_pipeline(RandomAugmentation([RandomInversion(2, 5)], n_copies=2, random_state=0), counts, Ridge(0.1))
    assert model.fit(X, y).score(X, y) > 0.9


@pytest.mark.parametrize("sampling_strategy", ["auto", "all", 0.5, {1.5: 20}])
def test_classes_in_numbers_are_asked_of_classes_only(sampling_strategy):
    X = rows()
    y = targets(X.index)["float32"]
    orthologs = {name: [text[::-1]] for name, text in X.items()}
    for sampler in (
        RandomAugmentation(EDITS, sampling_strategy=sampling_strategy),
        OrthologAugmenter(orthologs, sampling_strategy=sampling_strategy),
    ):
        for numbers in (y, np.column_stack([y, -y])):
            with pytest.raises(ValueError, match=r"sampling_strategy balances classes.*y holds numbers"):
                sampler.fit_resample(X, numbers)


def test_genotypes_of_numbers_are_refused_in_one_sentence():
    genotypes = np.random.default_rng(0).integers(0, 4, (12, 6)).astype(np.int8)
    with pytest.raises(ValueError, match="looks like a measurement"):
        HaplotypeMosaic(match_length=2, random_state=0).fit_resample(genotypes, np.linspace(0, 1, 12))
