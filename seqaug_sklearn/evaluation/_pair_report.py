"""What the DNA-BERT pair system reports, of any comparison of two classes, with its own figures beside."""

import numpy as np
import pandas as pd

from seqaug_sklearn.evaluation._comparison import Comparison
from seqaug_sklearn.evaluation._metrics import FoldRows, score_rows
from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.published import DNA_BERT_PAIRS
from seqaug_sklearn.utils import Parameter, invalid_parameter, plain

__all__ = ["DNABERT_PAIRS_PUBLISHED", "pair_report"]

_METRICS = ("accuracy", "precision", "recall", "f1", "auroc", "auprc")
_COUNTS = ("true_negatives", "false_positives", "false_negatives", "true_positives")

DNABERT_PAIRS_PUBLISHED = {metric: DNA_BERT_PAIRS[metric] for metric in _METRICS} | dict(
    zip(_COUNTS, DNA_BERT_PAIRS["confusion"], strict=True)
)
"""The system's own report: 1,000 test pairs of data that are not public, 349 of them positive."""


def pair_report(comparison: Comparison, *, pos_label=None) -> pd.DataFrame:
    """Tabulate accuracy, precision, recall, F1, ROC-AUC, PR-AUC and the confusion matrix, as the DNA-BERT system does.

    Its published figures are the last row: a reference, not a rival, because they belong to other data.

    Parameters
    ----------
    comparison : Comparison
        Of two classes.
    pos_label : label, default=None
        The positive class: a bound pair, an ortholog. None: the second of the sorted labels, so 1 of 0 and 1, but
        "free" of "binds" and "free".

    Returns
    -------
    DataFrame
        Index: estimator, then "published". Columns ``accuracy, precision, recall, f1, auroc, auprc`` (means over folds)
        and ``true_negatives, false_positives, false_negatives, true_positives`` (test rows of all folds). The head of
        the columns names the positive class.

    Raises
    ------
    DataFormatError
        If there are more than two classes, or ``pos_label`` is none of them.

    Examples
    --------
    >>> from sklearn.datasets import load_breast_cancer
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from seqaug_sklearn.evaluation import compare, pair_report
    >>> X, y = load_breast_cancer(return_X_y=True)
    >>> report = pair_report(compare({"bayes": GaussianNB()}, X, y, cv=3, random_state=0))
    >>> report.round(2)[["accuracy", "f1", "auprc", "true_positives"]]
    positive: 1  accuracy    f1  auprc  true_positives
    bayes            0.94  0.95   0.99             345
    published        0.78  0.70   0.77             263
    """
    if len(comparison.classes) != 2:
        raise DataFormatError(f"pair_report needs two classes, and this comparison has {len(comparison.classes)}")
    classes = [plain(label) for label in comparison.classes]
    positive = classes[1] if pos_label is None else pos_label
    if positive not in classes:
        raise invalid_parameter(Parameter("pos_label", pos_label), f"is none of the classes {classes}")
    flip = positive == classes[0]
    rows = {}
    for name, folds in comparison.rows.items():
        means = pd.DataFrame([score_rows(_flipped(fold) if flip else fold, _METRICS) for fold in folds]).mean()
        counts = comparison.confusion_matrix(name).to_numpy()
        counts = (counts[::-1, ::-1] if flip else counts).ravel()
        rows[name] = {**means, **dict(zip(_COUNTS, counts, strict=True))}
    rows["published"] = DNABERT_PAIRS_PUBLISHED
    table = pd.DataFrame.from_dict(rows, orient="index").rename_axis(columns=f"positive: {positive}")
    return table.astype(dict.fromkeys(_COUNTS, int))


def _flipped(fold: FoldRows) -> FoldRows:
    """The same rows with the first class in the place of the second."""
    scores = None if fold.scores is None else np.ascontiguousarray(fold.scores[:, ::-1])
    return FoldRows(1 - fold.true, 1 - fold.predicted, scores, fold.probability, fold.groups, fold.n_classes)
