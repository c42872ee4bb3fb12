"""Features in front of a model without a network, the same for classes, numbers and labels."""

from typing import Any

import numpy as np

__all__ = ["behind", "flat_one_hot", "kmer_counts", "placed_and_shares", "positional_kmers", "trivial_features"]

_KMERS = {"protein": (2, 3)}
"""Shortest and longest k-mers of an alphabet, 5 and 6 for the others."""
_POSITIONAL_KMERS = {"protein": (1, 2)}
"""The same of k-mers by position, 1 to 5 for the others."""
_ENDS = 50
"""Positions that are read from either end."""
_LONGEST_PAIRS = 60
"""Residues up to which pairs by their position are features too: of longer sequences they are more than can be used."""


def behind(augmenters, *steps) -> Any:
    """Pipeline of the steps, behind augmenters that add rows where there are any."""
    if augmenters:
        from imblearn.pipeline import make_pipeline
    else:
        from sklearn.pipeline import make_pipeline
    return make_pipeline(*augmenters, *steps)


def _beside(plan, transformer):
    """The features alone, or in front of the covariates where rows have some."""
    if not plan.covariates:
        return transformer
    from seqaug_sklearn.features import SequenceAndCovariates

    return SequenceAndCovariates(transformer)


def flat_one_hot(plan: Any) -> Any:
    """Which symbol stands where, of the positions of the longest training sequence."""
    from seqaug_sklearn.encoding import OneHotEncoder

    return _beside(plan, OneHotEncoder(plan.alphabet, flatten=True, truncate=True))


def kmer_counts(plan: Any) -> Any:
    """Weighted counts of k-mers wherever they stand."""
    from seqaug_sklearn.features import KmerCounts

    counts = KmerCounts(
        _KMERS.get(plan.alphabet, (5, 6)),
        alphabet=plan.alphabet,
        canonical=plan.both_strands,
        weighting="tfidf",
        sublinear=True,
    )
    return _beside(plan, counts)


def positional_kmers(plan: Any) -> Any:
    """Which k-mer stands where, from the start."""
    from seqaug_sklearn.features import PositionalKmers

    return _beside(plan, PositionalKmers(_POSITIONAL_KMERS.get(plan.alphabet, (1, 5)), alphabet=plan.alphabet))


def placed_and_shares(plan: Any) -> Any:
    """Which symbol, and in short sequences which pair, stands where, beside shares of symbols and of pairs."""
    from sklearn.pipeline import FeatureUnion

    from seqaug_sklearn.features import PositionalKmers, SequenceComposition

    has_pairs = plan.alphabet != "protein" and plan.longest + plan.window - 1 <= _LONGEST_PAIRS
    placed = PositionalKmers((1, 2) if has_pairs else 1, alphabet=plan.alphabet, sparse_output=False)
    shares = SequenceComposition(plan.alphabet, groups="usual")
    return _beside(plan, FeatureUnion([("positions", placed), ("composition", shares)]))


def trivial_features(key: str, alphabet: Any) -> list[Any]:
    """Steps that see shares of symbols and of pairs of neighbours, the symbols near both ends, or the covariates.

    Parameters
    ----------
    key : {"composition", "positions", "covariates"}
        What is seen.
    alphabet : str or Alphabet
        Alphabet of the sequences.
    """
    if key == "covariates":
        from seqaug_sklearn.encoding import CovariateEncoder

        return [CovariateEncoder()]
    from sklearn.preprocessing import StandardScaler

    from seqaug_sklearn.features import PositionalKmers, SequenceComposition

    if key == "composition":
        # shares: the length is another thing
        return [SequenceComposition(alphabet, dtype=np.float64), StandardScaler()]
    return [PositionalKmers(1, anchor="both", n_positions=_ENDS, alphabet=alphabet, dtype=np.float64)]
