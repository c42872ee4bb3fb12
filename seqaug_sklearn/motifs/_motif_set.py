"""Motifs found in attributions: their matrices, and every place where they were found."""

import json
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from seqaug_sklearn.alphabets import Alphabet, get_alphabet
from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.motifs._motif_files import write_meme
from seqaug_sklearn.reporting import Result
from seqaug_sklearn.utils import read_npz, replaced_file

__all__ = ["Motif", "MotifSet", "core_of", "information"]

_CORE = 0.3  # share of the highest contribution that bounds the core, as in TF-MoDISco's own report
_INFORMATIVE = 0.25  # bits; 20 sites of chance reach 0.1
_PSEUDOCOUNT = 1.0
_COLUMNS = ("row", "start", "end", "strand", "site_start", "site_end", "contribution")


@dataclass(frozen=True, eq=False)
class Motif:
    """One motif and its seqlets, the pieces of sequence it was put together from.

    Attributes
    ----------
    name : str
        ``pos_pattern_0``, ``pos_pattern_1`` ... speak for the class explained, ``neg_pattern_0`` ... against it, each
        in the order of their seqlets' number.
    pfm : float64 ndarray of shape (width, n_symbols)
        How many seqlets have each symbol at each position.
    cwm : float64 ndarray of shape (width, n_symbols)
        Contribution weight matrix: mean contribution of each symbol over the seqlets.
    hypothetical : float64 ndarray of shape (width, n_symbols)
        Mean hypothetical contribution: what each symbol would give.
    core : (int, int)
        Start and end of the positions between the first and the last whose contribution reaches 30 % of the highest.
    seqlets : pandas.DataFrame
        One row per seqlet: ``row`` of the sequence, its ``identifier`` where there are any, ``start, end, strand``
        (all positions of the motif; 1 or -1), ``site_start, site_end`` (the core) and ``contribution`` of the core.
    alphabet : Alphabet
        Meaning of the columns.
    """

    name: str
    pfm: Any
    cwm: Any
    hypothetical: Any
    core: tuple
    seqlets: Any
    alphabet: Alphabet

    def __len__(self):
        return len(self.seqlets)

    def __repr__(self):
        return f"<Motif {self.name} {self.consensus} of {len(self)} seqlets>"

    @property
    def sign(self):
        """1 if it speaks for the class explained, -1 if against it."""
        return 1 if self.name.startswith("pos") else -1

    @property
    def ppm(self):
        """Float64 ndarray (width, n_symbols): share of each symbol; equal shares where no seqlet has a known one."""
        total = self.pfm.sum(axis=1, keepdims=True)
        return np.where(total > 0, self.pfm / np.maximum(total, 1), 1 / len(self.alphabet))

    def pwm(self, background=None):
        """Log-odds against a background, with one pseudocount.

        Parameters
        ----------
        background : array-like of shape (n_symbols,), default=None
            Share of each symbol; all equal by default. ``MotifSet.background`` holds that of the sequences.

        Returns
        -------
        float64 ndarray of shape (width, n_symbols)
            In bits.
        """
        n_symbols = len(self.alphabet)
        background = np.full(n_symbols, 1 / n_symbols) if background is None else np.asarray(background, float)
        # one pseudocount in all, shared out by the background: no symbol is impossible
        counts = self.pfm + _PSEUDOCOUNT * background
        return np.log2(counts / counts.sum(axis=1, keepdims=True) / background)

    @property
    def informative(self):
        """(start, end) of the core and the positions next to it of at least 0.25 bits, what is compared with others."""
        bits = information(self.ppm) >= _INFORMATIVE
        start, end = self.core
        while start > 0 and bits[start - 1]:
            start -= 1
        while end < len(bits) and bits[end]:
            end += 1
        return start, end

    @property
    def consensus(self):
        """Most frequent letter at each position of the core: upper case from 60 % on, n below 40 %."""
        shares = self.ppm[slice(*self.core)]
        letters = np.array(list(self.alphabet.symbols))[shares.argmax(axis=1)]
        unknown = self.alphabet.unknown_symbol.lower()
        pairs = zip(letters, shares.max(axis=1), strict=True)
        return "".join(_consensus_letter(letter, share, unknown) for letter, share in pairs)


def _consensus_letter(letter, share, unknown):
    if share >= 0.6:
        return letter
    return letter.lower() if share >= 0.4 else unknown


