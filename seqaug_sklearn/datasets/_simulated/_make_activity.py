"""Simulated regulatory activity: a known rule, known noise, so that the best possible score is known."""

import numpy as np
import pandas as pd

from seqaug_sklearn.alphabets import DNA
from seqaug_sklearn.datasets._simulated._activity_rule import ActivityRule
from seqaug_sklearn.datasets._simulated._activity_set import ActivitySet
from seqaug_sklearn.datasets._simulated._planting import (
    check_motifs,
    check_shares,
    check_sizes,
    draw_background,
    draw_families,
    draw_instances,
    identifiers_of,
    mutate,
    name_families,
    ortholog_table,
)
from seqaug_sklearn.utils import check_generator, codes_to_text, invalid_parameter, is_number, is_whole

__all__ = ["make_activity"]

_MOTIFS = {
    "AP-1": "RTGASTCA",
    "GATA": "WGATAAGR",
    "snail": "CAGGTGYG",
    "ETS": "ACCGGAAG",
    "DRE": "TATCGATA",
    "tramtrack": "AGGTCCTG",
}
"""Sites like those of regulators in enhancers of flies; every third one represses."""
_GC, _GC_SPREAD = 0.43, 0.05  # mean and standard deviation over families
_DISTANCES = range(2, 13)
"""Residues between the two sites of a couple."""
_SLACK = 12
"""Residues by which a couple may be moved within its part of the sequence."""
_SITE_RATE = 0.3
"""Mutations within sites, which selection keeps, per mutation elsewhere."""
_POSITIVE = 0.3
"""Share of the rows that have a label."""


