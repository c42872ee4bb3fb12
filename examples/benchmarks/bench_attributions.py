"""What attributions cost, how complete they are, and whether they find planted motifs.

Parts (``--parts``; the first two by default):

- ``speed``: attributions per second of each method, and 1,000 promoters of 600 nt by integrated gradients (``--n``).
- ``gaps``: completeness gap of integrated gradients for both networks, and the rank correlation of KernelSHAP and
  mutagenesis with it.
- ``planted``: 500 simulated promoters of 300 nt with three motifs; how often the attribution peak of a correctly
  classified positive lies within a planted site, for a network on whole promoters.
- ``windows``: the same after training on windows, attributions stitched onto the promoters.

    python examples/benchmarks/bench_attributions.py [--parts speed gaps planted windows] [--n 1000] [--threads 2]
"""

import argparse
import os
import platform
import time
import warnings

import numpy as np
import torch
from scipy.stats import spearmanr
from sklearn.pipeline import make_pipeline

from seqaug_sklearn.augmentation import RandomAugmentation, RandomTranslocation, WindowAugmenter
from seqaug_sklearn.classification import CNNBiLSTMClassifier, PromoterCNNClassifier
from seqaug_sklearn.datasets import make_promoters
from seqaug_sklearn.inspection import sequence_attributions

MOTIFS = {"ABRE": "GMCACGTGKCCM", "DRE": "TRCCGACATCTC", "W-box": "AAAGTCAACGNT"}
N_TRAIN = 400


def timed(function):
    """(result, wall seconds, seconds of processor time)."""
    wall, cpu = time.perf_counter(), time.process_time()
    result = function()
    return result, time.perf_counter() - wall, time.process_time() - cpu


