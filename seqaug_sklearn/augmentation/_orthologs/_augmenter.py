"""Orthologs as additional training rows."""

from numbers import Integral, Real
from typing import ClassVar

import numpy as np
import pandas as pd
from imblearn.base import SamplerMixin
from sklearn.base import BaseEstimator

from seqaug_sklearn.alphabets import Alphabet, get_alphabet
from seqaug_sklearn.augmentation._orthologs._batches import TrainingOrthologs, as_index
from seqaug_sklearn.augmentation._orthologs._checks import (
    check_identified,
    check_length,
    check_names_of_exclude,
    check_report,
    check_symbols,
    read_exclude,
    tell_names_of_exclude,
    tell_unknown,
)
from seqaug_sklearn.augmentation._orthologs._draws import draw_of_classes, draw_of_rows
from seqaug_sklearn.augmentation._orthologs._own_targets import append_targets, own_targets, with_target_only
from seqaug_sklearn.augmentation._orthologs._selection import OrthologTable, select_orthologs, similar_pairs
from seqaug_sklearn.augmentation._sampling_strategy import (
    SAMPLING_STRATEGIES,
    check_no_sampling_strategy,
    rows_to_add,
)
from seqaug_sklearn.base import ResamplerMixin, TextInputMixin
from seqaug_sklearn.exceptions import SeqAugWarning
from seqaug_sklearn.similarity import USUAL_SHARE
from seqaug_sklearn.utils import (
    Parameter,
    PortableState,
    brief,
    check_generator,
    check_same_order,
    check_sequences,
    invalid_parameter,
    mark_made_rows,
    read_target,
    replaced_text,
    warn,
    warn_of_parted_rows,
)
from seqaug_sklearn.utils._sklearn import Interval, StrOptions, fit_context, take_rows

__all__ = ["OrthologAugmenter"]


