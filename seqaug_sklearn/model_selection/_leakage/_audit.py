"""Does the test set hold sequence that was trained? The audit of one split."""

from dataclasses import replace

import numpy as np
import pandas as pd

from seqaug_sklearn.exceptions import LeakageError
from seqaug_sklearn.model_selection._leakage._leakage_report import LeakageReport, grades_of
from seqaug_sklearn.model_selection._leakage._lineage import warn_of_shared_names
from seqaug_sklearn.model_selection._leakage._odd_targets import BothTargets, contradictions_of
from seqaug_sklearn.model_selection._leakage._shared_sequence import EvidenceFinder
from seqaug_sklearn.similarity import USUAL_SHARE
from seqaug_sklearn.utils import Parameter, check_sequences, invalid_data, invalid_parameter

__all__ = [
    "audit_leakage",
    "check_no_leakage",
    "report_on",
    "row_names",
    "windows_of",
]


def audit_leakage(
    train,
    test,
    *,
    k: int | None = None,
    threshold: float = USUAL_SHARE,
    min_run: int | None = None,
    alphabet="dna",
    mask_low_complexity: bool = True,
    mask_tags: bool = True,
    homologs: bool | str = "auto",
    max_evalue: float = 1e-3,
    train_parents=None,
    test_parents=None,
    y_train=None,
    y_test=None,
    task: str = "auto",
    show_progress: bool = False,
) -> LeakageReport:
    """Find the test rows that share sequence with a training row.

    A clean report says that nothing similar was found at these settings, not that the classes are comparable or the
    labels right: see :func:`sanity_checks` for those. Exact copies, shifts, reverse complements, partial overlaps and
    close homologs (90 % identity) are found by shared substrings. Homologs whose k-mers no longer tell them from chance
    are aligned where parasail is installed (the extra ``audit``): DNA from some 70 %, proteins from some 40 %
    identity on (30 % where changes are conservative), with more misses among proteins shorter than 150 residues and DNA
    shorter than 100 nt.

    Parameters
    ----------
    train, test : array-like of str of shape (n_train,), (n_test,), or WindowSet
        Sequences. Of a :class:`~seqaug_sklearn.augmentation.WindowSet` the windows are compared. Gaps (``-``, ``.``)
        of aligned rows count as if they were not there.
    k : int, default=None
        Length of the k-mers. None: 12 for DNA and RNA, 5 for other alphabets.
    threshold : float, default=0.04
        A test row leaks when one training row holds this share of its distinct k-mers, and at least as many as a run
        of `min_run` has.
    min_run : int, default=None
        A test row leaks when it shares this many consecutive symbols with a training row. None: 20 residues (8 without
        a second strand), at most half the median sequence, and more where chance alone gives longer runs (see Notes).
    alphabet : {"dna", "rna", "protein"} or Alphabet, default="dna"
        Alphabet. Both strands are compared where it has a complement; unknown symbols match nothing.
    mask_low_complexity : bool, default=True
        Whether shared poly-A, microsatellites and the like are not leaks by themselves: unrelated sequences share them.
        Rows that share nothing else get the kind "low complexity", and the summary counts them. A run that is at least
        half of either row is a leak whatever it is made of. False: everything counts.
    mask_tags : bool, default=True
        Whether expression tags, cleavage sites and linkers of vectors are not leaks in proteins, either: rows that
        share nothing else get the kind "tag". Only with `mask_low_complexity` in shared runs and k-mers.
    homologs : bool or "auto", default="auto"
        Whether to align what shares too few k-mers. "auto": where parasail is installed and the search is estimated to
        take three minutes at most, unless `threshold` or `min_run` say how much must be shared; the report says why it
        was left out. True: always.
    max_evalue : float, default=1e-3
        A test row leaks when at least half of it aligns with a training row with an E-value below this, among all
        training rows. Shorter alignments must hold 40 residues and be so good that fewer than 0.01 are expected in the
        whole audit; none counts that scores less than a run of `min_run`, because unrelated promoters share motifs.
    train_parents, test_parents : array-like of shape (n_train,), (n_test,), default=None
        The original row that each row was made from, in one numbering for both sides: a test row leaks when its parent
        has a training row. Resampled, then split: ``sampler.sample_indices_[train]`` and ``[test]``. Split, then the
        training rows resampled: ``train[sampler.sample_indices_]`` and ``test``.
    y_train, y_test : array-like of shape (n_train,), (n_test,) or with a column for each target, default=None
        Classes, numbers or several labels. Copies and close relatives with another class, or label, than their training
        row are then named in the report; of numbers, copies that differ by more than replicates do, as in
        :func:`find_contradictions`.
    task : {"auto", "classes", "number", "labels"}, default="auto"
        What they are; see :func:`~seqaug_sklearn.utils.read_target`.
    show_progress : bool, default=False
        Whether to show bars while homologs are looked for.

    Returns
    -------
    LeakageReport

    Raises
    ------
    SequenceError
        For bad sequences, symbols outside the alphabet, or a `k` longer than every sequence.
    InvalidParameterError
        For bad parameters.
    DataFormatError
        For parents or labels that do not fit the rows.
    MissingDependencyError
        If ``homologs=True`` and parasail is not installed.

    See Also
    --------
    check_no_leakage : The same as an error.
    find_contradictions : Equal rows with different labels within one set.
    LeakageGuard : The audit around a splitter.

    Notes
    -----
    At 90 % identity a 12-mer survives with probability 0.9^12 = 0.28: 81 of the 289 12-mers of 300 nt on average, and
    fewer than 12 (4 %) about once in 20,000 homologs. Of homologs of 85, 80 and 75 % identity 98, 73 and 30 % are found
    (``bench_audit.py`` prints these). Unrelated rows share a run of L symbols with probability falling as p^L, p being
    about 0.25 to 0.35 for the composition: `min_run` is set so that a whole audit of unrelated rows is expected to hold
    fewer than 0.05 such runs (22 for two times 2,000 × 300 nt of even composition).

    Composition is all that chance is reckoned from, and real sequence repeats itself more than that. So a run at least
    half of which lies in stretches of low complexity (symmetric DUST [1]_) does not count, and k-mers of which that is
    true count up to the number of others. The same audit with the test rows written backwards (``text[::-1]``, not
    complemented: nothing there is inherited) says what is left: none of 567 promoters of plants, 6.9 % with
    ``mask_low_complexity=False``. ``bench_audit.py`` prints these, and what the mask costs. DUST was made for DNA: of
    proteins it marks hardly more than runs of one residue.

    The second stage looks for words of a few residues in common (8 of 11 nucleotides, 5 amino acids in ten classes)
    whose surroundings agree, extends them without gaps, and aligns what is promising with the scores of ``blastn``
    (2, -3, gaps 5 + 2 n) or ``blastp`` (BLOSUM62, gaps 11 + n). E-values are theirs (Karlin and Altschul [2]_), except
    that they are larger where the compositions of both rows make hits by chance likely. Low complexity is hidden from
    it.

    Time and memory grow with the number of k-mers that rows have in common, not with ``n_train * n_test``; the longest
    run of each row costs the product of two lengths.

    References
    ----------
    .. [1] A. Morgulis et al., A fast and symmetric DUST implementation to mask low-complexity DNA sequences, Journal of
       Computational Biology 13 (2006), :doi:`10.1089/cmb.2006.13.1028`.
    .. [2] S. Karlin and S. F. Altschul, Methods for assessing the statistical significance of molecular sequence
       features by using general scoring schemes, PNAS 87 (1990), :doi:`10.1073/pnas.87.6.2264`.

    Examples
    --------
    >>> train = ["ACGTTGCAGGATCCATTACGGCATCAAT", "TTTGACCCAGATAGACCAGATTTGGCAA"]
    >>> report = audit_leakage(train, ["CGTTGCAGGATCCATTACGGCATCAATG", "GGGCATATCTCTGAGCGACGCTTTAAAC"])
    >>> report.leaked.tolist(), report.kind.tolist(), report.nearest.tolist()
    ([True, False], ['shifted copy', 'none'], [0, -1])
    >>> print(report.summary())
    1 of 2 test rows (50.0%) leak: 1 shifted copy. ...
    """
    trained, tested = windows_of(train, "train"), windows_of(test, "test")
    parents = _check_parents(train_parents, test_parents, len(trained), len(tested))
    names = [row_names(trained), row_names(tested)]
    targets = BothTargets.read(y_train, y_test, len(trained), len(tested), task)
    finder = EvidenceFinder(
        [*trained.values, *tested.values],  # noqa: PD011
        k=k,
        threshold=threshold,
        min_run=min_run,
        alphabet=alphabet,
        mask_low_complexity=mask_low_complexity,
        mask_tags=mask_tags,
        homologs=homologs,
        max_evalue=max_evalue,
        show_progress=show_progress,
        identifiers=[*(f"train: {name}" for name in names[0]), *(f"test: {name}" for name in names[1])],
    )
    rows = np.split(np.arange(len(trained) + len(tested)), [len(trained)])
    evidence = finder.find(*rows)
    if parents is None:
        warn_of_shared_names(train, test, evidence.leaked)
    report = report_on(finder, evidence, rows[1], names[0], names[1], parents)
    if targets is None:
        return report
    copies = (finder.mirrors[side] for side in rows)
    return replace(report, contradictions=contradictions_of(report, targets, *copies))


