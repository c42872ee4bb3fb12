"""Whether windows help: the choice of the split, the models and their limits, the verdict."""

import functools
import inspect

import numpy as np
import pandas as pd
import pytest

from seqaug_sklearn.augmentation import (
    OrthologAugmenter,
    RandomAugmentation,
    RandomDeletion,
    RandomMutation,
    RandomNoise,
    RandomReverseComplement,
    RandomShift,
    SubstitutionMatrixMutation,
)
from seqaug_sklearn.classification import CNNBiLSTMClassifier
from seqaug_sklearn.encoding import reverse_complement
from seqaug_sklearn.evaluation import compare_augmentations, make_model
from seqaug_sklearn.evaluation._augmentation._inputs import check_edits, tell_edits
from seqaug_sklearn.evaluation._augmentation._line_up import MODELS, SOURCES
from seqaug_sklearn.evaluation._augmentation._models import Plan, models_of_blocks, models_of_parents
from seqaug_sklearn.evaluation._augmentation._split import plan_split
from seqaug_sklearn.exceptions import (
    DataFormatError,
    DeviceError,
    InvalidParameterError,
    SequenceError,
    SequenceTypeError,
)

compare_once = functools.partial(compare_augmentations, n_repeats=1)


def plan(**changes):
    arguments = {"alphabet": "dna", "window": 40, "n_samples": 200, "n_classes": 2, "longest": 261, "quick": False}
    return Plan(**arguments | {"device": "cpu"} | changes)


@pytest.fixture
def promoters(random_dna):
    """40 sequences; class 1 has a motif."""
    sequences = random_dna(40, 60)
    y = np.repeat(["no", "yes"], 20)
    sequences = [
        s[:20] + "ACGTGGCACGTGGC" + s[34:] if label == "yes" else s for s, label in zip(sequences, y, strict=True)
    ]
    return pd.Series(sequences, index=[f"p{i}" for i in range(40)]), y


# the split


def test_sequences_of_their_own_are_split_as_parents(random_dna):
    chosen = plan_split(random_dna(12, 30), np.repeat([0, 1], 6), None, 5)
    assert (chosen.kind, chosen.n_splits, chosen.groups) == ("parents", 5, None)


def test_copies_of_a_sequence_stay_together(random_dna):
    sequences = random_dna(10, 30)
    chosen = plan_split([*sequences, sequences[3].lower(), *sequences[:1]], [0, 1] * 6, None, 3)
    assert chosen.groups[3] == chosen.groups[10]
    assert chosen.groups[0] == chosen.groups[11]
    assert len(np.unique(chosen.groups)) == 10
    assert any("2 sequences are copies of others" in sentence for sentence in chosen.sentences)


def test_rare_classes_lower_the_number_of_folds(random_dna):
    chosen = plan_split(random_dna(11, 30), np.array(["a"] * 8 + ["rare"] * 3), None, 5)
    assert chosen.n_splits == 3
    assert any("3 folds instead of 5: class 'rare' has 3 sequences" in sentence for sentence in chosen.sentences)


def test_groups_count_where_there_are_groups(random_dna):
    groups = ["f", "g"] * 3 + list("hijklm")
    chosen = plan_split(random_dna(12, 30), np.repeat(["a", "b"], 6), groups, 5)
    assert chosen.n_splits == 2
    assert any("class 'a' has 2 groups" in sentence for sentence in chosen.sentences)


def test_one_sequence_per_class_means_blocks(random_dna):
    chosen = plan_split(random_dna(4, 300), np.array(list("abcd")), None, 5)
    assert (chosen.kind, chosen.n_splits) == ("blocks", 5)
    assert "non-overlapping tiles" in chosen.sentences[0]


