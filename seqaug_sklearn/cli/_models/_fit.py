"""``seqaug fit``: the model to keep, in a folder."""

import shlex
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from seqaug_sklearn.cli._options import (
    Aligned,
    AlphabetName,
    Coding,
    Covariates,
    ExtraLabels,
    ExtraLabelsChoice,
    LabelPattern,
    Labels,
    LanguageModel,
    MissingValues,
    Motifs,
    NameColumn,
    Names,
    SequenceColumn,
    StrandName,
    TargetColumn,
    Task,
    TaskName,
    check_language_model,
    edits_in_words,
    words,
)
from seqaug_sklearn.cli._run import fold_store, one_line_errors, say
from seqaug_sklearn.exceptions import InvalidParameterError

__all__ = ["fit"]

_SKETCH = 20
"""One of so many k-mers stays with a model that is shared without its sequences."""
_HOLD_ROWS = ("svm", "svr", "average", "memoriser")
"""Models that consist of training sequences."""
_PRIVATE = ("kmers", "positional-kmers", "motif-cnn", "motif-cnn + edits")
"""What is chosen from with --private: the default without those."""
_OUTER, _INNER = 5, 3
_SEARCHES = _OUTER * (1 - 1 / _OUTER) + 1
"""Time of all searches, in that of the one on all rows: those of the folds have four fifths of the rows."""


@one_line_errors
def fit(
    data: Annotated[
        Path, typer.Argument(help="FASTA file (.gz too), or a table with columns name, sequence and label.")
    ],
    out: Annotated[Path, typer.Option(help="Folder of the model. Only an earlier model is replaced.")] = Path("model"),
    labels: Labels = None,
    label_column: TargetColumn = "label",
    label_pattern: LabelPattern = None,
    covariates: Covariates = None,
    task: Task = TaskName.auto,
    groups: Annotated[
        str | None,
        typer.Option(
            help="What must stay on one side of a split: a column (family, patient, species) or a table of groups. "
            "Without it, sequences that share sequence are kept together."
        ),
    ] = None,
    missing_values: MissingValues = None,
    sequence_column: SequenceColumn = None,
    name_column: NameColumn = None,
    names: Names = None,
    extra_labels: ExtraLabels = ExtraLabelsChoice.drop,
    alphabet: Annotated[AlphabetName, typer.Option(help="Alphabet of the sequences.")] = AlphabetName.dna,
    strand: Annotated[
        StrandName, typer.Option(help="Whether both strands mean the same (single: transcripts, coding sequences).")
    ] = StrandName.both,
    model: Annotated[
        str,
        typer.Option(
            help="auto: the best of several kinds and settings, or an average of some, chosen within each training "
            "set. Or models to choose from, separated by commas, as in seqaug compare, with what they are trained "
            "with: 'kmers', 'motif-cnn + edits'."
        ),
    ] = "auto",
    edits: Annotated[
        str | None,
        typer.Option(
            metavar="[WORDS]",
            help="What models with '+ edits' are trained with, or what --choose-augmentation chooses from beside none: "
            "'evoaug' (the default), 'gentle' or edits in words, as in seqaug compare.",
        ),
    ] = None,
    coding: Coding = False,
    aligned: Aligned = False,
    choose_augmentation: Annotated[
        bool,
        typer.Option(
            "--choose-augmentation",
            help="Choose within each training set what the one model of --model is trained with: which edits, how "
            "strong and how many, or none where no gain is larger than chance.",
        ),
    ] = False,
    motifs: Motifs = None,
    language_model: LanguageModel = None,
    budget: Annotated[
        str | None,
        typer.Option(
            help="Time, such as 15m or 1h30m: the most expensive models are left out until the rest takes about "
            "that, by the size of the data. Without it all are tried."
        ),
    ] = None,
    private: Annotated[
        bool,
        typer.Option(
            "--private",
            help="Keep no sequence and no name of the training data in the folder, only hashes of a part of their "
            "k-mers. Models that consist of training data (lookups, SVM) are refused.",
        ),
    ] = False,
    resume: Annotated[
        bool,
        typer.Option("--resume", help="Continue from the finished fits of an interrupted run of the same command."),
    ] = False,
    seed: Annotated[int, typer.Option(help="Seed of splits and models.", min=0)] = 0,
    jobs: Annotated[int, typer.Option(help="Fits at a time.", min=1)] = 1,
    device: Annotated[str, typer.Option(help="Where networks are trained: auto, cpu, cuda, cuda:1, mps.")] = "auto",
):
    """Fit the model to keep: chosen, scored on held-out sequences, calibrated, and saved.

    Labels may be classes, numbers or several labels. The folder holds no code. seqaug predict reads it, and
    MODEL_CARD.md says what it is. Example:

    seqaug fit promoters.fasta --labels labels.csv --groups family --out model
    """
    from seqaug_sklearn.cli._input import read_labelled, reading
    from seqaug_sklearn.evaluation import SequenceModel
    from seqaug_sklearn.persistence import save_model
    from seqaug_sklearn.utils import check_output_folder, read_target

    folder = check_output_folder(out, inputs=[data, labels], kind="model")
    check_language_model(language_model)
    table = read_labelled(
        data,
        labels=labels,
        label_column=label_column,
        pattern=label_pattern,
        groups=groups,
        missing_values=words(missing_values),
        task=task.value,
        covariates=words(covariates),
        how=reading(sequence_column, name_column, names, extra_labels, files=[data], labels=labels),
    )
    target = read_target(table.labels, task=task.value, name=", ".join(label_column.split(",")))
    say(target.reading)
    names = _names(model, private, motifs, language_model)
    how: dict[str, Any] = {"task": target.kind, "alphabet": alphabet.value, "strand": strand.value, "device": device}
    if choose_augmentation:
        if motifs is not None or language_model is not None:
            raise InvalidParameterError("--choose-augmentation cannot be had with --motifs or --language-model")
        how |= {"coding": coding, "aligned": aligned, "random_state": seed}
        search = _augmentation_search(names, edits, table, budget, jobs, how)
    else:
        how |= {"motifs": motifs, "language_model": language_model}
        # the usual edits too may have to keep the protein, or the places
        usual = "evoaug" if coding or aligned else None
        how["edits"] = edits_in_words(edits or usual, coding, aligned) or True
        search = _search(names, table, how, budget, jobs, seed)
    with fold_store(folder, resume=resume) as store:
        kept = SequenceModel(
            search,
            task=target.kind,
            alphabet=alphabet.value,
            cv=_OUTER,
            sketch=_SKETCH if private else None,
            n_jobs=None if jobs == 1 else jobs,
            store=store,
            progress=True,
            random_state=seed,
        )
        families = None if table.groups is None else table.groups.to_numpy()
        kept.fit(table.sequences, target, groups=families)
        save_model(kept, folder, about=_about(kept, data, labels), private=private)
    # how labels are read was the first that was said
    told = [line for line in kept.verdict() if line != kept.reading_]
    typer.echo("\n".join(["", *told, "", f"Model: {out}"]))


