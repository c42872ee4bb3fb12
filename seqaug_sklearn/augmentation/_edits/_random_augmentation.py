"""Random edits combined: in batches during training, and as more rows of text."""

import functools
from typing import ClassVar

import numpy as np
from imblearn.base import SamplerMixin
from sklearn.base import BaseEstimator

from seqaug_sklearn.alphabets import Alphabet, get_alphabet
from seqaug_sklearn.augmentation._edits._arrays import padded
from seqaug_sklearn.augmentation._edits._base import RandomEdit, read_one_hot
from seqaug_sklearn.augmentation._edits._letter_rows import LetterRows
from seqaug_sklearn.augmentation._edits._lineage import Journal, lineage_table
from seqaug_sklearn.augmentation._edits._motif_sites import motif_sites, symbol_codes
from seqaug_sklearn.augmentation._edits._protection import protection_mask
from seqaug_sklearn.augmentation._edits._rows import OneHotRows, true_lengths
from seqaug_sklearn.augmentation._edits._text import check_is_text, letter_array, like, n_rows, warn_about_case
from seqaug_sklearn.augmentation._sampling_strategy import (
    SAMPLING_STRATEGIES,
    check_no_sampling_strategy,
    drawn_in_turn,
    rows_to_add,
)
from seqaug_sklearn.base import ResamplerMixin, TextInputMixin
from seqaug_sklearn.exceptions import SeqAugWarning, SequenceError
from seqaug_sklearn.utils import (
    check_generator,
    check_known_classes,
    check_same_order,
    check_sequences,
    draw_seed,
    invalid_parameter,
    mark_made_rows,
    name_row,
    plain_container,
    require_memory,
    text_to_codes,
    warn,
    warn_of_parted_rows,
)
from seqaug_sklearn.utils._sklearn import Integral, Interval, StrOptions, fit_context, take_rows

__all__ = ["RandomAugmentation"]


