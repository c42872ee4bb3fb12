"""Motifs planted with perfect contributions are found, placed and named; what cannot be searched is refused."""

import random
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from seqaug_sklearn.alphabets import DNA, PROTEIN, RNA
from seqaug_sklearn.exceptions import DataFormatError, MissingDependencyError, SeqAugWarning
from seqaug_sklearn.inspection import Attributions, MotifSet, discover_motifs, match_motifs, read_jaspar
from seqaug_sklearn.inspection._match_motifs import matrices_of

# Numba compiles TF-MoDISco and Tomtom for a minute: once, in one worker
pytestmark = pytest.mark.xdist_group("numba")

PLANTED = ["MA0590.1 LFY", "MA0570.3 ABF1", "MA0589.2 WRKY1"]
N_SEQUENCES, LENGTH = 150, 200


def attributions_of(one_hot, hypothetical, **changes):
    n, length, n_symbols = one_hot.shape
    gap = np.zeros(n)
    fields = {
        "values": (one_hot * hypothetical).astype(np.float32),
        "codes": np.where(one_hot.any(axis=2), one_hot.argmax(axis=2), n_symbols).astype(np.uint8),
        "lengths": np.full(n, length),
        "alphabet": DNA,
        "target": np.ones(n, int),
        "method": "integrated_gradients",
        "output": gap,
        "baseline_output": gap,
        "delta": gap,
        "hypothetical": hypothetical.astype(np.float32),
        "identifiers": np.array([f"gene{i}" for i in range(n)], dtype=object),
    }
    return Attributions(**(fields | changes))


def plant(shares, rng):
    """One-hot sequences with one site each, on either strand, and the contribution that each symbol would have."""
    codes = rng.choice(4, size=(N_SEQUENCES, LENGTH), p=[0.33, 0.17, 0.17, 0.33])
    hypothetical = rng.normal(0, 0.02, (N_SEQUENCES, LENGTH, 4))
    sites = []
    for row in range(N_SEQUENCES):
        name = PLANTED[row % len(PLANTED)]
        strand, start = rng.choice([-1, 1]), int(rng.integers(30, LENGTH - 50))
        matrix = shares[name][::strand, ::strand]
        end = start + len(matrix)
        codes[row, start:end] = [rng.choice(4, p=share) for share in matrix]
        bits = 2 + (matrix * np.log2(np.maximum(matrix, 1e-3))).sum(axis=1, keepdims=True)
        hypothetical[row, start:end] += (matrix - 0.25) * bits
        sites.append((name, start, end))
    return np.eye(4)[codes], hypothetical, sites


@pytest.fixture(scope="module")
def known():
    pytest.importorskip("pyjaspar")
    return read_jaspar()


@pytest.fixture(scope="module")
def planted(known):
    return plant(known, np.random.default_rng(7))


@pytest.fixture(scope="module")
def found(planted):
    pytest.importorskip("modiscolite")
    one_hot, hypothetical, _ = planted
    states = random.getstate(), np.random.get_state()[1].tolist()  # noqa: NPY002
    motifs = discover_motifs(attributions_of(one_hot, hypothetical), n_runs=2)
    after = random.getstate(), np.random.get_state()[1].tolist()  # noqa: NPY002
    assert after == states, "global generators are left as they were"
    return motifs


@pytest.fixture(scope="module")
def matches(found, known):
    pytest.importorskip("memelite")
    return match_motifs(found, known, n_best=2)


