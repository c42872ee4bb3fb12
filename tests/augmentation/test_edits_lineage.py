"""Lineage of edited rows: every row is made again from its parent, and what protection covers never changes."""

import io

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from seqaug_sklearn.augmentation import (
    RandomAugmentation,
    RandomDeletion,
    RandomInsertion,
    RandomInversion,
    RandomMutation,
    RandomReverseComplement,
    RandomShift,
    RandomTranslocation,
    SubstitutionMatrixMutation,
    SynonymousMutation,
    replay_edits,
)
from seqaug_sklearn.exceptions import DataFormatError

CONTEXT = {"r0": ("ACCA", "GGT"), "r2": ("T", "ACACAC")}
EVERYWHERE = [
    RandomMutation(0.2),
    RandomInsertion(0, 6),
    RandomDeletion(0, 6),
    RandomTranslocation(0, 6),
    RandomInversion(0, 9),
    RandomShift(0, 6),
    RandomShift(0, 6, fill="pad"),
    SubstitutionMatrixMutation(rate=0.2),
]
OF_DNA = [
    *EVERYWHERE[:-1],
    SubstitutionMatrixMutation("HOXD70", temperature=50, rate=0.2),
    SynonymousMutation(0.5),
    SynonymousMutation(0.5, frame=2, usage="data"),
    RandomShift(0, 6, fill="context", context=CONTEXT),
    RandomReverseComplement(),
]
LETTERS = {"dna": "ACGTACGTN-", "rna": "ACGUACGUR", "protein": "ACDEFGHIKLMNPQRSTVWYX*"}


@st.composite
def edited(draw, *, protecting):
    """An augmentation with its rows."""
    alphabet = draw(st.sampled_from(["dna", "rna", "protein"]))
    kinds = EVERYWHERE if alphabet == "protein" else OF_DNA
    if alphabet == "rna":
        kinds = [edit for edit in kinds if getattr(edit, "fill", "") != "context"]
    if protecting:
        kinds = [edit for edit in kinds if not isinstance(edit, RandomReverseComplement)]
    chosen = draw(st.lists(st.sampled_from(kinds), min_size=1, max_size=5, unique_by=id))
    lengths = draw(st.lists(st.integers(1, 40), min_size=1, max_size=5))
    seed = draw(st.integers(0, 2**20))
    rng = np.random.default_rng(seed)
    X = pd.Series({f"r{i}": "".join(rng.choice(list(LETTERS[alphabet]), n)) for i, n in enumerate(lengths)})
    augmentation = RandomAugmentation(
        chosen,
        max_per_sequence=draw(st.integers(1, 5)),
        exactly=draw(st.booleans()),
        n_copies=draw(st.integers(1, 3)),
        pad_to=draw(st.sampled_from([None, 45])),
        protect=draw(st.lists(st.integers(0, max(lengths) - 1), min_size=1, max_size=8)) if protecting else None,
        alphabet=alphabet,
        record_edits=True,
        random_state=seed,
    )
    return X, augmentation, augmentation.fit_resample(X, np.arange(len(X)))[0]


@pytest.mark.parametrize("protecting", [False, True], ids=["free", "protected"])
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_every_row_is_made_again(protecting, data):
    X, augmentation, rows = data.draw(edited(protecting=protecting))
    lineage, parents = augmentation.edits_, augmentation.sample_indices_
    assert replay_edits(X, lineage, parents, alphabet=augmentation.alphabet) == rows.tolist()
    # as a file keeps it, in whatever order
    kept = pd.read_csv(io.StringIO(lineage.sample(frac=1, random_state=0).to_csv(index=False)), keep_default_na=False)
    assert replay_edits(X, kept, parents, alphabet=augmentation.alphabet) == rows.tolist()
    # recording changes no draw, and rows without a line are their parents
    again = RandomAugmentation(**augmentation.get_params(deep=False) | {"record_edits": False})
    pd.testing.assert_series_equal(again.fit_resample(X, np.arange(len(X)))[0], rows)
    assert again.edits_ is None
    for row in set(range(len(X), len(rows))) - set(lineage["row"]):
        assert rows.iloc[row] == X.iloc[parents[row]]
    assert (lineage["seed"] == augmentation.random_state).all()
    assert (parents[lineage["row"]] == lineage["parent"]).all()
    assert ((lineage["strand"] == "-") == lineage["operation"].isin(["inversion", "reverse_complement"])).all()


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_no_edit_touches_what_is_protected(data):
    X, augmentation, rows = data.draw(edited(protecting=True))
    for row, parent in enumerate(augmentation.sample_indices_):
        for position in augmentation.protect:
            if position < len(X.iloc[parent]):
                assert rows.iloc[row][position] == X.iloc[parent][position]


