"""``seqaug predict``: what a saved model says of new sequences, and whether that can be believed."""

from pathlib import Path
from typing import Annotated

import typer

from seqaug_sklearn.cli._models._known_labels import known_labels, say_what_the_score_was
from seqaug_sklearn.cli._models._known_scores import scores_of_file
from seqaug_sklearn.cli._models._model_covariates import check_covariates
from seqaug_sklearn.cli._models._prediction_rows import (
    Counts,
    blocks,
    kind_of,
    predictions,
    readable_predictions,
    rows_written,
)
from seqaug_sklearn.cli._options import (
    ExtraLabels,
    ExtraLabelsChoice,
    MissingValues,
    ModelCovariates,
    NameColumn,
    Names,
    OnUnreadable,
    SequenceColumn,
    TargetColumn,
    words,
)
from seqaug_sklearn.cli._run import one_line_errors
from seqaug_sklearn.exceptions import DataFormatError, InvalidParameterError

__all__ = ["predict"]


@one_line_errors
def predict(
    model: Annotated[Path, typer.Argument(help="Folder of the model, as seqaug fit or save_model writes it.")],
    data: Annotated[
        Path, typer.Argument(help="New sequences: FASTA file (.gz too), or a table with columns name and sequence.")
    ],
    out: Annotated[
        Path,
        typer.Option(help="Table of predictions to write; .csv or .tsv, packed where the name ends in .gz."),
    ] = Path("predictions.csv"),
    labels: Annotated[
        Path | None,
        typer.Option(help="Table of known labels, joined by name: the predictions are scored then, too."),
    ] = None,
    label_column: TargetColumn = "label",
    label_pattern: Annotated[
        str | None, typer.Option(help="Instead of a table: regular expression that finds the label in a name.")
    ] = None,
    groups: Annotated[
        str | None,
        typer.Option(
            help="With known labels: column of them, or of DATA, or a table of groups (genes, families). Scores are "
            "those of each group, too, and intervals draw groups."
        ),
    ] = None,
    covariates: ModelCovariates = None,
    on_unreadable: Annotated[
        OnUnreadable,
        typer.Option(
            help="Sequences that the model cannot read (other symbols, too short). error: the first one ends the run, "
            "by its name. skip: they get a row without a prediction, which says why, and are counted."
        ),
    ] = OnUnreadable.error,
    missing_values: MissingValues = None,
    sequence_column: SequenceColumn = None,
    name_column: NameColumn = None,
    names: Names = None,
    extra_labels: ExtraLabels = ExtraLabelsChoice.drop,
):
    """Predict classes, numbers or labels of new sequences with a saved model.

    Each row has the class and calibrated probabilities, or the number and the interval around it, or each label and its
    probability, and whether the sequence is like those that the model was trained on; copies of training sequences are
    marked, because they are no test of it. Any number of sequences: they are read and written in blocks. Example:

    seqaug predict model new.fasta --out predictions.csv
    """
    from seqaug_sklearn.cli._input import groups_of, is_table, reading
    from seqaug_sklearn.persistence import load_model
    from seqaug_sklearn.utils import check_output_file

    file = check_output_file(out, inputs=[data, labels])
    if missing_values is not None and labels is None and not is_table(data):
        raise InvalidParameterError("--missing-values is about tables, and no file is one; leave it out")
    how = reading(sequence_column, name_column, names, extra_labels, files=[data], labels=labels)
    estimator = load_model(model)
    if kind_of(estimator) is None:
        raise DataFormatError(
            f"{model} holds neither a classifier nor a regressor but a {type(estimator).__name__}; it predicts nothing"
        )
    columns = check_covariates(estimator, words(covariates), data)
    say_what_the_score_was(estimator)
    truth = families = None
    if groups is not None and labels is None and label_pattern is None:
        raise InvalidParameterError("--groups is about scores, which need --labels or --label-pattern; leave it out")
    if labels is not None or label_pattern is not None:
        about = {"labels": labels, "label_column": label_column, "pattern": label_pattern, "how": how}
        truth = known_labels(estimator, data, about | {"missing_values": words(missing_values)})
        if groups is not None:
            families = groups_of(truth, data, groups, labels=labels, missing_values=words(missing_values), how=how)
    counts, unread = Counts(), dict[str, str]()
    with rows_written(file) as write:
        for block in blocks(data, missing_values, columns, how):
            if on_unreadable is OnUnreadable.error:
                parts = iter([predictions(estimator, block)])
            else:
                parts = readable_predictions(estimator, block, unread)
            for table in parts:
                counts.add(table)
                write(table)
    typer.echo(counts.told())
    if unread:
        typer.echo(_tell_unread(unread, counts.rows))
    if truth is not None:
        typer.echo("\n".join(scores_of_file(estimator, file, truth, families, left_out=[*unread])))
    typer.echo(f"\nPredictions: {out}")


def _tell_unread(unread, n_read):
    """Say how many sequences could not be read, and which."""
    from seqaug_sklearn.utils import counted, listed

    why = next(iter(unread.values()))
    return (
        f"Warning: {len(unread):,} of {counted(len(unread) + n_read, 'sequence')} cannot be read, so there is no "
        f"prediction of them (column reason says why): {listed(unread)}; the first one: {why}"
    )
