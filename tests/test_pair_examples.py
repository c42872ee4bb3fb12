"""The programs for pairs end with a sentence, not with a traceback, where the input is wrong."""

import runpy
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"


@pytest.fixture
def program(monkeypatch, capsys):
    def run(name, *arguments):
        monkeypatch.setattr(sys, "argv", [name, *map(str, arguments)])
        with pytest.raises(SystemExit) as stopped:
            runpy.run_path(str(EXAMPLES / name), run_name="__main__")
        code = stopped.value.code
        return code if isinstance(code, str) else capsys.readouterr().err

    return run


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--model", "nowhere"], "--model nowhere: there is no such folder"),
        (["--model", ".", "--table", "table.csv"], "labels must be of two classes, got 1"),
        (
            ["--model", ".", "--table", "shifted.csv"],
            "--table shifted.csv: shifted.csv, line 2 ('p1'): 4 fields, but the heading has 3",
        ),
        (["--model", ".", "--table", "nowhere.csv"], "--table nowhere.csv: there is no such file"),
        (["--model", ".", "--folds", "1"], "--folds: must be at least 2, got 1"),
        (["--model", ".", "--trials", "0"], "--trials: must be at least 1, got 0"),
        (
            ["--model", ".", "--table", "table.csv", "--columns", "seq1", "seq2", "label"],
            "labels must be of two classes, got 1",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_tune_pairs(program, tmp_path, monkeypatch, arguments, message):
    monkeypatch.chdir(tmp_path)
    Path("table.csv").write_text("seq1,seq2,label\nACGT,TTTT,1\nACGA,TTTA,1\n")
    Path("shifted.csv").write_text("first,second,label\np1,ACGT,TTTT,1\np2,ACGA,TTTA,0\n")
    assert message in program("tune_pairs.py", *arguments)


def test_the_k_of_a_vocabulary_is_read(tmp_path):
    from seqaug_sklearn.embedding import kmer_vocabulary

    kmer_of = runpy.run_path(str(EXAMPLES / "tune_pairs.py"))["kmer_of"]
    assert kmer_of(tmp_path) is None
    for k in (3, 4):
        Path(tmp_path, "vocab.txt").write_text("\n".join(kmer_vocabulary(k)))
        assert kmer_of(tmp_path) == k
    Path(tmp_path, "vocab.txt").write_text("<cls>\n<pad>\nL\nA\nG\nV\nS\nE\nR")
    assert kmer_of(tmp_path) is None


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--length", "100000"], "tokens of the held-out tenth of the shortest genome; give a smaller length"),
        (["--genomes", "nowhere.gb"], "--genomes nowhere.gb: there is no such file"),
        (["--kmer", "0"], "--kmer must be at least 1, got 0"),
        (["--hidden-size", "65"], "--hidden-size must be a multiple of 32, got 65"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_pretrain_dna_bert(program, arguments, message):
    assert message in program("pretrain_dna_bert.py", *arguments)


def test_hyperband_ends_bad_trials_early_and_respects_members():
    import numpy as np
    import optuna

    from seqaug_sklearn.published import DNA_BERT_PAIRS

    program = runpy.run_path(str(EXAMPLES / "tune_pairs_hyperband.py"))
    program["search"].__globals__["SPACE"] = {**DNA_BERT_PAIRS["search_space"], "units_1": (8,), "units_2": (6, 4)}
    rng = np.random.default_rng(0)
    X = rng.normal(size=(120, 8)).astype(np.float32)
    members = rng.integers(0, 25, (120, 2)).astype(str)
    network, study = program["search"](X, (X[:, 0] * X[:, 4] > 0).astype(int), members, 8, 6)
    states = [trial.state for trial in study.trials]
    assert optuna.trial.TrialState.PRUNED in states
    assert study.best_value == network.history_["valid_loss"].min()
    split = network.validation_split_
    assert split.kind.endswith("members")
    side = {"both members": (0, 1), "first members": (0,), "second members": (1,)}[split.kind]
    for column in side:
        assert not set(members[split.valid_rows, column]) & set(members[split.train_rows, column])
