"""Which augmentation helps where: all models with and without each augmentation, on real and simulated data.

    python examples/benchmarks/bench_leaderboard.py [--sets guides ...] [--models kmers motif-cnn] [--arms none edits]
        [--jobs 1] [--quick] [--store leaderboard] [--page docs/user_guide/leaderboard.rst]
        [--data ../shared/data]

Every model is one of `make_model`, as it comes; what it tunes it tunes on inner folds of its training rows. Within a
set all share the folds, and a model with an augmentation is set against itself without, paired by group. Splits are
those that the question asks for: orthogroups, similarity, genes, genomes, members of pairs that were never seen.
Finished fits and rows are kept in ``--store``: a second run goes on from there, with other sets or models, and
``--page`` writes all rows that the store holds as a page of the guide.
"""

import argparse
import json
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.model_selection import LeaveOneGroupOut, StratifiedGroupKFold

from seqaug_sklearn.augmentation import RandomAugmentation, RandomDeletion, RandomInsertion, RandomMutation
from seqaug_sklearn.datasets import (
    make_activity,
    make_promoters,
    protein_sequences,
    read_genbank,
)
from seqaug_sklearn.evaluation import compare, make_model
from seqaug_sklearn.model_selection import ColdPairKFold, SimilarityGroupKFold
from seqaug_sklearn.similarity import KmerSimilarity, similarity_groups

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
MODELS = (
    "majority",
    "memoriser",
    "composition",
    "positional-kmers",
    "kmers",
    "logistic",
    "svm",
    "boosting",
    "average",
    "motif-cnn",
    "bag-cnn-bilstm",
    "promoter-cnn",
)
"""Cheap ones first, so that a run that is stopped has most of the table."""
NONE = "none"
ARMS = (NONE, "edits", "orthologs", "orthologs + edits", "windows")
FEWEST = 5
"""Groups below which an interval over groups says nothing, and none is given."""
SPACER = "NNNNN"
"""What stands between the members of a pair where a model of single sequences reads both."""


@dataclass
class DataSet:
    """One question: rows, groups, folds, and what may be made of them.

    Attributes
    ----------
    title, unit : str
        What it is, and what a test fold holds that training has not seen.
    options : dict
        For `make_model`: strand, window, edits, orthologs.
    arms : tuple of str
        Augmentations that make sense here.
    left_out : tuple of str
        Models that do not.
    """

    title: str
    unit: str
    X: pd.Series
    y: np.ndarray
    groups: np.ndarray
    cv: object
    metric: str
    options: dict = field(default_factory=dict)
    arms: tuple = ARMS
    left_out: tuple = ("average",)


def promoters(arguments, *, by_similarity=False):
    """*A. lyrata* promoters; orthologs from two other crucifers are for training rows only."""
    table = pd.read_csv(arguments.data / "promoters" / "promoters.csv.gz").set_index("gene_id")
    own = table[table["species"] == "aly"]
    other = table[table["species"].isin(["cru", "chi"])].reset_index(names="ortholog")
    genes = own.reset_index(names="identifier")[["identifier", "orthogroup"]]
    orthologs = genes.merge(other, on="orthogroup")[["identifier", "ortholog", "species", "sequence"]]
    if by_similarity:
        cv, unit = SimilarityGroupKFold(5, threshold=0.04, shuffle=True), "similar sequences"
    else:
        cv, unit = StratifiedGroupKFold(5, shuffle=True), "orthogroups"
    return DataSet(
        f"Promoters of A. lyrata, by {'similarity' if by_similarity else 'orthogroup'}",
        unit,
        own["sequence"].rename_axis("identifier"),
        own["label"].to_numpy(),
        own["orthogroup"].to_numpy(),
        cv,
        "auroc",
        {"orthologs": orthologs},
    )


def guides(arguments):
    """CRISPR guides: numbers, ranked within genes that were not seen. Only edits that move few positions make sense."""
    table = pd.read_csv(arguments.data / "crispr" / "guides.csv.gz", index_col="name")
    edits = [RandomMutation(0.03), RandomInsertion(0, 1), RandomDeletion(0, 1)]
    return DataSet(
        "CRISPR guides",
        "genes",
        table["sequence"],
        table["score"].to_numpy(),
        table["gene"].to_numpy(),
        LeaveOneGroupOut(),
        "spearman",
        {
            "strand": "single",
            "window": 20,
            "edits": RandomAugmentation(edits, max_per_sequence=1, exactly=False),
        },
        arms=(NONE, "edits", "windows"),
        left_out=(),
    )


