"""Discovered motifs beside known ones, on one page."""

import os
from pathlib import Path

import pandas as pd

from seqaug_sklearn.inspection._attributions import Attributions
from seqaug_sklearn.inspection._match_motifs import check_limits, match_matrices, matrices_of
from seqaug_sklearn.inspection._motif_logos import contribution_bars, contribution_logo, match_logos, site_histogram
from seqaug_sklearn.inspection._motifs import discover_motifs
from seqaug_sklearn.motifs import MotifSet, read_database
from seqaug_sklearn.reporting import (
    Card,
    Code,
    Link,
    PageTable,
    Section,
    number,
    p_number,
    percent,
    write_report,
)
from seqaug_sklearn.utils import check_output_folder, counted, import_optional, progress

__all__ = ["motif_report"]

_PACKAGES = ("modisco-lite", "memelite", "pyjaspar", "numba")
"""Those that decide what is found, beside the ones that every report names."""

_ABOUT_MOTIFS = (
    "A motif is a pattern that recurs where the classifier's answer comes from. High letters contribute much; letters "
    "upside down speak against the class explained. Sites are found on both strands, so each motif is shown both ways. "
    "The motif with the largest share of all contributions comes first."
)
_NOTES_ON_MOTIFS = (
    "Consensus: a capital letter is found in at least 60 % of the sites, a small one in at least 40 %, and n stands "
    "where no letter is.",
    "Contribution of a site: the sum over the positions of its consensus, in units of the explained output (log-odds, "
    "or a logit), mean over the sites.",
    "Share: the contributions of all sites, over those of all residues of all sequences, without their signs.",
    "The numbers below a logo count the motif's positions from the start of what was cut out, flanks included.",
)
_ABOUT_KNOWN = (
    "Contribution of the sites of all motifs whose best match it is. Factors of a family bind nearly the same "
    "sequence: read the name as that of the family."
)
_WHAT_TO_CHANGE = """\
- Is the classifier better than chance on sequences that it was not trained on? If not, there is nothing to find.
- Explain more sequences, or lower `min_seqlets` of `discover_motifs`: each motif needs that many sites.
- In short sequences, lower `window`, `flank`, `width` and `width_flank`, for example to 11, 5, 14 and 2; `pad=True` \
also finds sites near the ends.
- Raise `fdr`, at the price of sites of chance.

Then `motif_report(discover_motifs(attributions, min_seqlets=10), folder)` writes this page anew.
"""
_HOW = (
    "Motifs by TF-MoDISco (arXiv:1811.00416), matches by Tomtom (doi:10.1186/gb-2007-8-2-r24): a p-value says how "
    "often a motif of chance resembles the known one as much, a q-value what share of such matches is wrong "
    "(Benjamini-Hochberg over the database). Motifs show what the classifier looks for: whether a factor binds there "
    "is for an experiment to say."
)

_KIND = "motif report"
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
        _card(motif, table.loc[motif.name], matches[matches["motif"] == motif.name], known, motifs.length, q_value)
        for motif in progress(ordered, description="motifs", enabled=show_progress, unit="motif")
    ]
    tables = {"motifs": table.reset_index(), "sites": motifs.seqlets(), "matches": matches, "known_motifs": named}
    return write_report(
        folder,
        title=title,
        verdict=_answer(motifs, table, matches),
        sections=_sections(ordered, table, matches, named, cards),
        settings=_settings(motifs, database, known, q_value),
        more=lambda new: _write_tables(new / "tables", tables, motifs),
        files=[f"tables/{name}.tsv" for name in tables] + ["tables/motifs.meme"],
        packages=_PACKAGES,
        inputs=_paths(database),
        kind=_KIND,
    )


def _paths(database):
    return [database] if isinstance(database, (str, os.PathLike)) else []


def _known_motifs(motifs, matches):
    """One row per known motif that is the best match of some: what the sites of those contribute."""
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


def _sections(ordered, table, matches, named, cards):
    """Parts of the page; without motifs it says what to change."""
    if cards:
        found = PageTable(_overview(ordered, table, matches), numbers=_OVERVIEW_NUMBERS)
        tables = {"Motifs, the largest share first": found}
        parts = [Section("Motifs", _ABOUT_MOTIFS, page_tables=tables, notes=_NOTES_ON_MOTIFS, cards=cards)]
    else:
        parts = [Section("What to change", _WHAT_TO_CHANGE)]
    if len(named):
        parts.insert(1, _known_section(named))
    return [*parts, Section("How it was done", _HOW)]


_OVERVIEW_NUMBERS = (
    "sites", "sequences\nwith a site", "contribution\nof a site", "share of all\ncontributions", "q-value",
)  # fmt: skip


