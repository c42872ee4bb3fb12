"""Random edits: mutation, insertion, deletion, translocation, inversion, reverse complement, noise.

Each edit first draws what it will do to every row (``_draw``, from a NumPy generator, so the device does not matter),
then does it to all rows at once (``_apply``).
"""

import functools
import math
from typing import Any, ClassVar, NamedTuple

import numpy as np
from scipy.special import ndtri

from seqaug_sklearn.augmentation._edits._base import RandomEdit
from seqaug_sklearn.augmentation._edits._hits import bernoulli_hits
from seqaug_sklearn.augmentation._edits._rows import ragged_ranges
from seqaug_sklearn.augmentation._edits._sized_edit import SizedEdit
from seqaug_sklearn.utils._sklearn import Interval, Real

__all__ = [
    "RandomDeletion",
    "RandomInsertion",
    "RandomInversion",
    "RandomMutation",
    "RandomNoise",
    "RandomReverseComplement",
    "RandomTranslocation",
]

# values looked up at once: they and their numbers stay in the processor's cache
_CACHED = 1 << 14


class Mutations(NamedTuple):
    """Drawn mutations: residues, ascending and counted over the rows laid end to end, and columns to step on."""

    residues: Any
    steps: Any


class RandomMutation(RandomEdit):
    """Change each residue to another symbol with probability ``rate``.

    Every other symbol is equally likely, so `rate` is the share of residues that really change, for sequences of any
    length. Unknown residues (N, all-zero) have nothing to change from and stay.

    Parameters
    ----------
    rate : float, default=0.05
        Probability of a residue to change, between 0 and 1.

    See Also
    --------
    RandomAugmentation : Combines edits, in batches and on text.

    Notes
    -----
    EvoAug [1]_ replaces ``round(rate / 0.75 * length)`` positions of every sequence by symbols drawn from all four, a
    quarter of which are the old ones: 0.05 of 40 residues becomes 3 positions and 2.25 changes, and for proteins the
    factor 0.75 is wrong. Here the number varies from row to row and its mean is exact.

    References
    ----------
    .. [1] Lee et al., EvoAug, Genome Biology 24, 105 (2023), doi:10.1186/s13059-023-02941-w, Fig. 1.

    Examples
    --------
    >>> import numpy as np, torch
    >>> from seqaug_sklearn.augmentation import RandomMutation
    >>> X = torch.eye(4)[torch.zeros(500, 40, dtype=int)]  # 500 times A * 40
    >>> edited = RandomMutation(rate=0.05).augment_batch(X, np.random.default_rng(0))
    >>> edited.mean((0, 1)).numpy().round(2)
    array([0.95, 0.02, 0.02, 0.02], dtype=float32)
    """

    _name = "mutation"
    _parameter_constraints: ClassVar[dict] = {"rate": [Interval(Real, 0, 1, closed="both")]}
    _within_one_stretch = False
    _keeps_positions = True

    def __init__(self, rate=0.05):
        self.rate = rate

    def _phrase(self):
        return f"mutation of {100 * self.rate:g} % of the residues, to any other"

    def _draw(self, rows, which, low, high, rng):
        # one trial per residue: with a rate of a few percent, gaps between hits need far fewer numbers than one per
        # residue
        hits = bernoulli_hits(len(which) * high if isinstance(high, int) else int(high.sum()), self.rate, rng)
        # 1 to n_symbols - 1 columns further round is any other symbol, each as likely
        return Mutations(hits, rng.integers(1, rows.n_symbols, size=len(hits), dtype=np.uint8))

    def _apply(self, rows, which, low, high, draws):
        position, steps = rows.locate(which, draws.residues), draws.steps
        if rows.protected is not None:
            free = ~rows.protected[position // rows.width, position % rows.width]
            position, steps = position[free], steps[free]
        rows.substitute(position, steps)


class RandomInsertion(SizedEdit):
    """Insert random symbols at a random place; the end of the sequence is pushed out.

    With ``pad_to`` of :class:`RandomAugmentation` the sequence grows instead. Where positions are protected, the
    insertion goes into one unprotected stretch and pushes the end of that stretch out.

    Parameters
    ----------
    min_length, max_length : int, default=0, 20
        Fewest and most symbols inserted; every number between them is equally likely. On shorter sequences (stretches)
        their length is the most.

    See Also
    --------
    RandomAugmentation : Combines edits, in batches and on text.

    Notes
    -----
    The `evoaug2` package cuts half of the surplus at either end; here residues left of the insertion keep their place.

    References
    ----------
    .. [1] Lee et al., EvoAug, Genome Biology 24, 105 (2023), doi:10.1186/s13059-023-02941-w, Fig. 1.

    Examples
    --------
    >>> from seqaug_sklearn.augmentation import RandomAugmentation, RandomInsertion
    >>> insertion = RandomAugmentation([RandomInsertion(3, 3)], random_state=0)
    >>> insertion.fit_resample(["TTTTTTTTTTTT"], [1])[0]
    ['TTTTTTTTTTTT', 'TTCAATTTTTTT']
    """

    _name = "insertion"
    _writes = True

    def _operations(self, rows, which, low, high, draws):
        return which, draws.starts, draws.sizes, draws.starts, "+"

    def _apply(self, rows, which, low, high, draws):
        starts, sizes, symbols = draws
        high = rows.grow(which, high, sizes)
        # up to the end of the insertion nothing moves (its symbols are written below); the rest of the stretch is read
        # `sizes` places to the left, so its end falls off
        rows.move(which, [starts + sizes, high], [0, -sizes])
        rows.write(ragged_ranges(which * rows.width + starts, sizes), symbols)


class RandomDeletion(SizedEdit):
    """Delete residues at a random place; the rest moves up, and random symbols fill the end.

    Where positions are protected, the deletion lies in one unprotected stretch, whose end is filled.

    Parameters
    ----------
    min_length, max_length : int, default=0, 20
        Fewest and most residues deleted; every number between them is equally likely. On shorter sequences (stretches)
        their length is the most.

    See Also
    --------
    RandomAugmentation : Combines edits, in batches and on text.

    Notes
    -----
    EvoAug [1]_ pads both ends, half of the symbols at each; here residues left of the deletion keep their place.

    References
    ----------
    .. [1] Lee et al., EvoAug, Genome Biology 24, 105 (2023), doi:10.1186/s13059-023-02941-w, Fig. 1.

    Examples
    --------
    >>> from seqaug_sklearn.augmentation import RandomAugmentation, RandomDeletion
    >>> deletion = RandomAugmentation([RandomDeletion(3, 3)], random_state=0)
    >>> deletion.fit_resample(["AAAACCCCGGGGTTTT"], [1])[0]
    ['AAAACCCCGGGGTTTT', 'AAACCGGGGTTTTCAA']
    """

    _name = "deletion"
    _writes = True

    def _operations(self, rows, which, low, high, draws):
        return which, draws.starts, draws.sizes, high - draws.sizes, "+"

    def _apply(self, rows, which, low, high, draws):
        starts, sizes, symbols = draws
        # residues behind the deletion move up; the end of the stretch is written below
        rows.move(which, [starts, high - sizes], [0, sizes])
        rows.write(ragged_ranges(which * rows.width + high - sizes, sizes), symbols)


class RandomTranslocation(SizedEdit):
    """Cut residues off one end and put them at the other: the sequence is rolled, and nothing is lost.

    EvoAug [1]_ calls this edit translocation and rolls the whole sequence, too. :class:`RandomShift` moves residues
    without bringing them back at the other end. Where positions are protected, this happens within one unprotected
    stretch.

    Parameters
    ----------
    min_length, max_length : int, default=0, 20
        Fewest and most residues that change sides, from the end to the front or from the front to the end with equal
        probability. On shorter sequences (stretches) their length is the most, and then nothing changes.

    See Also
    --------
    RandomShift : What leaves at one end is lost.
    RandomAugmentation : Combines edits, in batches and on text.

    References
    ----------
    .. [1] Lee et al., EvoAug, Genome Biology 24, 105 (2023), doi:10.1186/s13059-023-02941-w, Fig. 1.

    Examples
    --------
    >>> from seqaug_sklearn.augmentation import RandomAugmentation, RandomTranslocation
    >>> translocation = RandomAugmentation([RandomTranslocation(3, 3)], random_state=0)
    >>> translocation.fit_resample(["AAAACCCCGGGGTTTT"], [1])[0]
    ['AAAACCCCGGGGTTTT', 'ACCCCGGGGTTTTAAA']
    """

    _name = "translocation"

    def _draw(self, rows, which, low, high, rng):
        for_size, for_side = rng.random((2, len(which)))
        sizes = self._draw_sizes(high - low, for_size)
        return np.where(for_side < 0.5, -sizes, sizes)

    def _operations(self, rows, which, low, high, draws):
        return which, np.where(draws > 0, high - draws, low), np.abs(draws), None, "+"

    def _apply(self, rows, which, low, high, draws):
        # a shift to the left by s is one to the right by length - s
        rows.exchange(which, low, high, draws % np.maximum(high - low, 1))


class RandomInversion(SizedEdit):
    """Turn a stretch at a random place into its reverse complement.

    Sequences without a complement (proteins) get the stretch in reverse order.

    Parameters
    ----------
    min_length, max_length : int, default=0, 20
        Fewest and most residues turned round; every number between them is equally likely. On shorter sequences
        (unprotected stretches) their length is the most.

    See Also
    --------
    RandomReverseComplement : Turns the whole sequence.
    RandomAugmentation : Combines edits, in batches and on text.

    References
    ----------
    .. [1] Lee et al., EvoAug, Genome Biology 24, 105 (2023), doi:10.1186/s13059-023-02941-w, Fig. 1.

    Examples
    --------
    >>> from seqaug_sklearn.augmentation import RandomAugmentation, RandomInversion
    >>> inversion = RandomAugmentation([RandomInversion(5, 5)], random_state=0)
    >>> inversion.fit_resample(["AAAAAAAAAAAA"], [1])[0]
    ['AAAAAAAAAAAA', 'AATTTTTAAAAA']
    """

    _name = "inversion"

    def _operations(self, rows, which, low, high, draws):
        return which, draws.starts, draws.sizes, None, "-"

    def _apply(self, rows, which, low, high, draws):
        rows.reverse(which, draws.starts, draws.sizes)


class RandomReverseComplement(RandomEdit):
    """Replace a sequence by its reverse complement, with a probability.

    Every position changes its place, so this edit cannot be combined with ``protect``; and proteins have no reverse
    complement. Both are errors.

    Parameters
    ----------
    probability : float, default=0.5
        Probability of each sequence to be replaced, between 0 and 1.

    See Also
    --------
    RandomInversion : Turns a stretch.
    RandomAugmentation : Combines edits, in batches and on text.

    References
    ----------
    .. [1] Lee et al., EvoAug, Genome Biology 24, 105 (2023), doi:10.1186/s13059-023-02941-w, Fig. 1.

    Examples
    --------
    >>> from seqaug_sklearn.augmentation import RandomAugmentation, RandomReverseComplement
    >>> RandomAugmentation([RandomReverseComplement(1)]).fit_resample(["AACRN"], [1])[0]
    ['AACRN', 'NYGTT']
    """

    _name = "reverse_complement"
    _parameter_constraints: ClassVar[dict] = {"probability": [Interval(Real, 0, 1, closed="both")]}
    _within_one_stretch = False

    def __init__(self, probability=0.5):
        self.probability = probability

    def _phrase(self):
        return f"reverse complement with probability {self.probability:g}"

    def _check_rows(self, rows):
        if not rows.has_complement:
            raise ValueError(
                "RandomReverseComplement needs an alphabet with a complement: 'dna' or 'rna', or one-hot of 4 columns, "
                f"got {rows.n_symbols} symbols; leave it out of the transforms"
            )
        if rows.protected is not None:
            raise ValueError(
                "RandomReverseComplement moves every position, so protect cannot be kept; "
                "leave one of the two out (RandomInversion turns unprotected stretches)"
            )

    def _draw(self, rows, which, low, high, rng):
        return rng.random(len(which)) < self.probability

    def _operations(self, rows, which, low, high, draws):
        turned = which[draws]
        return turned, 0, rows.lengths[turned], None, "-"

    def _apply(self, rows, which, low, high, draws):
        rows.reverse_whole(which[draws])


class RandomNoise(RandomEdit):
    """Add Gaussian noise to one-hot rows; text has nothing to add it to.

    Padding and protected positions get none.

    Parameters
    ----------
    std : float, default=0.2
        Standard deviation.

    See Also
    --------
    RandomAugmentation : Combines edits, in batches and on text.

    Notes
    -----
    The noise takes 65,536 values, the evenly spaced quantiles of the normal distribution (up to 4.3 standard
    deviations), which is five times as fast as NumPy's normal generator and the same on every device.

    References
    ----------
    .. [1] Lee et al., EvoAug, Genome Biology 24, 105 (2023), doi:10.1186/s13059-023-02941-w, Fig. 1.

    Examples
    --------
    >>> import numpy as np, torch
    >>> from seqaug_sklearn.augmentation import RandomNoise
    >>> edited = RandomNoise(std=0.2).augment_batch(torch.ones(100, 40, 4), np.random.default_rng(0))
    >>> f"{edited.mean():.2f}, {edited.std():.2f}"
    '1.00, 0.20'
    """

    _name = "noise"
    _parameter_constraints: ClassVar[dict] = {"std": [Interval(Real, 0, None, closed="left")]}
    _within_one_stretch = False
    _keeps_positions = True

    def __init__(self, std=0.2):
        self.std = std

    def _phrase(self):
        return f"noise with standard deviation {self.std:g}"

    def _check_rows(self, rows):
        if rows.is_text:
            raise ValueError(
                "RandomNoise has no meaning for text: leave it out of the transforms, or pass them to a neural "
                "classifier as augment="
            )

    def _draw(self, rows, which, low, high, rng):
        shape = (len(which), int(np.max(high)), rows.n_symbols)
        noise = np.empty(math.prod(shape), np.float32)
        # four places in the table of quantiles from each random word
        words = rng.integers(2**64, size=-(-noise.size // 4), dtype=np.uint64).view(np.uint16)
        quantiles = _normal_quantiles(self.std)
        for start in range(0, noise.size, _CACHED):
            part = slice(start, min(start + _CACHED, noise.size))
            quantiles.take(words[part], mode="clip", out=noise[part])
        return noise.reshape(shape)

    def _apply(self, rows, which, low, high, draws):
        rows.add(which, draws)


@functools.lru_cache(maxsize=8)
def _normal_quantiles(std):
    """float32 ndarray (65536,): quantiles of a normal distribution, scaled to exactly this standard deviation."""
    quantiles = ndtri((np.arange(1 << 16) + 0.5) / (1 << 16))
    return (quantiles * (std / quantiles.std())).astype(np.float32)
