"""The page of a motif report."""

import base64
import platform
from importlib import metadata

__all__ = ["image", "number", "render_page"]

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
