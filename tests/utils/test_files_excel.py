"""Workbooks: the same table as text, or a clear error."""

import datetime
import sys
import zipfile

import pytest

from seqaug_sklearn.exceptions import DataFormatError, MissingDependencyError, SeqAugWarning
from seqaug_sklearn.utils import kind_of_file, read_table

openpyxl = pytest.importorskip("openpyxl")

ROWS = [["Name", "Sequence", "score", "is new"], ["s0", "ACGT", 5.0, True], ["007", None, 0.25, False]]


def workbook(path, *sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for number, rows in enumerate(sheets):
        sheet = book.create_sheet(f"sheet {number}")
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def test_a_workbook_is_known_by_its_content_and_read_as_text(tmp_path):
    path = workbook(tmp_path / "data.csv", [[]], [[], *ROWS, []])
    assert kind_of_file(path) == "excel"
    table = read_table(path)
    assert list(table.columns) == ROWS[0]
    assert table.to_numpy().tolist() == [["s0", "ACGT", "5", "TRUE"], ["007", "", "0.25", "FALSE"]]
    assert table.index.tolist() == [3, 4]


def test_other_sheets_and_dates_are_said(tmp_path):
    path = workbook(tmp_path / "d.xlsx", ROWS, [["more"]])
    with pytest.warns(SeqAugWarning, match=r"d\.xlsx: the sheet 'sheet 0' is read, and 'sheet 1' are not"):
        read_table(path)
    path = workbook(tmp_path / "d.xlsx", [["name", "label"], [datetime.date(2024, 9, 1), "A"]])
    with pytest.warns(SeqAugWarning, match="1 cells are dates, which Excel makes of names such as SEPT1"):
        assert read_table(path).loc[2, "name"].startswith("2024-09-01")


def test_a_surplus_field_has_a_column_as_its_cell_has(tmp_path):
    path = workbook(tmp_path / "d.xlsx", [["name", "label"], ["s0", "A", "note"]])
    assert read_table(path).to_numpy().tolist() == [["s0", "A", "note"]]


def test_what_is_refused(tmp_path, monkeypatch):
    with pytest.raises(DataFormatError, match=r"d\.xlsx is an empty workbook"):
        read_table(workbook(tmp_path / "d.xlsx", [[]]))
    with zipfile.ZipFile(tmp_path / "d.xlsx", "w") as file:
        file.writestr("xl/workbook.xml", "<broken")
    with pytest.raises(DataFormatError, match=r"d\.xlsx is a damaged workbook .* save it again, or as CSV"):
        read_table(tmp_path / "d.xlsx")
    with zipfile.ZipFile(tmp_path / "d.zip", "w") as file:
        file.writestr("a.csv", "name,label\n")
    with pytest.raises(
        DataFormatError, match=r"d\.zip is a zip archive or a workbook .*; unpack it, or save it as CSV"
    ):
        read_table(tmp_path / "d.zip")
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(MissingDependencyError, match=r"d\.xlsx is a workbook .*'openpyxl'.*seqaug-sklearn\[excel\]"):
        read_table(workbook(tmp_path / "d.xlsx", ROWS))
