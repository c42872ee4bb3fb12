"""``seqaug compare``: whether augmentation helps on the user's data."""

from pathlib import Path
from typing import Annotated

import typer

from seqaug_sklearn.cli._fixed_split import compare_fixed, refuse_options, split_is_given
from seqaug_sklearn.cli._options import (
    Aligned,
    AlphabetName,
    Coding,
    Covariates,
    Edits,
    End,
    ExtraLabels,
    ExtraLabelsChoice,
    LabelPattern,
    Labels,
    LanguageModel,
    MissingValues,
    Motifs,
    NameColumn,
    Names,
    RelativesChoice,
    SequenceColumn,
    StrandName,
    TargetColumn,
    Task,
    TaskName,
    check_language_model,
    edits_in_words,
    words,
)
from seqaug_sklearn.cli._run import ReportInSteps, fold_store, one_line_errors
from seqaug_sklearn.exceptions import DataFormatError, InvalidParameterError

__all__ = ["compare"]


@one_line_errors
def compare(
    context: typer.Context,
    data: Annotated[
        Path | None,
        typer.Argument(help="FASTA file (.gz too), or a table with columns name, sequence, label. Not with --demo."),
    ] = None,
    train: Annotated[
        Path | None,
        typer.Option(
            help="Instead of DATA, with --test: training sequences of a published benchmark, whose split is kept. The "
            "test set is audited first, and scored as it is and without the sequences that leak."
        ),
    ] = None,
    test: Annotated[Path | None, typer.Option(help="Test sequences of that benchmark.")] = None,
    split_column: Annotated[
        str | None,
        typer.Option(
            help="The same from one file: column (of DATA or --labels) that says train or test of each row, or a "
            "table of names and these words without a heading (DataSAIL's *_splits.tsv)."
        ),
    ] = None,
    labels: Labels = None,
    label_column: TargetColumn = "label",
    label_pattern: LabelPattern = None,
    covariates: Covariates = None,
    task: Task = TaskName.auto,
    groups: Annotated[
        str | None,
        typer.Option(
            help="What must stay on one side of a split: a column (family, patient, species), a table of groups "
            "(seqaug groups, MMseqs2, CD-HIT, DataSAIL), 'similarity' for groups of relatives, or 'auto' for both "
            "figures, without and with them, where more than 1 % of the test rows leak: that is what is done without "
            "--groups, too (see --relatives)."
        ),
    ] = None,
    relatives: Annotated[
        RelativesChoice,
        typer.Option(
            help="Without --groups: whether to compare a second time with relatives kept together. auto: where more "
            "than 1 % of the test rows share sequence with training rows; together: where any does; ignore: never."
        ),
    ] = RelativesChoice.auto,
    missing_values: MissingValues = None,
    sequence_column: SequenceColumn = None,
    name_column: NameColumn = None,
    names: Names = None,
    extra_labels: ExtraLabels = ExtraLabelsChoice.drop,
    alphabet: Annotated[AlphabetName, typer.Option(help="Alphabet of the sequences.")] = AlphabetName.dna,
    window: Annotated[
        int | None,
        typer.Option(help="Window length in residues. By default 40, or less where sequences are shorter.", min=2),
    ] = None,
    edits: Edits = None,
    coding: Coding = False,
    aligned: Aligned = False,
    strand: Annotated[
        StrandName,
        typer.Option(
            help="Whether both strands mean the same. single: no reverse complements among the edits, and k-mers of "
            "the given strand only; for transcripts and coding sequences."
        ),
    ] = StrandName.both,
    orthologs: Annotated[
        Path | None,
        typer.Option(
            help="Also compare orthologs, from a table with columns identifier, ortholog, sequence (identifier: a name "
            "of the data; several rows each), separated by commas, tabs or semicolons."
        ),
    ] = None,
    cut_orthologs: Annotated[
        End | None,
        typer.Option(
            help="Cut orthologs that are longer than all sequences, at this end: left keeps the right end (of "
            "promoters the start of the gene)."
        ),
    ] = None,
    folds: Annotated[
        int, typer.Option(help="Folds of the cross-validation; fewer where a class has fewer sequences.", min=2)
    ] = 5,
    repeats: Annotated[
        str,
        typer.Option(
            metavar="auto|INTEGER",
            help="Repeats of the cross-validation with other splits: a number for all models, or auto: ten for "
            "cheap models, fewer for expensive ones, by model and data size.",
        ),
    ] = "auto",
    budget: Annotated[
        str | None,
        typer.Option(
            help="Time for all of it, such as 10m or 1h30m: a fit of each model is timed, and a plan of fits is made "
            "of it once, which is printed, stored for --resume and written beside the page. Or the plan.json of an "
            "earlier report, for the same fits again. Without it nothing depends on a clock."
        ),
    ] = None,
    models: Annotated[
        str | None,
        typer.Option(
            help="Models to run, separated by commas: motif-cnn (the network for few sequences), bag-cnn-bilstm "
            "(windows only), mlp, svm, logistic, kmers (logistic regression on 5-mers and 6-mers), "
            "positional-kmers (on which k-mer stands where), boosting, of numbers average (of svm and boosting; "
            "logistic is ridge regression there, majority the mean), "
            "composition and positions (which see nothing else), memoriser, majority; these are the default. By name, "
            "or with all: gapped-kmers, average (of the best few models of features), which choose their penalty on "
            "inner folds, and the published networks cnn-bilstm, cnn, rnn and promoter-cnn."
        ),
    ] = None,
    motifs: Motifs = None,
    language_model: LanguageModel = None,
    metric: Annotated[
        str | None,
        typer.Option(
            help="Score to judge by, for example accuracy, balanced_accuracy, f1_macro, mcc, auroc, auprc; of numbers "
            "spearman, pearson, r2, neg_rmse, neg_mae, spearman_within (in each group); of several labels auroc, "
            "auprc. By default accuracy, or balanced_accuracy if one class is by far the commonest; spearman; auroc."
        ),
    ] = None,
    out: Annotated[Path, typer.Option(help="Folder of the report. Only an earlier report is replaced.")] = Path(
        "report"
    ),
    quick: Annotated[bool, typer.Option("--quick", help="A look of a few minutes: few epochs, few windows.")] = False,
    resume: Annotated[
        bool,
        typer.Option("--resume", help="Continue from the finished fits of an interrupted run of the same command."),
    ] = False,
    demo: Annotated[bool, typer.Option("--demo", help="Run on simulated promoters of gene families, quickly.")] = False,
    seed: Annotated[int, typer.Option(help="Seed of splits and models.", min=0)] = 0,
    jobs: Annotated[int, typer.Option(help="Fits at a time.", min=1)] = 1,
    device: Annotated[str, typer.Option(help="Where networks are trained: auto, cpu, cuda, cuda:1, mps.")] = "auto",
):
    """Compare models with and without augmentation on your sequences, under a split that cannot leak.

    Windows always; random edits and orthologs with --edits and --orthologs. Labels may be classes, numbers or several
    labels.

    Writes one HTML report with a plain answer at the top, its tables and its figures. Cheap models come first, and
    the page is written again after each step: the first stands within a minute and says what is to come. Example:

    seqaug compare promoters.fasta --labels labels.csv --groups family --out report
    """
    from seqaug_sklearn.cli._input import reading
    from seqaug_sklearn.evaluation import check_output_folder, compare_augmentations

    folder = check_output_folder(out, inputs=[data, train, test, labels, orthologs])
    n_repeats = _repeats(repeats)
    check_language_model(language_model)
    wanted_edits = edits_in_words(edits, coding, aligned)
    if split_is_given(train, test, split_column):
        refuse_options(context)
        about = {"labels": labels, "label_column": label_column, "pattern": label_pattern, "task": task.value}
        files = [data, train, test]
        how = reading(sequence_column, name_column, names, extra_labels, files=files, labels=labels)
        result, path = compare_fixed(
            data,
            train,
            test,
            split_column,
            folder=folder,
            resume=resume,
            about=about | {"missing_values": words(missing_values), "how": how},
            settings={
                "alphabet": alphabet.value,
                "window": window,
                "edits": wanted_edits,
                "strand": strand.value,
                "n_seeds": 1 if n_repeats == "auto" else n_repeats,
                "models": None if models is None else [name.strip() for name in models.split(",")],
                "motifs": motifs,
                "language_model": language_model,
                "metric": metric,
                "quick": quick,
                "device": device,
                "n_jobs": None if jobs == 1 else jobs,
                "random_state": seed,
            },
        )
        # how labels are read was the first that was said
        answer = [line for line in result.headline() if line != result.reading]
        typer.echo("\n".join(["", *answer, "", f"Report: {path}"]))
        return
    page = ReportInSteps(folder)
    with page.kept(), fold_store(folder, resume=resume) as store:
        missing = words(missing_values)
        how = reading(sequence_column, name_column, names, extra_labels, files=[data], labels=labels)
        table, page.title, target = _read(
            data, demo, labels, label_column, label_pattern, groups, missing, task.value, words(covariates), how
        )
        families = _groups(table, alphabet, relatives)
        homologs = _read_orthologs(orthologs, cut_orthologs, alphabet, demo, missing)
        result = compare_augmentations(
            table.sequences,
            target,
            task=task.value,
            groups=None if families is None else families.to_numpy(),
            relatives=relatives.value,
            alphabet=alphabet.value,
            window=window,
            edits=wanted_edits,
            orthologs=homologs,
            strand=strand.value,
            n_splits=folds,
            n_repeats=n_repeats,
            budget=budget,
            models=None if models is None else [name.strip() for name in models.split(",")],
            motifs=motifs,
            language_model=language_model,
            metric=metric,
            quick=quick or demo,
            device=device,
            n_jobs=None if jobs == 1 else jobs,
            store=store,
            progress=True,
            on_stage=page.write,
            random_state=seed,
        )
    # how labels are read was the first that was said
    answer = [line for line in result.headline() if line != result.reading]
    typer.echo("\n".join(["", *answer, "", f"Report: {page.path}"]))


