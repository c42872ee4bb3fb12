"""The result: effects of variants, in words, as tables and as files."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from seqaug_sklearn.alphabets import Alphabet
from seqaug_sklearn.inspection._variants._alleles import REASONS
from seqaug_sklearn.inspection._variants._vcf import vcf_text
from seqaug_sklearn.reporting import Result, Section
from seqaug_sklearn.utils import invalid_parameter, replaced_bgzip, separator_of, write_packed

__all__ = ["VariantEffects", "answer_columns", "skipped_words"]

_STRONGEST = 25
"""Variants that a page shows; all of them are in its CSV file."""


def answer_columns(kind):
    """Beginnings of the columns with what is predicted without and with a variant."""
    return ("value_ref", "value_alt") if kind == "number" else ("p_ref", "p_alt")


def skipped_words(skipped):
    """Counts of alleles that were left out, by reason, as text."""
    return ", ".join(f"{count:,} {REASONS[reason]}" for reason, count in skipped.items())


@dataclass(frozen=True, eq=False, repr=False)
class VariantEffects(Result):
    """How much each variant changes the log-odds of each class, or the number, made by :func:`variant_effects`.

    Attributes
    ----------
    table : DataFrame
        One row for each alternative allele, in the order given: ``name``, ``position`` (0-based), ``ref``, ``alt``,
        ``kind`` (substitution, block substitution, insertion, deletion or indel), ``p_ref_<class>`` and
        ``p_alt_<class>`` (probabilities without and with it; of numbers ``value_ref_<target>`` and
        ``value_alt_<target>``), ``effect_<class>`` (change of the log-odds, or of the number) and ``spread`` (standard
        deviation of the target's effect over the members of an ensemble; NaN of a single model); of a
        :class:`~seqaug_sklearn.evaluation.SequenceModel` also ``in_domain``, whether the sequence (or window) without
        the variant resembles those that it was trained on.
    classes : ndarray of shape (n_outputs,)
        Classes, labels or targets of the model.
    target : object
        Class, label or target that ``spread`` and the order of effects are about.
    skipped : dict of str to int
        Alleles that were left out, by reason.
    lengths : Series of int of shape (n_sequences,)
        Residues of each reference sequence.
    alphabet : Alphabet
        Alphabet of the sequences.
    length : int or None
        Residues of the windows; None where whole sequences were predicted.
    both_strands : bool
        Whether probabilities are means over both strands.
    n_members : int
        Members of the ensemble; 1 of a single model.
    ids : ndarray of str of shape (n_variants,)
        Identifiers of the variants; "." where they have none.
    kind : {"classes", "labels", "number"}
        What the model predicts.

    See Also
    --------
    variant_effects : Computes them.
    seqaug_sklearn.plotting.VariantEffectsDisplay : Draws all substitutions of a sequence.

    Examples
    --------
    >>> import pandas as pd
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn.pipeline import make_pipeline
    >>> from seqaug_sklearn.features import KmerCounts
    >>> from seqaug_sklearn.inspection import variant_effects
    >>> X = ["TTTCACGTGTTT", "TACACGTGATTA", "TTTTATTATTAT", "ATTATAATTTAA"] * 3
    >>> model = make_pipeline(KmerCounts(4), LogisticRegression()).fit(X, ["up", "up", "down", "down"] * 3)
    >>> effects = variant_effects(model, pd.Series({"gene": "ATTACACGTGTATA"}))
    >>> len(effects), bool(effects.strongest(3)["position"].between(4, 9).all())
    (42, True)
    """

    _title = "Effects of variants"

    table: pd.DataFrame
    classes: Any
    target: Any
    skipped: dict
    lengths: pd.Series
    alphabet: Alphabet
    length: int | None
    both_strands: bool
    n_members: int
    ids: Any
    kind: str = "classes"

    def __len__(self):
        return len(self.table)

    @property
    def quantity(self):
        """What effects are changes of."""
        of = {"classes": "the log-odds of a class", "labels": "the log-odds of a label", "number": "the prediction"}
        return of[self.kind]

    @property
    def effects(self):
        """Effect on the target: float64 ndarray of shape (n_variants,)."""
        return self.table[f"effect_{self.target}"].to_numpy()

    def strongest(self, n=_STRONGEST):
        """Return the variants with the largest effect on the target, of equal ones the first first.

        Parameters
        ----------
        n : int, default=25
            How many.

        Returns
        -------
        pandas.DataFrame
            Rows of ``table``.
        """
        return self.table.iloc[np.argsort(-np.abs(self.effects), kind="stable")[:n]]

    def to_frame(self):
        """Return ``table``."""
        return self.table

    def verdict(self):
        """Say which variant matters most, how many change the answer, and what was left out.

        Returns
        -------
        list of str
        """
        told = [self._most(), *self._changed()]
        if self.n_members > 1:
            strongest = self.strongest()
            unsure = int((strongest[f"effect_{self.target}"].abs() < strongest["spread"]).sum())
            told.append(
                f"Of the {len(strongest):,} strongest, {unsure:,} have an effect smaller than its spread over the "
                f"{self.n_members} members of the ensemble: the members disagree about these."
            )
        outside = int((~self.table["in_domain"]).sum()) if "in_domain" in self.table else 0
        if outside:
            told.append(
                f"For {outside:,} of {len(self):,} the sequence is outside the model's domain, unlike those that it "
                "was trained on: these effects are guesses."
            )
        if self.skipped:
            told.append(f"Skipped: {skipped_words(self.skipped)}.")
        strands = "means of both strands" if self.both_strands else "those of the sequences as given"
        what = "Predictions" if self.kind == "number" else "Probabilities"
        told.append(f"{what} are {strands}. Effects are those on the model, which may be wrong about the cell.")
        return told

    def _most(self):
        row = self.strongest(1).iloc[0]
        effect = row[f"effect_{self.target}"]
        n = f"{len(self):,} {'variant' if len(self) == 1 else 'variants'}"
        if effect == 0:
            return f"None of {n} changes {self.quantity.partition(' of')[0]} of {self.target!r}."
        before, after = (row[f"{prefix}_{self.target}"] for prefix in answer_columns(self.kind))
        change = f"{row['name']}:{row['position']} {_short(row['ref'])}>{_short(row['alt'])}"
        if self.kind == "number":
            return f"Of {n}, {change} changes {self.target!r} most: by {effect:+.3g}, from {before:.3g} to {after:.3g}."
        return (
            f"Of {n}, {change} changes the log-odds of {self.target!r} most: by {effect:+.2f}, probability "
            f"{before:.2f} to {after:.2f}."
        )

    def _changed(self):
        if self.kind == "number":
            return []
        before, after = (
            self.table[[f"{prefix}_{label}" for label in self.classes.tolist()]].to_numpy()
            for prefix in answer_columns(self.kind)
        )
        if self.kind == "labels":
            changed, what = ((before >= 0.5) != (after >= 0.5)).any(axis=1), "a label that is predicted"
        else:
            changed, what = before.argmax(axis=1) != after.argmax(axis=1), "the class that is predicted"
        return [f"{int(changed.sum()):,} of {len(self):,} change {what}."]

    def sections(self, figures=None):
        """Return the strongest variants, and all of them as a download, for a page.

        Parameters
        ----------
        figures : dict of str to matplotlib Figure, default=None
            Figures by caption, such as those of :class:`~seqaug_sklearn.plotting.VariantEffectsDisplay`.
        """
        strongest = self.strongest().assign(ref=lambda t: t["ref"].map(_short), alt=lambda t: t["alt"].map(_short))
        notes = [
            "position: 0-based, of the first residue of ref; VCF files count from 1. effect: change of "
            f"{self.quantity}, with the variant less without it.",
            "spread: standard deviation of the effect over the members of an ensemble.",
        ]
        section = Section(
            self._title,
            tables={"Strongest variants": strongest.dropna(axis=1, how="all").reset_index(drop=True)},
            figures=figures or {},
            data={"Variants": self.table},
            notes=notes,
        )
        return [section]

    def _settings(self):
        return {
            "target": self.target,
            "length of windows": self.length,
            "both strands": self.both_strands,
            "members": self.n_members,
        }

    def to_html(self, path, *, title=None, figures=None):
        """Write a page that holds all it shows.

        Parameters
        ----------
        path : path
            A name that ends in ``.html`` is written as this one file. Anything else is a folder.
        title : str, default=None
            Heading; one that fits the result by default.
        figures : dict of str to matplotlib Figure, default=None
            As in :meth:`sections`.

        Returns
        -------
        pathlib.Path
            Path of the page.
        """
        return self._write(path, title or self._title, self.verdict(), self.sections(figures))

    def to_csv(self, path):
        """Write ``table``: commas, or tabs where the name ends in ``.tsv``; packed where it ends in ``.gz``.

        Parameters
        ----------
        path : str or path-like
            File to write.

        Returns
        -------
        pathlib.Path
        """
        path = Path(path)
        separator = separator_of(path)
        write_packed(self.table.to_csv(index=False, sep=separator, lineterminator="\n"), path)
        return path

    def to_vcf(self, path):
        """Write a VCF file (4.2), sorted, with one row for each alternative allele.

        ``INFO`` holds ``KIND``, ``PREF``, ``PALT`` and ``EFFECT`` with one number for each class, in the order that the
        header names (of numbers ``REFVALUE`` and ``ALTVALUE``), ``SPREAD`` of ensembles, and ``OUTSIDE`` where a
        sequence is outside the model's domain.

        Parameters
        ----------
        path : str or path-like
            ``.vcf`` for plain text, ``.vcf.gz`` or ``.vcf.bgz`` for bgzip.

        Returns
        -------
        pathlib.Path

        Raises
        ------
        DataFormatError
            If the name of a sequence cannot stand in a VCF file.
        ValueError
            If the suffix is another.
        """
        path = Path(path)
        packed = path.name.endswith((".vcf.gz", ".vcf.bgz"))
        if not packed and path.suffix != ".vcf":
            raise invalid_parameter("path", f"must end in .vcf, .vcf.gz or .vcf.bgz, got {path.name!r}")
        text = vcf_text(self.table, self.ids, self.lengths, self.classes.tolist(), self.target, self.kind)
        with replaced_bgzip(path, packed=packed) as file:
            file.write(text.encode())
        return path


def _short(residues, most=12):
    """Residues of an allele as a table or sentence shows them."""
    return residues if len(residues) <= most else f"{residues[:most]}… ({len(residues)})"
