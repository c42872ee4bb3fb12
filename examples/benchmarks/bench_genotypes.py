"""Synthetic individuals on real genotypes: fidelity and privacy with controls, copies, speed, filling up.

Run ``python examples/benchmarks/bench_genotypes.py [--data FOLDER] [--parts fidelity copies speed fill]``. The real
file (1000 Genomes, 140 kb of chromosome 1) is looked for in ``../shared/data`` beside the repository; without it
individuals are simulated, and the targets, which were set on the real file, do not apply.

The part "copies" fits HaplotypeMosaic as it comes, and with a match of 40 alleles, on panels from unlinked to tightly
linked variants, and asks of individuals held out how many new haplotypes are copies and what the membership attack
tells.

Networks are trained for the parts "fidelity" and "speed" only, on ``--threads`` threads: two to three minutes a split
for "GenotypeGAN" and for "PG-cGAN, 3 epochs", half an hour for each full "PG-cGAN", which are therefore left out unless
named in ``--networks``. With ``--keep FOLDER`` every training has a file there: an interrupted run continues from it,
and a finished training is not repeated.
"""

import argparse
import platform
import time
import tracemalloc
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from imblearn.over_sampling import RandomOverSampler
from imblearn.pipeline import make_pipeline
from scipy.special import ndtr
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_score, train_test_split
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from seqaug_sklearn.augmentation import PG_CGAN_PUBLISHED, GenotypeGAN, HaplotypeMosaic
from seqaug_sklearn.datasets import make_genotypes, read_genotypes
from seqaug_sklearn.encoding import recode_genotypes
from seqaug_sklearn.evaluation import genotype_fidelity
from seqaug_sklearn.exceptions import PrivacyWarning
from seqaug_sklearn.genotypes import from_haplotypes

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
VCF, SAMPLES = "1kg_chr1_11.70-11.84Mb_phased.vcf.gz", "1kg_samples.tsv"

GENERATORS = {
    "HaplotypeMosaic": lambda seed: HaplotypeMosaic(random_state=seed),
    "mosaic, no match": lambda seed: HaplotypeMosaic(switch_rate=0.02, match_length=0, random_state=seed),
}
"""Name of a row -> estimator for a seed; a generator that is added here is in every table."""

NETWORKS = {
    "GenotypeGAN": lambda seed: GenotypeGAN(random_state=seed),
    "untrained GAN": lambda seed: GenotypeGAN(max_epochs=1, lr=1e-12, validation_fraction=None, random_state=seed),
    "PG-cGAN, 3 epochs": lambda seed: GenotypeGAN(**PG_CGAN_PUBLISHED | {"max_epochs": 3}, random_state=seed),
    "PG-cGAN": lambda seed: GenotypeGAN(**PG_CGAN_PUBLISHED, random_state=seed),
    "PG-cGAN, all clipped": lambda seed: GenotypeGAN("pg_cgan", patience=None, random_state=seed),
    "PG-cGAN, hinge": lambda seed: GenotypeGAN("pg_cgan", loss="hinge", clip="conv", patience=None, random_state=seed),
}
"""The same for generators that take minutes. "PG-cGAN" is as published, 50 epochs; 3 take as long as GenotypeGAN."""

TARGETS = {
    "HaplotypeMosaic": {
        "af_r2": (0.985, 1),
        "af_mae": (0, 0.022),
        "ld_correlation": (0.95, 1),
        "ld_decay_error": (0, 0.02),
        "pca_distance": (0, 1.3),
        "privacy_loss": (-1, 0.03),
        "membership_auc": (0, 0.53),
        "diversity": (0.95, 1.05),
        "lost_by_training_on_it": (-1, 0.02),
    },
    "GenotypeGAN": {
        "af_r2": (0.98, 1),
        "af_mae": (0, 0.025),
        "ld_correlation": (0.93, 1),
        "ld_decay_error": (0, 0.05),
        "pca_distance": (0, 1.3),
        "privacy_loss": (-1, 0.02),
        "membership_auc": (0, 0.53),
        "diversity": (0.95, 1.05),
        "lost_by_training_on_it": (-1, 0.02),
    },
}
"""Generator -> metric -> smallest and largest value."""

PARTS = ["fidelity", "copies", "speed", "fill"]

