"""``compare_augmentations``: data are checked, split, audited and compared, where they leak a second time."""

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from seqaug_sklearn.augmentation import WindowAugmenter
from seqaug_sklearn.encoding import OneHotEncoder
from seqaug_sklearn.evaluation._augmentation._comparison import AugmentationComparison
from seqaug_sklearn.evaluation._augmentation._execution import RunResult, execute
from seqaug_sklearn.evaluation._augmentation._fit_plan import FitPlan, check_budget
from seqaug_sklearn.evaluation._augmentation._inputs import (
    check_edits,
    check_orthologs,
    known_motifs,
    say_edits,
    usual_window,
)
from seqaug_sklearn.evaluation._augmentation._line_up import check_models
from seqaug_sklearn.evaluation._augmentation._models import Plan, count_classes
from seqaug_sklearn.evaluation._augmentation._relatives_together import (
    check_relatives,
    plan_together,
    tell_cost,
    wants_groups,
)
from seqaug_sklearn.evaluation._augmentation._repeats import check_repeats, most_repeats
from seqaug_sklearn.evaluation._augmentation._runs import audit_parents, plan_blocks, plan_parents
from seqaug_sklearn.evaluation._augmentation._split import plan_split
from seqaug_sklearn.evaluation._inputs import check_several_classes
from seqaug_sklearn.evaluation._metrics import metrics_for
from seqaug_sklearn.evaluation._running import FoldStore, check_store
from seqaug_sklearn.evaluation._sanity_section import TOGETHER, WHOLE
from seqaug_sklearn.evaluation._statistics import tell_expected
from seqaug_sklearn.utils import (
    check_generator,
    check_sequences,
    draw_seed,
    invalid_data,
    invalid_parameter,
    read_target,
    resolve_device,
    split_covariates,
)

__all__ = ["compare_augmentations"]


