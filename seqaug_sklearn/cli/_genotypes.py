"""``seqaug genotypes``: synthetic genotypes, and how realistic and how private they are."""

import contextlib
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from seqaug_sklearn.cli._options import words
from seqaug_sklearn.cli._run import one_line_errors, say
from seqaug_sklearn.exceptions import DataFormatError, InvalidParameterError

__all__ = ["genotypes"]

_MANY_VARIANTS = 20_000
_WARNED_OF = {
    "without_gt": "rows without genotypes were dropped",
    "above_max_missing": "variants with too many missing calls were dropped",
    "people_above_max_missing": "individuals with too many missing calls were left out",
    "with_missing": "variants with missing calls were dropped",
    "imputed_calls": "missing calls were drawn from the frequencies of the populations",
    "haploid": "variants with calls of one allele were dropped",
    "people_unlabelled": "individuals without a label were left out",
}
"""Counts of reading -> what happened to so many."""
_DEMO_PEOPLE, _DEMO_VARIANTS = 250, 300


class Architecture(StrEnum):
    """Networks of the GAN."""

    mlp = "mlp"
    pg_cgan = "pg_cgan"


class Kind(StrEnum):
    """Variants."""

    snp = "snp"
    biallelic = "biallelic"


class ErrorOrDrop(StrEnum):
    """What happens to what does not fit."""

    error = "error"
    drop = "drop"


class Missing(StrEnum):
    """What happens to missing calls."""

    error = "error"
    drop = "drop"
    impute = "impute"


class Haploid(StrEnum):
    """What happens to calls of one allele."""

    error = "error"
    drop = "drop"
    double = "double"