def make_activity(
    n_samples: int = 1000,
    length: int = 200,
    *,
    n_families: int = 200,
    n_targets: int = 1,
    kind: str = "number",
    noise: float = 0.5,
    missing: float = 0.0,
    n_orthologs: int = 0,
    motifs=None,
    position_effect: float = 0.2,
    strand_effect: float = 0.3,
    spacing_effect: float = 0.8,
    mutation_rate: float = 0.15,
    ortholog_mutation_rate: float | None = None,
    site_turnover: float = 0.15,
    random_state=None,
) -> ActivitySet:
    """Simulate sequences whose activity follows a known rule of motifs, with noise of a known level.

    Members of one family descend from one ancestor and share most of their sites, so a random split leaks: split by
    ``groups``. The rule reads the finished sequence, so it holds for orthologs and for any variant; a model that knows
    it scores :meth:`ActivitySet.best_scores`.

    Where a site is missing, its letters stand there in another order: the composition of a sequence says nothing of its
    sites. Families differ in their share of G and C, which has no effect.

    Parameters
    ----------
    n_samples : int, default=1000
        Sequences.
    length : int, default=200
        Residues of each.
    n_families : int, default=200
        Families, from 2 to n_samples, of nearly equal size.
    n_targets : int, default=1
        Targets: tissues or conditions, each with effects of its own; at least 2 labels.
    kind : {"number", "labels"}, default="number"
        Measured activity, or for each target whether it is among the highest 30 % (a table like Basset's).
    noise : float, default=0.5
        Standard deviation of the measurement noise, in standard deviations of the truth: the best R² is about
        ``1 / (1 + noise**2)``. Labels are drawn after the noise.
    missing : float, default=0.0
        Share of the entries that are not measured (NaN), below 1.
    n_orthologs : int, default=0
        Orthologs of each sequence, one per simulated species, with values of their own.
    motifs : mapping of str to str, default=None
        Name -> consensus in IUPAC letters; every third one lowers the activity. Six by default.
    position_effect : float, default=0.2
        A site at the end of a sequence acts ``1 + position_effect`` times, one at its beginning ``1 -
        position_effect`` times.
    strand_effect : float, default=0.3
        Every second motif loses this share of its effect where it reads backwards.
    spacing_effect : float, default=0.8
        What two neighbouring motifs of the list (the first and second, the third and fourth, ...) add where they stand
        at the distance of their pair; single motifs have effects of 0.6 to 1.4.
    mutation_rate : float, default=0.15
        Share of background residues substituted between ancestor and member, and between member and ortholog; within
        sites a third of it.
    ortholog_mutation_rate : float or None, default=None
        The same between member and ortholog alone. None: ``mutation_rate``.
    site_turnover : float, default=0.15
        Probability that a member gains or loses a site of its family, and that an ortholog gains or loses one of its
        sequence.
    random_state : None, int, RandomState or Generator, default=None
        Seed.

    Returns
    -------
    ActivitySet

    Raises
    ------
    ValueError
        If a parameter is out of range, or the motifs do not fit into the length.

    See Also
    --------
    make_promoters : Promoters of two classes.

    Notes
    -----
    After the findings of DeepSTARR [1]_: what flanks a site, its distance to others and the strand change how much it
    acts. Orthologs with values of their own serve the comparison of Duncan et al. [2]_.

    References
    ----------
    .. [1] de Almeida et al. (2022), DeepSTARR predicts enhancer activity from DNA sequence and enables the de novo
       design of synthetic enhancers, Nature Genetics 54, 613-624. doi:10.1038/s41588-022-01048-5
    .. [2] Duncan, Mitchell, Moses (2024), Improving the performance of supervised deep learning for regulatory genomics
       using phylogenetic augmentation, Bioinformatics 40, btae190. doi:10.1093/bioinformatics/btae190

    Examples
    --------
    >>> from seqaug_sklearn.datasets import make_activity
    >>> activity = make_activity(300, n_families=60, n_orthologs=2, random_state=0)
    >>> activity.y.shape, activity.groups.nunique(), len(activity.orthologs)
    ((300,), 60, 600)
    >>> 0.8 < activity.best_spearman < 0.95
    True
    >>> labels = make_activity(300, n_families=60, n_targets=4, kind="labels", missing=0.2, random_state=0)
    >>> labels.y.shape, round(float(labels.y.isna().to_numpy().mean()), 1)
    ((300, 4), 0.2)
    """
    motifs = dict(_MOTIFS if motifs is None else motifs)
    ortholog_rate = mutation_rate if ortholog_mutation_rate is None else ortholog_mutation_rate
    check_sizes(n_samples, length, n_families, n_orthologs)
    check_motifs(motifs)
    check_shares(
        position_effect=position_effect,
        strand_effect=strand_effect,
        mutation_rate=mutation_rate,
        ortholog_mutation_rate=ortholog_rate,
        site_turnover=site_turnover,
    )
    n_cells = _check_parameters(length, motifs, n_targets, kind, noise, missing, spacing_effect)
    rng = check_generator(random_state)
    targets = _names(n_targets, kind)
    rule = _draw_rule(motifs, targets, position_effect, strand_effect, spacing_effect, rng)
    family = draw_families(n_samples, n_families, rng)
    codes, relatives = _draw_codes(
        rule, family, length, n_cells, (mutation_rate, *[ortholog_rate] * n_orthologs), site_turnover, rng
    )
    index = identifiers_of(n_samples)
    sequences = pd.Series(codes_to_text(codes, DNA).tolist(), index=index, name="sequence")
    orthologs = ortholog_table(index, relatives)
    truth = pd.DataFrame(rule.activity(sequences), index=index, columns=list(targets))
    if (spread := truth.std(ddof=0)).min() == 0:
        raise invalid_parameter("n_samples", f"must be larger: all {n_samples} sequences have the same activity")
    measured = _measure(truth, noise * spread, rng)
    # a label of an ortholog means the same activity as that of its sequence
    cut = measured.quantile(1 - _POSITIVE) if kind == "labels" else None
    own = pd.DataFrame(rule.activity(orthologs["sequence"]), columns=list(targets))
    own = _observed(_measure(own, noise * spread, rng), cut, missing, rng)
    y = _observed(measured, cut, missing, rng)
    return ActivitySet(
        sequences=sequences,
        y=y[targets[0]] if n_targets == 1 else y,
        groups=name_families(family, index),
        truth=truth,
        orthologs=pd.concat([orthologs, own], axis=1),
        motifs=rule.sites(sequences),
        rule=rule,
        noise_std=noise * spread,
        kind="labels" if kind == "labels" else "number",
    )


