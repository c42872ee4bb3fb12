"""region_report against a naive count over all pairs, and against the measured figures of a real plastome."""

import pandas as pd
import pytest
from Bio.Seq import reverse_complement

from seqaug_sklearn.datasets import make_plastome, read_genbank, region_report, upstream_regions
from seqaug_sklearn.exceptions import DataFormatError, InvalidParameterError


def _naive(frame, window):
    """The definitions, read pair by pair."""
    cuts = {name: [s[i : i + window] for i in range(len(s) - window + 1)] for name, s in frame["sequence"].items()}
    same, back, concerned, two = set(), set(), 0, set()
    for name, windows in cuts.items():
        others = {w for other, ws in cuts.items() if other != name for w in ws}
        turned = {reverse_complement(w) for w in others}
        for w in windows:
            same |= {name} if w in others else set()
            back |= {name} if w in turned else set()
            two |= {w} if w in others else set()
            concerned += w in others or w in turned
    everything = [w for ws in cuts.values() for w in ws]
    return len(same | back), len(same), len(back), len(everything), concerned, len(set(everything)), len(two)


@pytest.mark.parametrize("window", [6, 20, 40])
def test_equals_the_naive_count(window):
    frame = upstream_regions(make_plastome(14, random_state=5), 120)
    report = region_report(frame, window)
    assert _naive(frame, window) == (
        report.n_sharing, report.n_sharing_same, report.n_sharing_reversed, report.n_windows, report.n_windows_shared,
        report.n_distinct_windows, report.n_two_labels,
    )  # fmt: skip
    assert report.n_sharing > 0
    assert report.n_regions == len(frame)
    assert report.n_overlapping == frame.attrs["n_overlapping"]


def test_regions_of_unequal_length():
    frame = pd.DataFrame({"sequence": ["ACGTTG", "GTT", "AC"], "start": [0, 20, 40], "end": [6, 23, 42]})
    report = region_report(frame, 3)
    assert (report.n_windows, report.n_sharing, report.n_two_labels, report.n_overlapping) == (5, 2, 1, 0)


def test_repeats_within_one_region_are_not_shared():
    frame = pd.DataFrame({"sequence": ["AAAAAAAATTTTTTTT", "CCCCCCGG"], "start": [0, 20], "end": [16, 28]})
    report = region_report(frame, 4)
    assert (report.n_sharing, report.n_windows_shared, report.n_two_labels) == (0, 0, 0)


def test_overlap_is_seen_across_the_origin_and_where_sequence_is_not_shared():
    frame = pd.DataFrame({"sequence": ["AC", "GG", "TA"], "start": [9, 0, 4], "end": [1, 2, 6]})
    report = region_report(frame, 2)
    assert (report.n_overlapping, report.n_sharing) == (2, 0)


@pytest.mark.realdata
def test_real_figures(real_data):
    """The measured figures of A. thaliana: 31 regions, 13 on the same strand, 20 reversed, 4,295 windows, 433 twice."""
    report = region_report(upstream_regions(read_genbank(real_data / "plastomes" / "NC_000932.1.gb")))
    assert (report.n_sharing, report.n_sharing_same, report.n_sharing_reversed) == (31, 13, 20)
    assert (report.n_windows_shared, report.n_two_labels) == (4295, 433)
    assert report.n_windows in (112 * 261, 113 * 261)
    assert "31 share an exact 40-mer" in report.summary()


def test_bad_input():
    frame = upstream_regions(make_plastome(12, random_state=0), 30)
    with pytest.raises(DataFormatError, match=r"frame lacks the columns \['start', 'end'\]"):
        region_report(frame[["sequence"]])
    for window in (0, 31):
        with pytest.raises(InvalidParameterError, match=rf"window must be from 1 to the length.*got {window}"):
            region_report(frame, window)
