"""Motifs: planted ones found and named, the time of a report, compiled code in a second process, real promoters.

Parts: ``planted`` (three JASPAR motifs in 500 x 300 nt, perfect contributions), ``ends`` (how much of a motif to
compare), ``speed`` (report of 1,000 promoters of 600 nt), ``compile`` (first and second process with an empty cache;
minutes), ``real`` (promoters of three crucifers, the network trained on four fifths of the orthogroups and explained on
the rest; minutes).

    python examples/benchmarks/bench_motifs.py [--parts planted speed] [--networks 1] [--data ../shared/data]
        [--out motif-report] [--store motif-attributions]
"""

import argparse
import os
import platform
import subprocess
import sys
import tempfile
import time
import warnings
from importlib import metadata
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT.parent / "shared" / "data"
FIGURE = ROOT / "docs" / "_static" / "motifs_real_promoters.png"
PLANTED = ["MA0590.1 LFY", "MA0570.3 ABF1", "MA0589.2 WRKY1"]
TINY = """
import numpy as np, time
start = time.perf_counter()
from seqaug_sklearn.inspection import discover_motifs, match_motifs
rng = np.random.default_rng(0)
one_hot = np.eye(4)[rng.integers(0, 4, (60, 200))]
one_hot[:, 97:103] = np.eye(4)[[1, 0, 1, 2, 3, 2]]
hypothetical = 0.05 * rng.normal(size=one_hot.shape)
hypothetical[:, 97:103] += one_hot[:, 97:103]
motifs = discover_motifs((one_hot, one_hot * hypothetical, hypothetical), n_runs=2)
middle = time.perf_counter()
match_motifs(motifs, {str(i): rng.dirichlet(np.ones(4), 8) for i in range(100)})
print(f"discover_motifs {middle - start:.1f} s, match_motifs {time.perf_counter() - middle:.1f} s")
"""


def clock():
    """Wall-clock and processor seconds, the latter showing what a loaded machine hides."""
    spent = os.times()
    return np.array([time.perf_counter(), spent.user + spent.system + spent.children_user + spent.children_system])


def took(start):
    wall, processor = clock() - start
    return f"{wall:.1f} s ({processor:.1f} s of processor time)"


def plant(known, n, length, seed=0):
    """Sequences with one site each, on either strand; contributions are those of the planted letters, and noise."""
    rng = np.random.default_rng(seed)
    codes = rng.choice(4, size=(n, length), p=[0.33, 0.17, 0.17, 0.33])
    hypothetical = rng.normal(0, 0.02, (n, length, 4))
    sites = []
    for row in range(n):
        name, strand, start = PLANTED[row % 3], rng.choice([-1, 1]), int(rng.integers(30, length - 50))
        matrix = known[name][::strand, ::strand]
        codes[row, start : start + len(matrix)] = [rng.choice(4, p=share) for share in matrix]
        bits = 2 + (matrix * np.log2(np.maximum(matrix, 1e-3))).sum(axis=1, keepdims=True)
        hypothetical[row, start : start + len(matrix)] += (matrix - 0.25) * bits
        sites.append((name, start, start + len(matrix)))
    one_hot = np.eye(4, dtype=np.float32)[codes]
    return (one_hot, one_hot * hypothetical, hypothetical), sites


def planted(arguments):
    from seqaug_sklearn.inspection import discover_motifs, match_motifs, read_jaspar

    known = read_jaspar()
    tracks, sites = plant(known, 500, 300)
    start = clock()
    motifs = discover_motifs(tracks)
    print(f"500 x 300 nt: {len(motifs)} motifs in {took(start)}")
    first = match_motifs(motifs, known, n_best=1).set_index("motif")
    for motif in motifs:
        names = [
            sites[row][0]
            for row, begin, end in motif.seqlets[["row", "site_start", "site_end"]].to_numpy()
            if begin < sites[row][2] and sites[row][1] < end
        ]
        most = max(set(names), key=names.count)
        match = first.loc[motif.name] if motif.name in first.index else {"match": "none", "q_value": np.nan}
        print(
            f"  {motif.name} {motif.consensus}: {names.count(most)} of {len(motif)} sites are planted {most}; "
            f"first match {match['match']} (q {match['q_value']:.1e})"
        )


