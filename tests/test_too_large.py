"""What cannot fit into memory is refused before it is allocated, wherever sizes multiply and in every reader."""

import gzip
import re
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from sklearn.dummy import DummyClassifier
from sklearn.pipeline import make_pipeline

from seqaug_sklearn import CNNBiLSTMClassifier, WindowAugmenter
from seqaug_sklearn.augmentation import HaplotypeMosaic, RandomAugmentation, RandomMutation
from seqaug_sklearn.classification import WindowVotingClassifier
from seqaug_sklearn.cli._input import read_labelled, read_sequences
from seqaug_sklearn.datasets import read_fasta, read_genbank, read_orthologs
from seqaug_sklearn.embedding import PairFeatures
from seqaug_sklearn.encoding import OneHotEncoder, genotype_one_hot, one_hot, sliding_windows
from seqaug_sklearn.exceptions import DataFormatError, InsufficientMemoryError
from seqaug_sklearn.model_selection import read_groups
from seqaug_sklearn.motifs._motif_files import read_meme
from seqaug_sklearn.utils import _memory, text_to_codes
from seqaug_sklearn.utils._files import _text_files


@pytest.fixture
def memory(monkeypatch):
    """Callable that says how much memory is free, and counts small requests too."""

    def set_free(n_bytes):
        monkeypatch.setattr(_memory, "_NEVER_ASKED", 0)
        monkeypatch.setattr(_memory, "free_memory", lambda: float(n_bytes))

    return set_free


@pytest.fixture
def peak():
    """Callable: bytes at most in use since the last call."""
    tracemalloc.start()

    def read():
        highest = tracemalloc.get_traced_memory()[1]
        tracemalloc.reset_peak()
        return highest

    yield read
    tracemalloc.stop()


@pytest.fixture
def bag():
    """20,000 sequences of 2,000 nt as windows of 40: a view of 160 MB of text, 25 GB as one-hot codes."""
    return sliding_windows(["ACGTTGCAGT" * 200] * 20_000, 40)


@pytest.mark.parametrize(
    "encode",
    [lambda bag: OneHotEncoder().fit_transform(bag), one_hot, lambda bag: OneHotEncoder().fit(bag[:1]).transform(bag)],
)
def test_one_hot_codes_of_a_large_bag(bag, memory, peak, encode):
    memory(16e9)
    peak()
    with pytest.raises(
        InsufficientMemoryError,
        match=r"^the one-hot array of 20000 x 1961 windows of 40 symbols: 26\.7 GB of memory would be needed, 16\.0 GB "
        r"are free; take fewer windows per sequence, WindowAugmenter\(max_windows=\.\.\.\), or leave the one-hot "
        r"encoding out: the networks of this package take text and bags of text as they are$",
    ):
        encode(bag)
    assert peak() < 400e6, "the text itself is 160 MB"


def test_both_ways_out_fit(memory, random_dna):
    """A quarter of what the one-hot array of all windows needs is enough with fewer windows, and for the text alone."""
    X, y = random_dna(8, 300), [0, 1] * 4
    memory(8 * 261 * 40 * 17 / 4)
    with pytest.raises(InsufficientMemoryError, match="one-hot array of 8 x 261 windows"):
        make_pipeline(WindowAugmenter(), OneHotEncoder()).fit_transform(X)
    assert make_pipeline(WindowAugmenter(max_windows=10), OneHotEncoder()).fit_transform(X).shape == (8, 10, 40, 4)
    network = CNNBiLSTMClassifier(conv_channels=(2,), hidden_size=2, num_layers=1, max_epochs=1, random_state=0)
    assert len(make_pipeline(WindowAugmenter(), network).fit(X, y).predict(X)) == 8


def test_what_just_fits_is_not_refused(memory, random_dna):
    X = random_dna(5, 100)
    memory(5 * 100 * (4 * 4 + 1))
    assert one_hot(X).shape == (5, 100, 4)
    with pytest.raises(InsufficientMemoryError, match=r"array of 5 sequences of 100 symbols: 16\.5 kB of"):
        one_hot(X, dtype=np.float64)


def ragged(random_dna):
    return [*random_dna(50, 60), *random_dna(1, 4000)]


def genotypes(rng):
    return rng.integers(0, 4, size=(40, 30))


def many_copies():
    return RandomAugmentation([RandomMutation(0.1)], n_copies=100, random_state=0)


def voters():
    return WindowVotingClassifier(make_pipeline(OneHotEncoder(flatten=True, dtype=np.uint8), DummyClassifier()))


