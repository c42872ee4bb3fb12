"""Text to token numbers: DNABERT's k-mers by a table, other models by their own tokenizers."""

import functools
import itertools
import re
from collections import Counter
from pathlib import Path

import numpy as np

from seqaug_sklearn.embedding._kmers import check_kmer_text, kmer_codes, to_dna
from seqaug_sklearn.embedding._settings import check_tokenizer_class
from seqaug_sklearn.embedding._source import import_transformers, load_config, quiet, safe_settings
from seqaug_sklearn.embedding._vocabulary import Spelling, plain_vocabulary
from seqaug_sklearn.exceptions import DataFormatError, SequenceError
from seqaug_sklearn.utils import Message, Parameter

__all__ = ["KmerTokenizer", "ModelTokenizer", "check_known", "load_tokenizer"]

_SPECIAL = {
    "padding": ("[PAD]", "<pad>"),
    "unknown": ("[UNK]", "<unk>"),
    "first": ("[CLS]", "<cls>", "<s>"),
    "last": ("[SEP]", "<sep>", "<eos>", "</s>"),
}
_SAMPLES = ("ACGTTGCAAGCTCCGATGAC", "ACDEFGHIKLMNPQRSTVWY", "A C G T C A", "M K L V D E")
"""Text of nucleotides and of amino acids, as one word and as many."""


class KmerTokenizer:
    """Overlapping k-mers, looked up in upper case whatever the tokenizer's file says about case.

    Parameters
    ----------
    vocabulary : dict of str to int
        Token -> number.
    k : int
        Residues per token.
    where : str
        The model, for messages.

    Raises
    ------
    DataFormatError
        If k-mers or special tokens are missing.
    """

    limit = None

    def __init__(self, vocabulary, k, where):
        kmers = ["".join(letters) for letters in itertools.product("ACGT", repeat=k)]
        lacking = [kmer for kmer in kmers if kmer not in vocabulary]
        if lacking:
            raise DataFormatError(
                Message(
                    Parameter("kmer", k),
                    f": the vocabulary of model={where!r} lacks {len(lacking)} of {len(kmers)} k-mers, "
                    f"{lacking[0]!r} first; {_hint(vocabulary)}",
                )
            )
        found = {use: next((t for t in names if t in vocabulary), None) for use, names in _SPECIAL.items()}
        missing = [_SPECIAL[use][0] for use, token in found.items() if token is None]
        if missing:
            raise DataFormatError(
                Message(Parameter("kmer", k), f": the vocabulary of model={where!r} lacks {', '.join(missing)}")
            )
        self.k = k
        # by the number of a k-mer in base 4 over A, C, G, T; the last entry is for k-mers with other symbols
        self.table = np.array([vocabulary[t] for t in (*kmers, found["unknown"])], np.int32)
        self.unknown, self.padding = vocabulary[found["unknown"]], vocabulary[found["padding"]]
        self.prefix, self.suffix = [vocabulary[found["first"]]], [vocabulary[found["last"]]]
        self._names = {number: token for token, number in vocabulary.items()}

    @property
    def min_length(self):
        """Fewest residues of a sequence."""
        return self.k

    def normalise(self, text):
        """Text as the model reads it."""
        return to_dna(text)

    def check(self, text, name):
        """Raise if normalised text cannot be embedded."""
        check_kmer_text(text, self.k, name)

    def encode(self, texts):
        """Return the token numbers of normalised texts, without special tokens: list of int32 ndarray."""
        return [self.table[codes] for codes in kmer_codes(texts, self.k)]

    def sample(self):
        """Return tokens that the model knows: int32 ndarray."""
        return self.table[:-1]

    def names(self, numbers):
        """Return the tokens of numbers."""
        return [self._names[number] for number in numbers.tolist()]


