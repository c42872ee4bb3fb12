"""The embedder for pipelines."""

import contextlib
import os
from itertools import chain
from pathlib import Path

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from seqaug_sklearn.base import TextInputMixin
from seqaug_sklearn.embedding._cache import EmbeddingCache, check_folder
from seqaug_sklearn.embedding._embedding_files import GrowingArray
from seqaug_sklearn.embedding._embedding_run import EmbeddingRun, Settings
from seqaug_sklearn.embedding._inputs import blocks_of, text_columns
from seqaug_sklearn.embedding._model import check_layer, embed_batch, load_network, resolve_dtype
from seqaug_sklearn.embedding._source import (
    ModelSource,
    check_unchanged,
    find_model,
    hidden_size,
    load_config,
    token_limit,
)
from seqaug_sklearn.embedding._tokenizers import load_tokenizer
from seqaug_sklearn.exceptions import DataFormatError, SequenceError
from seqaug_sklearn.utils import Message, Parameter, invalid_parameter, progress, require_memory, resolve_device
from seqaug_sklearn.utils._sklearn import Integral, Interval, StrOptions, fit_context

__all__ = ["LanguageModelEmbedder"]

_BATCHES_PER_BLOCK = 32
_FORMS = {1: "single sequences", 2: "pairs"}


