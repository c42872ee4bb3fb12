"""Sets of random edits by name or in words: what ``--edits`` takes, and what each kind of sequence gets."""

import numpy as np

from seqaug_sklearn.alphabets import get_alphabet
from seqaug_sklearn.augmentation._edits._edits import (
    RandomDeletion,
    RandomInsertion,
    RandomMutation,
    RandomReverseComplement,
    RandomTranslocation,
)
from seqaug_sklearn.augmentation._edits._random_augmentation import RandomAugmentation
from seqaug_sklearn.augmentation._edits._shift import RandomShift
from seqaug_sklearn.augmentation._edits._substitution_matrix import SubstitutionMatrixMutation
from seqaug_sklearn.augmentation._edits._synonymous import SynonymousMutation
from seqaug_sklearn.augmentation._edits._words import KINDS, parse_edits
from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.utils import check_sequences, invalid_parameter

__all__ = ["EDIT_PRESETS", "describe_edits", "make_edits"]

EDIT_PRESETS = ("gentle", "evoaug")
"""Names of the sets of edits that :func:`make_edits` knows."""

_LENGTHS = {"gentle": (5, 10), "evoaug": (20, 3)}
"""Most residues of an edit, and the smallest part of the shortest sequence that it may be (a third of it)."""
_RATES = {"gentle": 0.02, "evoaug": 0.05}
_CODON_RATES = {"gentle": 0.05, "evoaug": 0.2}


def make_edits(
    edits="evoaug",
    X=None,
    *,
    alphabet="dna",
    strand="both",
    aligned=False,
    coding=False,
    n_copies=1,
    protect=None,
    random_state=None,
):
    """Make a set of random edits by the name of a preset, or from words, that suits the kind of sequence.

    Parameters
    ----------
    edits : str, default="evoaug"
        - ``"evoaug"``: EvoAug's edits as DeepDifE uses them, insertions, deletions and translocations of up to 20
          residues, mutations of 5 % and, of DNA, the reverse complement; two per sequence. Noise, which EvoAug has too,
          is for networks alone.
        - ``"gentle"``: mutations of 2 %, shifts of up to 5 residues and, of DNA, the reverse complement; one or two
          per sequence. For data in which little may change.
        - edits in words, separated by commas, each with its parameters:
          ``"mutation(rate=0.02),deletion(max_length=10)"``. The names are mutation, substitution, synonymous,
          insertion, deletion, translocation, shift, inversion, reverse_complement and noise, those of the parameters
          as in their classes.
        - a preset with more edits in words: ``"gentle,mutation(rate=0.1)"``; an edit of the same name replaces that of
          the preset.

        ``copies=3`` and ``per_sequence=1`` among the words set ``n_copies`` and ``max_per_sequence``, and ``aligned``
        and ``coding`` mean what the parameters do.
    X : array-like of str of shape (n_samples,), or int, default=None
        Sequences, or the residues of the shortest: edits of a preset take no more than a third (of "gentle" a tenth) of
        it.
    alphabet : {"dna", "rna", "protein"} or Alphabet, default="dna"
        Mutations of proteins in a preset follow BLOSUM62 (:class:`SubstitutionMatrixMutation`), because a random amino
        acid rarely fits.
    strand : {"both", "single"}, default="both"
        "single": a preset has no reverse complement.
    aligned : bool, default=False
        Whether each position means the same in all sequences: a preset then has substitutions only, and edits in words
        that move residues are an error.
    coding : bool, default=False
        Whether the sequences are coding DNA or RNA in one reading frame: a preset then has
        :class:`SynonymousMutation` only, which keeps the protein, and edits in words that change it are an error.
        ``"gentle,synonymous(table=11)"`` takes another genetic code.
    n_copies : int, default=1
        Edited copies per sequence that ``fit_resample`` adds, where the words say nothing of copies.
    protect : default=None
        As of :class:`RandomAugmentation`; it leaves the reverse complement out of a preset.
    random_state : int, RandomState, Generator or None, default=None
        Seed of ``fit_resample``.

    Returns
    -------
    augmentation : RandomAugmentation
        What it does is said by :func:`describe_edits`.

    Raises
    ------
    ValueError
        If a preset, an edit or a parameter is not known (the message lists those that are), or is out of its range.
    DataFormatError
        If edits do not suit coding or aligned sequences, or proteins are called coding.

    See Also
    --------
    RandomAugmentation : Takes the edits themselves.

    References
    ----------
    .. [1] Lee et al., EvoAug, Genome Biology 24, 105 (2023), doi:10.1186/s13059-023-02941-w, Fig. 1.

    Examples
    --------
    >>> from seqaug_sklearn.augmentation import describe_edits, make_edits
    >>> print(describe_edits(make_edits("gentle", ["ACGT" * 50])))
    1 to 2 per sequence of: mutation of 2 % of the residues, to any other; shift by 0 to 5 residues, filled with
    residues of the sequence; reverse complement with probability 0.5
    >>> make_edits("evoaug", coding=True).transforms
    [SynonymousMutation(rate=0.2)]
    >>> make_edits("gentle", alphabet="protein", aligned=True).transforms
    [SubstitutionMatrixMutation(rate=0.02)]
    >>> make_edits("mutation(rate=0.05),deletion(max_length=10),copies=2").n_copies
    2
    """
    alphabet_name = get_alphabet(alphabet).name
    if strand not in ("both", "single"):
        raise invalid_parameter("strand", f"must be 'both' or 'single', got {strand!r}")
    if not isinstance(edits, str):
        raise invalid_parameter(
            "edits",
            f"must be one of {', '.join(EDIT_PRESETS)} or edits in words such as 'mutation(rate=0.05)', got "
            f"{edits!r:.60}",
        )
    preset, own, settings, flags = parse_edits(edits, EDIT_PRESETS)
    aligned, coding = aligned or "aligned" in flags, coding or "coding" in flags
    if coding and get_alphabet(alphabet).complement is None:
        raise DataFormatError(f"coding sequences are DNA or RNA, but alphabet is {alphabet_name!r}; leave coding out")
    _check_meaning(own, aligned, coding)
    transforms, options = own, {"n_copies": n_copies}
    if preset is not None:
        both = strand == "both" and alphabet_name == "dna" and protect is None and not aligned
        usual = _coding(preset) if coding else _usual(preset, _shortest(X), alphabet_name, aligned, both)
        # an edit of the user stands where that of the preset stood
        named = {edit._name: edit for edit in own}
        transforms = [named.pop(edit._name, edit) for edit in usual] + list(named.values())
        options["exactly"] = preset != "gentle"
    made = RandomAugmentation(transforms, **options | settings, protect=protect, alphabet=alphabet)
    made.set_params(random_state=random_state)
    made._validate_params()
    return made


