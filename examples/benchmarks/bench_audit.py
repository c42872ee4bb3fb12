"""The leakage audit: planted leaks found, false alarms on unrelated sequences, time, and real promoters and plastomes.

``--parts blast`` compares the search for homologs with BLAST (Debian's ncbi-blast+; left out where it is not
installed), with the same size of the database on both sides; ``--parts size`` prints time and memory of large audits.

All other parts are about shared k-mers alone (``homologs=False``). Every share is printed twice: as it is by default,
where repeats of low complexity are not leaks by themselves, and with ``mask_low_complexity=False``, where all counts.

Run ``python examples/benchmarks/bench_audit.py [--data FOLDER]``. The real files are looked for in ``../shared/data``
beside the repository; without them that part is left out.
"""

import argparse
import io
import platform
import resource
import shutil
import subprocess
import tempfile
import time
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.model_selection import GroupKFold, KFold

from seqaug_sklearn import WindowAugmenter
from seqaug_sklearn.datasets import protein_sequences, read_genbank, upstream_regions
from seqaug_sklearn.encoding import reverse_complement
from seqaug_sklearn.exceptions import LeakageWarning
from seqaug_sklearn.model_selection import LeakageGuard, SimilarityGroupKFold, WindowBlockKFold, audit_leakage

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
LENGTH = 300
COMPOSITIONS = {"even composition": (0.25, 0.25, 0.25, 0.25), "70 % A and T": (0.35, 0.15, 0.15, 0.35)}
AMINO = "ACDEFGHIKLMNPQRSTVWY"
# amino acids of Swiss-Prot, in the order of AMINO
AMINO_SHARES = (8.3, 1.4, 5.5, 6.7, 3.9, 7.1, 2.3, 6.0, 5.8, 9.7, 2.4, 4.1, 4.7, 3.9, 5.5, 6.6, 5.3, 6.9, 1.1, 2.9)
MAX_EVALUE = 1e-3
PLASTOMES = {"A. thaliana": "NC_000932.1", "C. vulgaris": "NC_001865.1", "C. reinhardtii": "NC_005353.1"}


class Planter:
    """Makes leaking rows of given sequences."""

    def __init__(self, rng, weights):
        self.rng, self.weights = rng, weights

    def sequences(self, n, length=LENGTH):
        return ["".join(row) for row in self.rng.choice(list("ACGT"), (n, length), p=self.weights)]

    def copy(self, text):
        return text

    def shift(self, text):
        """By 1 to 20 residues, to either side."""
        by = int(self.rng.integers(1, 21))
        new = self.sequences(1, by)[0]
        return text[by:] + new if self.rng.random() < 0.5 else new + text[:-by]

    def other_strand(self, text):
        return reverse_complement([text])[0]

    def overlap(self, text):
        """40 residues, at the ends of both."""
        return self.sequences(1, LENGTH - 40)[0] + text[:40]

    def homolog(self, text, share=0.1):
        """Each residue replaced with this probability."""
        letters = np.array(list(text))
        hit = self.rng.random(len(text)) < share
        shifted = (np.searchsorted(list("ACGT"), letters[hit]) + self.rng.integers(1, 4, hit.sum())) % 4
        letters[hit] = np.array(list("ACGT"))[shifted]
        return "".join(letters)

    def homolog_other_strand(self, text):
        return self.other_strand(self.homolog(text))


def timed(call):
    begin = time.perf_counter()
    result = call()
    return result, time.perf_counter() - begin


