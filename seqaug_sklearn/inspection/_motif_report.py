"""Discovered motifs beside known ones, on one page."""

import os
from pathlib import Path

import numpy as np

from seqaug_sklearn.inspection._attributions import Attributions
from seqaug_sklearn.inspection._match_motifs import check_limits, match_matrices, matrices_of, read_database
from seqaug_sklearn.inspection._motif_logos import contribution_bars, contribution_logo, match_logos, site_histogram
from seqaug_sklearn.inspection._motif_page import image, number, render_page
from seqaug_sklearn.inspection._motif_set import MotifSet
from seqaug_sklearn.inspection._motifs import discover_motifs
from seqaug_sklearn.utils import check_output_folder, import_optional, progress, replaced_folder

__all__ = ["motif_report"]

_KIND = "motif report"
_PAGE = "report.html"
_PARAMETERS = {
    "sliding_window_size": "window",
    "flank_size": "flank",
    "max_seqlets_per_metacluster": "max_seqlets",
    "final_min_cluster_size": "min_seqlets",
    "trim_to_window_size": "width",
    "initial_flank_to_add": "width_flank",
    "target_seqlet_fdr": "fdr",
    "n_leiden_runs": "n_runs",
}
"""Parameters of discover_motifs by their name in modisco-lite."""


def motif_report(
    motifs, folder, *, database="jaspar_plants", q_value=0.1, n_best=3, title="Motif report", show_progress=False
):
    """Write one page that shows each motif, both ways, beside the known motifs that resemble it.

    The folder holds ``report.html`` with all pictures inside it, and ``tables``: ``motifs.tsv``, ``sites.tsv``,
    ``matches.tsv``, ``known_motifs.tsv`` (contribution of each known motif) and ``motifs.meme``.

    Parameters
    ----------
    motifs : MotifSet, Attributions or tuple of arrays
        Motifs, or what :func:`discover_motifs` takes, to find them with its default settings.
    folder : str or path-like
        Where to write; missing, empty, or with an earlier motif report, whose files are replaced. Everything else in
        it stays. A folder that is or holds the working folder or the file of `database` is refused.
    database : str, path-like or dict, default="jaspar_plants"
        Known motifs, as in :func:`match_motifs`.
    q_value : float, default=0.1
        Largest q-value of a match.
    n_best : int, default=3
        Largest number of matches shown for a motif.
    title : str, default="Motif report"
        Heading of the page.
    show_progress : bool, default=False
        Show a progress bar while pictures are drawn.

    Returns
    -------
    pathlib.Path
        Path of ``report.html``.

    Raises
    ------
    OutputFolderError
        If the folder is a file, holds something else than an earlier motif report (``OutputExistsError``, which is a
        FileExistsError), is or holds the working folder or the database, or cannot be written.
    DataFormatError, ValueError
        As in :func:`discover_motifs` and :func:`match_motifs`.
    MissingDependencyError
        If modisco-lite, memelite, pyjaspar or logomaker is missing.

    See Also
    --------
    discover_motifs : Finds the motifs.
    match_motifs : The matches as a table.
    """
    folder = check_output_folder(folder, inputs=_paths(database), kind=_KIND)
    check_limits(q_value, n_best)
    import_optional("logomaker", extra="explain", purpose="a motif report")
    known = read_database(database)
    if not isinstance(motifs, (MotifSet, Attributions, tuple)):
        raise TypeError(
            "motifs must be a MotifSet (of discover_motifs), Attributions, or a tuple of three arrays (one_hot, "
            f"contributions, hypothetical), got {type(motifs).__name__}; matrices alone are compared by match_motifs"
        )
    if not isinstance(motifs, MotifSet):
        motifs = discover_motifs(motifs)
    matches = match_matrices(matrices_of(motifs), known, q_value, n_best)
    table, named = motifs.to_frame(), _known_motifs(motifs, matches)
    ordered = [motifs[name] for name in table["share"].sort_values(ascending=False, kind="stable").index]
    cards = [
        _card(motif, table.loc[motif.name], matches[matches["motif"] == motif.name], known, motifs.length)
        for motif in progress(ordered, description="motifs", enabled=show_progress, unit="motif")
    ]
    tables = {"motifs": table.reset_index(), "sites": motifs.seqlets(), "matches": matches, "known_motifs": named}
    html = render_page(
        title=title,
        answer=_answer(motifs, table, matches),
        files=[f"tables/{name}.tsv" for name in tables] + ["tables/motifs.meme"],
        cards=cards,
        known=[_readable(row) for row in named.to_dict("records")],
        bars=image(contribution_bars(named, named["match"].str.slice(0, 40))) if len(named) else None,
        q_value=number(q_value, is_p=True),
        settings=_settings(motifs, database, known, q_value),
    )
    return _write(folder, html, tables, motifs)