@pytest.mark.parametrize(
    ("y", "groups", "message"),
    [
        (["a", "a", "a", "b"], None, "1 of 2 classes have a single sequence \\('b'\\)"),
        (["a", "a", "b", "b"], ["f", "g", "h", "h"], "1 of 2 classes have a single group \\('b'\\)"),
        ([0, 0, 1, 8], None, "leave these out, or task='number' if these numbers were measured"),
    ],
)
def test_classes_that_cannot_be_trained_and_tested_are_named(random_dna, y, groups, message):
    with pytest.raises(DataFormatError, match=message):
        plan_split(random_dna(4, 30), np.array(y), groups, 2)


# the models


def test_edits_and_orthologs_come_alone_and_together():
    orthologs = OrthologAugmenter({"a": ["ACGT"]})
    line = models_of_parents(["promoter-cnn", "logistic"], plan(edits=True, orthologs=orthologs))
    kinds = {"Windows": "windows", "Random edits": "edits", "Orthologs": "orthologs"}
    kinds["Orthologs and random edits"] = "orthologs + edits"
    names = ["promoter CNN", "logistic regression"]
    assert line.treatments == {kind: [f"{name}, {suffix}" for name in names] for kind, suffix in kinds.items()}
    assert {*line.partners.values()} == {f"{name}, whole" for name in names}
    network = line.models["promoter CNN, orthologs + edits"][-1]
    assert network.augment[0] is orthologs
    assert isinstance(network.augment[1], RandomAugmentation)
    steps = line.models["logistic regression, orthologs + edits"].named_steps
    assert [*steps][:2] == ["orthologaugmenter", "randomaugmentation"]


def test_edits_are_cut_to_short_sequences_and_keep_to_the_alphabet():
    line = models_of_parents(["logistic"], plan(edits=True, shortest=12, alphabet="protein"))
    edits = line.models["logistic regression, edits"][0].transforms
    assert [getattr(edit, "max_length", None) for edit in edits] == [4, 4, 4, None]
    assert not any(isinstance(edit, RandomReverseComplement) for edit in edits)


def test_kmers_are_counted_on_whole_sequences_of_both_strands(promoters):
    X, y = promoters
    orthologs = OrthologAugmenter({"p0": [X.iloc[0]]})
    line = models_of_parents(["kmers"], plan(edits=True, orthologs=orthologs))
    suffixes = ["edits", "orthologs", "orthologs + edits", "whole"]
    assert list(line.models) == [f"k-mer logistic regression, {suffix}" for suffix in suffixes]
    model = line.models["k-mer logistic regression, whole"].fit(X, y)
    np.testing.assert_array_equal(model.decision_function(X), model.decision_function(reverse_complement(X.tolist())))
    np.testing.assert_array_equal(model.decision_function(X), model.decision_function(X.str.lower()))
    assert {len(kmer) for kmer in model[:-1].get_feature_names_out()} == {5, 6}
    single = models_of_parents(["kmers"], plan(strand="single")).models["k-mer logistic regression, whole"].fit(X, y)
    assert (single.decision_function(X) != single.decision_function(reverse_complement(X.tolist()))).any()
    protein = models_of_parents(["kmers"], plan(alphabet="protein")).models["k-mer logistic regression, whole"]
    assert protein.fit(["MKVLAWQE", "MSTNPKPQ"], [0, 1])[0].ks_ == range(2, 4)


OWN = [key for key in MODELS if key not in SOURCES]
"""Models that need no motifs and no language model."""


def test_no_private_function_sits_in_a_pipeline():
    """A model is pickled by the names of its parts: a private one could not be moved any more."""
    everything = plan(edits=True, orthologs=OrthologAugmenter({"p0": ["ACGT"]}))
    models = {**models_of_parents(OWN, everything).models, **models_of_blocks(OWN, plan(), 500).models}
    for name, model in models.items():
        functions = [value for value in model.get_params().values() if inspect.isfunction(value)]
        assert not functions, name


