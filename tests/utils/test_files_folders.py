"""A report's folder: its own files are replaced together, everyone else's stay, and a kill leaves no half."""

import errno
import hashlib
import json
import os
import stat
import subprocess
import sys
import threading

import pytest

from seqaug_sklearn.exceptions import OutputExistsError, OutputFolderError, SeqAugWarning
from seqaug_sklearn.utils import replaced_folder
from seqaug_sklearn.utils._files import _folders, _locks
from seqaug_sklearn.utils._files import _replaced_files as _files

OLD = {"report.html": "old", "tables/a.csv": "1", "tables/gone.csv": "2", "figures/a.png": "3"}
NEW = {"report.html": "new", "tables/a.csv": "4", "tables/more.csv": "5", "people/x.vcf": "6"}
MINE = {"notes.txt": "my notes", "tables/mine.csv": "my table", "data/deep/reads.fa": ">a"}
MARKER = ".seqaug-report"


def put(folder, files):
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def write(folder, files=NEW, **how):
    with replaced_folder(folder, **how) as new:
        put(new, files)


def found(folder):
    """Every file below by name, without the manifest."""
    paths = [path for path in folder.rglob("*") if not path.is_dir() and path.name != MARKER]
    return {path.relative_to(folder).as_posix(): path.read_text() for path in paths}


def manifest(folder):
    return json.loads((folder / MARKER).read_text())["files"]


@pytest.fixture(params=["exchange", "moves"])
def out(request, tmp_path, monkeypatch):
    """Folder with an earlier report, where the system can exchange folders and where it cannot."""
    if request.param == "moves":
        monkeypatch.setattr(_folders, "exchange", lambda *_: False)
    write(tmp_path / "out", OLD)
    return tmp_path / "out"


def beside(out):
    return sorted(path.name for path in out.parent.iterdir())


def test_the_manifest_names_every_file_with_its_hash(tmp_path):
    write(tmp_path / "a" / "out")
    assert found(tmp_path / "a" / "out") == NEW
    assert manifest(tmp_path / "a" / "out") == {
        name: hashlib.sha256(text.encode()).hexdigest() for name, text in NEW.items()
    }
    assert beside(tmp_path / "a" / "out") == ["out"]


def test_an_earlier_report_is_replaced(out):
    write(out)
    assert found(out) == NEW
    assert set(manifest(out)) == set(NEW)
    assert not (out / "figures").exists()
    assert beside(out) == ["out"]


def test_an_empty_folder_is_used(tmp_path):
    (tmp_path / "out").mkdir()
    write(tmp_path / "out")
    assert found(tmp_path / "out") == NEW


def test_other_files_stay_where_they_are(out):
    put(out, MINE)
    (out / "empty").mkdir()
    numbers = {name: (out / name).stat().st_ino for name in MINE}
    for files in (NEW, OLD):
        write(out, files)
        assert found(out) == files | MINE
        assert {name: (out / name).stat().st_ino for name in MINE} == numbers
        assert (out / "empty").is_dir()
    assert beside(out) == ["out"]


def test_changed_files_of_the_report_are_kept(out):
    put(out, {"tables/a.csv": "with my remarks", "tables/gone.csv": "mine, too"})
    with pytest.warns(SeqAugWarning, match=r"they are kept: tables/a\.csv as tables/a\.kept\.csv$"):
        write(out)
    kept = {"tables/a.kept.csv": "with my remarks", "tables/gone.csv": "mine, too"}
    assert found(out) == NEW | kept
    (out / "tables/a.csv").write_text("again")
    with pytest.warns(SeqAugWarning, match=r"tables/a\.csv as tables/a\.kept-2\.csv$"):
        write(out)
    assert found(out) == NEW | kept | {"tables/a.kept-2.csv": "again"}


def test_what_stands_in_the_way_is_kept(out, tmp_path):
    """A file of the user's where a new file goes, a link in place of a folder, a folder in place of a file."""
    put(tmp_path / "elsewhere", {"x.vcf": "theirs"})
    (out / "people").symlink_to(tmp_path / "elsewhere")
    put(out, {"tables/more.csv": "mine"})
    (out / "report.html").unlink()
    put(out, {"report.html/index": "mine"})
    with pytest.warns(SeqAugWarning, match=r"people as people\.kept, report\.html as report\.kept\.html, tables"):
        write(out)
    mine = {"tables/more.kept.csv": "mine", "report.kept.html/index": "mine"}
    assert {name: text for name, text in found(out).items() if not name.startswith("people.kept")} == NEW | mine
    assert (out / "people.kept").is_symlink()
    assert found(tmp_path / "elsewhere") == {"x.vcf": "theirs"}


