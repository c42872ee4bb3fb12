"""The page of a motif report and the files beside it."""

import re
import sys
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from seqaug_sklearn.exceptions import DataFormatError, MissingDependencyError, OutputFolderError
from seqaug_sklearn.inspection import motif_report, read_meme

# Numba compiles TF-MoDISco and Tomtom for a minute: once, in one worker
pytestmark = pytest.mark.xdist_group("numba")

RNG = np.random.default_rng(2)
DATABASE = {f"decoy{i}": RNG.dirichlet(np.ones(4), 8) for i in range(30)} | {
    "MA0001 <ABF>": np.eye(4)[[3, 0, 1, 2, 3, 0]]
}


@pytest.fixture(scope="module")
def report(motif_set, tmp_path_factory):
    pytest.importorskip("memelite")
    pytest.importorskip("logomaker")
    return motif_report(
        motif_set, tmp_path_factory.mktemp("report") / "motifs", database=DATABASE, q_value=1, title="ABA & <cold>"
    )


@pytest.fixture(scope="module")
def page(report):
    return report.read_text(encoding="utf-8")


def read(report, name):
    return pd.read_csv(report.parent / "tables" / f"{name}.tsv", sep="\t")


@pytest.mark.slow
def test_tables_are_those_of_the_set(report, motif_set):
    pd.testing.assert_frame_equal(read(report, "motifs"), motif_set.to_frame().reset_index())
    pd.testing.assert_frame_equal(read(report, "sites"), motif_set.seqlets(), check_dtype=False)
    assert list(read_meme(report.parent / "tables" / "motifs.meme")) == ["pos_pattern_0", "neg_pattern_0"]


@pytest.mark.slow
def test_matches_are_limited_and_ranked(report):
    matches = read(report, "matches")
    assert matches.groupby("motif")["rank"].apply(list).tolist() == [[1, 2, 3], [1, 2, 3]]
    first = matches[matches["motif"] == "pos_pattern_0"].iloc[0]
    assert first["match"] == "MA0001 <ABF>"
    assert (first["offset"], first["overlap"]) == (1, 4)


@pytest.mark.slow
def test_contribution_of_a_known_motif_is_that_of_the_sites_named_by_it(report, motif_set):
    known, matches = read(report, "known_motifs"), read(report, "matches")
    best = matches[matches["rank"] == 1].set_index("motif")["match"]
    for row in known.itertuples():
        contributions = pd.concat([m.seqlets["contribution"] for m in motif_set if best[m.name] == row.match])
        assert row.contribution == contributions.sum()
        assert row.n_seqlets == len(contributions)
        assert row.share == pytest.approx(abs(contributions.sum()) / motif_set.total_contribution)
    assert known["n_seqlets"].sum() == sum(map(len, motif_set))


@pytest.mark.slow
def test_the_page_shows_every_motif_with_pictures_inside_it(page, motif_set):
    sources = re.findall(r'<img src="([^"]{30})', page)
    # three of each motif, three matches of each, the bars
    assert len(sources) == 2 * 3 + 2 * 3 + 1
    assert all(source.startswith("data:image/png;base64,") for source in sources)
    assert page.count(' alt="') == len(sources)
    for motif in motif_set:
        assert f'id="{motif.name}"' in page
        assert motif.consensus in page
    assert "http" not in re.sub(r"data:[^\"]+", "", page), "nothing is loaded from elsewhere"


@pytest.mark.slow
def test_the_page_explains_itself(page, motif_set):
    """The motif with the larger share comes first; settings have the names that discover_motifs takes."""
    shares = motif_set.to_frame()["share"]
    order = re.findall(r'<section class="card" id="([^"]+)"', page)
    assert order == shares.sort_values(ascending=False).index.tolist()
    assert '<th scope="row">discover_motifs: n_runs</th><td>2</td>' in page
    assert "leiden" not in page
    for words in ("a capital letter is found in at least 60 %", "comes first", "sequences\nwith a site"):
        assert words in page
    assert "What to change" not in page


@pytest.mark.slow
def test_names_are_written_as_text(page):
    assert "<h1>ABA &amp; &lt;cold&gt;</h1>" in page
    assert "MA0001 &lt;ABF&gt;" in page


@pytest.mark.slow
def test_links_lead_to_files(report, page):
    links = re.findall(r'href="([^#"]+)"', page)
    assert len(links) == 5
    assert all((report.parent / link).is_file() for link in links)


@pytest.mark.slow
def test_an_earlier_report_is_replaced_and_nothing_else(motif_set, tmp_path):
    pytest.importorskip("logomaker")
    folder = tmp_path / "motifs"
    first = motif_report(replace(motif_set, motifs=()), folder, database=DATABASE)
    assert "No motif was found in 2 sequences." in first.read_text(encoding="utf-8")
    assert "lower <code>min_seqlets</code> of <code>discover_motifs</code>" in first.read_text(encoding="utf-8")
    (folder / "tables" / "mine.tsv").touch()
    assert motif_report(replace(motif_set, motifs=()), folder, database=DATABASE) == first
    assert sorted(path.name for path in folder.iterdir()) == [".seqaug-motif-report", "report.html", "tables"]
    assert (folder / "tables" / "mine.tsv").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["motifs"], "nothing temporary is left"


def test_other_peoples_folders_are_left_alone(motif_set, tmp_path):
    (tmp_path / "thesis.docx").touch()
    with pytest.raises(FileExistsError, match="not empty and holds no earlier motif report"):
        motif_report(motif_set, tmp_path, database=DATABASE)
    with pytest.raises(FileExistsError, match=r"thesis\.docx is a file"):
        motif_report(motif_set, tmp_path / "thesis.docx", database=DATABASE)
    with pytest.raises(OutputFolderError, match=r"is or holds the input .*thesis\.docx; give the report a folder"):
        motif_report(motif_set, tmp_path, database=tmp_path / "thesis.docx")
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.docx"]


def test_what_is_wrong_is_said_before_anything_is_written(motif_set, tmp_path):
    (tmp_path / "genes.fa").write_text(">gene\nACGT\n")
    folder = tmp_path / "report"
    with pytest.raises(DataFormatError, match=r"genes\.fa, line 2: 'ACGT' is no line of counts"):
        motif_report(motif_set, folder, database=tmp_path / "genes.fa")
    with pytest.raises(ValueError, match="q_value must be above 0"):
        motif_report(motif_set, folder, database=DATABASE, q_value=2)
    with pytest.raises(
        TypeError, match=r"motifs must be a MotifSet.*got dict; matrices alone are compared by match_mo"
    ):
        motif_report({"x": np.eye(4)}, folder, database=DATABASE)
    assert not folder.exists()


def test_without_logomaker_the_message_tells_how_to_install_it(motif_set, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "logomaker", None)
    with pytest.raises(MissingDependencyError, match=r"needs the package 'logomaker'.*seqaug-sklearn\[explain\]"):
        motif_report(motif_set, tmp_path / "report", database=DATABASE)
