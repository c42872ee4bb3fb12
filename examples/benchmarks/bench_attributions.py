"""What attributions cost, how complete they are, and whether they find planted motifs.

Parts (``--parts``; the first two by default):

- ``speed``: attributions per second of each method, and 1,000 promoters of 600 nt by integrated gradients (``--n``).
- ``gaps``: completeness gap of integrated gradients for both networks, and the rank correlation of KernelSHAP and
  mutagenesis with it.
- ``planted``: 500 simulated promoters of 300 nt with the consensus of three motifs of JASPAR (``--weak-sites``: sites
  drawn from their matrices, of which some hardly resemble the motif). Five networks, each trained on four fifths and
  asked about the rest: how often the attribution peak of a correctly classified positive lies within a planted site,
  how many sites are found, and which motifs TF-MoDISco finds in all of it (minutes).
- ``windows``: the same after training on windows, attributions stitched onto the promoters (minutes).

    python examples/benchmarks/bench_attributions.py [--parts speed gaps planted windows] [--weak-sites] [--n 1000]
        [--threads 2]
"""

import argparse
import os
import platform
import time
import warnings

import numpy as np
import pandas as pd
import torch
from scipy.stats import spearmanr
from sklearn.base import clone
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import make_pipeline

from seqaug_sklearn.alphabets import DNA
from seqaug_sklearn.augmentation import RandomAugmentation, RandomTranslocation, WindowAugmenter
from seqaug_sklearn.classification import CNNBiLSTMClassifier, PromoterCNNClassifier
from seqaug_sklearn.datasets import make_promoters
from seqaug_sklearn.inspection import discover_motifs, match_motifs, read_jaspar, sequence_attributions

MOTIFS = {"ABRE": "GMCACGTGKCCM", "DRE": "TRCCGACATCTC", "W-box": "AAAGTCAACGNT"}
PLANTED = ("MA0590.1 LFY", "MA0570.3 ABF1", "MA0589.2 WRKY1")


def timed(function, *args, **options):
    """(result, wall seconds, seconds of processor time)."""
    wall, cpu = time.perf_counter(), time.process_time()
    result = function(*args, **options)
    return result, time.perf_counter() - wall, time.process_time() - cpu


def promoters(n_samples, length, motifs=MOTIFS):
    """Promoters without families: nothing but the motifs separates the classes."""
    return make_promoters(
        n_samples, length, n_families=n_samples, motifs=motifs, n_orthologs=0, site_turnover=0, label_noise=0,
        random_state=0,
    )  # fmt: skip


def promoter_network(**changes):
    """DeepDifE's network on both strands; promoters are turned in a circle, so that a motif counts anywhere."""
    shift = RandomAugmentation([RandomTranslocation(0, 299)], max_per_sequence=1)
    settings = {"strand": "both", "lr": 2e-3, "batch_size": 32, "max_epochs": 60, "augment": shift}
    return PromoterCNNClassifier(validation_fraction=None, device="cpu", random_state=0, **(settings | changes))


def window_network():
    """The window paper's network on 40 nt, trained briefly."""
    return CNNBiLSTMClassifier(max_epochs=6, validation_fraction=None, device="cpu", random_state=0)


def windows_of(sequences, labels, n, window=40):
    """The first n windows of some promoters, with labels."""
    exploded = WindowAugmenter(window, min_shared=None).explode(sequences, labels.to_numpy())
    return exploded.windows[:n], exploded.y[:n]


def both_networks(data, n_train, **changes):
    """Name -> (network, rows it was not trained on): the promoter network, and the window paper's on windows."""
    X, y = data.sequences, data.y
    windows, labels = windows_of(X[:n_train], y[:n_train], 4000)
    others, _ = windows_of(X[n_train:], y[n_train:], 1000)
    return {
        f"promoter network, {len(X.iloc[0])} nt": (
            promoter_network(augment=None, **changes).fit(X[:n_train], y[:n_train]),
            X[n_train:].to_numpy(),
        ),
        "CNN-BiLSTM, 40 nt": (window_network().fit(windows, labels), others),
    }


def completeness(result):
    """What of the change of output the values miss, in words."""
    share = np.abs(result.delta / (result.output - result.baseline_output))
    return (
        f"completeness gap of {len(share):,} rows: median {np.median(share):.2%}, at most 1 % in "
        f"{np.mean(share <= 0.01):.1%}, largest {share.max():.2%} of the change of output"
    )


