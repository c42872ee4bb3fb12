"""What the sanity checks found, and what to believe."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from seqaug_sklearn.model_selection._leakage import LeakageReport
from seqaug_sklearn.model_selection._shortcuts import ShortcutReport
from seqaug_sklearn.reporting import Result, Section

__all__ = ["SanityReport"]

_MARGIN = 0.1
_FEWEST_IN_BIN = 10
"""Test rows of which an accuracy is shown."""
_TURNED_ROUND = {
    "classes": "copies with the other label, or by folds that hold out one class each",
    "number": "copies with an opposite value, or by folds that hold out one range of values each",
    "labels": "copies with the other label, or by folds that hold out all rows of a label",
}


@dataclass(frozen=True, eq=False, repr=False)
class SanityReport(Result):
    """Result of :func:`~seqaug_sklearn.model_selection.sanity_checks`.

    Attributes
    ----------
    scores : DataFrame
        One row per fit: ``check`` ("true labels", "exchanged labels", "noise sequences", "memoriser", "memoriser on
        noise", "guessing", "random guessing"; of numbers and labels "guessing the median" instead of the last),
        ``repeat``, ``fold``, ``score``. No "exchanged labels" where each class has one parent: they would only rename
        the classes.
    by_similarity : DataFrame
        Test rows binned by the share of their k-mers that the nearest training row holds: ``low, high, n_rows``,
        ``accuracy`` and ``memoriser_accuracy`` (share of rows predicted right; NaN in an empty bin). Of numbers
        ``error`` and ``memoriser_error`` (mean absolute error in standard deviations of the target), of labels the mean
        distance of the probability from the label.
    leakage : list of LeakageReport
        The audit of each split.
    scoring : str
        Name of the score.
    equal_lengths : bool
        Whether all rows are of one length, so that length cannot separate the classes.
    n_classes : int or None
        Number of classes; None where it is not known.
    shortcuts : ShortcutReport or None
        How well one trivial feature predicts the target; None where not audited, or rows are fewer than 20.
    kind : {"classes", "number", "labels"}
        What was predicted.
    """

    _title = "Is the score real?"

    scores: pd.DataFrame
    by_similarity: pd.DataFrame
    leakage: list[LeakageReport]
    scoring: str
    equal_lengths: bool = False
    n_classes: int | None = None
    shortcuts: ShortcutReport | None = None
    kind: str = "classes"

    def word_for(self, check: str) -> str:
        """What a page calls a check: of numbers it is values that are true or exchanged, not labels."""
        return check.replace("labels", "values") if self.kind == "number" else check

    def mean(self, check: str) -> float:
        """Mean score of a check over folds and repeats; NaN where it was not done."""
        scores = self.scores.loc[self.scores["check"] == check, "score"]
        return float(scores.mean()) if len(scores) else float("nan")

    def guesses(self) -> dict[str, float]:
        """Return what each chance baseline scores, none of which has learned anything.

        Returns
        -------
        dict of str to float
            "guessing" (the commonest training class), "random guessing" (a class drawn at random), and "one in K"
            where the score is an accuracy, or one averaged over the classes. Of numbers and labels "guessing" (the
            mean) and "guessing the median".
        """
        found = {check: self.mean(check) for check in ("guessing", "random guessing", "guessing the median")}
        if self.n_classes and self.scoring in ("accuracy", "balanced_accuracy"):
            found["one in K"] = 1 / self.n_classes
        return {name: score for name, score in found.items() if np.isfinite(score)}

    @property
    def chance(self) -> float:
        """Score without learning: that of the best chance baseline.

        On balanced classes always guessing the commonest training class scores *below* one divided by the number of
        classes, because that class is the rarer one among the test rows.
        """
        return max(self.guesses().values(), default=float("nan"))

    @property
    def leaked_share(self) -> float:
        """Share of tested rows that share sequence with their training rows."""
        return float(np.concatenate([report.leaked for report in self.leakage]).mean())

    @property
    def p_value(self) -> float:
        """Share of exchanges, the true labels among them, whose score is as far from their mean as the true labels'.

        Two-sided: an AUROC of .25 is as strange as one of .75.
        """
        exchanged = self._of_exchanges()
        if len(exchanged) == 0:
            return float("nan")
        true = self.mean("true labels")
        # the mean is that of all, as under the null hypothesis the true labels are one more exchange
        centre = (exchanged.sum() + true) / (len(exchanged) + 1)
        as_far = np.abs(exchanged - centre) >= abs(true - centre) - 1e-12
        return float((1 + as_far.sum()) / (1 + len(exchanged)))

    def _of_exchanges(self):
        exchanged = self.scores[self.scores["check"] == "exchanged labels"]
        return exchanged.groupby("repeat")["score"].mean().to_numpy()

    @property
    def finding(self) -> str:
        """The verdict in one word.

        "memorised": test rows share sequence with training rows, and this lets the estimator score above chance on
        random sequences; "shortcut": it scores above chance there although no sequence is shared, so the lengths of the
        sequences, the one thing that random ones keep, separate the classes; "leaking": at chance on random
        sequences, but test rows share sequence with training rows; "clean": none of these.
        """
        if not self._above_chance("noise sequences"):
            return "leaking" if self.leaked_share > 0 else "clean"
        looked_up = "memoriser on noise"
        by_memory = self._above_chance(looked_up) or np.isnan(self.mean(looked_up))
        if self.leaked_share > 0 and (by_memory or self.equal_lengths):
            return "memorised"
        return "clean" if self.equal_lengths else "shortcut"

    @property
    def below_chance(self) -> bool:
        """Whether random sequences score below every chance baseline by more than chance explains.

        As strange as above: the split then sets training and test rows against each other, as where the rows of one
        class are held out in turn, and no score under it can be compared with chance.
        """
        return self._below_chance("noise sequences")

    def _above_chance(self, check):
        """Whether the mean score is above chance by a margin, and by more than chance explains."""
        # a tenth of the way from chance to the best score, or three standard errors, whichever is more
        return self.mean(check) - self.chance > max(_MARGIN * (1 - self.chance), 3 * self._error_of(check))

    def _below_chance(self, check):
        lowest = min(self.guesses().values(), default=float("nan"))
        return lowest - self.mean(check) > max(_MARGIN * abs(lowest), 3 * self._error_of(check))

    def _is_at_chance(self, check):
        """Whether the interval of the mean score holds chance."""
        return abs(self.mean(check) - self.chance) <= 1.96 * self._error_of(check)

    def _error_of(self, check):
        return self._standard_error(self.scores[self.scores["check"] == check])

    def _interval(self, check):
        """The mean score of a check and its 95 % interval, in words."""
        return f"{self.mean(check):.3f} ({self._span(check)})"

    def _span(self, check):
        mean, half = self.mean(check), 1.96 * self._error_of(check)
        return f"95 % interval {mean - half:.3f} to {mean + half:.3f}"

    def _standard_error(self, scores):
        """The largest of three: folds vary little by chance where there are few, and test rows may be related."""
        n_repeats = max(scores["repeat"].nunique(), 1)
        of_folds = scores["score"].std(ddof=0) / np.sqrt(max(len(scores), 1))
        n_rows = n_repeats * sum(map(len, self.leakage))
        # binomial, test rows taken as independent
        of_rows = np.sqrt(self.chance * (1 - self.chance) / n_rows) if 0 < self.chance < 1 and n_rows else 0
        if self.kind == "number" and n_rows:
            # of a correlation where there is none
            of_rows = 1 / np.sqrt(n_rows)
        exchanged = self._of_exchanges()
        # from exchanges of whole parents, which tell how much rows of one parent hang together
        of_exchanges = exchanged.std(ddof=1) / np.sqrt(n_repeats) if len(exchanged) > 2 else 0
        return max(of_folds, of_rows, of_exchanges)

    def to_frame(self) -> pd.DataFrame:
        """Return what each check scored, beside what chance scores.

        Returns
        -------
        DataFrame
            Index: check. Columns ``mean``, ``std`` (over folds and repeats), ``n_fits``, and the 95 % interval of the
            mean, ``low`` and ``high``, by the largest of three standard errors (over folds, of test rows taken one by
            one, of exchanges of whole parents).
        """
        groups = self.scores.groupby("check", sort=False)["score"]
        table = groups.agg(["mean", "std", "count"]).rename(columns={"count": "n_fits"})
        errors = [self._standard_error(self.scores[self.scores["check"] == check]) for check in table.index]
        half = 1.96 * np.array(errors)
        return table.assign(low=table["mean"] - half, high=table["mean"] + half)

    def verdict(self) -> list[str]:
        """Say what to believe, and why; one sentence each."""
        told = [
            self._tell_shortcut(),
            self._tell_verdict(),
            self._tell_reversed(),
            self._tell_labels(),
            self._tell_memoriser(),
        ]
        return [sentence for sentence in told if sentence]

    def sections(self) -> list[Section]:
        """Return the scores of the checks, and those by similarity to the training rows, for a page."""
        tables = {"What each check scores": self.to_frame().rename(index=self.word_for).reset_index()}
        filled = self.by_similarity[self.by_similarity["n_rows"] >= _FEWEST_IN_BIN]
        if len(filled):
            tables[f"{self._by_row} by similarity to the training rows"] = filled.reset_index(drop=True)
        note = f"{self._by_row} by similarity is shown for bins of {_FEWEST_IN_BIN} test rows or more."
        return [Section(self._title, tables=tables, data={"Every fit": self.scores}, notes=note)]

    @property
    def _by_row(self):
        return "Accuracy" if self.kind == "classes" else "Error"

    @property
    def _labels(self):
        return "values" if self.kind == "number" else "labels"

    def _tell_shortcut(self):
        """What comes first: a clean split does not help against it."""
        if self.shortcuts is None or not self.shortcuts.found:
            return ""
        return self.shortcuts.verdict()[0]

    def _tell_verdict(self):
        noise, chance, shared = self._interval("noise sequences"), f"chance {self.chance:.3f}", self.leaked_share
        score = f"The {self.scoring.replace('_', ' ')} of {self.mean('true labels'):.3f}"
        leak = f"{shared:.1%} of test rows share sequence with their training rows"
        if self.finding == "memorised":
            return (
                f"{score} is memorised: under this split random sequences, which contain nothing to learn, score "
                f"{noise}; {chance}; and {leak}."
            )
        if self.finding == "shortcut":
            return (
                f"{score} may come from the lengths of the sequences alone: random sequences of the same lengths score "
                f"{noise}; {chance}; although they share nothing with the training rows."
            )
        at_chance = f"random sequences score {noise} under this split; {chance}"
        if self.below_chance:
            at_chance = (
                f"random sequences score {noise} under this split, below chance ({self.chance:.3f}) by more than "
                "chance explains: training and test rows are set against each other, so no score can be compared with "
                "chance"
            )
        if self.finding == "leaking":
            return f"{score} is not free of leaks: {leak}, although {at_chance}."
        clean = f"no test row shares sequence with a training row, and {at_chance}"
        if self._is_at_chance("true labels"):
            # a leak would explain nothing here, as there is nothing to explain
            return f"{score} is at chance ({self._span('true labels')}; {chance}); no leak was found: {clean}."
        return f"{score} is not explained by a leak: {clean}."

    def _tell_reversed(self):
        """Say that a score below chance is no weak score, but a strange one."""
        if not self._below_chance("true labels"):
            return ""
        return (
            f"The true {self._labels} score {self._interval('true labels')}, below every chance baseline by more than "
            "chance explains. That is as strange as a score as far above: something is learned that is turned round in "
            f"the test rows, for example by {_TURNED_ROUND[self.kind]}."
        )

    def _tell_labels(self):
        if np.isnan(self.p_value):
            why = "each class has one sequence" if self.kind == "classes" else "no other deal can be trained and tested"
            return f"Exchanging {self._labels} between sequences says nothing here: {why}."
        n_exchanges = len(self._of_exchanges())
        doubt = "" if self.p_value <= 0.05 else f": the true {self._labels} are not distinguished from these"
        if doubt and (1 + n_exchanges) * self.p_value < 1.5:
            doubt += f", although none is as far off: {n_exchanges} exchanges give no smaller p, n_permutations=19 does"
        told = f"{self._labels.capitalize()} exchanged between sequences score {self._interval('exchanged labels')}"
        told += f"; the true {self._labels}' score differs from theirs with two-sided p = {self.p_value:.2g}"
        return f"{told}{doubt}.{self._tell_strange_exchanges()}"

    def _tell_strange_exchanges(self):
        """Exchanged labels hold nothing to learn, so their mean is chance unless the split is odd."""
        side = "above" if self._above_chance("exchanged labels") else "below"
        if side == "below" and not self._below_chance("exchanged labels"):
            return ""
        return (
            f" Exchanged {self._labels} score {side} chance ({self.chance:.3f}) by more than chance explains, although "
            f"nothing can be learned from them: the split itself decides, so compare the true {self._labels}' score "
            "with theirs and not with guessing."
        )

    def _tell_memoriser(self):
        memoriser, score = self.mean("memoriser"), self.mean("true labels")
        what = "Copying the label of the most similar training row"
        if self.kind != "classes":
            what = f"Averaging the {self._labels} of the most similar training rows"
        told = f"{what} scores {memoriser:.3f}"
        return f"{told}, no less than the model." if score <= memoriser else f"{told}."