def bench_planted(n_samples, seed):
    kinds = ("copy", "shift", "other_strand", "overlap", "homolog", "homolog_other_strand")
    for name, weights in COMPOSITIONS.items():
        planter = Planter(np.random.default_rng(seed), weights)
        train = planter.sequences(n_samples)
        print(f"\n{n_samples:,} training and {n_samples:,} test rows of {LENGTH} nt, {name}")
        print(f"{'planted':28}{'found':>10}{'everything counts':>19}{'right parent':>14}{'seconds, both ways':>20}")
        tests = {kind.replace("_", " "): [getattr(planter, kind)(text) for text in train] for kind in kinds}
        tests["unrelated: false alarms"] = planter.sequences(n_samples)
        for kind, test in tests.items():
            report, seconds = timed(lambda train=train, test=test: audit_leakage(train, test, homologs=False))
            every, other = timed(
                lambda train=train, test=test: audit_leakage(train, test, mask_low_complexity=False, homologs=False)
            )
            right = f"{(report.nearest == np.arange(n_samples)).mean():14.2%}" if "unrelated" not in kind else " " * 14
            print(f"{kind:28}{report.leaked.mean():10.2%}{every.leaked.mean():19.2%}{right}{seconds:14.1f}{other:6.1f}")
        print(f"a run of {report.min_run} residues is a leak")


def bench_repeats(seed, n_samples=200):
    """Unrelated rows that all hold the same microsatellite, and copies of it alone."""
    print(f"\n{n_samples} training and {n_samples} test rows of 240 random nt and the same 60 nt of a repeat")
    print(f"{'repeat':10}{'unrelated: leak':>17}{'everything counts':>19}{'rows of it alone':>18}")
    for unit in ("A", "AT", "CA", "GAA", "AATG", "AAAAT", "AACCCT"):
        planter, repeat = Planter(np.random.default_rng(seed), COMPOSITIONS["even composition"]), (60 * unit)[:60]
        cuts = planter.rng.integers(0, 240, 2 * n_samples)
        rows = [
            text[:cut] + repeat + text[cut:]
            for text, cut in zip(planter.sequences(2 * n_samples, 240), cuts, strict=True)
        ]
        shares = [
            audit_leakage(rows[:n_samples], rows[n_samples:], mask_low_complexity=masks, homologs=False).leaked_share
            for masks in (True, False)
        ]
        alone = audit_leakage([*rows[:n_samples], 3 * repeat], [3 * repeat, (3 * repeat)[7:]]).leaked_share
        print(f"{unit:10}{shares[0]:17.1%}{shares[1]:19.1%}{alone:18.0%}")


def bench_identity(seed, n_samples=1_000, n_draws=1_000_000):
    """How far the audit's eyes reach, and how rarely a homolog holds too few k-mers."""
    planter = Planter(np.random.default_rng(seed), COMPOSITIONS["even composition"])
    train = planter.sequences(n_samples)
    found = {}
    for percent in (95, 90, 85, 80, 75, 70):
        test = [planter.homolog(text, 1 - percent / 100) for text in train]
        found[percent] = audit_leakage(train, test, homologs=False).leaked_share
    told = ", ".join(f"{percent} %: {share:.1%}" for percent, share in found.items())
    print(f"\nhomologs of {LENGTH} nt found, by identity: {told}")
    n_short, total = 0, 0
    for _ in range(n_draws // 10_000):
        hits = np.cumsum(np.pad(planter.rng.random((10_000, LENGTH)) < 0.1, ((0, 0), (1, 0))), axis=1)
        kept = (hits[:, 12:] == hits[:, :-12]).sum(axis=1)
        n_short, total = n_short + int((kept < 12).sum()), total + int(kept.sum())
    print(
        f"at 90 % identity {total / n_draws:.0f} of {LENGTH - 11} 12-mers are kept on average, fewer than 12 by "
        f"{n_short} of {n_draws:,} homologs"
    )


def bench_windows(n_parents, seed):
    rng = np.random.default_rng(seed)
    windows = WindowAugmenter(40).fit_transform(["".join(row) for row in rng.choice(list("ACGT"), (n_parents, LENGTH))])
    rows = rng.permutation(windows.ravel())
    cut = 9 * len(rows) // 20
    report, seconds = timed(lambda: audit_leakage(rows[cut:], rows[:cut], homologs=False))
    print(
        f"\nrandom split of 40-nt windows: {len(rows) - cut:,} training, {cut:,} test rows, {report.leaked.mean():.2%} "
        f"leak, {seconds:.1f} s"
    )


def guarded(cv, X, y=None, groups=None, **options):
    """Reports of all splits."""
    guard = LeakageGuard(cv, on_leak="warn", homologs=False, **options)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LeakageWarning)
        list(guard.split(X, y, groups))
    return guard.reports_


