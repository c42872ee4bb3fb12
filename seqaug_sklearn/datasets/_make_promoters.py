"""Simulated promoters: planted motifs, gene families that share background, orthologs."""

import numbers
from dataclasses import dataclass

import numpy as np
import pandas as pd

from seqaug_sklearn.alphabets import DNA
from seqaug_sklearn.reporting import Shown
from seqaug_sklearn.utils import check_generator, codes_to_text, invalid_parameter

__all__ = ["PromoterSet", "make_promoters"]

_MOTIFS = {"ABRE": "GMCACGTGKCCM", "DRE": "TRCCGACATCTC"}
_BACKGROUND = np.array([0.33, 0.17, 0.17, 0.33])  # A, C, G, T of plant promoters
_SPACER = 4  # residues between neighbouring sites, on average


@dataclass(frozen=True, repr=False)
class PromoterSet(Shown):
    """Simulated promoters; made by :func:`make_promoters`.

    Attributes
    ----------
    sequences : pandas.Series of str of shape (n_samples,)
        Promoters of equal length, indexed by identifier.
    y : pandas.Series of int of shape (n_samples,)
        1 = responsive, 0 = not; same index.
    groups : pandas.Series of str of shape (n_samples,)
        Gene family; same index.
    motifs : pandas.DataFrame
        One row per planted motif: ``identifier, motif, start, strand`` (0-based, residues; strand 1 or -1).
    orthologs : pandas.DataFrame
        One row per ortholog: ``identifier`` (of the promoter it belongs to), ``ortholog`` (its own name), ``species,
        sequence``: the form of :func:`read_orthologs`.
    """

    sequences: pd.Series
    y: pd.Series
    groups: pd.Series
    motifs: pd.DataFrame
    orthologs: pd.DataFrame

    def _sentences(self):
        n_sites, n_orthologs = len(self.motifs), len(self.orthologs)
        return [
            f"{len(self.y)} simulated promoters, {int(self.y.sum())} of them responsive, of "
            f"{self.groups.nunique()} families, with {n_sites} planted sites and {n_orthologs} orthologs."
        ]

    def to_frame(self) -> pd.DataFrame:
        """Return ``sequence, label, family`` in one table, indexed by identifier."""
        return pd.DataFrame({"sequence": self.sequences, "label": self.y, "family": self.groups})


def make_promoters(
    n_samples: int = 200,
    length: int = 300,
    *,
    n_families: int = 30,
    motifs=None,
    n_orthologs: int = 3,
    mutation_rate: float = 0.08,
    site_turnover: float = 0.15,
    label_noise: float = 0.1,
    ortholog_mutation_rate: float | None = None,
    random_state=None,
) -> PromoterSet:
    """Simulate promoters whose label depends on planted motifs and whose families share background.

    Genes of one family descend from one ancestor, and half of the families carry motif sites. So a random split leaks:
    a relative in the training rows reveals the label without any motif. Split by ``groups``.

    Each family draws an ancestral sequence; families that respond carry 1 to 3 sites. A gene mutates the background at
    ``mutation_rate`` and keeps the sites, except that with probability ``site_turnover`` it loses them all (or, in the
    other families, gains them). Its label is whether it has a site, flipped with probability ``label_noise``.

    Parameters
    ----------
    n_samples : int, default=200
        Promoters.
    length : int, default=300
        Residues of each.
    n_families : int, default=30
        Gene families, from 2 to n_samples, of nearly equal size.
    motifs : mapping of str to str, default=None
        Name -> consensus in IUPAC letters. Two elements of abscisic-acid and drought response by default.
    n_orthologs : int, default=3
        Orthologs of each promoter, one per simulated species; 0 for none.
    mutation_rate : float, default=0.08
        Share of background residues substituted between ancestor and gene, and between gene and ortholog.
    site_turnover : float, default=0.15
        Probability that a gene's sites differ from its family's. An ortholog loses each site with half of it.
    label_noise : float, default=0.1
        Probability of a flipped label.
    ortholog_mutation_rate : float or None, default=None
        The same between gene and ortholog alone, for species that are further apart than the members of a family. None:
        ``mutation_rate``.
    random_state : None, int, RandomState or Generator, default=None
        Seed.

    Returns
    -------
    PromoterSet

    Raises
    ------
    ValueError
        If a parameter is out of range, or the motifs do not fit into the length.

    See Also
    --------
    make_plastome : A simulated genome.

    Examples
    --------
    >>> from seqaug_sklearn.datasets import make_promoters
    >>> promoters = make_promoters(50, n_families=10, random_state=0)
    >>> promoters.sequences.shape, promoters.groups.nunique(), len(promoters.orthologs)
    ((50,), 10, 150)
    """
    motifs = dict(_MOTIFS if motifs is None else motifs)
    n_slots = _check_parameters(n_samples, length, n_families, motifs, n_orthologs)
    ortholog_rate = mutation_rate if ortholog_mutation_rate is None else ortholog_mutation_rate
    for name, rate in (
        ("mutation_rate", mutation_rate),
        ("site_turnover", site_turnover),
        ("label_noise", label_noise),
        ("ortholog_mutation_rate", ortholog_rate),
    ):
        if not isinstance(rate, numbers.Real) or not 0 <= rate <= 1:
            raise ValueError(f"{name} must be a share from 0 to 1, got {rate!r}")
    rng = check_generator(random_state)
    # families of equal size, in random order
    family = np.sort(np.arange(n_samples) % n_families)[rng.permutation(n_samples)]
    codes = _mutate(_background(n_families, length, rng)[family], mutation_rate, rng)
    sites = _draw_sites(family, motifs, n_slots, site_turnover, rng)
    # the label is that a site is there, and a share of labels is wrong
    y = np.isin(np.arange(n_samples), sites["row"]) ^ (rng.random(n_samples) < label_noise)
    relatives = []
    for _ in range(n_orthologs):
        # each ortholog has lost some sites of its own
        kept = sites[rng.random(len(sites)) >= site_turnover / 2]
        relatives.append(_plant(_mutate(codes, ortholog_rate, rng), kept, motifs, rng))
    return _promoter_set(_plant(codes, sites, motifs, rng), y, family, sites, relatives)