@one_line_errors
def genotypes(
    data: Annotated[
        Path | None,
        typer.Argument(help="Phased genotypes: VCF (plain, gzip or bgzip) or BCF. Not with --demo."),
    ] = None,
    labels: Annotated[
        Path | None,
        typer.Option(
            help="Table with the population of each individual: tabs, commas or spaces, a line of column names; or a "
            "PLINK .fam (--label-column family)."
        ),
    ] = None,
    label_column: Annotated[
        str | None, typer.Option(help="Column of the populations; may be left out where the table has two columns.")
    ] = None,
    sample_column: Annotated[
        str, typer.Option(help="Column of the individuals' names, as they stand in the file.")
    ] = "sample",
    region: Annotated[
        str | None,
        typer.Option(help="Part of the genome, for example 6:29,000,000-33,000,000. By default the whole file."),
    ] = None,
    min_maf: Annotated[
        float,
        typer.Option(
            help="Leave rarer variants out: they are hard to learn and can reveal individuals.", min=0, max=0.5
        ),
    ] = 0.01,
    kind: Annotated[
        Kind, typer.Option(help="snp: single-base variants only. biallelic: insertions, deletions and others too.")
    ] = Kind.snp,
    missing: Annotated[
        Missing,
        typer.Option(
            help="Variants with a missing call end the run, or are dropped and counted (with many individuals few are "
            "left), or their missing alleles are drawn from the frequencies of the population (--seed) and counted."
        ),
    ] = Missing.drop,
    max_missing_per_variant: Annotated[
        float | None,
        typer.Option(help="Before --missing, drop variants with a larger share of missing calls.", min=0, max=1),
    ] = None,
    max_missing_per_individual: Annotated[
        float | None,
        typer.Option(help="Then leave individuals with a larger share of missing calls out.", min=0, max=1),
    ] = None,
    haploid: Annotated[
        Haploid,
        typer.Option(
            help="Variants with calls of one allele, as of haploid organisms and of males on X, end the run, or are "
            "dropped, or such a call counts as two equal alleles."
        ),
    ] = Haploid.error,
    without_gt: Annotated[
        ErrorOrDrop, typer.Option(help="Rows without genotypes end the run, or are dropped and counted.")
    ] = ErrorOrDrop.error,
    unlabelled: Annotated[
        ErrorOrDrop, typer.Option(help="Individuals of the file without a label end the run, or are left out.")
    ] = ErrorOrDrop.error,
    missing_values: Annotated[
        str | None,
        typer.Option(
            help="Words in the table of labels that mean that an individual has none, separated by commas ('NA,?'); "
            "all others are populations; '' if no word means missing. By default words such as NA end the run, because "
            "a population may be called so."
        ),
    ] = None,
    out: Annotated[Path, typer.Option(help="Folder of the report. Only an earlier report is replaced.")] = Path(
        "report"
    ),
    n_samples: Annotated[
        int | None,
        typer.Option(
            help="Individuals to make with each generator, shared among the populations as in training. By default "
            "as many as were trained on.",
            min=1,
        ),
    ] = None,
    match_length: Annotated[
        int | None,
        typer.Option(
            help="Alleles on which HaplotypeMosaic's donors agree at a seam: more keep more linkage, fewer reveal "
            "less about individuals. By default chosen on held-out individuals: the most that expose no one.",
            min=0,
        ),
    ] = None,
    neighbors: Annotated[
        int | None,
        typer.Option(
            help="Copy from this many nearest individuals only, which keeps the structure within populations. By "
            "default chosen where structure would otherwise be lost, as among the unlinked variants of an ancestry "
            "panel.",
            min=2,
        ),
    ] = None,
    gan: Annotated[
        bool,
        typer.Option("--gan", help="Also train GenotypeGAN: minutes on a CPU where HaplotypeMosaic takes seconds."),
    ] = False,
    architecture: Annotated[
        Architecture, typer.Option(help="pg_cgan is PG-cGAN, networks and training as published, many times slower.")
    ] = Architecture.mlp,
    epochs: Annotated[int | None, typer.Option(help="Epochs of the GAN at most.", min=1)] = None,
    device: Annotated[str, typer.Option(help="Where the GAN is trained: auto, cpu, cuda, cuda:1, mps.")] = "auto",
    resume: Annotated[
        bool, typer.Option("--resume", help="Continue the GAN's training of an interrupted run of the same command.")
    ] = False,
    force: Annotated[
        bool,
        typer.Option(
            "--force",
            help="Write individuals even if they are copies of training individuals, or cannot be shown not to be; "
            "the files and the page then say so, and the exit code is 0.",
        ),
    ] = False,
    demo: Annotated[bool, typer.Option("--demo", help="Run on simulated individuals of five populations.")] = False,
    seed: Annotated[int, typer.Option(help="Seed of the split and the generators.", min=0)] = 0,
):
    """Make synthetic individuals of the populations of a VCF file, and measure how realistic and how private they are.

    Individuals are split 70/30 within populations. HaplotypeMosaic (and, with --gan, GenotypeGAN) learns from the 70 %;
    what they make is compared with the 30 %, with real individuals as the ceiling and two controls that must fail.
    Writes one HTML report with a plain answer at the top, and the synthetic individuals as VCF files with tables of
    labels.

    Nothing is written of a generator that copies the individuals it learned from, or of which the individuals are too
    few to show that it does not: the membership attack's AUC is above .56, its 95 % interval counted in, or copies of
    training haplotypes are more frequent than among real individuals. The exit code is then 1, unless --force is given.

    "Private" means here that synthetic individuals are, on average, no nearer to the training individuals than to
    others. It does not mean anonymous: they contain pieces of real genomes. The report itself shows genotypes of real
    individuals.
    Example:

    seqaug genotypes region.vcf.gz --labels samples.tsv --label-column super_population --out report
    """
    from seqaug_sklearn.evaluation import check_output_folder, compare_genotype_generators

    folder = check_output_folder(out, inputs=[data, labels])
    _check_gan(folder, gan, resume, epochs, architecture, device)
    name = "simulated" if data is None else data.name
    if demo:
        people, title = _simulated(data, labels, region, missing_values), "Synthetic individuals: simulated data"
    else:
        options: dict[str, Any] = {"kind": kind.value, "missing": missing.value, "haploid": haploid.value}
        options |= {"unlabelled": unlabelled.value, "min_maf": min_maf, "region": region, "random_state": seed}
        options |= {"max_missing_per_variant": max_missing_per_variant, "without_gt": without_gt.value}
        options |= {"max_missing_per_individual": max_missing_per_individual}
        options |= {"label_column": label_column, "sample_column": sample_column}
        options |= {"missing_values": words(missing_values)}
        people, title = _read(data, labels, options), f"Synthetic individuals: {name}"
    with _checkpoint(folder, gan) as checkpoint:
        result = compare_genotype_generators(
            people,
            _generators(seed, match_length, neighbors, gan, architecture, epochs, device, checkpoint),
            n_samples=n_samples,
            random_state=seed,
            progress=True,
        )
        say("Drawing the figures ...")
        settings = {"file": name, "region": region or "all", "seed": seed}
        settings |= {"minor-allele frequency from": min_maf}
        path = result.to_html(folder, title=title, settings=settings, force=force)
        if checkpoint is not None and ("GenotypeGAN" not in result.copying or force):
            checkpoint.unlink(missing_ok=True)
    _answer(result, path, force, checkpoint)


