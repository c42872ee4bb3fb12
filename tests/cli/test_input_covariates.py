"""``--covariates``: columns of numbers from the table of labels or of sequences."""

import numpy as np
import pytest

from seqaug_sklearn.cli._input import read_labelled, read_sequences
from seqaug_sklearn.exceptions import DataFormatError, InvalidParameterError

TABLE = 'name,sequence,label,dose,age\na,ACGT,x,1.5,3\nb,GGTT,y,NA,4\nc,TTAC,x,"2,5",?\n'
LABELS = "name;label;dose\nc;x;7\nb;y;8\na;x;9\nz;x;1\n"


@pytest.fixture
def files(tmp_path):
    for name, text in {"rows.csv": TABLE, "labels.csv": LABELS, "rows.fasta": ">a\nACGT\n>b\nGGTT\n>c\nTTAC\n"}.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def test_columns_of_the_sequences(files):
    X = read_labelled(files / "rows.csv", covariates=["dose", "age"], missing_values=["?"]).sequences
    assert X.columns.to_list() == ["sequence", "dose", "age"]
    assert X.index.to_list() == ["a", "b", "c"]
    np.testing.assert_array_equal(X["dose"], [1.5, np.nan, 2.5])
    np.testing.assert_array_equal(X["age"], [3, 4, np.nan])
    same = read_sequences(files / "rows.csv", ["?"], ["dose", "age"])
    assert same.equals(X)
    assert read_labelled(files / "rows.csv").sequences.ndim == 1


@pytest.mark.parametrize("data", ["rows.csv", "rows.fasta"])
def test_columns_of_the_labels_come_first_and_are_joined_by_name(files, data):
    about = {"labels": files / "labels.csv", "covariates": ["dose"]}
    assert read_labelled(files / data, **about).sequences["dose"].to_list() == [9, 8, 7]


def test_faults_are_named(files):
    with pytest.raises(
        InvalidParameterError, match=r"--covariates mass: there is no column 'mass' in rows.csv; there is"
    ):
        read_labelled(files / "rows.csv", covariates=["mass"])
    with pytest.raises(InvalidParameterError, match="no column 'dose' in a file that is no table"):
        read_sequences(files / "rows.fasta", covariates=["dose"])
    with pytest.raises(InvalidParameterError, match="must name different columns of numbers, got dose,dose"):
        read_labelled(files / "rows.csv", covariates=["dose", "dose"])
    with pytest.raises(DataFormatError, match=r"rows.csv: covariate 'label' of 'a' is 'x', which is no number"):
        read_labelled(files / "rows.csv", covariates=["label"], label_column="sequence")
    for column, what in (("label", "target"), ("name", "name"), ("sequence", "sequence")):
        with pytest.raises(InvalidParameterError, match=f"--covariates {column}: the column is the {what} already"):
            read_labelled(files / "rows.csv", covariates=[column])
