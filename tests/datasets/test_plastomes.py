"""fetch_plastome against a local server that answers like NCBI's efetch."""

import hashlib
import io
import threading
import urllib.parse
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from Bio import Entrez, SeqIO

from seqaug_sklearn.datasets import PLASTOMES, fetch_plastome, make_plastome
from seqaug_sklearn.exceptions import DataFormatError

pytestmark = pytest.mark.network
ACCESSION = "SIM_000001.1"


class _FakeNCBI:
    """What the server answers, and what it was asked."""

    def __init__(self):
        handle = io.StringIO()
        SeqIO.write(make_plastome(12, gene_length=(90, 300), random_state=0), handle, "genbank")
        self.text = handle.getvalue()
        self.status = 200
        self.cut = None
        self.requests = []

    def answer(self, handler):
        url = urllib.parse.urlsplit(handler.path)
        self.requests.append((url.path, dict(urllib.parse.parse_qsl(url.query))))
        body = self.text.encode()
        handler.send_response(self.status)
        handler.send_header("Content-Type", "text/plain; charset=UTF-8")
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body[: self.cut])


@pytest.fixture
def ncbi(monkeypatch):
    fake = _FakeNCBI()
    methods = {"do_GET": lambda self: fake.answer(self), "log_message": lambda *args: None}
    handler = type("Handler", (BaseHTTPRequestHandler,), methods)
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    _point_entrez_at(f"127.0.0.1:{server.server_port}", monkeypatch)
    yield fake
    server.shutdown()
    thread.join()
    server.server_close()


def _point_entrez_at(host, monkeypatch):
    """Let Biopython do all its work and swap only the host of the final request."""

    def redirected(request):
        url = urllib.parse.urlsplit(request.full_url)
        assert (url.scheme, url.netloc) == ("https", "eutils.ncbi.nlm.nih.gov")
        return urllib.request.urlopen(urllib.parse.urlunsplit(("http", host, url.path, url.query, "")))

    monkeypatch.setattr(Entrez, "urlopen", redirected)
    monkeypatch.setattr(Entrez, "sleep_between_tries", 0)
    monkeypatch.setattr(Entrez, "email", None)
    monkeypatch.setattr(Entrez, "api_key", "shortens the pause between requests")


def test_asks_entrez_and_returns_the_record(ncbi, tmp_path):
    record = fetch_plastome(ACCESSION, cache_dir=tmp_path, email="someone@example.org", api_key="k")
    assert record.id == ACCESSION
    assert record.annotations["topology"] == "circular"
    ((path, query),) = ncbi.requests
    assert path == "/entrez/eutils/efetch.fcgi"
    assert query["id"] == ACCESSION
    assert (query["rettype"], query["retmode"]) == ("gbwithparts", "text")
    assert (query["email"], query["api_key"]) == ("someone@example.org", "k")
    assert Entrez.email is None


def test_the_second_time_comes_from_the_cache(ncbi, tmp_path):
    first = fetch_plastome(ACCESSION, cache_dir=tmp_path / "new" / "folder")
    second = fetch_plastome(ACCESSION, cache_dir=tmp_path / "new" / "folder")
    assert len(ncbi.requests) == 1
    assert first.seq == second.seq
    path = tmp_path / "new" / "folder" / f"{ACCESSION}.gb"
    checksum = path.with_name(path.name + ".sha256").read_text().split()
    assert checksum == [hashlib.sha256(path.read_bytes()).hexdigest(), path.name]
    assert sorted(p.name for p in path.parent.iterdir()) == [path.name, path.name + ".sha256"]


def test_refresh_fetches_again(ncbi, tmp_path):
    fetch_plastome(ACCESSION, cache_dir=tmp_path)
    fetch_plastome(ACCESSION, cache_dir=tmp_path, refresh=True)
    assert len(ncbi.requests) == 2