@pytest.mark.parametrize("name", ["../outside", "tables/../../outside", "{absolute}", "link/outside"])
def test_a_manifest_cannot_name_files_outside(out, tmp_path, name):
    (tmp_path / "outside").write_text("mine")
    (out / "link").symlink_to(tmp_path)
    name = name.format(absolute=tmp_path / "outside")
    content = json.loads((out / MARKER).read_text())
    content["files"][name] = hashlib.sha256(b"mine").hexdigest()
    (out / MARKER).write_text(json.dumps(content))
    write(out)
    assert (tmp_path / "outside").read_text() == "mine"
    assert (out / "link").is_symlink()


def test_the_swap_is_one_step_where_nothing_else_is_there(tmp_path, monkeypatch):
    write(tmp_path / "out", OLD)
    swaps, exchange = [], _folders.exchange
    monkeypatch.setattr(_folders, "exchange", lambda *a: (swaps.append(a), exchange(*a))[1])
    write(tmp_path / "out")
    assert len(swaps) == 1
    put(tmp_path / "out", MINE)
    write(tmp_path / "out")
    assert len(swaps) == 1, "with files of the user's in the folder they would move with it"


def test_what_appears_during_the_swap_is_kept(tmp_path, monkeypatch):
    """Between the look at the folder and the swap somebody else saves a file."""
    write(tmp_path / "out", OLD)
    exchange = _folders.exchange

    def late(new, folder):
        put(folder, {"tables/late.csv": "mine", "tables/a.csv": "mine, too"})
        return exchange(new, folder)

    monkeypatch.setattr(_folders, "exchange", late)
    write(tmp_path / "out")
    kept = found(tmp_path / "out")
    assert kept["tables/late.csv"] == "mine"
    assert "mine, too" in kept.values()
    assert {name: kept[name] for name in NEW} == NEW


@pytest.mark.filterwarnings("ignore:.*they are kept")
@pytest.mark.parametrize("mine", [{}, MINE], ids=["alone", "with other files"])
@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError(errno.EIO, "broken")], ids=["interrupt", "error"])
def test_an_error_at_any_step_of_the_swap_restores_all(out, monkeypatch, mine, error):
    put(out, mine | {"tables/a.csv": "changed"})
    before, marker, rename = found(out), (out / MARKER).read_bytes(), os.rename
    for step in range(1, 100):
        calls = []

        def fail_once(*paths, calls=calls, step=step):
            calls.append(paths)
            if len(calls) == step:
                raise error
            return rename(*paths)

        monkeypatch.setattr(_folders.os, "rename", fail_once)
        try:
            write(out)
            break
        except (KeyboardInterrupt, OutputFolderError):
            assert found(out) == before, f"step {step}"
            assert (out / MARKER).read_bytes() == marker
            assert beside(out) == ["out"]
            assert not (out / "people").exists()
    assert step > len(OLD) + len(NEW)
    assert found(out) == NEW | mine | {"tables/a.kept.csv": "changed"}


