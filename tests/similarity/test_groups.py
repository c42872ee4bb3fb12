"""Groups of similar sequences are the connected components of a thresholded similarity."""

import numpy as np
import pandas as pd
import pytest

from seqaug_sklearn.similarity import KmerSimilarity, similarity_groups


def components(linked):
    """Connected components by flooding, numbered by first member."""
    labels = np.full(len(linked), -1)
    for seed in range(len(linked)):
        label, todo = labels.max() + 1, [seed] if labels[seed] < 0 else []
        while todo:
            row = todo.pop()
            labels[row] = label
            todo += [j for j in np.flatnonzero(linked[row]) if labels[j] < 0]
    return labels


@pytest.fixture
def families(rng, naive):
    """Six families of five relatives at 95 % identity, some on the other strand, shuffled; and their labels."""
    rows, labels = [], []
    for family in range(6):
        parent = rng.choice(list("ACGT"), size=200)
        for member in range(5):
            changed = np.where(rng.random(200) < 0.05, rng.choice(list("ACGT"), size=200), parent)
            text = "".join(changed)
            rows.append(naive.reverse_complement(text) if member % 2 else text)
            labels.append(family)
    order = rng.permutation(30)
    return [rows[i] for i in order], np.array(labels)[order]


def test_relatives_on_either_strand_are_one_group(families):
    X, family = families
    groups = similarity_groups(X, 0.2)
    assert groups.dtype == np.int64
    # numbered by first appearance
    _, first = np.unique(family, return_index=True)
    renumbered = np.argsort(np.argsort(first))[family]
    assert np.array_equal(groups, renumbered)


@pytest.mark.parametrize("threshold", [0.05, 0.3, 0.6, 0.9])
@pytest.mark.parametrize("metric", ["containment", "jaccard", "cosine"])
def test_groups_are_connected_components(threshold, metric, families):
    X, _ = families
    measure = KmerSimilarity(k=6, metric=metric, canonical=True, output="distance", n_neighbors=2)
    linked = KmerSimilarity(k=6, metric=metric, canonical=True).fit_transform(X) >= threshold
    assert np.array_equal(similarity_groups(X, threshold, similarity=measure), components(linked))
    # the measure that was passed in stays as it is
    assert measure.output == "distance"
    assert measure.n_neighbors == 2


def test_chains_link_their_ends():
    X = ["AAAACCCC", "CCCCGGGG", "GGGGTTTT", "ACACACAC"]
    measure = KmerSimilarity(k=4)
    assert similarity_groups(X, 1, similarity=measure).tolist() == [0, 0, 0, 1]
    assert similarity_groups(X, 2, similarity=measure).tolist() == [0, 1, 2, 3]


def test_proteins_and_one_sequence():
    X = pd.Series(["MKLVQEFILPQE", "WWWHHHHYYYYW", "AMKLVQEFILPA"], index=list("abc"))
    assert similarity_groups(X, 0.5, alphabet="protein").tolist() == [0, 1, 0]
    assert similarity_groups(["ACGTACGTACGTA"], 0.5).tolist() == [0]


@pytest.mark.realdata
def test_real_orthologs_of_close_species_fall_together(real_data):
    table = pd.read_csv(real_data / "promoters" / "promoters.csv.gz", index_col="gene_id")
    table = table[table.orthogroup.isin(table.orthogroup[table.species == "cru"][:300])]
    groups = pd.Series(similarity_groups(table.sequence, 0.1), index=table.index)
    orthologs = table.assign(group=groups).groupby("orthogroup").group
    several = orthologs.nunique()[orthologs.size() > 1]
    assert len(several) > 100
    assert (several == 1).mean() > 0.4
    # and not because everything is one group
    assert groups.value_counts().max() < 0.03 * len(table)


@pytest.mark.parametrize(
    ("threshold", "arguments", "message"),
    [
        (0, {}, "threshold must be above 0"),
        (1.5, {}, "threshold must be at most 1, the containment similarity of equal sequences, got 1.5"),
        (0.5, {"similarity": KmerSimilarity(), "alphabet": "rna"}, "alphabet belongs to the default measure"),
    ],
)
def test_bad_arguments(threshold, arguments, message):
    with pytest.raises(ValueError, match=message):
        similarity_groups(["ACGTACGTACGTA"] * 2, threshold, **arguments)
