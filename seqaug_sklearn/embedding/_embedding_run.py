"""Texts to vectors: cache, tokens, chunks, batches, averages."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from seqaug_sklearn.embedding._invariance import choose_batching
from seqaug_sklearn.embedding._model import embed_batch, load_network
from seqaug_sklearn.embedding._source import ModelSource, hidden_size, load_config
from seqaug_sklearn.embedding._tokenizers import check_known, load_tokenizer
from seqaug_sklearn.exceptions import DataFormatError, SeqAugWarning
from seqaug_sklearn.utils import warn

__all__ = ["ChunkPlan", "EmbeddingRun", "Settings", "batch_arrays", "plan_chunks"]


@dataclass(frozen=True)
class ChunkPlan:
    """Chunks of several token lists, longest list first; the chunks of a list are neighbours.

    Attributes
    ----------
    owners : int ndarray of shape (n_chunks,)
        Token list that each chunk is cut from.
    starts, lengths : int ndarray of shape (n_chunks,)
        Tokens of the chunk within the list.
    counts : int ndarray of shape (n_lists,)
        Chunks of each list.
    """

    owners: np.ndarray
    starts: np.ndarray
    lengths: np.ndarray
    counts: np.ndarray

    def batches(self, size, max_tokens=None, *, equal=False):
        """Yield slices of at most ``size`` chunks and, padding included, ``max_tokens`` tokens (or one chunk).

        Where ``equal``, the chunks of a slice have one length.
        """
        begin = 0
        while begin < len(self.owners):
            # the first chunk of a batch is the longest
            fitting = size if max_tokens is None else max(1, min(size, max_tokens // int(self.lengths[begin])))
            if equal:
                # the longest come first, so those of one length are neighbours
                fitting = int((self.lengths[begin : begin + fitting] == self.lengths[begin]).sum())
            yield slice(begin, begin + fitting)
            begin += fitting


def plan_chunks(n_tokens, capacity):
    """Cut lists of more than ``capacity`` tokens into chunks of exactly that many, which overlap by a quarter or more.

    Parameters
    ----------
    n_tokens : int array-like of shape (n_lists,)
        Tokens of each list.
    capacity : int
        Most tokens of a chunk.

    Returns
    -------
    ChunkPlan
        The first chunk starts with the list and the last ends with it; in between they are spread evenly. All chunks
        of a list have the same length, so their plain average weights by tokens.
    """
    n_tokens = np.asarray(n_tokens, dtype=np.intp)
    # a token near a cut lacks the context on one side; a quarter in common gives it in the neighbouring chunk
    overlap = capacity // 4
    rest = np.maximum(n_tokens - capacity, 0)
    # rounded up
    counts = 1 + -(-rest // (capacity - overlap))
    # longest first: batches hold lists of about one length, so little is padding, and too little memory shows at once
    order = np.argsort(-n_tokens, kind="stable")
    owners = np.repeat(order, counts[order])
    first = np.cumsum(counts[order]) - counts[order]
    number = np.arange(len(owners)) - np.repeat(first, counts[order])
    # first chunk at 0, last at `rest`, between them even steps in whole numbers
    starts = number * rest[owners] // np.maximum(counts[owners] - 1, 1)
    return ChunkPlan(owners, starts, np.minimum(n_tokens, capacity)[owners], counts)


def batch_arrays(tokens, plan, batch, tokenizer):
    """Put a batch of chunks between their special tokens and pad them.

    Parameters
    ----------
    tokens : list of int ndarray
        The token lists.
    plan : ChunkPlan
        Their chunks.
    batch : slice
        Which chunks.
    tokenizer : KmerTokenizer or ModelTokenizer
        Gives special tokens and padding.

    Returns
    -------
    numbers, mask : int64 ndarray of shape (n_chunks, longest)
        Token numbers; 1 for a token and 0 for padding.
    """
    n_special = len(tokenizer.prefix) + len(tokenizer.suffix)
    lengths = plan.lengths[batch] + n_special
    numbers = np.full((len(lengths), lengths.max()), tokenizer.padding, np.int64)
    for row, owner, start, length in zip(numbers, plan.owners[batch], plan.starts[batch], lengths, strict=True):
        inner = tokens[owner][start : start + length - n_special]
        row[:length] = np.concatenate([tokenizer.prefix, inner, tokenizer.suffix])
    return numbers, (np.arange(numbers.shape[1]) < lengths[:, None]).astype(np.int64)


_CPU_VALUES = 2**18
"""Values of a layer's output in one forward pass on a CPU: its caches hold what they pass on, more are slower."""
_CPU_TOKENS = (256, 1024)
"""Bounds of the tokens that this gives."""
_FORMAT = 2
"""Raised when the same settings begin to give other vectors: 2, where padding changes a model's vectors."""
_MUCH_UNKNOWN = 0.05
"""Share of tokens that the model does not know, from which on it is said."""


