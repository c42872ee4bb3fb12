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
        One row per fit: ``check`` ("true labels", "exchanged labels", "noise sequences", "memoriser", "guessing"),
        ``repeat``, ``fold``, ``score``. No "exchanged labels" where each class has one parent: they would only rename
        the classes.
    by_similarity : DataFrame
        Test rows binned by the share of their k-mers that the nearest training row holds: ``low, high, n_rows``,
        ``accuracy`` and ``memoriser_accuracy`` (share of rows predicted right; NaN in an empty bin).
    leakage : list of LeakageReport
        The audit of each split.
    scoring : str
        Name of the score.
    """

    scores: pd.DataFrame
    by_similarity: pd.DataFrame
    leakage: list[LeakageReport]
    scoring: str

    def mean(self, check: str) -> float:
        """Mean score of a check over folds and repeats; NaN where it was not done."""
        scores = self.scores.loc[self.scores["check"] == check, "score"]
        return float(scores.mean()) if len(scores) else float("nan")

    @property
    def chance(self) -> float:
        """Score of guessing the commonest class."""
        return self.mean("guessing")

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

        "memorised": the split lets the estimator score above chance on random sequences; "leaking": it does not, but
        test rows share sequence with training rows; "clean": neither.
        """
        noise = self.scores.loc[self.scores["check"] == "noise sequences", "score"]
        error = noise.std(ddof=0) / np.sqrt(len(noise))
        if noise.mean() - self.chance > max(_MARGIN * (1 - self.chance), 3 * error):
            return "memorised"
        return "leaking" if self.leaked_share > 0 else "clean"

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
        at_chance = f"random sequences score {noise:.3f} under this split (chance {chance:.3f})"
        if self.verdict == "leaking":
            return f"{score} is not free of leaks: {leak}, although {at_chance}."
        return f"{score} is not explained by a leak: the split is clean, and {at_chance}."

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