KILLED = """
import os, signal, sys, warnings
from pathlib import Path
sys.path.insert(0, sys.argv[1])
import test_files_folders as t
from seqaug_sklearn.utils._files import _folders, _manifests
from seqaug_sklearn.utils._files import _replaced_files as _files

def killed_at(module, name, step, work):
    '''Run `work` in a child that dies before its step-th call; whether it got that far.'''
    child = os.fork()
    if child == 0:
        real, calls = getattr(module, name), []
        def call(*arguments, **more):
            calls.append(name)
            if len(calls) == step:
                os.kill(os.getpid(), signal.SIGKILL)
            return real(*arguments, **more)
        setattr(module, name, call)
        warnings.simplefilter("ignore")
        work()
        os._exit(0)
    return os.waitpid(child, 0)[1] != 0

os.fsync = lambda descriptor: None  # takes most of the time
warnings.simplefilter("ignore")
base, exchange, count = Path(sys.argv[2]), _folders.exchange, 0
for how, mine in (("exchange", {}), ("moves", t.MINE)):
    _folders.exchange = exchange if how == "exchange" else lambda *_: False
    for module, name in ((os, "rename"), (os, "replace"), (os, "unlink"), (os, "rmdir"), (_folders, "exchange")):
        for step in range(1, 100):
            out = base / f"{how} {name} {step}" / "out"
            t.write(out, t.OLD)
            t.put(out, mine)
            if not killed_at(module, name, step, lambda: t.write(out)):
                break
            count += 1
            _folders.recover(out)
            assert t.found(out) in (t.OLD | mine, t.NEW | mine), (how, name, step, t.found(out))
            assert t.beside(out) == ["out"], (how, name, step, t.beside(out))
            t.write(out)
            assert t.found(out) == t.NEW | mine
print("kills", count)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_kill_at_any_step_leaves_one_whole_report_and_every_other_file(tmp_path):
    here = os.path.dirname(__file__)
    done = subprocess.run(
        [sys.executable, "-c", KILLED, here, str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout.split()[-1]) > 30


def test_a_restored_report_is_told_of(out, monkeypatch):
    put(out, MINE)
    work = _files.aside(out)
    (work / "old").mkdir(parents=True)
    (out / "report.html").rename(work / "old" / "report.html")
    (work / "moves.json").write_text(json.dumps([["out/report.html", f"{work.name}/old/report.html"]]))
    with pytest.warns(SeqAugWarning, match=r"a run was killed while it replaced the report in .*out; the earlier one"):
        _folders.recover(out)
    assert found(out) == OLD | MINE
    assert beside(out) == ["out"]


@pytest.mark.parametrize("target", ["../outside", "elsewhere/outside", "/tmp/outside"])
def test_a_journal_that_moves_other_files_is_not_believed(out, tmp_path, target):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "outside").write_text("mine")
    work = _files.aside(out)
    work.mkdir()
    (work / "moves.json").write_text(json.dumps([["out/stolen", target]]))
    _folders.recover(out)
    assert found(out) == OLD
    assert found(tmp_path / "elsewhere") == {"outside": "mine"}
    assert work.exists()


def test_a_report_left_aside_by_an_earlier_version_is_restored(tmp_path):
    write(tmp_path / ".out.abcd_123.old" / "report", OLD)
    put(tmp_path / ".out.abcd_123.old" / "report", MINE)
    with pytest.warns(SeqAugWarning, match="the earlier one was put back"):
        _folders.recover(tmp_path / "out")
    assert found(tmp_path / "out") == OLD | MINE
    assert beside(tmp_path / "out") == ["out"]


def test_what_an_earlier_version_left_beside_the_new_report_stays(out, tmp_path):
    """It removed everything there, files of the user's too."""
    write(tmp_path / ".out.abcd_123.old" / "report", MINE)
    _folders.recover(out)
    write(out)
    assert found(tmp_path / ".out.abcd_123.old" / "report") == MINE
    assert found(out) == NEW


def test_folders_of_others_that_look_alike_stay(out):
    alike = [".out.abcd1234.part", ".out.part", ".out.seqaug-old.part", ".outer.seqaug-0123456789abcdef.part"]
    for name in alike:
        put(out.parent / name, {"x": "mine"})
    (out.parent / ".out.seqaug-0123456789abcdef.part").write_text("a file, though it looks so")
    write(out)
    assert beside(out) == sorted([*alike, ".out.seqaug-0123456789abcdef.part", "out"])


def test_two_runs_at_a_time_leave_one_whole_report(out):
    put(out, MINE)
    errors = []

    def many(files):
        try:
            for _ in range(10):
                write(out, files)
        except BaseException as error:
            errors.append(error)

    runs = [threading.Thread(target=many, args=[files]) for files in (OLD, NEW)]
    for run in runs:
        run.start()
    for run in runs:
        run.join(60)
    assert errors == []
    assert found(out) in (OLD | MINE, NEW | MINE)
    assert beside(out) == ["out"]


def test_a_run_that_takes_long_is_told_of(out, monkeypatch):
    monkeypatch.setattr(_folders, "_PATIENCE", 0.1)
    with replaced_folder(out) as new:
        put(new, NEW)
        with pytest.raises(OutputFolderError, match=r"another run is writing into .*out; wait for it or choose"):
            write(out, OLD)
        _folders.recover(out)  # what the other run is writing is no leftover
        assert new.is_dir()
    assert found(out) == NEW


def test_without_locks_nothing_of_a_run_that_may_live_is_removed(out, monkeypatch):
    monkeypatch.setattr(_locks, "fcntl", None)
    with replaced_folder(out) as new:
        put(new, NEW)
        write(out, OLD)
    assert found(out) == NEW