def test_reverse_complements_are_left_out_on_a_single_strand():
    for strand, expected in (("both", 1), ("single", 0)):
        edits = models_of_parents(["logistic"], plan(edits=True, strand=strand)).models["logistic regression, edits"][0]
        assert sum(isinstance(edit, RandomReverseComplement) for edit in edits.transforms) == expected


def test_edits_of_proteins_follow_a_substitution_matrix():
    """A random amino acid rarely fits, so it is no silent default."""
    line = models_of_parents(["logistic"], plan(edits=True, alphabet="protein"))
    edits = line.models["logistic regression, edits"][0].transforms
    assert isinstance(edits[-1], SubstitutionMatrixMutation)
    assert "substitution of 5 % of the residues by BLOSUM62" in tell_edits(plan(edits=True, alphabet="protein"))[0]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("gentle", [RandomMutation(0.02), RandomShift(0, 3), RandomReverseComplement()]),
        ("deletion(max=2),copies=3", [RandomDeletion(0, 2)]),
    ],
)
def test_presets_and_edits_in_words(words, expected):
    X = pd.Series(["ACGT" * 9, "ACGT" * 20])
    checked = check_edits(words, ["logistic"], X, "dna")
    assert repr(checked.transforms) == repr(expected)
    assert checked.n_copies == (3 if "copies" in words else 4)
    made = make_model("logistic + edits", edits=words, X=X)
    assert repr(made[0].transforms) == repr(expected)
    with pytest.raises(InvalidParameterError, match="must be made of a preset"):
        make_model("logistic + edits", edits="strong")
    single = check_edits("gentle", ["logistic"], X, "dna", strand="single")
    assert not any(isinstance(edit, RandomReverseComplement) for edit in single.transforms)


def test_edits_of_ones_own_are_taken():
    own = RandomAugmentation([RandomMutation(0.2)], n_copies=2)
    line = models_of_parents(["logistic", "cnn"], plan(edits=own))
    assert line.models["logistic regression, edits"][0] is own
    assert line.models["CNN, edits"][-1].augment == [own]


def test_limits_of_windows_keep_runs_short():
    assert plan(n_samples=20).max_windows("cnn") is None
    assert plan(n_samples=200).max_windows("svm") == 20
    assert plan(n_samples=200, quick=True).max_windows("svm") == 6
    assert plan(n_samples=10**6).max_windows("svm") == 4


def test_slow_models_are_left_out_of_large_blocks():
    line = models_of_blocks(OWN, plan(n_classes=100, edits=True), n_rows=26_100)
    left_out = [
        "SVM",
        "k-mer logistic regression",
        "gapped k-mers",
        "positional k-mers",
        "gradient boosting",
        "average of the best",
        "composition alone",
        "positions alone",
    ]
    assert line.left_out == left_out
    assert not any(name.startswith(("SVM", "gradient")) for name in line.models)
    assert line.partners["CNN, overlapping"] == line.partners["CNN, overlapping + edits"] == "CNN, tiles"
    assert [*line.treatments] == ["Overlapping windows", "Overlapping windows with random edits"]
    assert models_of_blocks(["svm"], plan(), n_rows=100).left_out == []


# whole runs


def test_a_motif_is_found_and_the_answer_comes_first(promoters):
    X, y = promoters
    models = ["logistic", "memoriser", "majority"]
    result = compare_once(X, y, window=20, n_splits=4, models=models, random_state=1)
    assert result.metric == "accuracy"
    assert result.comparison.chance()["majority"] == 0.5
    scores = result.comparison.scores("accuracy")["mean"]
    assert scores["logistic regression, windows"] > 0.8
    assert scores["commonest class"] == 0.5
    # the motif always starts at the same place, so one position tells nearly as much, and is longer than the lookup's
    # k-mers, so that looking it up does as well: both come before the answer
    position, looked_up, answer, best = result.headline()
    assert position.startswith("Warning: position ")
    assert best.startswith("The best model is logistic regression, w")
    assert looked_up.startswith("Warning: nearest-sequence lookup")
    assert answer.startswith("Windows ")
    assert any("windows stay with their sequence" in sentence for sentence in result.verdict())