def _check_parameters(n_samples, length, n_families, motifs, n_orthologs):
    """Return the number of slots for sites: one site at most in each, so that sites cannot overlap."""
    least = {"n_samples": (n_samples, 2), "length": (length, 1), "n_families": (n_families, 2)}
    for name, (value, minimum) in (least | {"n_orthologs": (n_orthologs, 0)}).items():
        if not isinstance(value, numbers.Integral) or isinstance(value, bool) or value < minimum:
            raise ValueError(f"{name} must be a whole number of at least {minimum}, got {value!r}")
    if n_families > n_samples:
        raise invalid_parameter("n_families", f"must be at most n_samples={n_samples}, got {n_families}")
    letters = {*DNA.symbols, *DNA.ambiguity}
    for name, consensus in motifs.items():
        if not consensus or not set(consensus) <= letters:
            raise ValueError(
                f"motifs[{name!r}] must be a consensus in upper-case IUPAC letters of DNA, got {consensus!r}"
            )
    if not motifs:
        raise invalid_parameter("motifs", "must name at least one consensus; the label depends on them")
    n_slots = length // _slot(motifs)
    if n_slots < 4:
        raise invalid_parameter("length", f"must be at least {4 * _slot(motifs)} for these motifs, got {length}")
    return n_slots


def _slot(motifs):
    return max(map(len, motifs.values())) + _SPACER


def _background(n, length, rng):
    return rng.choice(4, size=(n, length), p=_BACKGROUND).astype(np.uint8)


def _mutate(codes, rate, rng):
    """Substitute a share of the residues; a substitute may equal what it replaces, so ``rate`` is corrected for it."""
    same = (_BACKGROUND**2).sum()
    # a draw from the background hits the same letter with probability sum(p**2)
    hit = rng.random(codes.shape) < rate / (1 - same)
    return np.where(hit, _background(len(codes), codes.shape[1], rng), codes)


def _draw_sites(family, motifs, n_slots, turnover, rng):
    """Return one row per planted site: ``row, motif, start, strand``."""
    n_families = family.max() + 1
    # half of the families carry sites; turnover turns single members against their family
    responds = rng.permutation(n_families) < n_families // 2
    carries = responds[family] ^ (rng.random(len(family)) < turnover)
    count = rng.integers(1, 4, n_families)
    # a site has one place, motif and strand in the whole family
    slots = rng.random((n_families, n_slots)).argsort(axis=1)
    start = slots * _slot(motifs) + rng.integers(0, _SPACER + 1, slots.shape)
    motif = rng.integers(0, len(motifs), slots.shape)
    strand = rng.choice([-1, 1], slots.shape)
    # (n_samples, n_slots): the first `count` slots of the family, in the members that carry them
    row, rank = np.nonzero((np.arange(n_slots) < count[family, None]) & carries[:, None])
    here = family[row], rank
    names = np.array(list(motifs), dtype=object)
    return pd.DataFrame({"row": row, "motif": names[motif[here]], "start": start[here], "strand": strand[here]})


def _plant(codes, sites, motifs, rng):
    """Return a copy of the codes with every site written, its ambiguous letters drawn anew."""
    codes = codes.copy()
    for name, places in sites.groupby("motif", sort=False):
        instances = np.stack([rng.choice(_symbols(letter), len(places)) for letter in motifs[name]], axis=1)
        for site, (row, start, strand) in zip(instances, places[["row", "start", "strand"]].to_numpy(), strict=True):
            codes[row, start : start + len(site)] = site if strand == 1 else DNA.complement_codes[site][::-1]
    return codes


def _symbols(letter):
    return np.array([DNA.symbols.index(symbol) for symbol in DNA.ambiguity.get(letter, letter)], np.uint8)


def _promoter_set(codes, y, family, sites, relatives):
    width = len(str(len(codes)))
    index = pd.Index([f"sim{i:0{width}d}" for i in range(1, len(codes) + 1)], name="identifier")
    names = np.array([f"family{i:02d}" for i in range(1, family.max() + 2)], dtype=object)
    tables = [_ortholog_table(index, relative, number) for number, relative in enumerate(relatives, start=1)]
    empty = pd.DataFrame(columns=["identifier", "ortholog", "species", "sequence"])
    return PromoterSet(
        sequences=pd.Series(codes_to_text(codes, DNA).tolist(), index=index, name="sequence"),
        y=pd.Series(y.astype(int), index=index, name="label"),
        groups=pd.Series(names[family], index=index, name="family"),
        motifs=sites.assign(row=index[sites["row"]]).rename(columns={"row": "identifier"}),
        orthologs=pd.concat(tables, ignore_index=True) if tables else empty,
    )


def _ortholog_table(index, codes, number):
    columns = {"identifier": index, "ortholog": index + f"-{number}", "species": f"simulated {number}"}
    return pd.DataFrame(columns | {"sequence": codes_to_text(codes, DNA)})