def _answer(result, path, force, checkpoint):
    """Print the answer; end with exit code 1 where individuals were not written because they are copies."""
    copying = result.copying
    answer = result.verdict()[: len(copying) or 1]
    answer += [result.judged] if result.judged else []
    typer.echo("\n" + "\n".join(answer) + f"\n\nReport: {path}")
    clean, names = [name for name in result.generators if name not in copying], " and ".join(copying)
    folder = path.parent / "people"
    if clean:
        typer.echo(f"Synthetic individuals{f' of {clean[0]}' if copying else ''}: {folder}")
    if copying and force:
        typer.echo(f"Written because of --force, NOT synthetic, individuals of {names}: {folder}")
    if not copying or force:
        return
    typer.echo(f"No individuals of {names} were written. --force writes them anyway.")
    if checkpoint is not None and checkpoint.exists():
        say(f"The GAN's training is kept in {checkpoint}; add --resume to --force.")
    raise typer.Exit(1)


def _simulated(data, labels, region, missing_values):
    if any(given is not None for given in (data, labels, region, missing_values)):
        raise InvalidParameterError(
            "--demo brings its own individuals; leave the file, --labels, --region and --missing-values out"
        )
    from seqaug_sklearn.datasets import make_genotypes

    return make_genotypes(_DEMO_PEOPLE, n_variants=_DEMO_VARIANTS, random_state=0)


def _read(data, labels, options):
    from seqaug_sklearn.datasets import read_genotypes

    if data is None:
        raise DataFormatError("give a VCF or BCF file with --labels, or --demo for simulated individuals")
    if labels is None:
        raise DataFormatError(
            "give the individuals' populations with --labels: a table with columns sample and population"
        )
    people = read_genotypes(data, labels=labels, encoding="phased", verbose=1, **options)
    counts = people.counts
    left_out = counts["variants_read"] - len(people.variants)
    say(
        f"{len(people):,} individuals, {len(people.variants):,} variants; {left_out:,} too rare or of other kinds left "
        "out"
    )
    for name, what in _WARNED_OF.items():
        if counts[name]:
            say(f"Warning: {counts[name]:,} {what}")
    if len(people.variants) > _MANY_VARIANTS:
        say(f"Warning: linkage takes time with the square of {len(people.variants):,} variants; --region takes a part")
    return people


def _generators(seed, match_length, neighbors, gan, architecture, epochs, device, checkpoint):
    from seqaug_sklearn.augmentation import HaplotypeMosaic

    generators = {
        "HaplotypeMosaic": HaplotypeMosaic(
            match_length="auto" if match_length is None else match_length,
            n_neighbors="auto" if neighbors is None else neighbors,
            random_state=seed,
        )
    }
    if gan:
        from seqaug_sklearn.augmentation import PG_CGAN_PUBLISHED, GenotypeGAN

        how = PG_CGAN_PUBLISHED if architecture is Architecture.pg_cgan else {}
        run = {"device": device, "checkpoint": checkpoint, "checkpoint_every": 1, "verbose": 1, "random_state": seed}
        generators["GenotypeGAN"] = GenotypeGAN(**how, **run)
        if epochs is not None:
            generators["GenotypeGAN"].set_params(max_epochs=epochs)
    return generators


def _checkpoint_path(folder):
    return folder.with_name(f"{folder.name}.gan.pt")


def _check_gan(folder, gan, resume, epochs, architecture, device):
    """Check before the file is read whether the GAN can be trained as asked."""
    if not gan:
        if resume or epochs is not None or architecture is not Architecture.mlp or device != "auto":
            raise InvalidParameterError("--resume, --epochs, --architecture and --device are of the GAN; add --gan")
        return
    from seqaug_sklearn.utils import resolve_device

    resolve_device(device)
    path = _checkpoint_path(folder)
    if path.exists() and not resume:
        raise DataFormatError(
            f"{path} holds the GAN's training of an interrupted run; add --resume to continue from it, or delete it to "
            "train anew"
        )
    if resume and not path.exists():
        say(f"There is nothing to resume: no {path.name} beside the report, so the GAN is trained from the start.")


@contextlib.contextmanager
def _checkpoint(folder, gan):
    """File of the GAN's training beside the report; said to be kept when something went wrong."""
    if not gan:
        yield None
        return
    path = _checkpoint_path(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    try:
        yield path
    except BaseException as error:
        # one that belongs to another training has said so itself
        if path.exists() and not isinstance(error, DataFormatError):
            say(f"The GAN's training is kept in {path}; the same command with --resume continues from it.")
        raise