@dataclass(frozen=True)
class Settings:
    """What decides the vector of a text.

    Attributes
    ----------
    source : ModelSource
        The model.
    kmer : int or None
        Residues per token.
    pooling : {"mean", "cls", "max"}
        How tokens become one vector.
    layer : int
        0 to the number of layers.
    max_length : int
        Most tokens of one forward pass.
    dtype : str
        Arithmetic.
    special_tokens : bool
        Whether special tokens are pooled with the others.
    """

    source: ModelSource
    kmer: int | None
    pooling: str
    layer: int
    max_length: int
    dtype: str
    special_tokens: bool = True

    def identity(self):
        """Return the settings as JSON values; where the model lies does not count."""
        names = ("kmer", "pooling", "layer", "max_length", "dtype", "special_tokens")
        others = {name: getattr(self, name) for name in names}
        return {"format": _FORMAT, "revision": self.source.revision, **others}


class EmbeddingRun:
    """Computes vectors, and reads and writes the cache.

    Parameters
    ----------
    settings : Settings
        What is computed.
    device : torch.device
        Where.
    batch_size : int
        Chunks of one forward pass.
    cache : EmbeddingCache or None
        Where vectors are kept.
    bar : tqdm.std.tqdm
        Advanced by finished texts.
    """

    def __init__(self, settings, *, device, batch_size, cache, bar):
        self.settings, self.device, self.batch_size = settings, device, batch_size
        self.cache, self.bar = cache, bar
        self.tokenizer = load_tokenizer(settings.source, settings.kmer)
        # tokens and unknown ones so far, until it is said
        self._n_tokens, self._n_unknown = 0, 0

    @cached_property
    def network(self):
        """The network as a NetworkAdapter, loaded when a vector is missing."""
        return load_network(self.settings.source, self.device, self.settings.dtype)

    def vectors(self, texts, names, width):
        """Embed texts.

        Parameters
        ----------
        texts : list of str
            Normalised and different from each other.
        names : callable
            Row -> what a message calls it.
        width : int
            Length of a vector.

        Returns
        -------
        float32 ndarray of shape (n_texts, width)

        Raises
        ------
        DataFormatError
            If the model gives NaN or infinite values.
        """
        vectors = np.empty((len(texts), width), np.float32)
        known = self.cache.read(texts, vectors) if self.cache else np.zeros(len(texts), bool)
        self.bar.update(int(known.sum()))
        missing = np.flatnonzero(~known)
        if missing.size:
            computing = self._compute([texts[row] for row in missing], lambda row: names(missing[row]), width)
            for rows, computed in computing:
                rows = missing[rows]
                vectors[rows] = computed
                if self.cache:
                    self.cache.write([texts[row] for row in rows], computed)
                self.bar.update(len(rows))
        return vectors

    def _compute(self, texts, names, width):
        """Yield (rows, vectors) as soon as all chunks of the rows are done."""
        tokens = self._tokens(texts, names)
        tokenizer, pooling = self.tokenizer, self.settings.pooling
        capacity = self.settings.max_length - len(tokenizer.prefix) - len(tokenizer.suffix)
        plan = plan_chunks([len(numbers) for numbers in tokens], capacity)
        # chunks of each row still to come, and sums of the rows whose chunks go on in the next batch
        left = plan.counts.copy()
        partial: dict[int, list] = {}
        batching = self._batching(tokens, capacity)
        size = 1 if batching == "single" else self.batch_size
        for batch in plan.batches(size, self._max_tokens(), equal=batching == "equal"):
            numbers, mask = batch_arrays(tokens, plan, batch, tokenizer)
            pooled = None if self.settings.special_tokens else self._without_special(mask)
            chunks = embed_batch(self.network, numbers, mask, layer=self.settings.layer, pooling=pooling, pooled=pooled)
            owners = plan.owners[batch]
            self._check_width(chunks, width)
            self._check_finite(chunks, owners, names)
            # chunks of a row are neighbours; np.unique gives the rows by number, reduceat needs them as they stand
            rows, starts = np.unique(owners, return_index=True)
            order = np.argsort(starts)
            rows, starts = rows[order], starts[order]
            # mean and cls pooling average the chunks, max pooling takes the largest of them
            joined = (np.maximum if pooling == "max" else np.add).reduceat(chunks, starts, axis=0)
            left[rows] -= np.diff(starts, append=len(owners))
            # only the first row can have begun before, and only the last can go on
            if rows[0] in partial:
                before = partial.pop(rows[0])
                joined[0] = np.maximum(before, joined[0]) if pooling == "max" else before + joined[0]
            if left[rows[-1]]:
                partial[rows[-1]] = joined[-1]
                rows, joined = rows[:-1], joined[:-1]
            if len(rows):
                yield rows, joined if pooling == "max" else joined / plan.counts[rows, None].astype(np.float32)

    def _batching(self, tokens, capacity):
        """How rows may stand together, tried before the first vector of this network is made, and so kept."""
        known = self.tokenizer.sample()
        size = getattr(load_config(self.settings.source), "vocab_size", None)
        known = known if size is None else known[known < size]
        return choose_batching(
            self.network,
            self.tokenizer,
            known if known.size else np.concatenate(tokens),
            layer=self.settings.layer,
            pooling=self.settings.pooling,
            capacity=capacity,
            dtype=self.settings.dtype,
        )

    def _without_special(self, mask):
        """Mask without the tokens that the tokenizer puts before and after a text."""
        ends = mask.sum(axis=1, keepdims=True) - len(self.tokenizer.suffix)
        place = np.arange(mask.shape[1])
        return ((place >= len(self.tokenizer.prefix)) & (place < ends)).astype(np.int64)

    def _max_tokens(self):
        """Most tokens of one forward pass; None where the number of chunks is the only limit."""
        if self.device.type != "cpu":
            return None
        fewest, most = _CPU_TOKENS
        width = hidden_size(load_config(self.settings.source)) or 1
        return min(max(_CPU_VALUES // width, fewest), most)

    def _tokens(self, texts, names):
        tokens = self.tokenizer.encode(texts)
        config = load_config(self.settings.source)
        for row, numbers in enumerate(tokens):
            check_known(numbers, self.tokenizer, config, names(row), self.settings.source.location)
        self._warn_of_unknown(texts, tokens, names)
        return tokens

    def _warn_of_unknown(self, texts, tokens, names):
        """Warn once, with the share so far and the worst sequence, where the model does not know much of the text."""
        if self.tokenizer.unknown is None or self._n_tokens < 0:
            return
        unknown = np.array([np.count_nonzero(numbers == self.tokenizer.unknown) for numbers in tokens])
        lengths = np.array([len(numbers) for numbers in tokens])
        self._n_unknown += int(unknown.sum())
        self._n_tokens += int(lengths.sum())
        share = self._n_unknown / self._n_tokens
        if share <= _MUCH_UNKNOWN:
            return
        worst = int(np.argmax(unknown / lengths))
        text = texts[worst] if len(texts[worst]) <= 20 else f"{texts[worst][:20]}..."
        warn(
            f"model={self.settings.source.location!r} does not know {share:.0%} of the tokens, which all become the "
            f"one unknown token: most in {names(worst)}, {text!r} ({unknown[worst] / lengths[worst]:.0%}). Is it a "
            "model for this kind of sequence? Take out gaps and ambiguity codes, and pass kmer= if it reads "
            "overlapping k-mers",
            SeqAugWarning,
        )
        self._n_tokens = -1

    def _check_width(self, chunks, width):
        if chunks.shape[1] != width:
            raise DataFormatError(
                f"model={self.settings.source.location!r} gives vectors of {chunks.shape[1]} numbers, while its "
                f"config.json says {width}; choose another model"
            )

    def _check_finite(self, chunks, owners, names):
        bad = np.flatnonzero(~np.isfinite(chunks).all(axis=1))
        if bad.size:
            exact = self.settings.dtype == "float32"
            raise DataFormatError(
                f"model={self.settings.source.location!r} gives NaN or infinite values for {names(owners[bad[0]])} in "
                f"{self.settings.dtype}; "
                + ("its weights are damaged, get them anew" if exact else "pass precision='float32'")
            )
