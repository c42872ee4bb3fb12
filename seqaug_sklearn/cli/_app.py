"""The program ``seqaug`` and its commands."""

import typer

from seqaug_sklearn.cli._audit import audit
from seqaug_sklearn.cli._augment import augment
from seqaug_sklearn.cli._compare import compare
from seqaug_sklearn.cli._demo import demo
from seqaug_sklearn.cli._genomes import kmers, regions, reproduce
from seqaug_sklearn.cli._genotypes import genotypes
from seqaug_sklearn.cli._groups import groups
from seqaug_sklearn.cli._models import explain, fit, predict, variants
from seqaug_sklearn.cli._negatives import negatives
from seqaug_sklearn.cli._options import CommandWithEdits
from seqaug_sklearn.cli._split import split
from seqaug_sklearn.cli._windows import windows

__all__ = ["app", "main"]

app = typer.Typer(
    name="seqaug",
    help="Augmentation of DNA, RNA and protein sequences, and whether it really helps.",
    no_args_is_help=True,
    add_completion=False,
    # plain text: the same in every terminal, log and pipe
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
app.command(cls=CommandWithEdits)(compare)
app.command()(demo)
app.command(cls=CommandWithEdits)(fit)
app.command()(predict)
app.command()(explain)
app.command()(variants)
app.command()(reproduce)
app.command()(regions)
app.command(cls=CommandWithEdits)(augment)
app.command()(windows)
app.command()(kmers)
app.command()(groups)
app.command()(split)
app.command()(audit)
app.command()(negatives)
app.command()(genotypes)


@app.callback(invoke_without_command=True)
def _version(version: bool = typer.Option(False, "--version", help="Show the version and exit.")):
    if version:
        from seqaug_sklearn import __version__

        typer.echo(__version__)
        raise typer.Exit


def main() -> None:
    """Run the program."""
    app()
