"""``seqaug demo``: a leak, a shortcut and a gain, on simulated promoters."""

import time
from pathlib import Path
from typing import Annotated

import typer

from seqaug_sklearn.cli._run import one_line_errors

__all__ = ["demo"]


@one_line_errors
def demo(
    out: Annotated[Path, typer.Option(help="Folder of the report. Only an earlier report is replaced.")] = Path(
        "demo-report"
    ),
    families: Annotated[
        int, typer.Option(help="Families of two promoters each; with few the acts show less, and say so.", min=12)
    ] = 120,
    epochs: Annotated[int | None, typer.Option(help="Epochs of the network. By default its own number.", min=1)] = None,
    seed: Annotated[int, typer.Option(help="Seed of the simulation, the splits and the network.", min=0)] = 0,
    jobs: Annotated[int, typer.Option(help="Fits at a time.", min=1)] = 1,
):
    """See three high scores and which of them to believe: a leak, a shortcut and a gain.

    Uses its own simulated promoters, whose content is known, and writes one HTML page. Example:

    seqaug demo --out demo-report
    """
    from seqaug_sklearn.evaluation import check_output_folder, run_demo

    started = time.monotonic()
    folder = check_output_folder(out)
    done = run_demo(
        n_families=families,
        max_epochs=epochs,
        n_jobs=None if jobs == 1 else jobs,
        progress=True,
        on_act=lambda act: typer.echo(f"\n{act.title}. {act.told}\n"),
        random_state=seed,
    )
    path = done.to_html(folder)
    typer.echo(f"This took {time.monotonic() - started:.0f} seconds. Report: {path}")
