"""Long token lists cut into overlapping chunks, and chunks of similar length put into batches."""

from dataclasses import dataclass

import numpy as np

__all__ = ["ChunkPlan", "batch_arrays", "plan_chunks"]


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

    def batches(self, size, max_tokens=None):
        """Yield slices of at most ``size`` chunks and, padding included, ``max_tokens`` tokens (or one chunk)."""
        begin = 0
        while begin < len(self.owners):
            # the first chunk of a batch is the longest
            fitting = size if max_tokens is None else max(1, min(size, max_tokens // int(self.lengths[begin])))
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
    overlap = capacity // 4
    rest = np.maximum(n_tokens - capacity, 0)
    counts = 1 + -(-rest // (capacity - overlap))
    order = np.argsort(-n_tokens, kind="stable")
    owners = np.repeat(order, counts[order])
    first = np.cumsum(counts[order]) - counts[order]
    number = np.arange(len(owners)) - np.repeat(first, counts[order])
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
