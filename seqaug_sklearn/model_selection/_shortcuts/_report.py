"""What the audit of shortcuts found, in words."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from seqaug_sklearn.model_selection._contradictions import ContradictionReport
from seqaug_sklearn.model_selection._shortcuts._scores import encoded
from seqaug_sklearn.reporting import Result, Section, joined, p_equals
from seqaug_sklearn.utils import counted

__all__ = ["ShortcutReport"]

_ALPHA = 0.05
_LEAST = {True: 0.2, False: 0.6}
"""Score of a finding: Spearman's correlation, AUROC."""
_STRONG = {True: 0.8, False: 0.9}
_CONTRADICTIONS_MATTER = 0.01
_SHOWN = 20
_CAVEAT = (
    "Not every such signal is an artefact: promoters are rich in GC. If it is real, compare a model with it: what is "
    "left beyond it is what the model adds."
)


def _first_three(named, n):
    return joined([*named, f"{n - 3} more"] if n > 3 else named)


@dataclass(frozen=True, eq=False, repr=False)
class ShortcutReport(Result):
    """Result of :func:`~seqaug_sklearn.model_selection.audit_shortcuts`.

    Attributes
    ----------
    table : pandas.DataFrame
        One row for each trait, the most informative first: ``family``, ``score`` (AUROC, or the absolute value of
        Spearman's correlation), ``low`` and ``high`` (95 % interval by group; NaN for positions that tell little),
        ``p`` (adjusted for all traits), ``told_best`` (class, label or number that it tells best),
        ``detail`` (how the rows of that class differ from the others; of numbers whether they rise or fall with the
        trait, and from what mean to what), ``seen`` (whether a model of the sequences sees it).
    positions : pandas.DataFrame
        One row for each position: ``end`` ("start" or "end"), ``position`` (from 1 on), ``bits`` (information about the
        target, less what chance gives), ``score``, ``p``.
    kind : {"classes", "number", "numbers", "labels"}
        What was predicted.
    n_rows, n_groups : int
        Rows and groups.
    contradictions : ContradictionReport or None
        Identical sequences with other labels; None where there are none.
    traits : dict of str to ndarray of shape (n_rows,)
        Value of each trait in each row; of positions and names, codes.
    columns : ndarray of float of shape (n_rows, n_columns)
        The target as it was predicted.
    most_positions : int or None
        Positions from either end that were looked at, where there are more.
    """

    table: pd.DataFrame
    positions: pd.DataFrame
    kind: str
    n_rows: int
    n_groups: int
    contradictions: ContradictionReport | None
    traits: dict[str, Any]
    columns: np.ndarray
    most_positions: int | None = None

    def __len__(self):
        return len(self.table)

    @property
    def _title(self):  # type: ignore[override]
        return f"Which trivial feature explains the {'values' if self._is_number else 'labels'}?"

    @property
    def metric(self) -> str:
        """Name of the score."""
        return "Spearman correlation" if self._is_number else "AUROC"

    @property
    def _is_number(self):
        return self.kind in ("number", "numbers")

    @property
    def findings(self) -> pd.DataFrame:
        """Rows of the table that are findings: p at most 0.05, and a score of at least 0.6 (correlation: 0.2)."""
        return self.table[(self.table["p"] <= _ALPHA) & (self.table["score"] >= _LEAST[self._is_number])]

    @property
    def found(self) -> bool:
        """Whether something was found that a model of the sequences sees, or labels that contradict each other."""
        return bool(self.findings["seen"].any()) or self._share_of_contradictions >= _CONTRADICTIONS_MATTER

    @property
    def _share_of_contradictions(self):
        return 0.0 if self.contradictions is None else self.contradictions.share

    @property
    def best(self) -> str | None:
        """The most informative trait found that a model of the sequences sees; None where there is none."""
        seen = self.findings[self.findings["seen"]]
        return None if seen.empty else str(seen.index[0])

    def values(self, trait: str) -> np.ndarray:
        """Return a trait as a number for each row.

        Parameters
        ----------
        trait : str
            One of the table's. Symbols of a position become the share of the class that is predicted best.

        Returns
        -------
        ndarray of float of shape (n_rows,)
        """
        values = self.traits[trait]
        if values.dtype.kind == "f":
            return values.copy()
        column = np.nansum(self.columns, axis=1) if self.columns.shape[1] > 1 else self.columns[:, 0]
        if self.kind == "classes" and self.columns.shape[1] > 1:
            column = self.columns @ np.arange(self.columns.shape[1])
        return np.nan_to_num(encoded(values, column), nan=float(np.nanmean(column)))

    def to_frame(self) -> pd.DataFrame:
        """Return a copy of the table."""
        return self.table.copy()

    def verdict(self) -> list[str]:
        """Sentences: what explains the labels, what else does, labels that contradict, and what no model sees."""
        seen, unseen = (self.findings[self.findings["seen"] == is_seen] for is_seen in (True, False))
        lines = [*self._tell_contradictions(), *self._tell_best(seen)]
        if not lines:
            lines = [*self._tell_undecided()] or [self._tell_nothing()]
        lines += self._tell_unseen(unseen)
        if self.most_positions is not None:
            lines.append(f"Only the first and last {self.most_positions} positions of each sequence were examined.")
        return lines

    @property
    def undecided(self) -> str | None:
        """A trait that alone gives nearly all, of too few groups to tell it from chance; None where there is none."""
        tried = self._told_by_value
        strong = tried[(tried["p"] > _ALPHA) & (tried["score"] >= _STRONG[self._is_number])]
        return None if self.found or strong.empty else str(strong.index[0])

    @property
    def _told_by_value(self):
        """Traits that a model sees; symbols of a position are ordered by the labels, and score high by chance."""
        return self.table[self.table["seen"] & (self.table["family"] != "position")]

    def _tell_undecided(self):
        trait = self.undecided
        if trait is not None:
            row = self.table.loc[trait]
            yield (
                f"Whether something trivial explains {self._labels} cannot be said: {trait} alone gives "
                f"{self._a_metric} of {row['score']:.3f}, but {self.n_rows} rows of {counted(self.n_groups, 'group')} "
                f"are too few to distinguish that from chance ({p_equals(row['p'])})."
            )

    def _tell_nothing(self):
        best = self._told_by_value.head(1)
        told = "".join(f" The most informative is {name}: {self._tell_score(row)}." for name, row in best.iterrows())
        return f"Nothing trivial explains {self._labels}: none of {len(self.table):,} traits.{told}"

    @property
    def _labels(self):
        return {"classes": "the classes", "labels": "the labels"}.get(self.kind, "the values")

    def tell_alone(self) -> str:
        """What the most informative trait gives alone, as a clause; empty where nothing was found."""
        if self.best is None:
            return ""
        row = self.table.loc[self.best]
        return f"{self.best} alone gives {self._a_metric} of {row['score']:.3f} ({row['low']:.3f} to {row['high']:.3f})"

    @property
    def _a_metric(self):
        return f"{'a' if self._is_number else 'an'} {self.metric}"

    def _tell_best(self, seen):
        if seen.empty:
            return
        name, row = seen.index[0], seen.iloc[0]
        partly = "" if row["score"] >= _STRONG[self._is_number] else "partly "
        what = self._labels if self.kind not in ("labels", "numbers") else f"{self._labels} of {row['told_best']!r}"
        told = "predicts them" if self._is_number else "separates them"
        detail = f" ({row['detail']})" if row["detail"] else ""
        yield (
            f"{what[0].upper()}{what[1:]} are {partly}explained by {name}{detail}: it alone {told} with "
            f"{self._a_metric} of {self._tell_score(row)}."
        )
        others = seen.iloc[1:]
        if len(others) and self.kind in ("labels", "numbers"):
            # each trait explains a target of its own best
            others = others.sort_values("score", ascending=False, kind="stable")
            named = [f"{row['told_best']!r} by {name} ({row['score']:.3f})" for name, row in others.head(3).iterrows()]
            yield f"Other traits explain too: {_first_three(named, len(others))}."
        elif len(others):
            named = [f"{name} ({row['score']:.3f})" for name, row in others.head(3).iterrows()]
            yield f"Other traits explain no more: {_first_three(named, len(others))}."
        yield _CAVEAT

    def _tell_unseen(self, unseen):
        """What no model of the sequences sees: the order of the file, and names."""
        if (unseen["family"] == "order").any():
            yield f"The rows are roughly sorted by {self._labels}: shuffle before splitting."
        named = unseen[unseen["family"] == "name"]
        if len(named):
            told = joined([f"{name} ({self._tell_score(row)})" for name, row in named.head(3).iterrows()])
            yield (
                f"{self._labels[0].upper()}{self._labels[1:]} correlate with {told}, which no model of the sequences "
                "sees: look for batches."
            )

    def _tell_score(self, row):
        ends = "" if np.isnan(row["low"]) else f" ({row['low']:.3f} to {row['high']:.3f})"
        return f"{row['score']:.3f}{ends}, {p_equals(row['p'])}"

    def _tell_contradictions(self):
        if self.contradictions is None:
            return
        yield self.contradictions.summary()

    def sections(self, figure=None) -> list[Section]:
        """Table and text for :func:`~seqaug_sklearn.reporting.write_report`.

        Parameters
        ----------
        figure : matplotlib Figure, default=None
            That of :class:`~seqaug_sklearn.plotting.ShortcutDisplay`, to stand with them.
        """
        caption = "What each trait and each position predicts"
        tables = {"Most informative traits": self.table.head(_SHOWN).drop(columns="seen").reset_index()}
        if self.contradictions is not None:
            rows = self.contradictions.to_frame().rename_axis("sequence").reset_index()
            rows = rows.rename(columns={"label": "value"}) if self._is_number else rows
            tables[f"Identical sequences with other {'values' if self._is_number else 'labels'}"] = rows
        return [
            Section(
                self._title,
                text="\n\n".join(self.verdict()),
                tables=tables,
                figures={} if figure is None else {caption: figure},
                alt={} if figure is None else {caption: self.summary()},
                data={"Every trait": self.table.reset_index(), "Every position": self.positions.reset_index()},
                notes=(
                    f"{self.metric} on the rows themselves; p adjusted for all {len(self.table):,} traits. In the "
                    "figure traits with p of at most 0.05 are in colour, and those that no model of the sequences sees "
                    "are hollow."
                ),
            )
        ]
