"""The cache on disk: computed once, whole or absent, mended, shared."""

import json
import shutil
import sqlite3
import subprocess
import sys
import warnings

import numpy as np
import pytest

from seqaug_sklearn.embedding import LanguageModelEmbedder
from seqaug_sklearn.embedding import _embedding_run as _run
from seqaug_sklearn.embedding._cache import EmbeddingCache
from seqaug_sklearn.exceptions import SeqAugWarning

CLOSE = {"rtol": 1e-5, "atol": 1e-5}


def embedder(folder, cache, **changes):
    return LanguageModelEmbedder(folder, **({"kmer": 3, "device": "cpu", "cache_dir": cache} | changes))


def rows(shapes):
    return sum(n for n, _ in shapes)


def test_a_second_transform_computes_nothing(bert, mixed_dna, tmp_path, forward_passes, monkeypatch):
    cache = tmp_path / "made" / "here"
    first = embedder(bert, cache).fit_transform(mixed_dna)
    assert rows(forward_passes) == len(set(mixed_dna))
    monkeypatch.setattr(_run, "load_network", lambda *_: pytest.fail("the weights were loaded"))
    again = embedder(bert, cache, batch_size=3).fit_transform([text.lower() for text in reversed(mixed_dna)])
    assert rows(forward_passes) == len(set(mixed_dna))
    np.testing.assert_array_equal(again[::-1], first)
    pairs = embedder(bert, cache).fit_transform(np.column_stack([mixed_dna, mixed_dna[::-1]]))
    np.testing.assert_array_equal(pairs, np.hstack([first, first[::-1]]))


def test_only_new_sequences_are_computed(bert, random_dna, tmp_path, forward_passes):
    old, new = random_dna(9, 12), random_dna(4, 12)
    embedder(bert, tmp_path).fit_transform(old)
    forward_passes.clear()
    mixed = [*old[:5], *new, *old[5:]]
    found = embedder(bert, tmp_path).fit_transform(mixed)
    assert rows(forward_passes) == 4
    np.testing.assert_allclose(found, embedder(bert, None).fit_transform(mixed), **CLOSE)


@pytest.mark.parametrize(
    "changes", [{"pooling": "max"}, {"layer": 1}, {"max_length": 8}, {"precision": "bfloat16"}, {"kmer": None}]
)
def test_other_settings_are_other_vectors(bert, esm, tmp_path, forward_passes, changes):
    folder, settings = (esm, {"kmer": None, "pooling": "cls"}) if "kmer" in changes else (bert, changes)
    embedder(folder, tmp_path, **({"kmer": None} if "kmer" in changes else {})).fit_transform(["ACGTACGTACGT"])
    n_rows = rows(forward_passes)
    found = embedder(folder, tmp_path, **settings).fit_transform(["ACGTACGTACGT"])
    assert rows(forward_passes) > n_rows
    np.testing.assert_allclose(found, embedder(folder, None, **settings).fit_transform(["ACGTACGTACGT"]), **CLOSE)


@pytest.mark.parametrize("changes", [{"layer": 2}, {"batch_size": 1}, {"max_length": 32}, {"precision": "float32"}])
def test_the_same_settings_in_other_words_are_the_same(bert, tmp_path, forward_passes, changes):
    embedder(bert, tmp_path).fit_transform(["ACGTACGTACGT"])
    embedder(bert, tmp_path, **changes).fit_transform(["ACGTACGTACGT"])
    assert rows(forward_passes) == 1


def test_a_copy_of_the_model_shares_and_another_model_does_not(bert, make_bert, tmp_path, forward_passes):
    copied = shutil.copytree(bert, tmp_path / "copy")
    (copied / "README.md").write_text("says nothing about the numbers")
    other = make_bert(tmp_path / "other", (bert / "vocab.txt").read_text().split(), seed=1)
    cache = tmp_path / "cache"
    first = embedder(bert, cache).fit(["ACGT"])
    same = embedder(copied, cache).fit(["ACGT"])
    assert same.revision_ == first.revision_
    assert first.revision_.startswith("sha256:")
    np.testing.assert_array_equal(same.transform(["ACGT"]), first.transform(["ACGT"]))
    assert rows(forward_passes) == 1
    assert not np.allclose(embedder(other, cache).fit_transform(["ACGT"]), first.transform(["ACGT"]))


