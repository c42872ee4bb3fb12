"""Rows of predictions: sequences read in blocks, tables written one below the other."""

import contextlib
import gzip
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from seqaug_sklearn.cli._options import words

__all__ = ["Counts", "blocks", "predictions", "rows_written"]

_BLOCK = 5000
"""Sequences at a time: bounds the memory."""


def blocks(data, missing_values) -> Iterator[Any]:
    """The sequences, some thousand at a time, as Series indexed by name."""
    from seqaug_sklearn.cli._input import is_table, read_sequences
    from seqaug_sklearn.datasets import read_fasta_blocks
    from seqaug_sklearn.utils import progress

    if is_table(data):
        sequences = read_sequences(data, words(missing_values))
        parts: Iterator[Any] = (sequences.iloc[i : i + _BLOCK] for i in range(0, len(sequences), _BLOCK))
    else:
        parts = read_fasta_blocks(data, _BLOCK)
    with progress(total=None, description="sequences", enabled=True, unit="seq") as bar:
        for block in parts:
            yield block
            bar.update(len(block))


def predictions(estimator, block):
    """A row per sequence; of estimators without a report the class and its probabilities."""
    import pandas as pd

    if hasattr(estimator, "report"):
        table = estimator.report(block)
    else:
        table = pd.DataFrame({"predicted": estimator.predict(block)}, index=block.index)
        if hasattr(estimator, "predict_proba"):
            names = [f"p_{label}" for label in estimator.classes_]
            table = table.join(pd.DataFrame(estimator.predict_proba(block), index=block.index, columns=names))
    return table.rename_axis("name").reset_index()


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
        is_first = True

        def write(table):
            nonlocal is_first
            table.to_csv(text, index=False, sep=separator, header=is_first, lineterminator="\n", float_format="%.6g")
            is_first = False

        yield write


class Counts:
    """How many rows there are of each kind."""

    def __init__(self):
        self.rows, self.classes, self.outside, self.copies = 0, {}, None, None

    def add(self, table):
        self.rows += len(table)
        for label, count in table["predicted"].value_counts().items():
            self.classes[str(label)] = self.classes.get(str(label), 0) + int(count)
        if "in_domain" in table:
            self.outside = (self.outside or 0) + int((~table["in_domain"]).sum())
            self.copies = (self.copies or 0) + int(table["copy_of"].notna().sum())

    def told(self):
        from seqaug_sklearn.utils import counted

        shares = ", ".join(f"{count:,} {label}" for label, count in sorted(self.classes.items()))
        lines = [f"{counted(self.rows, 'sequence')}: {shares}."]
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