SHOWN = [
    "af_r2",
    "af_mae",
    "ld_correlation",
    "ld_decay_error",
    "pca_distance",
    "aa_real",
    "aa_synthetic",
    "privacy_loss",
    "membership_auc",
    "exact_copies",
    "near_copies",
    "diversity",
    "inbreeding",
    "train_on_synthetic",
    "lost_by_training_on_it",
]


def timed(call, clock=time.perf_counter):
    begin = clock()
    result = call()
    return result, clock() - begin


def read_people(folder):
    genotypes = folder / "genotypes"
    if not (genotypes / VCF).is_file():
        print(f"{genotypes / VCF} is not there: simulated individuals")
        return make_genotypes(300, n_variants=742, random_state=0)
    return read_genotypes(
        genotypes / VCF,
        kind="biallelic",
        min_maf=0.01,
        labels=genotypes / SAMPLES,
        label_column="super_population",
        missing="error",
    )


def one_split(individuals, seed, generators, keep=None):
    """Averages over populations of one 70/30 split of individuals, and seconds of the processor per generator."""
    train, test = train_test_split(
        np.arange(len(individuals)), test_size=0.3, stratify=individuals.populations, random_state=seed
    )
    train, test = individuals.take(train), individuals.take(test)
    made, seconds = {}, {}
    for name, make in generators.items():
        generator = make(seed)
        if keep is not None and isinstance(generator, GenotypeGAN):
            path = keep / f"{name.replace(' ', '_').replace(',', '')}_{seed}.pt"
            generator.set_params(checkpoint=path, checkpoint_every=1)
        generator, fitting = timed(lambda generator=generator: generator.fit(train), time.process_time)
        made[name], sampling = timed(lambda generator=generator: generator.sample(len(train)), time.process_time)
        seconds[name] = {"fit": fitting, f"sample {len(train):,}": sampling}
        print(f"  split {seed}, {name}: fitted in {fitting:.1f} s of the processor{epochs(generator)}", flush=True)
    fidelity, measuring = timed(lambda: genotype_fidelity(train, test, made, random_state=seed), time.process_time)
    seconds["genotype_fidelity"] = measuring
    averages = fidelity.averages
    averages["lost_by_training_on_it"] = averages.train_on_synthetic["real"] - averages.train_on_synthetic
    return fidelity, averages, seconds


def epochs(generator):
    if not isinstance(generator, GenotypeGAN):
        return ""
    return f", epochs {generator.n_epochs_}, weights of epoch {generator.best_epoch_ or generator.n_epochs_}"


def bench_fidelity(individuals, n_seeds, generators, keep):
    print(f"\nFidelity: {individuals}; 70/30 split within populations, mean of {n_seeds} seeds [smallest, largest]")
    splits = [one_split(individuals, seed, generators, keep) for seed in range(n_seeds)]
    tables = pd.concat([averages for _, averages, _ in splits], keys=range(n_seeds), names=["seed"])
    by_generator = tables[SHOWN].groupby(level="generator", sort=False)
    low, mean, high = by_generator.min(), by_generator.mean(), by_generator.max()
    print(f"{'':24}" + "".join(f"{name:>24}" for name in mean.index))
    for metric in SHOWN:
        cells = (f"{mean[metric][g]:.3f} [{low[metric][g]:.3f}, {high[metric][g]:.3f}]" for g in mean.index)
        print(f"{metric:24}" + "".join(f"{cell:>24}" for cell in cells))
    print_targets(tables, mean, [name for name in TARGETS if name in generators])
    print("\nseconds of the processor, last split:")
    for name, seconds in splits[-1][2].items():
        parts = seconds if isinstance(seconds, dict) else {"all": seconds}
        print(f"  {name:24}" + ", ".join(f"{part} {value:.2f}" for part, value in parts.items()))
    print(f"\nIn words, seed 0:\n{splits[0][0].summary()}")


