import numpy as np
import pytest

from seqaug_sklearn.alphabets import DNA
from seqaug_sklearn.inspection import Attributions
from seqaug_sklearn.inspection._hits import HIT_LENGTHS, find_hits, run_thresholds, shuffled_texts
from seqaug_sklearn.utils import text_to_codes


def attributions(texts, sizes):
    codes = text_to_codes(texts, DNA)
    values = np.zeros((*codes.shape, 4))
    for row, size in enumerate(sizes):
        values[row, np.arange(len(size)), codes[row, : len(size)]] = size
    n = len(texts)
    numbers = np.zeros(n), np.zeros(n), np.zeros(n)
    return Attributions(values, codes, np.array(list(map(len, texts))), DNA, np.array(["up"] * n), "mine", *numbers)


def noise(n, length, rng):
    return ["".join(row) for row in rng.choice(list("ACGT"), (n, length))], rng.normal(0, 0.1, (n, length))


@pytest.fixture(scope="module")
def thresholds():
    return run_thresholds(attributions(*noise(100, 200, np.random.default_rng(0))))


def test_thresholds_are_quantiles_of_runs_within_sequences():
    texts, sizes = ["ACGTACGTAC", "ACGTA"], [np.arange(10.0), np.arange(5.0)]
    found = run_thresholds(attributions(texts, sizes))
    assert list(found) == [length for length in HIT_LENGTHS if length <= 10]
    means = [np.mean(size[i : i + 4]) for size in sizes for i in range(len(size) - 3)]
    assert found[4] == pytest.approx(np.quantile(means, 0.999))


def test_a_site_is_found_where_it_is(thresholds):
    rng = np.random.default_rng(1)
    texts, sizes = noise(3, 80, rng)
    sizes[1, 30:40] += 0.6
    sizes[2, 0:6] += 0.8
    sizes[2, 74:80] += 0.8
    hits = list(find_hits(attributions(texts, sizes), thresholds))
    assert {(row, start // 10) for row, start, _, _ in hits} == {(1, 3), (2, 0), (2, 7)}
    for row, start, end, score in hits:
        assert score == pytest.approx(sizes[row, start:end].mean())
    _, start, end, _ = next(hit for hit in hits if hit[0] == 1)
    assert (abs(start - 30), abs(end - 40)) <= (2, 2)


def test_hits_of_a_row_do_not_overlap_and_stay_inside(thresholds):
    rng = np.random.default_rng(2)
    texts = ["".join(rng.choice(list("ACGT"), size)) for size in (40, 9, 4, 2)]
    sizes = [rng.normal(0.3, 0.2, len(text)) for text in texts]
    hits = list(find_hits(attributions(texts, sizes), thresholds))
    covered = np.zeros((4, 40), int)
    for row, start, end, _ in hits:
        assert end <= len(texts[row])
        covered[row, start:end] += 1
    assert covered.max() == 1
    # four residues hold no run but all of them, which is no hit
    assert {row for row, *_ in hits} == {0, 1}
    ends = {(row, end) for row, _, end, _ in hits}
    assert not [hit for hit in hits if hit[:2] in ends], "runs that touch are one"


def test_chance_gives_few_hits(thresholds):
    hits = list(find_hits(attributions(*noise(100, 100, np.random.default_rng(3))), thresholds))
    assert len(hits) < 0.4 * 100


def test_what_speaks_against_and_nothing_at_all_are_no_hits(thresholds):
    texts, sizes = noise(2, 60, np.random.default_rng(4))
    sizes[0, 20:30] -= 1
    assert not [hit for hit in find_hits(attributions(texts, sizes), thresholds) if 15 < hit[1] < 30 and hit[0] == 0]
    zero = attributions(texts, np.zeros((2, 60)))
    assert list(find_hits(zero, run_thresholds(zero))) == []
    assert list(find_hits(zero, {})) == []


def test_shuffles_have_enough_residues_and_the_pairs_of_their_sequences():
    one = attributions(["ACGTTGCAACCA"], [np.zeros(12)])
    shuffled, _ = shuffled_texts(one, np.random.default_rng(0))
    assert sum(map(len, shuffled)) >= 20_000
    assert {tuple(sorted(text[i : i + 2] for i in range(11))) for text in shuffled} == {
        tuple(sorted("ACGTTGCAACCA"[i : i + 2] for i in range(11)))
    }
    many = attributions(*noise(300, 200, np.random.default_rng(0)))
    shuffled, origins = shuffled_texts(many, np.random.default_rng(0))
    assert len(shuffled) == len(origins) == 100


def test_a_hit_is_a_part_of_its_sequence(thresholds):
    """Of 30 residues that all contribute the strongest run is named, not the sequence."""
    texts, sizes = noise(2, 30, np.random.default_rng(5))
    sizes += 1
    sizes[0, 10:20] += 2
    hits = list(find_hits(attributions(texts, sizes), thresholds))
    assert {row for row, *_ in hits} == {0, 1}
    assert all(end - start < 30 for _, start, end, _ in hits)
    assert any(row == 0 and start < 20 and end > 10 for row, start, end, _ in hits)
