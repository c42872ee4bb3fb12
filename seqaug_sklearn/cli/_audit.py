"""``seqaug audit``: whether a test set holds sequence that was trained."""

from pathlib import Path
from typing import Annotated

import typer

from seqaug_sklearn.cli._options import AlphabetName, MissingValues, words
from seqaug_sklearn.cli._run import one_line_errors, say
from seqaug_sklearn.exceptions import DataFormatError

__all__ = ["audit"]

_SHOWN = 10
_CAVEAT = (
    "A clean audit says that nothing similar was found at these settings, not that labels are right or classes "
    "comparable. Below about 80 % identity k-mers no longer tell relatives from chance."
)


@one_line_errors
def audit(
    train: Annotated[
        Path, typer.Argument(help="Training sequences: FASTA (.gz too), or a table with columns name and sequence.")
    ],
    test: Annotated[Path, typer.Argument(help="Test sequences, of the same kinds.")],
    alphabet: Annotated[
        AlphabetName, typer.Option(help="Alphabet of the sequences. Both strands of DNA and RNA are compared.")
    ] = AlphabetName.dna,
    k: Annotated[
        int | None,
        typer.Option("--k", help="Length of the k-mers. By default 12, and 5 for proteins.", min=1),
    ] = None,
    threshold: Annotated[
        float,
        typer.Option(help="A test row leaks when a training row holds this share of its k-mers.", min=0, max=1),
    ] = 0.04,
    min_run: Annotated[
        int | None,
        typer.Option(
            help="A test row leaks when it shares this many consecutive residues with a training row. By default 20 (8 "
            "for proteins), fewer where sequences are short, more where chance alone gives longer runs.",
            min=1,
        ),
    ] = None,
    keep_low_complexity: Annotated[
        bool,
        typer.Option(
            "--keep-low-complexity",
            help="Count runs of low complexity too. By default rows that share nothing but poly-A or a microsatellite, "
            "as unrelated sequences do, are told apart and are no leak.",
        ),
    ] = False,
    missing_values: MissingValues = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Folder of a report. Only an earlier report is replaced. By default none."),
    ] = None,
):
    """Find test sequences that share sequence with a training sequence: copies, shifts, overlaps, close homologs.

    Exit code 0 when the test set is clean, 1 when it leaks, 2 for bad input, so that a pipeline can stop. Example:

    seqaug audit train.fasta test.fasta --out report
    """
    from seqaug_sklearn.cli._input import is_table, read_sequences
    from seqaug_sklearn.evaluation import check_output_folder
    from seqaug_sklearn.model_selection import audit_leakage

    folder = None if out is None else check_output_folder(out, inputs=[train, test])
    if missing_values is not None and not is_table(train) and not is_table(test):
        raise DataFormatError("--missing-values is about tables, and neither file is one; leave it out")
    missing = words(missing_values)
    tested = read_sequences(test, missing)
    report = audit_leakage(
        read_sequences(train, missing),
        tested,
        k=k,
        threshold=threshold,
        min_run=min_run,
        alphabet=alphabet.value,
        mask_low_complexity=not keep_low_complexity,
    )
    short = int((tested.str.len() < report.k).sum())
    if short:
        say(
            f"Warning: {short} of {len(tested)} test rows are shorter than k = {report.k}: only exact copies of them "
            "can be found; pass a smaller --k"
        )
    typer.echo(report.summary())
    if report.leaked.any():
        typer.echo(f"\n{_table(report, _SHOWN).to_string(index=False)}")
    if folder is not None:
        settings = {
            "training file": train.name,
            "test file": test.name,
            "alphabet": alphabet.value,
            "runs of low complexity": "count" if keep_low_complexity else "are no leak by themselves",
        }
        typer.echo(f"\nReport: {_write(folder, report, settings)}")
    raise typer.Exit(int(report.leaked.any()))


def _table(report, n):
    """The `n` worst rows, with headers for reading."""
    table = report.worst(n).drop(columns="leaked").rename_axis("test row").reset_index()
    table["kmer_share"] = table["kmer_share"].round(3)
    return table.rename(
        columns={
            "nearest": "nearest training row",
            "longest_run": "longest run",
            "kmer_share": f"share of {report.k}-mers",
        }
    )


def _write(folder, report, settings):
    """Write the report; returns the path of its page."""
    from seqaug_sklearn.plotting import LeakageDisplay
    from seqaug_sklearn.reporting import Section, detached, write_report

    figure = detached(LeakageDisplay.from_reports(report, names=["test set"]))
    every = report.to_frame().rename_axis("test row")
    caption = "Similarity to training, and leaks by kind"
    found = Section(
        "Leaked test rows",
        tables={"Leaked rows, longest shared run first": _table(report, len(report))} if report.leaked.any() else {},
        figures={caption: figure},
        data={"Every test row": every},
        alt={caption: report.summary()},
        notes=_CAVEAT,
    )
    answer, _, rest = report.summary().partition(". ")
    return write_report(
        folder,
        title="Does the test set hold sequence that was trained?",
        verdict=[f"{answer}.", rest] if rest else [answer],
        sections=[found],
        settings=settings
        | {
            "training rows": len(report.train_names),
            "test rows": len(report),
            "k": report.k,
            "threshold": report.threshold,
            "consecutive residues that make a leak": report.min_run,
        },
    )
