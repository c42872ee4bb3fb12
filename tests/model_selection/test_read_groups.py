import gzip

import numpy as np
import pandas as pd
import pytest
from sklearn.model_selection import GroupKFold

from seqaug_sklearn.exceptions import DataFormatError, SeqAugWarning
from seqaug_sklearn.model_selection import read_groups

NAMES = ["g1", "g2", "g3", "g4", "g5"]
MMSEQS2 = "g2\tg2\ng2\tg1\ng4\tg4\ng5\tg5\ng5\tg3\n"
HASHFRAG = "g2_Reversed\t0\ng1\t0\ng2\t0\ng1_Reversed\t0\ng3\t1\ng5_Reversed\t1\ng3_Reversed\t1\ng5\t1\n"
DATASAIL = "g1\tg2\ng2\tg2\ng3\tg5\ng4\tg4\ng5\tg5\n"
EXPECTED = [0, 0, 1, 2, 1]


@pytest.mark.parametrize(
    "text",
    [
        MMSEQS2,
        DATASAIL,
        "name,group\n" + DATASAIL.replace("\t", ","),
        "id\tcluster\n" + DATASAIL,
        "ID\tSplit\ng1\ttrain\ng2\ttrain\ng3\ttest\ng4\tval\ng5\ttest\n",
        "family,length,gene\nA,300,g1\nA,20,g2\nB,300,g3\nC,1,g4\nB,300,g5\n",
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_tables_of_other_tools(text, packed, tmp_path):
    path = tmp_path / ("table.tsv.gz" if packed else "table.tsv")
    path.write_bytes(gzip.compress(text.encode()) if packed else text.encode())
    groups = read_groups(path, NAMES)
    assert groups.tolist() == EXPECTED
    assert groups.dtype == np.int64
    assert read_groups(str(path), pd.Index(NAMES[::-1])).tolist() == [0, 1, 0, 2, 2]


def test_hashfrag_lists_only_sequences_with_homologs(tmp_path):
    path = tmp_path / "hashFrag.homologous_groups.tsv"
    path.write_text(HASHFRAG)
    with pytest.raises(ValueError, match=r"does not list 'g4' of 5 identifiers.*missing='own'"):
        read_groups(path, NAMES)
    assert read_groups(path, NAMES, missing="own").tolist() == EXPECTED
    two = read_groups(path, ["x", "g1", "y", "g2_Reversed"], missing="own")
    assert two.tolist() == [0, 1, 2, 1]


@pytest.mark.parametrize(
    "frame",
    [
        pd.DataFrame({"name": NAMES, "group": [7, 7, 3, 1, 3]}),
        pd.DataFrame({"group": [7, 7, 3, 1, 3]}, index=pd.Index(NAMES, name="gene")),
        pd.DataFrame([["g2", "g2"], ["g2", "g1"], ["g4", "g4"], ["g5", "g5"], ["g5", "g3"]]),
    ],
)
def test_frames(frame):
    before = frame.copy()
    assert read_groups(frame, NAMES).tolist() == EXPECTED
    pd.testing.assert_frame_equal(frame, before)


def test_representatives_alone_and_singletons():
    """Identifiers that are all representatives, in either order of columns."""
    mmseqs2 = pd.DataFrame([["a", "a"], ["a", "b"], ["c", "c"]])
    assert read_groups(mmseqs2, ["a", "c"]).tolist() == [0, 1]
    assert read_groups(mmseqs2[[1, 0]].set_axis([0, 1], axis=1), ["a", "c"]).tolist() == [0, 1]
    singletons = pd.DataFrame([["a", "a"], ["b", "b"]])
    assert read_groups(singletons, ["b", "a"]).tolist() == [0, 1]


def test_numbers_as_names(tmp_path):
    path = tmp_path / "groups.csv"
    path.write_text("".join(f"{i},{i // 3}\n" for i in range(10, 19)))
    assert read_groups(path, range(10, 19)).tolist() == [0, 0, 1, 1, 1, 2, 2, 2, 3]


def test_groups_go_into_a_group_splitter(random_dna):
    X = pd.Series(random_dna(5, 20), index=NAMES)
    groups = read_groups(pd.DataFrame({"name": NAMES, "group": list("aabcb")}), X.index)
    for train, test in GroupKFold(3).split(X, groups=groups):
        assert not set(groups[train]) & set(groups[test])


@pytest.mark.parametrize(
    ("table", "error", "match"),
    [
        (pd.DataFrame([["g1", "a"]]), ValueError, r"does not list 'g2', 'g3', 'g4' and 1 others of 5 identifiers"),
        (pd.DataFrame([["x", "a"]]), DataFormatError, r"no column of the table holds any.*\['x', 'a'\].*'g1'"),
        (pd.DataFrame([["g1", "a"], ["g1", "b"]]), DataFormatError, "puts 'g1' into two groups: 'a' and 'b'"),
        (
            pd.DataFrame([["g1", "a"], ["g2", None]]),
            DataFormatError,
            "the table: the group of 'g2' is empty; fill it in",
        ),
        (pd.DataFrame([["g1", "a"], [np.nan, "a"]]), DataFormatError, "name '' and group 'a' has an empty cell"),
        (pd.DataFrame([["g1", "a", "b"]]), DataFormatError, "has 3 columns, and which is the group is not clear"),
        (pd.DataFrame({0: [], 1: []}), DataFormatError, "must have a column of names and one of groups"),
    ],
)
def test_bad_tables(table, error, match):
    with pytest.raises(error, match=match):
        read_groups(table, NAMES)


@pytest.mark.parametrize(
    "text",
    [
        "name,group\ng1,a\ng2,a,\ng3,b\ng4,c\ng5,b\n",
        "name,group\ng1,a\ng2,a,note\ng3,b\ng4,c\ng5,b\n",
        "name,group\ng1,a\ng2\ng3,b\ng4,c\ng5,b\n",
        "name,group\n1,g1,a\n2,g2,a\n",
    ],
)
def test_rows_with_other_numbers_of_fields_are_refused(tmp_path, text):
    path = tmp_path / "groups.csv"
    path.write_text(text)
    with pytest.raises(DataFormatError, match=r"groups\.csv, line \d \('.*'\): \d fields?, but line 1 has 2"):
        read_groups(path, NAMES)


@pytest.mark.parametrize("word", ["NA", "nan", "?", ""])
@pytest.mark.parametrize("kind", ["file", "frame"])
def test_sequences_without_a_group_are_no_group(tmp_path, word, kind):
    frame = pd.DataFrame({"name": [*NAMES, "other"], "group": ["a", word, "b", word, "b", "NULL"]})
    table = frame if kind == "frame" else tmp_path / "groups.csv"
    if kind == "file":
        frame.to_csv(table, index=False)
    with pytest.raises(DataFormatError, match=r"the group of 'g2', 'g4' is .*missing_values=\["):
        read_groups(table, NAMES)
    with pytest.raises(ValueError, match=r"does not list 'g2', 'g4' of 5 identifiers"):
        read_groups(table, NAMES, missing_values=[word])
    assert read_groups(table, NAMES, missing_values=[word], missing="own").tolist() == [0, 1, 2, 3, 2]
    if word:
        assert read_groups(table, NAMES, missing_values=[]).tolist() == [0, 1, 2, 1, 2]


def test_groups_that_differ_in_writing_only_are_told():
    table = pd.DataFrame({"name": NAMES, "group": ["A1", "a1", "1", "1.0", "b"]})
    with pytest.warns(SeqAugWarning, match="'A1' and 'a1'; '1' and '1.0' differ in writing only, .* group") as caught:
        assert read_groups(table, NAMES).tolist() == [0, 1, 2, 3, 4]
    assert caught[0].filename == __file__


def test_names_with_commas_in_a_table_of_tabs(tmp_path):
    path = tmp_path / "clusters.tsv"
    path.write_text("x,1,a\tx,1,a\nx,1,a\tx,1,b\ny,2\ty,2\n")
    assert read_groups(path, ["x,1,b", "y,2", "x,1,a"]).tolist() == [0, 1, 0]


def test_bad_arguments(tmp_path):
    with pytest.raises(ValueError, match="missing must be 'error', 'own' or 'warn', got 'skip'"):
        read_groups(pd.DataFrame(), NAMES, missing="skip")
    with pytest.raises(FileNotFoundError, match="nothing"):
        read_groups(tmp_path / "nothing.tsv", NAMES)
    path = tmp_path / "names.txt"
    path.write_text("g1\ng2\n")
    with pytest.raises(DataFormatError, match=r"names\.txt must have a column of names and one of groups"):
        read_groups(path, NAMES)
    path.write_text("")
    with pytest.raises(DataFormatError, match=r"names\.txt is empty"):
        read_groups(path, NAMES)


CD_HIT = """>Cluster 0
0\t300nt, >g2... *
1\t298nt, >g1... at +/98.32%
>Cluster 1
0\t120nt, >g5 some words... *
1\t120nt, >g3... at -/91.00%
>Cluster 2
0\t44aa, >g4... *
"""


@pytest.mark.parametrize("packed", [False, True])
def test_clusters_of_cd_hit(tmp_path, packed):
    path = tmp_path / "out.clstr"
    path.write_bytes(gzip.compress(CD_HIT.encode()) if packed else CD_HIT.replace("\n", "\r\n").encode())
    assert read_groups(path, NAMES).tolist() == EXPECTED
    with pytest.raises(ValueError, match="does not list 'g9' of 2 identifiers"):
        read_groups(path, ["g1", "g9"])


def test_names_that_cd_hit_has_cut(tmp_path):
    path = tmp_path / "out.clstr"
    member = "{number}\t300nt, >{name}... {end}\n"
    long = [f"sp|P12345|PROTEIN_OF_ARATH_{i}" for i in range(4)]
    # -d 20 keeps the first twenty characters, here of names that differ later
    cut = [name[:20] for name in (long[0], "sp|Q67890|ANOTHER_PROTEIN_1")]
    path.write_text(
        ">Cluster 0\n" + "".join(member.format(number=i, name=cut[0], end="*") for i in range(2)) + ">Cluster 1\n"
        "0\t200aa, >" + cut[1] + "... *\n1\t200aa, >short... at 99.00%\n"
    )
    names = [long[0], long[1], "sp|Q67890|ANOTHER_PROTEIN_1", "short"]
    assert read_groups(path, names).tolist() == [0, 0, 1, 1]
    path.write_text(path.read_text() + ">Cluster 2\n" + member.format(number=0, name=cut[0], end="*"))
    with pytest.raises(DataFormatError, match=r"has cut 'sp\|P12345.*which stands in two clusters; .* -d 0"):
        read_groups(path, names)


def test_a_line_that_is_not_cd_hits_is_named(tmp_path):
    path = tmp_path / "out.clstr"
    path.write_text(CD_HIT + "1\t44aa, >g4")
    with pytest.raises(DataFormatError, match=r"line 9: .* is no member of a CD-HIT cluster"):
        read_groups(path, NAMES)


def test_tables_of_seqaug_groups_have_more_columns(tmp_path):
    path = tmp_path / "groups.csv"
    path.write_text("name,group,label\ng1,1,a\ng2,1,b\ng3,2,a\ng4,3,a\ng5,2,b\n")
    assert read_groups(path, NAMES).tolist() == EXPECTED