class OrthologAugmenter(ResamplerMixin, PortableState, TextInputMixin, SamplerMixin, BaseEstimator):
    """Add the orthologs of training rows, or swap them in during training, with their gene's label or their own.

    An ortholog is a new sequence, usually under the label of its gene, and so it can leak: one that also belongs to a
    held-out gene, or that is nearly identical to a held-out row, reveals the test set's labels. The first kind never
    gets into training. The second is found by ``exclude``: pass the whole data set there, held-out rows included.

    ``fit_resample`` adds rows, for any classifier in an ``imblearn.pipeline.Pipeline``; ``augment=`` of the neural
    classifiers swaps orthologs in, anew in each batch, as DeepDifE does [1]_. Both find orthologs by identifier: the
    index of a Series or one-column DataFrame, which survives scikit-learn's splits.

    Parameters
    ----------
    orthologs : DataFrame or dict
        What :func:`~seqaug_sklearn.datasets.read_orthologs` gives: a row per pair with the columns ``identifier`` (of
        the gene) and ``sequence``, and perhaps ``ortholog`` (its name), ``species`` and ``label``. Or identifier ->
        list of sequences or of (name, sequence). Equal sequences are one ortholog.
    targets : {"gene", "own"}, default="gene"
        Whose label an ortholog has: its gene's, as nothing else is known of most, or its own, where it was measured
        too. Its own stands in the columns of the table named as the targets (the name of a Series y, the columns of a
        frame), or in ``label``; orthologs without one are left out. Numbers of orthologs often differ from their
        gene's.
    rate : float, default=0.7
        Probability, per row and batch, that a row is swapped for one of its orthologs, all equally likely. Rows without
        orthologs stay. Used in training only.
    n_copies : int or None, default=None
        Most orthologs that ``fit_resample`` adds per row, drawn at random; None adds all.
    sampling_strategy : float, str, dict, callable or None, default=None
        Orthologs for some classes only, in the numbers of imbalanced-learn's over-samplers: "auto" (that is "not
        majority") or "minority" bring classes to the size of the largest one, a dict to a number of rows, a float to a
        ratio of two classes. Each row of a class gets one before any gets a second; where a class has fewer orthologs
        than that, all are added, with a warning. None: all classes alike. For ``fit_resample`` only: in training no
        rows are added, so it is an error there; and so it is with ``targets="own"`` or y of numbers or several labels.
    exclude : Series or one-column DataFrame of str, default=None
        Sequences indexed by identifier, as in X: the whole data set. An ortholog similar to one of them whose
        identifier is not among the training rows is not used. It also says which genes the data hold at all.
    exclude_threshold : float, default=0.04
        Similar: the ortholog holds this share of the row's distinct k-mers (12 residues; 5 for proteins), and at least
        as many as a run of ``exclude_run`` has.
    exclude_run : int or None, default=None
        Similar: the two share this many consecutive residues. None: what
        :func:`~seqaug_sklearn.model_selection.audit_leakage` would take for the rows of ``exclude`` alone, 20 residues
        (8 for proteins) or more where chance alone gives longer runs. With both at their defaults distant homologs
        are similar, too: they are aligned as in that audit, where parasail is installed (the extra ``audit``) and it
        takes three minutes at most.
    on_conflict : {"drop", "keep", "raise"}, default="drop"
        What to do with orthologs of several labels: those that serve training rows of different classes, and those
        whose own ``label`` is another than their row's. Dropped or kept with a warning, or an error. Numbers and
        several labels never conflict, and own targets do not either.
    truncate : {"left", "right"} or None, default=None
        From which end longer orthologs are cut to the length of the longest training row: "left" keeps the right end
        (of promoters the start of the gene), "right" the left end. None is an error in training, and leaves the text
        as it is in ``fit_resample``.
    alphabet : {"dna", "rna", "protein"} or Alphabet, default="dna"
        Alphabet. Where it has a complement, both strands are compared with ``exclude``.
    random_state : int, RandomState, Generator or None, default=None
        Seed of ``n_copies``.

    Attributes
    ----------
    sample_indices_ : int ndarray of shape (n_samples_new,)
        Row of X that each row of the output is, or inherits its label and group from.
    ortholog_names_ : ndarray of shape (n_orthologs,)
        Names of the added rows.
    n_orthologs_ : int
        Rows added.
    sampling_strategy_ : dict or None
        Orthologs that each class should get; None without ``sampling_strategy``.
    report_ : Series of int
        Counts: ``rows``, ``rows_with_orthologs`` (usable ones), ``genes`` of the table and how many of them are
        ``unknown_genes``; of the distinct ``orthologs`` how many are ``usable``, ``held_out`` (no gene of theirs is in
        training, one is in ``exclude``), ``unknown`` (no gene of theirs is in either), ``shared`` with a gene outside
        training (or one itself), ``near_held_out`` (``exclude``) or in label ``conflicts`` (of which
        ``on_conflict="keep"`` uses all) or, with ``targets="own"``, ``without_target``; ``added`` rows. Without
        ``exclude`` an unknown gene looks like a held-out one: both are counted as ``held_out_or_unknown``.

    See Also
    --------
    seqaug_sklearn.datasets.read_orthologs : FASTA files with tables of pairs, or a tidy table.
    seqaug_sklearn.model_selection.audit_leakage : Whether test rows share sequence with training rows.

    Notes
    -----
    Every gene that is not among the training rows counts as held out, also one that the data do not hold, because an
    estimator sees its training rows only. ``fit_resample`` puts the parent's identifier into the index of an added row,
    so tables by identifier still fit; groups are ``groups[sample_indices_]``.

    Shorter orthologs start where the rows start, and zeros fill their right end, as everywhere in this package. Where
    rows are aligned at their right end (promoters), give orthologs of the same length, or ``truncate="left"`` and
    longer ones.

    ``augment=`` takes whole sequences only. To combine orthologs with windows, put this class in front of
    ``WindowAugmenter`` in a pipeline of imbalanced-learn.

    Orthologs are given on the strand of their gene. DeepDifE's random strand per row is
    ``RandomReverseComplement`` behind the orthologs. The comparison with ``exclude`` takes a second for 1,500 rows and
    1,200 orthologs of 600 residues, and some five more with alignments, once per process and not per fold.

    References
    ----------
    .. [1] DeepDifE, https://github.com/VIB-PSB/DeepDifE; orthologs in training also: Duncan, Mitchell and Moses,
       Bioinformatics 40 (2024), doi 10.1093/bioinformatics/btae190.

    Examples
    --------
    >>> import pandas as pd
    >>> from seqaug_sklearn.augmentation import OrthologAugmenter
    >>> orthologs = {"a": ["ACGTTGCC"], "b": [("b-cru", "GGATCCAT"), ("b-chi", "GGATCCTT")], "held out": ["TTTTACGG"]}
    >>> X = pd.Series(["ACGTTGCA", "GGATCCAA"], index=["a", "b"])
    >>> augmenter = OrthologAugmenter(orthologs)
    >>> X_new, y_new = augmenter.fit_resample(X, [1, 0])
    >>> X_new.to_list()
    ['ACGTTGCA', 'GGATCCAA', 'ACGTTGCC', 'GGATCCAT', 'GGATCCTT']
    >>> y_new, X_new.index.to_list(), augmenter.ortholog_names_.tolist()
    ([1, 0, 1, 0, 0], ['a', 'b', 'a', 'b', 'b'], ['a:1', 'b-cru', 'b-chi'])
    >>> int(augmenter.report_["held_out_or_unknown"])
    1
    """

    _parameter_constraints: ClassVar[dict] = {
        # read by code of their own: a message of scikit-learn would hold all the data
        "orthologs": "no_validation",
        "targets": [StrOptions({"gene", "own"})],
        "rate": [Interval(Real, 0, 1, closed="both")],
        "n_copies": [Interval(Integral, 1, None, closed="left"), None],
        "sampling_strategy": SAMPLING_STRATEGIES,
        "exclude": "no_validation",
        "exclude_threshold": [Interval(Real, 0, 1, closed="right")],
        "exclude_run": [Interval(Integral, 1, None, closed="left"), None],
        "on_conflict": [StrOptions({"drop", "keep", "raise"})],
        "truncate": [StrOptions({"left", "right"}), None],
        "alphabet": [StrOptions({"dna", "rna", "protein"}), Alphabet],
        "random_state": ["random_state", np.random.Generator],
    }

    _needs_whole_sequences = True
    """Read by the neural classifiers: a window of a row must not be swapped for an ortholog of the whole row."""

    def __init__(
        self,
        orthologs,
        *,
        targets="gene",
        rate=0.7,
        n_copies=None,
        sampling_strategy=None,
        exclude=None,
        exclude_threshold=USUAL_SHARE,
        exclude_run=None,
        on_conflict="drop",
        truncate=None,
        alphabet="dna",
        random_state=None,
    ):
        self.orthologs = orthologs
        self.targets = targets
        self.rate = rate
        self.n_copies = n_copies
        self.sampling_strategy = sampling_strategy
        self.exclude = exclude
        self.exclude_threshold = exclude_threshold
        self.exclude_run = exclude_run
        self.on_conflict = on_conflict
        self.truncate = truncate
        self.alphabet = alphabet
        self.random_state = random_state

    def __repr__(self, N_CHAR_MAX=700):
        return BaseEstimator.__repr__(brief(self), N_CHAR_MAX)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        return tags

    def fit(self, X, y):
        """Choose the orthologs of the rows; ``fit_resample`` does this and gives them.

        Parameters
        ----------
        X, y : Series or one-column DataFrame of str, array-like of shape (n_samples,)
            As in ``fit_resample``.

        Returns
        -------
        self : OrthologAugmenter
        """
        self.fit_resample(X, y)
        return self

    @fit_context(prefer_skip_nested_validation=True)
    def fit_resample(self, X, y):
        """Add the orthologs of the training rows, behind the rows: split first, because they resemble their row.

        Orthologs of all rows that are split afterwards reveal the labels of test rows. In a pipeline of
        imbalanced-learn this cannot happen; elsewhere give ``X[train]``, or keep rows and orthologs together with
        ``groups=sample_indices_``.

        Parameters
        ----------
        X : Series or one-column DataFrame of str of shape (n_samples,)
            Training rows, by identifier; each identifier once. Orthologs inherit the covariates of a frame that has
            some.
        y : array-like of shape (n_samples,) or (n_samples, n_targets)
            Classes, numbers or several labels.

        Returns
        -------
        X_resampled : Series or one-column DataFrame of shape (n_samples_new,)
            The rows of X, then orthologs in the order of their rows, under the identifier of their row.
        y_resampled : array-like of shape (n_samples_new,) or (n_samples_new, n_targets)
            Labels in the form of y.

        Raises
        ------
        SequenceTypeError
            If X has no identifiers, or holds something else than text.
        SequenceError
            If an identifier stands for several rows, a symbol of X, ``exclude`` or the orthologs is outside the
            alphabet, or ``exclude`` holds most rows under other names.
        DataFormatError
            If the table of orthologs is empty or lacks a column, a name stands for two sequences, or a sequence has two
            own labels.
        ValueError
            If no row has an ortholog, y has another length than X or another order of the same index, the orthologs'
            labels are none of y's, labels conflict and ``on_conflict="raise"``, or ``sampling_strategy`` does not fit
            y.

        Warns
        -----
        SeqAugWarning
            If no ortholog may be used, or fewer than ``sampling_strategy`` asks for, labels conflict, more than half of
            the genes are unknown, or ``exclude`` holds training rows under other names.
        """
        return self._fit_resample(X, y)

    def _fit_resample(self, X, y):
        warn_of_parted_rows(X)
        identifiers, texts = check_identified(X)
        check_length(y, len(identifiers))
        target = read_target(y, len(identifiers), may_be_constant=True)
        check_same_order(X, y)
        check_symbols(texts, self.alphabet, identifiers)
        table = self._table()
        check_names_of_exclude(self.exclude, self.alphabet, identifiers, texts)
        selection, own = self._select(table, identifiers, target)
        check_report(selection.report, identifiers, table)
        chosen = self._draw(selection.parent, y, len(identifiers))
        parent, ortholog = selection.parent[chosen], selection.ortholog[chosen]
        self.n_orthologs_ = len(parent)
        self.sample_indices_ = np.concatenate([np.arange(len(identifiers)), parent])
        self.ortholog_names_ = table.names[ortholog]
        self.report_ = pd.concat([selection.report, pd.Series({"added": len(parent)}, name="count")])
        texts = self._cut(table.sequences[ortholog], X)
        labels = take_rows(y, self.sample_indices_)
        if own is not None:
            labels = append_targets(y, labels, own[ortholog])
        made = _append(X, texts, parent)
        mark_made_rows(made, "OrthologAugmenter.fit_resample")
        # a list for a tuple otherwise
        return made, tuple(labels) if isinstance(y, tuple) else labels

    @fit_context(prefer_skip_nested_validation=True)
    def for_training(self, identifiers, y=None, *, held_out=None):
        """Give the batch augmenter of one set of training rows.

        A training loop calls this once, with the rows that it trains on: validation rows are held out, and an ortholog
        that they share or resemble (``exclude``) is not used.

        Parameters
        ----------
        identifiers : array-like of shape (n_rows,)
            Identifiers of the training rows; windows of one parent repeat it.
        y : array-like of shape (n_rows,) or (n_rows, n_targets), default=None
            Classes, numbers or several labels, in the form that the orthologs' own have; None, as for numbers, looks
            for no conflicts, and is an error with ``targets="own"``.
        held_out : array-like, default=None
            Identifiers that must not reach training through a shared ortholog, validation *and* test rows. None: all
            but the training rows.

        Returns
        -------
        object
            With ``augment_batch(X, rng, *, identifiers, y)``, and ``report`` as ``report_``. With ``targets="own"``
            also ``brings_targets``, which is True, and ``encode_targets(encode)`` for loops that learn targets in
            another form.

        Raises
        ------
        DataFormatError, SequenceError, SequenceTypeError, ValueError
            As in ``fit_resample``; or if there are no identifiers, ``held_out`` names a training row, or there is a
            ``sampling_strategy``.
        """
        check_no_sampling_strategy(self.sampling_strategy)
        table = self._table()
        names = as_index(identifiers)
        target = None
        if y is not None:
            check_length(y, len(names))
            target = read_target(y, len(names), may_be_constant=True)
        selection, own = self._select(table, names, target, held_out=held_out)
        check_report(selection.report, names, table)
        return self._bound(table, selection, own)

    def augment_batch(self, X, rng, *, identifiers=None, y=None):
        """Swap orthologs into a batch whose rows are all the training rows there are.

        Rows of other batches count as held out here, so orthologs that they share or resemble are not used, and the
        table is read anew for each batch. Training loops call :meth:`for_training` once instead.

        Parameters
        ----------
        X : Tensor of shape (n, length, n_symbols)
            One-hot batch on any device; left as it is.
        rng : numpy.random.Generator
            Source of the draws.
        identifiers : array-like of shape (n,)
            Identifier of each row.
        y : Tensor or ndarray of shape (n,) or (n, n_targets), default=None
            Targets of the rows, needed with ``targets="own"``; left as it is.

        Returns
        -------
        X : Tensor of shape (n, length, n_symbols)
            Shorter orthologs are padded right with zeros.
        y : Tensor or ndarray of shape (n,) or (n, n_targets)
            Only where y was given: that of the ortholog in swapped rows, with ``targets="own"``.

        Raises
        ------
        SequenceTypeError
            If there are no identifiers.
        SequenceError
            If X does not fit them or the alphabet, or an ortholog is longer than the batch and ``truncate=None``.
        InvalidParameterError
            If there is a ``sampling_strategy``.
        """
        check_no_sampling_strategy(self.sampling_strategy)
        table = self._table()
        target = None
        if y is not None and self.targets == "own":
            target = read_target(y if isinstance(y, np.ndarray) else y.detach().cpu().numpy(), may_be_constant=True)
        bound = self._bound(table, *self._select(table, as_index(identifiers), target))
        return bound.augment_batch(X, rng, identifiers=identifiers, y=y)

    def _table(self):
        table = OrthologTable.from_any(self.orthologs)
        check_symbols(table.sequences, self.alphabet, table.names, "orthologs: ")
        return table

    def _bound(self, table, selection, own):
        return TrainingOrthologs(
            selection,
            table.names,
            table.sequences,
            rate=self.rate,
            alphabet=get_alphabet(self.alphabet),
            truncate=self.truncate,
            own=own,
        )

    def _select(self, table, identifiers, target=None, held_out=None):
        """The usable pairs, and with ``targets="own"`` the target of each ortholog of the table."""
        own = None
        if self.targets == "own":
            if self.sampling_strategy is not None:
                raise invalid_parameter(
                    "sampling_strategy",
                    "counts orthologs by the class of their gene; leave it out with ",
                    Parameter("targets", "own"),
                )
            if target is None:
                raise invalid_parameter(Parameter("targets", "own"), "needs the targets of the rows; pass y")
            own = own_targets(table, target)
        # of numbers no two genes are equal, and an ortholog's own target need not be its gene's
        labels = None if target is None or target.kind == "number" else target.values  # noqa: PD011
        if held_out is not None:
            held_out = as_index(held_out)
            both = held_out.intersection(identifiers)
            if len(both):
                raise invalid_parameter(
                    "held_out", f"names {len(both)} training rows, for example {both[0]!r}; leave them out"
                )
        names, pairs = self._similar(table)
        selection = select_orthologs(
            table,
            identifiers,
            labels if own is None else None,
            held_out=held_out,
            similar=None if names is None else (names, pairs),
            known=names if names is None or held_out is None else names.union(held_out, sort=False),
            keep_conflicts=self.on_conflict == "keep",
        )
        self._tell_conflicts(table.names[selection.conflicting])
        tell_unknown(selection)
        if names is not None:
            tell_names_of_exclude(names, selection)
        return (selection, None) if own is None else (with_target_only(selection, own), own)

    def _similar(self, table):
        """Identifiers of ``exclude``, and which orthologs are similar to which of its rows."""
        if self.exclude is None:
            return None, None
        rows = read_exclude(self.exclude, self.alphabet)
        # tuples, because the comparison is remembered by its arguments: folds ask for the same one again
        texts = tuple(text.upper() for text in rows.values)  # noqa: PD011
        alphabet = get_alphabet(self.alphabet)
        pairs = similar_pairs(tuple(table.sequences), texts, alphabet, self.exclude_threshold, self.exclude_run)
        return pd.Index(rows.identifiers, dtype=object), pairs

    def _tell_conflicts(self, names):
        if len(names) == 0:
            return
        message = (
            f"{len(names)} orthologs have several labels, because they serve rows of different classes or bring "
            f"another label than their row's (for example {names[0]!r})"
        )
        if self.on_conflict == "raise":
            raise ValueError(f"{message}; on_conflict='drop' leaves them out, 'keep' uses them under their row's label")
        what = "are left out" if self.on_conflict == "drop" else "are used under their row's label"
        warn(f"{message}; they {what}", SeqAugWarning)

    def _draw(self, parent, y, n_rows):
        """Places of the pairs that are added."""
        rng, self.sampling_strategy_ = check_generator(self.random_state), None
        if self.sampling_strategy is None:
            return draw_of_rows(parent, self.n_copies, rng)
        self.sampling_strategy_, labels = rows_to_add(self.sampling_strategy, y, n_rows)
        return draw_of_classes(parent, self.n_copies, rng, labels=labels, numbers=self.sampling_strategy_)

    def _cut(self, texts, X):
        if self.truncate is None:
            return texts.tolist()
        longest = int(check_sequences(X).lengths().max())
        return [text[-longest:] if self.truncate == "left" else text[:longest] for text in texts]


def _append(X, texts, parent):
    """X with the texts below, under the identifiers of their parents."""
    return pd.concat([X, replaced_text(X, texts, parent)]) if texts else X.copy()