def ends(arguments):
    """How often a motif's own entry of JASPAR comes first, by how much of the motif is compared."""
    from seqaug_sklearn.alphabets import DNA
    from seqaug_sklearn.inspection import Motif, match_motifs, read_jaspar

    known, rng = read_jaspar(), np.random.default_rng(11)
    others = [name for name in rng.permutation(list(known)) if name not in PLANTED][:150]
    queries = {"core": {}, "informative": {}, "true ends": {}}
    for name in others:
        matrix, around = known[name], 12
        share = np.tile([0.33, 0.17, 0.17, 0.33], (around, 1))
        pfm = np.stack([rng.multinomial(60, row / row.sum()) for row in np.vstack([share, matrix, share])])
        hypothetical = np.zeros(pfm.shape)
        bits = 2 + (matrix * np.log2(np.maximum(matrix, 1e-3))).sum(axis=1, keepdims=True)
        hypothetical[around:-around] = (matrix - 0.25) * bits
        size = np.abs(pfm * hypothetical).sum(axis=1)
        inside = np.flatnonzero(size >= 0.3 * size.max())
        core = inside[0], inside[-1] + 1
        motif = Motif("pos_pattern_0", pfm, hypothetical, hypothetical, core, None, DNA)
        queries["core"][name] = motif.ppm[slice(*core)]
        queries["informative"][name] = motif.ppm[slice(*motif.informative)]
        queries["true ends"][name] = motif.ppm[around:-around]
    for compared, matrices in queries.items():
        best = match_motifs(matrices, known, q_value=1, n_best=1)
        print(f"  {compared}: {(best['motif'] == best['match']).mean():.0%} of {len(others)} come first")


def speed(arguments):
    from seqaug_sklearn.inspection import discover_motifs, motif_report, read_jaspar

    start = clock()
    known = read_jaspar()
    print(f"JASPAR read in {took(start)}")
    tracks, _ = plant(known, 1000, 600)
    start = clock()
    motifs = discover_motifs(tracks)
    print(f"1,000 x 600 nt: {len(motifs)} motifs in {took(start)}")
    with tempfile.TemporaryDirectory() as folder:
        start = clock()
        motif_report(motifs, Path(folder) / "report", database=known)
        print(f"report of them in {took(start)}")


def compiled(arguments):
    with tempfile.TemporaryDirectory() as cache:
        for turn in ("first", "second"):
            start = time.perf_counter()
            environment = os.environ | {"NUMBA_CACHE_DIR": cache}
            done = subprocess.run(
                [sys.executable, "-W", "ignore", "-c", TINY],
                env=environment,
                check=True,
                capture_output=True,
                text=True,
            )
            print(f"{turn} process: {done.stdout.strip()}, all {time.perf_counter() - start:.1f} s")