def compare_augmentations(
    X,
    y,
    *,
    task: str = "auto",
    groups=None,
    relatives: str = "auto",
    alphabet: str = "dna",
    window: int | None = None,
    edits=False,
    orthologs=None,
    strand: str = "both",
    n_splits: int = 5,
    n_repeats: int | str = "auto",
    budget: float | str | Path | FitPlan | None = None,
    models: Sequence[str] | str | None = None,
    motifs: Any = None,
    language_model: Any = None,
    metric: str | None = None,
    quick: bool = False,
    device: str = "auto",
    n_jobs: int | None = None,
    store: str | Path | FoldStore | None = None,
    progress: bool = False,
    on_stage: Callable[[AugmentationComparison], Any] | None = None,
    random_state: int = 0,
) -> AugmentationComparison:
    """Compare the usual models with each augmentation and without, under a split that cannot leak.

    They predict classes, numbers or several labels; how y was read is among the first things that the result says.

    Identical sequences and members of a group are never on both sides of a split. Similar ones are, unless ``groups``
    says that they belong together (gene families, for example). So all rows are audited first, and where more than 1 %
    of the test rows share sequence with training rows and no groups were given, everything is compared twice: as split,
    and with relatives together. The verdict gives both figures, and rests on the second.

    Windows are always compared; random edits and orthologs where asked for. An ortholog is used where its gene is among
    the training rows and it resembles no row outside them.

    Parameters
    ----------
    X : array-like of str of shape (n_samples,), or DataFrame
        Sequences; a Series brings identifiers into the report. A DataFrame of one text column and numbers brings
        covariates, which all models of sequences read beside them. Windows, which have none, are not compared then, and
        what the covariates reach alone stands in the table.
    y : array-like of shape (n_samples,) or (n_samples, n_targets)
        Labels of any type, numbers, or several labels of 0 and 1. NaN is a number or label that is not known.
    task : {"auto", "classes", "number", "labels"}, default="auto"
        What y holds. "auto": text and numbers that repeat are classes, other numbers are measurements; two columns or
        more of 0, 1 and gaps are labels, other columns several measurements.
    groups : array-like of shape (n_samples,), default=None
        What must stay together.
    relatives : {"auto", "together", "ignore"}, default="auto"
        Where no groups are given: whether relatives are kept together in a second comparison, which doubles the time.
        "auto": where more than 1 % of the test rows leak; "together": where any does; "ignore": never. The groups are
        those of :func:`~seqaug_sklearn.model_selection.leakage_groups`.
    alphabet : {"dna", "rna", "protein"}, default="dna"
        Alphabet of the sequences.
    window : int, default=None
        Window length in residues, at least 2. None: 40, or two thirds of the shortest sequence where that is shorter.
    edits : bool, str or RandomAugmentation, default=False
        Also compare random edits, anew in each epoch of a network, and as edited copies for the other models. True or
        "evoaug": EvoAug's insertions, deletions, translocations, mutations (of proteins by BLOSUM62) and (of DNA)
        reverse complements, two per sequence. "gentle": few mutations and small shifts. Or edits in words, as
        :func:`~seqaug_sklearn.augmentation.make_edits` reads them; what that function makes of coding or aligned
        sequences; or edits of your own.
    orthologs : DataFrame, dict or OrthologAugmenter, default=None
        Also compare orthologs: what :func:`~seqaug_sklearn.datasets.read_orthologs` returns, or an augmenter with
        settings of your own (without ``exclude`` it gets X). X must be a Series whose index holds the identifiers.
    strand : {"both", "single"}, default="both"
        Whether both strands mean the same. "single" leaves reverse complements out of the edits and counts k-mers of
        the given strand only. No matter for proteins.
    n_splits : int, default=5
        Folds; fewer where a class has fewer sequences (or groups). Where each class has one sequence, blocks of windows
        are held out and overlapping windows are compared with tiles.
    n_repeats : int or "auto", default="auto"
        Repeats of the split with other seeds: a number for all models, or "auto": ten of models that are cheap (k-mers,
        logistic regression, lookup, the others where rows are few), fewer of expensive ones, by the kind of model and
        the size of the data; one of each with ``quick``, and where blocks of windows are held out, whose folds are not
        drawn. See Notes.
    budget : float, str, path or FitPlan, default=None
        Time for all of it: minutes, or "10m", "1h30m", "90s". One fit of each model is timed, the cheapest first, and a
        plan of fits is made of it once: which models, and how many repeats, at most `n_repeats` ("auto": ten). It is
        stored with the fits, so that a resumed run follows it, and is the result's ``plan``. A plan of an earlier
        result, or its ``plan.json`` in the folder of a report, gives the same fits again whatever they take. None:
        nothing depends on a clock.
    models : list of str or str, default=None
        Some of "motif-cnn", "bag-cnn-bilstm", "mlp", "svm", "logistic", "kmers", "positional-kmers", "boosting",
        "composition", "positions", "memoriser", "majority", which is the default, and of the published networks
        "cnn-bilstm", "cnn", "rnn", "promoter-cnn", and of models that choose their penalty on inner folds
        "gapped-kmers" and "average" (of the best few; of numbers, of SVR and boosting, it is among the default); "all"
        and "default" stand for several. See :func:`make_model`. "motif-cnn" is
        :class:`~seqaug_sklearn.classification.MotifCNNClassifier`, "bag-cnn-bilstm" the CNN-BiLSTM that pools the
        windows of a sequence into one answer, "kmers" logistic regression on counts of 5-mers and 6-mers (proteins:
        2-mers and 3-mers) of whole sequences, "positional-kmers" on which 1- to 5-mer (proteins: 1- and 2-mer) stands
        where, for sequences that are aligned at their start, "composition" on shares of symbols and of pairs of
        neighbours, "positions" on the symbols of the first and last 50 positions: more than these two score must be
        learned. "covariates", on the covariates alone, is always run where X has some, "motif-occupancies" where
        `motifs` are given, "language-model" where `language_model` is. See Notes.
    motifs : str, path-like, MotifSet or dict, default=None
        Known motifs, whose occupancies are the features of a further model: a file of MEME or JASPAR, "jaspar_plants",
        or what else :class:`~seqaug_sklearn.features.MotifOccupancy` takes.
    language_model : str, path-like or LanguageModelEmbedder, default=None
        Folder of a pre-trained model, whose mean embeddings are the features of a further model. They are computed once
        and kept on disk, see :func:`make_model`. It may have seen your sequences in its pre-training, without labels.
    metric : str, default=None
        One of ``METRICS``, of numbers of ``NUMBER_METRICS``, of labels of ``MULTILABEL_METRICS``, to judge by. By
        default accuracy, or balanced accuracy where the commonest class is more than 1.5 times as common as it would be
        among equal ones; of numbers Spearman's correlation, of labels the AUROC.
    quick : bool, default=False
        Few epochs, few windows, three folds: a look, after which no difference is to be believed.
    device : str, default="auto"
        Where networks are trained.
    n_jobs : int, default=None
        Fits at a time.
    store : path or FoldStore, default=None
        Folder for finished folds; a second run reads them.
    progress : bool, default=False
        Show a bar for each audit, one with the time left over all fits, and with one fit at a time (`n_jobs` None or
        1) one for the epochs of each network.
    on_stage : callable, default=None
        Called with the result so far after each stage of the fits, and with the whole one at the end. With
        ``on_stage=lambda so_far: so_far.to_html("report")`` a first page stands soon, which says what is still to come.
    random_state : int, default=0
        Seed.

    Returns
    -------
    AugmentationComparison

    Raises
    ------
    SequenceError, SequenceTypeError
        If X is not text of the alphabet, or a sequence is shorter than the window.
    DataFormatError
        If y or groups do not fit X or the task, there is one class or number only, some classes have a single sequence
        and others more, or orthologs are longer than all sequences.
    ValueError
        If edits or orthologs do not fit the sequences: identifiers, symbols, labels. All of this is found before any
        model is trained.
    DeviceError
        If the device is not there.

    Notes
    -----
    Windows, edits and orthologs are compared with the same model on whole sequences. The one exception is the bag
    CNN-BiLSTM, which is run on windows only: a recurrent network of whole sequences takes most of the time of a
    comparison and learns nothing from a few hundred. It is set against the motif CNN on whole sequences, under the
    title "Windows and another network", because two things differ; where "cnn-bilstm" is run, too, against that one on
    whole sequences. The published networks train windows with the label of their sequence and average votes, as
    published.

    The fits come in stages: a first repeat of what is cheap, which 600 sequences of 600 nt have within a minute, the
    other repeats of these models, then the expensive ones, networks last. No result depends on the order, on ``n_jobs``
    or on what a store held before. Models with different numbers of repeats share the folds of each repeat; two of them
    are tested on the repeats that both have.

    See Also
    --------
    compare : Any classifiers on any folds.
    reproduce_window_paper : The window paper's own data and protocols.

    Examples
    --------
    >>> from seqaug_sklearn.datasets import make_promoters
    >>> from seqaug_sklearn.evaluation import compare_augmentations
    >>> promoters = make_promoters(24, length=80, n_families=6, n_orthologs=0, random_state=0)
    >>> result = compare_augmentations(
    ...     promoters.sequences, promoters.y, groups=promoters.groups, n_splits=2, quick=True, models=["logistic"]
    ... )
    >>> result.comparison.estimators
    ['logistic regression, windows', 'logistic regression, whole']
    """
    text, _, covariates = split_covariates(X)
    if strand not in ("both", "single"):
        raise invalid_parameter("strand", f"must be 'both' or 'single', got {strand!r}")
    if window is not None and (isinstance(window, bool) or not isinstance(window, (int, np.integer)) or window < 2):
        raise invalid_parameter("window", f"must be an int of at least 2 residues, got {window!r}")
    resolve_device(device)
    OneHotEncoder(alphabet).fit(text)
    window, why = usual_window(text) if window is None else (window, [])
    # bad sequences are named before any long work
    WindowAugmenter(window, overlap=(0, 0), min_shared=None).fit(text)
    target = _check_target(y, len(X), task)
    y, task = target.values, target.kind
    names = check_models(models, task, covariates=bool(covariates), motifs=motifs, language_model=language_model)
    known = metrics_for(len(np.unique(y)), task=task, in_groups=groups is not None)
    if metric is not None and metric not in known:
        raise invalid_parameter("metric", f"must be one of {', '.join(known)}; got {metric!r}")
    check_repeats(n_repeats)
    check_store(store, random_state)
    started, budget = time.monotonic(), check_budget(budget)
    split = plan_split(X, y, groups, min(n_splits, 3) if quick else n_splits, task)
    split = replace(split, sentences=(*split.sentences, *why))
    check_relatives(relatives, groups, split.kind)
    if covariates and split.kind == "blocks":
        raise invalid_data(
            "X", "holds covariates, but each class has a single sequence, and windows of one share them: leave them out"
        )
    lengths = check_sequences(X).lengths()
    plan = Plan(
        alphabet,
        window,
        len(y),
        count_classes(target),
        int(lengths.max()) - window + 1,
        quick,
        device,
        shortest=int(lengths.min()) if split.kind == "parents" else window,
        edits=check_edits(edits, names, X, alphabet, window if split.kind == "blocks" else None, strand=strand),
        orthologs=check_orthologs(orthologs, X, y, alphabet, blocks=split.kind == "blocks"),
        strand=strand,
        covariates=bool(covariates),
        task=task,
        n_targets=target.columns.shape[1],
        motifs=known_motifs(motifs, alphabet),
        language_model=language_model,
    )
    # folds are drawn before the fits, and again by them
    seed = random_state if isinstance(random_state, (int, np.integer)) else draw_seed(check_generator(random_state))
    how: dict[str, Any] = {
        "n_repeats": n_repeats,
        # an explicit number is a promise, while ten are as many as can be had
        "at_least": 1 if n_repeats == "auto" else n_repeats,
        "n_jobs": n_jobs,
        "store": store,
        "progress": progress,
        "random_state": seed,
        "budget": budget,
        "metric": metric,
        "started": started,
    }
    if budget is not None:  # the time decides, not the size
        how["n_repeats"] = most_repeats(n_repeats, split, quick=quick)
    if split.kind == "blocks":
        runs, why_not = [plan_blocks(X, target, split, names, plan, how)], ""
    else:
        runs, why_not = _runs_of_sequences(
            X, target, split, names, plan, how, relatives if groups is None else "ignore"
        )
    told = [RunResult(run, X, target, plan, metric) for run in runs]
    if progress:
        say_edits(plan)
        _tell_expected(runs[-1], y)
    return execute(runs, told, why_not, how, on_stage)


