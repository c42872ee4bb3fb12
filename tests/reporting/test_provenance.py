"""The day, the command line and the files behind a page."""

import datetime
import hashlib

import pytest

from seqaug_sklearn.reporting import Section, write_report
from seqaug_sklearn.reporting._provenance import provenance


@pytest.mark.parametrize("program", ["/some/where/bin/seqaug", "seqaug.exe", "/x/seqaug_sklearn/__main__.py"])
def test_the_command_line_and_digests_of_its_files(tmp_path, program):
    data, table = tmp_path / "my data.fa", tmp_path / "labels.csv"
    data.write_text(">a\nACGT\n")
    table.write_text("name,label\n")
    told = provenance([program, "compare", str(data), f"--labels={table}", "--seed", "3", "", "no-file.fa"])
    assert told["command line"].startswith("seqaug compare '")
    assert told["command line"].endswith("--seed 3 '' no-file.fa")
    assert told["file my data.fa"] == f"sha256 {hashlib.sha256(data.read_bytes()).hexdigest()[:16]}"
    assert [name for name in told if name.startswith("file ")] == ["file my data.fa", "file labels.csv"]


def test_other_programs_tell_the_day_alone():
    assert provenance(["/usr/bin/pytest", "-q"]) == {"date": datetime.datetime.now(datetime.UTC).date().isoformat()}


def test_the_page_tells_them_and_settings_of_its_own_win(tmp_path):
    settings = {"seed": 3, "date": "of the data"}
    page = write_report(tmp_path / "report", title="A", verdict="Yes.", sections=[Section("One")], settings=settings)
    assert "of the data" in page.read_text()
