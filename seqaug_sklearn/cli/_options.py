"""Choices of options that several commands share."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from typer.core import TyperCommand

from seqaug_sklearn.exceptions import InvalidParameterError

__all__ = [
    "USUAL_SHARE",
    "Aligned",
    "AlphabetName",
    "Coding",
    "CommandWithEdits",
    "Covariates",
    "Edits",
    "End",
    "ExtraLabels",
    "ExtraLabelsChoice",
    "Homologs",
    "KeepLowComplexity",
    "KeepTags",
    "LabelPattern",
    "Labels",
    "LanguageModel",
    "MaxEvalue",
    "MissingValues",
    "ModelCovariates",
    "Motifs",
    "NameChoice",
    "NameColumn",
    "Names",
    "OnUnreadable",
    "Precision",
    "Protocol",
    "RelativesChoice",
    "SequenceColumn",
    "SplitBy",
    "StrandName",
    "TargetColumn",
    "Task",
    "TaskName",
    "Wanted",
    "check_language_model",
    "edits_in_words",
    "search_settings",
    "words",
]

USUAL_SHARE = 0.04
"""That of `similarity`, which is too heavy to be loaded for ``--help``; a test keeps both alike."""

KeepLowComplexity = Annotated[
    bool,
    typer.Option(
        "--keep-low-complexity",
        help="Count runs of low complexity too. By default rows that share nothing but poly-A or a microsatellite, as "
        "unrelated sequences do, are kept separate and do not count as relatives.",
    ),
]

KeepTags = Annotated[
    bool,
    typer.Option(
        "--keep-tags",
        help="Count expression tags and pieces of vectors too. By default proteins that share nothing else are kept "
        "separate and do not count as relatives.",
    ),
]

MissingValues = Annotated[
    str | None,
    typer.Option(
        help="Words in tables that mean missing, separated by commas ('NA,?'): rows without a label, group or sequence "
        "are left out and counted, all other words are values; '' if no word means missing. By default words such as "
        "NA end the run, because they may be a class."
    ),
]


Covariates = Annotated[
    str | None,
    typer.Option(
        help="Columns of numbers beside each sequence that models read too, separated by commas: of the labels, or of "
        "the sequences where these are a table. A gap is filled with the column's median."
    ),
]

Motifs = Annotated[
    str | None,
    typer.Option(
        metavar="FILE",
        help="Known motifs, in the format of MEME or JASPAR, or jaspar_plants (or _vertebrates, _insects, ...): how "
        "strongly they occur are the features of a further model, motif-occupancies.",
    ),
]

LanguageModel = Annotated[
    Path | None,
    typer.Option(
        metavar="FOLDER",
        help="Folder of a pre-trained model (DNABERT, Nucleotide Transformer, ESM-2), whose embeddings are the "
        "features of a further model, language-model. They are computed once and kept in SEQAUG_CACHE, or the user's "
        "cache.",
    ),
]


def check_language_model(folder: Path | None) -> None:
    """Raise for a folder that is not there, before anything is fitted."""
    if folder is not None and not folder.expanduser().is_dir():
        raise InvalidParameterError(f"--language-model {folder}: there is no such folder; it must hold config.json")


class NameChoice(StrEnum):
    """What names a sequence."""

    first_word = "first-word"
    header = "header"
    number = "number"
    unique = "unique"


class ExtraLabelsChoice(StrEnum):
    """What becomes of labels that no sequence has."""

    drop = "drop"
    error = "error"


SequenceColumn = Annotated[
    str | None,
    typer.Option(
        help="Column of the sequences in a table; its number, from 1, where there is no heading. By default one called "
        "sequence, seq, dna, ... in any case."
    ),
]

NameColumn = Annotated[
    str | None,
    typer.Option(
        help="Column of the names in a table. By default one called name or id, or the first one; without any, rows "
        "are named by their numbers."
    ),
]

Names = Annotated[
    NameChoice | None,
    typer.Option(
        help="What names a sequence: first-word or header, its FASTA header up to the first blank, or all of it; "
        "number, its place in the file; unique, the first word, in which repeats are numbered. By default the first "
        "word, and what a table says."
    ),
]

ExtraLabels = Annotated[
    ExtraLabelsChoice,
    typer.Option(
        help="What becomes of labels in --labels whose names no sequence has: left out and counted, or an error."
    ),
]

ModelCovariates = Annotated[
    str | None,
    typer.Option(
        help="Columns of DATA with the numbers that the model reads beside each sequence, separated by commas. By "
        "default those of the names that it was fitted with. A gap is filled with the median of the training rows."
    ),
]

Labels = Annotated[Path | None, typer.Option(help="Table of labels, joined by its column name (or its first one).")]

LabelPattern = Annotated[
    str | None,
    typer.Option(
        help="Instead of a table: regular expression that finds the label in a record's name, or else in its "
        "header (its first group, or all that matches), for example '^[^_]+'."
    ),
]


class TaskName(StrEnum):
    """How labels are read."""

    auto = "auto"
    classes = "classes"
    number = "number"
    labels = "labels"


Task = Annotated[
    TaskName,
    typer.Option(
        help="How labels are read: classes (one name per sequence), number (measurements), labels (several columns of "
        "0 and 1). auto: text is classes, and so are whole numbers with at most 20 different values or numbered from 0 "
        "or 1 on with several rows each; other numbers are measurements. How they are read is said first."
    ),
]

TargetColumn = Annotated[
    str,
    typer.Option(
        help="Column of the labels; several, separated by commas, for several numbers or labels of a sequence."
    ),
]


def words(text: str | None) -> list[str] | None:
    """Words of an option that are separated by commas."""
    return None if text is None else [word.strip() for word in text.split(",") if word.strip()]


Edits = Annotated[
    str | None,
    typer.Option(
        metavar="[WORDS]",
        help="Also compare random edits. Alone or 'evoaug': insertions, deletions, translocations, mutations (of "
        "proteins by BLOSUM62) and of DNA reverse complements (see --strand). 'gentle': few mutations and small "
        "shifts. Or edits in words, after a preset or without: 'mutation(rate=0.02),deletion(max=10),copies=2'; a "
        "wrong word lists those that are known.",
    ),
]

Coding = Annotated[
    bool,
    typer.Option(
        "--coding",
        help="With --edits: the sequences are coding DNA or RNA from their first residue on, so codons are exchanged "
        "for synonymous ones, and the protein stays as it is.",
    ),
]

Aligned = Annotated[
    bool,
    typer.Option(
        "--aligned",
        help="With --edits: each position means the same in all sequences, so residues are replaced and never moved.",
    ),
]


class CommandWithEdits(TyperCommand):
    """A command whose ``--edits`` may stand alone."""

    def parse_args(self, ctx, args):
        """Give an ``--edits`` that stands alone the usual preset."""
        spelled = []
        for place, word in enumerate(args):
            spelled.append(word)
            following = args[place + 1] if place + 1 < len(args) else "-"
            # no edit is called like an option or a file, so this is the next argument
            if word == "--edits" and (following.startswith("-") or Path(following).exists()):
                spelled.append("evoaug")
        return super().parse_args(ctx, spelled)


def edits_in_words(edits: str | None, coding: bool, aligned: bool) -> str | bool:
    """Edits as ``make_edits`` reads them, with what the other options say of the data; False without ``--edits``."""
    if edits is None:
        for option, given in (("--coding", coding), ("--aligned", aligned)):
            if given:
                raise InvalidParameterError(f"{option} says what --edits may change; give both, or neither")
        return False
    return ",".join([edits, *["coding"] * coding, *["aligned"] * aligned])


class AlphabetName(StrEnum):
    """Alphabets."""

    dna = "dna"
    rna = "rna"
    protein = "protein"


class RelativesChoice(StrEnum):
    """When relatives are kept together in a second comparison."""

    auto = "auto"
    together = "together"
    ignore = "ignore"


class Wanted(StrEnum):
    """Whether something that takes time, or an extra, is done."""

    auto = "auto"
    yes = "yes"
    no = "no"


Homologs = Annotated[
    Wanted,
    typer.Option(
        help="Whether to align what shares too few k-mers, which finds distant homologs. auto: where parasail is "
        "installed (pip install 'seqaug-sklearn[audit]'), it takes three minutes at most, and neither --threshold nor "
        "--min-run say how much must be shared."
    ),
]

MaxEvalue = Annotated[
    float,
    typer.Option(
        help="E-value below which an alignment over half of a sequence makes two of them relatives.", min=0, max=10
    ),
]


def search_settings(
    alphabet: AlphabetName, keep_low_complexity: bool, keep_tags: bool, homologs: Wanted, max_evalue: float
) -> dict:
    """Parameters of the audit, and of groups by its rules, from options of all commands that have them."""
    return {
        "alphabet": alphabet.value,
        "mask_low_complexity": not keep_low_complexity,
        "mask_tags": not keep_tags,
        "homologs": {"yes": True, "no": False}.get(homologs.value, "auto"),
        "max_evalue": max_evalue,
    }


class OnUnreadable(StrEnum):
    """What becomes of sequences that cannot be read."""

    error = "error"
    skip = "skip"


class StrandName(StrEnum):
    """Strands that mean the same."""

    both = "both"
    single = "single"


class SplitBy(StrEnum):
    """What a split keeps together."""

    similarity = "similarity"
    groups = "groups"


class End(StrEnum):
    """Ends of a sequence."""

    left = "left"
    right = "right"


class Precision(StrEnum):
    """Arithmetic of training."""

    auto = "auto"
    float32 = "float32"
    bfloat16 = "bfloat16"


class Protocol(StrEnum):
    """Protocols of the window paper's reproduction."""

    published = "published"
    blocks = "blocks"
    across = "across"