def test_each_operation_is_recorded_as_it_is():
    """One row per kind, by hand: where, how long, on which strand, which letters."""
    X = ["ATGGCTTGGAAATAA"]
    for edit, expected in (
        (RandomDeletion(4, 4), ("deletion", 4, "+", 4)),
        (RandomInsertion(4, 4), ("insertion", 4, "+", 4)),
        (RandomShift(4, 4), ("shift", 4, "+", 4)),
        (RandomTranslocation(4, 4), ("translocation", 4, "+", 0)),
        (RandomInversion(4, 4), ("inversion", 4, "-", 0)),
        (RandomReverseComplement(1), ("reverse_complement", 15, "-", 0)),
        (SynonymousMutation(1), ("synonymous", 3, "+", 3)),
        (RandomMutation(1), ("mutation", 1, "+", 1)),
    ):
        augmentation = RandomAugmentation([edit], record_edits=True, random_state=0)
        _, row = augmentation.fit_resample(X, [0])[0]
        line = augmentation.edits_.iloc[0]
        assert (line.operation, line.length, line.strand, len(line.symbols)) == expected
        if expected[0] in ("synonymous", "mutation", "insertion"):
            assert row[line.start : line.start + line.length] == line.symbols
    assert len(augmentation.edits_) == 15


def test_without_a_seed_one_is_drawn_and_gives_the_same_rows(random_dna):
    X = random_dna(5, 30)
    augmentation = RandomAugmentation(OF_DNA[:5], record_edits=True)
    rows = augmentation.fit_resample(X, [0] * 5)[0]
    (seed,) = set(augmentation.edits_["seed"])
    assert augmentation.set_params(random_state=int(seed)).fit_resample(X, [0] * 5)[0] == rows
    augmentation.set_params(random_state=np.random.default_rng(0)).fit_resample(X, [0] * 5)
    assert augmentation.edits_["seed"].isna().all()


def test_a_part_of_the_lineage_is_a_part_of_the_edits(random_dna):
    X = random_dna(4, 30)
    augmentation = RandomAugmentation([RandomDeletion(1, 5), RandomMutation(0.2)], record_edits=True, random_state=0)
    augmentation.fit_resample(X, [0] * 4)
    first = augmentation.edits_[augmentation.edits_["step"] == 0]
    alone = RandomAugmentation([RandomDeletion(1, 5)], random_state=0).fit_resample(X, [0] * 4)[0]
    assert replay_edits(X, first, augmentation.sample_indices_) == alone
    assert replay_edits(X, first[:0], augmentation.sample_indices_) == X + X


def test_lineage_of_other_rows_is_refused(random_dna):
    X = random_dna(4, 30)
    augmentation = RandomAugmentation([RandomDeletion(1, 5)], record_edits=True, random_state=0)
    augmentation.fit_resample(X, [0] * 4)
    lineage, parents = augmentation.edits_, augmentation.sample_indices_
    with pytest.raises(DataFormatError, match="no column start; pass edits_"):
        replay_edits(X, lineage.drop(columns="start"), parents)
    with pytest.raises(DataFormatError, match="row 4 with parent 3, which is no copy"):
        replay_edits(X, lineage.assign(parent=3), parents)
    with pytest.raises(DataFormatError, match="operation 'magic', which is not known"):
        replay_edits(X, lineage.assign(operation="magic"), parents)


def test_batches_are_not_recorded(rng):
    with pytest.raises(ValueError, match="record_edits must be False for augment_batch, got True: batches are not"):
        RandomAugmentation([RandomMutation()], record_edits=True).augment_batch(torch.ones(1, 3, 4), rng)
