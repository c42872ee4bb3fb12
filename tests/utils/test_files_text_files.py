"""One way to open text: what is decoded, what is refused, and how much of it is ever held."""

import bz2
import contextlib
import gzip
import os
import re
import threading
import tracemalloc
import zlib

import pytest

from seqaug_sklearn.exceptions import DataFormatError, InsufficientMemoryError, SeqAugError, SeqAugWarning
from seqaug_sklearn.utils import check_line_lengths, open_text, read_text
from seqaug_sklearn.utils._files import _text_files


@pytest.fixture
def write(tmp_path):
    def write(content, name="data.txt"):
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return write


def bomb(n_bytes, *, head=b"", piece=b"A" * 2**20):
    """Gzip of a long run of the same piece."""
    return gzip.compress(head + piece * (n_bytes // len(piece)), mtime=0)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", ""),
        (b"plain\n", "plain\n"),
        (b"\xef\xbb\xbfmarked", "marked"),
        ("größe".encode(), "größe"),
        ("\ufeffgröße".encode("utf-16-le"), "größe"),
        ("\ufeffgröße".encode("utf-16-be"), "größe"),
        ("größe".encode("utf-16-le"), "größe"),
        ("größe".encode("utf-16-be"), "größe"),
        ("größe".encode("utf-32"), "größe"),
        (b"a\r\nb\rc\n", "a\r\nb\rc\n"),
    ],
)
@pytest.mark.parametrize("pack", [bytes, gzip.compress, lambda text: gzip.compress(text[:1]) + gzip.compress(text[1:])])
def test_what_is_read(write, content, expected, pack):
    assert read_text(write(pack(content))) == expected


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("gr\u00f6\u00dfe".encode("latin-1"), "größe"),
        ("5\u2019 end \u2013 \u20ac".encode("cp1252"), "5’ end – €"),
        (b"in Latin-1 \x81", "in Latin-1 \x81"),
    ],
)
def test_an_encoding_that_is_a_guess_is_said(write, content, expected, pack):
    shown = re.escape(repr(expected))
    with pytest.warns(SeqAugWarning, match=rf"data\.txt is not in UTF-8; .* Windows-1252 \({shown}\)") as caught:
        assert read_text(write(pack(content))) == expected
    assert caught[0].filename == __file__


@pytest.mark.parametrize("content", [b"a\nb\nc\n", b"a\r\nb\r\nc\r\n", b"a\rb\rc\r", b"\xef\xbb\xbfa\nb\r\nc\r"])
def test_every_line_end_is_a_line_end(write, content):
    with open_text(write(content)) as lines:
        assert list(lines) == ["a\n", "b\n", "c\n"]


def test_letters_cut_by_a_piece_are_whole(write):
    text = "ä€" * _text_files._PIECE
    assert read_text(write(text.encode())) == text


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (gzip.compress(os.urandom(500).hex().encode())[:-12], r"^data\.txt: the gzip file is damaged or cut off"),
        (gzip.compress(b"ACGT") + b"rubbish", r"^data\.txt: the gzip file is damaged or cut off"),
        (b"\x1f\x8b\x08 no gzip", r"^data\.txt: the gzip file is damaged or cut off"),
        (b"ACGT\x00", r"^data\.txt is a binary file, not text"),
        (bz2.compress(b"ACGT" * 100), r"^data\.txt is packed with bzip2, not text; unpack it with bunz"),
        (b"\n<!DOCTYPE HTML><html>404", r"^data\.txt is a web page, not data"),
        (gzip.compress(b"\x00" * 10**7), r"^data\.txt is a binary file, not text"),
        ("\ufeffACGT".encode("utf-16-le") + b"\x00\xd8\x41", r"^data\.txt is damaged: it begins as UTF-16 text"),
    ],
    # names of their own: bytes with the time in them would differ between the processes that collect the tests
    ids=["cut off", "rubbish behind", "no gzip", "zero byte", "bzip2", "web page", "packed zeros", "half a letter"],
)
def test_what_is_refused(write, content, message):
    with pytest.raises(DataFormatError, match=message):
        read_text(write(content))


@pytest.fixture
def small(monkeypatch):
    """The limit at which the ratio counts, small enough for a test."""
    monkeypatch.setattr(_text_files, "_ALWAYS_READ", 2**22)


@pytest.mark.parametrize("piece", [b"A" * 2**20, b"ACGT\n" * 2**18, b",\n" * 2**19, b"A" * 2**20 + b"\n"])
def test_a_bomb_is_refused_before_it_is_unpacked(write, small, piece):
    path = write(bomb(2**25, head=b">a\n", piece=piece), "bomb.fa.gz")
    tracemalloc.start()
    try:
        with pytest.raises(DataFormatError, match=r"bomb\.fa\.gz: .* unpack to more than 4\.\d MB; text does not pack"):
            read_text(path)
        assert tracemalloc.get_traced_memory()[1] < 2**24
    finally:
        tracemalloc.stop()