def _names(model, private, motifs, language_model):
    """Candidates to choose from; with --private none that consists of training sequences."""
    names = [name.strip() for name in model.split(",") if name.strip()]
    if not names:
        raise InvalidParameterError("--model is empty; give auto, or models such as kmers,motif-cnn")
    if names == ["auto"]:
        given = {"motif-occupancies": motifs, "language-model": language_model}
        return [*_PRIVATE, *(key for key in given if given[key] is not None)] if private else "default"
    holding = [name for name in names if name.partition("+")[0].strip().lower() in _HOLD_ROWS]
    if private and holding:
        raise InvalidParameterError(
            f"--model {', '.join(holding)} consists of training sequences, which --private keeps out; leave one out"
        )
    return names


def _search(names, table, how, budget, jobs, seed):
    from seqaug_sklearn.evaluation import ModelSearch
    from seqaug_sklearn.utils import tell_time

    search = ModelSearch(names, **how, cv=_INNER, random_state=seed)
    if budget is not None:
        search.set_params(max_seconds=_seconds_of_search(budget, jobs))
    seconds, left_out = search.expected(table.sequences, table.labels)
    say(f"Expected time: about {tell_time(seconds * _SEARCHES / jobs)}, estimated from the size of the data.")
    if left_out:
        say(f"Left out for lack of time: {'; '.join(left_out)}.")
    if told := search.tell_edits(table.sequences, table.labels):
        say(told)
    return search


def _augmentation_search(names, edits, table, budget, jobs, how):
    from seqaug_sklearn.augmentation import describe_edits, make_edits
    from seqaug_sklearn.evaluation import AugmentationSearch

    if names == "default" or len(names) != 1 or "+" in names[0]:
        raise InvalidParameterError(
            "--choose-augmentation needs one model without an augmentation, such as --model kmers or --model motif-cnn"
        )
    seconds = None if budget is None else f"{_seconds_of_search(budget, jobs):.3f}s"
    policies: Any = "default"
    if edits is not None:
        policies = {edits: edits}
        suit = {name: how[name] for name in ("alphabet", "strand", "coding", "aligned")}
        say(f"Chosen from none and {describe_edits(make_edits(edits, table.sequences, **suit))}.")
    return AugmentationSearch(names[0], policies=policies, cv=_INNER, budget=seconds, **how)


def _seconds_of_search(budget, jobs):
    """Seconds on one core for each of the searches."""
    from seqaug_sklearn.utils import parse_time

    time = parse_time(budget)
    if not time:
        raise InvalidParameterError(f"--budget must be a time such as 10m, 1h30m or 90s, got {budget!r}")
    return time * jobs / _SEARCHES


def _about(kept, data, labels):
    from seqaug_sklearn.utils import file_digest

    files = {path.name: f"SHA-256 {file_digest(path)}" for path in (data, labels) if path is not None}
    return {"command": shlex.join(["seqaug", *sys.argv[1:]]), "data": files} | kept.about()
