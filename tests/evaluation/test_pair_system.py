"""The DNA-BERT pair system from text to confusion matrix, as one scikit-learn pipeline."""

import contextlib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import sklearn
from sklearn.model_selection import GridSearchCV, StratifiedKFold, cross_validate
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler

from seqaug_sklearn.classification import ResidualMLPClassifier
from seqaug_sklearn.datasets import make_pairs
from seqaug_sklearn.embedding import LanguageModelEmbedder, PairFeatures, kmer_vocabulary
from seqaug_sklearn.evaluation import compare, pair_report
from seqaug_sklearn.exceptions import LeakageWarning
from seqaug_sklearn.model_selection import ColdPairKFold
from seqaug_sklearn.utils import torch_seed_scope

SCORES = ["accuracy", "precision", "recall", "f1", "roc_auc", "average_precision"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A small DNABERT (k = 3) of random weights."""
    from transformers import BertConfig, BertModel

    folder = tmp_path_factory.mktemp("bert")
    sizes = {"hidden_size": 8, "intermediate_size": 8, "num_hidden_layers": 1, "num_attention_heads": 1}
    with torch_seed_scope(0):
        BertModel(BertConfig(vocab_size=69, **sizes)).save_pretrained(folder)
    Path(folder, "vocab.txt").write_text("\n".join(kmer_vocabulary(3)))
    return folder


@pytest.fixture
def system(folder, tmp_path):
    return make_pipeline(
        LanguageModelEmbedder(folder, kmer=3, device="cpu", cache_dir=tmp_path / "cache"),
        MinMaxScaler((-1, 1)),
        PairFeatures(),
        ResidualMLPClassifier(hidden_sizes=(8,), max_epochs=3, device="cpu", random_state=0),
    )


@pytest.fixture(params=["simulated orthologs", pytest.param("micro-RNA targets", marks=pytest.mark.realdata)])
def data(request, real_data):
    """Pairs as a table of text, labels, members."""
    if request.param == "simulated orthologs":
        found = make_pairs(60, 80, random_state=0)
        return found.pairs, found.y, found.members
    table = pd.read_csv(real_data / "pairs" / "mirna_target_pairs_balanced.csv.gz").sample(80, random_state=0)
    return table[["seq1", "seq2"]], table["label"], table[["seq1", "seq2"]]


# two epochs may leave a network with one answer for all rows of a fold
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.UndefinedMetricWarning")
def test_cross_validate_and_grid_search(system, data):
    pairs, y, members = data
    with sklearn.config_context(enable_metadata_routing=True):
        scores = cross_validate(
            system, pairs, y, cv=ColdPairKFold(3), scoring=SCORES, params={"groups": members}, return_estimator=True
        )
        search = GridSearchCV(
            system, {"residualmlpclassifier__dropout": [0.0, 0.5]}, cv=ColdPairKFold(2), scoring="roc_auc"
        ).fit(pairs, y, groups=members)
    for name in SCORES:
        assert ((scores[f"test_{name}"] >= 0) & (scores[f"test_{name}"] <= 1)).all()
    for fitted in scores["estimator"]:
        assert fitted[1].n_features_in_ == 16
        assert fitted[-1].n_features_in_ == 32
        assert fitted[-1].validation_split_.kind in ("both members", "first members", "second members")
    assert set(search.predict(pairs)) <= set(y)
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()


@pytest.mark.parametrize("unseen", [None, "one", "both"])
def test_compare_under_each_split(system, data, unseen):
    pairs, y, members = data
    cv = StratifiedKFold(2) if unseen is None else ColdPairKFold(2, unseen=unseen)
    leak = pytest.warns(LeakageWarning, match="training knows the first member of")
    expected = leak if unseen is None else contextlib.nullcontext()
    with expected:
        comparison = compare({"system": system}, pairs, y, cv=cv, groups=members.to_numpy(str), random_state=0)
    report = pair_report(comparison)
    tested = comparison.predictions("system")["row"]
    assert tested.is_unique
    assert report.filter(like="tives").loc["system"].sum() == len(tested)
    assert report.loc["system", ["accuracy", "auroc", "auprc"]].between(0, 1).all()
    assert comparison.predictions("system")["identifier"].tolist() == pairs.index[tested].tolist()


def test_the_split_of_pairs_holds_for_early_stopping_within_compare(system):
    """Groups of two columns reach the last step, and the splitter, without metadata routing."""
    found = make_pairs(60, 80, random_state=0)
    seen = []

    class Spy(ResidualMLPClassifier):
        __metadata_request__fit = {"groups": True}

        def fit(self, X, y, sample_weight=None, groups=None):
            seen.append(np.asarray(groups))
            return super().fit(X, y, sample_weight, groups)

    system.steps[-1] = ("network", Spy(hidden_sizes=(8,), max_epochs=1, device="cpu"))
    groups = found.members.to_numpy(str)
    compare({"system": system}, found.pairs, found.y, cv=ColdPairKFold(2), groups=groups, random_state=0)
    expected = [groups[train] for train, _ in ColdPairKFold(2).split(groups, groups=groups)]
    assert len(seen) == 2
    assert all(np.array_equal(got, want) for got, want in zip(seen, expected, strict=True))
