"""Rows of predictions: sequences read in blocks, tables written one below the other."""

import contextlib
import gzip
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from seqaug_sklearn.cli._options import words
from seqaug_sklearn.exceptions import SequenceError

__all__ = [
    "Counts",
    "answer_columns",
    "blocks",
    "kind_of",
    "names_of",
    "predictions",
    "readable_predictions",
    "rows_written",
]

_BLOCK = 5000
"""Sequences at a time: bounds the memory."""
_NAMED = 8
"""Targets or labels of which the answers are said in one line."""


def blocks(data, missing_values, covariates, how) -> Iterator[Any]:
    """The sequences, some thousand at a time, indexed by name: a Series, or with covariates a DataFrame."""
    from seqaug_sklearn.cli._input import is_table, read_sequences
    from seqaug_sklearn.datasets import read_fasta_blocks
    from seqaug_sklearn.utils import progress

    if is_table(data) or covariates:
        sequences = read_sequences(data, words(missing_values), covariates, how)
        parts: Iterator[Any] = (sequences.iloc[i : i + _BLOCK] for i in range(0, len(sequences), _BLOCK))
    else:
        parts = read_fasta_blocks(data, _BLOCK, names=how.fasta_names)
    with progress(total=None, description="sequences", enabled=True, unit="seq") as bar:
        for block in parts:
            yield block
            bar.update(len(block))


def kind_of(estimator) -> str | None:
    """Whether an estimator predicts "classes", a "number" or "labels"; None of what predicts nothing."""
    from sklearn.base import is_regressor

    if hasattr(estimator, "target_kind_"):
        return estimator.target_kind_
    if hasattr(estimator, "classes_"):
        several = isinstance(estimator.classes_, list) or getattr(estimator.classes_, "ndim", 1) == 2
        return "labels" if several else "classes"
    return "number" if is_regressor(estimator) else None


def names_of(estimator) -> tuple[str, ...]:
    """Names of the numbers or labels that an estimator predicts."""
    return tuple(getattr(estimator, "target_names_", ("y",)))


def predictions(estimator, block):
    """A row per sequence; of estimators without a report what they predict, and probabilities."""
    import pandas as pd

    if hasattr(estimator, "report"):
        table = estimator.report(block)
    elif kind_of(estimator) == "classes":
        table = pd.DataFrame({"predicted": estimator.predict(block)}, index=block.index)
        if hasattr(estimator, "predict_proba"):
            names = [f"p_{label}" for label in estimator.classes_]
            table = table.join(pd.DataFrame(estimator.predict_proba(block), index=block.index, columns=names))
    else:
        table = _plain(estimator, block)
    return table.rename_axis("name").reset_index()


def readable_predictions(estimator, block, unread: dict[str, str]) -> Iterator[Any]:
    """Tables of predictions, in order; a sequence that cannot be read is a row without any, and noted with its reason.

    Parameters
    ----------
    estimator : estimator
        Fitted.
    block : Series or DataFrame of shape (n_sequences, ...)
        Sequences, indexed by name.
    unread : dict of str to str
        Gets the names, and why.
    """
    import pandas as pd

    try:
        table = predictions(estimator, block)
    except SequenceError as error:
        if len(block) > 1:
            middle = len(block) // 2
            for part in (block.iloc[:middle], block.iloc[middle:]):
                yield from readable_predictions(estimator, part, unread)
            return
        unread[str(block.index[0])] = str(error)
        table = pd.DataFrame({"name": block.index, "reason": [f"not read: {error}"]})
    yield table if "reason" in table else table.assign(reason="")


def _plain(estimator, block):
    """Numbers or labels of an estimator without a report."""
    import numpy as np
    import pandas as pd

    values = np.asarray(estimator.predict(block), float).reshape(len(block), -1)
    names = names_of(estimator)
    if len(names) != values.shape[1]:
        names = tuple(f"y{i}" for i in range(values.shape[1]))
    if kind_of(estimator) == "number":
        columns = ["prediction"] if len(names) == 1 else [f"prediction_{name}" for name in names]
        return pd.DataFrame(values, index=block.index, columns=columns)
    table = pd.DataFrame(values.astype(int), index=block.index, columns=[f"predicted_{name}" for name in names])
    given = estimator.predict_proba(block) if hasattr(estimator, "predict_proba") else None
    # scikit-learn's forests give both classes of each label
    there = given if not isinstance(given, list) else np.column_stack([p[:, -1] for p in given])
    return table if there is None else table.assign(**{f"p_{n}": c for n, c in zip(names, there.T, strict=True)})


