"""Whether groups of people hold the same variants, and no person twice."""

from collections import Counter

import numpy as np

__all__ = ["check_held_out", "check_same_variants"]

_COLUMNS = ("chrom", "pos", "ref", "alt")


def check_same_variants(real_train, other, name):
    """Refuse a GenotypeSet whose variants are not those of real_train, position by position and allele by allele.

    Parameters
    ----------
    real_train, other : GenotypeSet or anything
        Nothing is known of the variants of arrays.
    name : str
        Of ``other``, for the message.

    Raises
    ------
    ValueError
        Naming the first difference.
    """
    expected, found = (getattr(group, "variants", None) for group in (real_train, other))
    if expected is None or found is None or len(expected) != len(found):
        return
    columns = [column for column in _COLUMNS if column in expected.columns and column in found.columns]
    expected, found = (frame[columns].astype(str).to_numpy() for frame in (expected, found))
    different = np.flatnonzero((expected != found).any(axis=1))
    if len(different):
        first = different[0]
        raise ValueError(
            f"{name} has other variants than real_train: {len(different)} of {len(found)} differ, the first is number "
            f"{first + 1}, {_variant(found[first])} where real_train has {_variant(expected[first])}; read both with "
            "the same variants in the same order, and the same reference and alternative alleles"
        )


def check_held_out(real_train, real_test, train, test):
    """Refuse held-out people who are training people.

    Parameters
    ----------
    real_train, real_test : GenotypeSet or anything
        The names of people are compared where both have them.
    train, test : People
        The same as read. Without names, people with the same genotypes are counted: in a short region there are some
        in any real data, so the training people themselves say how many to expect.

    Raises
    ------
    ValueError
        Naming the people, or their number.
    """
    names = [getattr(group, "samples", None) for group in (real_train, real_test)]
    if all(group is not None for group in names):
        shared = sorted(set(map(str, names[0])) & set(map(str, names[1])))
        if shared:
            raise ValueError(
                f"{len(shared)} people are in both real_train and real_test: {', '.join(shared[:5])}"
                f"{', ...' if len(shared) > 5 else ''}; held-out people must be others than those trained on"
            )
        return
    n_same, limit = _same_people(train, test)
    if n_same > limit:
        raise ValueError(
            f"{n_same} of {len(test)} people of real_test have the same genotypes as one of real_train, where at most "
            f"{limit:.0f} are expected by chance (as many as such pairs within real_train); held-out people must be "
            "others than those trained on"
        )


def _same_people(train, test):
    """Count held-out people who equal a training person, and how many there may be by chance."""
    own = [row.tobytes() for row in np.ascontiguousarray(train.counts)]
    times = Counter(own)
    base = np.mean([times[row] > 1 for row in own])
    n_same = sum(row.tobytes() in times for row in np.ascontiguousarray(test.counts))
    spread = len(test) * np.sqrt(base * (1 - base) * (1 / len(test) + 1 / len(train)))
    return n_same, len(test) * base + 3 * spread + 1


def _variant(row):
    return f"{':'.join(row[:2])}{' ' + '>'.join(row[2:]) if len(row) > 2 else ''}"
