"""One function: how much each variant changes the answer of a classifier."""

import numpy as np
import pandas as pd
from sklearn.utils.validation import check_is_fitted

from seqaug_sklearn.alphabets import get_alphabet
from seqaug_sklearn.exceptions import DataFormatError, SequenceError
from seqaug_sklearn.inspection._variants._alleles import all_substitutions, read_alleles
from seqaug_sklearn.inspection._variants._answers import Answers
from seqaug_sklearn.inspection._variants._effects import VariantEffects, answer_columns, skipped_words
from seqaug_sklearn.inspection._variants._haplotypes import centred_windows, whole_sequences
from seqaug_sklearn.utils import (
    Message,
    Parameter,
    check_sequences,
    invalid_parameter,
    is_covariate_frame,
    is_whole,
    listed,
    plain,
)
from seqaug_sklearn.utils import progress as progress_bar

__all__ = ["variant_effects"]


def variant_effects(
    estimator,
    sequences,
    variants=None,
    *,
    length=None,
    alphabet="dna",
    both_strands=None,
    target=None,
    on_mismatch="error",
    batch_size=1000,
    progress=False,
):
    r"""Change of a classifier's log-odds, or of a regressor's prediction, by each variant.

    The effects are those on the model, not on the cell: it knows what it was trained on, and a shortcut that it
    learned is changed by variants as well as a site. Ask first whether its score is real.

    Parameters
    ----------
    estimator : fitted classifier or regressor
        Any regressor of text, or classifier of text with ``predict_proba``: a network, a pipeline, a search, an
        ensemble.
    sequences : Series of str of shape (n_sequences,), or DataFrame
        Reference, named by its index, as :func:`~seqaug_sklearn.datasets.read_fasta` gives it; of a model that reads
        covariates a frame with these beside the text, which stay as they are, with a variant and without. Without
        ``length`` the sequences are what the model takes (promoters, for example); with it they are chromosomes or
        contigs.
    variants : DataFrame, default=None
        ``name`` (of the sequence), ``position`` (of the first residue of ``ref``, 0-based), ``ref`` and ``alt`` (one
        residue or more each, as in VCF files; several alternatives separated by commas) and, if wanted, ``id``:
        what :func:`~seqaug_sklearn.datasets.read_variants` gives. None: all single substitutions of the sequences
        (saturation mutagenesis).
    length : int, default=None
        Residues of the model's input. The window around each variant is cut from the sequence, its middle in the middle
        of the window, and shifted inwards at the ends. An insertion pushes as many residues out, and a deletion draws
        as many in, on both sides, so that every window has this length. None: whole sequences. An insertion then loses
        residues at the end that is further from it, and a deletion leaves the sequence shorter, so that its effect
        holds that of the length.
    alphabet : {"dna", "rna", "protein"} or Alphabet, default="dna"
        Alphabet of the sequences.
    both_strands : bool, default=None
        Whether predictions are means over a window and its reverse complement. None: yes for DNA, unless the model
        says that it reads both strands itself (``strand="both"``). Set it to False where the strand matters.
    target : object, default=None
        Class, label or target that ``spread``, the order of effects and figures are about. None: the second of two
        classes, or the only target.
    on_mismatch : {"error", "skip"}, default="error"
        What happens where ``ref`` is not what the reference has (in either case), there is no such sequence, or no room
        for a window.
    batch_size : int, default=1000
        Variants at a time.
    progress : bool, default=False
        Show a progress bar.

    Returns
    -------
    VariantEffects
        Alleles that cannot be written out (``<DEL>``, ``*``, letters such as N) are left out and counted in
        ``skipped``.

    Raises
    ------
    DataFormatError
        If the table lacks columns, a variant does not fit the reference, or none is left.
    SequenceError
        If the model refuses a sequence that a deletion made shorter.
    ValueError
        If a parameter is wrong.

    See Also
    --------
    sequence_attributions : What each residue contributes; ``"mutagenesis"`` gives the same exchanges as arrays.
    seqaug_sklearn.plotting.VariantEffectsDisplay : Heat map.

    Notes
    -----
    The effect on a number is its change, in the unit of the target. That on a class, or on one of several labels, is
    :math:`\log\frac{p}{1-p}` with the variant less that without it, where probabilities are at least 10\ :sup:`-12`: of
    a model that is surer than this, effects are zero. ``spread`` is the standard deviation of the target's effect over
    the members of an ensemble, of their own probabilities: those of a calibrated ensemble are not calibrated one by
    one.

    Examples
    --------
    >>> import pandas as pd
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn.pipeline import make_pipeline
    >>> from seqaug_sklearn.features import KmerCounts
    >>> from seqaug_sklearn.inspection import variant_effects
    >>> X = ["TTTCACGTGTTT", "TACACGTGATTA", "TTTTATTATTAT", "ATTATAATTTAA"] * 3
    >>> model = make_pipeline(KmerCounts(4), LogisticRegression()).fit(X, ["up", "up", "down", "down"] * 3)
    >>> reference = pd.Series({"gene": "ATTACACGTGTATA"})
    >>> variants = pd.DataFrame({"name": "gene", "position": [5, 0], "ref": ["A", "A"], "alt": ["T", "C,G"]})
    >>> effects = variant_effects(model, reference, variants)
    >>> effects.to_frame()[["position", "ref", "alt", "effect_up"]].round(1).to_numpy().tolist()
    [[5, 'A', 'T', -1.4], [0, 'A', 'C', 0.4], [0, 'A', 'G', 0.4]]
    """
    _check_parameters(length, on_mismatch, batch_size, variants)
    check_is_fitted(estimator)
    alphabet = get_alphabet(alphabet)
    answers = Answers(estimator, alphabet, both_strands, sequences if is_covariate_frame(sequences) else None)
    outputs = answers.outputs
    target = _check_target(target, outputs)
    texts, names = _named(sequences)
    if variants is None:
        alleles, skipped = all_substitutions(texts, names, alphabet), {}
    else:
        alleles, skipped = read_alleles(variants, texts, names, alphabet, length=length, on_mismatch=on_mismatch)
    if not alleles:
        raise DataFormatError(f"no variant is left; skipped: {skipped_words(skipped) or 'none'}")
    parts = []
    with progress_bar(total=len(alleles), description="variants", enabled=progress, unit="variant") as bar:
        for start in range(0, len(alleles), batch_size):
            batch = alleles[start : start + batch_size]
            parts.append(_effects_of(batch, texts, length, answers, target))
            bar.update(len(batch))
    *numbers, in_domain = [np.concatenate(columns) for columns in zip(*parts, strict=True)]
    table = _table(alleles, outputs, *numbers)
    return VariantEffects(
        table=table.assign(in_domain=in_domain) if answers.knows_domain else table,
        classes=outputs.names,
        target=plain(outputs.names[target]),
        skipped=skipped,
        lengths=pd.Series([len(text) for text in texts], index=pd.Index(names, name="name"), name="length"),
        alphabet=alphabet,
        length=length,
        both_strands=answers.both_strands,
        n_members=answers.n_members,
        ids=np.array([allele.id for allele in alleles], dtype=object),
        kind=outputs.kind,
    )


