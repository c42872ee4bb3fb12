"""Residuals against the similarity to the nearest training row."""

import numpy as np
import pandas as pd

from seqaug_sklearn.model_selection import audit_leakage
from seqaug_sklearn.plotting._checks import check_frame
from seqaug_sklearn.plotting._regression._panels import (
    axis_name,
    cloud,
    panel_title,
    panels_for,
    read_values,
    values_of_comparison,
)
from seqaug_sklearn.plotting._style import CHANCE, shorten
from seqaug_sklearn.reporting import VERMILLION
from seqaug_sklearn.utils import check_sequences, equal_count_bins, invalid_data, invalid_parameter

__all__ = ["ResidualsBySimilarityDisplay"]

_LEVEL = 0.95


class ResidualsBySimilarityDisplay:
    """Absolute residuals against the similarity to the nearest training row, with the median of each bin of rows.

    Medians that fall from left to right say that the model does well where it has seen similar sequences, and how much
    worse new ones fare. Bins hold equal numbers of rows.

    Parameters
    ----------
    residuals : dict of str to pandas.DataFrame
        By target: a row per test row with its ``similarity`` (from 0 to 1), ``residual`` (absolute) and ``bin``.

    Attributes
    ----------
    axes_ : ndarray of matplotlib Axes of shape (n_targets,)
        Panels.
    ax_ : matplotlib Axes
        The first of them.
    figure_ : matplotlib Figure
        Figure of the axes.
    bins_ : dict of str to pandas.DataFrame
        Of each target: a row per bin with the median ``similarity`` and ``residual``, ``low`` and ``high`` of the
        residual's 95 % interval, and ``n``, its rows.

    See Also
    --------
    PredictedTrueDisplay : The predictions themselves.
    seqaug_sklearn.model_selection.audit_leakage : Whether test rows have relatives in the training rows.

    Notes
    -----
    The interval is that of ranks, which needs no assumption on how residuals are distributed: from six rows on, the
    median lies between the two order statistics with a probability of at least 95 %. Fewer rows have no interval.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> from seqaug_sklearn.plotting import ResidualsBySimilarityDisplay
    >>> true, predicted, similarity = [1.0, 2.0, 3.0, 4.0], [1.1, 2.1, 2.0, 2.5], [0.9, 0.8, 0.1, 0.2]
    >>> display = ResidualsBySimilarityDisplay.from_predictions(true, predicted, similarity, n_bins=2)
    >>> display.bins_[""]["residual"].round(2).tolist()
    [1.25, 0.1]
    >>> plt.close(display.figure_)
    """

    def __init__(self, residuals):
        self.residuals = residuals

    @classmethod
    def from_predictions(cls, y_true, y_pred, similarity, *, n_bins=6, names=None, ax=None):
        """Bin the residuals of held-out rows, and plot them.

        Parameters
        ----------
        y_true : array-like of shape (n_rows,) or (n_rows, n_targets)
            Measured values; rows without one are left out, target by target.
        y_pred : array-like of the same shape
            Predictions.
        similarity : array-like of shape (n_rows,)
            Similarity of each row to the nearest training row, such as ``kmer_share`` of
            :func:`~seqaug_sklearn.model_selection.audit_leakage`.
        n_bins : int, default=6
            Most bins: there are fewer where rows are, or where many similarities are equal.
        names : sequence of str, default=None
            Names of the targets; those of the columns by default.
        ax : matplotlib Axes or array-like of Axes, default=None
            Where to draw; None makes a figure.

        Returns
        -------
        ResidualsBySimilarityDisplay

        Raises
        ------
        ValueError
            If shapes differ, a prediction or similarity is not finite, fewer than two rows of a target are known, or
            ``n_bins`` is below 1.
        """
        _check_bins(n_bins)
        values = read_values(y_true, y_pred, names)
        similarity = np.asarray(similarity, float)
        known = ~np.isnan(np.asarray(y_true, float).reshape(len(y_true), -1))
        if similarity.shape != (len(known),) or not np.isfinite(similarity).all():
            raise invalid_data("similarity", f"should hold one finite number for each of {len(known)} rows")
        residuals = {
            name: _binned(similarity[known[:, i]], np.abs(true - predicted), n_bins)
            for i, (name, (true, predicted)) in enumerate(values.items())
        }
        return cls(residuals).plot(ax)

    @classmethod
    def from_comparison(cls, comparison, estimator, X, *, n_bins=6, alphabet="dna", targets=None, ax=None):
        """Bin the test rows of the first repeat of a comparison; a fold's training rows are all it does not test.

        Parameters
        ----------
        comparison : Comparison
            What :func:`~seqaug_sklearn.evaluation.compare` gives, of numbers.
        estimator : str
            Name of the model.
        X : array-like of str of shape (n_rows,)
            The sequences that were compared.
        n_bins : int, default=6
            Most bins.
        alphabet : {"dna", "rna", "protein"} or Alphabet, default="dna"
            Alphabet of the sequences.
        targets : list of str, default=None
            Targets to draw; all by default.
        ax : matplotlib Axes or array-like of Axes, default=None
            Where to draw; None makes a figure.

        Returns
        -------
        ResidualsBySimilarityDisplay

        Raises
        ------
        DataFormatError
            If no numbers were predicted, or there is no such target.
        """
        _check_bins(n_bins)
        texts = np.asarray(check_sequences(X).values, dtype=object)
        tables, residuals, shares = values_of_comparison(comparison, estimator, targets), {}, None
        for name, table in tables.items():
            shares = _similarity(texts, table, alphabet) if shares is None else shares
            known = table["y_true"].notna().to_numpy()
            errors = (table["y_true"] - table["y_pred"]).abs().to_numpy()
            residuals[name] = _binned(shares[known], errors[known], n_bins)
        return cls(residuals).plot(ax)

    def plot(self, ax=None):
        """Draw the panels.

        Parameters
        ----------
        ax : matplotlib Axes or array-like of Axes, default=None
            Where to draw; None makes a figure.

        Returns
        -------
        self : ResidualsBySimilarityDisplay
        """
        for name, table in self.residuals.items():
            check_frame(table, ["similarity", "residual", "bin"], name=f"residuals of {name!r}")
        self.axes_, self.figure_ = panels_for(ax, len(self.residuals), size=(5.2, 4.0))
        self.ax_ = self.axes_[0]
        self.bins_ = {name: _summary(table) for name, table in self.residuals.items()}
        for panel, (name, table) in zip(self.axes_, self.residuals.items(), strict=True):
            _draw(panel, name, table, self.bins_[name])
        return self