def test_networks_run_in_both_forms(promoters, tmp_path, drawn):
    X, y = promoters
    result = compare_once(X, y, window=20, n_splits=2, models=["cnn", "mlp"], quick=True, device="cpu")
    assert set(result.comparison.folds["fold"]) == {0, 1}
    assert "quick look" in result.headline()[-1]
    assert not any("lower bounds" in sentence for sentence in result.verdict())
    page = result.to_html(tmp_path / "report").read_text()
    assert "Windows that the models train on" in page
    assert list((tmp_path / "report" / "tables").glob("predictions_of_cnn_windows.csv"))


def test_edits_and_orthologs_have_their_own_answers(promoters):
    X, y = promoters
    table = {name: [sequence[1:] + "A"] for name, sequence in X.items()}
    options = {"window": 20, "n_splits": 2, "models": ["svm", "logistic"], "quick": True}
    result = compare_once(X, y, edits=True, orthologs=table, **options)
    assert len(result.comparison.estimators) == 2 * 5
    treatments = ["Windows", "Random edits", "Orthologs", "Orthologs and random edits"]
    answer = next(line for line in result.headline() if not line.startswith("Warning: "))
    assert all(treatment in answer for treatment in treatments)
    answers = result.answers()
    assert answers.columns.tolist() == treatments
    assert answers.index.tolist() == ["SVM", "logistic regression"]
    known = r"(higher|lower|helped|harmed|inconclusive) \([+−]0\.\d{3}\)|the same in every row"
    assert answers.melt()["value"].str.fullmatch(known).all()
    assert not any(" is inconclusive: " in line for line in result.verdict()), "the table says it"
    assert result.sections()[0].tables["Answers"].equals(answers)
    told = " ".join(result.augmentations)
    assert "2 per sequence of: insertion of 0 to 20 residues; " in told
    assert "; reverse complement with probability 0.5. They are drawn anew" in told
    assert "--strand single" in told
    assert "The table holds 40 orthologs of 40 genes. All of these genes are among the sequences." in told


def test_orthologs_of_unknown_genes_are_told(promoters):
    X, y = promoters
    table = {name if i % 4 else f"x{name}": [text[1:] + "A"] for i, (name, text) in enumerate(X.items())}
    result = compare_once(X, y, orthologs=table, window=20, n_splits=2, models=["logistic"])
    assert "10 of these genes are not among the sequences, and 10 orthologs belong to such" in result.augmentations[0]
    assert result.orthologs[["orthologs", "unknown"]].to_numpy().tolist() == [[40, 10], [40, 10]]
    assert (result.orthologs["usable"] + result.orthologs["held out"] == 30).all()
    data = next(section for section in result.sections() if section.title == "Data")
    assert data.tables["Orthologs in each fold"].equals(result.orthologs)
    assert result.augmentations[0] in data.text


@pytest.mark.parametrize("alphabet", ["rna", "protein"])
def test_orthologs_of_any_alphabet(alphabet, rng):
    letters = {"rna": "ACGU", "protein": "ACDEFGHIKLMNPQRSTVWY"}[alphabet]
    X = pd.Series(["".join(rng.choice(list(letters), 30)) for _ in range(12)], index=list("abcdefghijkl"))
    table = {name: [text[:12] + text[20:] + text[12:20]] for name, text in X.items()}
    options = {"alphabet": alphabet, "window": 10, "n_splits": 2, "models": ["logistic", "kmers"]}
    result = compare_once(X, [0, 1] * 6, orthologs=table, **options)
    assert "k-mer logistic regression, orthologs" in result.comparison.estimators