def leaked(reports, every=None):
    """Share of leaked rows, how many of each kind, and the share where everything counts."""
    kinds = pd.Series(np.concatenate([report.kind for report in reports])).value_counts()
    share = np.concatenate([report.leaked for report in reports]).mean()
    told = ", ".join(f"{count:,} {kind}" for kind, count in kinds.drop("none", errors="ignore").items())
    with_all = "" if every is None else f"; {np.concatenate([r.leaked for r in every]).mean():.1%} if everything counts"
    return f"{share:6.1%} of {kinds.sum():,} rows leak ({told or 'none'}{with_all})"


def kept_together(fold, orthogroups):
    """Orthogroups of several rows, and the share of them in one fold."""
    folds = pd.Series(fold).groupby(np.asarray(orthogroups)).agg(["size", "nunique"])
    folds = folds[folds["size"] > 1]
    return len(folds), (folds["nunique"] == 1).mean()


def folds_of(cv, X, y):
    fold = np.empty(len(X), int)
    for number, (_, test) in enumerate(cv.split(X, y)):
        fold[test] = number
    return fold


def bench_promoters(folder):
    table = pd.read_csv(folder / "promoters" / "promoters.csv.gz", index_col="gene_id")
    X, y = table["sequence"], table["label"]
    print(f"\nPromoters: {len(table):,} of four crucifers, 600 nt, {table['orthogroup'].nunique():,} orthogroups")
    print("Orthogroups of several rows that stay in one fold (five folds):")
    splits = {"random": KFold(5, shuffle=True, random_state=0)}
    splits |= {f"similarity {t}": SimilarityGroupKFold(5, threshold=t) for t in (0.2, 0.1, 0.06, 0.04, 0.03)}
    for name, cv in splits.items():
        fold = folds_of(cv, X, y)
        told = []
        for pair in (("aly", "cru"), ("aly", "chi"), ("chi", "cru")):
            rows = table["species"].isin(pair).to_numpy()
            n_groups, share = kept_together(fold[rows], table["orthogroup"][rows])
            told.append(f"{'-'.join(pair)} {share:6.1%} of {n_groups}")
        print(f"  {name:18}" + "   ".join(told))
    print("Audit:")
    for name, cv, groups in (
        ("random split", splits["random"], None),
        ("split by orthogroup", GroupKFold(5), table["orthogroup"]),
        ("split by similarity 0.04", splits["similarity 0.04"], None),
    ):
        reports, every = (guarded(cv, X, y, groups, mask_low_complexity=masks) for masks in (True, False))
        print(f"  {name:34}{leaked(reports, every)}")
        if groups is None:
            print(f"  {'':34}{of_one_group(every, reports, table['orthogroup'])}")
    train, test = next(splits["random"].split(X))
    backwards = [text[::-1] for text in X.iloc[test]]
    reports = [
        audit_leakage(X.iloc[train], backwards, mask_low_complexity=masks, homologs=False) for masks in (True, False)
    ]
    print(f"  {'background: test rows backwards':34}{leaked(reports[:1], reports[1:])}")
    bench_real_leaks(X.iloc[train[:800]].str.replace("N", "A").tolist())


