"""``seqaug reproduce``: the window paper, and the held-out figure beside every published one."""

from pathlib import Path
from typing import Annotated

import typer

from seqaug_sklearn.cli._genomes._genome_files import OneGenome, read_records
from seqaug_sklearn.cli._options import Precision, Protocol
from seqaug_sklearn.cli._run import fold_store, one_line_errors, say
from seqaug_sklearn.exceptions import DataFormatError, InvalidParameterError
from seqaug_sklearn.published import WINDOW_PAPER

__all__ = ["reproduce"]

_GENOMES = ", ".join(f"{species} ({accession})" for species, accession in WINDOW_PAPER["accession"].items())


@one_line_errors
def reproduce(
    genomes: Annotated[
        list[Path] | None,
        typer.Argument(help="GenBank files (.gz too). Without any genome, a small simulated one is used."),
    ] = None,
    accession: Annotated[
        list[str] | None, typer.Option(help="Fetch this record from NCBI, or from the cache; may be repeated.")
    ] = None,
    paper: Annotated[bool, typer.Option("--paper", help=f"Fetch the eight genomes of the paper: {_GENOMES}.")] = False,
    email: Annotated[
        str | None, typer.Option(help="Your address, which NCBI asks for when records are fetched.")
    ] = None,
    proteins: Annotated[
        bool, typer.Option("--proteins", help="The paper's protein part instead of upstream DNA.")
    ] = False,
    protocol: Annotated[
        list[Protocol] | None,
        typer.Option(
            help="published: windows split at random. blocks: contiguous blocks held out. across: one genome held out. "
            "May be repeated; all by default."
        ),
    ] = None,
    trials: Annotated[int, typer.Option(help="Trials of the published protocol.", min=1)] = 5,
    baselines: Annotated[
        bool, typer.Option("--baselines/--no-baselines", help="Also run SVM, MLP, CNN, RNN and logistic regression.")
    ] = True,
    out: Annotated[Path, typer.Option(help="Folder of the report. Only an earlier report is replaced.")] = Path(
        "report"
    ),
    quick: Annotated[
        bool, typer.Option("--quick", help="A look of about two minutes: few genes, few epochs, one trial.")
    ] = False,
    resume: Annotated[
        bool,
        typer.Option("--resume", help="Continue from the finished fits of an interrupted run of the same command."),
    ] = False,
    one_genome: OneGenome = False,
    seed: Annotated[int, typer.Option(help="Seed of the first trial; 42 is the paper's.", min=0)] = 42,
    jobs: Annotated[int, typer.Option(help="Fits at a time.", min=1)] = 1,
    device: Annotated[str, typer.Option(help="Where networks are trained: auto, cpu, cuda, cuda:1, mps.")] = "auto",
    precision: Annotated[
        Precision,
        typer.Option(help="Arithmetic of the networks' training; float32 is the paper's."),
    ] = Precision.auto,
):
    """Reproduce the window augmentation paper on chloroplast genomes, with held-out protocols beside it.

    The full run trains the paper's network for up to 50 epochs in every trial and fold: hours per genome on a CPU.
    Look first with --quick. Example:

    seqaug reproduce NC_000932.gb NC_005353.gb --out report --quick
    """
    from seqaug_sklearn.evaluation import check_output_folder, reproduce_window_paper

    folder = check_output_folder(out, inputs=genomes or [])
    if email is not None and not accession and not paper:
        raise InvalidParameterError("--email is for records that are fetched: add --accession or --paper")
    with fold_store(folder, resume=resume) as store:
        records = _genomes(genomes or [], accession or [], paper, email, seed, one_genome)
        result = reproduce_window_paper(
            records,
            molecule="protein" if proteins else "dna",
            protocols=tuple(name.value for name in protocol or Protocol),
            n_trials=trials,
            baselines=baselines,
            quick=quick,
            device=device,
            precision=precision.value,
            store=store,
            progress=True,
            n_jobs=None if jobs == 1 else jobs,
            random_state=seed,
        )
        path = result.to_html(folder)
    typer.echo(f"\n{result.verdict()[0]}\n\nReport: {path}")


def _genomes(files, accessions, paper, email, seed, one_genome):
    """Records by species; the record's id is added where a species is there twice."""
    from seqaug_sklearn.datasets import PLASTOMES, fetch_plastome, make_plastome

    # each entry is a genome: a record, or the records of one
    genomes: list[list] = []
    for path in files:
        read = read_records(path)
        genomes += [read] if one_genome else [[record] for record in read if _is_annotated(record)]
    for name in [*accessions, *(PLASTOMES.values() if paper else [])]:
        say(f"Fetching {name} ...")
        genomes.append([fetch_plastome(name, email=email)])
    if not genomes:
        say("No genome given: a small simulated one is used.")
        return {"simulated": make_plastome(random_state=seed)}
    ids = [str(records[0].id) for records in genomes]
    twice = sorted({name for name in ids if ids.count(name) > 1})
    if twice:
        raise DataFormatError(f"genomes must differ, but {', '.join(twice)} is given more than once")
    species = [records[0].annotations.get("organism", records[0].id) for records in genomes]
    names = [s if species.count(s) == 1 else f"{s} ({i})" for s, i in zip(species, ids, strict=True)]
    return dict(zip(names, genomes, strict=True))


def _is_annotated(record):
    """Drafts have records without genes beside records with genes: they are counted, and are no genome."""
    if any(feature.type != "source" for feature in record.features):
        return True
    say(f"{record.id} has no annotated features and is left out")
    return False