def print_targets(tables, mean, names):
    for name in names:
        limits = TARGETS[name]
        missed = {m: mean[m][name] for m, (low, high) in limits.items() if not low <= mean[m][name] <= high}
        met = f"{len(limits) - len(missed)} of {len(limits)}"
        print(f"\n{name}: {met} targets met by the mean; missed: {missed or 'none'}")
        rows = tables.xs(name, level="generator")
        for metric, (low, high) in limits.items():
            for seed, value in rows[metric][(rows[metric] < low) | (rows[metric] > high)].items():
                print(f"  seed {seed} alone: {metric} {value:.3f} is outside {low} to {high}")


def bench_speed(individuals):
    print("\nMaking individuals")
    for name, make in GENERATORS.items():
        generator, fitting = timed(lambda make=make: make(0).fit(individuals))
        generator.sample(10)
        _, sampling = timed(lambda generator=generator: generator.sample(1000))
        shape = f"1,000 individuals of {len(individuals.variants)} variants"
        print(f"  {name:24}fit on {len(individuals):,} individuals {fitting:.2f} s; {shape} {sampling:.2f} s")
    generator = HaplotypeMosaic(random_state=0).fit(individuals)
    for n_individuals, chunk_size in ((10_000, 5000), (100_000, 5000)):
        tracemalloc.start()
        chunks = generator.iter_sample(n_individuals, chunk_size=chunk_size)
        made, seconds = timed(lambda chunks=chunks: sum(len(X) for X, _ in chunks), time.process_time)
        peak = tracemalloc.get_traced_memory()[1] / 2**20
        tracemalloc.stop()
        print(
            f"  HaplotypeMosaic, {made:,} individuals in chunks of {chunk_size:,}: {seconds:.1f} s of the processor, "
            f"{peak:.0f} MiB at most (their genotypes alone: {made * len(individuals.variants) / 2**20:.0f} MiB)"
        )


def bench_reading(folder):
    """Reading against loops of cyvcf2 that do nothing with what they get."""
    import cyvcf2

    path = str(folder / "genotypes" / VCF)
    ways = {
        "cyvcf2, rows only": lambda: [None for _ in cyvcf2.VCF(path)],
        "cyvcf2, with genotype.array()": lambda: [record.genotype.array() is None for record in cyvcf2.VCF(path)],
        "cyvcf2, with gt_types": lambda: [record.gt_types is None for record in cyvcf2.VCF(path)],
        "read_genotypes, all variants": lambda: read_genotypes(path),
        "read_genotypes, min_maf=0.01": lambda: read_genotypes(path, min_maf=0.01),
    }
    # in turn, so that a slow moment of the machine meets all
    seconds = pd.DataFrame([{name: timed(read, time.process_time)[1] for name, read in ways.items()} for _ in range(7)])
    seconds = seconds.min()
    print(f"\nReading {path.rpartition('/')[2]}, seconds of the processor, best of 7, and as a multiple of the loops")
    for name in ways:
        ratios = ", ".join(f"{seconds[name] / seconds[loop]:.2f} x {loop!r}" for loop in list(ways)[1:3])
        print(f"  {name:32}{seconds[name]:.2f} s" + (f"  {ratios}" if name.startswith("read") else ""))


def balding_nichols(frequencies, fst, rng):
    """Frequencies of a population that parted from one with these."""
    scale = (1 - fst) / fst
    return np.clip(rng.beta(scale * frequencies, scale * (1 - frequencies)), 0.002, 0.998)


def haplotypes_of(frequencies, correlation, rng):
    """Draw haplotypes with given frequencies (n, n_variants); each variant is correlated with the one before it."""
    latent = rng.standard_normal(frequencies.shape)
    for j, r in enumerate(np.broadcast_to(correlation, frequencies.shape[1])[1:], start=1):
        latent[:, j] = r * latent[:, j - 1] + np.sqrt(1 - r**2) * latent[:, j]
    return (ndtr(latent) < frequencies).astype(np.int8)


def panel(n_individuals, n_variants, correlation, n_populations=5, seed=0):
    """Populations of equal size; neighbouring variants are correlated (as normal variables, before they are cut)."""
    rng = np.random.default_rng(seed)
    ancestral = rng.uniform(0.05, 0.95, n_variants)
    groups = [
        haplotypes_of(np.tile(balding_nichols(ancestral, 0.05, rng), (2 * n_individuals, 1)), correlation, rng)
        for _ in range(n_populations)
    ]
    labels = np.repeat([f"POP{k + 1}" for k in range(n_populations)], n_individuals)
    return from_haplotypes(np.concatenate(groups), "phased"), labels


