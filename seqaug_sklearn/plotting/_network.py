"""A network as a diagram (Figure 13)."""

from typing import Any

from seqaug_sklearn.plotting._style import PALETTE, axes_for, points, shorten

__all__ = ["NetworkDisplay"]

# part of a layer's name -> colour of its kind; the first that fits
_COLORS = (
    ("pool", PALETTE[1]),
    ("conv", PALETTE[0]),
    ("lstm", PALETTE[2]),
    ("gru", PALETTE[2]),
    ("rnn", PALETTE[2]),
    ("dropout", "#8A8A8A"),
    ("dense", PALETTE[3]),
    ("linear", PALETTE[3]),
    ("output", PALETTE[3]),
)
_OTHER = "#BDBDBD"
_HEADINGS = ("layer", "output shape", "parameters")
_SHARES = (0.48, 0.27, 0.25)


class NetworkDisplay:
    """A neural network as a column of boxes: each layer's name, output shape and number of parameters.

    Draws Figure 13 of the window augmentation paper from the network that is really trained. Make it with
    :meth:`from_estimator` or :meth:`from_layers`.

    Parameters
    ----------
    layers : list of (str, tuple of int, int)
        Name, output shape without the batch axis, and number of parameters of each layer, in the order of the data.
    title : str, default="Network"
        Name of the network.

    Attributes
    ----------
    ax_ : matplotlib Axes
        Where it was drawn.
    figure_ : matplotlib Figure
        Figure of the axes.
    boxes_ : list of matplotlib FancyBboxPatch
        One per layer.
    text_ : list of list of matplotlib Text
        Name, shape and parameters of each layer.

    References
    ----------
    Scientific Reports (2025), doi:10.1038/s41598-025-12796-9, Figure 13.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> from seqaug_sklearn.plotting import NetworkDisplay
    >>> display = NetworkDisplay.from_layers([("convolution", (64, 40), 832), ("dense", (100,), 256100)])
    >>> display.ax_.get_title()
    'Network: 256,932 parameters'
    >>> plt.close(display.figure_)
    """

    def __init__(self, layers, *, title="Network"):
        self.layers = layers
        self.title = title

    @classmethod
    def from_layers(cls, layers, *, title="Network", ax=None):
        """Check a table of layers, and plot it.

        Parameters
        ----------
        layers : iterable of (str, tuple of int, int)
            Name, output shape and number of parameters of each layer.
        title : str, default="Network"
            Name of the network.
        ax : matplotlib Axes, default=None
            Where to draw; None makes a figure.

        Returns
        -------
        NetworkDisplay

        Raises
        ------
        ValueError
            If there is no layer, or a row is not (name, shape, parameters).
        """
        return cls([_check_layer(i, layer) for i, layer in enumerate(layers)], title=title).plot(ax)

    @classmethod
    def from_estimator(cls, estimator, *, ax=None):
        """Plot the network of a fitted neural classifier.

        Parameters
        ----------
        estimator : estimator with ``net_``
            Fitted classifier; its ``net_.module_`` has a method ``layer_table()``.
        ax : matplotlib Axes, default=None
            Where to draw; None makes a figure.

        Returns
        -------
        NetworkDisplay

        Raises
        ------
        sklearn.exceptions.NotFittedError
            If the estimator has no ``net_`` yet.
        TypeError
            If its network has no table of layers.
        """
        from sklearn.utils.validation import check_is_fitted

        check_is_fitted(estimator, "net_")
        module: Any = getattr(estimator.net_, "module_", None)
        if not hasattr(module, "layer_table"):
            raise TypeError(
                f"estimator={type(estimator).__name__} has a network without layer_table(); "
                "pass its layers to NetworkDisplay.from_layers instead"
            )
        return cls.from_layers(module.layer_table(), title=type(estimator).__name__, ax=ax)

    def plot(self, ax=None):
        """Draw the boxes, data flowing downwards.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw; None makes a figure.

        Returns
        -------
        self : NetworkDisplay
        """
        n_layers = len(self.layers)
        if n_layers == 0:
            raise ValueError("layers is empty; a network has at least one layer")
        axes, self.figure_ = axes_for(ax, figsize=(7.5, min(0.9 + 0.5 * n_layers, 20)))
        self.ax_ = axes[0]
        self.ax_.set(xlim=(0, 1), ylim=(n_layers, -0.85))
        self.ax_.set_axis_off()
        rows = [_texts(layer) for layer in self.layers]
        size = self._font_size([_HEADINGS, *rows])
        self._write(_HEADINGS, -0.35, size, color="black", style="italic")
        self.boxes_, self.text_ = [], []
        for i, (layer, row) in enumerate(zip(self.layers, rows, strict=True)):
            self._plot_layer(i, layer[0], row, size, last=i == n_layers - 1)
        total = sum(n for _, _, n in self.layers)
        noun = "parameter" if total == 1 else "parameters"
        self.ax_.set_title(f"{self.title}: {total:,} {noun}")
        return self

    def _font_size(self, rows):
        """Largest size up to 10 at which every text fits its part of a box."""
        width, height = points(self.ax_)
        widest = [max(len(row[i]) for row in rows) for i in range(3)]
        by_width = min(0.94 * width * share / (0.62 * n) for share, n in zip(_SHARES, widest, strict=True))
        return min(10.0, by_width, 0.55 * height / (len(rows) + 1))

    def _plot_layer(self, i, name, row, size, last):
        from matplotlib.patches import FancyBboxPatch

        shape: dict[str, Any] = {"boxstyle": "round,pad=0,rounding_size=0.012", "mutation_aspect": 20}
        box = FancyBboxPatch((0.01, i), 0.98, 0.66, facecolor=_tint(_color(name)), edgecolor=_color(name), **shape)
        self.boxes_.append(self.ax_.add_patch(box))
        self.text_.append(self._write(row, i + 0.34, size, color="black"))
        if not last:
            arrow = {"arrowstyle": "-|>", "color": "black", "linewidth": 0.9, "shrinkA": 0, "shrinkB": 0}
            arrow["mutation_scale"] = size
            self.ax_.annotate("", (0.5, i + 1.0), (0.5, i + 0.66), arrowprops=arrow)

    def _write(self, row, y, size, **style):
        """Write name (left), shape (middle) and number of parameters (right) of one row."""
        places = ((0.03, "left"), (_SHARES[0] + _SHARES[1] / 2, "center"), (0.97, "right"))
        texts = zip(places, row, strict=True)
        return [self.ax_.text(x, y, text, ha=ha, va="center", fontsize=size, **style) for (x, ha), text in texts]


def _texts(layer):
    name, shape, n_parameters = layer
    return shorten(name, 44), " × ".join(map(str, shape)) or "scalar", f"{n_parameters:,}" if n_parameters else "–"


def _color(name):
    return next((color for part, color in _COLORS if part in name.lower()), _OTHER)


def _tint(color):
    """Colour mixed with white, so that black text stays readable on it."""
    from matplotlib.colors import to_rgb

    return tuple(1 - 0.3 * (1 - channel) for channel in to_rgb(color))


def _check_layer(i, layer):
    try:
        name, shape, n_parameters = layer
        return str(name), tuple(int(size) for size in shape), int(n_parameters)
    except (TypeError, ValueError):
        raise ValueError(f"layers[{i}] must be (name, output shape, number of parameters), got {layer!r}") from None