def plastomes(arguments):
    """Which gene a protein of a chloroplast genome is that was not seen: an alga or a plant, far from the others."""
    found = []
    for path in sorted((arguments.data / "plastomes").glob("*.gb")):
        proteins = protein_sequences(read_genbank(path)).reset_index()
        proteins["gene"] = proteins[proteins.columns[0]].astype(str).str.lower().str.replace(r"\.\d+$", "", regex=True)
        found.append(proteins.drop_duplicates("gene")[["sequence", "gene"]].assign(genome=path.stem))
    table = pd.concat(found, ignore_index=True)
    counts = table["gene"].value_counts()
    # a class needs a training row whichever genome is left out
    table = table[table["gene"].isin(counts.index[counts == len(found)])].reset_index(drop=True)
    return DataSet(
        f"Proteins of {len(found)} plastomes",
        "genomes",
        table["sequence"].rename_axis("identifier"),
        table["gene"].to_numpy(str),
        table["genome"].to_numpy(),
        LeaveOneGroupOut(),
        "accuracy",
        {"alphabet": "protein", "window": 30},
        arms=(NONE, "edits", "windows"),
    )


def micro_rnas(arguments):
    """Does this microRNA bind this site? Relatives of neither member of a test pair were trained."""
    table = pd.read_csv(arguments.data / "pairs" / "mirna_target_pairs_balanced.csv.gz")
    table = table.sample(min(4000, len(table)), random_state=0).reset_index(drop=True)
    first = similarity_groups(table["seq1"], 0.3, similarity=KmerSimilarity(k=7, metric="containment"))
    second = similarity_groups(table["seq2"], 0.3)
    edits = RandomAugmentation([RandomMutation(0.03)])
    members = np.column_stack([first, second])
    return DataSet(
        "MicroRNAs and target sites, joined",
        "both members",
        (table["seq1"] + SPACER + table["seq2"]).rename_axis("identifier"),
        table["label"].to_numpy(),
        members,
        ColdPairKFold(5, unseen="both", shuffle=True, random_state=0),
        "auroc",
        {"strand": "single", "window": 20, "edits": edits},
        arms=(NONE, "edits"),
    )


def simulated_promoters(arguments):
    """Families whose members share a motif and its place; orthologs keep both."""
    data = make_promoters(400, length=200, n_families=130, n_orthologs=2, random_state=0)
    return DataSet(
        "Simulated promoters",
        "families",
        data.sequences,
        np.asarray(data.y),
        np.asarray(data.groups),
        StratifiedGroupKFold(5, shuffle=True),
        "auroc",
        {"orthologs": data.orthologs},
    )


def simulated_activity(arguments):
    """Numbers that motifs, their spacing and strand decide; orthologs have the value of their gene."""
    data = make_activity(800, n_families=200, n_orthologs=3, site_turnover=0.05, random_state=0)
    return DataSet(
        "Simulated activity",
        "families",
        data.sequences,
        np.asarray(data.y),
        np.asarray(data.groups),
        StratifiedGroupKFold(5, shuffle=True),
        "spearman",
        {"orthologs": data.orthologs},
        left_out=(),
    )


SETS: dict[str, Callable] = {
    "simulated-promoters": simulated_promoters,
    "plastomes": plastomes,
    "simulated-activity": simulated_activity,
    "guides": guides,
    "pairs": micro_rnas,
    "promoters": promoters,
    "promoters-by-similarity": lambda arguments: promoters(arguments, by_similarity=True),
}


def folds_of(data, seed):
    """The folds of a set, drawn once for all models."""
    cv = data.cv
    if "random_state" in cv.get_params() if hasattr(cv, "get_params") else hasattr(cv, "random_state"):
        cv.random_state = seed
    # numbers are stratified by their quartile
    strata = data.y if data.metric != "spearman" else pd.qcut(data.y, 4, labels=False, duplicates="drop")
    return list(cv.split(data.X, strata, data.groups))


