"""Simulated promoters: planted motifs, gene families that share background, orthologs."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from seqaug_sklearn.alphabets import DNA
from seqaug_sklearn.datasets._simulated._planting import (
    check_motifs,
    check_shares,
    check_sizes,
    draw_background,
    draw_families,
    draw_instances,
    identifiers_of,
    mutate,
    name_families,
    ortholog_table,
)
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
    check_shares(
        mutation_rate=mutation_rate,
        site_turnover=site_turnover,
        label_noise=label_noise,
        ortholog_mutation_rate=ortholog_rate,
    )
    rng = check_generator(random_state)
    family = draw_families(n_samples, n_families, rng)
    codes = mutate(draw_background(n_families, length, _BACKGROUND, rng)[family], mutation_rate, _BACKGROUND, rng)
    sites = _draw_sites(family, motifs, n_slots, site_turnover, rng)
    # the label is that a site is there, and a share of labels is wrong
    y = np.isin(np.arange(n_samples), sites["row"]) ^ (rng.random(n_samples) < label_noise)
    relatives = []
    for _ in range(n_orthologs):
        # each ortholog has lost some sites of its own
        kept = sites[rng.random(len(sites)) >= site_turnover / 2]
        relatives.append(_plant(mutate(codes, ortholog_rate, _BACKGROUND, rng), kept, motifs, rng))
    return _promoter_set(_plant(codes, sites, motifs, rng), y, family, sites, relatives)


def _check_parameters(n_samples, length, n_families, motifs, n_orthologs):
    """Return the number of slots for sites: one site at most in each, so that sites cannot overlap."""
    check_sizes(n_samples, length, n_families, n_orthologs)
    check_motifs(motifs)
    n_slots = length // _slot(motifs)
    if n_slots < 4:
        raise invalid_parameter("length", f"must be at least {4 * _slot(motifs)} for these motifs, got {length}")
    return n_slots


def _slot(motifs):
    return max(map(len, motifs.values())) + _SPACER


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
        instances = draw_instances(motifs[name], len(places), rng)
        for site, (row, start, strand) in zip(instances, places[["row", "start", "strand"]].to_numpy(), strict=True):
            codes[row, start : start + len(site)] = site if strand == 1 else DNA.complement_codes[site][::-1]
    return codes


def _promoter_set(codes, y, family, sites, relatives):
    index = identifiers_of(len(codes))
    return PromoterSet(
        sequences=pd.Series(codes_to_text(codes, DNA).tolist(), index=index, name="sequence"),
        y=pd.Series(y.astype(int), index=index, name="label"),
        groups=name_families(family, index),
        motifs=sites.assign(row=index[sites["row"]]).rename(columns={"row": "identifier"}),
        orthologs=ortholog_table(index, relatives),
    )