def test_labels_of_orthologs_may_be_numbers_where_labels_are_text(promoters):
    X, y = promoters
    y = np.where(y == "yes", "1", "0")
    table = pd.DataFrame({"identifier": X.index, "sequence": X.str[1:] + "A", "label": y.astype(int)})
    result = compare_once(X, y, orthologs=table, window=20, n_splits=2, models=["logistic"])
    assert (result.orthologs["conflicts"] == 0).all()


def test_an_augmenter_of_ones_own_keeps_away_from_test_rows(promoters):
    X, y = promoters
    copies = {name: [text] for name, text in zip(X.index, np.roll(X, 1), strict=True)}
    options = {"window": 20, "n_splits": 2, "models": ["logistic"]}
    result = compare_once(X, y, orthologs=OrthologAugmenter(copies, rate=0.5), **options)
    assert (result.orthologs["near held out"] > 0).all()


def test_orthologs_as_long_as_the_longest_sequence_do_where_that_is_held_out(promoters):
    X, y = promoters
    X = X.str[:50].where(X.index != "p0", X)
    table = {name: [X["p0"][::-1]] if name == "p1" else [text[::-1]] for name, text in X.items()}
    options = {"window": 20, "n_splits": 2, "models": ["logistic"], "quick": True}
    assert compare_once(X, y, orthologs=table, **options).orthologs["usable"].all()


def test_a_leaking_split_is_told_at_the_top(promoters):
    X, y = promoters
    near = pd.concat([X, (X.str[1:] + "A").rename(lambda name: f"{name}b")])
    result = compare_once(near, np.tile(y, 2), window=20, n_splits=2, models=["logistic"])
    share = np.concatenate([audit.leaked for audit in result.sanity.audits["held-out sequences"]]).mean()
    first, position, answer, best = result.headline()
    assert position.startswith("Warning: position ")
    assert first.startswith(f"Warning: {share:.1%} of the test rows share sequence with a training row of their fold (")
    assert "shifted copies" in first
    assert "groups that keep relatives together" in first
    assert result.verdict()[:4] == [first, position, answer, best]
    assert best.startswith("The best model is ")
    assert repr(result).startswith(f"<AugmentationComparison: {first[:100]}")
    assert answer.startswith("Windows")
    assert "helped" not in answer


def test_all_rows_are_audited_whatever_the_sample(random_dna, rng):
    """The leaked share is that of all rows: 60 of 800 have a copy, few of which fall into a sample on both sides."""
    unrelated = random_dna(770, 60)
    X = pd.Series([*unrelated, *(text[4:] + text[:4] for text in unrelated[:30])])
    X = X.sample(frac=1, random_state=0, ignore_index=True)
    y = rng.permutation(np.repeat(["a", "b"], 400))
    result = compare_once(X, y, window=20, n_splits=4, models=["majority", "memoriser"])
    [audits] = result.sanity.audits.values()
    assert sum(map(len, audits)) == 800
    partners = {text: i for i, text in enumerate(X)}
    partner = [partners.get(text[4:] + text[:4], partners.get(text[-4:] + text[:-4], -1)) for text in X]
    place = np.full(800, -1)
    folds = result.comparison.predictions("commonest class").groupby("fold")["row"]
    for fold, rows in folds:
        place[rows] = fold
    expected = [partner[i] >= 0 and place[partner[i]] != place[i] for i in range(800)]
    assert result.sanity.leaked_share("held-out sequences") == np.mean(expected) > 0.04
    assert result.verdict()[0].startswith(f"Warning: {np.mean(expected):.1%} of the test rows share sequence")
    assert result.sanity.sentences[0].startswith("Checked on 300 of the 800 sequences: ")


def test_a_few_leaks_are_told_after_the_answer(random_dna, rng):
    unrelated = random_dna(400, 60)
    X = [*unrelated, *(text[4:] + text[:4] for text in unrelated[:2])]
    y = rng.permutation(np.arange(402) % 2)
    result = compare_once(X, y, window=20, n_splits=5, models=["majority", "memoriser"])
    assert 0 < result.sanity.leaked_share("held-out sequences") < 0.01
    assert not any(line.startswith("Warning: ") and "share sequence" in line for line in result.verdict())
    assert any("too few to decide the result" in line for line in result.verdict()[1:])