def _paths(database):
    return [database] if isinstance(database, (str, os.PathLike)) else []


def _known_motifs(motifs, matches):
    """One row per known motif that is the best match of some: what the sites of those contribute."""
    import pandas as pd

    columns = ["match", "motifs", "n_seqlets", "n_sequences", "contribution", "mean_contribution", "share"]
    best = matches[matches["rank"] == 1].set_index("motif")["match"]
    if best.empty:
        return pd.DataFrame(columns=columns)
    sites = motifs.seqlets()
    sites = sites.assign(match=sites["motif"].map(best)).dropna(subset="match").groupby("match", sort=False)
    named = sites.agg(
        motifs=("motif", lambda names: ", ".join(dict.fromkeys(names))),
        n_seqlets=("motif", "size"),
        n_sequences=("row", "nunique"),
        contribution=("contribution", "sum"),
        mean_contribution=("contribution", "mean"),
    ).reset_index()
    named["share"] = named["contribution"].abs() / motifs.total_contribution
    return named.sort_values("share", ascending=False, ignore_index=True)[columns]


def _card(motif, row, matches, known, length):
    """What the page shows of one motif."""
    return _readable(row.to_dict()) | {
        "name": motif.name,
        "is_for": motif.sign > 0,
        "forward": image(contribution_logo(motif)),
        "reverse": image(contribution_logo(motif, reverse=True)),
        "places": image(site_histogram(motif, length)),
        "matches": [
            {
                "match": match.match,
                "p_value": number(match.p_value, is_p=True),
                "q_value": number(match.q_value, is_p=True),
                "overlap": match.overlap,
                "strand": match.strand,
                "logos": image(match_logos(motif, known[match.match], match)),
            }
            for match in matches.itertuples()
        ],
    }


def _readable(row):
    """Numbers of a table's row as text, shares as percentages."""
    texts = {key: number(value) if isinstance(value, (float, np.floating)) else value for key, value in row.items()}
    return texts | {"share": f"{100 * row['share']:.1f} %"}


def _answer(motifs, table, matches):
    """First lines of the page: how many, how many named, and the strongest."""
    if len(motifs) == 0:
        return [f"No motif was found in {motifs.n_sequences:,} sequences."]
    best = matches[matches["rank"] == 1].set_index("motif")
    first = f"{len(motifs)} motif{'s' * (len(motifs) > 1)} in {motifs.n_sequences:,} sequences"
    strongest = table["share"].idxmax()
    row = table.loc[strongest]
    named = "no known motif resembles it"
    if strongest in best.index:
        match = best.loc[strongest]
        named = f"the known motif most like it is {match['match']} (q-value {number(match['q_value'], is_p=True)})"
    return [
        f"{first}; {len(best)} resemble{'s' * (len(best) == 1)} a known one.",
        f"The strongest, {row['consensus']} ({strongest}), makes {100 * row['share']:.1f} % of all contributions with "
        f"{row['n_seqlets']} sites in {row['n_sequences']} sequences; {named}.",
    ]


def _settings(motifs, database, known, q_value):
    named = database if isinstance(database, str) and database.startswith("jaspar_") else "given"
    if isinstance(database, (str, Path)) and named == "given":
        named = Path(database).name
    return {
        "sequences": f"{motifs.n_sequences:,} of {motifs.length:,} residues",
        "database": f"{named}, {len(known):,} motifs",
        "largest q-value": q_value,
    } | {
        f"discover_motifs: {_PARAMETERS.get(name, name)}": value
        for name, value in motifs.settings.items()
        if name != "min_metacluster_size"  # follows from min_seqlets
    }


def _write(folder, html, tables, motifs):
    with replaced_folder(folder, kind=_KIND) as new:
        (new / "tables").mkdir()
        for name, table in tables.items():
            table.to_csv(new / "tables" / f"{name}.tsv", sep="\t", index=False)
        motifs.write_meme(new / "tables" / "motifs.meme")
        (new / _PAGE).write_text(html, encoding="utf-8")
    return folder / _PAGE
