"""Chloroplast genomes from NCBI, with a checksummed cache."""

from __future__ import annotations

import re
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from seqaug_sklearn.datasets._genomes._genbank import parse_genbank
from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.published import WINDOW_PAPER
from seqaug_sklearn.utils import content_digest, invalid_parameter, replaced_file, user_cache

if TYPE_CHECKING:
    from Bio.SeqRecord import SeqRecord

__all__ = ["PLASTOMES", "fetch_plastome"]

PLASTOMES: dict[str, str] = dict(WINDOW_PAPER["accession"])
"""Species -> accession of the eight chloroplast genomes of the window paper (doi 10.1038/s41598-025-12796-9).

As its Methods list them ("Genomes and corresponding prepared datasets").
"""

_ACCESSION = re.compile(r"[A-Za-z]{1,6}_?[A-Za-z]{0,4}\d{3,}(\.\d+)?")


def fetch_plastome(accession: str, *, cache_dir=None, email=None, api_key=None, refresh: bool = False) -> SeqRecord:
    """Fetch an annotated genome from NCBI (Entrez), or from the cache.

    A download is checked (whole, with sequence and features, the accession asked for) in a temporary file and only
    then moved into the cache, beside its sha256. A cached file that does not match its checksum is fetched again.

    Parameters
    ----------
    accession : str
        NCBI accession ("NC_000932.1"), or a species of :data:`PLASTOMES` ("Arabidopsis thaliana").
    cache_dir : str or path-like, default=None
        Folder of the cache; by default the environment variable ``SEQAUG_CACHE``, else ``seqaug_sklearn`` in the
        user's cache folder (``XDG_CACHE_HOME`` or ``~/.cache``).
    email : str, default=None
        Address that NCBI may write to before it blocks a heavy user. By default ``Bio.Entrez.email``.
    api_key : str, default=None
        NCBI key for more than three requests a second.
    refresh : bool, default=False
        Fetch again although it is cached.

    Returns
    -------
    Bio.SeqRecord.SeqRecord

    Raises
    ------
    ValueError
        If the accession has not the form of one.
    DataFormatError
        If what came back is not that record, whole and annotated; the cache is left as it was.
    ConnectionError
        If NCBI cannot be reached or refuses.

    See Also
    --------
    read_genbank : Read a file that you have already.
    make_plastome : A simulated genome, without a network.

    Examples
    --------
    >>> from seqaug_sklearn.datasets import PLASTOMES, fetch_plastome
    >>> record = fetch_plastome(PLASTOMES["Arabidopsis thaliana"], email="you@example.org")  # doctest: +SKIP
    >>> len(record)  # doctest: +SKIP
    154478
    """
    accession = PLASTOMES.get(accession, accession)
    if not isinstance(accession, str) or not _ACCESSION.fullmatch(accession):
        raise invalid_parameter(
            "accession", f"must look like 'NC_000932.1' or be one of {sorted(PLASTOMES)}, got {accession!r}"
        )
    folder = user_cache() if cache_dir is None else Path(cache_dir).expanduser()
    path = folder / f"{accession}.gb"
    content = None if refresh else _cached(path)
    if content is None:
        content = _download(accession, email, api_key)
        record = _check_download(content, accession)
        _store(path, content)
        return record
    return _check_download(content, accession)


def _cached(path):
    """Return the cached bytes, or None where they are missing or damaged."""
    try:
        content = path.read_bytes()
        expected = _checksum_path(path).read_text(encoding="ascii").split()[0]
    except (FileNotFoundError, IndexError, UnicodeDecodeError):
        return None
    return content if content_digest(content) == expected else None


def _checksum_path(path):
    return path.with_name(path.name + ".sha256")


def _download(accession, email, api_key):
    import http.client

    from Bio import Entrez

    keywords = {key: value for key, value in (("email", email), ("api_key", api_key)) if value is not None}
    try:
        with warnings.catch_warnings():
            # the docstring asks for the address; a warning of twelve lines per genome helps nobody
            warnings.filterwarnings("ignore", message=r"\s*Email address is not specified", category=UserWarning)
            handle = Entrez.efetch(db="nuccore", id=accession, rettype="gbwithparts", retmode="text", **keywords)
        with handle:
            content = handle.read()
    except (OSError, http.client.HTTPException) as error:
        raise ConnectionError(
            f"{accession} could not be fetched from NCBI ({error}); check the accession and the network, or download "
            "the record by hand as 'GenBank (full)' and use read_genbank"
        ) from error
    return content.encode("utf-8") if isinstance(content, str) else content


def _check_download(content, accession):
    records = parse_genbank(content.decode("utf-8", "replace"), accession)
    found = str(records[0].id)
    # without a version, NCBI gives the newest
    if len(records) > 1 or accession not in (found, found.split(".")[0]):
        raise DataFormatError(f"asked NCBI for {accession} and got {', '.join(str(record.id) for record in records)}")
    return records[0]


def _store(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    _replace(path, content)
    # last: a file without its checksum counts as missing, so an interrupted store is repeated
    _replace(_checksum_path(path), f"{content_digest(content)}  {path.name}\n".encode("ascii"))


def _replace(path, content):
    with replaced_file(path) as file:
        file.write(content)
