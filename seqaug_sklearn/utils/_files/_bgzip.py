"""Files for genome tools: plain, or in the blocks of bgzip, which can be indexed."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from seqaug_sklearn.utils._files._replaced_files import replaced_file

__all__ = ["replaced_bgzip"]


@contextlib.contextmanager
def replaced_bgzip(path: str | Path, *, packed: bool) -> Iterator[IO[Any]]:
    """Open a file for bytes, as :func:`replaced_file` does: it takes the name when the block ends well.

    Parameters
    ----------
    path : str or path-like
        File; its folder must exist.
    packed : bool
        Whether it is packed with bgzip.
    """
    with replaced_file(path) as plain:
        if not packed:
            yield plain
            return
        from Bio import bgzf

        file: Any = bgzf.BgzfWriter(fileobj=plain)
        yield file
        file.close()  # writes the closing block