def of_one_group(every, masked, groups):
    """Of the rows that only low complexity links to training rows: how many are linked within their orthogroup."""
    pairs = [
        groups[report.test_names[row]] == groups[report.train_names[report.nearest[row]]]
        for report, other in zip(every, masked, strict=True)
        for row in np.flatnonzero(report.leaked & ~other.leaked)
    ]
    return f"of {len(pairs)} rows not counted {sum(pairs)} share with a row of their own orthogroup"


def bench_real_leaks(train):
    """Leaks planted in real sequence, which is repetitive: what the mask costs."""
    planter = Planter(np.random.default_rng(0), COMPOSITIONS["70 % A and T"])
    print(f"Planted in real promoters, one test row for each of {len(train)} training rows:")
    tests = {
        kind.replace("_", " "): [getattr(planter, kind)(text) for text in train]
        for kind in ("copy", "shift", "other_strand", "homolog")
    }
    for length in (30, 40, 60, 100):
        tests[f"overlap of {length}"] = [planter.sequences(1, 600 - length)[0] + text[:length] for text in train]
    for kind, test in tests.items():
        reports = [audit_leakage(train, test, mask_low_complexity=masks, homologs=False) for masks in (True, False)]
        print(
            f"  {kind:34}{reports[0].leaked_share:6.1%} found, {reports[0].low_complexity_share:.1%} called low "
            f"complexity, {reports[1].leaked_share:.1%} found if everything counts"
        )


def bench_plastomes(folder):
    print("\nPlastomes: 300 nt upstream of each gene, windows of 40, five blocks; audit of WindowBlockKFold")
    for name, accession in PLASTOMES.items():
        regions = upstream_regions(read_genbank(folder / "plastomes" / f"{accession}.gb"))["sequence"]
        windows = WindowAugmenter(40).fit(regions).explode(regions)
        for shared in (None, 20, 15):
            cv = WindowBlockKFold(5, window=40, shared=shared, on_empty="skip")
            reports, every = (
                guarded(cv, windows.windows, groups=windows.positions, mask_low_complexity=masks)
                for masks in (True, False)
            )
            print(f"  {name:16}shared={shared!s:6}{leaked(reports, every)}")


class Family:
    """Makes homologs whose residues change at different speeds, with an insertion or deletion in every hundred."""

    def __init__(self, rng, alphabet):
        self.rng, self.alphabet = rng, alphabet
        self.letters = AMINO if alphabet == "protein" else "ACGT"
        self.shares = np.array(AMINO_SHARES if alphabet == "protein" else [1.0] * 4)
        self.shares /= self.shares.sum()
        n = len(self.letters)
        # what a residue is replaced by: BLOSUM62's odds, without itself
        odds = np.exp(0.3176 * self._blosum()) if alphabet == "protein" else np.ones((n, n))
        odds = odds * self.shares * ~np.eye(n, dtype=bool)
        self.replacing = odds / odds.sum(axis=1, keepdims=True)

    def _blosum(self):
        from Bio.Align import substitution_matrices

        table = substitution_matrices.load("BLOSUM62")
        return np.array([[table[a, b] for b in AMINO] for a in AMINO])

    def sequences(self, n, length):
        return ["".join(row) for row in self.rng.choice(list(self.letters), (n, length), p=self.shares)]

    def homolog(self, text, identity):
        speeds = self.rng.gamma(2.0, 0.5, len(text))
        # the time after which as many residues are left as they were
        low, high = 0.0, 50.0
        while high - low > 1e-6:
            middle = (low + high) / 2
            low, high = (middle, high) if np.exp(-middle * speeds).mean() > identity else (low, middle)
        stays = self.rng.random(len(text)) < np.exp(-low * speeds)
        new = []
        for letter, same, chance in zip(text, stays, self.rng.random(len(text)), strict=True):
            if chance < 0.005:
                continue
            if chance < 0.01:
                new += self.rng.choice(list(self.letters), self.rng.integers(1, 4)).tolist()
            row = self.replacing[self.letters.index(letter)]
            new.append(letter if same else self.rng.choice(list(self.letters), p=row))
        return "".join(new)

    def replaced(self, text, identity):
        """Less friendly: any residue may change, and into any other, as common as that is, alike or not."""
        new = list(text)
        for place in self.rng.permutation(len(text))[: round(len(text) * (1 - identity))]:
            others = self.shares * (np.array(list(self.letters)) != text[place])
            new[place] = self.rng.choice(list(self.letters), p=others / others.sum())
        return "".join(new)


