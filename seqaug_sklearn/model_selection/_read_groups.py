"""Groups of sequences made by other tools."""

import re

import numpy as np
import pandas as pd

from seqaug_sklearn.exceptions import DataFormatError, InvalidParameterError, SeqAugWarning
from seqaug_sklearn.utils import (
    Message,
    Parameter,
    Ways,
    invalid_parameter,
    kind_of_file,
    listed,
    mark_missing,
    read_table,
    read_text,
    warn,
    warn_of_twins,
)

__all__ = ["read_groups"]

_OF_CD_HIT = re.compile(r"\d+\s+\d+(?:aa|nt), >(?P<name>.+)\.\.\. (?:\*|at .+)")
_SHORTEST_CUT = 19
"""Characters of a name that CD-HIT has cut, at least: it keeps 20 of the header, the mark in front included or not."""

_GROUP_COLUMNS = ("group", "cluster", "cluster_id", "split", "fold", "homology_group", "orthogroup", "family")


def read_groups(table, identifiers, *, missing="error", missing_values=None) -> np.ndarray:
    """Read which group each sequence belongs to, from the table of another tool.

    Accepted are tables of two columns, with a header or without, separated by tabs, commas or semicolons, gzip too, and
    the clusters of CD-HIT:

    - ``seqaug groups``: name, group, and more;
    - CD-HIT and CD-HIT-EST (``*.clstr``), known by their first line, ``>Cluster 0``. Names that CD-HIT has cut (it
      keeps 20 characters unless run with ``-d 0``) are completed where that can be done in one way only;
    - MMseqs2 (``easy-cluster``): representative, member;
    - hashFrag (``homologous_groups.tsv``): name, group. It lists only sequences that have a homolog: pass
      ``missing="own"``. Names with the suffix ``_Reversed`` stand for the reverse complement of the sequence;
    - DataSAIL (``*_clusters.tsv``, ``*_splits.tsv``): name, cluster or split.

    Which column holds the names is inferred from the identifiers. Of a table with a header and more columns, the one
    called
    "group" is the group, else the only one called "cluster", "cluster_id", "split", "fold", "homology_group",
    "orthogroup" or "family".

    Parameters
    ----------
    table : str, path or pandas.DataFrame
        The file or table.
    identifiers : array-like of str of shape (n_samples,)
        Names of the sequences, for example the index of the Series that ``read_fasta`` gives.
    missing : {"error", "own", "warn"}, default="error"
        What to do with a sequence that the table does not list: raise, or give it a group of its own ("warn": and say
        so).
    missing_values : list of str, default=None
        Words that mean that a sequence has no group, as if it were not listed, for example ``["NA"]``; all others are
        groups. None: words that usually mean missing (NA, NaN, NULL, ?, - and their kin) are an error, because
        unrelated sequences would be one group.

    Returns
    -------
    groups : int64 ndarray of shape (n_samples,)
        Group of each sequence, numbered by first appearance, for ``GroupKFold`` and the other group splitters.

    Raises
    ------
    DataFormatError
        If the table has not two columns, rows differ in their number of fields, no column holds the identifiers, a
        cell is empty or may mean missing, a name is in two groups, or a line is none of CD-HIT's.
    InvalidParameterError
        If `missing` is none of its choices, or identifiers are not listed (``missing="error"``); some are named.

    Warns
    -----
    SeqAugWarning
        If groups differ in writing only, or identifiers are not listed (``missing="warn"``).

    See Also
    --------
    leakage_groups, similarity_groups : Groups without another tool.
    split_by_groups : Training and test rows, or folds, of whole groups.

    Examples
    --------
    >>> import pandas as pd
    >>> clusters = pd.DataFrame([["a", "a"], ["a", "b"], ["c", "c"]])  # MMseqs2: representative, member
    >>> read_groups(clusters, ["c", "b", "a"]).tolist()
    [0, 1, 1]
    """
    if missing not in ("error", "own", "warn"):
        raise invalid_parameter("missing", f"must be 'error', 'own' or 'warn', got {missing!r}")
    wanted = pd.Index(identifiers).astype(str)
    source = "the table" if hasattr(table, "columns") else str(table)
    names, groups = _names_and_groups(table, set(wanted), source)
    group_of = _without_missing(_group_of(names, groups, source), wanted, source, missing_values)
    unlisted = [name for name in wanted if name not in group_of]
    if unlisted and missing != "own":
        _tell_unlisted(unlisted, len(wanted), source, missing)
    # a tuple can be no group's label in the file
    labels = [group_of.get(name, (name,)) for name in wanted]
    numbers: dict = {}
    return np.array([numbers.setdefault(label, len(numbers)) for label in labels], dtype=np.int64)


def _tell_unlisted(unlisted, n_wanted, source, missing):
    more = f" and {len(unlisted) - 3} others" if len(unlisted) > 3 else ""
    fact = f"{source} does not list {', '.join(map(repr, unlisted[:3]))}{more} of {n_wanted} identifiers; "
    if missing == "warn":
        warn(f"{fact}each of them is a group of its own", SeqAugWarning)
        return
    check = "check that the names are those of the sequences"
    own = Message("pass ", Parameter("missing", "own"), " if the tool lists only sequences that have a similar one")
    raise InvalidParameterError(Message(fact, Ways(check, own)))


