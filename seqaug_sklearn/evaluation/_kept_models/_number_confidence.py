"""What predictions of numbers mean: intervals, as wide as the errors on the held-out rows."""

import numpy as np
import pandas as pd

from seqaug_sklearn.evaluation._kept_models._averaged import AveragedRegressor
from seqaug_sklearn.evaluation._kept_models._interval_calibrator import IntervalCalibrator

__all__ = ["NumberConfidence", "interval_around"]


class NumberConfidence:
    """How far a model of numbers may be off."""

    metrics = ("spearman", "spearman_within", "pearson", "r2", "neg_rmse", "neg_mae")
    baseline = "spearman"
    limits = (
        "Intervals hold their share of sequences that differ from the training sequences as the held-out ones did; of "
        "sequences from outside the domain they hold less."
    )

    @staticmethod
    def learn(folds, model):
        """Learn intervals from the errors of all held-out rows; measure their coverage fold by fold, by the others.

        Parameters
        ----------
        folds : list of NumberRows
            Held-out rows.
        model : SequenceModel
            Its settings say how.

        Returns
        -------
        dict of str to object
            Fitted attributes.
        """
        calibrator = IntervalCalibrator(model.coverage)
        parts = [[rows.predicted for rows in folds], [rows.true for rows in folds], [rows.groups for rows in folds]]
        intervals = calibrator.fit(*map(np.concatenate, parts))
        return {"intervals_": intervals, "coverage_": _crossed(model.coverage, parts, model.target_names_)}

    @staticmethod
    def predict(model, X):
        """The numbers, as y was."""
        shape = (-1, len(model.target_names_)) if len(model.target_names_) > 1 else (-1,)
        return np.asarray(model.estimator_.predict(X), float).reshape(shape)

    @classmethod
    def table(cls, model, X, index):
        """Columns of the report, with the name of the target where there are several."""
        predicted = model.predict(X)
        low, high = interval_around(model, predicted)
        spread = cls._spread(model.estimator_, X, predicted)
        table = pd.DataFrame(index=index)
        for i, name in enumerate(model.target_names_):
            behind = f"_{name}" if len(model.target_names_) > 1 else ""
            for what, values in (("prediction", predicted), ("low", low), ("high", high), ("spread", spread)):
                table[f"{what}{behind}"] = values.reshape(len(index), -1)[:, i]
        return table

    @staticmethod
    def sentences(model):
        """What the verdict says of it."""
        intervals, share = model.intervals_, f"{100 * model.intervals_.coverage:g} %"
        several = len(model.target_names_) > 1
        for i, name in enumerate(model.target_names_):
            of = f" of {name}" if several else ""
            held = model.coverage_[name]
            measured = (
                "" if np.isnan(held) else f", and held {held:.1%} of the held-out values (each fold by the others)"
            )
            yield (
                f"The {share} interval{of} is the prediction ± {intervals.half_widths_[i]:.3g}{measured}."
                if intervals.enough_groups_[i]
                else f"There are too few groups ({intervals.n_groups_[i]}) for an interval{of} that holds {share}: the "
                f"prediction ± {intervals.half_widths_[i]:.3g} is the largest error on held-out rows{measured}."
            )

    @staticmethod
    def about(model):
        """What the model card says of it."""
        return {"intervals": list(NumberConfidence.sentences(model))}

    @staticmethod
    def counts(target):
        """Training sequences of which each target was measured."""
        known = target.measured.sum(axis=0)
        return {name: int(count) for name, count in zip(target.names, known, strict=True)}

    @staticmethod
    def _spread(estimator, X, predicted):
        if not isinstance(estimator, AveragedRegressor) or len(estimator.estimators_) < 2:
            return np.full(predicted.shape, np.nan)
        return estimator.member_predictions(X).std(axis=0)


def interval_around(model, predicted):
    """Low and high ends of the shape of the predictions."""
    return tuple(ends.reshape(predicted.shape) for ends in np.moveaxis(model.intervals_.transform(predicted), -1, 0))


def _crossed(coverage, parts, names):
    """Share of the held-out values of each target within intervals that the other folds gave."""
    inside, known = [], []
    n_folds = len(parts[0])
    for i in range(n_folds):
        rest = [np.concatenate([part[j] for j in range(n_folds) if j != i]) for part in parts]
        measured = ~np.isnan(parts[1][i])
        if np.isnan(rest[1]).all(axis=0).any():
            # a target that one fold alone has cannot be crossed
            continue
        inside.append(IntervalCalibrator(coverage).fit(*rest).covered(parts[0][i], parts[1][i]))
        known.append(measured)
    if not known:
        return dict.fromkeys(names, np.nan)
    n_known = np.concatenate(known).sum(axis=0)
    shares = np.concatenate(inside).sum(axis=0) / np.where(n_known > 0, n_known, np.nan)
    return dict(zip(names, shares.tolist(), strict=True))
