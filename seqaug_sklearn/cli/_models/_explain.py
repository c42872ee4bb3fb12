"""``seqaug explain``: what a saved model reads in sequences."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from seqaug_sklearn.cli._models._model_covariates import check_covariates
from seqaug_sklearn.cli._options import (
    AlphabetName,
    MissingValues,
    ModelCovariates,
    NameColumn,
    Names,
    SequenceColumn,
    words,
)
from seqaug_sklearn.cli._run import one_line_errors
from seqaug_sklearn.exceptions import DataFormatError, InvalidParameterError

__all__ = ["explain"]

_AROUND = 30
"""Residues beside the strongest hit that a logo shows."""
_FILES = ("hits.bed", "hits.csv", "attributions.npz")


class Method(StrEnum):
    """Methods that fit any sequence, whatever its length."""

    auto = "auto"
    integrated_gradients = "integrated_gradients"
    kmer_weights = "kmer_weights"
    shap_gradient = "shap_gradient"
    deep_lift = "deep_lift"
    mutagenesis = "mutagenesis"


@one_line_errors
def explain(
    model: Annotated[Path, typer.Argument(help="Folder of the model, as seqaug fit or save_model writes it.")],
    data: Annotated[
        Path,
        typer.Argument(
            help="Sequences to explain: FASTA file (.gz too), or a table with columns name and sequence. Best those "
            "that the model was not trained on."
        ),
    ],
    out: Annotated[Path, typer.Option(help="Folder of the report. Only an earlier report is replaced.")],
    target: Annotated[
        str | None,
        typer.Option(
            help="Class to explain; by default the second of two classes, of more the one predicted for each sequence. "
            "Of several numbers or labels, the column to explain."
        ),
    ] = None,
    motifs: Annotated[
        str | None,
        typer.Option(
            help="Known motifs that name the hits: a file (MEME, JASPAR, TRANSFAC, ...), or a collection such as "
            "jaspar_vertebrates. By default jaspar_plants, where pyjaspar is installed."
        ),
    ] = None,
    method: Annotated[
        Method,
        typer.Option(
            help="How contributions are computed. auto: integrated gradients of networks, exact weights of linear "
            "models of k-mers, mutagenesis of any other, which takes three predictions for each residue of DNA."
        ),
    ] = Method.auto,
    top: Annotated[int, typer.Option(help="Sequences that the page draws, those of the strongest hits.", min=1)] = 5,
    alphabet: Annotated[
        AlphabetName, typer.Option(help="Alphabet of the sequences, where the model does not say.")
    ] = AlphabetName.dna,
    covariates: ModelCovariates = None,
    seed: Annotated[int, typer.Option(help="Seed of the shuffled sequences.", min=0)] = 0,
    missing_values: MissingValues = None,
    sequence_column: SequenceColumn = None,
    name_column: NameColumn = None,
    names: Names = None,
):
    """Tell what a saved model reads: which stretches of sequences, which motifs, and how stable that is.

    The folder holds report.html, the hits as hits.bed and hits.csv, and every contribution as attributions.npz. A hit
    contributes more than 99.9 % of equally long stretches of shuffled sequences. Examples:

    seqaug explain model test.fa --out report

    seqaug explain model test.fa --target responsive --motifs known.meme --out report
    """
    from seqaug_sklearn.cli._input import is_table, read_sequences, reading
    from seqaug_sklearn.evaluation import check_output_folder
    from seqaug_sklearn.inspection import explain as explained
    from seqaug_sklearn.persistence import load_model

    known = None if motifs is None or motifs.startswith("jaspar_") else Path(motifs)
    folder = check_output_folder(out, inputs=[model, data, known])
    if known is not None and not known.is_file():
        raise InvalidParameterError(f"--motifs {motifs} is neither a file nor a collection, such as jaspar_plants")
    if missing_values is not None and not is_table(data):
        raise InvalidParameterError("--missing-values is about tables, and no file is one; leave it out")
    how = reading(sequence_column, name_column, names, files=[data])
    estimator = load_model(model)
    if not hasattr(estimator, "predict"):
        raise DataFormatError(f"{model} holds no model that predicts but a {type(estimator).__name__}")
    columns = check_covariates(estimator, words(covariates), data)
    sequences = read_sequences(data, words(missing_values), columns, how)
    found = explained(
        estimator,
        sequences,
        target=_label(estimator, target),
        method=method.value,
        motifs=motifs,
        n_shown=top,
        alphabet=alphabet.value,
        random_state=seed,
        progress=True,
    )
    settings = {"model": model.name, "sequences": data.name, "known motifs": motifs or "jaspar_plants, if installed"}
    page = _write(found, folder, settings | {"seed": seed}, [model, data, known])
    typer.echo("\n".join(found.verdict()))
    typer.echo(f"\nReport: {page}")


def _label(estimator, target):
    """The class that the text names, which may be a number; targets and several labels have text for names."""
    classes = getattr(estimator, "classes_", [])
    names = [] if isinstance(classes, list) or classes.ndim > 1 else classes.tolist()
    return next((label for label in names if str(label) == target), target)


def _write(found: Any, folder: Path, settings: dict, inputs: list) -> Path:
    from seqaug_sklearn.reporting import Section, write_report

    figures, notes = _figures(found)
    about = (
        "Bars above the line speak for the class explained, or raise the number, and hits are shaded. Letters are "
        "those of the hit."
    )
    strongest = Section("The sequences with the strongest hits", about, figures=figures, notes=notes)

    def more(new):
        found.to_bed(new / "hits.bed")
        found.to_csv(new / "hits.csv")
        found.attributions.save(new / "attributions.npz")

    return write_report(
        folder,
        title="What the model reads",
        verdict=found.verdict(),
        sections=[strongest, *found.sections()],
        settings=settings | found._settings(),
        more=more,
        files=_FILES,
        inputs=inputs,
        packages=("modisco-lite", "memelite", "pyjaspar"),
    )


def _figures(found):
    """(Tracks and logos of the strongest sequences by caption, why there are no logos)."""
    from seqaug_sklearn.exceptions import MissingDependencyError
    from seqaug_sklearn.plotting import AttributionTrackDisplay, SaliencyLogoDisplay
    from seqaug_sklearn.reporting import detached

    figures: dict = {}
    notes: list = []
    attributions = found.attributions
    for row in found.strongest().tolist():
        name = str(attributions.identifiers[row])
        sites = [site if site[2] else site[:2] for site in found.sites(row)]
        track = AttributionTrackDisplay.from_attributions(attributions, row, sites=sites)
        figures[f"Contributions in {name}"] = detached(track)
        own = found.hits[found.hits["row"] == row]
        if notes or own.empty:
            continue
        start, end = int(own["start"].iloc[0]) - _AROUND, int(own["end"].iloc[0]) + _AROUND
        span = max(0, start), min(int(attributions.lengths[row]), end)
        try:
            logo = SaliencyLogoDisplay.from_attributions(attributions, rows=row, span=span)
        except MissingDependencyError as error:
            notes.append(f"There are no logos: {error}")
        else:
            figures[f"The strongest hit of {name} as letters"] = detached(logo)
    return figures, notes