def _check_parameters(length, motifs, n_targets, kind, noise, missing, spacing_effect):
    """Return the number of parts of a sequence; each holds a couple of sites."""
    if kind not in ("number", "labels"):
        raise invalid_parameter("kind", f"must be 'number' or 'labels', got {kind!r}")
    least = 2 if kind == "labels" else 1
    if not is_whole(n_targets) or isinstance(n_targets, bool) or n_targets < least:
        of = " of labels" if kind == "labels" else ""
        raise invalid_parameter("n_targets", f"must be a whole number of at least {least}{of}, got {n_targets!r}")
    for name, value in (("noise", noise), ("spacing_effect", spacing_effect)):
        if not is_number(value) or not 0 <= value < np.inf:
            raise invalid_parameter(name, f"must be a number of at least 0, got {value!r}")
    if not is_number(missing) or not 0 <= missing < 1:
        raise invalid_parameter("missing", f"must be a share from 0 to below 1, got {missing!r}")
    cell = 2 * max(map(len, motifs.values())) + max(_DISTANCES) + _SLACK
    if length < 2 * cell:
        raise invalid_parameter("length", f"must be at least {2 * cell} for these motifs, got {length}")
    return length // cell


def _names(n_targets, kind):
    stem = "activity" if kind == "number" else "label"
    return (stem,) if n_targets == 1 else tuple(f"{stem}{i}" for i in range(1, n_targets + 1))


def _draw_rule(motifs, targets, position_effect, strand_effect, spacing_effect, rng):
    n = len(motifs)
    sign = np.where(np.arange(n) % 3 == 2, -1.0, 1.0)
    effects = np.stack([sign * rng.permutation(np.linspace(0.6, 1.4, n)) for _ in targets], axis=1)
    # targets share about two thirds of their motifs
    effects *= (rng.random(effects.shape).argsort(axis=0) < np.ceil(2 * n / 3)) if len(targets) > 1 else 1
    backwards = np.where(np.arange(n) % 2 == 1, 1 - strand_effect, 1.0)
    table = pd.DataFrame(
        {"consensus": list(motifs.values()), "backwards": backwards}, index=pd.Index(motifs, name="motif")
    )
    first = np.arange(0, n - 1, 2)
    acts = (effects[first] != 0) | (effects[first + 1] != 0)
    names = np.array(list(motifs), dtype=object)
    distances = rng.choice(_DISTANCES, len(first))
    pairs = pd.DataFrame({"first": names[first], "second": names[first + 1], "distance": distances})
    return ActivityRule(
        motifs=table.join(pd.DataFrame(effects, index=table.index, columns=list(targets))),
        pairs=pairs.join(pd.DataFrame(spacing_effect * acts, columns=list(targets))),
        position_effect=position_effect,
        targets=targets,
    )


def _draw_codes(rule, family, length, n_cells, rates, turnover, rng):
    """Codes of the sequences, uint8 (n, length), and those of their orthologs, one array for each species."""
    n_families = family.max() + 1
    layout = _draw_layout(rule, n_families, length, n_cells, rng)
    gc = np.clip(rng.normal(_GC, _GC_SPREAD, n_families), 0.25, 0.65)
    shares = np.stack([1 - gc, gc, gc, 1 - gc], axis=1) / 2
    there = rng.random((n_families, 2 * n_cells)) < 0.5
    background = draw_background(n_families, length, shares, rng)
    ancestors = _plant(background, layout, np.arange(n_families), there, np.ones_like(there))
    slowed = _slowed(layout, n_families, length)
    ancestors = _rest_of_letters(background, ancestors, slowed < 1, rng)
    codes, has = _descend(ancestors[family], there[family], family, layout, shares, rates[0] * slowed, turnover, rng)
    orthologs = [_descend(codes, has, family, layout, shares, rate * slowed, turnover, rng) for rate in rates[1:]]
    return codes, [of_species for of_species, _ in orthologs]


