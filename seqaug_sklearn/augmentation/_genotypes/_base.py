"""What generators of genotypes share: reading the input, the populations, ``sample`` and ``fit_resample``."""

from abc import abstractmethod
from collections.abc import Mapping, Set
from typing import ClassVar

import numpy as np
import pandas as pd
from imblearn.over_sampling.base import BaseOverSampler
from imblearn.utils import check_sampling_strategy
from sklearn.utils.validation import check_is_fitted, validate_data

from seqaug_sklearn.base import ResamplerMixin
from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.genotypes import check_genotypes, is_genotype_set, warn_of_encoding
from seqaug_sklearn.utils import (
    PortableState,
    check_class_labels,
    check_generator,
    draw_seed,
    mark_made_of_all,
    require_memory,
    warn_of_parted_rows,
)
from seqaug_sklearn.utils._sklearn import Integral, Interval, StrOptions, fit_context, validate_params

__all__ = ["GenotypeSampler"]

_RANDOM_STATE = ["random_state", np.random.Generator]


class GenotypeSampler(ResamplerMixin, PortableState, BaseOverSampler):
    """Base of estimators that learn the genotypes of populations and make new individuals.

    Subclasses give ``_fit(X, codes, rng)`` and ``_sample(codes, rng)``, both on individuals: X is the checked int8
    array in ``self.encoding`` (``"haplotype"``: two rows per individual), ``codes`` the index into ``populations_`` of
    each individual, ``rng`` a ``numpy.random.Generator``. ``_sample`` gives an int8 array in ``self.encoding`` and
    changes nothing on ``self``.

    Notes
    -----
    ``sample`` draws from ``seed_``, which ``fit`` took from ``random_state``: the same call gives the same individuals,
    ``sample(..., random_state=other)`` gives others.
    """

    _parameter_constraints: ClassVar[dict] = {
        "encoding": [StrOptions({"dosage", "phased", "haplotype"})],
        "sampling_strategy": BaseOverSampler._parameter_constraints["sampling_strategy"],
        "random_state": _RANDOM_STATE,
    }

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = False
        return tags

    @abstractmethod
    def _fit(self, X, codes, rng):
        """Learn from individuals: X int8 in ``self.encoding``, ``codes`` int of shape (n_individuals,)."""

    @abstractmethod
    def _sample(self, codes, rng):
        """Make one individual per entry of ``codes``, as int8 in ``self.encoding``."""

    def _after_fit(self):
        """Say what the user should know of the fit."""

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y=None):
        """Learn the genotypes of each population.

        Parameters
        ----------
        X : array-like of int of shape (n_samples, n_variants) or GenotypeSet
            Genotypes in ``encoding``. With ``"haplotype"``, two rows per individual. Nothing may be missing.
        y : array-like of shape (n_samples,), default=None
            Population of each row. None takes the populations of the GenotypeSet.

        Returns
        -------
        self : object

        Raises
        ------
        DataFormatError
            If X is not in ``encoding`` or misses calls.
        ValueError
            If y is absent, incomplete or of another length, or a population has fewer than two individuals.
        """
        self._learn(*self._read(X, y))
        self._after_fit()
        return self

    @fit_context(prefer_skip_nested_validation=True)
    def fit_resample(self, X, y=None):
        """Fill up the small populations with new individuals.

        Parameters
        ----------
        X : array-like of int of shape (n_samples, n_variants) or GenotypeSet
            Genotypes in ``encoding``.
        y : array-like of shape (n_samples,), default=None
            Population of each row. None takes the populations of the GenotypeSet.

        Returns
        -------
        X_resampled : ndarray of int8 or DataFrame of shape (n_samples_new, n_variants)
            The rows of X in their order, then the new individuals by population. A DataFrame keeps its columns and
            dtypes and gets a new index, because the new individuals have no identifier.
        y_resampled : ndarray or Series of shape (n_samples_new,)
            Their populations.

        Raises
        ------
        DataFormatError, ValueError
            As in ``fit``; or if there is one population only, or ``sampling_strategy`` does not fit y.
        """
        genotypes, labels = self._fit_resample(*self._read(X, y))
        self._after_fit()
        made = _like(X, genotypes)
        mark_made_of_all(made, f"{type(self).__name__}.fit_resample")
        return made, _like(y, labels)

    @validate_params(
        {"n_samples": [Interval(Integral, 1, None, closed="left")], "random_state": _RANDOM_STATE},
        prefer_skip_nested_validation=True,
    )
    def sample(self, n_samples, y=None, *, random_state=None):
        """Make new individuals.

        Parameters
        ----------
        n_samples : int
            Number of individuals.
        y : label or array-like of shape (n_samples,), default=None
            Population of all of them, or of each. None shares them out as in training, in random order.
        random_state : int, RandomState, Generator or None, default=None
            None draws from the seed of ``fit``: the same call gives the same individuals.

        Returns
        -------
        X : ndarray of int8 of shape (n_samples, n_variants)
            Genotypes in ``encoding``; with ``"haplotype"`` of shape (2 * n_samples, n_variants), rows paired.
        y : ndarray of shape (len(X),)
            Population of each row.

        Raises
        ------
        NotFittedError
            Before ``fit``.
        ValueError
            If n_samples is below 1, y has another length, or a label was not in training.
        InsufficientMemoryError
            If the individuals are more than memory holds; ``iter_sample`` makes them in chunks.
        """
        return next(self.iter_sample(n_samples, y, chunk_size=None, random_state=random_state))

    @validate_params(
        {
            "n_samples": [Interval(Integral, 1, None, closed="left")],
            "chunk_size": [Interval(Integral, 1, None, closed="left"), None],
            "random_state": _RANDOM_STATE,
        },
        prefer_skip_nested_validation=True,
    )
    def iter_sample(self, n_samples, y=None, *, chunk_size=5000, random_state=None):
        """Make new individuals in chunks, so that all of them never stand in memory.

        Parameters
        ----------
        n_samples : int
            Number of individuals.
        y : label or array-like of shape (n_samples,), default=None
            As in ``sample``.
        chunk_size : int or None, default=5000
            Individuals per chunk; None gives one chunk. Another size gives other individuals. Every chunk costs a pass
            over the variants, so small chunks take longer.
        random_state : int, RandomState, Generator or None, default=None
            As in ``sample``.

        Returns
        -------
        chunks : iterator of (X, y)
            As ``sample`` gives them.

        Raises
        ------
        NotFittedError, ValueError
            As in ``sample``, at the call and not at the first chunk.
        """
        check_is_fitted(self)
        rng = np.random.default_rng(self.seed_) if random_state is None else check_generator(random_state)
        codes = self._population_codes(n_samples, y, rng)
        size = n_samples if chunk_size is None else chunk_size
        n_individuals, n_rows = min(size, n_samples), 2 if self.encoding == "haplotype" else 1
        require_memory(
            float(n_individuals) * n_rows * self.n_features_in_,
            f"the genotypes of {n_individuals} individuals at {self.n_features_in_} variants",
            "make them in smaller chunks, with iter_sample(..., chunk_size=...)",
        )
        return self._chunks(codes, size, rng)

    def _fit_resample(self, X, y):
        strategy = check_sampling_strategy(self.sampling_strategy, self._per_person(y), self._sampling_type)
        self._learn(X, y)
        self.sampling_strategy_ = strategy
        wanted = [strategy.get(label, 0) for label in self.populations_]
        codes = np.repeat(np.arange(len(wanted)), wanted)
        new = self._sample(codes, np.random.default_rng(self.seed_)) if len(codes) else X[:0]
        self.sample_indices_ = np.concatenate([np.arange(len(X)), np.full(len(new), -1)])
        return np.concatenate([X, new]), np.concatenate([y, self._per_row(self.populations_[codes])])

    def _chunks(self, codes, size, rng):
        for start in range(0, len(codes), size):
            chunk = codes[start : start + size]
            yield self._sample(chunk, rng), self._per_row(self.populations_[chunk])

    def _learn(self, X, labels):
        """Learn from checked genotypes and labels of each row."""
        self.n_features_in_ = X.shape[1]
        rng = check_generator(self.random_state)
        self.populations_, codes = np.unique(self._per_person(labels), return_inverse=True)
        self.population_counts_ = np.bincount(codes)
        self._check_counts()
        self._fit(X, codes, rng)
        self.seed_ = draw_seed(rng)

    def _read(self, X, y):
        """Return genotypes and labels of each row: the only place where they are checked."""
        if self.encoding == "dosage":
            raise DataFormatError(
                f"encoding='dosage' is no encoding of {type(self).__name__}: allele counts do not say which chromosome "
                "carries an allele. Read phased genotypes, for example read_genotypes(path, encoding='phased'), or "
                "phase the file with a phasing program first"
            )
        warn_of_parted_rows(X)
        genotypes = check_genotypes(X, self.encoding, allow_missing=False)
        if is_genotype_set(X):
            if y is None and X.populations is not None:
                y = self._per_row(np.asarray(X.populations))
            X = X.genotypes
        else:
            warn_of_encoding(genotypes, self.encoding, takes_counts=False)
        validate_data(self, X, reset=True, skip_check_array=True)
        return genotypes, self._check_labels(y, len(genotypes))

    def _check_labels(self, y, n_rows):
        if y is None:
            raise ValueError(
                "y is missing: give the population of each row (for a single population, one label for all)"
            )
        column = getattr(y, "ndim", 1) == 2 and y.shape[1] == 1
        labels = check_class_labels(np.asarray(y)[:, 0] if column else y, n_rows)
        if self.encoding == "haplotype" and (labels[::2] != labels[1::2]).any():
            pair = int(np.flatnonzero(labels[::2] != labels[1::2])[0])
            raise ValueError(
                f"rows {2 * pair} and {2 * pair + 1} are the haplotypes of one individual, but y gives them two "
                f"labels: {labels.tolist()[2 * pair]!r} and {labels.tolist()[2 * pair + 1]!r}"
            )
        return labels

    def _check_counts(self):
        small = np.flatnonzero(self.population_counts_ < 2)
        if len(small):
            raise ValueError(
                f"population {self.populations_.tolist()[small[0]]!r} has fewer than two individuals; leave it out or "
                "merge it with another"
            )

    def _population_codes(self, n_samples, y, rng):
        if isinstance(y, (Mapping, Set)):
            raise ValueError(
                f"y must be a label or one label per individual, in their order, got a {type(y).__name__}; for so many "
                "of each population, repeat the labels with numpy.repeat"
            )
        if y is None:
            return rng.permutation(np.repeat(np.arange(len(self.populations_)), self._shares(n_samples)))
        labels = np.full(n_samples, y) if np.ndim(y) == 0 else np.asarray(y)
        if labels.shape != (n_samples,):
            raise ValueError(
                f"y must be a label or one label per individual, shape ({n_samples},), got shape {labels.shape}"
            )
        codes = pd.Index(self.populations_).get_indexer(labels)
        if (codes < 0).any():
            raise ValueError(
                f"y has the population {labels[codes < 0].tolist()[0]!r}, which was not in training; "
                f"known are {self.populations_.tolist()}"
            )
        return codes

    def _shares(self, n_samples):
        """Individuals per population as in training, by largest remainder."""
        exact = n_samples * self.population_counts_ / self.population_counts_.sum()
        counts = exact.astype(int)
        counts[np.argsort(counts - exact, kind="stable")[: n_samples - counts.sum()]] += 1
        return counts

    def _per_row(self, labels):
        return np.repeat(labels, 2) if self.encoding == "haplotype" else labels

    def _per_person(self, labels):
        return labels[::2] if self.encoding == "haplotype" else labels


def _like(original, values):
    """Give values the pandas form of the original."""
    if isinstance(original, pd.DataFrame):
        return pd.DataFrame(values.reshape(len(values), -1), columns=original.columns).astype(original.dtypes)
    if isinstance(original, pd.Series):
        return pd.Series(values, name=original.name).astype(original.dtype)
    return values
