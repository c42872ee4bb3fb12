"""A small simulated chloroplast genome."""

from __future__ import annotations

import numbers
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from seqaug_sklearn.alphabets import DNA
from seqaug_sklearn.utils import check_generator, invalid_parameter

if TYPE_CHECKING:
    from Bio.SeqRecord import SeqRecord

__all__ = ["make_plastome"]

_CODING = (
    "psbA matK psbK atpA rpoB psbD psaB rps4 ndhJ rbcL accD psaI ycf4 cemA petA rpl33 clpP psbB petB rpoA rpl14 rps3 "
    "ndhF ccsA ndhD psaC ndhE ndhG ndhI ndhA ndhH rps15 atpI atpH atpF atpE atpB psbC psbZ psaA ycf3 ndhK ndhC"
)
# some names stand for two genes, as in real annotations
_TRANSFER = "trnH trnK trnS trnG trnR trnC trnS trnD trnY trnE trnT trnG trnM trnF trnV trnW trnP trnL trnL"
_STOPS = ("TAA", "TAG", "TGA")
_TRANSFER_LENGTH = 73
_INTRON = 240
_TAIL = 60  # residues of the origin gene that lie after the origin


@dataclass(frozen=True)
class _Piece:
    """A stretch of a gene on one strand; a trans-spliced gene has two."""

    gene: str
    kind: str
    text: str  # in reading direction
    strand: int
    exons: tuple  # (start, end) within text
    number: int = 0


def make_plastome(n_genes: int = 30, *, gene_length=(150, 1500), gc: float = 0.37, random_state=None) -> SeqRecord:
    """Simulate a small annotated chloroplast genome, with the traits that make real ones difficult.

    It is circular and rich in A and T, and has an inverted repeat (its genes occur twice), genes on both strands, one
    across the origin, one with an intron, one trans-spliced from both strands, neighbours closer than 300 residues,
    transfer RNAs, and names that stand for two genes. It survives a round trip through a GenBank file.

    Parameters
    ----------
    n_genes : int, default=30
        Genes, those of the inverted repeat counted once; at least 12.
    gene_length : (int, int), default=(150, 1500)
        Shortest and longest coding sequence in residues, drawn log-uniformly; at least 90.
    gc : float, default=0.37
        Share of G and C in coding sequence; between genes it is 0.07 lower, as in real plastomes.
    random_state : None, int, RandomState or Generator, default=None
        Seed.

    Returns
    -------
    Bio.SeqRecord.SeqRecord
        With "gene", "CDS" (translated), "tRNA" and "rRNA" features.

    Raises
    ------
    ValueError
        If a parameter is out of range.

    See Also
    --------
    upstream_regions, protein_sequences : What to take out of it.
    fetch_plastome : Real ones.

    Examples
    --------
    >>> from seqaug_sklearn.datasets import make_plastome
    >>> record = make_plastome(random_state=0)
    >>> sum(feature.type == "gene" for feature in record.features)
    33
    """
    _check_parameters(n_genes, gene_length, gc)
    rng = check_generator(random_state)
    large, repeat, small = _draw_genes(n_genes, gene_length, gc, rng)
    sections = [_lay_out(pieces, gc - 0.07, rng) for pieces in (large, repeat, small)]
    genome, placed = _join(sections[0], sections[1], sections[2], _inverted(sections[1]))
    origin = _origin(placed)
    return _record(genome[origin:] + genome[:origin], placed, origin)


def _check_parameters(n_genes, gene_length, gc):
    if not isinstance(n_genes, numbers.Integral) or n_genes < 12:
        raise invalid_parameter("n_genes", f"must be a whole number of at least 12, got {n_genes!r}")
    try:
        shortest, longest = gene_length
        valid = 90 <= shortest <= longest
    except (TypeError, ValueError):
        valid = False
    if not valid:
        raise invalid_parameter(
            "gene_length", f"must be (shortest, longest) with 90 <= shortest <= longest, got {gene_length!r}"
        )
    if not 0.1 <= gc <= 0.9:
        raise invalid_parameter("gc", f"must be a share from 0.1 to 0.9, got {gc!r}")


