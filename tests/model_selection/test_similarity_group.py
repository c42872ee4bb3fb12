import pickle
import re
import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.model_selection import GridSearchCV, cross_validate
from sklearn.naive_bayes import MultinomialNB
from sklearn.pipeline import make_pipeline

from seqaug_sklearn.exceptions import InvalidParameterError
from seqaug_sklearn.model_selection import SimilarityGroupKFold, audit_leakage
from seqaug_sklearn.similarity import KmerSimilarity, similarity_groups


@pytest.fixture
def families(random_dna, mutate, rng):
    """Fifteen families of one to four homologs in random order: X, y and the family."""
    sizes = np.array([4, 4, 3, 3, 3, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1])
    family = rng.permutation(np.repeat(np.arange(15), sizes))
    parents = random_dna(15, 200)
    X = np.array([mutate(parents[i], 0.03) for i in family])
    return X, np.array(["on", "off"])[family % 2], family


@pytest.mark.parametrize("stratified", [True, False])
@pytest.mark.parametrize("shuffle", [True, False])
def test_similar_sequences_stay_together(families, stratified, shuffle):
    X, y, family = families
    cv = SimilarityGroupKFold(4, threshold=0.1, stratified=stratified, shuffle=shuffle, random_state=0)
    tested = np.zeros(len(X), int)
    for train, test in cv.split(X, y):
        tested[test] += 1
        assert not set(family[train]) & set(family[test])
        assert not audit_leakage(X[train], X[test]).leaked.any()
        if stratified:
            assert set(y[test]) <= set(y[train])
    assert (tested == 1).all()
    assert cv.groups_.tolist() == similarity_groups(X, 0.1).tolist()
    assert len(np.unique(cv.groups_)) == 15


def test_relatives_on_the_other_strand_stay_together(random_dna, mutate, reverse_complement, rng):
    family = rng.permutation(np.repeat(np.arange(8), 2))
    parents = random_dna(8, 200)
    X = np.array([mutate(parents[i], 0.03) for i in family])
    _, first = np.unique(family, return_index=True)
    X[first] = [reverse_complement(text) for text in X[first]]
    cv = SimilarityGroupKFold(4, threshold=0.1, stratified=False)
    for train, test in cv.split(X):
        assert not set(family[train]) & set(family[test])
        assert not audit_leakage(X[train], X[test]).leaked.any()
    assert len(np.unique(cv.groups_)) == 8


def test_no_similarity_at_the_threshold_crosses_a_fold(random_dna, mutate, rng):
    """Against the matrix itself, with a measure of one's own and a chain of relatives."""
    chain = random_dna(1, 150)
    for _ in range(8):
        chain.append(mutate(chain[-1], 0.06))
    X = np.array(chain + random_dna(20, 150))
    measure = KmerSimilarity(k=6, metric="jaccard")
    scores = measure.fit_transform(X)
    cv = SimilarityGroupKFold(3, threshold=0.4, similarity=measure, stratified=False)
    for train, test in cv.split(X):
        assert (scores[np.ix_(train, test)] < 0.4).all()
    assert not hasattr(cv.similarity, "incidence_") or measure is cv.similarity


def test_classes_are_balanced(families):
    X, y, _ = families
    shares = [(y[test] == "on").mean() for _, test in SimilarityGroupKFold(3, threshold=0.1).split(X, y)]
    assert max(abs(share - (y == "on").mean()) for share in shares) < 0.25


def test_own_groups_stay_together_too(families):
    X, _, family = families
    own = np.where(family < 3, 99, np.arange(len(X)) + 100)
    cv = SimilarityGroupKFold(4, threshold=0.1, stratified=False)
    for train, test in cv.split(X, groups=own):
        assert not set(own[train]) & set(own[test])
        assert not set(family[train]) & set(family[test])
    assert len(np.unique(cv.groups_)) == 13
    positions = np.column_stack([own, np.arange(len(X))])
    by_column = SimilarityGroupKFold(4, threshold=0.1, stratified=False)
    list(by_column.split(X, groups=pd.DataFrame(positions)))
    assert by_column.groups_.tolist() == cv.groups_.tolist()


def test_too_few_groups_says_what_threshold_would_work(random_dna, mutate):
    parent = random_dna(1, 300)[0]
    X = np.array([mutate(parent, share) for share in (0, 0.02, 0.04, 0.06, 0.08, 0.1)])
    match = r"n_splits=3 needs as many groups.*threshold=0\.01 makes 1, of 6 rows; the smallest threshold that would"
    with pytest.raises(ValueError, match=match) as caught:
        SimilarityGroupKFold(3, threshold=0.01, stratified=False).split(X)
    suggested = float(re.search(r"would work is ([\d.e-]+)$", str(caught.value)).group(1))
    assert len(list(SimilarityGroupKFold(3, threshold=suggested, stratified=False).split(X))) == 3
    with pytest.raises(ValueError, match="n_splits=3 needs"):
        SimilarityGroupKFold(3, threshold=suggested - 0.001, stratified=False).split(X)