def test_the_lookup_follows_strand_and_alphabet(random_dna):
    lookups = [
        models_of_parents(["memoriser"], plan(**options)).models[MODELS["memoriser"]]
        for options in ({}, {"strand": "single"}, {"alphabet": "protein"})
    ]
    assert [lookup.both_strands for lookup in lookups] == [None, False, None]
    assert [lookup.alphabet for lookup in lookups] == ["dna", "dna", "protein"]


def test_edits_join_blocks_and_orthologs_do_not(random_dna):
    X = pd.Series(random_dna(3, 80), index=list("abc"))
    options = {"n_splits": 2, "models": ["logistic"], "window": 20}
    result = compare_once(X, list("abc"), edits=True, **options)
    assert [*result.treatments] == ["Overlapping windows", "Overlapping windows with random edits"]
    with pytest.raises(DataFormatError, match="orthologs need classes with several sequences"):
        compare_once(X, list("abc"), orthologs={"a": ["ACGT" * 20]}, **options)


def test_orthologs_need_identifiers(promoters):
    X, y = promoters
    with pytest.raises(DataFormatError, match="pass X as a pandas Series"):
        compare_once(X.tolist(), y, window=20, orthologs={"p0": [X.iloc[0]]})


def test_uneven_classes_are_judged_by_balanced_accuracy(promoters):
    X, _ = promoters
    y = np.array(["no"] * 32 + ["yes"] * 8)
    result = compare_once(X, y, window=20, n_splits=2, models=["logistic"])
    assert result.metric == "balanced_accuracy"
    assert compare_once(X, y, window=20, n_splits=2, models=["logistic"], metric="mcc").metric == "mcc"


def test_sequences_of_unequal_length_are_compared(promoters):
    X, y = promoters
    X = pd.Series([s[: 40 + i % 21] for i, s in enumerate(X)], index=X.index)
    result = compare_once(X, y, window=20, n_splits=2, models=["logistic", "svm", "boosting"], quick=True)
    assert result.data["shortest"].min() == 40
    assert len(result.comparison.estimators) == 6


def test_groups_stay_on_one_side(promoters):
    X, y = promoters
    groups = np.arange(40) % 10
    result = compare_once(X, y, groups=groups, window=20, n_splits=3, models=["logistic"])
    assert (result.comparison.folds["n_shared_groups"] == 0).all()
    for test in result.comparison.test_rows:
        assert not set(groups[test]) & set(np.delete(groups, test))


def test_one_sequence_per_class_compares_tiles(random_dna):
    X = pd.Series(random_dna(4, 200), index=list("abcd"))
    result = compare_once(X, X.index.to_numpy(), n_splits=3, models=["logistic", "memoriser"])
    assert result.comparison.estimators[:2] == ["logistic regression, overlapping", "logistic regression, tiles"]
    assert result.answers().columns.tolist() == ["Overlapping windows"]
    # four sequences of one class each
    assert result.verdict()[0].startswith("No model beats chance")
    assert any("Only 4 groups were tested" in line for line in result.verdict())
    tested = np.concatenate(result.comparison.test_rows)
    np.testing.assert_array_equal(np.sort(tested), np.arange(4 * 161))


@pytest.mark.parametrize("window", [2, 10, 50])
def test_windows_of_any_length_are_admitted(random_dna, window):
    X = random_dna(8, 60)
    result = compare_once(X, [0, 1] * 4, window=window, n_splits=2, models=["logistic"])
    assert len(result.comparison.predictions("logistic regression, windows")) == 8