def test_a_bomb_behind_true_text(write, small):
    with pytest.raises(DataFormatError, match=r"unpack to more than \d\.\d MB"):
        read_text(write(bomb(2**26, head=b">a\n" + os.urandom(4000).hex().encode())))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_read_and_its_bomb_refused(small, tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)

    def send(content):
        with contextlib.suppress(BrokenPipeError):  # nobody reads the rest of a bomb
            pipe.write_bytes(content)

    for content in (gzip.compress(b">a\nACGT\n"), bomb(2**25)):
        writer = threading.Thread(target=send, args=(content,), daemon=True)
        writer.start()
        if len(content) < 1000:
            assert read_text(pipe) == ">a\nACGT\n"
        else:
            with pytest.raises(DataFormatError, match=r"pipe: .* unpack to more than 4\.\d MB"):
                read_text(pipe)
        writer.join()


def test_runs_of_n_and_plain_files_are_read_whatever_they_hold(write, small):
    assert len(read_text(write(bomb(2**22, piece=b"N" * 2**20)))) == 2**22
    assert len(read_text(write(b"N" * 2**23))) == 2**23


def test_text_that_packs_well_is_no_bomb(write, small):
    """Near-identical genomes, the best case of gzip: a match of 258 letters costs two bytes."""
    genome = os.urandom(10_000).hex().encode()
    packed = gzip.compress((genome + b"\n") * 500)
    assert len(genome) * 500 / len(packed) > 100
    assert len(read_text(write(packed))) == 500 * (len(genome) + 1)


def test_little_memory_lowers_the_limits(write, monkeypatch):
    monkeypatch.setattr(_text_files, "free_memory", lambda: 40e6)
    with pytest.raises(DataFormatError, match=r"unpack to more than [12]\.\d MB"):
        read_text(write(bomb(2**24)))
    path = write(b"ACGT" * 10**7)
    with pytest.raises(
        InsufficientMemoryError,
        match=r"^data\.txt holds more than 13\.\d MB of text, and reading it takes 3 times that, but 40\.0 MB",
    ):
        read_text(path)
    with open_text(path, copies=0) as file:  # who holds nothing may read any file
        assert sum(len(piece) for piece in iter(lambda: file.read(10**6), "")) == 4 * 10**7


def test_memory_error_is_one_of_ours_and_pythons():
    assert issubclass(InsufficientMemoryError, (SeqAugError, MemoryError))
    assert issubclass(InsufficientMemoryError, MemoryError)


def test_a_missing_file_keeps_its_own_error(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"absent\.txt"):
        read_text(tmp_path / "absent.txt")


def bgzip(content):
    """Blocks of bgzip, as the format says: gzip members that tell their own length."""
    packed = b""
    for begin in range(0, len(content), 60_000):
        piece = content[begin : begin + 60_000]
        body = zlib.compress(piece, 9, -15)
        size = (len(body) + 25).to_bytes(2, "little")
        packed += b"\x1f\x8b\x08\x04" + bytes(5) + b"\xff\x06\x00BC\x02\x00" + size + body
        packed += zlib.crc32(piece).to_bytes(4, "little") + len(piece).to_bytes(4, "little")
    return packed


@pytest.mark.parametrize("pack", [gzip.compress, bgzip])
def test_a_line_that_memory_does_not_hold(write, monkeypatch, pack):
    path = write(pack(b"##a\n##b\n" + b"A" * 10**7 + b"\n" + b"row\n" * 10), "people.vcf.gz")
    monkeypatch.setattr(_text_files, "free_memory", lambda: 100e6)
    check_line_lengths(path)
    monkeypatch.setattr(_text_files, "free_memory", lambda: 40e6)
    with pytest.raises(
        InsufficientMemoryError,
        match=r"^people\.vcf\.gz: line 3 has more than 8 million characters, and reading it takes 5 times "
        r"that, but 40",
    ):
        check_line_lengths(path)


@pytest.mark.parametrize("pack", [gzip.compress, bgzip])
def test_many_short_lines_pass_however_well_they_pack(write, monkeypatch, pack):
    """Two thousand individuals without a variant: 8,000 letters a row, packed 300:1."""
    monkeypatch.setattr(_text_files, "free_memory", lambda: 1e6)
    content = pack((b"1\t100\t.\tA\tC\t.\t.\t.\tGT" + b"\t0|0" * 2000 + b"\n") * 1000)
    assert len(content) < 8_000_000 / 200
    check_line_lengths(write(content))


def test_usual_bgzip_files_are_not_unpacked(write, monkeypatch):
    monkeypatch.setattr(_text_files, "free_memory", lambda: 1e3)
    monkeypatch.setattr(_text_files, "_check_lines", pytest.fail)
    check_line_lengths(write(bgzip(os.urandom(50_000).hex().encode())))
    check_line_lengths(write(b"plain text"))


@pytest.mark.parametrize(
    "content",
    [gzip.compress(b"AC\n" * 10**6)[:-20], b"\x1f\x8b no gzip", bgzip(b"AC\n" * 10**6)[:1000], b""],
    ids=["gzip cut off", "no gzip", "bgzip cut off", "empty"],
)
def test_damage_is_left_to_the_reader(write, monkeypatch, content):
    monkeypatch.setattr(_text_files, "free_memory", lambda: 1e3)
    check_line_lengths(write(content))