def _names_and_groups(table, wanted, source):
    """Two lists of str of one length."""
    if hasattr(table, "columns"):
        return _columns(_cells(table), wanted, source)
    if kind_of_file(table) == "fasta":
        names, clusters = _clusters_of_cd_hit(read_text(table), source)
        return _completed(names, clusters, wanted, source)
    rows = read_table(table, heading=False).to_numpy(dtype=object).tolist()
    return _columns(rows, wanted, source)


def _clusters_of_cd_hit(text, source):
    """Names, of which CD-HIT may have kept the beginning only, and their clusters."""
    names: list[str] = []
    groups: list[str] = []
    cluster = ""
    for number, line in enumerate(text.splitlines(), start=1):
        line = line.strip()
        if line.startswith(">Cluster "):
            cluster = line.removeprefix(">")
        elif line:
            member = _OF_CD_HIT.fullmatch(line)
            if member is None:
                raise DataFormatError(
                    f"{source}, line {number}: {line[:60]!r} is no member of a CD-HIT cluster, which reads "
                    "'0 300nt, >name... *'; is the file cut off?"
                )
            # what follows the first blank is the description
            names.append(member["name"].split()[0])
            groups.append(cluster)
    return names, groups


def _completed(names, groups, wanted, source):
    """Names and groups, a cut name replaced by the identifiers that begin so."""
    known = set(names)
    cut = {name for name in known - wanted if len(name) >= _SHORTEST_CUT}
    lengths = {len(name) for name in cut}
    candidates: dict[str, list[str]] = {}
    for name in wanted - known:
        for beginning in {name[:length] for length in lengths} & cut:
            candidates.setdefault(beginning, []).append(name)
    group_of: dict[str, str] = {}
    for name, group in zip(names, groups, strict=True):
        if name in candidates and group_of.setdefault(name, group) != group:
            raise DataFormatError(
                f"{source}: CD-HIT has cut {listed(sorted(candidates[name]), most=3)} to {name!r}, which stands in two "
                "clusters; run it again with -d 0, which keeps whole names"
            )
    whole = [(full, group) for name, group in zip(names, groups, strict=True) for full in candidates.get(name, [name])]
    return [name for name, _ in whole], [group for _, group in whole]


def _cells(table):
    """Cells as text without a header (a header, if there is one, is the first row)."""
    cells = table.reset_index() if table.shape[1] == 1 else table
    named = not all(isinstance(name, (int, np.integer)) for name in cells.columns)
    body = cells.astype(object).where(cells.notna(), "").astype(str).to_numpy(dtype=object).tolist()
    return [[str(name) for name in cells.columns], *body] if named else body


def _columns(rows, wanted, source):
    """Names and groups, two lists of str."""
    if not rows or len(rows[0]) < 2:
        raise DataFormatError(
            f"{source} must have a column of names and one of groups, separated by tabs, commas or semicolons; got "
            f"{len(rows[0]) if rows else 0} columns"
        )
    columns = [list(column) for column in zip(*rows, strict=True)]
    held = [len(wanted.intersection(column)) for column in columns]
    # names do not repeat, representatives do
    place = max(range(len(columns)), key=lambda i: (held[i], len(set(columns[i])), i))
    if held[place] == 0:
        raise DataFormatError(
            f"no column of {source} holds any of the identifiers; the first row is {rows[0]}, the first identifiers "
            f"are {sorted(wanted)[:3]}",
        )
    others = [i for i in range(len(columns)) if i != place]
    if len(others) > 1:
        others = [i for i in others if columns[i][0].lower() in _GROUP_COLUMNS]
        # the table of a split has columns split and fold, too
        others = [i for i in others if columns[i][0].lower() == "group"] or others
    if len(others) != 1:
        raise DataFormatError(
            f"{source} has {len(columns)} columns, and which is the group is not clear; keep two columns, or name one "
            f"'group'"
        )
    names, groups = columns[place], columns[others[0]]
    header = groups[0].lower() in _GROUP_COLUMNS and names[0] not in wanted
    return names[header:], groups[header:]


def _group_of(names, groups, source):
    group_of: dict[str, str] = {}
    for name, group in zip(names, groups, strict=True):
        if not name:
            raise DataFormatError(f"{source}: the row of name {name!r} and group {group!r} has an empty cell")
        if group_of.setdefault(name, group) != group:
            raise DataFormatError(f"{source} puts {name!r} into two groups: {group_of[name]!r} and {group!r}")
    for name in names:
        group_of.setdefault(name.removesuffix("_Reversed"), group_of[name])
    return group_of


def _without_missing(group_of, wanted, source, missing_values):
    """The groups that are known, of the sequences that are there."""
    listed = [name for name in wanted if name in group_of]
    groups = pd.Series([group_of[name] for name in listed], index=listed, dtype=object)
    about = {"what": "group", "where": source}
    groups = groups[~mark_missing(groups, missing_values, **about)]
    warn_of_twins(groups, **about)
    return groups.to_dict()