def _check_parameters(length, on_mismatch, batch_size, variants):
    if length is not None and (not is_whole(length) or length < 1):
        raise invalid_parameter("length", f"must be a whole number of at least 1, or None, got {length!r}")
    if on_mismatch not in ("error", "skip"):
        raise invalid_parameter("on_mismatch", f"must be 'error' or 'skip', got {on_mismatch!r}")
    if not is_whole(batch_size) or batch_size < 1:
        raise invalid_parameter("batch_size", f"must be a whole number of at least 1, got {batch_size!r}")
    if variants is None and length is not None:
        raise invalid_parameter(
            Parameter("length", length),
            "cuts windows around variants, and there are none: all substitutions are those of whole sequences; "
            "leave it out, or give ",
            Parameter("variants"),
        )


def _check_target(target, outputs):
    """Place of the class, label or target that effects are ordered by."""
    several = outputs.kind != "classes"
    if target is None and len(outputs.names) == (1 if several else 2):
        return 0 if several else 1
    found = np.flatnonzero(outputs.names.astype(str) == str(target))
    if len(found) != 1:
        rule = f"must be one of the {outputs.words}, {listed(outputs.names.tolist())}"
        told = f"got {target!r}"
        if target is None:
            told = f"the model has more than {'one' if several else 'two'}"
        raise invalid_parameter("target", f"{rule}; {told}")
    return int(found[0])