class ModelTokenizer:
    """The tokenizer that comes with a model, fed with text in the case and with the letter (T or U) of its vocabulary.

    Parameters
    ----------
    tokenizer : transformers.PreTrainedTokenizerBase
        The tokenizer.
    where : str
        The model, for messages.
    """

    min_length = 1

    def __init__(self, tokenizer, where):
        self.tokenizer = tokenizer
        self.limit = tokenizer.model_max_length
        self.unknown = tokenizer.unk_token_id
        # padding is masked, so a model without a padding token takes any
        self.padding = tokenizer.pad_token_id or 0
        vocabulary = plain_vocabulary(tokenizer)
        self.prefix, self.suffix = self._special(where, vocabulary)
        self._spelling = Spelling(vocabulary)

    def normalise(self, text):
        """Text as the model reads it."""
        return self._spelling.write(text)

    def check(self, text, name):
        """Accept all text; what a tokenizer knows shows in its output."""

    def encode(self, texts):
        """Return the token numbers of normalised texts, without special tokens: list of int32 ndarray."""
        options = {"add_special_tokens": False, "return_attention_mask": False, "return_token_type_ids": False}
        with quiet():
            lists = self.tokenizer(texts, **options)["input_ids"]
        return [np.array(numbers, np.int32) for numbers in lists]

    def names(self, numbers):
        """Return the tokens of numbers."""
        return self.tokenizer.convert_ids_to_tokens(numbers.tolist())

    def sample(self):
        """Return tokens that the model knows, of made-up text: int32 ndarray, empty where it knows none of it."""
        texts = [self.normalise(text) for text in _SAMPLES]
        numbers = np.concatenate(self.encode(texts))
        return numbers[numbers != self.unknown] if self.unknown is not None else numbers

    def _special(self, where, vocabulary):
        """Tokens that the tokenizer puts before and after a text."""
        # special tokens differ from model to model; what stands around a word that is one of the vocabulary tells them,
        # and around a letter where every character is a word
        for word in (token for token in [*vocabulary, "A"] if token.isalpha()):
            inner = self.tokenizer(word, add_special_tokens=False)["input_ids"]
            whole = self.tokenizer(word)["input_ids"]
            for start in range(len(whole) - len(inner) + 1):
                if inner and whole[start : start + len(inner)] == inner:
                    return whole[:start], whole[start + len(inner) :]
        raise DataFormatError(Message(Parameter("model", where), ": its tokenizer has no word of letters"))


@functools.lru_cache(maxsize=4)
def load_tokenizer(source, kmer):
    """Return the tokenizer of a model.

    Parameters
    ----------
    source : ModelSource
        The model.
    kmer : int or None
        Residues per overlapping k-mer; None takes the model's own tokenizer.

    Returns
    -------
    KmerTokenizer or ModelTokenizer

    Raises
    ------
    DataFormatError
        If it cannot be read, or lacks the k-mers.
    """
    plain = Path(source.location, "vocab.txt")
    if kmer is not None and source.local and plain.is_file():
        lines = plain.read_text(encoding="utf-8").splitlines()
        return KmerTokenizer({token: number for number, token in enumerate(lines)}, kmer, source.location)
    tokenizer = _own_tokenizer(source)
    if kmer is None:
        return ModelTokenizer(tokenizer, source.location)
    return KmerTokenizer(tokenizer.get_vocab(), kmer, source.location)


def check_known(numbers, tokenizer, config, name, where):
    """Raise if a text has no token that the model knows, or one that it has no row for.

    Parameters
    ----------
    numbers : int ndarray
        Tokens of one text.
    tokenizer : KmerTokenizer or ModelTokenizer
        Where they come from.
    config : transformers.PretrainedConfig
        The model's.
    name, where : str
        The sequence and the model, for messages.

    Raises
    ------
    SequenceError
        If no token is known.
    DataFormatError
        If tokenizer and model do not fit.
    """
    if len(numbers) == 0 or (tokenizer.unknown is not None and (numbers == tokenizer.unknown).all()):
        raise SequenceError(
            f"{name} holds no token that model={where!r} knows: pass kmer= if it reads overlapping k-mers (DNABERT), "
            "text with a space after each residue if it reads words (ProtBERT), or a model for this kind of sequence"
        )
    size = getattr(config, "vocab_size", None)  # a model of all characters has none
    if size is not None and numbers.max() >= size:
        raise DataFormatError(
            Message(
                Parameter("model", where),
                f": its tokenizer gives token {numbers.max()}, but the model has {size}; they do not belong together",
            )
        )


def _own_tokenizer(source):
    transformers = import_transformers()
    if not source.trust_remote_code:
        check_tokenizer_class(transformers, source.location, safe_settings(source))
    try:
        with quiet():
            return transformers.AutoTokenizer.from_pretrained(
                source.location, config=load_config(source), **source.load_options()
            )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        message = re.sub(r"\s+", " ", str(error))[:300]
        raise DataFormatError(
            Message(Parameter("model", source.location), f": its tokenizer cannot be read ({message})")
        ) from error


def _hint(vocabulary):
    # single letters are residues of any kind
    counts = Counter(len(token) for token in vocabulary if len(token) > 1 and set(token) <= set("ACGT"))
    whole = [k for k in sorted(counts) if counts[k] == 4**k]
    if not whole:
        return "it is no model of k-mers: pass kmer=None"
    return f"it has those of length {', '.join(map(str, whole))}"