def describe_edits(augmentation):
    """Say what a set of random edits does, in a few words.

    Parameters
    ----------
    augmentation : RandomAugmentation
        The edits.

    Returns
    -------
    text : str
        How many per sequence, and each edit with its sizes or rates.

    Examples
    --------
    >>> from seqaug_sklearn.augmentation import RandomAugmentation, RandomMutation, describe_edits
    >>> describe_edits(RandomAugmentation([RandomMutation(0.1)]))
    '1 per sequence of: mutation of 10 % of the residues, to any other'
    """
    phrases = [edit._phrase() for edit in augmentation.transforms]
    most = min(augmentation.max_per_sequence, len(phrases))
    number = str(most) if augmentation.exactly or most == 1 else f"1 to {most}"
    return f"{number} per sequence of: {'; '.join(phrases)}"


def _usual(preset, shortest, alphabet, aligned, both_strands):
    """Edits of a preset, as they suit an alphabet."""
    rate = _RATES[preset]
    # of proteins a random symbol rarely fits
    mutation = SubstitutionMatrixMutation(rate=rate) if alphabet == "protein" else RandomMutation(rate)
    if aligned:
        return [mutation]
    most, part = _LENGTHS[preset]
    longest = most if shortest is None else min(most, shortest // part)
    if preset == "evoaug":
        moving = [edit(0, longest) for edit in (RandomInsertion, RandomDeletion, RandomTranslocation)]
        usual = [*moving, mutation]
    else:
        usual = [mutation, *([RandomShift(0, longest)] if longest else [])]
    return [*usual, RandomReverseComplement(0.5)] if both_strands else usual


def _coding(preset):
    return [SynonymousMutation(_CODON_RATES[preset])]


def _shortest(X):
    if X is None or isinstance(X, (int, np.integer)):
        return X
    return int(check_sequences(X).lengths().min())


def _check_meaning(own, aligned, coding):
    """Refuse edits that do what such sequences do not stand."""
    for wanted, kept, what, why in (
        (aligned, "_keeps_positions", "aligned sequences", "move residues, and a column would no longer mean the same"),
        (coding, "_keeps_protein", "coding sequences", "change the protein"),
    ):
        wrong = [edit._name for edit in own if wanted and not getattr(edit, kept)]
        if wrong:
            right = [name for name, kind in KINDS.items() if getattr(kind, kept)]
            raise DataFormatError(
                f"edits of {what} must not be {', '.join(wrong)}, which {why}; take {', '.join(right)}, or leave "
                f"{what.split()[0]} out"
            )