def explain(number, arguments):
    """Attributions of the held-out fold of one network, and its AUROC there; kept on disk."""
    import pandas as pd
    from sklearn.metrics import roc_auc_score
    from sklearn.model_selection import StratifiedGroupKFold

    from seqaug_sklearn.augmentation import (
        RandomAugmentation,
        RandomDeletion,
        RandomInsertion,
        RandomMutation,
        RandomTranslocation,
    )
    from seqaug_sklearn.classification import PromoterCNNClassifier
    from seqaug_sklearn.inspection import Attributions, sequence_attributions

    arguments.store.mkdir(parents=True, exist_ok=True)
    path = arguments.store / f"network{number}.npz"
    if path.exists():
        return Attributions.load(path)
    table = pd.read_csv(arguments.data / "promoters" / "promoters.csv.gz").set_index("gene_id")
    # the A. thaliana rows are inferred, not published
    table = table[table["species"].isin(["aly", "cru", "chi"])]
    X, y, groups = table["sequence"], table["label"].to_numpy(), table["orthogroup"].to_numpy()
    folds = StratifiedGroupKFold(5, shuffle=True, random_state=0).split(X, y, groups)
    train, test = list(folds)[number]
    edits = [RandomInsertion(0, 20), RandomDeletion(0, 30), RandomTranslocation(0, 20), RandomMutation(0.05)]
    model = PromoterCNNClassifier(strand="both", augment=RandomAugmentation(edits), max_epochs=60, random_state=number)
    start = clock()
    model.fit(X.iloc[train], y[train], groups=groups[train])
    score = roc_auc_score(y[test], model.predict_proba(X.iloc[test])[:, 1])
    print(
        f"network {number}: {len(model.history_)} epochs in {took(start)}, AUROC {score:.3f} on {len(test)} promoters"
    )
    start = clock()
    attributions = sequence_attributions(model, X.iloc[test], target=1, hypothetical=True, random_state=0)
    print(f"explained in {took(start)}")
    attributions.save(path)
    return attributions


def real(arguments):
    from seqaug_sklearn.inspection import discover_motifs, match_motifs, motif_report, read_meme
    from seqaug_sklearn.plotting import MotifLogoDisplay

    parts = [explain(number, arguments) for number in range(arguments.networks)]
    # networks differ in the scale of their logits
    scales = [np.abs(part.actual()).sum() / len(part) for part in parts]
    tracks = (
        np.concatenate([part.one_hot for part in parts]),
        np.concatenate([part.actual() / scale for part, scale in zip(parts, scales, strict=True)]),
        np.concatenate([part.hypothetical / scale for part, scale in zip(parts, scales, strict=True)]),
    )
    start = clock()
    motifs = discover_motifs(tracks)
    print(f"{len(tracks[0]):,} promoters of 600 nt: {len(motifs)} motifs in {took(start)}")
    known = read_meme(arguments.data / "motifs" / "plant_tf.meme")
    matches = match_motifs(motifs, known, n_best=3)
    for motif, row in motifs.to_frame().iterrows():
        letters = motifs[motif].consensus.upper()
        abre = "ACGTG" in letters or "CACGT" in letters
        named = "; ".join(
            f"{m.match} (q {m.q_value:.1e})" for m in matches[matches["motif"] == motif].itertuples(index=False)
        )
        print(
            f"  {motif} {row['consensus']}{' <- ABRE core' if abre else ''}: {row['n_seqlets']} sites in "
            f"{row['n_sequences']} promoters, {row['share']:.1%} of all contributions; {named or 'no match'}"
        )
    if not len(motifs):
        return
    FIGURE.parent.mkdir(exist_ok=True)
    display = MotifLogoDisplay.from_motifs(motifs, database=known, n_motifs=6)
    display.figure_.savefig(FIGURE, dpi=110)
    print(f"figure: {FIGURE.relative_to(ROOT)}")
    page = motif_report(motifs, arguments.out, database=known, title="Promoters that respond to abscisic acid")
    print(f"report: {page}")


def main():
    parts = {"planted": planted, "ends": ends, "speed": speed, "compile": compiled, "real": real}
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--parts", nargs="+", choices=list(parts), default=["planted", "speed"])
    parser.add_argument("--networks", type=int, default=1, help="networks, each explained on its own fifth (1 to 5)")
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--out", type=Path, default=Path("motif-report"))
    parser.add_argument("--store", type=Path, default=Path("motif-attributions"))
    arguments = parser.parse_args()
    warnings.filterwarnings("ignore", category=UserWarning, module="seqaug_sklearn.augmentation")
    packages = ("modisco-lite", "memelite", "pyjaspar", "numba", "numpy", "torch")
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in packages)
    print(f"{platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}, {versions}")
    for name in arguments.parts:
        print(f"\n== {name}")
        parts[name](arguments)


if __name__ == "__main__":
    main()
