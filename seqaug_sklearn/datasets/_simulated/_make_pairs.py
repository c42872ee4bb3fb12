"""Simulated pairs of promoters: orthologs or not."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from seqaug_sklearn.datasets._simulated._make_promoters import make_promoters
from seqaug_sklearn.reporting import Shown
from seqaug_sklearn.utils import check_generator, invalid_parameter, is_number, is_whole

__all__ = ["PairSet", "make_pairs"]

_SHORTEST = 64


@dataclass(frozen=True, repr=False)
class PairSet(Shown):
    """Simulated pairs; made by :func:`make_pairs`.

    Attributes
    ----------
    pairs : pandas.DataFrame of str of shape (n_pairs, 2)
        Columns ``first, second``: promoters of the one and of the other species, indexed by pair.
    y : pandas.Series of int of shape (n_pairs,)
        1 = orthologs, 0 = not; same index.
    members : pandas.DataFrame of str of shape (n_pairs, 2)
        Identifiers of both promoters; same index and columns.
    families : pandas.DataFrame of str of shape (n_pairs, 2)
        Gene families of both promoters; same index and columns.
    """

    pairs: pd.DataFrame
    y: pd.Series
    members: pd.DataFrame
    families: pd.DataFrame

    def _sentences(self):
        members, families = (len(pd.unique(table.to_numpy().ravel())) for table in (self.members, self.families))
        return [
            f"{len(self.y)} simulated pairs, {int(self.y.sum())} of them orthologs, of {members} members of {families} "
            "families."
        ]

    def to_frame(self) -> pd.DataFrame:
        """Return ``first, second, label`` in one table, indexed by pair."""
        return self.pairs.assign(label=self.y)


def make_pairs(
    n_pairs: int = 400,
    length: int = 200,
    *,
    family_size: int = 5,
    paralogs: float = 0.5,
    mutation_rate: float = 0.2,
    random_state=None,
) -> PairSet:
    """Simulate pairs of promoters of two species, half of them orthologs.

    Each gene stands in one pair with its ortholog and in one with the promoter of another gene, so neither promoter
    reveals the label alone. A share of those other genes are paralogs, which are relatives too. A random split knows
    most members of a test pair from training: split by `members`, or stricter by `families`. In a random split, a model
    that goes by one member scores below one half, because that gene's other pair has the other label.

    Parameters
    ----------
    n_pairs : int, default=400
        Pairs, an even number of at least 8.
    length : int, default=200
        Residues of each promoter, at least 64: room for four motifs.
    family_size : int, default=5
        Genes of a family, at least 1, which :func:`make_promoters` lets descend from one ancestor.
    paralogs : float, default=0.5
        Share of the pairs without orthologs that are of one family, where families have several genes.
    mutation_rate : float, default=0.2
        Share of background residues substituted between ancestor and gene, and between gene and ortholog.
    random_state : None, int, RandomState or Generator, default=None
        Seed.

    Returns
    -------
    PairSet

    Raises
    ------
    ValueError
        If a parameter is out of range.

    See Also
    --------
    make_promoters : The promoters.
    seqaug_sklearn.model_selection.ColdPairKFold : Test pairs with unseen members.

    Examples
    --------
    >>> from seqaug_sklearn.datasets import make_pairs
    >>> data = make_pairs(20, random_state=0)
    >>> data.pairs.shape, int(data.y.sum()), data.members.iloc[0].tolist()
    ((20, 2), 10, ['sim07', 'sim04-1'])
    """
    n_genes = _check_parameters(n_pairs, length, family_size, paralogs)
    rng = check_generator(random_state)
    promoters = make_promoters(
        n_genes,
        length,
        n_families=max(2, n_genes // family_size),
        n_orthologs=1,
        mutation_rate=mutation_rate,
        random_state=rng,
    )
    family = promoters.groups.to_numpy()
    first = np.tile(np.arange(n_genes), 2)
    # a positive and a negative pair for each gene of the first species, so that this member alone tells no label
    second = np.concatenate([np.arange(n_genes), _other_genes(family, paralogs, rng)])
    return _pair_set(promoters, first, second, rng.permutation(n_pairs))


def _check_parameters(n_pairs, length, family_size, paralogs):
    """Return the number of genes."""
    if not is_whole(n_pairs) or isinstance(n_pairs, bool) or n_pairs < 8 or n_pairs % 2:
        raise invalid_parameter("n_pairs", f"must be an even number of at least 8, got {n_pairs!r}")
    if not is_whole(length) or isinstance(length, bool) or length < _SHORTEST:
        raise invalid_parameter(
            "length", f"must be a whole number of at least {_SHORTEST}, room for four motifs, got {length!r}"
        )
    n_genes = int(n_pairs) // 2
    if not is_whole(family_size) or isinstance(family_size, bool) or family_size < 1:
        raise invalid_parameter("family_size", f"must be a whole number of at least 1, got {family_size!r}")
    if not is_number(paralogs) or not 0 <= paralogs <= 1:
        raise invalid_parameter("paralogs", f"must be a share from 0 to 1, got {paralogs!r}")
    return n_genes


def _other_genes(family, paralogs, rng):
    """For each gene another one: of its family with the probability ``paralogs``, else of another family."""
    other = np.empty(len(family), np.intp)
    for gene, related in enumerate(rng.random(len(family)) < paralogs):
        same = family == family[gene]
        same[gene] = False
        fitting = same if related and same.any() else family != family[gene]
        other[gene] = rng.choice(np.flatnonzero(fitting))
    return other


def _pair_set(promoters, first, second, order):
    orthologs = promoters.orthologs
    names, families = promoters.sequences.index.to_numpy(), promoters.groups.to_numpy()
    index = pd.Index([f"pair{i:0{len(str(len(order)))}d}" for i in range(1, len(order) + 1)], name="pair")

    def frame(of_first, of_second):
        columns = {"first": of_first[first[order]], "second": of_second[second[order]]}
        return pd.DataFrame(columns, index=index)

    return PairSet(
        pairs=frame(promoters.sequences.to_numpy(), orthologs["sequence"].to_numpy()),
        y=pd.Series((first == second)[order].astype(int), index=index, name="label"),
        members=frame(names, orthologs["ortholog"].to_numpy()),
        families=frame(families, families),
    )
