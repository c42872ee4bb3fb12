"""Variants as they are given: checked against the reference, one entry for each alternative allele."""

from collections import Counter
from dataclasses import dataclass

import numpy as np
import pandas as pd

from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.utils import Message, Parameter, Ways, listed, plain

__all__ = ["REASONS", "Allele", "all_substitutions", "read_alleles"]

REASONS = {
    "symbolic": "symbolic (<DEL>, breakends)",
    "overlapping_deletion": "overlapping deletions (*)",
    "no_alternative": "without an alternative",
    "ambiguous": "with letters other than residues",
    "unknown_sequence": "of sequences that are not there",
    "mismatch": "whose ref is not the reference",
    "no_room": "without room for a window",
}
"""Why an allele is skipped -> how this is reported."""

_COLUMNS = ("name", "position", "ref", "alt")


@dataclass(frozen=True, slots=True)
class Allele:
    """One alternative allele.

    Attributes
    ----------
    row : int
        Row of its sequence.
    name : str
        Name of its sequence.
    position : int
        First residue of ``ref``, 0-based.
    ref, alt : str
        Residues, upper case.
    id : str
        Name of the variant; "." where it has none.
    """

    row: int
    name: str
    position: int
    ref: str
    alt: str
    id: str = "."

    @property
    def kind(self):
        """What is done to the reference: substitution, block substitution, insertion, deletion or indel."""
        if len(self.ref) == len(self.alt):
            return "substitution" if len(self.ref) == 1 else "block substitution"
        shorter, longer = sorted((self.ref, self.alt), key=len)
        if not (longer.startswith(shorter) or longer.endswith(shorter)):
            return "indel"
        return "deletion" if longer == self.ref else "insertion"

    def __str__(self):
        return f"{self.name} position {self.position} ({self.position + 1} in a VCF file) {self.ref}>{self.alt}"


def read_alleles(variants, texts, names, alphabet, *, length, on_mismatch):
    """Check a table of variants.

    Parameters
    ----------
    variants : DataFrame
        ``name, position, ref, alt`` and, if there is one, ``id``; alternatives are separated by commas.
    texts : list of str
        Reference sequences.
    names : list of str
        Their names.
    alphabet : Alphabet
        Alphabet of the residues.
    length : int or None
        Residues of a window; None where the sequences are what the model takes.
    on_mismatch : {"error", "skip"}
        What happens where a variant does not fit the reference.

    Returns
    -------
    alleles : list of Allele
    skipped : dict of str to int
        Alleles that are left out, by reason.
    """
    rows = {name: row for row, name in enumerate(names)}
    alleles: list[Allele] = []
    skipped: Counter = Counter()
    for name, position, ref, alternatives, label in _table(variants).itertuples(index=False):
        for alt in alternatives.upper().split(","):
            allele = Allele(rows.get(name, -1), name, position, ref.upper(), alt, label)
            reason = _set_aside(allele, alphabet)
            if reason is None:
                fault = _fault(allele, texts, names, length)
                if fault is not None and on_mismatch == "error":
                    raise _error(allele, *fault)
                reason = None if fault is None else fault[0]
            if reason is None:
                alleles.append(allele)
            else:
                skipped[reason] += 1
    # in the order in which reasons are reported
    return alleles, {reason: skipped[reason] for reason in REASONS if skipped[reason]}


def all_substitutions(texts, names, alphabet):
    """Every exchange of one known residue for another symbol, sequence by sequence."""
    return [
        Allele(row, name, position, ref, alt)
        for row, (text, name) in enumerate(zip(texts, names, strict=True))
        for position, ref in enumerate(text.upper())
        if ref in alphabet.symbols
        for alt in alphabet.symbols
        if alt != ref
    ]


def _table(variants):
    """The columns that are read: text, and int positions."""
    if not isinstance(variants, pd.DataFrame):
        raise DataFormatError(
            Message(Parameter("variants"), f" must be a DataFrame or None, got {type(variants).__name__}")
        )
    absent = [column for column in _COLUMNS if column not in variants.columns]
    if absent:
        raise DataFormatError(
            Message(
                Parameter("variants"),
                f" has no column {listed(absent)}; it needs name, position (0-based), ref and alt",
            )
        )
    if not len(variants):
        raise DataFormatError(Message(Parameter("variants"), " has no rows"))
    positions = pd.to_numeric(variants["position"], errors="coerce")
    odd = ~(positions == positions.round())
    if odd.any():
        value = plain(variants["position"][odd].iloc[0])
        raise DataFormatError(Message(Parameter("variants"), f": position must be a whole number, got {value!r}"))
    table = {column: variants[column].fillna("").astype(str) for column in ("name", "ref", "alt")}
    labels = variants["id"].fillna(".").astype(str) if "id" in variants else "."
    frame = pd.DataFrame({"name": table["name"], "position": positions.astype(np.int64)})
    return frame.assign(ref=table["ref"], alt=table["alt"], id=labels)


def _set_aside(allele, alphabet):
    """Why nothing can be predicted of an allele, or None."""
    if any(mark in allele.alt for mark in "<[]"):
        return "symbolic"
    if allele.alt == "*":
        return "overlapping_deletion"
    if allele.alt in ("", ".", "-") or allele.alt == allele.ref:
        return "no_alternative"
    if not allele.ref or not set(allele.ref + allele.alt) <= set(alphabet.symbols):
        return "ambiguous"
    return None


def _fault(allele, texts, names, length):
    """(reason, what is wrong, ways out) where an allele does not fit the reference, or None."""
    if allele.row < 0:
        return "unknown_sequence", f"there is no sequence {allele.name!r}; there are {listed(names, 3)}"
    text, end = texts[allele.row], allele.position + len(allele.ref)
    there = text[max(allele.position, 0) : max(end, 0)]
    if allele.position < 0 or there.upper() != allele.ref:
        found = repr(there) if there and allele.position >= 0 else "nothing"
        return "mismatch", f"the reference has {found} there, in a sequence of {len(text)} residues"
    after = len(text) + len(allele.alt) - len(allele.ref)
    if length is not None and min(len(text), after) < length:
        shorter = min(len(text), after)
        rule = f" is more than the {shorter} residues that the sequence has"
        return "no_room", Message(Parameter("length", length), rule)
    return None


def _error(allele, reason, told):
    ways: list[str] = [Message("leave such variants out with ", Parameter("on_mismatch", "skip"))]
    if reason == "mismatch":
        ways.insert(0, "check that it is the same assembly, and that positions of tables are 0-based")
    return DataFormatError(Message(f"variant {allele}: ", told, "; ", Ways(*ways)))
