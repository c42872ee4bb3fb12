"""Copies and close relatives with another label: they bound what any model can reach, whatever the split."""

from dataclasses import replace

import pandas as pd

from seqaug_sklearn.evaluation._sanity_section import audited_text, shortest_audited
from seqaug_sklearn.evaluation._verdict import WARNING
from seqaug_sklearn.model_selection import ContradictionReport, find_contradictions
from seqaug_sklearn.utils import check_sequences

__all__ = ["contradicting_rows", "look_for_contradictions", "tell_contradictions"]

_MATTER = 0.01
"""Share of rows from which the verdict begins with them."""


def look_for_contradictions(X, y, alphabet: str, task: str = "classes") -> ContradictionReport:
    """Look at all rows together, so that it does not matter on which side of a split they stand.

    Parameters
    ----------
    X : array-like of str of shape (n_samples,)
        Sequences.
    y : ndarray of shape (n_samples,) or (n_samples, n_targets), or Target
        Classes, numbers or labels.
    alphabet : str
        Alphabet of the sequences.
    task : {"classes", "number", "labels"}, default="classes"
        What y holds.
    """
    whole = find_contradictions(X, y, task=task, alphabet=alphabet)
    if whole.kind != "classes":
        return whole
    text = audited_text(check_sequences(X))
    relatives = int(text.str.len().max()) >= shortest_audited(alphabet)
    # what the audit reads of long sequences may be alike where the whole is not
    found = find_contradictions(text, y, task=task, alphabet=alphabet, relatives=relatives)
    return replace(whole, relatives=found.relatives, alike_bound=min(found.alike_bound, whole.accuracy_bound))


def tell_contradictions(report: ContradictionReport | None, *, over: str = "all rows") -> tuple[list[str], list[str]]:
    """Sentences that go before the answer, and those that go behind it: there are few contradictions, or none.

    Parameters
    ----------
    report : ContradictionReport or None
        None where not audited.
    over : str, default="all rows"
        Over which rows the bounds are, where it is not those that are scored.
    """
    if report is None:
        return [], []
    found = report.table if report.relatives is None else report.relatives
    if not len(found) and not len(report):
        return [], [report.noise] if report.noise else []
    told = report.tell_relatives(over) or report.summary()
    matters = max(len(found), len(report)) >= _MATTER * report.n_rows
    return ([f"{WARNING}{told}"], []) if matters else ([], [told])


def contradicting_rows(report: ContradictionReport | None) -> pd.DataFrame:
    """Every row with a copy or close relative of another label; empty where there is none."""
    if report is None:
        return pd.DataFrame()
    rows = report.table if report.relatives is None else report.relatives
    return rows.rename_axis("sequence").reset_index() if len(rows) else pd.DataFrame()
