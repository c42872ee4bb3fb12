"""The rule by which individuals count as copies, on figures whose answer is known."""

import numpy as np
import pytest

from seqaug_sklearn.genotypes import MEMBERSHIP_LIMIT, many_copies_fault, membership_fault, most_exposed_fault


def test_the_limit_is_that_of_the_whole_interval():
    assert MEMBERSHIP_LIMIT == 0.56
    assert membership_fault(0.52, 0.48, 0.56) == ""
    assert membership_fault(0.52, 0.47, 0.57).startswith("the individuals are too few to show that no one is exposed")
    told = membership_fault(0.58, 0.52, 0.64)
    assert told == "the membership attack has an AUC of 0.58 (95 % interval 0.52 to 0.64, at most 0.56 is allowed)"


@pytest.mark.parametrize(
    ("made", "real", "fault"),
    [
        ([0.0], [0.0], False),
        ([0.009], [0.0], False),  # fewer than one in a hundred cannot be seen in a hundred
        ([0.011], [0.0], True),
        ([0.4], [0.4], False),
        ([0.49], [0.4], False),  # chance: 1.96 standard errors of .4 among 100 are .096
        ([0.5], [0.4], True),
        ([1.0], [1.0], False),
    ],
)
def test_copies_may_be_as_frequent_as_among_real_people(made, real, fault):
    assert bool(many_copies_fault(made, real, [100], ["east"])) is fault


def test_the_worst_population_is_named():
    told = many_copies_fault([0.1, 0.6], [0.1, 0.05], [80, 40], ["east", "west"])
    assert told == (
        "in 'west' 60.0% of the new haplotypes equal a training individual's, where 5.0% of other real individuals' do"
    )
    assert many_copies_fault([0.6], [0.05], [40], ["west"]).startswith("60.0% of the new")


def test_an_average_does_not_hide_one_population():
    aucs, errors, sizes = np.full(20, 0.5), np.full(20, 0.02), np.full(20, 60)
    names = [f"P{i}" for i in range(20)]
    assert most_exposed_fault(aucs, errors, sizes, names) == ""
    aucs[7], sizes[7] = 0.9, 5
    told = most_exposed_fault(aucs, errors, sizes, names)
    assert told.startswith(
        "in 'P7', of 5 individuals, the membership attack has an AUC of 0.90 (95 % interval 0.84 to 0.96"
    )
    errors[7] = 0.2  # of so few individuals, chance
    assert most_exposed_fault(aucs, errors, sizes, names) == ""
    assert most_exposed_fault([0.9], [0.01], [60], ["alone"]) == "", "the average says it"