def arm_models(data, key, arms, quick):
    """A model without augmentation and with each that it knows, by the name of the augmentation."""
    task = "number" if data.metric == "spearman" else "classes"
    found = {}
    for arm in arms:
        options = {"window": 40, **data.options, "task": task, "quick": quick, "random_state": 0}
        if arm in ("edits", NONE, "windows"):
            options.pop("orthologs", None)
        elif "orthologs" not in options:
            continue
        try:
            augmentation = None if arm == NONE else arm
            found[arm] = make_model(key, X=data.X, y=data.y, augmentation=augmentation, **options)
        except ValueError as error:  # a lookup has no augmented form, a pooled network nothing but windows
            print(f"    {key} + {arm}: {str(error).splitlines()[0][:110]}", flush=True)
    return found


def run_model(name, data, key, arms, arguments):
    """Rows of the leaderboard of one model on one set: score, interval, difference from itself without, cost."""
    models = arm_models(data, key, arms, arguments.quick)
    if not models:
        return []
    rows = []
    names = {f"{key}, {arm}": model for arm, model in models.items()}
    plain = f"{key}, {NONE}"
    result = compare(
        names, data.X, data.y, cv=folds_of(data, 0), groups=data.groups, scoring=[data.metric], shortcuts=False,
        reference={other: plain for other in names if other != plain} or None if plain in names else None,
        task="number" if data.metric == "spearman" else "classes", return_train_score=False, n_jobs=arguments.jobs,
        store=arguments.store / "fits" / name, random_state=0,
    )  # fmt: skip
    scores = result.scores(data.metric)
    tests = result.tests(metric=data.metric) if len(names) > 1 else None
    few = min(len(set(part)) for part in np.atleast_2d(np.asarray(data.groups).T)) < FEWEST
    seconds = result.folds.groupby("estimator")["fit_seconds"].mean()
    for other in names:
        row = {"set": name, "title": data.title, "unseen": data.unit, "rows": len(data.X), "metric": data.metric}
        row |= {"model": key, "augmentation": other.removeprefix(f"{key}, "), "quick": arguments.quick}
        row |= {"mean": float(scores.loc[other, "mean"])}
        if few:
            rows.append(row | {"seconds": float(seconds[other])})
            continue
        row |= {part: float(scores.loc[other, part]) for part in ("low", "high")}
        row["seconds"] = float(seconds[other])
        if tests is not None and isinstance(tests.loc[other, "reference"], str):
            found = tests.loc[other]
            row |= {"difference": float(found["difference"])}
            row |= {f"difference_{end}": float(found[end]) for end in ("low", "high")}
        rows.append(row)
    return rows


class Rows:
    """Finished rows, one JSON object per line."""

    def __init__(self, path):
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self.rows = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def has(self, name, key, arms, quick):
        done = {
            row["augmentation"] for row in self.rows if (row["set"], row["model"], row["quick"]) == (name, key, quick)
        }
        return bool(done) and set(arms) <= done | self._never(name, key, quick)

    def _never(self, name, key, quick):
        return {
            arm
            for row in self.rows
            if (row["set"], row["model"], row["quick"]) == (name, key, quick)
            for arm in row["impossible"]
        }

    def add(self, rows):
        with self.path.open("a") as file:
            file.writelines(json.dumps(row) + "\n" for row in rows)
        self.rows += rows

    def table(self, *, quick):
        frame = pd.DataFrame([row for row in self.rows if row["quick"] == quick])
        return frame.drop_duplicates(["set", "model", "augmentation"], keep="last") if len(frame) else frame


def number(value, *, signed=False):
    """Without the zero in front of the point, as scores are printed."""
    return f"{value:{'+' if signed else ''}.3f}".replace("0.", ".", 1).replace("-", "−")


def scored(row):
    """The score, and its interval where there are groups enough for one."""
    if pd.isna(row.get("low", np.nan)):
        return number(row["mean"])
    return f"{number(row['mean'])} ({number(row['low'])} to {number(row['high'])})"


def told(row):
    """The difference from the same model without augmentation, and whether its interval leaves out zero."""
    if pd.isna(row.get("difference", np.nan)):
        return ""
    text = f"{number(row['difference'], signed=True)} ({number(row['difference_low'], signed=True)} to "
    text += f"{number(row['difference_high'], signed=True)})"
    if row["difference_low"] > 0:
        return text + ": helps"
    return text + (": harms" if row["difference_high"] < 0 else "")