def promoters(n_samples=500, length=300):
    """Promoters without families: nothing but the motifs tells the classes apart."""
    return make_promoters(
        n_samples, length, n_families=n_samples, motifs=MOTIFS, n_orthologs=0, site_turnover=0, label_noise=0,
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


def windows_of(data, window, n):
    """The first n windows of the training rows, with labels."""
    exploded = WindowAugmenter(window, min_shared=None).explode(data.sequences, data.y.to_numpy())
    return exploded.windows[:n], exploded.y[:n]


def speed(n):
    """Attributions per second; rows are whole promoters for one network and windows for the other."""
    data = promoters(100, 600)
    cases = {
        "promoter network, 600 nt": (
            promoter_network(strand="single", max_epochs=8, augment=None).fit(data.sequences, data.y),
            data.sequences,
        ),
    }
    windows, labels = windows_of(data, 40, 2000)
    cases["CNN-BiLSTM, 40 nt"] = window_network().fit(windows, labels), windows
    rows = {"integrated_gradients": 24, "shap_gradient": 12, "deep_lift": 60, "mutagenesis": 12, "shap_kernel": 2}
    for name, (model, X) in cases.items():
        for method, size in rows.items():
            if method == "deep_lift" and "LSTM" in name:
                continue
            options = {"method": method, "random_state": 0}
            _, wall, cpu = timed(lambda m=model, x=X[:size], o=options: sequence_attributions(m, x, **o))
            print(f"{name:26s} {method:22s} {size / wall:8.2f} rows/s ({size / cpu:8.2f} per second of processor time)")
    model, X = cases["promoter network, 600 nt"]
    many = np.resize(X.to_numpy(), n)
    _, wall, cpu = timed(lambda: sequence_attributions(model, many))
    print(f"integrated gradients of {n:,} promoters of 600 nt: {wall:.1f} s ({cpu:.1f} s of processor time)")


def gaps():
    """Completeness at the default steps, and agreement with methods that change residues."""
    data = promoters(120, 60)
    windows, labels = windows_of(data, 40, 3000)
    cases = {
        "promoter network, 60 nt": (
            promoter_network(max_epochs=30, augment=None).fit(data.sequences, data.y),
            data.sequences[:30],
        ),
        "CNN-BiLSTM, 40 nt": (window_network().fit(windows, labels), windows[:30]),
    }
    for name, (model, X) in cases.items():
        reference = sequence_attributions(model, X)
        share = np.abs(reference.delta / (reference.output - reference.baseline_output))
        print(f"{name:26s} completeness gap: median {np.median(share):.2%}, largest {share.max():.2%} of the change")
        for method in ("shap_kernel", "mutagenesis"):
            few = X[:5] if method == "shap_kernel" else X
            other = sequence_attributions(model, few, method=method, random_state=0)
            pairs = zip(reference.per_position(), other.per_position(), reference.lengths, strict=False)
            ranks = [spearmanr(a[:length], b[:length]).statistic for a, b, length in pairs]
            print(f"{name:26s} {method:12s} rank correlation with integrated gradients: median {np.median(ranks):.2f}")


def sites_of(data, name):
    """(start, end) of each planted site of a promoter."""
    starts = data.motifs.loc[data.motifs["identifier"] == name, "start"]
    return [(int(start), int(start) + 12) for start in starts]


def report_sites(attributions, data, predicted, label):
    """Peaks of correctly classified positives, and sites that hold one of the 15 highest residues."""
    values = attributions.per_position()
    if attributions.coverage is not None:
        values = values / np.maximum(attributions.coverage, 1)
    truth = data.y.loc[attributions.identifiers].to_numpy()
    peaks, found = [], []
    for row in np.flatnonzero((predicted == 1) & (truth == 1)):
        sites = sites_of(data, attributions.identifiers[row])
        peak, high = values[row].argmax(), np.sort(values[row])[-15]
        peaks.append(any(start <= peak < end for start, end in sites))
        found += [values[row, start:end].max() >= high for start, end in sites]
    print(
        f"{label}: accuracy {np.mean(predicted == truth):.2f}; peak within a planted site in {np.mean(peaks):.1%} of "
        f"{len(peaks)} correctly classified positives; {np.mean(found):.1%} of {len(found)} sites found"
    )


def planted():
    """Whole promoters."""
    data = promoters()
    model, wall, cpu = timed(lambda: promoter_network().fit(data.sequences[:N_TRAIN], data.y[:N_TRAIN]))
    print(f"trained in {wall:.0f} s ({cpu:.0f} s of processor time)")
    test = data.sequences[N_TRAIN:]
    for method in ("integrated_gradients", "mutagenesis"):
        result = sequence_attributions(model, test, method=method)
        report_sites(result, data, model.predict(test), f"whole promoters, {method}")


def windows():
    """Windows of 60 nt, stitched."""
    data = promoters()
    network = promoter_network(max_epochs=12, batch_size=128, augment=None)
    model = make_pipeline(WindowAugmenter(60, overlap=(30, 30), min_shared=None), network)
    _, wall, cpu = timed(lambda: model.fit(data.sequences[:N_TRAIN], data.y[:N_TRAIN]))
    print(f"trained in {wall:.0f} s ({cpu:.0f} s of processor time)")
    test = data.sequences[N_TRAIN:]
    result = sequence_attributions(model, test, method="mutagenesis")
    report_sites(result, data, model.predict(test), "windows of 60 nt, stitched, mutagenesis")
    result = sequence_attributions(model, test)
    report_sites(result, data, model.predict(test), "windows of 60 nt, stitched, integrated_gradients")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--parts", nargs="+", choices=["speed", "gaps", "planted", "windows"], default=["speed", "gaps"]
    )
    parser.add_argument("--n", type=int, default=1000, help="promoters of 600 nt in the part 'speed'")
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    print(f"{platform.machine()}, {os.cpu_count()} CPUs, {arguments.threads} threads, torch {torch.__version__}")
    warnings.filterwarnings("ignore", message="shap_gradient")
    for part in arguments.parts:
        {"speed": lambda: speed(arguments.n), "gaps": gaps, "planted": planted, "windows": windows}[part]()


if __name__ == "__main__":
    main()
