"""How much sequence upstream regions share: overlapping neighbours, inverted repeats, windows with two labels."""

from collections import defaultdict
from dataclasses import asdict, dataclass

import pandas as pd

from seqaug_sklearn.alphabets import DNA
from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.reporting import Result
from seqaug_sklearn.utils import invalid_parameter

__all__ = ["RegionReport", "count_overlapping", "region_report"]


@dataclass(frozen=True, repr=False)
class RegionReport(Result):
    """Sequence shared between regions; made by :func:`region_report`.

    Attributes
    ----------
    window : int
        Window length in residues.
    n_regions : int
        Regions compared.
    n_overlapping : int
        Regions that share genome positions with another region, on either strand.
    n_sharing : int
        Regions with at least one window that another region holds too, as it is or reverse-complemented.
    n_sharing_same, n_sharing_reversed : int
        Those that share it as it is, and those that share it reverse-complemented (both is possible).
    n_windows : int
        Windows of all regions, stride 1.
    n_windows_shared : int
        Windows that another region holds too, on either strand.
    n_distinct_windows : int
        Different window texts.
    n_two_labels : int
        Different window texts that stand in two or more regions as they are, so no classifier can separate them.
    """

    _title = "How much sequence do the regions share?"

    window: int
    n_regions: int
    n_overlapping: int
    n_sharing: int
    n_sharing_same: int
    n_sharing_reversed: int
    n_windows: int
    n_windows_shared: int
    n_distinct_windows: int
    n_two_labels: int

    def to_dict(self) -> dict:
        """Return the counts as a dict."""
        return asdict(self)

    def to_frame(self) -> pd.DataFrame:
        """Return the counts as a table of one row."""
        return pd.DataFrame([self.to_dict()])

    def verdict(self) -> list[str]:
        """Return the counts in plain sentences."""
        return [
            f"{self.n_overlapping} of {self.n_regions} regions overlap another region on the genome.",
            f"{self.n_sharing} share an exact {self.window}-mer with another region ({self.n_sharing_same} on the same "
            f"strand, {self.n_sharing_reversed} reversed).",
            f"{self.n_windows_shared:,} of {self.n_windows:,} windows are concerned; distinct windows that carry two "
            f"labels: {self.n_two_labels:,}.",
        ]


def region_report(frame: pd.DataFrame, window: int = 40) -> RegionReport:
    """Count the sequence that regions share.

    Parameters
    ----------
    frame : pandas.DataFrame
        Table of :func:`upstream_regions`; ``sequence, start, end`` are read, and ``record`` where it is there.
    window : int, default=40
        Window length in residues (the paper's).

    Returns
    -------
    RegionReport

    Raises
    ------
    DataFormatError
        If a column is missing or the window is longer than every region.

    Examples
    --------
    >>> import pandas as pd
    >>> from seqaug_sklearn.datasets import region_report
    >>> frame = pd.DataFrame({"sequence": ["AAACCC", "AACCCG", "TTTTTT"], "start": [0, 1, 9], "end": [6, 7, 15]})
    >>> print(region_report(frame, window=5).summary())
    2 of 3 regions overlap another region on the genome. 2 share an exact 5-mer with another region (2 on the
    same strand, 0 reversed). 2 of 6 windows are concerned; distinct windows that carry two labels: 1.
    """
    missing = [column for column in ("sequence", "start", "end") if column not in frame]
    if missing:
        raise DataFormatError(f"frame lacks the columns {missing}; pass the table of upstream_regions")
    windows = [[text[i : i + window] for i in range(len(text) - window + 1)] for text in frame["sequence"]]
    if window < 1 or not any(windows):
        raise invalid_parameter("window", f"must be from 1 to the length of the longest region, got {window!r}")
    # text of a window -> regions that hold it
    holders = defaultdict(set)
    for region, texts in enumerate(windows):
        for text in texts:
            holders[text].add(region)
    same = [[bool(holders[text] - {region}) for text in texts] for region, texts in enumerate(windows)]
    reverse = [[_held_reversed(text, region, holders) for text in texts] for region, texts in enumerate(windows)]
    shared = [[a or b for a, b in zip(*pair, strict=True)] for pair in zip(same, reverse, strict=True)]
    return RegionReport(
        window=window,
        n_regions=len(frame),
        n_overlapping=count_overlapping(frame),
        n_sharing=sum(map(any, shared)),
        n_sharing_same=sum(map(any, same)),
        n_sharing_reversed=sum(map(any, reverse)),
        n_windows=sum(map(len, windows)),
        n_windows_shared=sum(map(sum, shared)),
        n_distinct_windows=len(holders),
        n_two_labels=sum(len(regions) > 1 for regions in holders.values()),
    )


def _held_reversed(text, region, holders):
    return bool(holders.get(text.translate(DNA.complement_table)[::-1], set()) - {region})


def count_overlapping(frame) -> int:
    """Count regions that share a position with another one of their record; ``start > end`` is across the origin."""
    at = defaultdict(list)
    size = int(frame[["start", "end"]].to_numpy().max(initial=0))
    records = frame["record"] if "record" in frame else [""] * len(frame)
    spans = zip(records, frame["start"], frame["end"], strict=True)
    for region, (record, start, end) in enumerate(spans):
        for position in _positions(start, end, size):
            at[record, position].append(region)
    return len({region for regions in at.values() if len(regions) > 1 for region in regions})


def _positions(start, end, size):
    return range(start, end) if start < end else [*range(start, size), *range(end)]