def _draw_genes(n_genes, gene_length, gc, rng):
    """Return the pieces of the large single-copy region, the inverted repeat and the small single-copy region."""
    n_transfer = n_genes // 3
    n_coding = n_genes - n_transfer - 3  # beside the trans-spliced gene and two of the repeat
    coding = [_coding_piece(_name(_CODING, i, "ycf"), gene_length, gc, rng) for i in range(n_coding)]
    # the traits of real plastomes that break naive readers: introns, a trans-spliced gene, a gene across the origin,
    # and genes in both copies of the repeat
    coding[1] = _with_intron(coding[1], gc - 0.07, rng)
    transfer = [_transfer_piece(_name(_TRANSFER, i, "trn"), rng) for i in range(n_transfer)]
    first_exon, second_exon = _trans_spliced("rps12", gene_length, gc, rng)
    n_small = n_coding // 4
    single = [*coding[1:-n_small], *transfer[:-1], first_exon]
    # the gene across the origin reads backwards and its neighbour forwards, so the neighbour's upstream crosses too
    head = [_turned(coding[0], -1), _turned(single.pop(1), 1)]
    large = [single.pop(0), *head, *(single[i] for i in rng.permutation(len(single)))]
    repeat = [_ribosomal_piece("rrn16", gene_length, rng), _coding_piece("rpl2", gene_length, gc, rng), transfer[-1]]
    return large, repeat, [*coding[-n_small:], second_exon]


def _name(names, i, stem):
    names = names.split()
    return names[i] if i < len(names) else f"{stem}{i + 1}"


def _random_text(length, gc, rng):
    at = (1 - gc) / 2
    return "".join(rng.choice(list("ACGT"), size=length, p=[at, gc / 2, gc / 2, at]))