@dataclass(frozen=True, eq=False, repr=False)
class MotifSet(Result):
    """Motifs of a set of sequences; made by :func:`discover_motifs`.

    Index it by number or name, iterate over it, ask for its length.

    Attributes
    ----------
    motifs : tuple of Motif
        Those that speak for the class explained first.
    n_sequences : int
        Sequences that were searched.
    length : int
        Their length in residues, padding included.
    background : float64 ndarray of shape (n_symbols,)
        Share of each symbol in the sequences.
    total_contribution : float
        Sum of the absolute contributions of all residues.
    alphabet : Alphabet
        Meaning of the columns.
    settings : dict
        What was asked for.

    See Also
    --------
    discover_motifs : Finds them.
    match_motifs : Names them.
    motif_report : Shows them.
    """

    _title = "Motifs"

    motifs: tuple
    n_sequences: int
    length: int
    background: Any
    total_contribution: float
    alphabet: Alphabet
    settings: dict = field(default_factory=dict)

    def __len__(self):
        return len(self.motifs)

    def __iter__(self):
        return iter(self.motifs)

    def __getitem__(self, key):
        if not isinstance(key, str):
            if not isinstance(key, slice) and not -len(self) <= key < len(self):
                raise IndexError(f"there is no motif {key!r}: the set holds {len(self)}, counted from 0")
            return self.motifs[key]
        named = {motif.name: motif for motif in self.motifs}
        if key not in named:
            raise KeyError(f"no motif is called {key!r}; there are {list(named)}")
        return named[key]

    def verdict(self):
        """Say how many motifs there are, and which contributes most.

        Returns
        -------
        list of str
        """
        n_seqlets = sum(map(len, self.motifs))
        told = [f"{len(self)} motifs, {n_seqlets} seqlets in {self.n_sequences} sequences."]
        if len(self):
            top = self.to_frame().sort_values("share", ascending=False).iloc[0]
            told.append(f"{top.name} ({top['consensus']}) has {top['share']:.0%} of what all residues contribute.")
        return told

    def _settings(self):
        return self.settings

    def to_frame(self):
        """Return a table with one row per motif.

        Returns
        -------
        pandas.DataFrame
            Index ``motif``; ``consensus``, ``width`` (of the core), ``n_seqlets``, ``n_sequences`` that hold one,
            ``information`` (bits of the core, at most 2 a position in DNA), ``mean_contribution`` (of a seqlet's core),
            ``contribution`` (of all) and ``share`` (its size in that of all residues).
        """
        import pandas as pd

        rows = [
            {
                "motif": motif.name,
                "consensus": motif.consensus,
                "width": motif.core[1] - motif.core[0],
                "n_seqlets": len(motif),
                "n_sequences": motif.seqlets["row"].nunique(),
                "information": information(motif.ppm[slice(*motif.core)]).sum(),
                "mean_contribution": motif.seqlets["contribution"].mean(),
                "contribution": motif.seqlets["contribution"].sum(),
                "share": abs(motif.seqlets["contribution"].sum()) / self.total_contribution,
            }
            for motif in self.motifs
        ]
        columns = "motif consensus width n_seqlets n_sequences information mean_contribution contribution share"
        return pd.DataFrame(rows, columns=columns.split()).set_index("motif")

    def seqlets(self):
        """Return the seqlets of all motifs in one table, under ``motif``.

        Returns
        -------
        pandas.DataFrame
            Column ``motif`` and those of :attr:`Motif.seqlets`.
        """
        import pandas as pd

        tables = [motif.seqlets.assign(motif=motif.name) for motif in self.motifs]
        table = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=["motif", *_COLUMNS])
        return table[["motif", *(column for column in table.columns if column != "motif")]]

    def write_meme(self, path, *, trim=True):
        """Write the motifs in MEME's format, for other programs.

        Parameters
        ----------
        path : str or path-like
            File to write.
        trim : bool, default=True
            Write the informative positions only.
        """
        matrices = {motif.name: motif.ppm[slice(*motif.informative)] if trim else motif.ppm for motif in self.motifs}
        sites = {motif.name: len(motif) for motif in self.motifs}
        write_meme(path, matrices, alphabet=self.alphabet, background=self.background, sites=sites)

    def save(self, path):
        """Write an ``.npz`` file.

        Parameters
        ----------
        path : str or path-like
            File to write. Identifiers are stored as JSON, without pickle.
        """
        arrays = {"background": self.background}
        for motif in self.motifs:
            arrays |= {f"{motif.name}/{name}": getattr(motif, name) for name in ("pfm", "cwm", "hypothetical")}
            arrays |= {f"{motif.name}/{name}": motif.seqlets[name].to_numpy() for name in _COLUMNS}
        about = {
            "motifs": [
                {"name": motif.name, "core": motif.core, "identifiers": _identifiers(motif.seqlets)}
                for motif in self.motifs
            ],
            "alphabet": self.alphabet.name,
            "settings": self.settings,
        } | {name: getattr(self, name) for name in ("n_sequences", "length", "total_contribution")}
        with replaced_file(path) as file:
            np.savez_compressed(file, about=np.array(json.dumps(about)), **arrays)

    @classmethod
    def load(cls, path):
        """Read a file of :meth:`save`.

        Parameters
        ----------
        path : str or path-like
            File to read.

        Returns
        -------
        MotifSet

        Raises
        ------
        DataFormatError
            If the file is something else.
        """
        arrays = read_npz(path, "MotifSet.save")
        try:
            about = json.loads(str(arrays["about"]))
            alphabet = get_alphabet(about.pop("alphabet"))
            motifs = tuple(_restored(told, arrays, alphabet) for told in about.pop("motifs"))
            return cls(motifs=motifs, background=arrays["background"], alphabet=alphabet, **about)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise DataFormatError(f"{path} was not written by MotifSet.save: {error}") from error


def core_of(cwm):
    """(start, end) of the positions whose contribution reaches 30 % of the highest, and what lies between them."""
    size = np.abs(cwm).sum(axis=1)
    inside = np.flatnonzero(size >= _CORE * size.max())
    return int(inside[0]), int(inside[-1]) + 1


def information(shares):
    """Bits of each position: the most there can be less the entropy of its shares."""
    # 0 log 0 counts as 0
    return np.log2(shares.shape[1]) + (shares * np.log2(np.maximum(shares, 1e-12))).sum(axis=1)


def _identifiers(seqlets):
    return seqlets["identifier"].tolist() if "identifier" in seqlets else None


def _restored(told, arrays, alphabet):
    import pandas as pd

    name, identifiers = told["name"], told["identifiers"]
    seqlets = pd.DataFrame({column: arrays[f"{name}/{column}"] for column in _COLUMNS})
    if identifiers is not None:
        seqlets.insert(1, "identifier", pd.array(identifiers, dtype=object))
    matrices = {matrix: arrays[f"{name}/{matrix}"] for matrix in ("pfm", "cwm", "hypothetical")}
    return Motif(name=name, core=tuple(told["core"]), seqlets=seqlets, alphabet=alphabet, **matrices)
