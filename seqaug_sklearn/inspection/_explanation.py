"""What a model reads in sequences: attributions, hits, motifs, and how stable they are."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from seqaug_sklearn.inspection._attributions import Attributions
from seqaug_sklearn.motifs import MotifSet
from seqaug_sklearn.reporting import Result, Section, number, percent
from seqaug_sklearn.utils import counted, replaced_file

__all__ = ["HIT_COLUMNS", "Explanation"]

HIT_COLUMNS = ["name", "start", "end", "strand", "score", "motif", "q_value", "sequence", "row"]
_BED_SCORE = 1000
"""Highest score that the format knows."""
_STABLE = 0.8
"""Correlation from which members are said to agree."""

_ABOUT_HITS = (
    "A hit is a run of residues whose mean contribution exceeds that of 99.9 % of equally long runs in sequences "
    "shuffled with their pairs of neighbours kept (of proteins, the composition), asked of the same model. Positions "
    "are 0-based and half-open. The score is the mean contribution; the strand is that of the known motif, where one "
    "resembles the hit."
)
_CAVEAT = "Hits show what the model looks for; whether a factor binds there is for an experiment to say."


_FEWEST_FOR_SHARE = 20
"""Hits of which a share is said; of fewer their number."""

_METHODS = {"kmer_weights": "k-mer weights"}
"""How sentences call a method that is not called as in words."""


@dataclass(frozen=True, eq=False, repr=False)
class Explanation(Result):
    """What a classifier reads in sequences. Made by :func:`explain`.

    Attributes
    ----------
    attributions : Attributions
        Contribution of each residue.
    hits : pandas.DataFrame
        One row per hit, the strongest first: ``name`` of the sequence (its identifier, or row number), ``start`` and
        ``end`` (0-based, half-open), ``strand`` ("+", "-", or "." where it is not known), ``score`` (mean
        contribution), ``motif`` (best match among known motifs, or None), its ``q_value``, ``sequence`` (the residues)
        and ``row``.
    motifs : MotifSet or None
        Motifs found by TF-MoDISco; None where it was not run, which ``notes`` explain.
    matches : pandas.DataFrame or None
        Known motifs that resemble them, as :func:`match_motifs` gives.
    stability : float
        Correlation of the contributions between members of an average, mean over pairs; NaN of one model.
    n_members : int
        Models that were explained.
    thresholds : dict of int to float
        Mean contribution that a hit of that length exceeds.
    notes : list of str
        What could not be done, and why; what it cost.
    n_shown : int
        Sequences that a page shows.

    See Also
    --------
    explain : Makes it.

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn.pipeline import make_pipeline
    >>> from seqaug_sklearn.datasets import make_promoters
    >>> from seqaug_sklearn.features import KmerCounts
    >>> from seqaug_sklearn.inspection import explain
    >>> data = make_promoters(60, 80, n_families=60, label_noise=0, random_state=0)
    >>> model = make_pipeline(KmerCounts(6), LogisticRegression(C=100)).fit(data.sequences[:50], data.y[:50])
    >>> found = explain(model, data.sequences[50:], motifs={"G-box": "CACGTG", "W-box": "TTGACC"})
    >>> found.hits.columns[:4].tolist()
    ['name', 'start', 'end', 'strand']
    """

    _title = "What the model reads"

    attributions: Attributions
    hits: pd.DataFrame
    motifs: MotifSet | None = None
    matches: pd.DataFrame | None = None
    stability: float = float("nan")
    n_members: int = 1
    thresholds: dict = field(default_factory=dict)
    notes: Any = ()
    n_shown: int = 5

    def verdict(self):
        """Say what was found, how stable it is, and what was not done.

        Returns
        -------
        list of str
        """
        told = [self._of_hits(), *self._of_known(), *self._of_motifs(), self._of_stability(), *self.notes]
        return [*told, _CAVEAT] if len(self.hits) else told

    def _of_hits(self):
        n, attributions = len(self.attributions), self.attributions
        targets = list(dict.fromkeys(map(str, attributions.target.tolist())))
        asked = f"for {targets[0]!r}" if len(targets) == 1 else "for the class predicted of each"
        how = f"explained {asked} by {_METHODS.get(attributions.method, attributions.method.replace('_', ' '))}"
        if not len(self.hits):
            return f"No hit in {counted(n, 'sequence')}, {how}: no stretch contributes more than shuffled ones do."
        first = self.hits.iloc[0]
        return (
            f"{counted(len(self.hits), 'hit')} in {self.hits['row'].nunique()} of {counted(n, 'sequence')}, {how}; the "
            f"strongest is {first['sequence']} in {first['name']}, from {first['start']} to {first['end']}."
        )

    def _of_known(self):
        names = self.hits["motif"].dropna()
        if names.empty:
            return []
        name, often = names.value_counts().index[0], names.value_counts().iloc[0]
        if len(self.hits) == 1:
            return [f"The hit resembles a known motif: {name}."]
        few = len(self.hits) < _FEWEST_FOR_SHARE
        share = f"{len(names)} of {len(self.hits)}" if few else f"{percent(len(names) / len(self.hits))} of the"
        return [f"{share} hits resemble a known motif, most often {name} ({counted(int(often), 'hit')})."]

    def _of_motifs(self):
        if self.motifs is None:
            return []
        if not len(self.motifs):
            return ["TF-MoDISco found no motif that recurs."]
        table = self.motifs.to_frame()
        strongest = table["share"].idxmax()
        told = (
            f"TF-MoDISco found {counted(len(self.motifs), 'motif')}, the strongest {table.loc[strongest, 'consensus']}"
        )
        best = None if self.matches is None else self.matches[self.matches["motif"] == strongest]
        return [f"{told}." if best is None or best.empty else f"{told}, which resembles {best.iloc[0]['match']}."]

    def _of_stability(self):
        if self.n_members < 2:
            return (
                "How stable the contributions are is not known, because there is one model: an average of several "
                "would tell."
            )
        if not np.isfinite(self.stability):
            return "How stable the contributions are is not known, because those of a member are all alike."
        return (
            f"Between the {self.n_members} members the contributions correlate by {self.stability:.2f}, mean over "
            "pairs: "
            + ("they agree on what they read." if self.stability >= _STABLE else "read single hits with care.")
        )

    def to_frame(self):
        """Return the hits.

        Returns
        -------
        pandas.DataFrame
        """
        return self.hits

    def sections(self):
        """Return hits, motifs and known motifs, with every residue as a download."""
        shown = self.hits.drop(columns="row")
        data = {"Residues": self.attributions.to_frame()}
        parts = [Section("Hits", _ABOUT_HITS, tables={"Hits, the strongest first": shown}, data=data)]
        tables = self._motif_tables()
        return [*parts, Section("Motifs", tables=tables)] if tables else parts

    def _motif_tables(self):
        tables = {}
        named = self.hits.dropna(subset="motif")
        if len(named):
            known = named.groupby("motif").agg(
                hits=("score", "size"), sequences=("row", "nunique"), mean_score=("score", "mean")
            )
            tables["Known motifs that hits resemble"] = known.sort_values("hits", ascending=False).reset_index()
        if self.motifs is not None and len(self.motifs):
            tables["Motifs found by TF-MoDISco"] = self.motifs.to_frame().reset_index()
            if self.matches is not None and len(self.matches):
                tables["Known motifs that these resemble"] = self.matches
        return tables

    def strongest(self):
        """Rows of the sequences to look at first: those of the strongest hits, then those with the highest output.

        Returns
        -------
        intp ndarray of shape (at most n_shown,)
        """
        by_output = np.argsort(-self.attributions.output, kind="stable").tolist()
        rows = list(dict.fromkeys([*self.hits["row"].tolist(), *by_output]))
        return np.array(rows[: self.n_shown], np.intp)

    def sites(self, row):
        """Start, end and motif (or nothing) of the hits of one row, for displays: list of tuples."""
        own = self.hits[self.hits["row"] == row].sort_values("start")
        return [(hit.start, hit.end, _text(hit.motif)) for hit in own.itertuples()]

    def to_bed(self, path):
        """Write the hits in BED format, for genome browsers and bedtools.

        Columns are sequence, start, end, motif (or "hit"), score from 0 to 1000 (of the strongest hit), strand, and the
        score as it is. Blanks in names become underscores, because the format parts columns by them.

        Parameters
        ----------
        path : str or path-like
            File to write.
        """
        highest = self.hits["score"].max() if len(self.hits) else 1.0
        lines = [
            "\t".join(
                [
                    _word(hit.name), str(hit.start), str(hit.end), _word(_text(hit.motif) or "hit"),
                    str(round(_BED_SCORE * hit.score / highest)), hit.strand, repr(float(hit.score)),
                ]
            )
            for hit in self.hits.itertuples(index=False)
        ]  # fmt: skip
        with replaced_file(path, text=True) as file:
            file.write("".join(f"{line}\n" for line in lines))

    def to_csv(self, path):
        """Write the hits as a table with the columns of ``hits``.

        Parameters
        ----------
        path : str or path-like
            File to write.
        """
        with replaced_file(path, text=True) as file:
            file.write(self.hits.to_csv(index=False))

    def _settings(self):
        attributions = self.attributions
        return {
            "method": attributions.method,
            "target": ", ".join(dict.fromkeys(map(str, attributions.target.tolist()))),
            "sequences": len(attributions),
            "models": self.n_members,
            "mean contribution above which a run is a hit, by length": "; ".join(
                f"{length}: {number(threshold)}" for length, threshold in self.thresholds.items()
            ),
        }


def _text(motif):
    """The motif's name; nothing where there is none, which a table may hold as None or NaN."""
    return motif if isinstance(motif, str) else ""


def _word(name):
    """The name without blanks."""
    return "_".join(str(name).split()) or "."
