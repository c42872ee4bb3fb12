"""``seqaug variants``: what variants do to a saved model."""

from pathlib import Path
from typing import Annotated, Any

import typer

from seqaug_sklearn.cli._models._model_covariates import check_covariates
from seqaug_sklearn.cli._options import AlphabetName, NameColumn, Names, SequenceColumn, StrandName, words
from seqaug_sklearn.cli._run import one_line_errors
from seqaug_sklearn.exceptions import DataFormatError

__all__ = ["variants"]

_MAPS = 3
"""Sequences whose heat map stands on a page."""
_LONGEST_MAP = 5000


@one_line_errors
def variants(
    model: Annotated[Path, typer.Argument(help="Folder of the model, as seqaug fit or save_model writes it.")],
    reference: Annotated[
        Path,
        typer.Option(
            help="Sequences without the variants: FASTA file (.gz too), or a table with columns name and sequence. "
            "What the model takes, or, with --length, chromosomes or contigs."
        ),
    ],
    out: Annotated[
        Path,
        typer.Option(
            help="What to write, by its name: a table (.csv, .tsv), a VCF file (.vcf), either packed too (.gz), one "
            "page (.html), or a folder with a report, the table and, where --variants is a VCF file, a VCF file."
        ),
    ],
    variants: Annotated[
        Path | None,
        typer.Option(
            help="VCF file (.gz too), or a table with columns name, position (0-based), ref and alt. By default all "
            "single substitutions of the sequences."
        ),
    ] = None,
    length: Annotated[
        int | None,
        typer.Option(
            help="Residues that the model takes: windows of this length are cut around each variant, also with "
            "insertions and deletions. By default whole sequences.",
            min=1,
        ),
    ] = None,
    target: Annotated[
        str | None,
        typer.Option(
            help="Class, label or target whose effects are ranked and drawn. By default the second of two classes."
        ),
    ] = None,
    covariates: Annotated[
        str | None,
        typer.Option(
            help="Columns of --reference with the numbers that the model reads beside each sequence, separated by "
            "commas. By default those of the names that it was fitted with."
        ),
    ] = None,
    alphabet: Annotated[AlphabetName, typer.Option(help="Alphabet of the sequences.")] = AlphabetName.dna,
    strand: Annotated[
        StrandName,
        typer.Option(help="both: DNA is predicted on both strands, and predictions are averaged. single: as given."),
    ] = StrandName.both,
    skip_mismatches: Annotated[
        bool,
        typer.Option(
            "--skip-mismatches",
            help="Leave out and count variants whose ref is not in the reference, or that have no room for a window. "
            "By default the first one ends the run.",
        ),
    ] = False,
    sequence_column: SequenceColumn = None,
    name_column: NameColumn = None,
    names: Names = None,
):
    """Effects of variants on a saved model: the change of its log-odds for each class, or of the number it predicts.

    The strongest variant is said first, and how many change the predicted class. Examples:

    seqaug variants model --reference genome.fa --variants calls.vcf.gz --length 500 --out effects

    seqaug variants model --reference promoters.fa --out effects.csv
    """
    from sklearn.base import is_regressor

    from seqaug_sklearn.cli._input import read_sequences, reading
    from seqaug_sklearn.datasets import read_variants
    from seqaug_sklearn.inspection import variant_effects
    from seqaug_sklearn.persistence import load_model

    path = _checked(out, [model, reference, variants])
    table = None if variants is None else read_variants(variants)
    how = reading(sequence_column, name_column, names, files=[reference])
    estimator = load_model(model)
    if not (is_regressor(estimator) or hasattr(estimator, "predict_proba")):
        raise DataFormatError(
            f"{model} holds a {type(estimator).__name__}, which gives neither probabilities of classes nor numbers"
        )
    columns = check_covariates(estimator, words(covariates), reference)
    sequences = read_sequences(reference, covariates=columns, how=how)
    effects = variant_effects(
        estimator,
        sequences,
        table,
        length=length,
        alphabet=alphabet.value,
        both_strands=False if strand is StrandName.single else None,
        target=target,
        on_mismatch="skip" if skip_mismatches else "error",
        progress=True,
    )
    with_vcf = table is not None and table.attrs["format"] == "vcf"
    settings = {"model": model.name, "reference": reference.name, "variants": getattr(variants, "name", "all")}
    written = _write(effects, path, table is None, with_vcf, settings)
    typer.echo("\n".join(effects.verdict()))
    typer.echo(f"\nEffects: {written}")


def _kind(path):
    """What the name of the output asks for: .csv, .tsv, .vcf, .html, or nothing, which is a folder."""
    suffixes = [suffix.lower() for suffix in path.suffixes if suffix.lower() not in (".gz", ".bgz")]
    return suffixes[-1] if suffixes and suffixes[-1] in (".csv", ".tsv", ".vcf", ".html") else ""


def _checked(out, inputs):
    from seqaug_sklearn.utils import check_output_file, check_output_folder

    return check_output_file(out, inputs=inputs) if _kind(out) else check_output_folder(out, inputs=inputs)


def _write(effects: Any, path: Path, is_scan: bool, with_vcf: bool, settings: dict) -> Path:
    """Write what the name of the file asks for; return what to look at."""
    from seqaug_sklearn.reporting import write_report

    kind = _kind(path)
    if kind in (".csv", ".tsv"):
        return effects.to_csv(path)
    if kind == ".vcf":
        return effects.to_vcf(path)
    figures = _heat_maps(effects) if is_scan else {}
    title = "Effects of variants on a model"
    if kind == ".html":
        return effects.to_html(path, title=title, figures=figures)
    return write_report(
        path,
        title=title,
        verdict=effects.verdict(),
        sections=effects.sections(figures),
        settings=settings | {"target": effects.target, "length": effects.length, "members": effects.n_members},
        more=(lambda folder: effects.to_vcf(folder / "variants.vcf")) if with_vcf else None,
        files=["variants.vcf"] if with_vcf else [],
    )


def _heat_maps(effects):
    """Figures of the sequences with the strongest substitutions."""
    from seqaug_sklearn.plotting import VariantEffectsDisplay
    from seqaug_sklearn.reporting import detached

    ordered = effects.strongest(len(effects))["name"].unique()
    shown = [name for name in ordered if effects.lengths[name] <= _LONGEST_MAP][:_MAPS]
    return {
        f"All substitutions of {name}": detached(VariantEffectsDisplay.from_effects(effects, name)) for name in shown
    }