def check_no_leakage(train, test, **settings) -> None:
    """Raise if a test row shares sequence, or a parent, with a training row.

    Parameters
    ----------
    train, test
        As in :func:`audit_leakage`.
    **settings
        Any other parameter of :func:`audit_leakage`.

    Raises
    ------
    LeakageError
        If a row leaks; the message is the report's summary, with the worst rows.

    Examples
    --------
    >>> check_no_leakage(["ACGTTGCAGGATCCATTACGGCATCAAT"], ["GGGCATATCTCTGAGCGACGCTTTAAAC"])
    >>> check_no_leakage(["ACGTTGCAGGATCCATTACGGCATCAAT"], ["ATTGATGCCGTAATGGATCCTGCAACGT"])
    Traceback (most recent call last):
    ...
    seqaug_sklearn.exceptions.LeakageError: 1 of 1 test rows (100.0%) leak: 1 reverse complement. ...
    """
    report = audit_leakage(train, test, **settings)
    if report.leaked.any():
        raise LeakageError(report.summary())


def windows_of(X, name):
    """Validate text or a WindowSet; return its Sequences, those of a set named by parent and start."""
    if not (hasattr(X, "windows") and hasattr(X, "positions")):
        return check_sequences(X, name=name)
    windows = check_sequences(X.windows, name=f"{name}.windows")
    parents = X.sources if X.identifiers is None else X.identifiers
    named = pd.Index([f"{parent}:{start}" for parent, start in zip(parents, X.starts, strict=True)], dtype=object)
    return type(windows)(windows.values, named)