def blast(train, test, alphabet, least=0.5):
    """Rows that BLAST finds over at least this share of their length."""
    program = ["blastp"] if alphabet == "protein" else ["blastn", "-task", "blastn"]
    size = str(sum(map(len, train)))
    with tempfile.TemporaryDirectory() as folder:
        for name, rows in (("train", train), ("test", test)):
            text = "".join(f">{i}\n{row}\n" for i, row in enumerate(rows))
            Path(folder, name).write_text(text)
        files = ["-query", Path(folder, "test"), "-subject", Path(folder, "train")]
        options = ["-dbsize", size, "-evalue", str(MAX_EVALUE), "-outfmt", "6 qseqid qstart qend"]
        run = [*program, *files, *options, "-max_target_seqs", "100000"]
        printed = subprocess.run(run, capture_output=True, text=True, check=True).stdout
    hits = pd.read_csv(io.StringIO(printed), sep="\t", names=["row", "start", "end"])
    lengths = np.array(list(map(len, test)))[hits["row"].to_numpy(int)]
    return np.unique(hits["row"][(hits["end"] - hits["start"] + 1).to_numpy() >= least * lengths])


def against_blast(name, train, test, alphabet, rng):
    report = audit_leakage(train, test, alphabet=alphabet, homologs=True, max_evalue=MAX_EVALUE)
    alone = audit_leakage(train, test, alphabet=alphabet, homologs=False)
    expected = blast(train, test, alphabet)
    shuffled = ["".join(rng.permutation(list(text))) for text in test]
    false = audit_leakage(train, shuffled, alphabet=alphabet, homologs=True, max_evalue=MAX_EVALUE).leaked_share
    found, before = (r.leaked[expected].mean() if len(expected) else np.nan for r in (report, alone))
    print(
        f"{name:34}{len(test):6}{len(expected):7}{found:9.1%}{before:14.1%}{report.leaked.sum():10}{false:10.2%}"
        f"{len(blast(train, shuffled, alphabet)) / len(test):10.2%}"
    )


def bench_blast(n_samples, folder, seed):
    if shutil.which("blastn") is None or shutil.which("blastp") is None:
        print("\nBLAST is not installed (apt-get install ncbi-blast+): the comparison with it is left out")
        return
    print(
        f"\nRows that BLAST finds at E < {MAX_EVALUE:g} over at least half of them, and what the audit finds of those"
    )
    print(f"{'':34}{'rows':>6}{'BLAST':>7}{'found':>9}{'k-mers alone':>14}{'in all':>10}{'shuffled':>10}{'BLAST':>10}")
    for alphabet, length, identities in (
        ("dna", 300, (60, 65, 70, 80, 90)),
        ("protein", 200, (30, 35, 40, 50, 70, 90)),
    ):
        family = Family(np.random.default_rng(seed), alphabet)
        train = family.sequences(n_samples, length)
        for percent in identities:
            test = [family.homolog(text, percent / 100) for text in train]
            against_blast(f"{alphabet}, {percent} % identical", train, test, alphabet, family.rng)
    bench_any_change(min(n_samples, 200), seed)
    if not folder.is_dir():
        return
    rng = np.random.default_rng(seed)
    table = pd.read_csv(folder / "promoters" / "promoters.csv.gz", index_col="gene_id")
    train, test = next(KFold(5, shuffle=True, random_state=seed).split(table))
    texts = table["sequence"].str.upper().to_numpy(object)
    against_blast("promoters, 600 nt", texts[train].tolist(), texts[test].tolist(), "dna", rng)
    backwards = [text[::-1] for text in texts[test]]
    reports = [audit_leakage(texts[train], backwards, homologs=aligns) for aligns in (True, False)]
    found = len(blast(texts[train], backwards, "dna", 0))
    print(
        f"promoters written backwards, {len(test)} rows: BLAST finds {found} at any length, the audit "
        f"{reports[0].leaked.sum()}, k-mers alone {reports[1].leaked.sum()}"
    )
    records = {name: read_genbank(folder / "plastomes" / f"{accession}.gb") for name, accession in PLASTOMES.items()}
    proteins = {name: protein_sequences(record, min_length=30)["sequence"].tolist() for name, record in records.items()}
    for one, other in (
        ("A. thaliana", "C. vulgaris"),
        ("A. thaliana", "C. reinhardtii"),
        ("C. reinhardtii", "C. vulgaris"),
    ):
        against_blast(f"proteins, {one}, {other}", proteins[one], proteins[other], "protein", rng)


