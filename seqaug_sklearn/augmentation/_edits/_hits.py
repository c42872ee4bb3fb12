"""Independent trials with a small rate: which of them succeed."""

import math

import numpy as np

__all__ = ["bernoulli_hits"]


def bernoulli_hits(n_trials, rate, rng):
    """Ascending numbers of the successes among independent trials, through the gaps between them."""
    if rate == 0 or n_trials == 0:
        return np.zeros(0, np.int64)
    # an exponential variable of this mean, rounded up, is geometric: P(gap > g) = (1 - rate)**g
    scale = -1 / math.log1p(-rate) if rate < 1 else 0.0
    expected = n_trials * rate
    hits, last = [], -1
    while last < n_trials:
        # rounded up, an exponential variable is a geometric one; a tiny rate gives gaps that would overflow
        # four standard deviations more than expected, so that a second round is rare
        gaps = rng.standard_exponential(int(expected + 4 * expected**0.5) + 8)
        gaps *= scale
        more = np.minimum(gaps, n_trials, out=gaps).astype(np.int64)
        more += 1
        more[0] += last
        hits.append(more.cumsum(out=more))
        last = more[-1]
    found = hits[0] if len(hits) == 1 else np.concatenate(hits)
    return found[: found.searchsorted(n_trials)]