def _overview(ordered, table, matches):
    """One row per motif, which leads to its card."""
    best = matches[matches["rank"] == 1].set_index("motif")
    rows = []
    for motif in ordered:
        row = table.loc[motif.name]
        match = best.loc[motif.name] if motif.name in best.index else None
        rows.append(
            {
                "motif": Link(motif.name, motif.name),
                "consensus": Code(row["consensus"]),
                "sites": row["n_seqlets"],
                "sequences\nwith a site": row["n_sequences"],
                "contribution\nof a site": number(row["mean_contribution"]),
                "share of all\ncontributions": percent(row["share"]),
                "best match": None if match is None else match["match"],
                "q-value": None if match is None else p_number(match["q_value"]),
            }
        )
    return pd.DataFrame(rows)


def _known_section(named):
    rows = [
        {
            "known motif": row["match"],
            "found as": row["motifs"],
            "sites": row["n_seqlets"],
            "sequences": row["n_sequences"],
            "contribution": number(row["contribution"]),
            "of a site": number(row["mean_contribution"]),
            "share of all": percent(row["share"]),
        }
        for row in named.to_dict("records")
    ]
    table = PageTable(pd.DataFrame(rows), numbers=("contribution", "of a site", "share of all"))
    return Section(
        "Known motifs",
        _ABOUT_KNOWN,
        page_tables={"Contribution by known motif": table},
        # a long name would leave no room for the bars
        pictures={"Contribution of each known motif": contribution_bars(named, named["match"].str.slice(0, 40))},
    )


def _card(motif, row, matches, known, length, q_value):
    """One motif both ways, where its sites lie, and below them the known motifs that it resembles."""
    is_for = motif.sign > 0
    card = Card(
        title=motif.name,
        anchor=motif.name,
        code=row["consensus"],
        tag="for" if is_for else "against",
        is_warm=not is_for,
        text=f"{counted(row['n_seqlets'], 'site')} in {counted(row['n_sequences'], 'sequence')}; "
        f"{percent(row['share'])} of all contributions; {number(row['information'])} bits",
        pictures={
            "as found": contribution_logo(motif),
            "reverse complement": contribution_logo(motif, reverse=True),
            "where the sites lie": site_histogram(motif, length),
        },
    )
    if len(matches):
        card.tables = {"Known motifs that it resembles": _matches(motif, matches, known)}
    else:
        card.notes = [f"No known motif resembles it (q-value at most {p_number(q_value)})."]
    return card


def _matches(motif, matches, known):
    rows = [
        {
            "known motif": match.match,
            "p-value": p_number(match.p_value),
            "q-value": p_number(match.q_value),
            "overlap": match.overlap,
            "strand": "+" if match.strand > 0 else "−",
            "found above known (bits)": match_logos(motif, known[match.match], match),
        }
        for match in matches.itertuples()
    ]
    return PageTable(pd.DataFrame(rows), numbers=("p-value", "q-value"))


def _answer(motifs, table, matches):
    """First lines of the page: how many, how many named, and the strongest."""
    if len(motifs) == 0:
        return [f"No motif was found in {motifs.n_sequences:,} sequences."]
    best = matches[matches["rank"] == 1].set_index("motif")
    resemble = "resembles" if len(best) == 1 else "resemble"
    strongest = table["share"].idxmax()
    row = table.loc[strongest]
    named = "no known motif resembles it"
    if strongest in best.index:
        match = best.loc[strongest]
        named = f"the known motif most like it is {match['match']} (q-value {p_number(match['q_value'])})"
    return [
        f"{counted(len(motifs), 'motif')} in {motifs.n_sequences:,} sequences; {len(best)} {resemble} a known one.",
        f"The strongest, {row['consensus']} ({strongest}), makes {percent(row['share'])} of all contributions with "
        f"{counted(row['n_seqlets'], 'site')} in {counted(row['n_sequences'], 'sequence')}; {named}.",
    ]


def _settings(motifs, database, known, q_value):
    named = database if isinstance(database, str) and database.startswith("jaspar_") else "given"
    if isinstance(database, (str, Path)) and named == "given":
        named = Path(database).name
    about = {
        "sequences": f"{motifs.n_sequences:,} of {motifs.length:,} residues",
        "database": f"{named}, {len(known):,} motifs",
        "largest q-value": q_value,
    }
    for name, value in motifs.settings.items():
        if name != "min_metacluster_size":  # follows from min_seqlets
            about[f"discover_motifs: {_PARAMETERS.get(name, name)}"] = value
    # as given: rounded to three decimals, a setting could not be typed in again
    return {name: str(value) for name, value in about.items()}


def _write_tables(folder, tables, motifs):
    folder.mkdir(exist_ok=True)
    for name, table in tables.items():
        table.to_csv(folder / f"{name}.tsv", sep="\t", index=False)
    motifs.write_meme(folder / "motifs.meme")