def bench_any_change(n_samples, seed):
    """Homologs of several lengths that changed without regard to what residues are like, which shows less."""
    print(f"\nThe same where residues are replaced at random, {n_samples} rows of each length")
    for alphabet, lengths, identities in (
        ("protein", (60, 100, 150, 300), (30, 35, 40, 50)),
        ("dna", (60, 100, 200), (65, 70, 80, 90)),
    ):
        for length in lengths:
            family = Family(np.random.default_rng(seed), alphabet)
            train = family.sequences(n_samples, length)
            for percent in identities:
                test = [family.replaced(text, percent / 100) for text in train]
                against_blast(f"{alphabet} of {length}, {percent} % identical", train, test, alphabet, family.rng)


def bench_size(n_samples, seed):
    """Unrelated rows, which are what an audit spends its time on."""
    for alphabet, length in (("dna", 300), ("protein", 200)):
        family = Family(np.random.default_rng(seed), alphabet)
        train, test = family.sequences(n_samples, length), family.sequences(n_samples, length)
        begin = time.process_time()
        started = time.perf_counter()
        report = audit_leakage(train, test, alphabet=alphabet, homologs=True, show_progress=True)
        seconds = time.perf_counter() - started
        print(
            f"{n_samples:,} against {n_samples:,} rows of {length} ({alphabet}): {seconds:.0f} s, "
            f"{time.process_time() - begin:.0f} s of one core, peak memory so far "
            f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.2f} GiB, {report.leaked.sum()} false alarms"
        )


def bench_all_planted(options):
    bench_planted(options.samples, options.seed)
    bench_repeats(options.seed)
    bench_identity(options.seed)
    bench_windows(options.parents, options.seed)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--samples", type=int, default=2_000)
    parser.add_argument("--parents", type=int, default=200, help="parents of the 40-nt windows, 261 windows each")
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--parts", nargs="+", choices=("planted", "real", "blast", "size"), default=["planted", "real", "blast"]
    )
    parser.add_argument(
        "--homologs", type=int, default=1_000, help="homologs of each identity that BLAST is asked about"
    )
    parser.add_argument("--size", type=int, default=20_000, help="rows on either side of the large audits")
    options = parser.parse_args()
    print(f"Python {platform.python_version()}, NumPy {np.__version__}, {platform.machine()}")
    if "size" in options.parts:
        bench_size(options.size, options.seed)
    if "planted" in options.parts:
        bench_all_planted(options)
    if "blast" in options.parts:
        bench_blast(options.homologs, options.data, options.seed)
    if "real" not in options.parts:
        return
    print(f"peak memory so far {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.2f} GB")
    if not options.data.is_dir():
        print("\nThe real files are not there: promoters and plastomes are left out (--data FOLDER)")
        return
    bench_promoters(options.data)
    bench_plastomes(options.data)


if __name__ == "__main__":
    main()