def _repeats(text):
    if text == "auto":
        return text
    if not text.isdecimal() or int(text) < 1:
        raise InvalidParameterError(f"--repeats must be auto or a whole number of at least 1, got {text!r}")
    return int(text)


def _read(data, demo, labels, label_column, label_pattern, groups, missing_values, task, covariates, how):
    """Return the sequences, the title of the report, and the labels."""
    from seqaug_sklearn.cli._input import LabelledSequences, Reading, read_labelled, said_target

    if demo:
        given = (data, labels, label_pattern, groups, missing_values, covariates)
        if how != Reading() or any(one is not None for one in given):
            raise InvalidParameterError(
                "--demo brings its own data; leave the file, --labels, --label-pattern, --groups, --covariates, "
                "--names and --missing-values out"
            )
        from seqaug_sklearn.datasets import make_promoters

        promoters = make_promoters(random_state=0)
        table = LabelledSequences(promoters.sequences, promoters.y.astype(str), promoters.groups)
        return table, "Does augmentation help? Simulated promoters", table.labels.to_numpy()
    if data is None:
        raise DataFormatError("give a file with sequences, or --demo for simulated ones")
    table = read_labelled(
        data,
        labels=labels,
        label_column=label_column,
        pattern=label_pattern,
        groups=groups,
        missing_values=missing_values,
        task=task,
        covariates=covariates,
        how=how,
    )
    column = None if label_pattern else label_column
    target = said_target(table.labels, task=task, column=column, source=(labels or data).name)
    return table, f"Does augmentation help? {data.name}", target


def _groups(table, alphabet, relatives):
    """The groups that were given, or those that were wished for."""
    if table.wish is None:
        return table.groups
    if table.wish == "auto" and relatives is not RelativesChoice.auto:
        raise InvalidParameterError(
            f"--groups auto is --relatives auto, which --relatives {relatives.value} contradicts"
        )
    if table.wish == "auto" and table.groups is None:
        # as without --groups: two comparisons where the split leaks, and both figures
        return None
    from seqaug_sklearn.cli._relatives import groups_by_wish

    return groups_by_wish(table, alphabet.value)


def _read_orthologs(path, cut, alphabet, demo, missing_values):
    if path is None:
        if cut is not None:
            raise InvalidParameterError("--cut-orthologs needs --orthologs")
        return None
    if demo:
        raise InvalidParameterError("--demo brings its own data; leave --orthologs out")
    from seqaug_sklearn.augmentation import OrthologAugmenter
    from seqaug_sklearn.cli._input import read_ortholog_table

    end = None if cut is None else cut.value
    return OrthologAugmenter(read_ortholog_table(path, missing_values), truncate=end, alphabet=alphabet.value)