class RandomAugmentation(ResamplerMixin, TextInputMixin, SamplerMixin, BaseEstimator):
    """Apply random edits to sequences, as EvoAug does [1]_.

    Copies that ``fit_resample`` makes resemble their parents: it belongs inside a pipeline of imbalanced-learn, so that
    only training rows are copied; copies made before a split put near-duplicates of the training data into the test
    set. Behind it in a pipeline groups cannot follow, so early stopping there needs ``validation_fraction=None``. For
    neural classifiers pass it as ``augment=`` instead: every batch is edited anew, and validation rows never.

    For each sequence edits are drawn without replacement and applied in the order of ``transforms``. Length is kept;
    one-hot rows may be padded with zeros on the right, and edits stay within the true length.

    Parameters
    ----------
    transforms : list of random edits
        The edits to draw from, for example ``[RandomDeletion(), RandomMutation(0.05)]``.
    max_per_sequence : int, default=2
        Most edits per sequence; all of them where there are fewer.
    exactly : bool, default=True
        Whether every sequence gets ``max_per_sequence`` edits, or a number between 1 and that, each equally likely
        (EvoAug's ``hard_aug``). An edit may still change nothing: a stretch of length 0, a coin that says no.
    n_copies : int, default=1
        Edited copies per sequence that ``fit_resample`` adds, of all classes alike.
    sampling_strategy : float, str, dict, callable or None, default=None
        Edited copies for some classes only, in the numbers of imbalanced-learn's over-samplers, in place of
        ``n_copies``: "auto" (that is "not majority") or "minority" make classes as large as the largest one, a dict
        gives the number of rows that a class has in the end, a float the ratio of two classes. Each sequence of a class
        is copied once before any is copied again. None: every sequence gets ``n_copies``. For ``fit_resample`` only:
        ``augment_batch`` adds no rows, so it is an error there.
    protect : int, array-like, slice, tuple, str, dict or None, default=None
        Positions, counted from 0, that no edit changes or moves: one or a list of them, a boolean mask, an interval
        ``(start, end)`` without its end (a tuple is always an interval, a list of integers always positions), a slice,
        a motif such as ``"TATAWA"`` (IUPAC's codes; all its sites in a sequence, of DNA on both strands), or a list of
        intervals, slices and motifs, for all sequences; or a dict of these by identifier, where sequences that are not
        in it have none. Insertions, deletions, translocations and inversions then happen within one
        unprotected stretch, drawn with probability in proportion to its length, which keeps its place and length.
        :class:`RandomReverseComplement` moves every position and is an error.
    pad_to : int or None, default=None
        Fixed length of the edited sequences, at least that of the longest: an insertion lengthens the sequence up to
        it, and random symbols fill the rest, so that every edited sequence has this length. EvoAug's padding leaves
        room for the longest insertion. The originals that ``fit_resample`` returns stay as they are.
    alphabet : {"dna", "rna", "protein"} or Alphabet, default="dna"
        Alphabet of the sequences. Without a complement (proteins), :class:`RandomReverseComplement` is an error.
    record_edits : bool, default=False
        Whether ``fit_resample`` keeps in ``edits_`` what was done to each copy; :func:`replay_edits` makes the rows
        again from it. Batches of training are not recorded: it is an error in ``augment_batch``.
    random_state : int, RandomState, Generator or None, default=None
        Seed of ``fit_resample``; ``augment_batch`` takes its own generator.

    Attributes
    ----------
    sample_indices_ : int ndarray of shape (n_samples_new,)
        Row of X that each output row comes from.
    sampling_strategy_ : dict or None
        Copies that each class gets; None without ``sampling_strategy``.
    edits_ : DataFrame or None
        With ``record_edits``: the operations of each copy, by row and in their order, with the columns `row` (of the
        output) and `parent` (of X), `step` (number of the edit among ``transforms``), `operation`, `start` and
        `length` (in residues, counted from 0, of the row as it was before), `strand` ("-" where residues were turned
        round), `stretch_start` and `stretch_end` (within which it happened, the end exclusive), `symbols` (letters
        that were written) and `seed` (an int as ``random_state``, or what was drawn in place of None; missing where a
        generator was given). A translocation takes the residues at `start` to the other end of the stretch, a shift
        frees the places at `start`, and a deletion writes its letters at the end of the stretch. Edits that changed
        nothing have no line.

    See Also
    --------
    WindowAugmenter : Windows in place of sequences.

    Notes
    -----
    Differences to EvoAug: each sequence of a batch has its own combination of edits, all randomness comes from one
    seeded generator, the ends are treated as in :class:`RandomInsertion` and :class:`RandomDeletion`, and
    :class:`RandomMutation` reaches its rate. A row of nothing but zeros stays as it is.

    References
    ----------
    .. [1] Lee et al., EvoAug, Genome Biology 24, 105 (2023), doi:10.1186/s13059-023-02941-w, Fig. 1.

    Examples
    --------
    >>> from seqaug_sklearn.augmentation import RandomAugmentation, RandomDeletion, RandomMutation
    >>> augmentation = RandomAugmentation([RandomDeletion(1, 4), RandomMutation(0.1)], protect=[(0, 6)], random_state=0)
    >>> X, y = augmentation.fit_resample(["TATAAAGCGCGCGCGC", "TATAAACCCCCCCCCC"], ["a", "b"])
    >>> X
    ['TATAAAGCGCGCGCGC', 'TATAAACCCCCCCCCC', 'TATAAAGTGCGCGCCG', 'TATAAACCCCCCCCCG']
    >>> y
    ['a', 'b', 'a', 'b']
    """

    _parameter_constraints: ClassVar[dict] = {
        "transforms": [list, tuple],
        "max_per_sequence": [Interval(Integral, 1, None, closed="left")],
        "exactly": ["boolean"],
        "n_copies": [Interval(Integral, 1, None, closed="left")],
        "sampling_strategy": SAMPLING_STRATEGIES,
        "protect": ["array-like", Interval(Integral, 0, None, closed="left"), slice, str, dict, None],
        "pad_to": [Interval(Integral, 1, None, closed="left"), None],
        "alphabet": [StrOptions({"dna", "rna", "protein"}), Alphabet],
        "record_edits": ["boolean"],
        "random_state": ["random_state", np.random.Generator],
    }

    def __init__(
        self,
        transforms,
        *,
        max_per_sequence=2,
        exactly=True,
        n_copies=1,
        sampling_strategy=None,
        protect=None,
        pad_to=None,
        alphabet="dna",
        record_edits=False,
        random_state=None,
    ):
        self.transforms = transforms
        self.max_per_sequence = max_per_sequence
        self.exactly = exactly
        self.n_copies = n_copies
        self.sampling_strategy = sampling_strategy
        self.protect = protect
        self.pad_to = pad_to
        self.alphabet = alphabet
        self.record_edits = record_edits
        self.random_state = random_state

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.estimator_type = "sampler"
        tags.target_tags.required = True
        tags.non_deterministic = self.random_state is None
        return tags

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y=None):
        """Check the edits and the sequences; ``fit_resample`` does so itself.

        Parameters
        ----------
        X : array-like of str of shape (n_samples,)
            Sequences.
        y : array-like of shape (n_samples,), default=None
            Labels.

        Returns
        -------
        self : RandomAugmentation

        Raises
        ------
        ValueError
            If an edit does not fit the alphabet or ``protect``, ``sampling_strategy`` does not fit y, or y has another
            length than X, or another order of the same index.
        SequenceError, SequenceTypeError
            If X is not text of the alphabet, or a sequence is shorter than the smallest edit or longer than ``pad_to``.
        """
        self._read(X, y, check_generator(self.random_state))
        return self

    @fit_context(prefer_skip_nested_validation=True)
    def fit_resample(self, X, y):
        """Add edited copies of the training sequences: split first, because a copy reveals the label of its parent.

        Copies of all rows that are split afterwards put near-duplicates of the training rows into the test rows, and
        the score is that of memory. In a pipeline of imbalanced-learn this cannot happen; elsewhere resample
        ``X[train]``, or keep copies and parents together with ``groups=sample_indices_``.

        Parameters
        ----------
        X : array-like of str of shape (n_samples,)
            List, ndarray, Series or one-column DataFrame of sequences, or a frame with covariates, which the copies
            inherit. One column of another library comes back as a list, one of an array (n_samples, 1) as a 1-D array.
        y : array-like of shape (n_samples,) or (n_samples, n_targets)
            Labels or numbers.

        Returns
        -------
        X_resampled : list, ndarray, Series or DataFrame of shape (n_samples_new,)
            X as it was, then its edited copies, in upper case: ``n_copies`` times all, or class by class those of
            ``sampling_strategy``; the same kind as X. The index repeats the identifiers of the parents, and ``attrs``
            notes how many rows each has: ``fit`` of this package warns where some of them are missing.
        y_resampled : list, ndarray, Series or DataFrame of the same length
            Labels of the parents, with their own index.

        Raises
        ------
        ValueError
            If an edit does not fit the alphabet or ``protect``, there is RandomNoise among them,
            ``sampling_strategy`` does not fit y or stands beside ``n_copies``, or y has another length than X.
        SequenceError, SequenceTypeError
            If X is not text of the alphabet, or a sequence is shorter than the smallest edit or longer than ``pad_to``.
        """
        if y is None:
            raise ValueError("fit_resample needs y: the copies inherit the labels of their parents; pass one for each")
        X, (rng, seed) = plain_container(X), self._seeded()
        sequences, letters = self._read(X, y, rng)
        warn_of_parted_rows(X)
        self._warn_about_names(sequences)
        warn_about_case(sequences)
        resampled = list(map(str, sequences.values))
        n_samples, parents = len(sequences), self.sample_indices_[len(sequences) :]
        lines = []
        # as many rows at a time as there are
        for start in range(0, len(parents), n_samples):
            some = parents[start : start + n_samples]
            journal = Journal(n_samples + start, some) if self.record_edits else None
            resampled += self._edited_text(letters, sequences, some, rng, journal)
            lines += journal.lines if journal else []
        self.edits_ = lineage_table(lines, seed) if self.record_edits else None
        return self._fit_resample(X, y, resampled)

    def augment_batch(self, X, rng, *, identifiers=None):
        """Edit a one-hot batch.

        Parameters
        ----------
        X : float32 Tensor of shape (n_samples, length, n_symbols)
            One-hot, exact or soft, on any device; left as it is. All-zero residues on the right are padding.
        rng : numpy.random.Generator
            Source of all randomness: the edits do not depend on the device.
        identifiers : sequence of length n_samples, default=None
            Names of the rows, for ``protect`` by identifier and for messages.

        Returns
        -------
        edited : float32 Tensor of shape (n_samples, length, n_symbols)
            On the same device; of length ``pad_to`` where that is given.

        Raises
        ------
        ValueError
            If a parameter is out of its range, or an edit does not fit the alphabet or ``protect``.
        SequenceError, SequenceTypeError
            If X is no such tensor, is longer than ``pad_to``, or has a row shorter than the smallest edit.
        """
        self._check_parameters()
        values = read_one_hot(X, rng)
        alphabet = get_alphabet(self.alphabet)
        if values.shape[2] != len(alphabet):
            raise SequenceError(
                f"X has {values.shape[2]} one-hot columns, but alphabet {alphabet.name!r} has {len(alphabet)} symbols; "
                "give RandomAugmentation the alphabet of the sequences"
            )
        if identifiers is not None and len(identifiers) != len(values):
            raise ValueError(
                f"identifiers has {len(identifiers)} entries, X has {len(values)} rows; pass one for each row"
            )
        lengths, longest = true_lengths(values), values.shape[1]
        if self.pad_to is not None:
            lengths = np.full(len(values), longest) if lengths is None else lengths
            values = self._pad(values, lengths, identifiers)
        # column of each symbol's complement; the last code, unknown, is no column
        complement = None if alphabet.complement is None else alphabet.complement_codes[:-1].tolist()
        options = self._options(values, identifiers, longest)
        rows = OneHotRows(values, lengths, complement, alphabet=alphabet, **options)
        return self._edit(rows, rng).result()

    def _validate_params(self):
        super()._validate_params()
        self._check_transforms()

    def _check_parameters(self):
        """Check what matters to a batch; all of scikit-learn's checks would take longer than some edits."""
        check_no_sampling_strategy(self.sampling_strategy)
        if self.record_edits is not False:
            raise invalid_parameter(
                "record_edits", f"must be False for augment_batch, got {self.record_edits!r}: batches are not recorded"
            )
        try:
            valid = _are_valid(self.max_per_sequence, self.exactly, self.pad_to, self.alphabet)
        except TypeError:  # not hashable, so none of them is as it should be
            valid = False
        if not valid or not isinstance(self.transforms, (list, tuple)):
            self._validate_params()
        self._check_transforms()

    def _check_transforms(self):
        if not self.transforms:
            raise ValueError("transforms is empty; give at least one edit, for example [RandomMutation(rate=0.05)]")
        for edit in self.transforms:
            if not isinstance(edit, RandomEdit):
                raise TypeError(
                    f"transforms must hold random edits such as RandomMutation(), got {edit!r:.60} of type "
                    f"{type(edit).__name__}"
                )
            edit._check_parameters()

    def _read(self, X, y, rng):
        """Validate X and y and draw parents; return the sequences and their letters, uint8 ndarray (n, width)."""
        check_is_text(plain_container(X))
        sequences = check_sequences(X)
        n_samples = len(sequences)
        if y is not None and n_rows(y) != n_samples:
            raise ValueError(f"y has {n_rows(y)} labels, X has {n_samples} sequences; y needs one label per sequence")
        if y is not None:
            check_known_classes(y)
        check_same_order(X, y)
        alphabet = get_alphabet(self.alphabet)
        text_to_codes(sequences.values, alphabet, identifiers=sequences.identifiers)  # names a foreign symbol
        parents = self._parents(y, sequences, rng)
        letters = letter_array(sequences.values, int(sequences.lengths().max()))
        if self.pad_to is not None:
            letters = self._pad(letters, sequences.lengths(), sequences.identifiers)
        self._check_edits(self._letter_rows(letters, sequences, np.arange(n_samples)))
        self.sample_indices_ = np.concatenate([np.arange(n_samples), parents])
        return sequences, letters

    def _parents(self, y, sequences, rng):
        """Row that each copy is made of."""
        n_samples, self.sampling_strategy_ = len(sequences), None
        n_copies, count = n_samples * self.n_copies, f"{self.n_copies} copies of {n_samples} sequences"
        fewer = "lower n_copies"
        if self.sampling_strategy is not None:
            if self.n_copies != 1:
                raise invalid_parameter(
                    "n_copies",
                    f"must be 1 beside sampling_strategy={self.sampling_strategy!r:.80}, got {self.n_copies}: it "
                    "copies all classes alike, and the other brings classes to a number of rows; leave one of them out",
                )
            numbers, labels = rows_to_add(self.sampling_strategy, y, n_samples)
            n_copies, self.sampling_strategy_ = sum(numbers.values()), numbers
            count, fewer = f"{n_copies} copies of {n_samples} sequences", "ask for fewer"
        require_memory(
            # one byte per letter of the text, a lower bound
            float(n_copies) * int(sequences.lengths().mean()),
            count,
            f"{fewer}, or augment during training with augment= of a neural classifier",
        )
        if self.sampling_strategy is None:
            return np.tile(np.arange(n_samples), self.n_copies)
        return drawn_in_turn(labels, numbers, rng)

    def _letter_rows(self, letters, sequences, rows):
        names, lengths = sequences.identifiers, sequences.lengths().astype(np.int64)
        options = self._options(letters[rows], None if names is None else names[rows], int(lengths.max()))
        return LetterRows(letters[rows], lengths[rows], get_alphabet(self.alphabet), **options)

    def _options(self, values, identifiers, longest):
        def find(motif):
            alphabet = get_alphabet(self.alphabet)
            return motif_sites(motif, symbol_codes(values, alphabet), alphabet)

        return {
            "protected": protection_mask(self.protect, values.shape[:2], identifiers, longest=longest, find=find),
            "growing": self.pad_to is not None,
            "identifiers": identifiers,
        }

    def _pad(self, values, lengths, identifiers):
        if self.pad_to < values.shape[1]:
            longest = int(np.argmax(lengths))
            raise SequenceError(
                f"pad_to={self.pad_to} is below the length of the sequences, {values.shape[1]} "
                f"({name_row(longest, identifiers)} has {lengths[longest]} residues); raise it to at least that"
            )
        return padded(values, self.pad_to)

    def _warn_about_names(self, sequences):
        if not isinstance(self.protect, dict) or sequences.identifiers is None:
            return
        if self.protect and not set(self.protect) & set(sequences.identifiers):
            warn(
                f"protect names {len(self.protect)} sequences, for example {next(iter(self.protect))!r}, and none of "
                f"them is in X (the first is {sequences.identifiers[0]!r}), so nothing is protected",
                SeqAugWarning,
            )

    def _check_edits(self, rows):
        for edit in self.transforms:
            edit._check_rows(rows)

    def _edit(self, rows, rng):
        self._check_edits(rows)
        # edit by edit, each for all rows that drew it: edits of a row come in the order of `transforms`, and NumPy sees
        # long arrays
        combinations = self._draw_combinations(len(rows), rng).T
        for step, (edit, chosen) in enumerate(zip(self.transforms, combinations, strict=True)):
            if rows.journal is not None:
                rows.journal.step = step
            edit._edit(rows, np.flatnonzero(chosen), rng)
        if self.pad_to is not None:
            lengths = rows.lengths.copy()
            rows.fill_ends(rng)
            if rows.journal is not None:
                rows.journal.step = len(self.transforms)
                rows.journal.record_padding(rows, lengths)
        return rows

    def _seeded(self):
        """The generator, and the int that it begins with, where one is known or wanted."""
        seed = self.random_state
        if self.record_edits and seed is None:
            seed = draw_seed(check_generator(None))
        return check_generator(seed), int(seed) if isinstance(seed, (int, np.integer)) else None

    def _draw_combinations(self, n_samples, rng):
        """Bool ndarray (n_samples, n_transforms): the edits of each row."""
        n_edits = len(self.transforms)
        most = min(self.max_per_sequence, n_edits)
        if most == n_edits and self.exactly:
            return np.ones((n_samples, n_edits), bool)
        # a random order of the edits for each row, and the first so many of it: a draw without replacement in one pass
        ranks = rng.random((n_samples, n_edits)).argsort(axis=1).argsort(axis=1)
        return ranks < (most if self.exactly else rng.integers(1, most + 1, size=(n_samples, 1)))

    def _edited_text(self, letters, sequences, parents, rng, journal):
        rows = self._letter_rows(letters, sequences, parents)
        rows.journal = journal
        self._edit(rows, rng)
        edited = rows.result().numpy()
        return edited.view(f"S{edited.shape[1]}")[:, 0].astype(np.str_).tolist()

    def _fit_resample(self, X, y, resampled):
        rows = self.sample_indices_
        made = like(X, resampled, rows)
        mark_made_rows(made, "RandomAugmentation.fit_resample")
        return made, take_rows(y, rows)


@functools.lru_cache(maxsize=256, typed=True)
def _are_valid(max_per_sequence, exactly, pad_to, alphabet):
    """Whether parameters pass; asked once for each set of values."""
    try:
        BaseEstimator._validate_params(
            RandomAugmentation((), max_per_sequence=max_per_sequence, exactly=exactly, pad_to=pad_to, alphabet=alphabet)
        )
    except ValueError:
        return False
    return True