def test_a_class_in_one_group_says_what_threshold_would_work(random_dna, mutate):
    a, b, c, d = random_dna(4, 300)
    X = np.array([a, mutate(a, 0.05), b, c, d, mutate(b, 0.05)])
    y = np.array(["rare", "rare", "usual", "usual", "usual", "usual"])
    match = r"all 2 rows of class rare are in one group.*hold 2, 2, 1, 1 rows at threshold=0\.1; the smallest"
    with pytest.raises(ValueError, match=match) as caught:
        SimilarityGroupKFold(2, threshold=0.1).split(X, y)
    suggested = float(re.search(r"would work is ([\d.e-]+)$", str(caught.value)).group(1))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        folds = list(SimilarityGroupKFold(2, threshold=suggested).split(X, y))
    assert all("rare" in y[train] and "rare" in y[test] for train, test in folds)


@pytest.mark.parametrize("metric", ["containment", "shared"])
def test_identical_rows_are_never_suggested_to_part(random_dna, metric):
    long, short = random_dna(1, 200)[0], random_dna(1, 60)[0]
    X = [long, long, short, short]
    measure = KmerSimilarity(k=8, metric=metric)
    with pytest.raises(ValueError, match=r"of 2, 2 rows; no threshold would work on these rows: use fewer splits, or"):
        SimilarityGroupKFold(3, threshold=0.5, similarity=measure, stratified=False).split(X)
    with pytest.raises(ValueError, match=r"no threshold would work.*stratified=False"):
        SimilarityGroupKFold(2, threshold=0.5, similarity=measure).split(X, ["a", "a", "b", "b"])


def test_a_single_sequence():
    with pytest.raises(ValueError, match="makes 1, of 1 rows; no threshold would work"):
        SimilarityGroupKFold(2, threshold=0.5, stratified=False).split(["ACGTACGTACGTACG"])


def test_proteins(rng):
    parents = ["".join(row) for row in rng.choice(list("ACDEFGHIKLMNPQRSTVWY"), (8, 100))]
    X = parents + ["M" + text[:-1] for text in parents]
    cv = SimilarityGroupKFold(4, threshold=0.3, alphabet="protein", stratified=False)
    for train, test in cv.split(X):
        assert not set(train % 8) & set(test % 8)
    assert cv.groups_.tolist() == [*range(8)] * 2


@pytest.mark.parametrize(
    ("parameters", "y", "match"),
    [
        ({"n_splits": 1}, None, "n_splits must be an int of at least 2, got 1"),
        ({"n_splits": 2.0}, None, "n_splits must be an int of at least 2, got 2.0"),
        ({"threshold": 0}, None, "threshold must be above 0"),
        ({"threshold": float("nan")}, None, "threshold must be above 0.*got nan"),
        ({"threshold": "high"}, None, "threshold must be above 0.*got 'high'"),
        ({"threshold": 5}, None, "threshold must be at most 1, the containment similarity of equal sequences, got 5"),
        (
            {"stratified": True},
            [0, np.nan, 1],
            r"stratified=True needs a target: y is missing for row 1 \(1 of 3 rows\)",
        ),
        (
            {"stratified": True},
            None,
            "stratified=True needs a target: y is missing: one label per row.*or pass stratified=False",
        ),
        (
            {"stratified": True},
            [0.5, 0.5, 0.5],
            r"stratified=True needs a target: y holds one value only \(0.5 in all rows\).*or pass stratified=False",
        ),
        ({"similarity": KmerSimilarity(k=4), "alphabet": "dna"}, None, "alphabet belongs to the default measure"),
        ({"similarity": KmerSimilarity(k=4000)}, None, "k=4000 asks for k-mers of 4000 residues"),
        ({"alphabet": "protein"}, None, None),
    ],
)
def test_bad_parameters(parameters, y, match, random_dna):
    cv = SimilarityGroupKFold(**{"n_splits": 2, "threshold": 0.5, "stratified": False} | parameters)
    if match is None:
        assert len(list(cv.split(random_dna(3, 40), y))) == 2
        return
    with pytest.raises(ValueError, match=match):
        cv.split(random_dna(3, 40), y)


def test_bad_groups(random_dna):
    with pytest.raises(ValueError, match=r"groups must have one entry per row of X: 3, got shape \(2,\)"):
        SimilarityGroupKFold(2, threshold=0.5, stratified=False).split(random_dna(3, 40), groups=[0, 1])


