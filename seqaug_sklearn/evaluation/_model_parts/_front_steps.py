"""Features in front of a model without a network, the same for classes, numbers and labels."""

from typing import Any

import numpy as np

from seqaug_sklearn.evaluation._model_parts._costs import SHORTEST_OF_PARTS

__all__ = ["behind", "features_of", "flat_one_hot", "placed_and_shares", "trivial_features"]

_KMERS = {"protein": (2, 3)}
"""Shortest and longest k-mers of an alphabet, 5 and 6 for the others."""
_GAPPED = {"protein": (4, 2)}
"""Positions and residues of gapped k-mers of an alphabet, 7 and 5 for the others."""
_KMERS_OF_PARTS = {"protein": (1, 3)}
"""Those of whole sequences and their thirds, 4 to 6 for the others."""
_POSITIONAL_KMERS = {"protein": (1, 2)}
"""The same of k-mers by position, 1 to 5 for the others."""
_ENDS = 50
"""Positions that are read from either end."""
_LONGEST_PAIRS = 60
"""Residues up to which pairs by their position are features too: of longer sequences they are more than can be used."""


def behind(augmenters, *steps) -> Any:
    """Pipeline of the steps, behind augmenters that add rows where there are any."""
    if not augmenters:
        from sklearn.pipeline import make_pipeline

        return make_pipeline(*steps)
    from imblearn.pipeline import make_pipeline as make_resampling_pipeline

    # pipelines that resample take no pipelines as steps
    flat = [one for step in steps for _, one in getattr(step, "steps", [("", step)])]
    return make_resampling_pipeline(*augmenters, *flat)


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


def features_of(key: str, plan: Any, *, with_parts: bool = False) -> Any:
    """Features of text, for linear models, with the covariates beside them where rows have some.

    Parameters
    ----------
    key : str
        "kmers", "gapped-kmers", "positional-kmers", "motif-occupancies" or "language-model"; one-hot for any other.
    plan : Plan
        Kind of the data, and where motifs or the language model are.
    with_parts : bool, default=False
        Whether k-mers of long sequences are counted in their thirds, too. Gapped ones and motifs always are.
    """
    made = {
        "kmers": _kmers_in_parts if with_parts and _has_parts(plan) else _kmers,
        "gapped-kmers": _gapped_kmers,
        "positional-kmers": _positional_kmers,
        "motif-occupancies": _motif_occupancies,
        "language-model": _embeddings,
    }
    return _beside(plan, made[key](plan)) if key in made else flat_one_hot(plan)


def _kmers(plan, lengths=None):
    """Weighted counts of k-mers wherever they stand."""
    from seqaug_sklearn.features import KmerCounts

    return KmerCounts(
        lengths or _KMERS.get(plan.alphabet, (5, 6)),
        alphabet=plan.alphabet,
        canonical=plan.both_strands,
        weighting="tfidf",
        sublinear=True,
    )


def _kmers_in_parts(plan):
    """The same of the thirds, too, which hold fewer: shorter ones beside them."""
    return _in_parts(plan, _kmers(plan, _KMERS_OF_PARTS.get(plan.alphabet, (4, 6))))


def _in_parts(plan, transformer):
    """Features of whole sequences, and of long ones those of their thirds beside them."""
    if not _has_parts(plan):
        return transformer
    from seqaug_sklearn.features import SequenceParts

    return SequenceParts(transformer)


def _gapped_kmers(plan):
    """Weighted counts of gapped k-mers: few enough to be columns, so a model of them has weights, and no sequence."""
    from sklearn.feature_extraction.text import TfidfTransformer
    from sklearn.pipeline import make_pipeline

    from seqaug_sklearn.features import GappedKmerCounts

    length, k = _GAPPED.get(plan.alphabet, (7, 5))
    counts = GappedKmerCounts(length, k, alphabet=plan.alphabet, canonical=plan.both_strands)
    return _in_parts(plan, make_pipeline(counts, TfidfTransformer(sublinear_tf=True)))


def _positional_kmers(plan):
    """Which k-mer stands where, from the start."""
    from seqaug_sklearn.features import PositionalKmers

    return PositionalKmers(_POSITIONAL_KMERS.get(plan.alphabet, (1, 5)), alphabet=plan.alphabet)


def _motif_occupancies(plan):
    """How strongly known motifs occur, and in long sequences in which third."""
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    from seqaug_sklearn.features import MotifOccupancy

    strand = "both" if plan.both_strands else "single"
    occupancy = MotifOccupancy(plan.motifs, alphabet=plan.alphabet, strand=strand)
    return make_pipeline(_in_parts(plan, occupancy), StandardScaler())


def _has_parts(plan):
    return plan.shortest >= SHORTEST_OF_PARTS


def _embeddings(plan):
    """Mean vectors of a language model, each computed once and kept on disk."""
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    from seqaug_sklearn.evaluation._model_parts._language_models import cached_embedder

    return make_pipeline(cached_embedder(plan.language_model, plan.device), StandardScaler())


def placed_and_shares(plan: Any) -> Any:
    """Which symbol, and in short sequences which pair, stands where, beside shares of symbols and of pairs."""
    from sklearn.pipeline import FeatureUnion

    from seqaug_sklearn.features import PositionalKmers, SequenceComposition

    has_pairs = plan.alphabet != "protein" and plan.longest + plan.window - 1 <= _LONGEST_PAIRS
    placed = PositionalKmers((1, 2) if has_pairs else 1, alphabet=plan.alphabet, sparse_output=False)
    shares = SequenceComposition(plan.alphabet, groups="usual")
    return _beside(plan, FeatureUnion([("positions", placed), ("composition", shares)]))


def trivial_features(key: str, alphabet: Any, *, covariates: bool = False) -> list[Any]:
    """Steps that see shares of symbols and of pairs of neighbours, the symbols near both ends, or the covariates.

    Parameters
    ----------
    key : {"composition", "positions", "covariates"}
        What is seen.
    alphabet : str or Alphabet
        Alphabet of the sequences.
    covariates : bool, default=False
        Whether rows have covariates; the first two leave them out.
    """
    if key == "covariates":
        from seqaug_sklearn.encoding import CovariateEncoder

        return [CovariateEncoder()]
    from sklearn.preprocessing import StandardScaler

    from seqaug_sklearn.features import PositionalKmers, SequenceComposition, TextColumn

    text = [TextColumn()] if covariates else []
    if key == "composition":
        # shares: the length is another thing
        return [*text, SequenceComposition(alphabet, dtype=np.float64), StandardScaler()]
    return [*text, PositionalKmers(1, anchor="both", n_positions=_ENDS, alphabet=alphabet, dtype=np.float64)]
