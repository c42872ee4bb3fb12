"""What the sanity checks found, as tables and in words."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from seqaug_sklearn.model_selection._leakage_report import LeakageReport

__all__ = ["SanityReport"]

_MARGIN = 0.1


@dataclass(frozen=True, eq=False)
class SanityReport:
    """Result of :func:`~seqaug_sklearn.model_selection.sanity_checks`.

    Attributes
    ----------
    scores : DataFrame
        One row per fit: ``check`` ("true labels", "exchanged labels", "noise sequences", "memoriser", "memoriser on
        noise", "guessing", "random guessing"), ``repeat``, ``fold``, ``score``. No "exchanged labels" where each class
        has one parent: they would only rename the classes.
    by_similarity : DataFrame
        Test rows binned by the share of their k-mers that the nearest training row holds: ``low, high, n_rows``,
        ``accuracy`` and ``memoriser_accuracy`` (share of rows predicted right; NaN in an empty bin).
    leakage : list of LeakageReport
        The audit of each split.
    scoring : str
        Name of the score.
    equal_lengths : bool
        Whether all rows are of one length, so that length cannot tell the classes apart.
    """

    scores: pd.DataFrame
    by_similarity: pd.DataFrame
    leakage: list[LeakageReport]
    scoring: str
    equal_lengths: bool = False

    def mean(self, check: str) -> float:
        """Mean score of a check over folds and repeats; NaN where it was not done."""
        scores = self.scores.loc[self.scores["check"] == check, "score"]
        return float(scores.mean()) if len(scores) else float("nan")

    @property
    def chance(self) -> float:
        """Score without learning: guessing the commonest class or drawing classes at random, whichever is higher.

        On balanced classes always guessing the commonest training class scores *below* one divided by the number of
        classes, because that class is the rarer one among the test rows.
        """
        means = [self.mean(check) for check in ("guessing", "random guessing")]
        return float(np.nanmax(means)) if np.isfinite(means).any() else float("nan")

    @property
    def leaked_share(self) -> float:
        """Share of tested rows that share sequence with their training rows."""
        return float(np.concatenate([report.leaked for report in self.leakage]).mean())

    @property
    def p_value(self) -> float:
        """Share of exchanges, the true labels among them, that score at least as well as the true labels."""
        exchanged = self.scores[self.scores["check"] == "exchanged labels"].groupby("repeat")["score"].mean()
        if len(exchanged) == 0:
            return float("nan")
        return float((1 + (exchanged >= self.mean("true labels") - 1e-12).sum()) / (1 + len(exchanged)))

    def __repr__(self):
        return f"<{type(self).__name__}: {self.summary()}>"

    @property
    def verdict(self) -> str:
        """The verdict in one word.

        "memorised": test rows share sequence with training rows, and this lets the estimator score above chance on
        random sequences; "shortcut": it scores above chance there although no sequence is shared, so the lengths of the
        sequences, the one thing that random ones keep, tell the classes apart; "leaking": at chance on random
        sequences, but test rows share sequence with training rows; "clean": none of these.
        """
        if not self._above_chance("noise sequences"):
            return "leaking" if self.leaked_share > 0 else "clean"
        looked_up = "memoriser on noise"
        by_memory = self._above_chance(looked_up) or np.isnan(self.mean(looked_up))
        if self.leaked_share > 0 and (by_memory or self.equal_lengths):
            return "memorised"
        return "clean" if self.equal_lengths else "shortcut"

    def _above_chance(self, check):
        """Whether the mean score is above chance by a margin, and by more than luck explains."""
        scores = self.scores[self.scores["check"] == check]
        mean = scores["score"].mean()
        return bool(mean - self.chance > max(_MARGIN * (1 - self.chance), 3 * self._standard_error(scores)))

    def _standard_error(self, scores):
        """The largest of three: folds vary little by luck where there are few, and test rows may hang together."""
        n_repeats = max(scores["repeat"].nunique(), 1)
        of_folds = scores["score"].std(ddof=0) / np.sqrt(max(len(scores), 1))
        n_rows = n_repeats * sum(map(len, self.leakage))
        of_rows = np.sqrt(self.chance * (1 - self.chance) / n_rows) if 0 < self.chance < 1 and n_rows else 0
        exchanged = self.scores[self.scores["check"] == "exchanged labels"].groupby("repeat")["score"].mean()
        of_exchanges = exchanged.std() / np.sqrt(n_repeats) if len(exchanged) > 2 else 0
        return max(of_folds, of_rows, of_exchanges)

    def to_frame(self) -> pd.DataFrame:
        """Return mean, standard deviation over folds and repeats, and number of fits of each check."""
        groups = self.scores.groupby("check", sort=False)["score"]
        return groups.agg(["mean", "std", "count"]).rename(columns={"count": "n_fits"})

    def summary(self) -> str:
        """Say what to believe, and why."""
        return " ".join([self._tell_verdict(), self._tell_labels(), self._tell_memoriser()]).strip()

    def _tell_verdict(self):
        noise, chance, shared = self.mean("noise sequences"), self.chance, self.leaked_share
        score = f"The {self.scoring} of {self.mean('true labels'):.3f}"
        leak = f"{shared:.1%} of test rows share sequence with their training rows"
        if self.verdict == "memorised":
            return (
                f"{score} is memorised: under this split random sequences, which hold nothing to learn, score "
                f"{noise:.3f} (chance {chance:.3f}), and {leak}."
            )
        if self.verdict == "shortcut":
            return (
                f"{score} may come from the lengths of the sequences alone: random sequences of the same lengths score "
                f"{noise:.3f} (chance {chance:.3f}), although they share nothing with the training rows."
            )
        at_chance = f"random sequences score {noise:.3f} under this split (chance {chance:.3f})"
        if self.verdict == "leaking":
            return f"{score} is not free of leaks: {leak}, although {at_chance}."
        return f"{score} is not explained by a leak: no test row shares sequence with a training row, and {at_chance}."

    def _tell_labels(self):
        if np.isnan(self.p_value):
            return "Exchanging labels between parents says nothing here: each class has one parent."
        n_exchanges = self.scores.loc[self.scores["check"] == "exchanged labels", "repeat"].nunique()
        doubt = "" if self.p_value <= 0.05 else ": the true labels are not told apart from these"
        if doubt and (1 + n_exchanges) * self.p_value < 1.5:
            doubt += f", although all score less: {n_exchanges} exchanges give no smaller p, n_permutations=19 does"
        score = self.mean("exchanged labels")
        return f"Labels exchanged between parents score {score:.3f} (p = {self.p_value:.2g}){doubt}."

    def _tell_memoriser(self):
        memoriser, score = self.mean("memoriser"), self.mean("true labels")
        if score <= memoriser:
            return f"Copying the label of the most similar training row scores {memoriser:.3f}, no less than the model."
        return f"Copying the label of the most similar training row scores {memoriser:.3f}."