def _named(sequences):
    """Texts and names of a Series."""
    checked = check_sequences(sequences, name="sequences")
    if checked.identifiers is None:
        raise invalid_parameter(
            "sequences",
            "must be a Series with the names of the sequences as its index, as read_fasta gives it, got "
            f"{type(sequences).__name__}",
        )
    names = [str(name) for name in checked.identifiers]
    repeated = pd.Index(names)[pd.Index(names).duplicated()].unique()
    if len(repeated):
        raise DataFormatError(
            Message(Parameter("sequences"), f" must have names of their own; twice: {listed(repeated)}")
        )
    return list(checked.values), names


def _effects_of(batch, texts, length, answers, target):
    """Answers without and with each allele, effects (all (n, n_outputs)), spread (n,), in domain (n,)."""
    if length is None:
        pairs = [whole_sequences(texts[allele.row], allele) for allele in batch]
    else:
        pairs = [centred_windows(texts[allele.row], allele, length) for allele in batch]
    references = [reference for reference, _ in pairs]
    origins = np.array([allele.row for allele in batch])
    before, members_before = answers(references, origins)
    after, members_after = _with_alleles(batch, pairs, origins, answers)
    effects = answers.change(before, after)
    if members_before is None:
        spread = np.full(len(batch), np.nan)
    else:
        spread = answers.change(members_before, members_after)[:, :, target].std(axis=0)
    return before, after, effects, spread, answers.in_domain(references)


def _with_alleles(batch, pairs, origins, answers):
    """Answers for the alternatives; shorter sequences are asked for apart, because a model may refuse them."""
    shorter = np.array([len(changed) < len(reference) for reference, changed in pairs])
    texts = np.array([changed for _, changed in pairs], dtype=object)
    if not shorter.any():
        return answers(texts.tolist(), origins)
    parts, order = [], []
    if not shorter.all():
        parts.append(answers(texts[~shorter].tolist(), origins[~shorter]))
        order.append(np.flatnonzero(~shorter))
    first = batch[int(np.argmax(shorter))]
    try:
        parts.append(answers(texts[shorter].tolist(), origins[shorter]))
    except (ValueError, RuntimeError) as error:
        raise _refused(first, pairs[int(np.argmax(shorter))], error) from error
    order.append(np.flatnonzero(shorter))
    back = np.argsort(np.concatenate(order))
    whole = np.concatenate([probabilities for probabilities, _ in parts])[back]
    if parts[0][1] is None:
        return whole, None
    return whole, np.concatenate([members for _, members in parts], axis=1)[:, back]


def _refused(allele, pair, error):
    reference, changed = pair
    return SequenceError(
        Message(
            f"variant {allele} leaves a sequence of {len(changed)} residues, which the model does not take ({error}); "
            "give the sequences with their flanks, and ",
            Parameter("length", len(reference)),
            ", so that windows keep their length, or leave deletions out",
        )
    )


def _table(alleles, outputs, before, after, effects, spread):
    columns = {column: [getattr(allele, column) for allele in alleles] for column in ("name", "position", "ref", "alt")}
    columns["kind"] = [allele.kind for allele in alleles]
    for prefix, values in zip((*answer_columns(outputs.kind), "effect"), (before, after, effects), strict=True):
        columns |= {f"{prefix}_{label}": values[:, place] for place, label in enumerate(outputs.names.tolist())}
    return pd.DataFrame(columns | {"spread": spread})
