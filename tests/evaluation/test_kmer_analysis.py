import re

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from seqaug_sklearn.evaluation import OutputFolderError, analyse_kmers
from seqaug_sklearn.exceptions import SeqAugWarning, SequenceError
from seqaug_sklearn.similarity import KmerSimilarity, cluster_sequences

# what all tests share is made once, by one worker
pytestmark = pytest.mark.xdist_group("kmer_analysis")


@pytest.fixture(scope="module")
def genes():
    """Three families of related sequences; two genes have no telling name."""
    rng = np.random.default_rng(1)
    ancestors = rng.integers(0, 4, (3, 150))
    rows = [np.where(rng.random(150) < 0.08, rng.integers(0, 4, 150), ancestors[i % 3]) for i in range(15)]
    names = [f"psb{chr(65 + i)}" for i in range(13)] + ["ycf1", "ORF33a"]
    return pd.Series(["".join(np.array(list("ACGT"))[row]) for row in rows], index=names)


@pytest.fixture(scope="module")
def report(genes, tmp_path_factory):
    folder = tmp_path_factory.mktemp("kmers") / "out"
    path = analyse_kmers(genes, n_shuffles=19).to_html(folder, title="My <genes>", settings={"file": "a.fa"})
    assert plt.get_fignums() == []
    return path


def table(report, name, **options):
    return pd.read_csv(report.parent / "tables" / name, **options)


def test_pairs_and_matrices_hold_everything(report, genes):
    pairs = table(report, "pairs.csv")
    assert len(pairs) == 15 * 14 // 2
    assert pairs["distance"].is_monotonic_increasing
    expected = KmerSimilarity((5, 12)).fit_transform(genes)
    shared = table(report, "shared_k_mers.csv", index_col=0)
    np.testing.assert_array_equal(shared, expected)
    assert shared.columns.tolist() == shared.index.tolist() == genes.index.tolist()
    distances = table(report, "distances.csv", index_col=0)
    for row in pairs.head(5).itertuples():
        assert distances.loc[row.first, row.second] == pytest.approx(row.distance)
        assert shared.loc[row.first, row.second] == row.shared


def test_clusters_are_those_of_the_function(report, genes):
    clusters = cluster_sequences(genes, n_shuffles=0)
    sequences = table(report, "sequences.csv", index_col=0)
    assert sequences["cluster"].tolist() == clusters.labels.tolist()
    members = table(report, "clusters.csv", index_col=0)
    assert members["size"].tolist() == [5, 5, 5]
    for label, row in members.iterrows():
        assert set(row["members"].split(", ")) == set(genes.index[clusters.labels == label])
    paper = cluster_sequences(genes, method="paper", n_shuffles=0)
    assert table(report, "map_of_the_paper_s_program.csv")["cluster"].tolist() == paper.labels.tolist()
    assert len(table(report, "clusters_of_the_paper_s_program.csv")) == 7


def test_unnamed_genes_are_listed_with_their_neighbours(report):
    nearest = table(report, "nearest_named_genes.csv")
    assert sorted(set(nearest["unnamed"])) == ["ORF33a", "ycf1"]
    assert nearest["nearest"].str.startswith("psb").all()


def test_verdict_stands_at_the_top(report):
    page = report.read_text()
    answer = re.search(r'<p class="answer">(.*?)</p>', page, re.S).group(1)
    # related pairs first: clusters are found in anything
    assert re.match(r"\d+ of 105 pairs are closer than chance makes them", answer)
    assert "15 sequences in 3 clusters that are clearer than those of shuffled sequences" in page
    assert page.index("<h2>Closest pairs") < page.index("<h2>Clusters")
    assert "My &lt;genes&gt;" in page
    assert "The paper&#39;s program, as coded, makes 7 clusters" in page
    assert "2 uncharacterised genes (ycf, ORF); closer to a named gene than chance makes them: " in page
    assert "a.fa" in page
    assert page.count("<img") == 4
    for text in ("5 to 12", "5 to 15", "as given", "weighted_jaccard"):
        assert text in page


def test_unrelated_sequences_without_names(tmp_path, random_dna, drawn):
    page = analyse_kmers(random_dna(6, 60), n_shuffles=19, k=(3, 5)).to_html(tmp_path).read_text()
    assert '<p class="answer">No pair of sequences is closer than chance makes them' in page
    assert "No clusters are shown" in page
    assert "telling name" not in page
    # five clusters at most of six sequences
    assert "makes 5 clusters" in page


def test_without_shuffles_nothing_is_claimed(tmp_path, random_dna, drawn):
    page = analyse_kmers(random_dna(5, 14), n_shuffles=0, n_clusters=2).to_html(tmp_path).read_text()
    assert "not tested against shuffled sequences" in page
    assert "chance makes" not in page
    assert "p_shuffle" not in (tmp_path / "tables" / "pairs.csv").read_text()
    # no sequence has 15 residues, the longest k of the paper's program
    assert "5 to 15" not in page


def test_names_that_are_all_unnamed(tmp_path, random_dna):
    X = pd.Series(random_dna(5, 40), index=[f"orf{i}" for i in range(5)])
    assert "telling name" not in analyse_kmers(X, n_shuffles=0).to_html(tmp_path).read_text()


def test_proteins_of_unequal_length_are_warned_of_once(tmp_path, random_dna):
    X = random_dna(4, 40, "ACDEFGHIKLMNPQRSTVWY") + random_dna(4, 90, "ACDEFGHIKLMNPQRSTVWY")
    with pytest.warns(SeqAugWarning, match="40 to 90 residues") as caught:
        path = analyse_kmers(X, alphabet="protein", k=(2, 3), n_shuffles=0).to_html(tmp_path)
    assert len(caught) == 1
    assert "Warning: lengths differ 2.2-fold" in path.read_text()


def test_many_pairs_are_cut(tmp_path, random_dna, monkeypatch):
    monkeypatch.setattr("seqaug_sklearn.evaluation._kmer_analysis._MOST_PAIRS", 10)
    page = analyse_kmers(random_dna(6, 40), n_shuffles=0).to_html(tmp_path).read_text()
    assert "Of 15 pairs the closest 10 are kept" in page
    assert len(pd.read_csv(tmp_path / "tables" / "pairs.csv")) == 10


def test_a_folder_with_other_files_is_left_alone(tmp_path, random_dna):
    (tmp_path / "mine.txt").write_text("keep")
    with pytest.raises(OutputFolderError, match="is not empty and holds no earlier report"):
        analyse_kmers(random_dna(4, 30), n_shuffles=0).to_html(tmp_path)
    assert plt.get_fignums() == []


def test_bad_input_is_explained():
    with pytest.raises(SequenceError, match="at least three sequences"):
        analyse_kmers(["ACGTACGTACGTACG", "ACGTACGTACGTACC"])
