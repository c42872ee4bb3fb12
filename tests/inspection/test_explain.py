import sys

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import MultinomialNB
from sklearn.pipeline import make_pipeline

from seqaug_sklearn.classification import MotifCNNClassifier
from seqaug_sklearn.datasets import make_promoters
from seqaug_sklearn.exceptions import DataFormatError, MissingDependencyError
from seqaug_sklearn.features import KmerCounts
from seqaug_sklearn.inspection import explain, read_jaspar

SITE, WIDTH = "GMCACGTGKCCM", 12
KNOWN = {"ABRE": SITE, "W-box": "TTTGACCAAT"}
DATA = make_promoters(
    200, 100, n_families=200, motifs={"ABRE": SITE}, n_orthologs=0, site_turnover=0, label_noise=0, random_state=0
)
TRAIN, TEST = slice(0, 150), slice(150, None)


class Average(ClassifierMixin, BaseEstimator):
    """What an average of classifiers has."""

    def __init__(self, temperatures=None):
        self.temperatures = temperatures

    def fit(self, members):
        self.estimators_, self.classes_ = list(members), members[0].classes_
        return self


def kmer_model(k=6, C=100):
    return make_pipeline(KmerCounts(k), LogisticRegression(C=C))


@pytest.fixture(scope="module")
def kmers():
    return kmer_model().fit(DATA.sequences[TRAIN], DATA.y[TRAIN])


@pytest.fixture(scope="module")
def network():
    model = MotifCNNClassifier(max_epochs=12, validation_fraction=None, device="cpu", random_state=0)
    return model.fit(DATA.sequences[TRAIN], DATA.y[TRAIN])


@pytest.fixture(scope="module")
def bayes():
    model = make_pipeline(CountVectorizer(analyzer="char", ngram_range=(6, 6)), MultinomialNB())
    return model.fit(DATA.sequences[TRAIN], DATA.y[TRAIN])


@pytest.fixture
def without_modisco(monkeypatch):
    """TF-MoDISco takes seconds, and is not what these tests are about."""
    monkeypatch.setitem(sys.modules, "modiscolite.tfmodisco", None)


@pytest.fixture(scope="module")
def sites():
    """Name -> (start, end) of the planted sites."""
    table = DATA.motifs[DATA.motifs["identifier"].isin(DATA.sequences.index[TEST])]
    return {name: [(start, start + WIDTH) for start in part["start"]] for name, part in table.groupby("identifier")}


def overlaps(one, other):
    return one[0] < other[1] and other[0] < one[1]


@pytest.mark.parametrize(("model", "least_recall"), [("kmers", 0.95), ("network", 0.45)])
@pytest.mark.usefixtures("without_modisco")
def test_peaks_and_hits_lie_in_planted_sites(request, monkeypatch, model, least_recall, sites):
    """The network pools over positions, so of several sites in a row it reads the strongest."""
    monkeypatch.setattr("seqaug_sklearn.inspection._hits._RESIDUES", 5000)
    X = DATA.sequences[TEST]
    found = explain(request.getfixturevalue(model), X, target=1, motifs=KNOWN)
    peaks = dict(zip(X.index, found.attributions.per_position().argmax(axis=1), strict=True))
    inside = [any(start <= peaks[name] < end for start, end in places) for name, places in sites.items()]
    assert np.mean(inside) >= 0.95
    hits = found.hits
    right = [any(overlaps(hit[1:], place) for place in sites.get(hit[0], [])) for hit in _places(hits)]
    assert np.mean(right) >= 0.9
    covered = [
        any(overlaps(hit[1:], place) for hit in _places(hits[hits["name"] == name]))
        for name, places in sites.items()
        for place in places
    ]
    assert np.mean(covered) >= least_recall
    assert (hits["motif"].dropna() == "ABRE").mean() > 0.9
    assert hits["motif"].notna().mean() > 0.5


def _spans(hits, row):
    return hits.loc[hits["row"] == row, ["start", "end"]].itertuples(index=False, name=None)


def _places(hits):
    return hits[["name", "start", "end"]].itertuples(index=False, name=None)


@pytest.mark.usefixtures("without_modisco")
def test_columns_of_hits(kmers):
    X = DATA.sequences[TEST]
    hits = explain(kmers, X, motifs=KNOWN).hits
    assert hits.columns.tolist() == ["name", "start", "end", "strand", "score", "motif", "q_value", "sequence", "row"]
    assert hits["score"].is_monotonic_decreasing
    for hit in hits.itertuples():
        assert X.loc[hit.name][hit.start : hit.end].upper() == hit.sequence
        assert X.index[hit.row] == hit.name
        assert (hit.strand in "+-") == (hit.motif is not None)


@pytest.mark.usefixtures("without_modisco")
def test_equal_seeds_give_equal_hits(kmers):
    X = list(DATA.sequences[TEST])[:12]
    one, other = (explain(kmers, X, motifs=KNOWN, random_state=3).hits for _ in range(2))
    pd.testing.assert_frame_equal(one, other)
    assert set(one["name"]) <= {str(number) for number in range(12)}


@pytest.mark.usefixtures("without_modisco")
def test_one_sequence_and_sequences_of_differing_length(kmers):
    X = DATA.sequences[TEST]
    responsive = X[(DATA.y[TEST] == 1).to_numpy()]
    alone = explain(kmers, responsive[:1], motifs=KNOWN)
    assert len(alone.attributions) == 1
    assert len(alone.hits) >= 1
    ragged = pd.Series([text[: 100 - 7 * i] for i, text in enumerate(responsive[:10])], [f"r{i}" for i in range(10)])
    found = explain(kmers, ragged, motifs=KNOWN)
    assert all(hit.end <= len(ragged[hit.name]) for hit in found.hits.itertuples())
    tiny = explain(kmers, ["ACG", "AC"], motifs=KNOWN)
    assert tiny.hits.empty
    assert tiny.verdict()[0].startswith("No hit in 2 sequences")


