"""Whether a sequence has the same vector whatever stands beside it: tried on each network before it is relied on."""

import numpy as np

from seqaug_sklearn.exceptions import DataFormatError, SeqAugWarning
from seqaug_sklearn.utils import Message, Parameter, warn

__all__ = ["choose_batching"]

_TOLERANCE = {"float32": 1e-4, "float16": 1e-2, "bfloat16": 5e-2}
"""Rounding, as a share of the largest value: the order of additions differs from batch to batch."""
_LENGTHS = (3, 11, 40)
_SAID = {
    "equal": "gives a sequence another vector where it is padded beside a longer one: batches hold sequences of "
    "equal length, without padding, which is slower",
    "single": "gives a sequence another vector beside others of its length: each is run alone, which is slower",
}


def choose_batching(adapter, tokenizer, tokens, *, layer, pooling, capacity, dtype):
    """Run short, middle and long rows of tokens alone and together, and say how batches may be made.

    Parameters
    ----------
    adapter : NetworkAdapter
        The network; it keeps the verdict.
    tokenizer : KmerTokenizer or ModelTokenizer
        Gives special tokens and padding.
    tokens : int ndarray of shape (n_tokens,)
        Tokens that the model knows, at least one.
    layer : int
        Layer whose vectors are compared.
    pooling : {"mean", "cls", "max"}
        How tokens become one vector.
    capacity : int
        Most tokens of a row, special ones left out.
    dtype : {"float32", "float16", "bfloat16"}
        Arithmetic of the network.

    Returns
    -------
    {"padded", "equal", "single"}
        Rows of any lengths together; only rows of equal length; one row at a time. A warning says the last two.

    Raises
    ------
    DataFormatError
        If the same row alone has another vector the second time, or the first token sees none of the others and
        pooling="cls".
    """
    key = (layer, capacity, dtype, len(tokenizer.prefix), len(tokenizer.suffix))
    if key not in adapter.verdicts:
        # a network gives NaN where its numbers are too large; then there is no verdict, and the sequence is named later
        verdict = _try(adapter, tokenizer, tokens, layer=layer, capacity=capacity, tolerance=_TOLERANCE[dtype])
        if verdict is None:
            return "single"
        adapter.verdicts[key] = verdict
    verdict, blind = adapter.verdicts[key]
    if pooling == "cls" and blind and layer != 0:  # layer 0 is the same for all by what it is
        raise DataFormatError(
            Message(
                Parameter("pooling", "cls"),
                f": the first token of model={adapter.where!r} sees none of the others (it is a decoder), so all "
                "sequences would have one vector; use 'mean'",
            )
        )
    if verdict in _SAID:
        warn(f"model={adapter.where!r} {_SAID[verdict]}", SeqAugWarning)
    return verdict


def _try(adapter, tokenizer, tokens, *, layer, capacity, tolerance):
    """Return how rows may stand together, and whether the first token is blind; None where there are no numbers."""
    rng = np.random.default_rng(0)
    lengths = np.minimum(_LENGTHS, capacity)
    short, middle, long, twin = (rng.choice(tokens, n) for n in (*lengths, lengths[1]))

    def run(*rows):
        return _vectors(adapter, tokenizer, rows, layer)

    alone = run(middle)[0]
    if not np.isfinite(alone).all():
        return None
    short_alone = run(short)[0]
    bound = tolerance * np.abs(alone).max()

    def same(found, expected):
        return bool((np.abs(found - expected) <= bound).all())

    # the same row once more, after a shorter one: a network that draws at random, or keeps a state, differs
    if not same(run(middle)[0], alone):
        raise DataFormatError(
            Message(
                Parameter("model", adapter.where),
                ": its network gives the same sequence another vector the second time (it draws at random, or keeps a "
                "state between calls), so its embeddings mean nothing; choose another model",
            )
        )
    # two rows that share the first token only
    blind = bool(tokenizer.prefix and (np.abs(alone[0] - short_alone[0]) <= bound / 100).all())
    if not (same(run(middle, twin)[0], alone) and same(run(twin, middle)[1], alone)):
        return "single", blind
    _, beside_longer, shortest = run(long, middle, short)
    _, after_shorter = run(short, middle)
    padded = same(beside_longer, alone) and same(after_shorter, alone) and same(shortest, short_alone)
    return "padded" if padded else "equal", blind


def _vectors(adapter, tokenizer, rows, layer):
    """Vectors of all tokens of each row, padding cut off: list of float32 ndarray of shape (n_tokens, width)."""
    import torch

    rows = [np.concatenate([tokenizer.prefix, row, tokenizer.suffix]).astype(np.int64) for row in rows]
    lengths = np.array([len(row) for row in rows])
    numbers = np.full((len(rows), lengths.max()), tokenizer.padding, np.int64)
    for target, row in zip(numbers, rows, strict=True):
        target[: len(row)] = row
    mask = (np.arange(numbers.shape[1]) < lengths[:, None]).astype(np.int64)
    hidden = adapter.hidden(
        torch.from_numpy(numbers).to(adapter.device), torch.from_numpy(mask).to(adapter.device), layer=layer
    )
    return [vectors[:length].cpu().numpy() for vectors, length in zip(hidden, lengths, strict=True)]