def _check_bins(n_bins):
    if n_bins < 1:
        raise invalid_parameter("n_bins", f"must be at least 1, got {n_bins}; 6 is usual")


def _similarity(texts, table, alphabet):
    """Share of each test row's k-mers that its nearest training row has, in the order of the table."""
    shares = pd.Series(0.0, index=table.index)
    for _, fold in table.groupby("fold"):
        tests = np.zeros(len(texts), bool)
        tests[fold["row"]] = True
        shares[fold.index] = audit_leakage(texts[~tests], texts[fold["row"]], alphabet=alphabet).kmer_share
    return shares.to_numpy()


def _binned(similarity, residual, n_bins):
    bins = equal_count_bins(similarity, n_bins)
    return pd.DataFrame({"similarity": similarity, "residual": residual, "bin": bins})


def _summary(table):
    rows = {number: _median_row(rows) for number, rows in table.groupby("bin")}
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("bin")


def _median_row(rows):
    from scipy.stats import binom

    values, n = np.sort(rows["residual"].to_numpy()), len(rows)
    # the r-th smallest and the r-th largest, as far inside as the level allows
    place = int(binom.ppf((1 - _LEVEL) / 2, n, 0.5))
    low, high = (values[place - 1], values[n - place]) if place > 0 else (np.nan, np.nan)
    return {"similarity": rows["similarity"].median(), "residual": np.median(values), "low": low, "high": high, "n": n}


def _draw(ax, name, table, bins):
    cloud(ax, table["similarity"].to_numpy(), table["residual"].to_numpy()).set_alpha(0.5)
    ax.axhline(table["residual"].median(), label="median of all rows", **CHANCE)
    ax.vlines(bins["similarity"], bins["low"], bins["high"], color=VERMILLION, linewidth=2)
    ax.plot(bins["similarity"], bins["residual"], "o-", color=VERMILLION, linewidth=1, label="median, 95 % interval")
    # a few large residuals would press the medians to the ground
    top = max(np.quantile(table["residual"], 0.98), bins["high"].max(), bins["residual"].max())
    ax.set_ylim(0, 1.08 * top or 1.0)
    ax.set(
        xlabel="similarity to the nearest training row",
        ylabel=axis_name("absolute residual of", name) if name not in ("", "y") else "absolute residual",
    )
    if name not in ("", "y"):
        panel_title(ax, shorten(name, 36))
    ax.legend(fontsize=8, frameon=False, loc="upper center", bbox_to_anchor=(0.5, -0.16), ncols=2)
    ax.spines[["top", "right"]].set_visible(False)