def test_an_interrupted_transform_goes_on(bert, random_dna, tmp_path, forward_passes, monkeypatch):
    X = random_dna(30, 10)
    counted = _run.embed_batch

    def interrupted(*arguments, **options):
        if len(forward_passes) == 4:
            raise KeyboardInterrupt
        return counted(*arguments, **options)

    monkeypatch.setattr(_run, "embed_batch", interrupted)
    with pytest.raises(KeyboardInterrupt):
        embedder(bert, tmp_path, batch_size=5).fit_transform(X)
    monkeypatch.setattr(_run, "embed_batch", counted)
    assert rows(forward_passes) == 20
    found = embedder(bert, tmp_path, batch_size=5).fit_transform(X)
    assert rows(forward_passes) == 30
    np.testing.assert_allclose(found, embedder(bert, None).fit_transform(X), **CLOSE)


KILLED_WORKER = """
import json, os, sys

from seqaug_sklearn.embedding import LanguageModelEmbedder, _cache
from seqaug_sklearn.embedding import _embedding_run as _run

folder, cache, X = json.load(sys.stdin)
_cache._SECONDS_BETWEEN_WRITES = 0.0  # each batch is slow enough to be written
embed, calls = _run.embed_batch, []


def dying(*arguments, **options):
    calls.append(1)
    if len(calls) > 3:
        os._exit(9)
    return embed(*arguments, **options)


_run.embed_batch = dying
LanguageModelEmbedder(folder, kmer=3, device="cpu", cache_dir=cache, batch_size=5).fit_transform(X)
"""
"""Dies without any clean-up after a few batches."""


def test_what_is_written_survives_a_killed_process(bert, random_dna, tmp_path, forward_passes):
    X = random_dna(30, 10)
    # a process of its own: a fork of one that runs threads may hang
    given = json.dumps([str(bert), str(tmp_path), X])
    done = subprocess.run([sys.executable, "-c", KILLED_WORKER], input=given, text=True, check=False, timeout=120)
    assert done.returncode == 9
    found = embedder(bert, tmp_path).fit_transform(X)
    assert rows(forward_passes) == 15
    np.testing.assert_allclose(found, embedder(bert, None).fit_transform(X), **CLOSE)


def overwrite(path, data):
    path.write_bytes(data)


DAMAGES = {
    "garbage": lambda path: path.write_bytes(b"no database at all" * 300),
    "empty": lambda path: path.write_bytes(b""),
    "cut off": lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
    "cut in the header": lambda path: path.write_bytes(path.read_bytes()[:50]),
    "holes": lambda path: path.write_bytes(
        b"".join(b"\xff" * 64 + path.read_bytes()[i + 64 : i + 512] for i in range(0, path.stat().st_size, 512))
    ),
    "zeros behind the header": lambda path: path.write_bytes(path.read_bytes()[:4096] + bytes(path.stat().st_size)),
}


@pytest.mark.parametrize("kind", DAMAGES)
def test_a_damaged_file_is_computed_again(bert, random_dna, tmp_path, forward_passes, kind):
    X = random_dna(60, 14)
    expected = embedder(bert, tmp_path).fit_transform(X)
    (file,) = tmp_path.iterdir()
    DAMAGES[kind](file)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        np.testing.assert_allclose(embedder(bert, tmp_path).fit_transform(X), expected, **CLOSE)
    damages = [str(w.message) for w in told if "cache file" in str(w.message)]
    # an empty file is a new one to SQLite
    assert len(damages) == (kind != "empty")
    assert all(str(file) in message and "computed again" in message for message in damages)
    assert rows(forward_passes) > 60
    forward_passes.clear()
    np.testing.assert_allclose(embedder(bert, tmp_path).fit_transform(X), expected, **CLOSE)
    assert not forward_passes, "mended"


