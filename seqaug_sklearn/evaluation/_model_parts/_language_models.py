"""What embeds sequences by the language model in a folder."""

import os
from pathlib import Path
from typing import Any

from sklearn.base import clone

from seqaug_sklearn.embedding import LanguageModelEmbedder, kmer_vocabulary
from seqaug_sklearn.utils import user_cache

__all__ = ["cached_embedder"]

_KMERS = (3, 4, 5, 6)
"""Lengths of the k-mers of DNABERT's models."""


def cached_embedder(model: str | os.PathLike | LanguageModelEmbedder, device: str = "auto") -> Any:
    """Return an embedder that keeps what it computed on disk, so that folds and models share it.

    Parameters
    ----------
    model : str, path-like or LanguageModelEmbedder
        Folder or name of a model; or an embedder, whose own settings stay.
    device : str, default="auto"
        Where a model by folder runs.
    """
    if isinstance(model, LanguageModelEmbedder):
        embedder = clone(model)
    else:
        embedder = LanguageModelEmbedder(model, kmer=_kmer_of(model), device=device)
    return embedder if embedder.cache_dir is not None else embedder.set_params(cache_dir=user_cache() / "embeddings")


def _kmer_of(model):
    """Residues of a k-mer where the vocabulary holds all of one length, as DNABERT's do, else None."""
    path = Path(model).expanduser() / "vocab.txt"
    if not path.is_file():
        return None
    tokens = set(path.read_text(encoding="utf-8").split())
    return next((k for k in _KMERS if tokens == set(kmer_vocabulary(k))), None)
