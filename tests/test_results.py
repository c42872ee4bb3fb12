"""Every result of the package has the same methods, and says something with each of them."""

import importlib
import inspect
import pkgutil
from html.parser import HTMLParser

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from sklearn.dummy import DummyClassifier
from sklearn.naive_bayes import BernoulliNB
from sklearn.pipeline import make_pipeline

import seqaug_sklearn
from seqaug_sklearn.alphabets import DNA
from seqaug_sklearn.augmentation import WindowAugmenter
from seqaug_sklearn.datasets import make_activity, make_genotypes, make_pairs, make_promoters, region_report
from seqaug_sklearn.encoding import OneHotEncoder
from seqaug_sklearn.evaluation import (
    FitPlan,
    WindowPaperReproduction,
    analyse_kmers,
    compare,
    compare_augmentations,
    compare_fixed_split,
    compare_genotype_generators,
    run_demo,
)
from seqaug_sklearn.inspection import Attributions, Explanation, Interactions, variant_effects
from seqaug_sklearn.model_selection import (
    audit_leakage,
    audit_shortcuts,
    find_contradictions,
    make_negatives,
    sanity_checks,
    score_beyond_shortcut,
)
from seqaug_sklearn.reporting import Result, Section, Shown
from seqaug_sklearn.similarity import cluster_sequences

PROMOTERS = make_promoters(24, length=80, n_families=12, random_state=0)
X, Y, GROUPS = PROMOTERS.sequences, PROMOTERS.y.to_numpy(), PROMOTERS.groups.to_numpy()


def bayes():
    return make_pipeline(OneHotEncoder(flatten=True), BernoulliNB())


def compared():
    models = {"bayes": bayes(), "commonest": DummyClassifier()}
    return compare(models, X, Y, cv=2, groups=GROUPS, reference="commonest", progress=False)


def augmented():
    return compare_augmentations(
        X, Y, models=["logistic"], window=30, n_splits=2, n_repeats=1, groups=GROUPS, quick=True
    )


def reproduced():
    sections = [Section("Scores", tables={"Scores": pd.DataFrame({"score": [0.5]})})]
    return WindowPaperReproduction({("A", "blocks"): compared()}, sections, ["At chance."], {"seed": 0})


def attributed():
    rng = np.random.default_rng(0)
    numbers, codes = (np.zeros(2), np.zeros(2), np.array([0.1, 0.2])), rng.integers(0, 4, (2, 6)).astype(np.uint8)
    return Attributions(
        rng.normal(size=(2, 6, 4)), codes, np.array([6, 6]), DNA, np.array(["a", "b"]), "mine", *numbers
    )


def interacting():
    values = np.zeros((1, 2, 2))
    values[0, [0, 1], [1, 0]] = 0.5
    return Interactions(values, None, "Shapley interaction", np.array([3, 9]), np.array([["A", "C"]]), np.array(["up"]))


def explained():
    hit = {"name": "a", "start": 1, "end": 5, "strand": "+", "score": 0.5, "motif": "M1", "q_value": 0.01}
    hits = pd.DataFrame([hit | {"sequence": "ACGT", "row": 0}])
    return Explanation(attributed(), hits, stability=0.9, n_members=2, thresholds={4: 0.3})