@pytest.mark.usefixtures("without_modisco")
def test_members_of_an_average_tell_the_stability(kmers, bayes):
    X = DATA.sequences[TEST][:10]
    other = kmer_model(5, 1).fit(DATA.sequences[TRAIN], DATA.y[TRAIN])
    found = explain(Average([1.0, 2.0]).fit([kmers, other]), X, motifs=KNOWN)
    assert found.n_members == 2
    own = [explain(model, X, motifs=KNOWN).attributions.per_position().ravel() for model in (kmers, other)]
    assert found.stability == pytest.approx(np.corrcoef(*own)[0, 1])
    assert f"correlate by {found.stability:.2f}" in found.summary()
    alone = explain(kmers, X, motifs=KNOWN)
    assert np.isnan(alone.stability)
    assert "because there is one model" in alone.summary()
    same = explain(Average().fit([kmers, kmers, kmers]), X, motifs=KNOWN)
    assert same.stability == pytest.approx(1)


@pytest.mark.usefixtures("without_modisco")
def test_mutagenesis_says_what_it_costs(bayes, monkeypatch):
    monkeypatch.setattr("seqaug_sklearn.inspection._hits._RESIDUES", 200)
    found = explain(bayes, DATA.sequences[TEST][:2], motifs=KNOWN)
    assert found.attributions.method == "mutagenesis"
    assert "Mutagenesis took 1,200 predictions, those for shuffled sequences included." in found.notes


@pytest.mark.usefixtures("without_modisco")
def test_many_classes_are_each_explained_for_what_they_are(monkeypatch):
    monkeypatch.setattr("seqaug_sklearn.inspection._hits._RESIDUES", 1000)
    y = np.array(["a", "b", "c"] * 50)
    model = kmer_model(3, 0.01).fit(DATA.sequences[TRAIN], y)
    found = explain(model, DATA.sequences[TEST], motifs=KNOWN)
    assert found.attributions.target.tolist() == model.predict(DATA.sequences[TEST]).tolist()
    assert "for the class predicted of each" in found.verdict()[0]
    assert any("say which one with target" in note for note in found.notes)


def test_without_extras_hits_are_found_and_what_is_missing_is_said(kmers, monkeypatch):
    for package in ("pyjaspar", "memelite", "modiscolite", "modiscolite.tfmodisco", "logomaker", "captum"):
        monkeypatch.setitem(sys.modules, package, None)
    found = explain(kmers, DATA.sequences[TEST])
    assert len(found.hits) > 10
    assert found.hits["motif"].isna().all()
    assert set(found.hits["strand"]) == {"."}
    assert found.motifs is None
    told = found.summary()
    assert "Hits have no names" in told
    assert "TF-MoDISco was not run" in told
    assert "pip install" in told
    with pytest.raises(MissingDependencyError, match="pyjaspar"):
        explain(kmers, DATA.sequences[TEST], motifs="jaspar_plants")


@pytest.mark.usefixtures("without_modisco")
def test_known_motifs_come_from_files_and_short_collections_are_marked(kmers, tmp_path):
    path = tmp_path / "known.jaspar"
    path.write_text(">M1 G-box\nA [0 9 0 0 0 0]\nC [9 0 9 0 0 0]\nG [0 0 0 9 0 9]\nT [0 0 0 0 9 0]\n")
    found = explain(kmers, DATA.sequences[TEST][:10], motifs=path)
    assert found.hits["motif"].dropna().unique().tolist() == ["M1 G-box"]
    assert "fewer than 25 known motifs, here 1" in found.summary()
    path.write_text("nothing")
    with pytest.raises(DataFormatError, match=r"known\.jaspar is not in MEME's text format"):
        explain(kmers, DATA.sequences[TEST][:10], motifs=path)


def test_proteins_have_no_names():
    rng = np.random.default_rng(0)
    X = ["".join(rng.choice(list("ACDEFGHIKLMNPQRSTVWY"), 40)) for _ in range(24)]
    X[::2] = [text[:10] + "WWHWW" + text[15:] for text in X[::2]]
    model = make_pipeline(KmerCounts(3, alphabet="protein"), LogisticRegression(C=100)).fit(X, [1, 0] * 12)
    found = explain(model, X, motifs=KNOWN)
    for row in range(0, 24, 2):
        assert any(overlaps((start, end), (10, 15)) for start, end in _spans(found.hits, row))
    assert "known motifs are of DNA" in found.summary()
    assert "it finds motifs of DNA and RNA" in found.summary()


def test_what_cannot_be_explained(kmers):
    with pytest.raises(ValueError, match="n_shown must be an int of at least 1"):
        explain(kmers, DATA.sequences[TEST], n_shown=0)
    bags = np.array([[text[:40], text[40:80]] for text in DATA.sequences[TEST][:3]])
    with pytest.raises(ValueError, match="X holds windows, and hits lie in whole sequences"):
        explain(kmers, bags, motifs=KNOWN)


@pytest.mark.slow
def test_motifs_are_found_and_named():
    data = make_promoters(
        350, 100, n_families=350, motifs={"ABRE": SITE}, n_orthologs=0, site_turnover=0, label_noise=0, random_state=1
    )
    model = kmer_model().fit(data.sequences[:200], data.y[:200])
    known = read_jaspar(group="plants")
    found = explain(model, data.sequences[200:], motifs=known)
    assert len(found.motifs) >= 1
    assert "CACGTG" in found.motifs[0].consensus.upper()
    assert len(found.matches) >= 1