def page(table, quick):
    """The page of the guide: a summary of each set in a line, then all rows."""
    lines = [
        "Leaderboard: which augmentation helps where",
        "===========================================",
        "",
        "Written by ``examples/benchmarks/bench_leaderboard.py``. Each model is one of",
        ":func:`~seqaug_sklearn.evaluation.make_model` as it comes, fitted on the same folds as all others of its",
        "table; what a test fold holds was not seen in training: the summary says what. Intervals are over groups, and",
        "hold for one seed of the splits; fewer than five groups have none. A difference is between a model with an",
        "augmentation and itself without, paired by group; of all differences on this page one in forty is expected to",
        'count as help, and one in forty as harm, by chance alone. "Seconds" is one fit on one core.',
        "",
    ]
    if quick:
        lines += [".. warning::", "   Written with ``--quick``: networks were trained for a few epochs only.", ""]
    lines += _grid(["Data", "Rows", "Unseen", "Metric", "Best without", "Best with augmentation"], _summary(table))
    for _, rows in table.groupby("set", sort=False):
        title = f"{rows['title'].iloc[0]}"
        lines += ["", title, "-" * len(title), ""]
        body = [
            [
                row["model"],
                row["augmentation"],
                scored(row),
                told(row),
                f"{row['seconds']:.1f}",
            ]
            for _, row in rows.sort_values("mean", ascending=False).iterrows()
        ]
        metric = rows["metric"].iloc[0]
        lines += _grid(["Model", "Augmentation", f"{metric} (95 % interval)", "Minus without", "Seconds"], body)
    return "\n".join(lines) + "\n"


def _summary(table):
    for _, rows in table.groupby("set", sort=False):
        first, cells = rows.iloc[0], []
        for part in (rows[rows["augmentation"] == NONE], rows[rows["augmentation"] != NONE]):
            if part.empty:
                cells.append("")
                continue
            best = part.loc[part["mean"].idxmax()]
            name = best["model"] if best["augmentation"] == NONE else f"{best['model']}, {best['augmentation']}"
            cells.append(f"{name} {number(best['mean'])}")
        yield [first["title"], f"{first['rows']:,}", first["unseen"], first["metric"], *cells]


def _grid(head, rows):
    """A list-table of reStructuredText."""
    lines = [".. list-table::", "   :header-rows: 1", ""]
    for row in [head, *rows]:
        lines += [f"   {'* -' if not place else '  -'} {cell}".rstrip() for place, cell in enumerate(row)]
    return lines


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sets", nargs="+", default=list(SETS), choices=list(SETS))
    parser.add_argument("--models", nargs="+", default=list(MODELS))
    parser.add_argument("--arms", nargs="+", default=list(ARMS), choices=list(ARMS))
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--quick", action="store_true", help="few epochs; for a first look")
    parser.add_argument("--store", type=Path, default=Path("leaderboard"))
    parser.add_argument("--page", type=Path, help="write what the store holds as a page of the guide")
    parser.add_argument("--data", type=Path, default=DATA)
    arguments = parser.parse_args()
    warnings.filterwarnings("ignore")
    rows = Rows(arguments.store / "rows.jsonl")
    # a model on all sets before the next one: what is cheap comes first
    sets = {}
    for key in arguments.models:
        for name in arguments.sets:
            data = sets[name] = sets.get(name) or SETS[name](arguments)
            arms = [arm for arm in arguments.arms if arm in data.arms]
            if key in data.left_out or rows.has(name, key, arms, arguments.quick):
                continue
            started = time.monotonic()
            found = run_model(name, data, key, arms, arguments)
            impossible = sorted(set(arms) - {row["augmentation"] for row in found})
            rows.add([row | {"impossible": impossible} for row in found])
            for row in found:
                print(f"{name:24} {key:18} {row['augmentation']:18} {scored(row)}  {told(row)}", flush=True)
            print(f"    {time.monotonic() - started:.0f} s", flush=True)
    if arguments.page:
        table = rows.table(quick=arguments.quick)
        order = {name: place for place, name in enumerate(SETS)}
        table = table.sort_values("set", key=lambda names: names.map(order), kind="stable")
        arguments.page.write_text(page(table, arguments.quick))
        print(f"{arguments.page}: {len(table)} rows of {table['set'].nunique()} sets")


if __name__ == "__main__":
    main()