def _tell_expected(run, y):
    """Say before the fits what they can be expected to show."""
    from tqdm import tqdm

    if run.split.kind == "parents" and run.line.task == "classes":
        n_groups = len(y) if run.split.groups is None else len(np.unique(run.split.groups))
        repeats = max(run.planned.repeats.values())
        tqdm.write(tell_expected(len(y), n_groups, len(np.unique(y)), repeats), file=sys.stderr)


def _runs_of_sequences(X, target, split, names, plan, how, relatives):
    """Audit first; where relatives are on both sides, plan a second comparison with relatives together."""
    sanity = audit_parents(X, target, split, plan, how)
    share, together, why_not = sanity.leaked_share(WHOLE), None, ""
    if wants_groups(relatives, share):
        most = most_repeats(how["n_repeats"], split, quick=plan.quick)
        together, why_not = plan_together(
            X, target.values, split, plan.alphabet, most, how["random_state"], at_least=how["at_least"], task=plan.task
        )
    elif relatives == "together":
        why_not = "no test row shares sequence with a training row, so relatives need no groups"
    runs = [plan_parents(X, target, split, names, plan, how, sanity)]
    if together is not None:
        if how["progress"]:
            tell_cost(share, len(runs[0].planned.keys(runs[0].planned.repeats)))
        sanity = audit_parents(X, target, together, plan, how, TOGETHER)
        runs.append(plan_parents(X, target, together, names, plan, how, sanity))
    return runs, why_not


def _check_target(y, n_samples, task):
    target = read_target(y, n_samples, task=task)
    return target if target.kind != "classes" else replace(target, values=check_several_classes(target.values))
