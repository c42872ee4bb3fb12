"""Populations of individuals, from a table, and the two groupings of the 1000 Genomes populations."""

from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd

from seqaug_sklearn.exceptions import DataFormatError, InvalidParameterError
from seqaug_sklearn.published import PG_CGAN
from seqaug_sklearn.utils import (
    Message,
    Parameter,
    Ways,
    invalid_parameter,
    listed,
    mark_missing,
    place_of,
    read_table,
    table_column,
    warn_of_twins,
)

__all__ = ["PG_CGAN_SUPER_POPULATIONS", "SUPER_POPULATIONS", "choose_people"]

_FAM = ("family", "sample", "father", "mother", "sex", "phenotype")
"""Columns of PLINK's .fam files, which have no heading."""
_MEMBERS = {
    "AFR": "ACB ASW ESN GWD LWK MSL YRI",
    "AMR": "CLM MXL PEL PUR",
    "EAS": "CDX CHB CHS JPT KHV",
    "EUR": "CEU FIN GBR IBS TSI",
    "SAS": "BEB GIH ITU PJL STU",
}
SUPER_POPULATIONS = {code: group for group, codes in _MEMBERS.items() for code in codes.split()}
PG_CGAN_SUPER_POPULATIONS = SUPER_POPULATIONS | PG_CGAN["populations"]


def choose_people(names, samples, labels, label_column, sample_column, unlabelled, missing_values):
    """Choose individuals of a file and find their labels.

    Returns
    -------
    chosen : list of str
        Names, in the order of ``samples``, or of the file.
    populations : ndarray of shape (n_chosen,) or None
    n_unlabelled : int
        Individuals left out because they have no label.
    """
    chosen = _chosen(names, samples)
    if labels is None:
        return chosen, None, 0
    label_of = _label_of(labels, label_column, sample_column, chosen)
    known = _known(chosen, label_of, labels, missing_values)
    without = [name for name, there in zip(chosen, known, strict=True) if not there]
    if without and unlabelled == "error":
        ways = Ways(
            "complete the table of labels",
            Message("choose individuals with ", Parameter("samples", ...)),
            Message("leave these out with ", Parameter("unlabelled", "drop")),
        )
        raise DataFormatError(
            Message(f"{len(without)} of {len(chosen)} samples have no label: {listed(without)}; ", ways)
        )
    if len(without) == len(chosen):
        raise DataFormatError(
            f"no sample of the file has a label: the file has {listed(without)}, the labels are of {listed(label_of)}"
        )
    chosen = [name for name, there in zip(chosen, known, strict=True) if there]
    return chosen, np.array([label_of[name] for name in chosen]), len(without)


def _known(chosen, label_of, labels, missing_values):
    """Whether each individual has a label that is not missing."""
    where = Path(labels).name if isinstance(labels, (str, Path)) else "the table of labels"
    texts = pd.Series([str(label_of.get(name, "")).strip() for name in chosen], index=chosen, dtype=object)
    about = {"what": "label", "where": where}
    missing = mark_missing(texts, missing_values, may_be_empty=True, **about)
    warn_of_twins(texts[~missing], **about)
    return ~missing


def _chosen(names, samples):
    if samples is None:
        return list(names)
    if isinstance(samples, str):
        raise InvalidParameterError(
            Message(Parameter("samples"), f" must be a list of names, got the string {samples!r}; use [{samples!r}]")
        )
    chosen = [str(name) for name in samples]
    known = set(names)
    absent = [name for name in chosen if name not in known]
    if absent:
        raise DataFormatError(
            Message(f"{len(absent)} of ", Parameter("samples", ...), f" are not in the file: {listed(absent)}")
        )
    repeated = [name for name, count in Counter(chosen).items() if count > 1]
    if repeated or not chosen:
        rule = " must name at least one individual, and no one twice; got twice: "
        raise InvalidParameterError(Message(Parameter("samples"), rule, listed(repeated)))
    return chosen


def _label_of(labels, label_column, sample_column, chosen):
    """Return sample -> label as a dict; individuals whose label is empty are not in it."""
    table = _table(labels, sample_column, chosen)
    if sample_column not in table.columns and table.index.name == sample_column:
        table = table.reset_index()
    sample_column = _column(table, sample_column, "sample_column")
    if label_column is None:
        others = [column for column in table.columns if column != sample_column]
        if len(others) != 1:
            rule = " must say which column holds the labels: "
            raise InvalidParameterError(Message(Parameter("label_column"), rule, listed(others, 20)))
        label_column = others[0]
    label_column = _column(table, label_column, "label_column")
    columns = [table_column(table, column, "the table of labels") for column in (sample_column, label_column)]
    table = pd.concat(columns, axis=1).drop_duplicates()
    table = table[table[label_column].notna() & (table[label_column] != "")]
    names = table[sample_column].astype(str)
    if names.duplicated().any():
        raise DataFormatError(f"the table of labels gives different labels to {listed(names[names.duplicated()])}")
    return dict(zip(names, table[label_column].tolist(), strict=True))


def _table(labels, sample_column, chosen):
    if isinstance(labels, pd.DataFrame):
        return labels
    if isinstance(labels, pd.Series):
        return pd.DataFrame({sample_column: labels.index, "label": labels.to_numpy()})
    if not isinstance(labels, (str, Path)):
        rule = f"must be a path, a DataFrame, or a Series named by the individuals, got {type(labels).__name__}"
        raise invalid_parameter("labels", rule)
    if not _has_heading(labels, sample_column, chosen):
        return _without_heading(labels, sample_column, set(chosen))
    return read_table(labels, whitespace=True, name_column=sample_column, names=set(chosen))


def _has_heading(path, sample_column, chosen):
    """Whether the first row names the columns: it holds no individual, unless one is called as a column is."""
    try:
        table = read_table(path, heading=None, whitespace=True)
    except DataFormatError:
        return True  # rows unlike the first one, which is said better where it names the columns
    first = list(table.columns) if table.attrs["heading"] else table.iloc[0].tolist()
    return sample_column in first or not set(first).intersection(chosen)


def _without_heading(path, sample_column, chosen):
    table = read_table(path, heading=False, whitespace=True)
    width = len(table.columns)
    if width == len(_FAM):
        names = [*_FAM]
        place = 1
    else:
        n_known = [table[column].isin(chosen).sum() for column in table.columns]
        place = int(np.argmax(n_known))
        names = [str(number) for number in range(1, width + 1)]
    names[place] = sample_column
    return table.set_axis(names, axis=1)


def _column(table, column, parameter):
    """Return the name of a column as it stands in the table, whose case may be another."""
    place = place_of(table.columns, column)
    if place is None:
        there = listed(table.columns, 20)
        raise invalid_parameter(Parameter(parameter, column), f"is no column of the labels; they have {there}")
    return table.columns[place]