TOO_LARGE = {
    "windows padded to the longest": (
        lambda dna, rng: WindowAugmenter().fit_transform(ragged(dna)),
        r"text of 51 x 3961 windows of 40 symbols: 32\.3 MB .*; take fewer windows per sequence, with max_windows=",
    ),
    "padded windows at regular starts": (
        lambda dna, rng: sliding_windows(ragged(dna), 40),
        "text of 51 x 3961 windows of 40 symbols",
    ),
    "exploded windows": (
        lambda dna, rng: WindowAugmenter().explode(dna(50, 600)),
        r"text of 28050 windows of 40 symbols: 4\.5 MB .*max_windows=",
    ),
    "sequences padded to the longest": (
        lambda dna, rng: text_to_codes(dna(50, 60) + dna(1, 40_000), "dna"),
        r"codes of 51 sequences of 40000 symbols: 2\.0 MB .*; every sequence is padded to the longest: take out or cut",
    ),
    "a network's bags": (
        lambda dna, rng: CNNBiLSTMClassifier().fit(WindowAugmenter().fit_transform(dna(200, 600)), [0, 1] * 100),
        r"codes of 200 x 561 windows of 40 symbols: 4\.5 MB .*WindowAugmenter\(max_windows=",
    ),
    "bags of voters": (
        lambda dna, rng: voters().fit(WindowAugmenter().fit_transform(dna(50, 600)), [0, 1] * 25),
        r"a copy of 28050 windows: 4\.5 MB .*max_windows=",
    ),
    "channels of genotypes": (
        lambda dna, rng: genotype_one_hot(rng.integers(0, 4, size=(500, 200))),
        r"four channels of 500 individuals at 200 variants: 1\.6 MB .*; encode fewer individuals at a time, or pass",
    ),
    "sampled people": (
        lambda dna, rng: HaplotypeMosaic(encoding="phased").fit(genotypes(rng), ["north"] * 40).sample(100_000),
        r"genotypes of 100000 individuals at 30 variants: 3\.0 MB .*iter_sample",
    ),
    "features of pairs": (
        lambda dna, rng: PairFeatures().fit_transform(rng.normal(size=(1000, 200))),
        r"4 features of 1000 pairs of 100 columns: 3\.2 MB .*; choose fewer features, or transform fewer",
    ),
    "copies of rows": (
        lambda dna, rng: many_copies().fit_resample(dna(100, 400), [0, 1] * 50),
        r"100 copies of 100 sequences: 4\.0 MB .*; lower n_copies, or augment during training with augment=",
    ),
}


@pytest.mark.filterwarnings("ignore::seqaug_sklearn.exceptions.SeqAugWarning")  # of made-up genotypes
@pytest.mark.parametrize("name", TOO_LARGE)
def test_it_is_refused_in_one_line_with_a_way_out(name, memory, random_dna, rng):
    ask, message = TOO_LARGE[name]
    memory(1.5e6)
    with pytest.raises(InsufficientMemoryError, match=message) as caught:
        ask(random_dna, rng)
    assert "\n" not in str(caught.value)
    assert isinstance(caught.value, MemoryError)
    memory(1e9)
    if name != "a network's bags":  # training takes too long for a test
        ask(random_dna, rng)


READERS = {
    "FASTA": (read_fasta, b">a\n"),
    "GenBank": (read_genbank, b"LOCUS       x  4 bp\n"),
    "orthologs": (read_orthologs, b"identifier,ortholog,sequence\n"),
    "pairs of orthologs": (lambda path: read_orthologs(path.with_name("plain.fa"), path), b"a\tb\n"),
    "groups": (lambda path: read_groups(path, ["a", "b"]), b"a\tb\n"),
    "motifs": (read_meme, b"MEME version 4\n"),
    "sequences of the command line": (read_sequences, b">a\n"),
    "labels of the command line": (
        lambda path: read_labelled(path.with_name("plain.fa"), labels=path),
        b"name,label\n",
    ),
}


@pytest.mark.parametrize("name", READERS)
def test_every_reader_refuses_what_no_text_unpacks_to(name, tmp_path, monkeypatch, peak):
    read, head = READERS[name]
    monkeypatch.setattr(_text_files, "_ALWAYS_READ", 2**21)
    (tmp_path / "plain.fa").write_text(">a\nACGT\n>b\nACGG\n")
    path = tmp_path / "bomb.gz"
    path.write_bytes(gzip.compress(head + b"A" * 2**26))
    peak()
    with pytest.raises(DataFormatError, match=r"^bomb\.gz: .* unpack to more than \d+\.\d MB; text does not pack"):
        read(path)
    assert peak() < 2**25


def test_gzip_is_opened_in_one_place():
    """Another place would need the same care."""
    package = Path(_text_files.__file__).parents[1]
    opens = re.compile(r"^\s*(import|from) (gzip|bz2|lzma|tarfile)\b|read_csv\((?!io\.)", re.MULTILINE)
    found = {path.name for path in package.rglob("*.py") if opens.search(path.read_text(encoding="utf-8"))}
    # the second only packs
    assert found == {"_text_files.py", "_replaced_files.py"}