MAKERS = {
    "AugmentationComparison": augmented,
    "Attributions": attributed,
    "BeyondShortcut": lambda: score_beyond_shortcut(Y, np.linspace(0, 1, 24), np.tile([0.0, 1.0, 0.5], 8)),
    "Comparison": compared,
    "ContradictionReport": lambda: find_contradictions(["ACGTAC", "ACGTAC", "GGGTTT"], [0, 1, 1]),
    "Demo": lambda: run_demo(n_families=20, max_epochs=1, random_state=0),
    "Explanation": explained,
    "FitPlan": lambda: FitPlan(60.0, {"a": 2}, {"a": 1.0, "b": 90.0}, ["a"], ["b"]),
    "FixedSplitComparison": lambda: compare_fixed_split(X[:16], Y[:16], X[16:], Y[16:], models=["majority"], window=20),
    "GenotypeComparison": lambda: compare_genotype_generators(
        make_genotypes(30, 40, 2, random_state=0), random_state=0
    ),
    "GenotypeFidelity": lambda: MAKERS["GenotypeComparison"]().fidelity,
    "Interactions": interacting,
    "KmerAnalysis": lambda: analyse_kmers(X[:6], n_shuffles=0),
    "LeakageReport": lambda: audit_leakage(X[:12], X[10:]),
    "NegativeSet": lambda: make_negatives(X[:12], k=1, random_state=0),
    "RegionReport": lambda: region_report(
        pd.DataFrame({"sequence": ["AAACCC", "AACCCG"], "start": [0, 1], "end": [6, 7]}), window=5
    ),
    "SanityReport": lambda: sanity_checks(bayes(), X, Y, 2, groups=GROUPS, n_permutations=1),
    "SequenceClusters": lambda: cluster_sequences(X[:6], n_shuffles=0),
    "ShortcutReport": lambda: audit_shortcuts(X, Y, n_permutations=19),
    "VariantEffects": lambda: variant_effects(bayes().fit(X, Y), X[:1]),
    "WindowPaperReproduction": reproduced,
}
SETS = {
    "ActivitySet": lambda: make_activity(20, 80, n_families=4, random_state=0),
    "GenotypeSet": lambda: make_genotypes(30, 40, 2, random_state=0),
    "PairSet": lambda: make_pairs(20, 80, random_state=0),
    "PromoterSet": lambda: PROMOTERS,
    "WindowSet": lambda: WindowAugmenter(20, overlap=(5, 10)).explode(X[:3]),
}
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")


@pytest.fixture(scope="module")
def results():
    return {}


@pytest.fixture
def result(request, results, motif_set):
    if request.param == "MotifSet":
        return motif_set
    if request.param not in results:
        results[request.param] = MAKERS[request.param]()
    return results[request.param]


def public_classes():
    for info in pkgutil.iter_modules(seqaug_sklearn.__path__):
        module = importlib.import_module(f"seqaug_sklearn.{info.name}")
        for name in getattr(module, "__all__", ()):
            thing = getattr(module, name)
            if inspect.isclass(thing):
                yield name, thing


def test_whatever_says_something_is_a_result():
    told = {n for n, kind in public_classes() if hasattr(kind, "verdict") or hasattr(kind, "summary")}
    # estimators, which notebooks draw as scikit-learn does; their results are in `comparison_` and `results_`
    told -= {"Result", "SequenceModel", "AugmentationSearch"}
    assert told == {*MAKERS, "MotifSet"}
    assert all(issubclass(kind, Result) for name, kind in public_classes() if name in told)
    shown = {name for name, kind in public_classes() if issubclass(kind, Shown)} - {"Result", "Shown"}
    assert shown == told | set(SETS)


def is_whole(html):
    open_tags = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag, attrs):
            open_tags.append(tag)

        def handle_endtag(self, tag):
            assert open_tags.pop() == tag

    Reader().feed(html)
    return not open_tags


@pytest.mark.parametrize("result", [*MAKERS, "MotifSet"], indirect=True)
def test_a_result_speaks_the_one_language(result, tmp_path):
    verdict = result.verdict()
    assert verdict
    assert all(isinstance(sentence, str) and sentence for sentence in verdict)
    assert isinstance(result.summary(), str)
    assert verdict[0] in result.summary()
    assert isinstance(result.to_frame(), pd.DataFrame)
    assert all(isinstance(section, Section) for section in result.sections())
    assert len(repr(result)) <= 400
    assert "\n" not in repr(result)
    assert is_whole(result._repr_html_())
    if hasattr(result, "plot"):
        plt.close(result.plot().figure_)
    assert plt.get_fignums() == []


@pytest.mark.parametrize("result", ["Comparison", "LeakageReport", "MotifSet"], indirect=True)
@pytest.mark.parametrize("name", ["report", "page.html"])
def test_a_result_becomes_a_folder_or_a_file(result, name, tmp_path):
    page = result.to_html(tmp_path / name, title="Mine")
    assert page == tmp_path / ("page.html" if name == "page.html" else "report/report.html")
    assert "<title>Mine</title>" in page.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", SETS)
def test_a_set_of_data_is_shown_in_short(name):
    data = SETS[name]()
    assert repr(data).startswith(f"<{name}: ")
    assert len(repr(data)) <= 160
    assert is_whole(data._repr_html_())
    assert data._repr_html_().count("<tr") <= 12
