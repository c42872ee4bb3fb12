"""Orthologs with targets of their own: added to rows, swapped into batches, learned by networks, read from tables."""

import numpy as np
import pandas as pd
import pytest
import torch

from seqaug_sklearn.augmentation import OrthologAugmenter
from seqaug_sklearn.augmentation._orthologs._own_targets import append_targets
from seqaug_sklearn.datasets import make_activity, read_orthologs
from seqaug_sklearn.encoding import one_hot
from seqaug_sklearn.exceptions import DataFormatError, SeqAugWarning
from seqaug_sklearn.regression import MotifCNNRegressor

GENES = pd.Series(["ACGTTGCAGG", "GGATCCAATT", "TTGACCAGTA"], index=["a", "b", "c"])
Y = pd.Series([0.53, 1.25, -2.0], index=GENES.index, name="activity")
TABLE = pd.DataFrame(
    {
        "identifier": ["a", "b", "b", "c", "held out"],
        "ortholog": ["a1", "b1", "b2", "c1", "h1"],
        "sequence": ["ACGTTGCAGC", "GGATCCAATA", "GGATCCAATC", "TTGACCAGTT", "CCCCCACCCC"],
        "activity": [9.5, 7.25, np.nan, -1.5, 99.0],
    }
)


def test_added_rows_have_their_own_numbers_and_the_others_stay():
    augmenter = OrthologAugmenter(TABLE, targets="own")
    X, y = augmenter.fit_resample(GENES, Y)
    assert X.index.tolist() == y.index.tolist() == ["a", "b", "c", "a", "b", "c"]
    assert y.tolist() == [0.53, 1.25, -2.0, 9.5, 7.25, -1.5]
    assert (y.name, y.dtype) == ("activity", float)
    assert augmenter.ortholog_names_.tolist() == ["a1", "b1", "c1"], "b2 was not measured"
    assert augmenter.report_["without_target"] == 1
    assert augmenter.report_["usable"] == augmenter.report_["added"] == 3
    inherited = OrthologAugmenter(TABLE).fit_resample(GENES, Y)[1]
    assert inherited.tolist() == [*Y, 0.53, 1.25, 1.25, -2.0]


def test_a_swap_in_a_batch_brings_the_target_along():
    bound = OrthologAugmenter(TABLE, targets="own", rate=0.5).for_training(GENES.index, Y)
    batch, y = torch.from_numpy(one_hot(GENES.tolist() * 20)), torch.tensor(Y.tolist() * 20, dtype=torch.float64)
    names = [*GENES.index] * 20
    X_new, y_new = bound.augment_batch(batch, np.random.default_rng(0), identifiers=names, y=y)
    swapped = (X_new != batch).any(dim=(1, 2)).numpy()
    assert 20 < swapped.sum() < 40
    own = {"a": 9.5, "b": 7.25, "c": -1.5}
    expected = [own[name] if new else Y[name] for name, new in zip(names, swapped, strict=True)]
    assert y_new.tolist() == expected
    assert y.tolist() == Y.tolist() * 20, "left as it was"
    sequences_only = OrthologAugmenter(TABLE, rate=0.5).for_training(GENES.index, Y)
    assert isinstance(sequences_only.augment_batch(batch, np.random.default_rng(0), identifiers=names), torch.Tensor)
    with pytest.raises(ValueError, match="y is needed where orthologs bring their own targets"):
        bound.augment_batch(batch, np.random.default_rng(0), identifiers=names)
    alone = OrthologAugmenter(TABLE, targets="own", rate=1.0)
    assert alone.augment_batch(batch[:3], np.random.default_rng(0), identifiers=GENES.index, y=np.array(Y))[
        1
    ].tolist() == [9.5, 7.25, -1.5]


def test_several_targets_labels_and_classes():
    y = pd.DataFrame({"liver": [1, 0, np.nan], "brain": [0, 1, 1]}, index=GENES.index)
    table = TABLE.assign(brain=[1, 0, 1, np.nan, 1], liver=[np.nan, 1, 0, np.nan, 0])
    y_new = OrthologAugmenter(table, targets="own").fit_resample(GENES, y)[1]
    assert y_new.columns.tolist() == ["liver", "brain"]
    np.testing.assert_array_equal(y_new.to_numpy()[3:], [[np.nan, 1], [1, 0], [0, 1]])
    table = TABLE.assign(label=["high", "low", None, "low", "low"])
    for labels in (["low", "high", "low"], np.array(["low", "high", "low"])):
        y_new = OrthologAugmenter(table, targets="own").fit_resample(GENES, labels)[1]
        assert type(y_new) is type(labels)
        assert [str(label) for label in y_new] == ["low", "high", "low", "high", "low", "low"]
    counts = pd.Series([40, 7], index=["a", "b"])
    added = append_targets(counts, pd.concat([counts, counts[:1]]), np.array([[9.5]]))
    assert added.to_dict() | {"rows": len(added)} == {"a": 9.5, "b": 7, "rows": 3}, "not rounded to the type of y"