def test_the_search_leaves_the_way_figures_are_shown_alone():
    pytest.importorskip("modiscolite")
    code = (
        "import matplotlib; matplotlib.use('svg'); import matplotlib.pyplot, modiscolite.tfmodisco\n"
        "print(matplotlib.get_backend())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["svg"]


@pytest.mark.slow
def test_seqlets_of_a_motif_are_sites_of_one_planted_motif(found, planted):
    sites = planted[2]
    named = []
    for motif in found:
        names = []
        for row, start, end in motif.seqlets[["row", "site_start", "site_end"]].to_numpy():
            name, first, last = sites[row]
            assert start < last
            assert first < end, f"{motif.name} in row {row} does not overlap the planted site"
            names.append(name)
        most = max(set(names), key=names.count)
        assert names.count(most) >= 0.9 * len(names)
        named.append(most)
    assert set(named) == set(PLANTED), "three of three"
    assert all(motif.name.startswith("pos_pattern_") for motif in found), "nothing speaks against the class"


@pytest.mark.slow
def test_matrices_are_means_over_the_seqlets(found, planted):
    one_hot, hypothetical, _ = planted
    for motif in found:
        counts, contributions, all_symbols = np.zeros((3, *motif.pfm.shape))
        of_core = []
        for row, start, end, strand in motif.seqlets[["row", "start", "end", "strand"]].to_numpy():
            assert end - start == len(motif.pfm)
            letters, each = (track[row, start:end][::strand, ::strand] for track in (one_hot, hypothetical))
            counts, contributions, all_symbols = counts + letters, contributions + letters * each, all_symbols + each
            of_core.append((letters * each)[slice(*motif.core)].sum())
        np.testing.assert_array_equal(motif.pfm, counts)
        np.testing.assert_allclose(motif.cwm, contributions / len(motif), atol=1e-5)
        np.testing.assert_allclose(motif.hypothetical, all_symbols / len(motif), atol=1e-5)
        np.testing.assert_allclose(motif.seqlets["contribution"], of_core, rtol=1e-4)


@pytest.mark.slow
def test_a_set_tells_where_it_comes_from(found, planted):
    one_hot, hypothetical, _ = planted
    assert (found.n_sequences, found.length) == (N_SEQUENCES, LENGTH)
    assert found.settings["n_leiden_runs"] == 2
    np.testing.assert_allclose(found.background, one_hot.mean(axis=(0, 1)))
    assert found.total_contribution == pytest.approx(np.abs(one_hot * hypothetical).sum(), rel=1e-5)
    seqlets = found[0].seqlets
    assert (seqlets["identifier"] == "gene" + seqlets["row"].astype(str)).all()


@pytest.mark.slow
def test_planted_motifs_are_named_first(matches, found, planted):
    sites = planted[2]
    first = matches[matches["rank"] == 1].set_index("motif")["match"]
    for motif in found:
        names = [sites[row][0] for row in motif.seqlets["row"]]
        assert first[motif.name] == max(set(names), key=names.count)


@pytest.mark.slow
def test_q_values_are_benjamini_hochberg_over_the_database(known):
    pytest.importorskip("memelite")
    table = match_motifs({"x": known["MA0590.1 LFY"]}, known, q_value=1, n_best=len(known))
    p = table["p_value"].to_numpy()
    assert len(table) == len(known)
    assert (np.diff(p) >= 0).all()
    expected = [min(1, min(p[j] * len(p) / (j + 1) for j in range(i, len(p)))) for i in range(len(p))]
    np.testing.assert_allclose(table["q_value"], expected)
    limited = match_motifs({"x": known["MA0590.1 LFY"]}, known, q_value=0.01, n_best=3)
    assert len(limited) == min(3, (table["q_value"] <= 0.01).sum())


@pytest.mark.slow
@pytest.mark.parametrize(
    ("change", "offset", "overlap", "strand"),
    [
        (lambda motif: motif, 0, 16, 1),
        (lambda motif: motif[2:], 2, 14, 1),
        (lambda motif: 100 * np.vstack([np.full((3, 4), 0.25), motif]), -3, 16, 1),
        (lambda motif: motif[::-1, ::-1][4:], 4, 12, -1),
    ],
)
def test_a_changed_motif_lies_where_it_was_cut_from(known, change, offset, overlap, strand):
    pytest.importorskip("memelite")
    best = match_motifs({"x": change(known["MA0578.1 SPL8"])}, known, n_best=1).iloc[0]
    assert best["match"] == "MA0578.1 SPL8"
    assert (best["offset"], best["overlap"], best["strand"]) == (offset, overlap, strand)


@pytest.mark.slow
def test_a_small_database_is_warned_of(known):
    pytest.importorskip("memelite")
    few = {name: known[name] for name in PLANTED}
    with pytest.warns(SeqAugWarning, match="the database holds 3 motifs.*below 25 motifs they say little"):
        table = match_motifs({"x": known["MA0590.1 LFY"]}, few, q_value=1)
    assert table["match"].iloc[0] == "MA0590.1 LFY"


@pytest.mark.slow
@pytest.mark.realdata
def test_a_g_box_is_bound_by_bzip_or_bhlh(real_data):
    pytest.importorskip("memelite")
    g_box = 0.05 + 0.8 * np.eye(4)[DNA.table[list(b"GCCACGTGGC")]]
    table = match_motifs({"G-box": g_box}, real_data / "motifs" / "plant_tf.meme", n_best=5)
    families = table["match"].str.extract("_(bZIP|bHLH|BES1)$")[0]
    assert families.notna().all()


def test_no_motifs_have_no_matches(motif_set):
    empty = match_motifs(replace(motif_set, motifs=()), {"x": np.eye(4)})
    assert empty.empty
    assert list(empty) == ["motif", "rank", "match", "p_value", "q_value", "offset", "overlap", "strand"]


@pytest.mark.parametrize(
    ("arguments", "error", "match"),
    [
        ({"q_value": 0}, ValueError, "q_value must be above 0 and at most 1, got 0"),
        ({"n_best": 0}, ValueError, "n_best must be a whole number of at least 1, got 0"),
        ({"database": {}}, ValueError, "database is empty"),
        ({"database": ["ACGT"]}, TypeError, "database must be a dict that maps names to matrices, got list"),
        ({"motifs": ["ACGT"]}, TypeError, "motifs must be a MotifSet, or a dict that maps names.*got list"),
        ({"motifs": {"g": "CACGTJ"}}, ValueError, r"motifs\['g'\]='CACGTJ' holds 'J'; a consensus is written in IUPAC"),
        ({"motifs": {"g": ""}}, ValueError, r"motifs\['g'\]='' is empty"),
        ({"motifs": {"g": [["A"]]}}, TypeError, r"motifs\['g'\] must be counts or shares of shape \(width, 4\), or a"),
        ({"database": "jaspar"}, ValueError, "database='jaspar' is neither a collection.*'jaspar_plants'"),
        ({"database": {"x": np.eye(4)[:, :3]}}, ValueError, r"database\['x'\] must have the shape \(width, 4\)"),
        ({"database": {"x": -np.eye(4)}}, ValueError, r"database\['x'\] must hold counts or shares.*log-odds"),
        ({"database": "jaspar_plant"}, ValueError, "database='jaspar_plant' is neither.*are .'jaspar_plants'"),
        (
            {"database": "no-such-file.meme"},
            FileNotFoundError,
            "'no-such-file.meme' is neither a collection nor a file",
        ),
        ({"motifs": {"x": np.zeros((3, 4))}}, ValueError, r"motifs\['x'\] must hold counts or shares"),
    ],
)
def test_bad_arguments_of_match_motifs(arguments, error, match):
    with pytest.raises(error, match=match):
        match_motifs(**({"motifs": {"x": np.eye(4)}, "database": {"x": np.eye(4)}} | arguments))


def test_a_consensus_is_a_matrix():
    shares = matrices_of({"g": "MaNU"})["g"]
    np.testing.assert_allclose(shares, [[0.5, 0.5, 0, 0], [1, 0, 0, 0], [0.25] * 4, [0, 0, 0, 1]])


def test_motifs_are_counted_from_zero(motif_set):
    assert motif_set[-1].name == "neg_pattern_0"
    assert len(motif_set[:1]) == 1
    with pytest.raises(IndexError, match="there is no motif 99: the set holds 2, counted from 0"):
        motif_set[99]


def test_a_fasta_file_is_no_database(tmp_path):
    path = tmp_path / "genes.fa"
    path.write_text(">gene1\nACGT\n")
    with pytest.raises(DataFormatError, match="line 2: 'ACGT' is no line of counts, as in"):
        match_motifs({"x": np.eye(4)}, path)


@pytest.fixture
def noise(rng):
    """60 sequences of 60 residues with contributions of chance."""
    one_hot = np.eye(4)[rng.integers(0, 4, (60, 60))]
    return one_hot, rng.normal(size=one_hot.shape)


def test_windows_are_refused(noise):
    one_hot, hypothetical = noise
    windows = attributions_of(one_hot, hypothetical, sources=np.arange(60), starts=np.zeros(60, int))
    with pytest.raises(ValueError, match=r"of windows \(60 residues\).*stitch_windows\(attributions, window_set\)"):
        discover_motifs(windows)


@pytest.mark.parametrize(("step", "warned"), [(20, True), (60, False)])
def test_overlapping_windows_are_told_from_sequences(noise, step, warned):
    """Windows of 60 residues that do not know their sources."""
    long = np.concatenate([noise[0], noise[0][::-1]], axis=1)
    windows = np.concatenate([long[:, start : start + 60] for start in (0, step)])
    with pytest.warns(SeqAugWarning) as told:
        discover_motifs((windows, 0 * windows, 0 * windows))
    said = [str(warning.message) for warning in told]
    assert any("60 of 120 sequences begin within another" in text for text in said) == warned


@pytest.mark.parametrize(
    ("length", "settings", "padded"),
    [
        (99, {}, True),
        (100, {}, False),
        (100, {"pad": True}, True),
        (99, {"pad": False}, False),
        (99, {"width": 20}, False),
    ],
)
def test_what_is_padded(length, settings, padded):
    zeros = np.zeros((2, length, 4))
    with pytest.warns(SeqAugWarning, match="all contributions are zero"):
        assert discover_motifs((zeros, zeros, zeros), **settings).settings["pad"] is padded


def test_sequences_too_short_to_overlap_are_searched(noise):
    zeros = 0 * noise[0][:, :21]
    with pytest.warns(SeqAugWarning, match="all contributions are zero"):
        assert len(discover_motifs((zeros, zeros, zeros), window=11, flank=5, width=14, width_flank=2)) == 0


@pytest.mark.parametrize(
    ("settings", "needed"), [({}, 50), ({"width": 20, "width_flank": 5}, 41), ({"window": 41, "flank": 5}, 51)]
)
def test_short_sequences_are_refused(noise, settings, needed):
    short = tuple(track[:, : needed - 1] for track in (noise[0], noise[1], noise[1]))
    with pytest.raises(ValueError, match=f"attributions of {needed - 1} residues are too short.*at least {needed} are"):
        discover_motifs(short, **settings)


def test_attributions_must_hold_hypothetical_contributions(noise):
    with pytest.raises(ValueError, match=r"sequence_attributions\(\.\.\., hypothetical=True\)"):
        discover_motifs(replace(attributions_of(*noise), hypothetical=None))


def test_proteins_are_refused(noise):
    with pytest.raises(ValueError, match=r"of 'protein'; motifs are found in DNA and RNA"):
        discover_motifs(attributions_of(*noise, alphabet=PROTEIN))


def test_nothing_but_zeros_gives_an_empty_set_and_a_warning(noise):
    one_hot, hypothetical = noise
    with pytest.warns(SeqAugWarning, match="no motif was found: all contributions are zero"):
        motifs = discover_motifs((one_hot, 0 * hypothetical, 0 * hypothetical * one_hot))
    assert isinstance(motifs, MotifSet)
    assert len(motifs) == 0
    assert motifs.to_frame().empty


def test_several_classes_are_warned_of(noise):
    one_hot, hypothetical = noise
    mixed = attributions_of(one_hot, 0 * hypothetical, target=np.arange(60) % 2, alphabet=RNA)
    with (
        pytest.warns(SeqAugWarning, match="a different class in different rows"),
        pytest.warns(SeqAugWarning, match="all contributions are zero"),
    ):
        assert discover_motifs(mixed).alphabet is RNA


@pytest.mark.slow
def test_gaps_of_an_alignment_are_no_residues(rng):
    """Positions without any residue let no warning of NumPy through, and the planted site is found beside them."""
    pytest.importorskip("modiscolite")
    one_hot = np.eye(4)[rng.integers(0, 4, (60, 200))]
    one_hot[:, 97:103] = np.eye(4)[[1, 0, 1, 2, 3, 2]]
    one_hot[30:, 110:], one_hot[:, :60] = 0, 0
    hypothetical = 0.05 * rng.normal(size=one_hot.shape)
    hypothetical[:, 97:103] += one_hot[:, 97:103]
    hypothetical[~one_hot.any(axis=2)] = 0
    motifs = discover_motifs((one_hot, one_hot * hypothetical, hypothetical))
    assert "CACGTG" in motifs[0].consensus


def test_chance_has_no_motifs(noise):
    pytest.importorskip("modiscolite")
    with pytest.warns(SeqAugWarning, match=r"no pieces of the 60 sequences resemble.*min_seqlets=20"):
        motifs = discover_motifs((noise[0], noise[0] * noise[1], noise[1]), n_runs=1)
    assert len(motifs) == 0


@pytest.fixture(scope="module")
def short_promoters():
    """80 sequences of 80 residues with contributions of chance and one G-box each, anywhere, the ends included."""
    rng = np.random.default_rng(3)
    box = np.eye(4)[DNA.table[list(b"GCCACGTGGC")]]
    one_hot = np.eye(4)[rng.integers(0, 4, (80, 80))]
    hypothetical = 0.05 * rng.normal(size=one_hot.shape)
    starts = rng.integers(0, 71, 80)
    for row, start in enumerate(starts):
        one_hot[row, start : start + 10] = box
        hypothetical[row, start : start + 10] += box - 0.25
    return one_hot, hypothetical, starts


@pytest.mark.slow
def test_sites_at_the_ends_of_short_sequences_are_found(short_promoters):
    pytest.importorskip("modiscolite")
    one_hot, hypothetical, starts = short_promoters
    motifs = discover_motifs((one_hot, one_hot * hypothetical, hypothetical), n_runs=2)
    assert len(motifs) == 1
    assert motifs[0].consensus in ("GCCACGTGGC", "CCACGTGG", "CACGTG")
    seqlets = motifs[0].seqlets
    np.testing.assert_array_less(np.abs(seqlets["site_start"] - starts[seqlets["row"]]), 4)
    near = starts[seqlets["row"]]
    assert (near < 15).any()
    assert (near > 55).any()
    np.testing.assert_array_less(motifs[0].pfm.sum(axis=1), len(seqlets) + 1)
    assert motifs[0].pfm[0].sum() < len(seqlets), "residues that were added are not counted"


@pytest.mark.slow
def test_without_padding_the_warning_names_what_was_lost(short_promoters):
    pytest.importorskip("modiscolite")
    one_hot, hypothetical, _ = short_promoters
    with pytest.warns(SeqAugWarning, match=r"sequences of 80 residues.*lower window, flank, width.*pass pad=True"):
        discover_motifs((one_hot, one_hot * hypothetical, hypothetical), n_runs=1, min_seqlets=60, pad=False)


@pytest.mark.slow
def test_contributions_of_one_sign_are_explained(noise):
    pytest.importorskip("modiscolite")
    one_hot, hypothetical = noise[0], np.abs(noise[1])
    with pytest.raises(ValueError, match=r"cannot be distinguished from chance.*some be negative"):
        discover_motifs((one_hot, one_hot * hypothetical, hypothetical), n_runs=1)


@pytest.mark.parametrize(
    ("change", "error", "match"),
    [
        (lambda x, c, h: (x, c), TypeError, "a tuple of three arrays.*got tuple"),
        (lambda x, c, h: ["ACGT"], TypeError, "got list"),
        (lambda x, c, h: (x[0], c[0], h[0]), ValueError, r"one_hot must have the shape \(n_sequences, length, 4\)"),
        (lambda x, c, h: (2 * x, c, h), ValueError, "a single 1 for each known residue"),
        (lambda x, c, h: (x, c, h[:, :50]), ValueError, r"hypothetical \(60, 50, 4\) must have the shape of one_hot"),
        (lambda x, c, h: (x, c[:, :50], h), ValueError, r"contributions \(60, 50, 4\)"),
        (lambda x, c, h: (x, c, np.where(x > 0, np.nan, h)), ValueError, "hypothetical must be finite, but row 0"),
    ],
)
def test_bad_arrays(noise, change, error, match):
    one_hot, hypothetical = noise
    with pytest.raises(error, match=match):
        discover_motifs(change(one_hot, one_hot * hypothetical, hypothetical))


@pytest.mark.parametrize(
    ("parameters", "match"),
    [
        ({"max_seqlets": 0}, "max_seqlets must be a whole number of at least 1, got 0"),
        ({"window": 2.5}, "window must be a whole number"),
        ({"n_runs": True}, "n_runs must be a whole number"),
        ({"min_seqlets": 4}, "min_seqlets must be a whole number of at least 5, got 4"),
        ({"pad": "yes"}, "pad must be True, False or 'auto', got 'yes'"),
        ({"fdr": 1}, "fdr must be a share between 0 and 1, got 1"),
    ],
)
def test_bad_parameters(noise, parameters, match):
    with pytest.raises(ValueError, match=match):
        discover_motifs((noise[0], noise[1], noise[1]), **parameters)


def test_without_modisco_the_message_tells_how_to_install_it(noise, monkeypatch):
    monkeypatch.setitem(sys.modules, "modiscolite.tfmodisco", None)
    with pytest.raises(MissingDependencyError, match=r"needs the package 'modiscolite'.*seqaug-sklearn\[motifs\]"):
        discover_motifs((noise[0], noise[1], noise[1]))


def test_without_memelite_the_message_tells_how_to_install_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "memelite", None)
    with pytest.raises(MissingDependencyError, match=r"needs the package 'memelite'.*seqaug-sklearn\[motifs\]"):
        match_motifs({"x": np.eye(4)}, {"x": np.eye(4)})