def test_a_flipped_bit_in_a_vector_is_seen(bert, random_dna, tmp_path, forward_passes):
    X = random_dna(8, 14)
    expected = embedder(bert, tmp_path).fit_transform(X)
    (file,) = tmp_path.iterdir()
    content = bytearray(file.read_bytes())
    at = content.find(expected[3].tobytes())
    content[at + 2] ^= 1
    file.write_bytes(content)
    forward_passes.clear()
    with pytest.warns(SeqAugWarning, match="holds damaged vectors, which are computed again"):
        np.testing.assert_allclose(embedder(bert, tmp_path).fit_transform(X), expected, **CLOSE)
    assert rows(forward_passes) == 1


WORKER = """
import json, sys

from seqaug_sklearn.embedding import LanguageModelEmbedder

folder, cache, X = json.load(sys.stdin)
embedder = LanguageModelEmbedder(folder, kmer=3, device="cpu", cache_dir=cache, batch_size=2)
print(json.dumps(embedder.fit_transform(X).tolist()))
"""


def test_two_processes_share_a_cache(bert, random_dna, tmp_path, forward_passes):
    X = random_dna(40, 10)
    expected = embedder(bert, None).fit_transform(X)
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    processes = [subprocess.Popen([sys.executable, "-c", WORKER], **pipes) for _ in range(2)]
    for process, part in zip(processes, (X[:30], X[:9:-1]), strict=True):
        process.stdin.write(json.dumps([str(bert), str(tmp_path), part]))
        process.stdin.close()
    found = [json.loads(process.stdout.read()) for process in processes]
    for process in processes:
        process.stdout.close()
        assert process.wait(120) == 0
    assert {len(part) for part in found} == {30}
    forward_passes.clear()
    np.testing.assert_allclose(embedder(bert, tmp_path).fit_transform(X), expected, **CLOSE)
    assert not forward_passes


@pytest.mark.parametrize("name", ["file", "file/below"])
def test_a_folder_that_cannot_be_written(bert, tmp_path, name):
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match=r"cache_dir=.*file.* cannot be written .*; give another folder"):
        embedder(bert, tmp_path / name).fit(["ACGT"])


def test_a_folder_that_cannot_be_written_any_more(bert, tmp_path):
    fitted = embedder(bert, tmp_path / "cache").fit(["ACGT"])
    shutil.rmtree(tmp_path / "cache")
    (tmp_path / "cache").write_text("")
    with pytest.raises(OSError, match=r"cache_dir=.* cannot be written"):
        fitted.transform(["ACGT"])


def test_one_file_for_many_sequences_with_its_settings_inside(bert, random_dna, tmp_path):
    embedder(bert, tmp_path).fit_transform(random_dna(700, 12))
    (file,) = tmp_path.iterdir()
    connection = sqlite3.connect(file)
    ((settings,),) = connection.execute("SELECT settings FROM about").fetchall()
    ((count,),) = connection.execute("SELECT count(*) FROM vectors").fetchall()
    connection.close()
    assert count == 700
    assert '"kmer": 3' in settings


def test_many_questions_at_once(tmp_path):
    """More rows than SQLite takes in one question."""
    texts, vectors = [str(i) for i in range(2500)], np.arange(5000, dtype=np.float32).reshape(-1, 2)
    with EmbeddingCache(tmp_path, {"a": 1}, 2) as cache:
        cache.write(texts, vectors)
    out = np.zeros((2500, 2), np.float32)
    with EmbeddingCache(tmp_path, {"a": 1}, 2) as cache:
        found = cache.read([*texts[1::2], *("x" + text for text in texts[:1250])], out)
    assert found.tolist() == [True] * 1250 + [False] * 1250
    np.testing.assert_array_equal(out[:1250], vectors[1::2])
