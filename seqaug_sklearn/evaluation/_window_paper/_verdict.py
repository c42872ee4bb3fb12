"""The sentences at the top of a reproduction: what to believe, and why."""

import numpy as np

from seqaug_sklearn.evaluation._verdict import sentences as sentences_of
from seqaug_sklearn.evaluation._verdict_of_pairs import OfPair
from seqaug_sklearn.evaluation._window_paper._models import MEMORISER
from seqaug_sklearn.evaluation._window_paper._published import reported
from seqaug_sklearn.evaluation._window_paper._results import (
    ACROSS,
    PUBLISHED,
    Results,
    mean_score,
    network_in,
    network_pearson,
)

__all__ = ["sentences"]

_NO_SHORTCUTS = (
    "Shortcuts were not audited: each class is one gene, so any trait of its sequence (length, composition) tells it "
    "from the others, and only classes of several unrelated sequences can be asked whether a trait explains them."
)


def sentences(results: Results) -> list[str]:
    """The answer first, then what it rests on."""
    lines = [_answer(results)]
    if results.setup.quick:
        lines.append(
            "This was a quick look: few genes, few epochs, one trial. Its scores may be higher or lower than those of "
            "the full run, and cannot be compared with the published ones; run it without quick for that."
        )
    for genome in results.genomes:
        lines += [*_published(results, genome), *_blocks(results, genome)]
    lines += [*_across(results), *_whole(results), *_pearson(results), *results.skipped]
    return [*lines, _NO_SHORTCUTS] if results.comparisons() else lines


def _answer(results):
    both = [name for name in results.published if name in results.blocks]
    if not both:
        return _answer_without_gap(results)
    name = both[0]
    published, blocks = results.published[name], results.blocks[name]
    random_split = mean_score(published, results.network, "accuracy")[0]
    held_out = mean_score(blocks, results.network, "accuracy")[0]
    looked_up = mean_score(published, MEMORISER, "accuracy")[0]
    chance = blocks.chance_of("accuracy")
    facts = (
        f"in {name} the {results.network} has accuracy {random_split:.3f} when windows are split at random, as "
        f"published, and {held_out:.3f} on held-out blocks of the same sequences (chance {chance:.3f})"
    )
    if looked_up > random_split - 0.05 or held_out < random_split / 2:
        return (
            f"The published split measures near-copies, not learning: {facts}; looking up the most similar training "
            f"window scores {looked_up:.3f} under the published split."
        )
    return f"Much of the score remains under a clean split: {facts}."


def _answer_without_gap(results):
    for (name, protocol), comparison in results.comparisons().items():
        score = mean_score(comparison, network_in(results, protocol), "accuracy")[0]
        looked_up = mean_score(comparison, MEMORISER, "accuracy")[0]
        told = (
            f"With {protocol} the {results.network} has accuracy {score:.3f} ({name}; chance "
            f"{comparison.chance_of('accuracy'):.3f}, lookup {looked_up:.3f})"
        )
        if protocol == PUBLISHED:
            return f"{told}; this split tests near-copies of training windows, so it is no evidence of learning."
        return f"{told}."
    return "No protocol could be run on this data."


def _published(results, genome):
    comparison = results.published.get(genome.name)
    metric = "accuracy" if results.setup.molecule == "dna" else "f1_macro"
    paper = reported(results.setup.molecule, metric, genome.accession)
    if comparison is None or paper is None or results.setup.quick:
        return
    score, error = mean_score(comparison, results.network, metric)
    name = {"accuracy": "accuracy", "f1_macro": "macro F1"}[metric]
    spread = f" (standard error {error:.3f})" if np.isfinite(error) else ""
    yield (
        f"{genome.name}, windows split at random: {name} {score:.3f}{spread}; published: {paper} (for {paper.name}), "
        f"difference {paper.difference(score):+.3f}."
    )


def _blocks(results, genome):
    reason = results.block_reports.get(genome.name, (None, ""))[1]
    if reason:
        yield f"{genome.name}: held-out blocks cannot be scored. {reason[0].upper()}{reason[1:]}"
    comparison = results.blocks.get(genome.name)
    if comparison is None:
        return
    lines = sentences_of(comparison, "accuracy", "Overlapping windows instead of tiles")
    yield f"{genome.name}, held-out blocks: {lines[1]}"
    pair = _difference(lines, results.network)
    yield " ".join([f"{genome.name}, held-out blocks: {lines[0]}", *pair])
    table = results.block_reports[genome.name][0]
    if (table["n_skipped_parents"] > 0).any():
        least, most = table["parents scored"].min(), table["parents scored"].max()
        told = f"{least}" if least == most else f"{least} to {most}"
        yield (
            f"{genome.name}: a block split could score {told} of {len(genome.used)} sequences per fold; the others are "
            "too short to leave a training window, or share all of it, and are left out."
        )


def _difference(lines, network):
    """The sentence on the network and its partner, where they differ."""
    return [line for line in lines if isinstance(line, OfPair) and line.model == network and line.differ]


def _across(results):
    if results.across is None:
        return
    lines = sentences_of(results.across, "accuracy", "Windows")
    yield f"{ACROSS[0].upper()}{ACROSS[1:]}: {lines[1]}"
    pair = _difference(lines, network_in(results, ACROSS))
    yield " ".join([f"{ACROSS[0].upper()}{ACROSS[1:]}: {lines[0]}", *pair])


def _whole(results):
    if not len(results.whole):
        return
    best = results.whole.groupby("genome")["highest possible accuracy"].max()
    told = ", ".join(f"{name} {value:.4f}" for name, value in best.items())
    yield (
        "The published control, whole sequences without augmentation, has accuracy 0 by arithmetic: with one sequence "
        "per class a test class is never trained. The highest accuracy that any model could reach is the share of test "
        f"sequences whose name another gene has too ({told})."
    )


def _pearson(results):
    for (genome, protocol), comparison in results.comparisons().items():
        found = network_pearson(results, comparison, protocol)
        if np.isfinite(found.value):
            yield f"{genome}, {protocol}: {found.sentence}"
            return
