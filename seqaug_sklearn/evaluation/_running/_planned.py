"""A comparison whose folds are drawn and whose fits are not all done: any part of it makes a result."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import clone

from seqaug_sklearn.base import Answers
from seqaug_sklearn.evaluation._comparison import Comparison
from seqaug_sklearn.evaluation._inputs import is_memoriser
from seqaug_sklearn.evaluation._lineage_warnings import Finding
from seqaug_sklearn.evaluation._metrics import pair_units
from seqaug_sklearn.evaluation._running._fits import Fits
from seqaug_sklearn.evaluation._running._repeats import tell_repeats
from seqaug_sklearn.model_selection import ShortcutReport
from seqaug_sklearn.utils import brief, fit_target

__all__ = ["PlannedComparison"]


@dataclass
class PlannedComparison:
    """What ``compare`` makes before it fits anything.

    Attributes
    ----------
    fits : Fits
        All fits.
    partners : dict of str to str
        What each estimator is compared with.
    cv : int or splitter
        As given.
    repeats : dict of str to int
        Repeats of each estimator, when all is done.
    lineage : str
        What test rows have in common with training rows, where no groups were given; else empty.
    random_state : object
        As given.
    shortcuts : ShortcutReport or None
        How well one trivial feature predicts the classes; None where not audited.
    """

    fits: Fits
    partners: dict[str, str]
    cv: Any
    repeats: dict[str, int]
    lineage: Finding = field(default_factory=Finding)
    random_state: Any = None
    shortcuts: ShortcutReport | None = None

    @property
    def most_repeats(self) -> int:
        """Repeats that were drawn: fewer than asked for, where a further one has an empty fold."""
        return self.fits.splits[-1].repeat + 1

    def keys(self, repeats: Mapping[str, int]) -> list[tuple[str, int]]:
        """Return the fits of so many repeats, of as many as there are."""
        return self.fits.keys({name: min(number, self.most_repeats) for name, number in repeats.items()})

    def collect(self, repeats: Mapping[str, int]) -> Comparison:
        """Return the comparison of these estimators by so many repeats, all of which are done.

        Parameters
        ----------
        repeats : dict of str to int
            Repeats of each estimator; those that are not named are left out.
        """
        fits, data = self.fits, self.fits.data
        # in the order of the whole comparison, whatever was asked for first
        repeats = {name: min(repeats[name], self.most_repeats) for name in fits.estimators if repeats.get(name)}
        estimators = {name: fits.estimators[name] for name in repeats}
        splits = [split for split in fits.splits if split.repeat < max(repeats.values())]
        labels, group_codes = data.named_groups()
        tested = np.unique(np.concatenate([split.test for split in splits]))
        # what intervals and tests count: groups, or the members of pairs
        units = group_codes if data.members is None else pair_units(data.members, tested)
        records, kept, rows = self._results(repeats, units)
        return Comparison(
            folds=pd.DataFrame(records),
            classes=data.classes,
            labels=data.truth,
            groups=group_codes,
            group_names=labels if "groups" in data.metadata else None,
            identifiers=data.metadata.get("identifiers"),
            rows=rows,
            test_rows=[split.test for split in splits],
            partners={name: other for name, other in self.partners.items() if {name, other} <= repeats.keys()},
            memorisers=tuple(name for name, estimator in estimators.items() if is_memoriser(estimator)),
            metrics=(*fits.options.metrics, *fits.options.scorers),
            seed=fits.seed,
            kept=kept,
            settings=_settings(estimators, data, splits, (self.random_state, fits.seed), self.cv, repeats),
            positions=data.members is None and np.ndim(data.metadata.get("groups", 0)) == 2,
            lineage=self.lineage,
            shortcuts=self.shortcuts,
            unfitted={name: clone(estimator) for name, estimator in estimators.items()},
            task=data.task,
            target_names=("y",) if data.target is None else data.target.names,
            reading="" if data.target is None else data.target.reading,
            sequences=data.texts if data.task == "number" else None,
        )

    def _results(self, repeats, units):
        """Records of all folds, what was kept of them, and their rows by estimator."""
        data, records, kept = self.fits.data, [], {}
        rows: dict[str, list[Any]] = {name: [] for name in repeats}
        for name, number in repeats.items():
            for i, split in enumerate(self.fits.splits):
                if split.repeat >= number:
                    continue
                result = self.fits.results[name, i]
                place = {"estimator": name, "repeat": split.repeat, "fold": split.fold}
                records.append(place | split.facts | result.measured)
                if result.kept is not None:
                    kept[name, split.repeat, split.fold] = result.kept
                answers = Answers(result.predicted, result.scores, result.probability)
                rows[name].append(data.rows(split.test, answers, units))
        return records, kept, rows


def _settings(estimators, data, splits, seeds, cv, repeats):
    numbers = repeats.values()
    fewest, most = (sum(split.repeat < number for split in splits) for number in (min(numbers), max(numbers)))
    settings = {
        "rows": len(data.y),
        **_told_target(data, splits),
        "groups": _told_groups(data),
        "split": repr(cv),
        "repeats": tell_repeats(repeats),
        "fits per estimator": f"{fewest} to {most}" if fewest < most else most,
        "random_state": seeds[0] if isinstance(seeds[0], (int, np.integer)) else type(seeds[0]).__name__,
        "seed of splits, fits and resamples, drawn from it": seeds[1],
    }
    settings |= _left_out(splits, len(data.y))
    if "sample_weight" in data.metadata:
        without = [name for name, estimator in estimators.items() if fit_target(estimator, "sample_weight") is None]
        settings["fitted without sample_weight"] = ", ".join(without) or "none"
    return settings | {f"estimator {name}": " ".join(repr(brief(e)).split()) for name, e in estimators.items()}


def _told_target(data, splits):
    """What was predicted, and what of it says nothing."""
    if data.task == "classes":
        # names need no word; numbers do
        is_choice = data.target is not None and data.target.reading.parameters[1:]
        return {"classes": len(data.classes)} | ({"how y was read": str(data.target.reading)} if is_choice else {})
    what = "targets" if data.task == "number" else "labels"
    told: dict[str, Any] = {what: ", ".join(data.target.names), "how y was read": str(data.target.reading)}
    unknown = len(data.y) - int(data.known.sum())
    if unknown:
        told["rows left out, of which nothing is known"] = unknown
    for fact, words in (
        ("n_unscored_targets", f"{what} with one value in the test rows of a fold, left out there"),
        ("n_unranked_groups", "groups left out of the rank within groups (fewer than 3 rows, or one value)"),
    ):
        most = max(int(split.facts.get(fact, 0)) for split in splits)
        if most:
            told[words] = f"up to {most} in a fold"
    return told


def _told_groups(data):
    if "groups" not in data.metadata:
        return "none given: each row is its own"
    if data.members is None:
        return len(data.named_groups()[0])
    first, second = (len(np.unique(column)) for column in data.members.T)
    return f"members of pairs: {first} first, {second} second"


def _left_out(splits, n_rows):
    """Rows that the split costs: neither trained nor tested in a fold, or never tested."""
    dropped = [n_rows - len(split.train) - len(split.test) for split in splits]
    untested = n_rows - len(np.unique(np.concatenate([split.test for split in splits])))
    found = {}
    if any(n > 0 for n in dropped):
        found["rows neither trained nor tested in a fold"] = f"{max(min(dropped), 0)} to {max(dropped)}"
    if untested:
        found["rows that no fold tests"] = untested
    return found