def _coding_text(gene_length, gc, rng):
    """Draw an open reading frame: start, sense codons (the third base richest in A and T), stop."""
    base = dict(zip("ACGT", [(1 - gc) / 2, gc / 2, gc / 2, (1 - gc) / 2], strict=True))
    # third bases are free to follow the composition, which in plastids is rich in A and T
    third = {letter: share * (1.5 if letter in "AT" else 1) for letter, share in base.items()}
    codons = [a + b + c for a, b, c in product(tuple("ACGT"), repeat=3) if a + b + c not in _STOPS]
    weights = np.array([base[codon[0]] * base[codon[1]] * third[codon[2]] for codon in codons])
    # log-uniform: short genes are more frequent than long ones
    length = int(np.exp(rng.uniform(*np.log(gene_length))))
    inner = rng.choice(codons, size=length // 3 - 2, p=weights / weights.sum())
    return "ATG" + "".join(inner) + str(rng.choice(_STOPS, p=[0.6, 0.2, 0.2]))


def _strand(rng):
    return int(rng.choice([-1, 1]))


def _coding_piece(name, gene_length, gc, rng):
    text = _coding_text(gene_length, gc, rng)
    return _Piece(name, "CDS", text, _strand(rng), ((0, len(text)),))


def _transfer_piece(name, rng):
    return _Piece(name, "tRNA", _random_text(_TRANSFER_LENGTH, 0.5, rng), _strand(rng), ((0, _TRANSFER_LENGTH),))


def _ribosomal_piece(name, gene_length, rng):
    text = _random_text(sum(gene_length) // 2, 0.54, rng)
    return _Piece(name, "rRNA", text, 1, ((0, len(text)),))


def _with_intron(piece, gc, rng):
    cut = len(piece.text) // 3
    text = piece.text[:cut] + _random_text(_INTRON, gc, rng) + piece.text[cut:]
    return _Piece(piece.gene, "CDS", text, piece.strand, ((0, cut), (cut + _INTRON, len(text))))


def _trans_spliced(name, gene_length, gc, rng):
    text = _coding_text(gene_length, gc, rng)
    cut = len(text) // 3
    first, second = text[:cut], text[cut:]
    return (
        _Piece(name, "CDS", first, -1, ((0, len(first)),), 0),
        _Piece(name, "CDS", second, 1, ((0, len(second)),), 1),
    )


def _turned(piece, strand):
    return _Piece(piece.gene, piece.kind, piece.text, strand, piece.exons, piece.number)


def _reverse_complement(text):
    return text.translate(DNA.complement_table)[::-1]


def _lay_out(pieces, gc, rng):
    """Return the text of a region and ``[(piece, start), ...]``."""
    # a third of the neighbours stand close, so that upstream regions of 300 nt overlap, as in real plastomes
    close = rng.random(len(pieces) + 1) < 0.35
    gaps = np.where(close, rng.integers(15, 150, len(close)), rng.integers(300, 800, len(close)))
    gaps[2] = rng.integers(30, 150)  # behind the gene across the origin: see _draw_genes
    text, placed = _random_text(gaps[0], gc, rng), []
    for piece, gap in zip(pieces, gaps[1:], strict=True):
        placed.append((piece, len(text)))
        text += piece.text if piece.strand == 1 else _reverse_complement(piece.text)
        text += _random_text(gap, gc, rng)
    return text, placed


def _inverted(section):
    text, placed = section
    mirrored = [
        (_turned(piece, -piece.strand), len(text) - start - len(piece.text)) for piece, start in reversed(placed)
    ]
    return _reverse_complement(text), mirrored


def _join(*sections):
    genome, placed = "", []
    for text, pieces in sections:
        placed += [(piece, start + len(genome)) for piece, start in pieces]
        genome += text
    return genome, placed


def _origin(placed):
    piece, start = placed[1]
    return start + len(piece.text) - _TAIL


def _record(genome, placed, origin):
    from Bio.Seq import Seq
    from Bio.SeqFeature import SeqFeature, SimpleLocation
    from Bio.SeqRecord import SeqRecord

    annotations: dict[str, str | int] = {
        "molecule_type": "DNA",
        "topology": "circular",
        "data_file_division": "PLN",
        "date": "01-JAN-2025",
        "organism": "simulated plastome",
        "source": "simulated plastome",
    }
    record = SeqRecord(
        Seq(genome), "SIM_000001.1", "SIM_000001", "Simulated chloroplast genome.", None, None, annotations
    )
    source = {"organism": ["simulated plastome"], "organelle": ["plastid:chloroplast"], "mol_type": ["genomic DNA"]}
    record.features = [SeqFeature(SimpleLocation(0, len(genome), 1), "source", qualifiers=source)]
    for number, pieces in enumerate(_genes(placed, origin, len(genome)), start=1):
        record.features += _features(pieces, number, origin, record.seq)
    return record


def _genes(placed, origin, size):
    """Return lists of the pieces of each gene, in the order of their first position after the origin."""
    spliced = [entry for entry in placed if entry[0].gene == "rps12"]
    genes = [[entry] for entry in placed if entry[0].gene != "rps12"]
    genes.append(sorted(spliced, key=lambda entry: entry[0].number))
    return sorted(genes, key=lambda pieces: min((start - origin) % size for _, start in pieces))


def _features(pieces, number, origin, genome):
    from Bio.SeqFeature import SeqFeature

    piece = pieces[0][0]
    qualifiers = {"gene": [piece.gene], "locus_tag": [f"SimCp{number:03d}"]}
    if len(pieces) > 1:
        qualifiers["trans_splicing"] = [""]
    whole = _location([(p.strand, start, start + len(p.text)) for p, start in pieces], origin, len(genome))
    exons = [
        (p.strand, start + a, start + b) if p.strand == 1 else (-1, start + len(p.text) - b, start + len(p.text) - a)
        for p, start in pieces
        for a, b in p.exons
    ]
    product_feature = SeqFeature(_location(exons, origin, len(genome)), piece.kind, qualifiers=dict(qualifiers))
    product_feature.qualifiers["product"] = [f"{piece.gene} {'protein' if piece.kind == 'CDS' else piece.kind}"]
    if piece.kind == "CDS":
        coding = product_feature.extract(genome)
        translation = [str(coding.translate(table=11)).rstrip("*")]
        product_feature.qualifiers |= {"codon_start": ["1"], "transl_table": ["11"], "translation": translation}
    return [SeqFeature(whole, "gene", qualifiers=qualifiers), product_feature]


def _location(parts, origin, size):
    """Return the location of parts (strand, start, end), in reading order, after moving the origin."""
    from Bio.SeqFeature import CompoundLocation, SimpleLocation

    moved = []
    for strand, start, end in parts:
        start, end = (start - origin) % size, (end - origin - 1) % size + 1
        # across the origin: two parts, in reading order on either strand
        spans = [(start, end)] if start < end else [(start, size), (0, end)]
        moved += [SimpleLocation(*span, strand) for span in spans[::strand]]
    return moved[0] if len(moved) == 1 else CompoundLocation(moved)