def ancestry_panel(n_individuals=96, n_variants=805, seed=0):
    """26 populations in five groups, one of them admixed, labelled by group; a tenth of the variants is linked."""
    rng = np.random.default_rng(seed)
    ancestral = rng.uniform(0.05, 0.95, n_variants)
    groups = [balding_nichols(ancestral, 0.15, rng) for _ in range(5)]
    correlation = np.where(rng.random(n_variants) < 0.1, 0.8, 0.0)
    parts, labels = [], []
    for number, (frequencies, n_populations) in enumerate(zip(groups, (7, 5, 5, 5, 4), strict=True)):
        for _ in range(n_populations):
            own = np.tile(balding_nichols(frequencies, 0.06, rng), (2 * n_individuals, 1))
            if number == 4:
                share = np.repeat(rng.beta(4, 4, (n_individuals, 1)), 2, axis=0)
                own = np.where(rng.random(own.shape) < share, own, groups[1])
            parts.append(haplotypes_of(own, correlation, rng))
        labels += [f"GROUP{number + 1}"] * n_individuals * n_populations
    return from_haplotypes(np.concatenate(parts), "phased"), np.array(labels)


PANELS = {
    "600 unlinked variants, 5 x 60 individuals": lambda: panel(60, 600, 0),
    "600, correlation .7, 5 x 60": lambda: panel(60, 600, 0.7),
    "300, correlation .95, 5 x 60": lambda: panel(60, 300, 0.95),
    "600 unlinked, 5 x 250": lambda: panel(250, 600, 0),
    "600, correlation .7, 5 x 250": lambda: panel(250, 600, 0.7),
    "300, correlation .95, 5 x 250": lambda: panel(250, 300, 0.95),
    "ancestry: 805, 26 x 96 in 5 groups": ancestry_panel,
}
"""Name -> phased genotypes and populations."""


def bench_copies(individuals):
    print("\nCopies: 70 % of the individuals of each population trained on, 30 % held out; averages over populations.")
    print("real -> new; in brackets the 95 % interval, of the choice at fit and of the held-out individuals")
    panels = PANELS | {"real, 742 variants": lambda: (individuals.genotypes, individuals.populations)}
    for name, make in panels.items():
        X, y = make()
        for settings in ({}, {"match_length": 40, "n_neighbors": None}):
            print_copies(name, X, y, settings)


def print_copies(name, X, y, settings):
    train, test = train_test_split(np.arange(len(y)), test_size=0.3, stratify=y, random_state=0)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", PrivacyWarning)
        mosaic = HaplotypeMosaic(random_state=0, **settings)
        _, seconds = timed(lambda: mosaic.fit(X[train], y[train]), time.process_time)
    made = mosaic.sample(len(train))
    table = genotype_fidelity(X[train], X[test], {"mosaic": made}, (y[train], y[test]), random_state=0).averages
    real, new = table.loc["real"], table.loc["mosaic"]
    neighbors = mosaic.tuning_["n_neighbors"].fillna(0) == (mosaic.n_neighbors_ or 0)
    chosen = mosaic.tuning_[(mosaic.tuning_["match_length"] == mosaic.match_length_) & neighbors].iloc[0]
    spread = 1.96 * new.membership_se
    print(
        f"{name:38}{'given' if settings else 'chosen':>7}: match {mosaic.match_length_}, neighbours "
        f"{mosaic.n_neighbors_ or 'all'}, {seconds:.1f} s of the processor\n"
        f"{'':8}linkage {real.ld_correlation:.3f} -> {new.ld_correlation:.3f}, exact copies {real.exact_copies:.4f} -> "
        f"{new.exact_copies:.4f}, PCA distance {new.pca_distance:.2f}\n"
        f"{'':8}membership AUC at fit {chosen.membership_auc:.3f} [{chosen.membership_low:.3f}, "
        f"{chosen.membership_high:.3f}], held out {new.membership_auc:.3f} [{new.membership_auc - spread:.3f}, "
        f"{new.membership_auc + spread:.3f}]; {'warns' if caught else 'passes'}",
        flush=True,
    )