@pytest.mark.parametrize("damage", ["cut", "changed", "empty", "no checksum", "bad checksum", "no file"])
def test_a_damaged_cache_is_fetched_again(ncbi, tmp_path, damage):
    whole = fetch_plastome(ACCESSION, cache_dir=tmp_path)
    path = tmp_path / f"{ACCESSION}.gb"
    content, checksum = path.read_bytes(), path.with_name(path.name + ".sha256")
    {
        "cut": lambda: path.write_bytes(content[:-100]),
        "changed": lambda: path.write_bytes(content.replace(b"acg", b"aag", 1)),
        "empty": lambda: path.write_bytes(b""),
        "no checksum": checksum.unlink,
        "bad checksum": lambda: checksum.write_bytes(b"\xff"),
        "no file": path.unlink,
    }[damage]()
    assert fetch_plastome(ACCESSION, cache_dir=tmp_path).seq == whole.seq
    assert len(ncbi.requests) == 2
    assert path.read_bytes() == content
    fetch_plastome(ACCESSION, cache_dir=tmp_path)
    assert len(ncbi.requests) == 2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Error: cannot get document summary", rf"{ACCESSION} holds no GenBank record"),
        ("", rf"{ACCESSION} holds no GenBank record"),
        ("cut", rf"{ACCESSION} is truncated"),
        ("other", rf"asked NCBI for {ACCESSION} and got SIM_000009\.1"),
        ("version", rf"asked NCBI for {ACCESSION} and got SIM_000001\.2"),
        ("twice", rf"asked NCBI for {ACCESSION} and got SIM_000001\.1, SIM_000001\.1"),
    ],
)
def test_a_bad_answer_is_never_cached(ncbi, tmp_path, text, message):
    made = {
        "cut": ncbi.text[:-500],
        "other": ncbi.text.replace("SIM_000001", "SIM_000009"),
        "version": ncbi.text.replace("SIM_000001.1", "SIM_000001.2"),
        "twice": ncbi.text * 2,
    }
    ncbi.text = made.get(text, text)
    with pytest.raises(DataFormatError, match=message):
        fetch_plastome(ACCESSION, cache_dir=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_bad_answer_leaves_the_old_file(ncbi, tmp_path):
    whole = fetch_plastome(ACCESSION, cache_dir=tmp_path)
    ncbi.text = ncbi.text[:-500]
    with pytest.raises(DataFormatError, match="truncated"):
        fetch_plastome(ACCESSION, cache_dir=tmp_path, refresh=True)
    assert fetch_plastome(ACCESSION, cache_dir=tmp_path).seq == whole.seq


@pytest.mark.parametrize("status", [400, 500])
def test_a_refusal_says_the_way_out(ncbi, tmp_path, status):
    ncbi.status = status
    with pytest.raises(ConnectionError, match=rf"{ACCESSION} could not be fetched from NCBI .*{status}.*read_genbank"):
        fetch_plastome(ACCESSION, cache_dir=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_connection_that_breaks_off(ncbi, tmp_path):
    ncbi.cut = 3000
    with pytest.raises(ConnectionError, match="could not be fetched from NCBI"):
        fetch_plastome(ACCESSION, cache_dir=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_an_interrupted_write_leaves_nothing_behind(ncbi, tmp_path, monkeypatch):
    def interrupted(source, target):
        raise KeyboardInterrupt

    monkeypatch.setattr("os.replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        fetch_plastome(ACCESSION, cache_dir=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_an_accession_without_version_takes_the_newest(ncbi, tmp_path):
    ncbi.text = ncbi.text.replace("SIM_000001.1", "SIM_000001.7")
    assert fetch_plastome("SIM_000001", cache_dir=tmp_path).id == "SIM_000001.7"


def test_a_species_name_stands_for_its_accession(ncbi, tmp_path):
    ncbi.text = ncbi.text.replace("SIM_000001", "NC_000932")
    assert fetch_plastome("Arabidopsis thaliana", cache_dir=tmp_path).id == "NC_000932.1"


@pytest.mark.parametrize("variable", ["SEQAUG_CACHE", "XDG_CACHE_HOME"])
def test_default_cache_folder(ncbi, tmp_path, monkeypatch, variable):
    monkeypatch.delenv("SEQAUG_CACHE", raising=False)
    monkeypatch.setenv(variable, str(tmp_path))
    fetch_plastome(ACCESSION)
    folder = tmp_path if variable == "SEQAUG_CACHE" else tmp_path / "seqaug_sklearn"
    assert (folder / f"{ACCESSION}.gb").exists()


@pytest.mark.parametrize("accession", ["../../etc/passwd", "", "Homo sapiens", "NC_", "NC_000932.1.gb", "1234", 5])
def test_bad_accessions_never_reach_the_network(ncbi, tmp_path, accession):
    with pytest.raises(ValueError, match=r"accession must look like 'NC_000932\.1' or be one of \['Arabidopsis"):
        fetch_plastome(accession, cache_dir=tmp_path)
    assert ncbi.requests == []


def test_the_papers_eight():
    # typed from the paper's Methods, not from the package
    assert PLASTOMES == {
        "Chlamydomonas reinhardtii": "NC_005353.1",
        "Chlorella vulgaris": "NC_001865.1",
        "Arabidopsis thaliana": "NC_000932.1",
        "Nicotiana tabacum": "MZ707522.1",
        "Triticum aestivum": "NC_002762.1",
        "Oryza sativa": "NC_031333.1",
        "Zea mays": "NC_001666.2",
        "Glycine max": "NC_007942.1",
    }


@pytest.mark.parametrize("species", PLASTOMES)
def test_each_species_asks_for_its_own_record(ncbi, tmp_path, species):
    accession = PLASTOMES[species]
    ncbi.text = ncbi.text.replace(ACCESSION, accession).replace(
        ACCESSION.partition(".")[0], accession.partition(".")[0]
    )
    assert fetch_plastome(species, cache_dir=tmp_path).id == accession
    assert ncbi.requests[0][1]["id"] == accession
