"""Discovered motifs beside known ones."""

import numpy as np

from seqaug_sklearn.motifs import draw_logo, logo_maker
from seqaug_sklearn.plotting._attributions._sequence_axis import check_count, check_made_by
from seqaug_sklearn.plotting._style import axes_for, shorten
from seqaug_sklearn.utils import counted

__all__ = ["MotifLogoDisplay"]

_AROUND = 2


class MotifLogoDisplay:
    """Motifs as logos: contributions, their reverse complement, and the known motif that resembles each most.

    Make it with :meth:`from_motifs`.

    Parameters
    ----------
    motifs : list of Motif
        Motifs, from top to bottom.
    known : dict of str to (str, ndarray of shape (width, 4), int)
        By the name of a motif: heading, shares of the known motif on the strand that fits, and where it begins, counted
        from the first informative position of the motif.

    Attributes
    ----------
    ax_ : ndarray of matplotlib Axes of shape (3 * n_motifs,) or (2 * n_motifs,)
        Row by row; three columns where known motifs were given.
    figure_ : matplotlib Figure
        Figure of the axes.

    See Also
    --------
    seqaug_sklearn.inspection.discover_motifs : Finds motifs.
    seqaug_sklearn.inspection.motif_report : A page with more about each.
    """

    def __init__(self, motifs, known=None):
        self.motifs = motifs
        self.known = known

    @classmethod
    def from_motifs(cls, motifs, *, database=None, q_value=0.1, n_motifs=10, ax=None):
        """Look the motifs up, and plot them.

        Parameters
        ----------
        motifs : MotifSet
            Discovered motifs.
        database : dict of str to ndarray of shape (width, 4), default=None
            Known motifs, as ``read_jaspar`` and ``read_meme`` give them; None leaves them out.
        q_value : float, default=0.1
            Largest q-value of a match.
        n_motifs : int, default=10
            Largest number of motifs; those with the largest share of all contributions.
        ax : matplotlib Axes or array of them, default=None
            Where to draw; a single one is divided; None makes a figure.

        Returns
        -------
        MotifLogoDisplay

        Raises
        ------
        ValueError
            If there are no motifs.
        MissingDependencyError
            If logomaker, or for known motifs memelite, is missing.
        """
        from seqaug_sklearn.inspection import match_motifs

        check_made_by(motifs, ("to_frame", "seqlets"), name="motifs", maker="discover_motifs")
        check_count(n_motifs, "n_motifs")
        if len(motifs) == 0:
            raise ValueError("motifs is empty; there is nothing to draw")
        names = motifs.to_frame().nlargest(n_motifs, "share").index
        known = None
        if database is not None:
            best = match_motifs(motifs, database, q_value=q_value, n_best=1)
            known = {match.motif: _aligned(match, database[match.match]) for match in best.itertuples()}
        return cls([motifs[name] for name in names], known).plot(ax)

    def plot(self, ax=None):
        """Draw the logos.

        Parameters
        ----------
        ax : matplotlib Axes or array of them, default=None
            Where to draw; a single one is divided; None makes a figure.

        Returns
        -------
        self : MotifLogoDisplay
        """
        logo_maker()
        n_columns = 2 if self.known is None else 3
        size = (3.6 * n_columns, 1.5 * len(self.motifs) + 0.4)
        self.ax_, self.figure_ = axes_for(ax, n_rows=len(self.motifs), n_columns=n_columns, figsize=size)
        for axes, motif in zip(self.ax_.reshape(-1, n_columns), self.motifs, strict=True):
            self._plot_motif(axes, motif)
        return self

    def _plot_motif(self, axes, motif):
        first, last = motif.informative
        start, end = max(0, first - _AROUND), min(len(motif.cwm), last + _AROUND)
        positions = np.arange(start, end) - first
        symbols = motif.alphabet.symbols
        cwm = motif.cwm[start:end]
        draw_logo(axes[0], cwm, symbols, positions=positions)
        draw_logo(axes[1], cwm[::-1, ::-1], symbols)
        _label(axes[0], f"{motif.name}, {counted(len(motif), 'site')}", "contribution")
        _label(axes[1], "reverse complement", "")
        if len(axes) > 2:
            self._plot_known(axes[2], motif, positions)

    def _plot_known(self, ax, motif, positions):
        if motif.name not in self.known:
            ax.set_axis_off()
            ax.text(0.5, 0.5, "no known motif resembles it", ha="center", va="center", transform=ax.transAxes)
            return
        heading, shares, begin = self.known[motif.name]
        bits = 2 + (shares * np.log2(np.maximum(shares, 1e-12))).sum(axis=1, keepdims=True)
        places = begin + np.arange(len(shares))
        draw_logo(ax, shares * bits, motif.alphabet.symbols, positions=places, limits=(0, 2))
        ax.set_xlim(min(positions[0], places[0]) - 0.5, max(positions[-1], places[-1]) + 0.5)
        _label(ax, heading, "bits")


def _aligned(match, shares):
    shares = shares[::-1, ::-1] if match.strand < 0 else shares
    return f"{shorten(match.match, 28)}, q = {match.q_value:.1g}", shares, -match.offset


def _label(ax, title, y_label):
    ax.set_title(title, fontsize=9, loc="left")
    ax.set_ylabel(y_label, fontsize=8)
    ax.set_xticks([])
    ax.tick_params(labelsize=7)
    ax.yaxis.get_major_locator().set_params(nbins=3)
    ax.spines[["top", "right", "bottom"]].set_visible(False)