def _draw_layout(rule, n_families, length, n_cells, rng):
    """Sites of each family: motif, start, the letters of the site, and the same letters in another order.

    A list of tables, one for each motif: ``family, site`` (number within the family), ``start`` (all int (n,)),
    ``letters`` and ``shuffled`` (uint8 (n, width), on the given strand).
    """
    consensus = rule.motifs["consensus"].tolist()
    widths = np.array([len(one) for one in consensus])
    motif, distance = _draw_couples(rule, n_families * n_cells, rng)
    cell = length // n_cells
    span = widths[motif].sum(axis=1) + distance
    start = rng.integers(0, cell - span + 1) + np.tile(np.arange(n_cells) * cell, n_families)
    starts = np.stack([start, start + widths[motif[:, 0]] + distance], axis=1)
    family = np.repeat(np.arange(n_families), 2 * n_cells)
    site = np.tile(np.arange(2 * n_cells), n_families)
    backward = rng.random(len(site)) < 0.5
    layout = []
    for number, one in enumerate(consensus):
        of = np.flatnonzero(motif.ravel() == number)
        letters = draw_instances(one, len(of), rng)
        letters = np.where(backward[of, None], DNA.complement_codes[letters][:, ::-1], letters).astype(np.uint8)
        shuffled = rng.permuted(letters, axis=1)
        layout.append((family[of], site[of], starts.ravel()[of], letters, shuffled))
    return layout


def _draw_couples(rule, n, rng):
    """Motifs (n, 2) and distances (n,) of couples: a half are pairs, a half of those at their distance."""
    motif = rng.integers(0, len(rule.motifs), (n, 2))
    distance = rng.choice(_DISTANCES, n)
    if len(rule.pairs):
        drawn = rng.integers(0, len(rule.pairs), n)
        is_pair, fits = rng.random(n) < 0.5, rng.random(n) < 0.5
        members = np.stack([2 * drawn, 2 * drawn + 1], axis=1)
        turned = rng.random(n) < 0.5
        members[turned] = members[turned, ::-1]
        motif = np.where(is_pair[:, None], members, motif)
        distance = np.where(is_pair & fits, rule.pairs["distance"].to_numpy()[drawn], distance)
    return motif, distance


def _slowed(layout, n_families, length):
    """Mutations per mutation of the background at each residue of each family, (n_families, length)."""
    rate = np.ones((n_families, length))
    for family, _, start, letters, _ in layout:
        rate[family[:, None], start[:, None] + np.arange(letters.shape[1])] = _SITE_RATE
    return rate


def _rest_of_letters(background, planted, is_site, rng):
    """Put the letters of the background that no site took around the sites, in random order.

    So the composition is that of the background, whichever motifs have a place in a family.
    """
    filled = planted.copy()
    for row, sites in enumerate(is_site):
        left = np.bincount(background[row], minlength=4) - np.bincount(planted[row, sites], minlength=4)
        letters = np.repeat(np.arange(4, dtype=np.uint8), np.maximum(left, 0))
        # sites may need more of a letter than the background has
        filled[row, ~sites] = rng.permutation(letters)[: (~sites).sum()]
    return filled


def _descend(codes, has, family, layout, shares, rate, turnover, rng):
    """Mutated copies of sequences, which gain and lose sites."""
    changed = rng.random(has.shape) < turnover
    codes = mutate(codes, rate[family], shares[family], rng)
    return _plant(codes, layout, family, has ^ changed, changed), has ^ changed


def _plant(codes, layout, family, there, changed):
    """Write the sites that changed, or their letters in another order where a site is not there."""
    codes = codes.copy()
    members = _members(family)
    for of, site, start, letters, shuffled in layout:
        row, place = members(of)
        kept = changed[row, site[place]]
        row, place = row[kept], place[kept]
        text = np.where(there[row, site[place], None], letters[place], shuffled[place])
        codes[row[:, None], start[place, None] + np.arange(letters.shape[1])] = text
    return codes


def _members(family):
    """A function from families to all (row, place in the list of families) of their members."""
    order = np.argsort(family, kind="stable")
    count = np.bincount(family)
    first = np.cumsum(count) - count

    def of(families):
        place = np.repeat(np.arange(len(families)), count[families])
        nth = np.arange(len(place)) - np.repeat(np.cumsum(count[families]) - count[families], count[families])
        return order[first[families[place]] + nth], place

    return of


def _measure(truth, noise_std, rng):
    return truth + rng.normal(size=truth.shape) * noise_std.to_numpy()


def _observed(measured, cut, missing, rng):
    """Values, or labels above the cut, a given share of the entries missing."""
    values = measured if cut is None else (measured > cut).astype(float)
    gaps = np.zeros(values.size, bool)
    gaps[: round(missing * values.size)] = True
    return values.mask(rng.permutation(gaps).reshape(values.shape))