def test_in_scikit_learns_tools(families):
    X, y, _ = families
    model = make_pipeline(CountVectorizer(analyzer="char", ngram_range=(3, 3)), MultinomialNB())
    cv = SimilarityGroupKFold(3, threshold=0.1)
    assert cv.get_n_splits() == 3
    assert len(cross_validate(model, X, y, cv=cv)["test_score"]) == 3
    search = GridSearchCV(model, {"multinomialnb__alpha": [0.1, 1]}, cv=cv).fit(list(X), y)
    assert search.n_splits_ == 3
    assert repr(pickle.loads(pickle.dumps(cv))) == repr(cv)
    first, second = (
        [test.tolist() for _, test in SimilarityGroupKFold(3, threshold=0.1, shuffle=True, random_state=7).split(X, y)]
        for _ in range(2)
    )
    assert first == second


@pytest.mark.realdata
def test_orthologs_of_close_species_stay_together(real_data):
    table = pd.read_csv(real_data / "promoters" / "promoters.csv.gz")
    table = table[table["species"].isin(["aly", "cru"])].reset_index(drop=True)
    cv = SimilarityGroupKFold(5, threshold=0.04)
    fold = np.empty(len(table), int)
    for number, (_, test) in enumerate(cv.split(table["sequence"], table["label"])):
        fold[test] = number
    folds = pd.Series(fold).groupby(table["orthogroup"]).agg(["size", "nunique"])
    kept = folds.loc[folds["size"] > 1, "nunique"] == 1
    assert len(kept) > 500
    assert kept.mean() > 0.9


def relatives(random_dna, rng):
    """80 families of one to five shifts of a sequence, and the family of each row."""
    families = np.repeat(np.arange(80), rng.integers(1, 6, 80))
    parents = random_dna(80, 90)
    return np.array([parents[f][(s := rng.integers(0, 30)) : s + 60] for f in families]), families


@pytest.mark.parametrize("kind", ["number", "several numbers"])
def test_numbers_are_even_over_folds_and_relatives_together(kind, random_dna, rng):
    X, families = relatives(random_dna, rng)
    y = rng.normal(size=80)[families] + rng.normal(size=len(X)) / 5
    target = y if kind == "number" else np.column_stack([y * 1000, y + rng.normal(size=len(X)) / 10])
    cv = SimilarityGroupKFold(4, threshold=0.1)
    folds = list(cv.split(X, target))
    for train, test in folds:
        assert not set(families[train]) & set(families[test])
        assert y[test].mean() == pytest.approx(y.mean(), abs=0.15), "a standard error of a random fold is .14"
        assert y[test].std() == pytest.approx(y.std(), abs=0.2)
    order = rng.permutation(len(X))
    moved = [{*order[test].tolist()} for _, test in cv.split(X[order], target[order])]
    assert moved == [{*test.tolist()} for _, test in folds], "the order of the rows plays no part"
    shuffled = SimilarityGroupKFold(4, threshold=0.1, shuffle=True, random_state=1)
    assert [test.tolist() for _, test in shuffled.split(X, target)] != [test.tolist() for _, test in folds]


def test_each_label_is_even_over_folds_the_rare_one_too(random_dna, rng):
    X, families = relatives(random_dna, rng)
    y = pd.DataFrame(
        {"common": rng.random(80) < 0.5, "rare": np.arange(80) < 8, "gaps": rng.random(80) < 0.3}, dtype=float
    ).loc[families]
    y.loc[rng.random(len(y)) < 0.4, "gaps"] = np.nan
    for train, test in SimilarityGroupKFold(4, threshold=0.1).split(X, y):
        assert not set(families[train]) & set(families[test])
        for name in y:
            for value in (0, 1):
                of_label = (y[name] == value).to_numpy()
                assert abs(of_label[test].sum() - of_label.sum() / 4) <= 4, f"{name}={value}"
    y["rare"] = (families == 7).astype(float)
    with pytest.raises(ValueError, match=r"rows of label rare = 1 are in one group of similar.* the label is never"):
        SimilarityGroupKFold(4, threshold=0.1).split(X, y)


def test_the_task_says_what_whole_numbers_are(random_dna):
    """Few whole numbers are classes by themselves, each in both parts; asked for, their fifths are even, or refused."""
    X, y = random_dna(40, 60), np.repeat([1, 2, 3, 7], [37, 1, 1, 1])
    with pytest.raises(InvalidParameterError, match="class 2"):
        list(SimilarityGroupKFold(2, threshold=0.3).split(X, y))
    folds = list(SimilarityGroupKFold(2, threshold=0.3, task="number").split(X, y))
    assert sum(len(test) for _, test in folds) == 40
    with pytest.raises(InvalidParameterError, match="two labels or more"):
        list(SimilarityGroupKFold(2, threshold=0.3, task="labels").split(X, y))
