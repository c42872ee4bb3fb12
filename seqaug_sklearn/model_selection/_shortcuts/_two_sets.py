"""``describe_difference``: whether one trivial feature separates a test set from its training set."""

from seqaug_sklearn.model_selection._shortcuts._audit import audit_shortcuts

__all__ = ["describe_difference"]

_FEWEST_ROWS = 20


def describe_difference(train, test, *, alphabet="dna", n_permutations: int = 199, random_state=0) -> str:
    """Say in which trivial feature a test set differs from a training set.

    Where length, composition or one position separates test rows from training rows, a score on the test set is not one
    on more of the same data, whatever the labels.

    Parameters
    ----------
    train, test : array-like of str of shape (n_train,), (n_test,)
        Sequences.
    alphabet : {"dna", "rna", "protein"} or Alphabet, default="dna"
        Alphabet.
    n_permutations : int, default=199
        Exchanges of rows between the sets, as in :func:`audit_shortcuts`.
    random_state : None, int, RandomState or Generator, default=0
        Seed of the exchanges.

    Returns
    -------
    str
        A sentence; empty where they differ in none of the traits, or there are fewer than 20 rows, or two of a set.

    Raises
    ------
    SequenceError, SequenceTypeError
        For bad sequences.
    InvalidParameterError
        If `n_permutations` is below 19.

    See Also
    --------
    audit_shortcuts : What is looked at, and the test.

    Examples
    --------
    >>> import numpy as np
    >>> from seqaug_sklearn.model_selection import describe_difference
    >>> rng = np.random.default_rng(0)
    >>> train, test = (["".join(rng.choice(list("ACGT"), n)) for _ in range(30)] for n in (60, 70))
    >>> print(describe_difference(train, test))
    The two sets differ: length alone gives an AUROC of 1.000 ...
    """
    if min(len(train), len(test)) < 2 or len(train) + len(test) < _FEWEST_ROWS:
        return ""
    sides = ["training"] * len(train) + ["test"] * len(test)
    about = {"alphabet": alphabet, "n_permutations": n_permutations, "random_state": random_state}
    report = audit_shortcuts([*train, *test], sides, **about)
    if report.best is None:
        return ""
    detail = report.table.loc[report.best, "detail"]
    return (
        f"The two sets differ: {report.tell_alone()} of separating one from the other ({detail}), so a score on the "
        "test set is not one on more of the same."
    )