def speed(arguments):
    """Attributions per second; rows are whole promoters for one network and windows for the other."""
    cases = both_networks(promoters(100 + arguments.n, 600), 100, max_epochs=8)
    rows = {"integrated_gradients": 24, "shap_gradient": 12, "deep_lift": 60, "mutagenesis": 12, "shap_kernel": 2}
    for name, (model, X) in cases.items():
        for method, size in rows.items():
            if method == "deep_lift" and "LSTM" in name:
                continue
            _, wall, cpu = timed(sequence_attributions, model, X[:size], method=method, random_state=0)
            print(f"{name:24s} {method:22s} {size / wall:8.2f} rows/s ({size / cpu:8.2f} per second of processor time)")
    model, X = cases["promoter network, 600 nt"]
    result, wall, cpu = timed(sequence_attributions, model, X)
    print(
        f"integrated gradients of {len(X):,} promoters of 600 nt, both strands: {wall:.1f} s ({cpu:.1f} s of processor "
        "time)"
    )
    print(f"  {completeness(result)}")


def gaps(arguments):
    """Completeness at the default steps, and agreement with methods that change residues."""
    for name, (model, X) in both_networks(promoters(360, 64), 300, max_epochs=30).items():
        reference = sequence_attributions(model, X[:40])
        print(f"{name}: {completeness(reference)}")
        for method, size in (("shap_kernel", 10), ("mutagenesis", 40)):
            other = sequence_attributions(model, X[:size], method=method, random_state=0)
            tracks = zip(reference.per_position()[:size], other.per_position(), strict=True)
            ranks = [spearmanr(one, two).statistic for one, two in tracks]
            print(
                f"  {method}: rank correlation with integrated gradients: median {np.median(ranks):.2f}, lowest "
                f"{min(ranks):.2f} of {size} rows"
            )


def consensus(matrix):
    """IUPAC letters of the symbols with a share of at least a fifth."""
    codes = {frozenset(symbols): letter for letter, symbols in DNA.ambiguity.items()}
    codes |= {frozenset(symbol): symbol for symbol in DNA.symbols}
    return "".join(codes[frozenset(DNA.symbols[i] for i in np.flatnonzero(row >= 0.2))] for row in matrix)


def planted_promoters(known, weak_sites, n_samples=500, length=300):
    """Sequences, labels and sites (identifier, start, end, motif); weak sites have any letters of their matrix."""
    motifs = {name: consensus(known[name]) for name in PLANTED}
    data = promoters(n_samples, length, motifs)
    sequences = data.sequences.copy()
    if weak_sites:
        rng, letters = np.random.default_rng(0), {name: list(text) for name, text in sequences.items()}
        for identifier, motif, start, strand in data.motifs.itertuples(index=False):
            matrix = known[motif][::strand, ::strand]
            letters[identifier][start : start + len(matrix)] = [DNA.symbols[rng.choice(4, p=row)] for row in matrix]
        sequences = pd.Series({name: "".join(text) for name, text in letters.items()})
    ends = data.motifs["start"] + data.motifs["motif"].map(lambda name: len(known[name]))
    return sequences, data.y, data.motifs.assign(end=ends)[["identifier", "start", "end", "motif"]]


def explained_by_others(make_model, sequences, y):
    """Attributions of all promoters and the classes predicted, each by a network that did not see it."""
    parts, predicted = [], pd.Series(-1, index=sequences.index)
    for train, test in StratifiedKFold(5, shuffle=True, random_state=0).split(sequences, y):
        model = make_model()
        _, wall, cpu = timed(model.fit, sequences.iloc[train], y.iloc[train])
        predicted.iloc[test] = model.predict(sequences.iloc[test])
        part, more_wall, more_cpu = timed(
            sequence_attributions, model, sequences.iloc[test], target=1, hypothetical=True
        )
        parts.append(part)
        print(
            f"  trained in {wall:.0f} s ({cpu:.0f} s of processor time), {len(test)} promoters explained in "
            f"{more_wall:.0f} s ({more_cpu:.0f} s)",
            flush=True,
        )
    return parts, predicted


