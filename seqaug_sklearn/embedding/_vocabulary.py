"""What a vocabulary says of its alphabet: which case it is in, and whether it writes T or U."""

import re
from collections.abc import Callable

__all__ = ["Spelling", "plain_vocabulary"]

_LARGEST = 500_000
"""A larger one is a list of all characters (CANINE), which says nothing."""
_MARKED = re.compile(r"[\[<].*[\]>]")
_PROTEIN_ONLY = set("EFLPQ")


def plain_vocabulary(tokenizer):
    """Return the tokens that are no special ones; none where they are all characters there are.

    Parameters
    ----------
    tokenizer : transformers.PreTrainedTokenizerBase
        The tokenizer.

    Returns
    -------
    list of str
    """
    if tokenizer.vocab_size > _LARGEST:
        return []
    special = set(tokenizer.all_special_tokens)
    return [token for token in tokenizer.get_vocab() if token not in special and not _MARKED.fullmatch(token)]


class Spelling:
    """How text has to be written for a vocabulary.

    Words of several letters are asked first: a vocabulary of bytes has every letter once, whatever it was made for.

    Parameters
    ----------
    vocabulary : iterable of str
        Tokens, special ones left out.
    """

    def __init__(self, vocabulary):
        words = [re.sub("[^A-Za-z]", "", token) for token in vocabulary]
        every = "".join(words)
        letters = set("".join(word for word in words if len(word) > 1) or every)
        self._case: Callable[[str], str] = str
        if letters and not any(map(str.islower, letters)):
            self._case = str.upper
        elif letters and not any(map(str.isupper, every)):
            self._case = str.lower
        known = {letter.upper() for letter in letters}
        # a protein's U is selenocysteine, and no T
        nucleotides = not known & _PROTEIN_ONLY and {"A", "C", "G"} <= known
        self._table = {}
        if nucleotides and ("T" in known) != ("U" in known):
            self._table = str.maketrans("Uu", "Tt") if "T" in known else str.maketrans("Tt", "Uu")

    def write(self, text):
        """Return text in the case and with the letter (T or U) that the vocabulary has."""
        return self._case(text).translate(self._table)