class LanguageModelEmbedder(TextInputMixin, TransformerMixin, BaseEstimator):
    r"""Embed sequences, or pairs of sequences, with a pre-trained language model.

    Nothing is learned from the data: ``fit`` finds the model and checks the text, so no fold can leak. The model itself
    may have seen your sequences in its pre-training; that is not a leak of labels, but say so where you report scores.
    Without `cache_dir` every fold of a cross-validation computes its embeddings anew.

    Parameters
    ----------
    model : str or path-like
        Folder with a model as ``save_pretrained`` writes it ("~" is your home), else a name on the Hugging Face hub.
        Any model of text whose family is part of transformers: DNABERT, Nucleotide Transformer, ESM-2, ProtT5 (the
        encoder alone), decoders, CANINE; with `trust_remote_code` also DNABERT-2 and others that bring their code.
    kmer : int, default=None
        Residues per overlapping k-mer token, for DNABERT: 3 to 6. The k-mers are looked up in upper case whatever the
        tokenizer's file says. None takes the model's own tokenizer.
    pooling : {"mean", "cls", "max"}, default="mean"
        Mean or maximum over all tokens of the sequence (padding left out), or the first token.
    special_tokens : bool, default=True
        Whether the class and end tokens count in mean and maximum; without them a vector is that of the residues alone,
        as fair-esm and ProtTrans make it (two of four tokens of a dipeptide are special). Not False with "cls".
    layer : int, default=-1
        Layer whose output is taken: -1 is the last, 0 the embedding of tokens before the first.
    batch_size : int, default=32
        Most sequences (or chunks of long ones) in one forward pass; those of similar length go together. On a CPU a
        pass also holds at most about 1,000 tokens (256 of a wide model), because larger ones are slower there.
    max_length : int, default=None
        Most tokens of one forward pass, special ones included; the model's own limit by default (1024 if it has none).
        Longer sequences are cut into chunks that overlap by a quarter or more, and the chunks' vectors are averaged
        (``pooling="max"``: their maximum).
    device : {"auto", "cpu", "cuda", "cuda:<index>", "mps"} or torch.device, default="auto"
        Where the model runs.
    precision : {"auto", "float32", "float16", "bfloat16"}, default="auto"
        Arithmetic of the model: "auto" is float16 on a CUDA device and float32 elsewhere. The output is float32.
    revision : str, default=None
        Branch, tag or commit on the hub. Not with a folder.
    trust_remote_code : bool, default=False
        Run Python code that comes with the model, and whatever its settings name. Without it, a model that asks for
        code, whose settings name a repository (`attn_implementation`), or whose family is not among those that are
        known to bring all of their code, is an error; implementations of attention are torch's own.
    cache_dir : str or path-like, default=None
        Folder for embeddings on disk ("~" is your home), made if it is not there; from ``fit`` on it stays in this
        place. The same sequence with the same model files and settings is computed once, ever. Keep it on a local disk,
        several processes may share it.
    verbose : int, default=0
        Show progress if positive.

    Attributes
    ----------
    revision_ : str
        Exact content of the model: the commit on the hub, or "sha256:" and the hash of the folder's files.
    hidden_size_ : int
        Columns per sequence.
    n_texts_ : int
        Sequences per row: 1, or 2 for pairs.
    max_length_ : int
        Most tokens of one forward pass.

    Raises
    ------
    FileNotFoundError
        If the folder is not there, or the hub has no such model or cannot be reached.
    DataFormatError
        If the model asks for code from elsewhere, lacks weights or k-mers, or is no encoder.
    MissingDependencyError
        If transformers is not installed.
    OSError
        If `cache_dir` cannot be written.

    See Also
    --------
    PairFeatures : Difference and product of the two halves that pairs give.
    kmer_tokens : The k-mer step alone.
    save_embeddings : Embeddings as an ``.npz`` file.

    Notes
    -----
    Lower case counts as upper case, unless the words of the model are in both. With `kmer`, U counts as T; a k-mer with
    an ambiguity code or a gap is the unknown token, as in DNABERT, and a sequence of such k-mers only is an error, as
    is one shorter than `kmer`. With a model's own tokenizer, U and T are exchanged where a vocabulary of nucleotides
    has only one of them, and what it does not know is its unknown token: more than 5 % give a warning with the worst
    sequence; if it knows nothing of a sequence, that is an error.

    The output does not depend on batch size, order or other rows beyond rounding (1e-5). This is tried on each network
    before its first vector is made and kept: made-up sequences alone, beside longer ones and after shorter ones.
    A network that reads padding (ConvBERT, CANINE) is run in batches of equal length, with a warning; one that reads
    its neighbours row by row; one that gives something else the second time is an error. Pickles hold no weights: the
    model is loaded where it is used, and must be the same files. The last two models stay in the memory of the process.

    A damaged cache file is computed again, with a warning, and an interrupted ``transform`` goes on where it stopped:
    what is finished is written within a second. Only torch is supported.

    References
    ----------
    .. [1] Y. Ji et al., DNABERT: pre-trained Bidirectional Encoder Representations from Transformers model for
       DNA-language in genome, Bioinformatics 37 (2021), :doi:`10.1093/bioinformatics/btab083`.

    Examples
    --------
    A model of random weights, made here; a real one is a folder or a name. Embeddings of pairs, scaled and combined:

    >>> import tempfile
    >>> from pathlib import Path
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.preprocessing import MinMaxScaler
    >>> from transformers import BertConfig, BertModel
    >>> from seqaug_sklearn.embedding import LanguageModelEmbedder, PairFeatures, kmer_vocabulary
    >>> config = BertConfig(
    ...     vocab_size=69, hidden_size=8, num_hidden_layers=1, num_attention_heads=1, intermediate_size=8
    ... )
    >>> folder = tempfile.TemporaryDirectory()
    >>> BertModel(config).save_pretrained(folder.name)
    >>> _ = Path(folder.name, "vocab.txt").write_text("\n".join(kmer_vocabulary(3)))
    >>> embedder = LanguageModelEmbedder(folder.name, kmer=3, device="cpu")
    >>> embedder.fit_transform(["ACGTACGT", "ggu"]).shape
    (2, 8)
    >>> pairs = [("ACGTACGT", "TTTT"), ("GGT", "ACGG"), ("CCCC", "CATG")]
    >>> make_pipeline(embedder, MinMaxScaler((-1, 1)), PairFeatures()).fit_transform(pairs).shape
    (3, 32)
    >>> folder.cleanup()
    """

    _parameter_constraints = {
        "model": [str, os.PathLike],
        "kmer": [Interval(Integral, 1, 12, closed="both"), None],
        "pooling": [StrOptions({"mean", "cls", "max"})],
        "special_tokens": ["boolean"],
        "layer": [Integral],
        "batch_size": [Interval(Integral, 1, None, closed="left")],
        "max_length": [Interval(Integral, 1, None, closed="left"), None],
        "device": "no_validation",  # read by resolve_device: a name, or a torch.device
        "precision": [StrOptions({"auto", "float32", "float16", "bfloat16"})],
        "revision": [str, None],
        "trust_remote_code": ["boolean"],
        "cache_dir": [str, os.PathLike, None],
        "verbose": ["verbose"],
    }

    def __init__(
        self,
        model,
        *,
        kmer=None,
        pooling="mean",
        special_tokens=True,
        layer=-1,
        batch_size=32,
        max_length=None,
        device="auto",
        precision="auto",
        revision=None,
        trust_remote_code=False,
        cache_dir=None,
        verbose=0,
    ):
        self.model = model
        self.kmer = kmer
        self.pooling = pooling
        self.special_tokens = special_tokens
        self.layer = layer
        self.batch_size = batch_size
        self.max_length = max_length
        self.device = device
        self.precision = precision
        self.revision = revision
        self.trust_remote_code = trust_remote_code
        self.cache_dir = cache_dir
        self.verbose = verbose

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y=None):
        """Find the model, and check parameters and text; weights are loaded when a vector is missing.

        Parameters
        ----------
        X : array-like of str of shape (n_samples,) or (n_samples, 2)
            Sequences, or pairs (a list of pairs, an array, or a DataFrame with two columns).
        y : None
            Ignored.

        Returns
        -------
        self : LanguageModelEmbedder

        Raises
        ------
        FileNotFoundError, DataFormatError, OSError
            If the model is not there or not usable, or the cache folder cannot be written.
        SequenceError, SequenceTypeError
            If X is not text, a sequence is shorter than a k-mer, or a symbol is no nucleotide (with `kmer`).
        ValueError
            If `layer` or `max_length` do not suit the model.
        """
        resolve_device(self.device)
        self._source = find_model(self.model, revision=self.revision, trust_remote_code=self.trust_remote_code)
        self._check_fits(load_config(self._source), load_tokenizer(self._source, self.kmer))
        self._cache_folder = None
        if self.cache_dir is not None:
            # as the model's folder: it stays where it is when the working directory changes
            self._cache_folder = Path(self.cache_dir).expanduser().absolute()
            check_folder(self._cache_folder)
        columns, name = self._columns(X)
        self._check_text(columns, name)
        self.n_texts_ = len(columns)
        self.revision_ = self._source.revision
        return self

    def transform(self, X):
        """Embed sequences; the same sequence is computed once.

        Parameters
        ----------
        X : array-like of str of shape (n_samples,) or (n_samples, 2)
            As in ``fit``.

        Returns
        -------
        float32 ndarray of shape (n_samples, hidden_size) or (n_samples, 2 * hidden_size)
            Pairs: the columns of the first sequence, then those of the second.

        Raises
        ------
        SequenceError, SequenceTypeError
            As ``fit``, and if X has another number of sequences per row.
        DataFormatError
            If the model's files have changed since ``fit``, do not fill the network, or give NaN.
        InsufficientMemoryError
            If the vectors are larger than the memory that is free.
        """
        check_is_fitted(self)
        columns, name = self._columns(X, self.n_texts_)
        with self._open_run(total=len(columns[0]) * len(columns)) as run:
            return self._embed(run, columns, name)

    def iter_transform(self, X, *, block_size=None):
        """Embed a stream, block by block: memory does not grow with its length.

        Parameters
        ----------
        X : iterable of str or of pairs of str
            Any iterable, also a generator; arrays and frames as in ``fit``.
        block_size : int, default=None
            Rows per block; 32 batches by default. Within a block, the same sequence is computed once (with `cache_dir`:
            ever).

        Returns
        -------
        iterator of float32 ndarray of shape (block_size, hidden_size) or (block_size, 2 * hidden_size)
            As :meth:`transform`, in the order of X; the last block may be shorter.

        Raises
        ------
        SequenceError, SequenceTypeError, DataFormatError
            As :meth:`transform`, when the block is reached.
        ValueError
            If `block_size` is not a positive int.
        """
        check_is_fitted(self)
        size = _BATCHES_PER_BLOCK * self.batch_size if block_size is None else block_size
        if not isinstance(size, Integral) or size < 1:
            raise invalid_parameter("block_size", f"must be a positive int, got {block_size!r}")
        if isinstance(X, (str, bytes)) or not hasattr(X, "__iter__"):
            text_columns(X)
        return self._blocks(X, size)

    def transform_to(self, path, X, *, block_size=None):
        """Embed a stream into an ``.npy`` file, block by block.

        Parameters
        ----------
        path : str or path-like
            File; it appears when it is complete.
        X : iterable of str or of pairs of str
            As in :meth:`iter_transform`.
        block_size : int, default=None
            As in :meth:`iter_transform`.

        Returns
        -------
        float32 memmap of shape (n_samples, hidden_size) or (n_samples, 2 * hidden_size)
            The file, opened for reading.

        Raises
        ------
        SequenceError, SequenceTypeError, DataFormatError
            As :meth:`transform`; then no file is written.
        FileNotFoundError
            If the folder of the path is not there.
        """
        blocks = self.iter_transform(X, block_size=block_size)
        with GrowingArray(path, width=len(self.get_feature_names_out())) as array:
            first = next(blocks, None)
            if first is None:
                raise SequenceError("X holds no sequences; at least one is needed")
            for block in chain([first], blocks):
                array.append(block)
        return np.load(Path(path), mmap_mode="r")

    def tokenize(self, X):
        """Return the tokens that the model sees of each sequence, special tokens left out.

        Parameters
        ----------
        X : array-like of str of shape (n_samples,)
            Sequences; not pairs.

        Returns
        -------
        list of list of str

        Raises
        ------
        SequenceError, SequenceTypeError
            As ``fit``.
        """
        check_is_fitted(self)
        columns, name = self._columns(X, 1)
        self._check_text(columns, name)
        tokenizer = load_tokenizer(self._source, self.kmer)
        return [tokenizer.names(numbers) for numbers in tokenizer.encode(columns[0])]

    def get_feature_names_out(self, input_features=None):
        """Name the columns: "embedding_0", or "first_0" and "second_0" for pairs.

        Parameters
        ----------
        input_features : None
            Ignored.

        Returns
        -------
        ndarray of str (object)
        """
        check_is_fitted(self)
        prefixes = ("embedding",) if self.n_texts_ == 1 else ("first", "second")
        return np.array([f"{prefix}_{i}" for prefix in prefixes for i in range(self.hidden_size_)], dtype=object)

    def _to_kept(self):
        """What was learned, for :func:`~seqaug_sklearn.persistence.save_model`: not the language model."""
        own = vars(self).keys() - self.get_params(deep=False).keys() - {"_cache_folder", "_source"}
        source = (self._source.location, self._source.local, self._source.revision)
        return {name: getattr(self, name) for name in sorted(own)} | {"source_": source}

    def _from_kept(self, kept):
        """Become fitted by what :meth:`_to_kept` gave; the language model is looked for when something is embedded."""
        location, local, revision = kept.pop("source_")
        self.__dict__.update(kept)
        self._source = ModelSource(location, local, revision, trust_remote_code=False)
        self._cache_folder = None

    def _check_fits(self, config, tokenizer):
        """Compare parameters with the model, and learn its sizes."""
        check_layer(self.layer, config)
        n_special = len(tokenizer.prefix) + len(tokenizer.suffix)
        limit = token_limit(config, tokenizer.limit)
        self.max_length_ = limit if self.max_length is None else self.max_length
        if not n_special < self.max_length_ <= limit:
            raise invalid_parameter(
                Parameter("max_length", self.max_length),
                f"does not suit the model: it takes at most {limit} tokens at once, "
                f"{n_special} of them special ones; pass None or an int from {n_special + 1} to {limit}",
            )
        if self.pooling == "cls" and not tokenizer.prefix:
            raise DataFormatError(
                Message(
                    Parameter("pooling", "cls"),
                    f": the tokenizer of model={self._source.location!r} puts no class token first; use 'mean'",
                )
            )
        if self.pooling == "cls" and not self.special_tokens:
            raise invalid_parameter(
                Parameter("special_tokens", False), "leaves out the token that pooling='cls' takes; use pooling='mean'"
            )
        self.hidden_size_ = self._vector_length(config, tokenizer)

    def _vector_length(self, config, tokenizer):
        """Numbers in a vector: as a known family's configuration says, else as the network gives them."""
        if not self._source.trust_remote_code:
            return hidden_size(config)
        device = resolve_device(self.device)
        adapter = load_network(self._source, device, resolve_dtype(self.precision, device))
        numbers = np.concatenate([tokenizer.prefix, tokenizer.sample()[:2], tokenizer.suffix]).astype(np.int64)[None]
        layer = check_layer(self.layer, config)
        return embed_batch(adapter, numbers, np.ones_like(numbers), layer=layer, pooling="mean").shape[1]

    def _columns(self, X, expected=None, first_row=0):
        """Return one or two columns of texts as the model reads them, and how to name a row."""
        tokenizer = load_tokenizer(self._source, self.kmer)
        columns, name = text_columns(X, min_length=tokenizer.min_length, first_row=first_row)
        if expected not in (None, len(columns)):
            raise SequenceError(f"X holds {_FORMS[len(columns)]}, but {_FORMS[expected]} are needed here")
        return [[tokenizer.normalise(text) for text in column] for column in columns], name

    def _check_text(self, columns, name):
        tokenizer = load_tokenizer(self._source, self.kmer)
        for number, column in enumerate(columns):
            for row, text in enumerate(column):
                tokenizer.check(text, name(row, number))

    @contextlib.contextmanager
    def _open_run(self, total=None):
        """Open the cache and the bar around an EmbeddingRun."""
        check_unchanged(self._source)
        device = resolve_device(self.device)
        layer = check_layer(self.layer, load_config(self._source))
        dtype = resolve_dtype(self.precision, device)
        settings = Settings(
            self._source, self.kmer, self.pooling, layer, self.max_length_, dtype, bool(self.special_tokens)
        )
        with contextlib.ExitStack() as stack:
            cache = None
            if self._cache_folder is not None:
                cache = stack.enter_context(EmbeddingCache(self._cache_folder, settings.identity(), self.hidden_size_))
            bar = stack.enter_context(
                progress(total=total, description="embedding", enabled=self.verbose > 0, unit="sequence")
            )
            yield EmbeddingRun(settings, device=device, batch_size=self.batch_size, cache=cache, bar=bar)

    def _blocks(self, X, size):
        with self._open_run() as run:
            for first_row, block in blocks_of(X, size):
                yield self._embed(run, *self._columns(block, self.n_texts_, first_row))

    def _embed(self, run, columns, name):
        """Embed each distinct text once and put its vector wherever it stands."""
        self._check_text(columns, name)
        texts = [text for row in zip(*columns, strict=True) for text in row]
        first_seen: dict[str, int] = {}
        codes = np.fromiter((first_seen.setdefault(text, len(first_seen)) for text in texts), np.intp, len(texts))
        distinct = list(first_seen)
        # places of text d are where[bounds[d]:bounds[d + 1]]
        where = np.argsort(codes, kind="stable")
        bounds = np.searchsorted(codes[where], np.arange(len(distinct) + 1))
        require_memory(
            4.0 * len(texts) * self.hidden_size_,
            f"the vectors of {len(texts)} sequences with {self.hidden_size_} columns",
            "write them to a file with transform_to, or take them block by block with iter_transform",
        )
        out = np.empty((len(texts), self.hidden_size_), np.float32)
        size = _BATCHES_PER_BLOCK * self.batch_size
        for begin in range(0, len(distinct), size):
            end = min(begin + size, len(distinct))
            vectors = run.vectors(
                distinct[begin:end],
                lambda row, begin=begin: name(*divmod(where[bounds[begin + row]], len(columns))),
                self.hidden_size_,
            )
            places = where[bounds[begin] : bounds[end]]
            # each vector goes to every place at which its text stands
            out[places] = vectors[codes[places] - begin]
            run.bar.update(len(places) - (end - begin))
        return out.reshape(len(columns[0]), -1)