def peaks(track, n, width=12):
    """Middles of the n highest stretches of a track that do not overlap."""
    sums = np.convolve(track, np.ones(width), "valid")
    middles = []
    for _ in range(n):
        start = int(sums.argmax())
        middles.append(start + width // 2)
        sums[max(0, start - width + 1) : start + width] = -np.inf
    return middles


def report_sites(parts, y, predicted, sites, label):
    """Peaks of correctly classified positives, and sites found by as many stretches as there are sites."""
    inside, found = [], []
    for part in parts:
        values = part.per_position()
        if part.coverage is not None:
            values = values / np.maximum(part.coverage, 1)
        for name, track in zip(part.identifiers, values, strict=True):
            if not y[name] == predicted[name] == 1:
                continue
            places = sites.loc[sites["identifier"] == name, ["start", "end"]].to_numpy()
            inside.append(any(start <= track.argmax() < end for start, end in places))
            middles = peaks(track, len(places))
            found += [any(start <= middle < end for middle in middles) for start, end in places]
    print(
        f"{label}: accuracy {(predicted == y).mean():.3f}; peak within a planted site in {np.mean(inside):.1%} of "
        f"{len(inside)} correctly classified positives; {np.mean(found):.1%} of their {len(found)} sites found"
    )


def report_motifs(parts, sites, known, label):
    """What TF-MoDISco finds, of which planted motif its sites are, and what Tomtom calls it."""
    scales = [np.abs(part.actual()).sum() / len(part) for part in parts]  # networks differ in the scale of their logits
    tracks = (
        np.concatenate([part.one_hot for part in parts]),
        np.concatenate([part.actual() / scale for part, scale in zip(parts, scales, strict=True)]),
        np.concatenate([part.hypothetical / scale for part, scale in zip(parts, scales, strict=True)]),
    )
    motifs, wall, cpu = timed(discover_motifs, tracks)
    names = np.concatenate([part.identifiers for part in parts])
    first = match_motifs(motifs, known, n_best=1).set_index("motif")["match"]
    found, named = set(), set()
    for motif in motifs:
        shares, counts = planted_shares(motif.seqlets.assign(identifier=names[motif.seqlets["row"]]), sites)
        if motif.sign > 0 and shares.max() > 0.5:
            found |= {shares.idxmax()}
            named |= {shares.idxmax()} & {first.get(motif.name)}
        told = ", ".join(
            f"{counts[name]} are planted {name} ({share:.0%})" for name, share in shares.items() if share > 0
        )
        print(
            f"  {motif.name} {motif.consensus}: {len(motif)} sites, of which (share of all they contribute) "
            f"{told or 'none is planted'}; named {first.get(motif.name, 'nothing')}"
        )
    print(
        f"{label}: {len(found)} of {len(PLANTED)} planted motifs found, {len(named)} named first, in {wall:.0f} s "
        f"({cpu:.0f} s of processor time)"
    )


def planted_shares(seqlets, sites):
    """By planted motif: share of what the seqlets contribute that lies on its sites, and how many lie there."""
    on = seqlets.reset_index().merge(sites, on="identifier", suffixes=("", "_planted"))
    on = on[(on["site_start"] < on["end_planted"]) & (on["start_planted"] < on["site_end"])].drop_duplicates("index")
    groups = on.groupby("motif")["contribution"]
    counts = groups.size().reindex(PLANTED, fill_value=0)
    return groups.sum().reindex(PLANTED, fill_value=0) / seqlets["contribution"].sum(), counts


def recover(make_model, label, weak_sites):
    known = read_jaspar()
    sequences, y, sites = planted_promoters(known, weak_sites)
    parts, predicted = explained_by_others(make_model, sequences, y)
    report_sites(parts, y, predicted, sites, label)
    report_motifs(parts, sites, known, label)


def planted(arguments):
    """Whole promoters."""
    recover(promoter_network, "whole promoters", arguments.weak_sites)


def windows(arguments):
    """Windows of 60 nt at every 15th residue, stitched."""
    cut = WindowAugmenter(60, overlap=(30, 30), min_shared=None)
    network = promoter_network(max_epochs=12, batch_size=128, augment=None)
    recover(lambda: make_pipeline(cut, clone(network)), "windows of 60 nt, stitched", arguments.weak_sites)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parts = {"speed": speed, "gaps": gaps, "planted": planted, "windows": windows}
    parser.add_argument("--parts", nargs="+", choices=list(parts), default=["speed", "gaps"])
    parser.add_argument("--n", type=int, default=1000, help="promoters of 600 nt in the part 'speed'")
    parser.add_argument("--weak-sites", action="store_true", help="draw planted sites from the motifs' matrices")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    print(f"{platform.machine()}, {os.cpu_count()} CPUs, {arguments.threads} threads, torch {torch.__version__}")
    warnings.filterwarnings("ignore", message="shap_gradient")
    for part in arguments.parts:
        parts[part](arguments)


if __name__ == "__main__":
    main()