def test_a_sequence_in_several_rows_has_the_mean_of_its_numbers():
    table = pd.concat([TABLE, TABLE.iloc[[0]].assign(identifier="c", activity=8.5)])
    X, y = OrthologAugmenter(table, targets="own").fit_resample(GENES, Y)
    assert y[TABLE["sequence"][0] == X].tolist() == [9.0, 9.0]
    table = table.assign(label=["x", "y", "x", "y", "y", "y"])
    with pytest.raises(DataFormatError, match="the sequence of 'a1' stands in several rows with different targets"):
        OrthologAugmenter(table, targets="own").fit_resample(GENES, ["x", "y", "x"])


def test_numbers_of_genes_that_share_an_ortholog_are_no_conflict():
    table = {"a": [("s", "ACGTTGCAGC")], "b": [("s", "ACGTTGCAGC")]}
    X, y = OrthologAugmenter(table).fit_resample(GENES, np.column_stack([Y, -Y]))
    assert len(X) == 5
    assert y[3:].tolist() == y[:2].tolist()
    with (
        pytest.warns(SeqAugWarning, match="several labels"),
        pytest.warns(SeqAugWarning, match="no ortholog may be used"),
    ):
        OrthologAugmenter(table).fit_resample(GENES, ["p", "q", "p"])


def test_a_network_learns_the_orthologs_values():
    """Genes measure 0, their orthologs 10: what the network predicts says which it was trained on."""
    rng = np.random.default_rng(0)
    genes = pd.Series(["".join(rng.choice(list("ACGT"), 20)) for _ in range(40)], index=[f"g{i}" for i in range(40)])
    y = pd.Series(rng.normal(size=40), index=genes.index, name="activity")
    table = pd.DataFrame({"identifier": genes.index, "sequence": [g[::-1] for g in genes], "activity": y + 10})
    options = {"n_filters": 4, "kernel_size": 5, "max_epochs": 25, "lr": 0.05, "validation_fraction": None}
    options |= {"device": "cpu", "random_state": 0}
    means = {}
    for targets in ("gene", "own"):
        augmenter = OrthologAugmenter(table, targets=targets, rate=1.0)
        model = MotifCNNRegressor(augment=augmenter, **options).fit(genes, y)
        means[targets] = model.predict(genes).mean()
    assert abs(means["gene"]) < 2
    assert means["own"] == pytest.approx(10, abs=3)


def test_simulated_orthologs_have_their_own_activity():
    activity = make_activity(60, n_families=20, n_orthologs=1, random_state=0)
    augmenter = OrthologAugmenter(activity.orthologs, targets="own")
    X, y = augmenter.fit_resample(activity.sequences, activity.y)
    own = activity.orthologs.set_index("sequence")[activity.y.name]
    added = X[len(activity.sequences) :].str.upper()
    np.testing.assert_allclose(y[len(activity.sequences) :], [own[text] for text in added])


def test_tables_with_targets_are_read(tmp_path):
    path = tmp_path / "orthologs.csv"
    path.write_text("identifier,ortholog,sequence,activity,note\na,a1,ACGTTGCAGC,9.5,x\nb,b1,GGATCCAATA,,y\n")
    table = read_orthologs(path, targets=["activity"])
    assert table.columns.tolist() == ["identifier", "ortholog", "species", "sequence", "activity"]
    assert table["activity"].dtype == float
    np.testing.assert_array_equal(table["activity"], [9.5, np.nan])
    y_new = OrthologAugmenter(table, targets="own").fit_resample(GENES, Y)[1]
    assert y_new.tolist() == [*Y, 9.5]
    with pytest.raises(DataFormatError, match="has no column 'growth'"):
        read_orthologs(path, targets=["growth"])
    with pytest.raises(ValueError, match="a dict of sequences has none"):
        read_orthologs({"a": ["ACGT"]}, targets=["activity"])


def test_bad_input():
    with pytest.raises(DataFormatError, match="needs a column of the orthologs for each target: 'growth'"):
        OrthologAugmenter(TABLE, targets="own").fit_resample(GENES, Y.rename("growth"))
    with pytest.raises(DataFormatError, match="'loud' in row 0, which is no number"):
        OrthologAugmenter(TABLE.assign(activity="loud"), targets="own").fit_resample(GENES, Y)
    with pytest.raises(DataFormatError, match="'odd', the label of 'a1', is no label of y"):
        OrthologAugmenter(TABLE.assign(label=["odd", *"pqpq"]), targets="own").fit_resample(GENES, ["p", "q", "p"])
    with pytest.raises(ValueError, match="targets='own' needs the targets of the rows; pass y"):
        OrthologAugmenter(TABLE, targets="own").for_training(GENES.index)
    with pytest.raises(ValueError, match="sampling_strategy counts orthologs by the class of their gene"):
        OrthologAugmenter(TABLE, targets="own", sampling_strategy="auto").fit_resample(GENES, ["p", "q", "p"])
    with pytest.raises(ValueError, match="targets"):
        OrthologAugmenter(TABLE, targets="both").fit_resample(GENES, Y)