def test_modes_are_those_of_other_files_or_of_the_ones_replaced(out):
    (out.parent / "plain").mkdir()
    (out.parent / "plain" / "x").touch()

    def modes(*paths):
        return [stat.S_IMODE(path.stat().st_mode) for path in paths]

    usual = modes(out.parent / "plain", out.parent / "plain" / "x")
    assert modes(out, out / "report.html") == usual
    assert modes(out / "tables", out / MARKER) == usual
    out.chmod(0o700)
    (out / "tables").chmod(0o750)
    (out / "report.html").chmod(0o640)
    write(out)
    assert modes(out, out / "tables", out / "report.html") == [0o700, 0o750, 0o640]
    assert modes(out / "people", out / "tables/more.csv") == usual


def test_nobody_else_sees_the_report_before_it_is_complete(tmp_path):
    with replaced_folder(tmp_path / "out") as new:
        assert stat.S_IMODE(new.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize("mine", [{}, MINE])
def test_a_link_stays_a_link(out, mine):
    put(out, mine)
    link = out.parent / "link"
    link.symlink_to(out)
    write(link)
    assert link.is_symlink()
    assert found(out) == NEW | mine
    assert beside(out) == ["link", "out"]


def test_a_folder_on_another_disk_is_filled_from_inside(out, monkeypatch):
    """A volume that is mounted there cannot be renamed, and its parent is another disk."""
    monkeypatch.setattr(_folders, "place_of", lambda folder: folder)
    put(out, MINE)
    write(out)
    assert found(out) == NEW | MINE
    work = _files.aside(out / out.name)
    (work / "new").mkdir(parents=True)
    write(out, OLD)
    assert found(out) == OLD | MINE


@pytest.mark.parametrize("name", ["two words", "Bericht für 雪", "x" * 255, "[a].*(b)"])
def test_any_name(tmp_path, name):
    for files in (OLD, NEW):
        write(tmp_path / name, files)
        assert found(tmp_path / name) == files
    put(tmp_path / name, MINE)
    write(tmp_path / name, OLD)
    assert found(tmp_path / name) == OLD | MINE
    assert beside(tmp_path / name) == [name]


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EROFS])
@pytest.mark.parametrize("moment", ["block", "fsync", "replace", "mkdir"])
def test_a_full_disk_is_one_line_that_names_the_folder(out, monkeypatch, number, moment):
    put(out, MINE)

    def fail(*_, **__):
        raise OSError(number, os.strerror(number))

    if moment == "mkdir":
        monkeypatch.setattr(_folders.Path, "mkdir", fail)
    elif moment != "block":
        monkeypatch.setattr(os, moment, fail)

    def full():
        with replaced_folder(out) as new:
            put(new, NEW)
            if moment == "block":
                fail()

    with pytest.raises(OutputFolderError, match=rf"out cannot be written: {os.strerror(number)}; [^\n]*$"):
        full()
    monkeypatch.undo()
    assert found(out) == OLD | MINE
    assert beside(out) == ["out"]


def test_other_errors_of_the_block_pass(out):
    with pytest.raises(FileNotFoundError, match="input"), replaced_folder(out):
        (out.parent / "input").read_text()
    assert found(out) == OLD


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"thesis.tex": "mine"}, "is not empty and holds no earlier report; choose another folder or empty it"),
        ({MARKER: "This folder is a report and is replaced by the next one.\n", "report.html": "old"}, "does not say"),
        ({MARKER: "[]"}, "does not say which files belong to it .* choose another folder, or move or delete it"),
        ({MARKER: '{"files": 3}'}, "does not say which files"),
        ({".seqaug-motif-report": '{"files": {}}'}, "holds no earlier report"),
    ],
)
def test_folders_that_may_hold_anything_are_left_alone(tmp_path, content, message):
    put(tmp_path / "out", content)
    with pytest.raises(OutputExistsError, match=message):
        write(tmp_path / "out")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted(content)
    assert beside(tmp_path / "out") == ["out"]


def test_a_file_is_no_folder(tmp_path):
    (tmp_path / "out").write_text("mine")
    with pytest.raises(OutputExistsError, match="is a file; the report needs a folder"):
        write(tmp_path / "out")
    assert (tmp_path / "out").read_text() == "mine"


def test_kinds_of_reports_do_not_replace_each_other(tmp_path):
    write(tmp_path / "out", OLD, kind="motif report")
    write(tmp_path / "out", NEW, kind="motif report")
    assert (tmp_path / "out" / ".seqaug-motif-report").is_file()
    with pytest.raises(OutputExistsError, match="holds no earlier report"):
        write(tmp_path / "out")
