"""Embeddings of sequences by language models (DNABERT, Nucleotide Transformer, ESM-2), and features of pairs of them.

``transformers`` is needed by the embedder only (``pip install 'seqaug-sklearn[embed]'``) and loaded when it is fitted.
"""

from seqaug_sklearn.embedding._embedding_files import Embeddings, read_embeddings, save_embeddings
from seqaug_sklearn.embedding._global_min_max_scaler import GlobalMinMaxScaler
from seqaug_sklearn.embedding._kmers import kmer_tokens, kmer_vocabulary
from seqaug_sklearn.embedding._language_model import LanguageModelEmbedder
from seqaug_sklearn.embedding._pair_features import PairFeatures

__all__ = [
    "Embeddings",
    "GlobalMinMaxScaler",
    "LanguageModelEmbedder",
    "PairFeatures",
    "kmer_tokens",
    "kmer_vocabulary",
    "read_embeddings",
    "save_embeddings",
]