def test_one_seed_gives_one_result(promoters):
    X, y = promoters
    first, second = (
        compare_once(X, y, window=20, n_splits=2, models=["cnn"], quick=True, device="cpu", random_state=3)
        for _ in range(2)
    )
    pd.testing.assert_frame_equal(*(r.comparison.predictions("CNN, windows") for r in (first, second)))


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"X": ["ACGT" * 10, "MKLV" * 10]}, SequenceError, "not in the dna alphabet|symbol"),
        ({"window": 61}, SequenceError, "fewer than window=61"),
        ({"window": 1}, InvalidParameterError, "window must be an int of at least 2 residues, got 1"),
        ({"y": [1] * 40}, DataFormatError, "one class only"),
        ({"y": [1, 2]}, DataFormatError, "X has 40 rows but y has 2 labels"),
        ({"metric": "beauty"}, InvalidParameterError, "metric must be one of .*got 'beauty'"),
        ({"models": ["forest"]}, InvalidParameterError, "got forest"),
        ({"device": "cuda:99"}, DeviceError, "is not there"),
        ({"strand": "left"}, InvalidParameterError, "strand must be 'both' or 'single', got 'left'"),
        (
            {"edits": [RandomMutation()]},
            InvalidParameterError,
            r"must be True, False, a preset .* or a RandomAugmentation, got list",
        ),
        ({"edits": RandomAugmentation([RandomDeletion(61, 62)])}, ValueError, "60 residues"),
        ({"edits": RandomAugmentation([RandomNoise()])}, DataFormatError, "RandomNoise, which only networks"),
        ({"edits": RandomAugmentation([RandomMutation()], alphabet="rna")}, DataFormatError, "made for alphabet='rna'"),
        ({"orthologs": {"x0": ["ACGT"]}}, ValueError, "none of the 40 identifiers .*'p0'.*'x0'"),
        ({"orthologs": {"p0": ["MKVL"]}}, SequenceError, "orthologs: sequence 'p0:1', position 3: symbol 'L'"),
        ({"orthologs": {"p0": ["ACGT" * 16]}}, DataFormatError, "longest sequence .60 residues.*--cut-orthologs left"),
        ({"orthologs": {}}, DataFormatError, "holds no ortholog"),
        ({"orthologs": "orthologs.csv"}, SequenceTypeError, "orthologs must be a DataFrame .*got str"),
        ({"orthologs": ["ACGT"] * 999}, SequenceTypeError, "got list"),
        (
            {"orthologs": pd.DataFrame({"identifier": ["p0"], "sequence": ["ACGT"], "label": [1]})},
            ValueError,
            r"labels of the orthologs \(for example 1\) and of y \(for example 'no'\)",
        ),
        ({"orthologs": OrthologAugmenter({"p0": ["ACGU"]}, alphabet="rna")}, DataFormatError, "alphabet='rna'"),
    ],
)
def test_bad_input_is_refused_before_any_fit(promoters, monkeypatch, changes, error, message):
    monkeypatch.setattr(CNNBiLSTMClassifier, "fit", lambda *a, **k: pytest.fail("fitted"))
    X, y = promoters
    arguments = {"X": X, "y": y, "window": 20} | changes
    with pytest.raises(error, match=message):
        compare_once(arguments.pop("X"), arguments.pop("y"), **arguments)


def test_data_that_can_show_nothing_says_so(random_dna, capsys):
    y = np.array(["a", "b"] * 6)
    result = compare_once(random_dna(12, 60), y, window=20, n_splits=3, models=["logistic"], progress=True)
    assert result.comparison.tests()["detectable"].min() > 0.5
    answer = result.headline()[-1]
    assert answer.startswith("No model beats chance")
    assert answer.endswith("These data cannot show any difference. Differences between models mean nothing here.")
    beforehand = "12 sequences cannot be expected to show any difference in accuracy."
    assert any(line.endswith(beforehand) for line in result.verdict())
    assert beforehand in capsys.readouterr().err
