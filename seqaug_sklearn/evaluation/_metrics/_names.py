"""Which scores there are of classes, of numbers and of several labels, and what they are called."""

__all__ = [
    "BINARY_METRICS",
    "ERROR_METRICS",
    "HEADLINES",
    "LABEL_METRICS",
    "METRICS",
    "MULTILABEL_METRICS",
    "NUMBER_METRICS",
    "PROBABILITY_METRICS",
    "RANK_METRICS",
    "metrics_for",
    "metrics_of",
]

BINARY_METRICS = ("precision", "recall", "f1")
"""Those of the second of two classes."""
LABEL_METRICS = (
    "accuracy",
    "balanced_accuracy",
    *BINARY_METRICS,
    "precision_macro",
    "recall_macro",
    "f1_macro",
    "precision_weighted",
    "recall_weighted",
    "f1_weighted",
    "mcc",
)
RANK_METRICS = ("auroc", "auprc")
PROBABILITY_METRICS = ("neg_log_loss", "neg_brier_score")
"""Those that need probabilities; of decision values they are NaN."""
METRICS = (*LABEL_METRICS, *RANK_METRICS, *PROBABILITY_METRICS)
"""Names that ``scoring=`` computes from the kept predictions of classes."""
ERROR_METRICS = ("neg_rmse", "neg_mae")
"""Those in the unit of the numbers that are predicted."""
NUMBER_METRICS = ("spearman", "pearson", "r2", *ERROR_METRICS, "spearman_within")
"""Names that ``scoring=`` computes from the kept predictions of numbers."""
MULTILABEL_METRICS = (*RANK_METRICS, "accuracy", "balanced_accuracy", "neg_brier_score")
"""Names that ``scoring=`` computes from the kept predictions of several labels, each a mean over the labels."""
HEADLINES = {"classes": "accuracy", "number": "spearman", "labels": "auroc"}
"""What is judged by, where nothing else is asked for."""

_OF_TASK = {"classes": METRICS, "number": NUMBER_METRICS, "labels": MULTILABEL_METRICS}


def metrics_of(task: str) -> tuple[str, ...]:
    """All scores of ``"classes"``, ``"number"`` or ``"labels"``."""
    return _OF_TASK[task]


def metrics_for(n_classes: int, *, task: str = "classes", in_groups: bool = False) -> tuple[str, ...]:
    """Scores that exist for this number of classes, or for numbers or labels.

    Parameters
    ----------
    n_classes : int
        Of numbers and labels without meaning.
    task : {"classes", "number", "labels"}, default="classes"
        What is predicted.
    in_groups : bool, default=False
        Whether numbers can be ranked within groups.
    """
    if task == "classes":
        return tuple(m for m in METRICS if n_classes == 2 or m not in BINARY_METRICS)
    return tuple(m for m in metrics_of(task) if in_groups or m != "spearman_within")
