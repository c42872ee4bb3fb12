"""Discovered motifs beside known ones, on one page."""

import base64
import os
import platform
from importlib import metadata
from pathlib import Path

import numpy as np

from seqaug_sklearn.inspection._attributions import Attributions
from seqaug_sklearn.inspection._match_motifs import check_limits, match_matrices, matrices_of, read_database
from seqaug_sklearn.inspection._motif_logos import contribution_bars, contribution_logo, match_logos, site_histogram
from seqaug_sklearn.inspection._motifs import discover_motifs
from seqaug_sklearn.motifs import MotifSet
from seqaug_sklearn.utils import check_output_folder, import_optional, progress, replaced_folder

__all__ = ["image", "motif_report", "number", "render_page"]

_PACKAGES = ("seqaug-sklearn", "modisco-lite", "memelite", "pyjaspar", "numpy", "numba")
_DPI_SHOWN = 160 / 96

_TEMPLATE = """\
{% macro picture(image, alt) %}
<img src="{{ image.source }}" width="{{ image.width }}" alt="{{ alt }}">
{% endmacro %}
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ title }}</title>
<style>
:root { --ink: #1c2126; --soft: #57606a; --line: #d5dae0; --wash: #f4f6f8; --accent: #00548f; }
* { box-sizing: border-box; }
body { margin: 0; color: var(--ink); background: #fff;
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
main { max-width: 68rem; margin: 0 auto; padding: 1.5rem 1.25rem 4rem; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: .5rem 0 1.2rem; }
h2 { font-size: 1.3rem; margin: 2.6rem 0 .6rem; padding-top: .8rem; border-top: 1px solid var(--line); }
h3 { font-size: 1.05rem; margin: 0; }
h3 code { font-size: 1.15rem; letter-spacing: .04em; margin-right: .6rem; }
p { margin: .5rem 0; max-width: 50rem; }
a { color: var(--accent); }
.answer { border-left: 5px solid var(--accent); background: var(--wash); padding: .9rem 1.1rem; }
.answer p:first-child { font-size: 1.15rem; font-weight: 600; }
.soft, figcaption { color: var(--soft); font-size: .9rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: .9rem; line-height: 1.35; margin: .6rem 0; }
th, td { padding: .32rem .7rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: middle; }
thead th { border-bottom: 2px solid var(--ink); vertical-align: bottom; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
td code { font-size: .95rem; overflow-wrap: anywhere; }
.card { border: 1px solid var(--line); border-radius: 6px; padding: .9rem 1.1rem; margin: 1.1rem 0; }
.row { display: flex; flex-wrap: wrap; gap: .4rem 1.4rem; align-items: flex-end; margin: .4rem 0; }
figure { margin: 0; }
img { display: block; max-width: 100%; height: auto; }
.tag { display: inline-block; font-size: .8rem; padding: .05rem .5rem; border-radius: 1rem; color: #fff;
  background: #0072B2; }
.tag.against { background: #A34700; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1rem; font-size: .9rem; }
dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
</style>
</head>
<body><main>
<h1>{{ title }}</h1>
<div class="answer">{% for line in answer %}<p>{{ line }}</p>{% endfor %}</div>
<p class="soft">Tables: {% for name in files %}<a href="{{ name }}">{{ name.split("/")[-1] }}</a>
{%- if not loop.last %}, {% endif %}{% endfor %}</p>
{% if cards %}
<h2>Motifs</h2>
<p>A motif is a pattern that recurs where the classifier's answer comes from. High letters contribute much; letters
upside down speak against the class explained. Sites are found on both strands, so each motif is shown both ways. The
motif with the largest share of all contributions comes first.</p>
<p class="soft">Consensus: a capital letter is found in at least 60 % of the sites, a small one in at least 40 %, and n
stands where no letter is. Contribution of a site: the sum over the positions of its consensus, in units of the
explained output (log-odds, or a logit), mean over the sites. Share: the contributions of all sites, over those of all
residues of all sequences, without their signs. The numbers below a logo count the motif's positions from the start of
what was cut out, flanks included.</p>
<div class="scroll"><table>
<thead><tr><th>motif</th><th>consensus</th><th class="number">sites</th>
<th class="number">sequences<br>with a site</th>
<th class="number">contribution<br>of a site</th><th class="number">share of all<br>contributions</th>
<th>best match</th><th class="number">q-value</th></tr></thead>
<tbody>
{% for card in cards %}
<tr><td><a href="#{{ card.name }}">{{ card.name }}</a></td><td><code>{{ card.consensus }}</code></td>
<td class="number">{{ card.n_seqlets }}</td><td class="number">{{ card.n_sequences }}</td>
<td class="number">{{ card.mean_contribution }}</td><td class="number">{{ card.share }}</td>
<td>{{ card.matches[0].match if card.matches else "–" }}</td>
<td class="number">{{ card.matches[0].q_value if card.matches else "–" }}</td></tr>
{% endfor %}
</tbody></table></div>
{% for card in cards %}
<section class="card" id="{{ card.name }}">
<h3><code>{{ card.consensus }}</code>{{ card.name }}
<span class="tag{{ '' if card.is_for else ' against' }}">{{ "for" if card.is_for else "against" }}</span></h3>
<p class="soft">{{ card.n_seqlets }} sites in {{ card.n_sequences }} sequences; {{ card.share }} of all contributions;
{{ card.information }} bits</p>
<div class="row">
<figure>{{ picture(card.forward, "Contributions of " ~ card.consensus) }}<figcaption>as found</figcaption></figure>
<figure>{{ picture(card.reverse, "The same, reverse complement") }}<figcaption>reverse complement</figcaption></figure>
<figure>{{ picture(card.places, "Where the sites lie") }}<figcaption>where the sites lie</figcaption></figure>
</div>
{% if card.matches %}
<div class="scroll"><table>
<thead><tr><th>known motif</th><th class="number">p-value</th><th class="number">q-value</th>
<th class="number">overlap</th><th>strand</th><th>found above known (bits)</th></tr></thead>
<tbody>
{% for match in card.matches %}
<tr><td>{{ match.match }}</td><td class="number">{{ match.p_value }}</td><td class="number">{{ match.q_value }}</td>
<td class="number">{{ match.overlap }}</td><td>{{ "+" if match.strand > 0 else "−" }}</td>
<td>{{ picture(match.logos, card.consensus ~ " aligned with " ~ match.match) }}</td></tr>
{% endfor %}
</tbody></table></div>
{% else %}
<p>No known motif resembles it (q-value at most {{ q_value }}).</p>
{% endif %}
</section>
{% endfor %}
{% endif %}
{% if known %}
<h2>Known motifs</h2>
<p>Contribution of the sites of all motifs whose best match it is. Factors of a family bind nearly the same sequence:
read the name as that of the family.</p>
{{ picture(bars, "Contribution of each known motif") }}
<div class="scroll"><table>
<thead><tr><th>known motif</th><th>found as</th><th class="number">sites</th><th class="number">sequences</th>
<th class="number">contribution</th><th class="number">of a site</th><th class="number">share of all</th></tr></thead>
<tbody>
{% for row in known %}
<tr><td>{{ row.match }}</td><td>{{ row.motifs }}</td><td class="number">{{ row.n_seqlets }}</td>
<td class="number">{{ row.n_sequences }}</td><td class="number">{{ row.contribution }}</td>
<td class="number">{{ row.mean_contribution }}</td><td class="number">{{ row.share }}</td></tr>
{% endfor %}
</tbody></table></div>
{% endif %}
{% if not cards %}
<h2>What to change</h2>
<ul>
<li>Is the classifier better than chance on sequences that it was not trained on? If not, there is nothing to find.</li>
<li>Explain more sequences, or lower <code>min_seqlets</code> of <code>discover_motifs</code>: each motif needs that
many sites.</li>
<li>In short sequences, lower <code>window</code>, <code>flank</code>, <code>width</code> and <code>width_flank</code>,
for example to 11, 5, 14 and 2; <code>pad=True</code> also finds sites near the ends.</li>
<li>Raise <code>fdr</code>, at the price of sites of chance.</li>
</ul>
<p>Then <code>motif_report(discover_motifs(attributions, min_seqlets=10), folder)</code> writes this page anew.</p>
{% endif %}
<h2>How it was done</h2>
<p>Motifs by TF-MoDISco (arXiv:1811.00416), matches by Tomtom (doi:10.1186/gb-2007-8-2-r24): a p-value says how often
a motif of chance resembles the known one as much, a q-value what share of such matches is wrong
(Benjamini-Hochberg over the database). Motifs show what the classifier looks for: whether a factor binds there is
for an experiment to say.</p>
<dl>{% for key, value in settings.items() %}<dt>{{ key }}</dt><dd>{{ value }}</dd>{% endfor %}</dl>
</main></body></html>
"""


def render_page(**parts):
    """HTML of the page."""
    import jinja2

    environment = jinja2.Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined
    )
    parts["settings"] = parts["settings"] | _versions()
    return environment.from_string(_TEMPLATE).render(**parts)


def image(png):
    """What the page needs to show a PNG at the size it was drawn in."""
    width = int.from_bytes(png[16:20], "big")  # of the PNG header
    return {"source": f"data:image/png;base64,{base64.b64encode(png).decode()}", "width": round(width / _DPI_SHOWN)}


def number(value, *, is_p=False):
    """A number as a reader wants it: p-values with two digits, others with three."""
    if is_p and value < 0.001:
        return f"{value:.1e}"
    return f"{value:.2g}" if is_p else f"{value:,.1f}" if abs(value) >= 100 else f"{value:.3g}"


def _versions():
    versions = {"Python": platform.python_version()}
    for package in _PACKAGES:
        try:
            versions[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return versions


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