def bench_epochs(individuals):
    train, _ = train_test_split(
        np.arange(len(individuals)), test_size=0.3, stratify=individuals.populations, random_state=0
    )
    few = individuals.take(train)
    for architecture, n_epochs in (("mlp", 3), ("pg_cgan", 1)):
        gan = GenotypeGAN(architecture, max_epochs=n_epochs, validation_fraction=None, random_state=0)
        (_, cpu), wall = timed(lambda gan=gan: timed(lambda: gan.fit(few), time.process_time))
        print(
            f"  GenotypeGAN({architecture!r}), an epoch of {len(few):,} individuals: {wall / n_epochs:.1f} s, "
            f"{cpu / n_epochs:.1f} s of the processor"
        )


def to_counts(X):
    return recode_genotypes(X, source="phased", target="dosage")


def classifier(sampler):
    steps = [
        FunctionTransformer(to_counts),
        PCA(20, random_state=0),
        StandardScaler(),
        LogisticRegression(max_iter=5000),
    ]
    return make_pipeline(*([sampler] if sampler is not None else []), *steps)


def bench_fill(individuals, n_seeds):
    samplers = {
        "no resampling": lambda seed: None,
        **GENERATORS,
        "bootstrap copies": lambda seed: RandomOverSampler(random_state=seed),
    }
    smallest = pd.Series(individuals.populations).value_counts().idxmin()
    print(f"\nFilling up to equal counts inside the pipeline: balanced accuracy, 5 stratified folds, {n_seeds} seeds")
    print("(differences: mean [smallest, largest] over seeds)")
    print(f"{'':24}{'all individuals':>12}{'difference':>28}{smallest + ' cut to 30':>20}{'difference':>28}")
    scores = {(n, c): [] for n in samplers for c in (False, True)}
    for seed in range(n_seeds):
        kept = np.random.default_rng(seed).permutation(np.flatnonzero(individuals.populations == smallest))[:30]
        few = np.sort(np.concatenate([kept, np.flatnonzero(individuals.populations != smallest)]))
        for cut, rows in ((False, np.arange(len(individuals))), (True, few)):
            X, y = individuals.genotypes[rows], individuals.populations[rows]
            cv = StratifiedKFold(5, shuffle=True, random_state=seed)
            for name, make in samplers.items():
                score = cross_val_score(classifier(make(seed)), X, y, cv=cv, scoring="balanced_accuracy")
                scores[name, cut].append(score.mean())
    for name in samplers:
        cells = []
        for cut, width in ((False, 12), (True, 20)):
            gains = np.subtract(scores[name, cut], scores["no resampling", cut])
            cell = f"{gains.mean():+.4f} [{gains.min():+.4f}, {gains.max():+.4f}]"
            cells.append(f"{np.mean(scores[name, cut]):{width}.4f}{cell:>28}")
        print(f"{name:24}" + "".join(cells))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--splits", type=int, default=3, help="seeds of the 70/30 split")
    parser.add_argument("--fill-seeds", type=int, default=5)
    parser.add_argument(
        "--networks",
        nargs="*",
        choices=NETWORKS,
        default=["GenotypeGAN", "untrained GAN", "PG-cGAN, 3 epochs"],
        help="networks to train",
    )
    parser.add_argument("--keep", type=Path, help="folder that keeps the trainings")
    parser.add_argument("--threads", type=int, default=1, help="torch threads")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    versions = f"Python {platform.python_version()}, NumPy {np.__version__}, torch {torch.__version__}"
    print(f"{versions}, {platform.machine()}, {options.threads} torch threads")
    individuals = read_people(options.data)
    if "fidelity" in options.parts:
        networks = {name: NETWORKS[name] for name in options.networks}
        if options.keep is not None:
            options.keep.mkdir(parents=True, exist_ok=True)
        bench_fidelity(individuals, options.splits, GENERATORS | networks, options.keep)
    if "copies" in options.parts:
        bench_copies(individuals)
    if "speed" in options.parts:
        if (options.data / "genotypes" / VCF).is_file():
            bench_reading(options.data)
        bench_speed(individuals)
        if options.networks:
            bench_epochs(individuals)
    if "fill" in options.parts:
        bench_fill(individuals, options.fill_seeds)


if __name__ == "__main__":
    main()