def row_names(sequences):
    """Identifiers where there are some, else row numbers."""
    return pd.RangeIndex(len(sequences)) if sequences.identifiers is None else pd.Index(sequences.identifiers)


def report_on(finder, evidence, test, train_names, test_names, parents=None):
    """Put evidence, names and parents together.

    Parameters
    ----------
    finder : EvidenceFinder
        What found it.
    evidence : Evidence
        What was found.
    test : int ndarray of shape (n_test,)
        Test rows among the finder's.
    train_names, test_names : pandas.Index
        Names of the rows.
    parents : pair of ndarray or None
        Parents of the training and of the test rows.

    Returns
    -------
    LeakageReport
    """
    leaked, nearest, kind, same = evidence.leaked, evidence.nearest, evidence.kind, None
    if parents is not None:
        known, first = np.unique(parents[0], return_index=True)
        # clipped: a parent larger than all known ones fails the comparison
        places = np.minimum(np.searchsorted(known, parents[1]), len(known) - 1)
        same = known[places] == parents[1]
        nearest = np.where(same & (nearest < 0), first[places], nearest)
        kind = np.where(same & ~leaked, "same parent", kind)
        leaked = leaked | same
    return LeakageReport(
        leaked,
        kind,
        nearest,
        evidence.longest_run,
        evidence.kmer_share,
        evidence.strand,
        same,
        test_names,
        train_names,
        finder.k,
        finder.threshold,
        finder.min_run,
        evidence.identity,
        evidence.coverage,
        evidence.evalue,
        grades_of(evidence, leaked, finder.lengths[test]),
        None,
        finder.second_stage.max_evalue,
        evidence.skipped,
        finder.alphabet.name,
    )


def _check_parents(train_parents, test_parents, n_train, n_test):
    if train_parents is None and test_parents is None:
        return None
    if train_parents is None or test_parents is None:
        raise invalid_parameter(
            "train_parents",
            "and ",
            Parameter("test_parents"),
            " belong together: pass both, in one numbering, or neither",
        )
    parents = []
    for name, values, n in (("train", train_parents, n_train), ("test", test_parents, n_test)):
        values = np.asarray(values)
        if values.shape != (n,):
            raise invalid_data(
                f"{name}_parents", f"must have one entry per row of {name}: shape ({n},), got {values.shape}"
            )
        parents.append(values)
    if len({values.dtype.kind in "iu" for values in parents}) > 1:
        raise invalid_data(
            "train_parents", f"and test_parents must be of one type, got {parents[0].dtype} and {parents[1].dtype}"
        )
    return parents
