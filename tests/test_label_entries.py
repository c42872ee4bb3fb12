"""Every entry reads numbers as numbers, or says in one sentence that it takes classes; none takes a gap."""

import numpy as np
import pandas as pd
import pytest
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.model_selection import KFold
from typer.testing import CliRunner

from seqaug_sklearn.augmentation import (
    HaplotypeMosaic,
    OrthologAugmenter,
    RandomAugmentation,
    RandomMutation,
    WindowAugmenter,
)
from seqaug_sklearn.cli import app
from seqaug_sklearn.evaluation import compare, compare_augmentations, genotype_fidelity, pearson_of_codes
from seqaug_sklearn.model_selection import (
    ColdPairKFold,
    LeakageGuard,
    OptunaSearch,
    SimilarityGroupKFold,
    sanity_checks,
)
from seqaug_sklearn.plotting import LargeConfusionMatrixDisplay, PopulationPCADisplay

N = 20
RNG = np.random.default_rng(0)
NAMES = [f"s{i}" for i in range(N)]
X = pd.Series(["".join(row) for row in RNG.choice(list("ACGT"), (N, 200))], index=NAMES)
GENOTYPES = RNG.integers(0, 4, (N, 30)).astype(np.int8)
MEASURED = RNG.lognormal(size=N).round(3)
COUNTED = RNG.choice(5000, N, replace=False)
SPACE = {"constant": [0.0, 1.0]}
ORTHOLOGS = pd.DataFrame({"identifier": NAMES, "ortholog": NAMES, "sequence": X.to_numpy()})
EAST_WEST = ["east", "west"] * (N // 2)


def splits(cv):
    return lambda y: list(cv.split(X.tolist(), y))


CLASSES = {
    "OptunaSearch": lambda y: OptunaSearch(DummyClassifier(), {}, cv=KFold(2), n_trials=1).fit(X, y),
    "balanced windows": lambda y: WindowAugmenter(max_windows="balanced").fit(X, y),
    "balanced rows": lambda y: WindowAugmenter(max_windows="balanced").explode(X, y),
    "HaplotypeMosaic": lambda y: HaplotypeMosaic().fit(GENOTYPES, y),
    "genotype_fidelity": lambda y: genotype_fidelity(GENOTYPES, GENOTYPES, (GENOTYPES, y), (EAST_WEST,) * 2),
    "PopulationPCADisplay": lambda y: PopulationPCADisplay.from_genotypes((GENOTYPES, y)),
}
PREDICTIONS = {
    "pearson_of_codes": lambda y: pearson_of_codes(y, y),
    "LargeConfusionMatrixDisplay": lambda y: LargeConfusionMatrixDisplay.from_predictions(y, y),
}
# what judges and splits reads numbers as numbers
JUDGES = {
    "compare": lambda y: compare({"dummy": DummyClassifier()}, X, y, cv=2),
    "compare_augmentations": lambda y: compare_augmentations(X, y, models=["majority"], quick=True),
    "sanity_checks": lambda y: sanity_checks(DummyClassifier(), X, y, KFold(2), n_permutations=1, n_noise=1),
    "SimilarityGroupKFold": splits(SimilarityGroupKFold(2, threshold=0.5)),
}
# labels are handed on, or balanced where they are classes
ANYTHING = {
    "windows": lambda y: WindowAugmenter().explode(X, y),
    "RandomAugmentation": lambda y: RandomAugmentation([RandomMutation()]).fit_resample(X, y),
    "OrthologAugmenter": lambda y: OrthologAugmenter(ORTHOLOGS).fit_resample(X, y),
    "LeakageGuard": splits(LeakageGuard(KFold(2))),
    "ColdPairKFold": lambda y: list(ColdPairKFold(2, unseen="first").split(X, y, np.column_stack([NAMES, NAMES]))),
    "OptunaSearch of a regressor": lambda y: OptunaSearch(DummyRegressor(), SPACE, cv=KFold(2), n_trials=1).fit(
        GENOTYPES, y
    ),
}


@pytest.mark.parametrize("entry", [*CLASSES, *PREDICTIONS])
@pytest.mark.parametrize("written", [lambda y: y, lambda y: list(map(str, y))], ids=["numbers", "text"])
def test_a_measurement_is_refused(entry, written):
    with pytest.raises(ValueError, match=r"holds 20 different numbers \(.*looks like a measurement.*pandas\.qcut"):
        (CLASSES | PREDICTIONS)[entry](written(MEASURED))


@pytest.mark.parametrize("entry", CLASSES)
def test_whole_numbers_that_were_measured_are_refused(entry):
    with pytest.raises(ValueError, match=r"holds 20 different numbers \(.*looks like a measurement"):
        CLASSES[entry](COUNTED)


@pytest.mark.parametrize("entry", [*CLASSES, *JUDGES, *PREDICTIONS, *ANYTHING])
@pytest.mark.parametrize("missing", [None, np.nan, pd.NA, pd.NaT])
def test_a_missing_label_is_named(entry, missing):
    y = ["a", "b"] * (N // 2)
    y[13] = missing
    with pytest.raises(ValueError, match=r"y(_true)?( of .*)? is missing for row 13 \(1 of 20 rows\)"):
        (CLASSES | JUDGES | PREDICTIONS | ANYTHING)[entry](y)


@pytest.mark.parametrize("entry", ANYTHING)
def test_what_needs_no_classes_takes_numbers(entry):
    ANYTHING[entry](MEASURED)


@pytest.mark.parametrize("y", [MEASURED, list(map(str, MEASURED)), COUNTED], ids=["numbers", "text", "whole"])
def test_judges_take_numbers(y):
    with pytest.raises(ValueError, match=r"'dummy' is a classifier, but y is read as numbers: 20 .*pandas\.qcut"):
        JUDGES["compare"](y)
    assert compare({"dummy": DummyRegressor()}, X, y, cv=2).task == "number"
    assert JUDGES["compare_augmentations"](y).comparison.task == "number"
    assert len(JUDGES["SimilarityGroupKFold"](y)) == 2


@pytest.mark.parametrize("n_rows", [20, 40])
def test_the_command_line_names_the_column(n_rows, tmp_path):
    rng = np.random.default_rng(1)
    texts = ["".join(row) for row in rng.choice(list("ACGT"), (n_rows, 200))]
    rows = [
        f"s{i},{text},{value:.3f}"
        for i, (text, value) in enumerate(zip(texts, rng.lognormal(size=n_rows), strict=True))
    ]
    (tmp_path / "data.csv").write_text("\n".join(["name,sequence,activity", *rows]))
    arguments = ["compare", str(tmp_path / "data.csv"), "--label-column", "activity", "--quick", "--out"]
    result = CliRunner().invoke(app, [*arguments, str(tmp_path / "report")])
    assert result.exit_code == 0
    assert f"column 'activity' of data.csv is read as numbers: {n_rows} different values" in result.output
