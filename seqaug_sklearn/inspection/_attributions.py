"""Attributions of sequences or windows, with what is needed to read, stitch, draw and store them."""

import json
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

import numpy as np
import pandas as pd

from seqaug_sklearn.alphabets import Alphabet, get_alphabet
from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.reporting import Result, Section
from seqaug_sklearn.utils import codes_to_text, read_npz, replaced_file

__all__ = ["Attributions", "check_attributions"]


@dataclass(frozen=True, eq=False, repr=False)
class Attributions(Result):
    """Contributions of residues to the answer of a fitted model, one row per sequence (or window).

    Made by :func:`sequence_attributions` and :func:`stitch_windows`. Padding and unknown residues (N) hold zeros.

    Attributes
    ----------
    values : float32 ndarray of shape (n_samples, length, n_symbols)
        Contribution of each column of the one-hot input; float64 of ``"kmer_weights"``. Of ``"mutagenesis"``: change of
        the output if the residue were that symbol, zero at the symbol that is there.
    codes : uint8 ndarray of shape (n_samples, length)
        The sequences: columns of the alphabet; ``n_symbols`` is an unknown residue or padding.
    lengths : intp ndarray of shape (n_samples,)
        Residues of each sequence; what lies right of them is padding.
    alphabet : Alphabet
        Meaning of the columns.
    target : ndarray of shape (n_samples,)
        Class, label or target explained in each row.
    method : str
        How the values were computed.
    output : float64 ndarray of shape (n_samples,)
        The explained output: logit of the target, for two classes the log-odds of the target against the other, for
        several labels its own log-odds, for numbers the prediction.
    baseline_output : float64 ndarray of shape (n_samples,)
        Its mean over the background, or of a text without k-mers; NaN where the method has none (``"mutagenesis"``).
    delta : float64 ndarray of shape (n_samples,)
        Completeness gap: sum of ``values`` less ``output - baseline_output``; NaN where there is no background.
    hypothetical : float32 ndarray of shape (n_samples, length, n_symbols) or None
        Contribution that each symbol would have at each position, what TF-MoDISco reads.
    identifiers : ndarray of shape (n_samples,) or None
        Index of a Series or one-column frame; None for other input.
    sources, starts : intp ndarray of shape (n_samples,) or None
        Of windows: row and start of the parent.
    coverage : intp ndarray of shape (n_samples, length) or None
        Of stitched windows: how many windows hold each residue.
    kind : {"classes", "labels", "number"}
        What ``target`` names.

    See Also
    --------
    sequence_attributions : Computes them.
    stitch_windows : Windows onto their parents.

    Examples
    --------
    >>> from seqaug_sklearn.classification import PromoterCNNClassifier
    >>> from seqaug_sklearn.inspection import sequence_attributions
    >>> X = ["ACGTTGACCATTGACCATAC", "TTACACGTGCACACGTGATA"] * 4
    >>> clf = PromoterCNNClassifier(max_epochs=2, validation_fraction=None, random_state=0).fit(X, ["W", "G"] * 4)
    >>> attributions = sequence_attributions(clf, X[:2], method="mutagenesis", target="W")
    >>> attributions.values.shape, attributions.per_position().shape
    ((2, 20, 4), (2, 20))
    >>> attributions.text().tolist()[0]
    'ACGTTGACCATTGACCATAC'
    """

    _title = "What the model reads"

    values: Any
    codes: Any
    lengths: Any
    alphabet: Alphabet
    target: Any
    method: str
    output: Any
    baseline_output: Any
    delta: Any
    hypothetical: Any = None
    identifiers: Any = None
    sources: Any = None
    starts: Any = None
    coverage: Any = None
    kind: str = "classes"

    def __len__(self):
        return len(self.values)

    def verdict(self):
        """Say what was attributed, where most of it lies, and how far the values are from complete.

        Returns
        -------
        list of str
        """
        shape = " × ".join(map(str, self.values.shape))
        told = [f"By {self.method}, of {shape} (samples, length, symbols of {self.alphabet.name})."]
        sizes = np.abs(self.per_position())
        if sizes.any():
            # the fewest residues of each row that hold half of its attributions
            ordered = -np.sort(-sizes, axis=1)
            needed = 1 + (ordered.cumsum(axis=1) < sizes.sum(axis=1, keepdims=True) / 2).sum(axis=1)
            told.append(f"Half of a row's attributions lie on {np.median(needed / self.lengths):.0%} of its residues.")
        gap = np.abs(np.asarray(self.delta, dtype=float))
        if np.isfinite(gap).any():
            told.append(f"The values of a row miss its output by {np.nanmedian(gap):.2g} (median), completeness gap.")
        return told

    def sections(self):
        """Return one row per sequence, and every residue as a download, for a page."""
        sizes = self.per_position()
        peak = np.abs(sizes).argmax(axis=1)
        table = {} if self.identifiers is None else {"identifier": self.identifiers}
        table |= {"target": self.target, "peak": peak, "attribution there": sizes[np.arange(len(self)), peak]}
        section = Section(self._title, tables={"Sequences": pd.DataFrame(table)}, data={"Residues": self.to_frame()})
        return [section]

    @property
    def one_hot(self):
        """Float32 ndarray (n_samples, length, n_symbols): the sequences, zeros where unknown or padded."""
        n_symbols = len(self.alphabet)
        return np.eye(n_symbols + 1, n_symbols, dtype=np.float32)[self.codes]

    def text(self):
        """Return the sequences as text.

        Returns
        -------
        ndarray of str of shape (n_samples,)
            Upper case; every ambiguity code is N (X in proteins).
        """
        points = codes_to_text(self.codes, self.alphabet, strip=False)
        return np.array([text[:length] for text, length in zip(points.tolist(), self.lengths, strict=True)])

    def per_position(self):
        """Contribution of each residue that is there.

        Returns
        -------
        ndarray of float32 of shape (n_samples, length)
            Sum of ``values`` over the symbols: with integrated gradients the rows sum up to ``output -
            baseline_output``. Of ``"mutagenesis"``: the mean loss of output over the other symbols.
        """
        total = self.values.sum(axis=-1)
        return -total / (len(self.alphabet) - 1) if self.method == "mutagenesis" else total

    def actual(self):
        """:meth:`per_position` at the symbol that is there, zero elsewhere: the letters of a saliency logo.

        Returns
        -------
        ndarray of float32 of shape (n_samples, length, n_symbols)
        """
        return self.one_hot * self.per_position()[:, :, None]

    def take(self, rows):
        """Select rows.

        Parameters
        ----------
        rows : int, slice, or array-like of int or bool
            Rows to keep, in this order.

        Returns
        -------
        Attributions
        """
        rows = np.atleast_1d(np.arange(len(self))[rows])
        return replace(self, **{name: array[rows] for name, array in self._arrays().items()})

    def to_frame(self):
        """Return a table with one row per residue, padding left out.

        Returns
        -------
        pandas.DataFrame
            Columns ``row, identifier, position, symbol, attribution`` (:meth:`per_position`), the ``values`` of each
            symbol under its letter, and ``coverage``; identifier and coverage only where there are any.
        """
        rows, positions = np.nonzero(np.arange(self.codes.shape[1]) < self.lengths[:, None])
        columns = {"row": rows}
        if self.identifiers is not None:
            columns["identifier"] = self.identifiers[rows]
        letters = np.array([*self.alphabet.symbols, self.alphabet.unknown_symbol])
        columns |= {"position": positions, "symbol": letters[self.codes[rows, positions]]}
        columns["attribution"] = self.per_position()[rows, positions]
        columns |= {symbol: self.values[rows, positions, i] for i, symbol in enumerate(self.alphabet.symbols)}
        if self.coverage is not None:
            columns["coverage"] = self.coverage[rows, positions]
        return pd.DataFrame(columns)

    def save(self, path):
        """Write an ``.npz`` file.

        Parameters
        ----------
        path : str or path-like
            File to write. Labels and identifiers are stored as JSON, without pickle.
        """
        arrays = {name: _storable(array) for name, array in self._arrays().items()}
        about = json.dumps({"method": self.method, "kind": self.kind, "alphabet": asdict(self.alphabet)})
        with replaced_file(path) as file:
            np.savez_compressed(file, about=np.array(about), **arrays)

    @classmethod
    def load(cls, path):
        """Read a file of :meth:`save`.

        Parameters
        ----------
        path : str or path-like
            File to read.

        Returns
        -------
        Attributions

        Raises
        ------
        DataFormatError
            If the file is something else.
        """
        arrays = read_npz(path, "Attributions.save")
        try:
            about = json.loads(str(arrays.pop("about")))
            alphabet = Alphabet(**about["alphabet"])
            restored = {name: _restored(array) for name, array in arrays.items()}
            return cls(alphabet=_known(alphabet), method=about["method"], kind=about.get("kind", "classes"), **restored)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise DataFormatError(f"{path} was not written by Attributions.save: {error}") from error

    def _arrays(self):
        """Fields with one entry per row, by name."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in values.items() if isinstance(value, np.ndarray)}


def check_attributions(attributions, name="attributions"):
    """Raise TypeError, naming the way out, for anything but Attributions."""
    if isinstance(attributions, Attributions):
        return
    shape = getattr(attributions, "shape", None)
    kind = f"an array of shape {shape}" if isinstance(attributions, np.ndarray) else type(attributions).__name__
    raise TypeError(
        f"{name} must be the Attributions that sequence_attributions or stitch_windows returned, whole, not only their "
        f"values; got {kind}"
    )


def _known(alphabet):
    """The alphabet of the toolkit where it is one."""
    try:
        return get_alphabet(alphabet.name) if get_alphabet(alphabet.name) == alphabet else alphabet
    except ValueError:
        return alphabet


def _storable(array):
    """The array, or its entries as one JSON text where they are Python objects."""
    return np.array(json.dumps(array.tolist())) if array.dtype == object else array


def _restored(array):
    if array.ndim:
        return array
    entries = json.loads(str(array))
    objects = np.empty(len(entries), object)
    objects[:] = entries
    return objects