def answer_columns(table, what: str, names):
    """Columns of answers, one per target, as a float array; None where there are none."""
    columns = [what] if what == "prediction" and what in table else [f"{what}_{name}" for name in names]
    columns = [what] if what in ("low", "high") and what in table else columns
    return table[columns].to_numpy(float) if all(column in table for column in columns) else None


@contextlib.contextmanager
def rows_written(file: Path):
    """A function that writes tables one below the other; the file takes its place when all are written."""
    from seqaug_sklearn.utils import replaced_file, separator_of

    separator = separator_of(file)
    with replaced_file(file) as raw, contextlib.ExitStack() as stack:
        # neither the time nor the name of the file goes into the archive
        packed = file.suffix.lower() == ".gz"
        binary = stack.enter_context(gzip.GzipFile("", "wb", fileobj=raw, mtime=0)) if packed else raw
        text = io.TextIOWrapper(binary, encoding="utf-8", newline="", write_through=True)
        stack.callback(text.detach)
        columns: list[str] = []
        waiting: list[Any] = []

        def write(table):
            # a row without predictions does not say which columns there are
            if not columns and [*table.columns] == ["name", "reason"]:
                waiting.append(table)
                return
            is_first = not columns
            columns.extend(map(str, table.columns) if is_first else ())
            for one in [*waiting, table]:
                one = one.reindex(columns=columns) if len(one.columns) < len(columns) else one
                about = {"index": False, "sep": separator, "lineterminator": "\n", "float_format": "%.6g"}
                one.to_csv(text, header=is_first, **about)
                is_first = False
            waiting.clear()

        yield write
        if waiting:
            raise SequenceError(f"no sequence can be read; the first one: {waiting[0]['reason'].iloc[0]}")


class Counts:
    """How many rows there are of each kind."""

    def __init__(self):
        self.rows, self.classes, self.outside, self.copies = 0, {}, None, None
        self.numbers, self.labels = {}, {}

    def add(self, table):
        if [*table.columns] == ["name", "reason"]:
            # not read
            return
        self.rows += len(table)
        for label, count in table["predicted"].value_counts().items() if "predicted" in table else ():
            self.classes[str(label)] = self.classes.get(str(label), 0) + int(count)
        for column in table:
            if str(column) == "prediction" or str(column).startswith("prediction_"):
                low, high = self.numbers.get(column, (float("inf"), -float("inf")))
                self.numbers[column] = min(low, table[column].min()), max(high, table[column].max())
            elif str(column).startswith("predicted_"):
                self.labels[column] = self.labels.get(column, 0) + int(table[column].sum())
        if "in_domain" in table:
            self.outside = (self.outside or 0) + int((~table["in_domain"]).sum())
            self.copies = (self.copies or 0) + int(table["copy_of"].notna().sum())

    def told(self):
        from seqaug_sklearn.utils import counted

        lines = [f"{counted(self.rows, 'sequence')}: {self._answers()}."]
        if self.outside:
            lines.append(
                f"{self.outside:,} ({self.outside / self.rows:.1%}) are outside the model's domain: its score says "
                "nothing of these (column reason says why)."
            )
        elif self.outside is not None:
            lines.append("All are within the model's domain.")
        if self.copies:
            whole = "All" if self.copies == self.rows else f"{self.copies:,}"
            lines.append(f"{whole} are copies of training sequences, which are no test of the model.")
        return "\n".join(lines)

    def _answers(self):
        if self.numbers:
            ranges = {name.partition("_")[2]: f"{low:.4g} to {high:.4g}" for name, (low, high) in self.numbers.items()}
            return "predictions from " + _first([f"{r} ({n})" if n else r for n, r in ranges.items()], "targets")
        if self.labels:
            told = [f"{count:,} {name.removeprefix('predicted_')}" for name, count in self.labels.items()]
            return _first(told, "labels")
        return ", ".join(f"{count:,} {label}" for label, count in sorted(self.classes.items()))


def _first(told, what):
    """What is said of the first of very many targets or labels; the file has all."""
    more = f", and of {len(told) - _NAMED} more {what} in the file" if len(told) > _NAMED else ""
    return ", ".join(told[:_NAMED]) + more
