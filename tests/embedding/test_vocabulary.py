"""Case, U and T, and unknown tokens: the vocabulary decides."""

import pytest

from seqaug_sklearn.embedding import LanguageModelEmbedder
from seqaug_sklearn.embedding._vocabulary import Spelling
from seqaug_sklearn.exceptions import SeqAugWarning


@pytest.mark.parametrize(
    ("vocabulary", "text", "expected"),
    [
        ("A C G T N", "acgU", "ACGT"),
        ("A C G U N", "acgT", "ACGU"),
        ("A C G T U N", "acgU", "ACGU"),
        ("a c g t n", "ACGU", "acgt"),
        ("A C G T a c g t", "ACgu", "ACgt"),  # small letters mean something here (repeats)
        ("A C D E F G H I K L M N P Q R S T V W Y", "mkUT", "MKUT"),  # selenocysteine
        ("AC GT TTA A C G T U a c g t u", "acgU", "ACGT"),  # bytes, merged on DNA only
        ("the gene of A C G T U", "ACgU", "ACgU"),
        ("", "ACgU", "ACgU"),
    ],
)
def test_text_is_written_as_the_vocabulary_has_it(vocabulary, text, expected):
    assert Spelling(vocabulary.split()).write(text) == expected


def test_names_of_special_tokens_do_not_count(nucleotide_transformer):
    """[UNK] holds a U, <pad> small letters."""
    model = LanguageModelEmbedder(nucleotide_transformer, device="cpu").fit(["ACGT"])
    assert model.tokenize(["acguacgu"]) == [["AC", "GT", "AC", "GT"]]
    assert (model.transform(["ACGUUA"]) == model.transform(["ACGTTA"])).all()


def test_many_unknown_tokens_are_said_once_with_share_and_example(nucleotide_transformer):
    model = LanguageModelEmbedder(nucleotide_transformer, device="cpu", batch_size=1).fit(["ACGT"])
    X = ["ACGTACGT"] * 3 + ["GTACACGT", "ACXXXX"]
    message = r"does not know 10% of the tokens.*sequence number 4, 'ACXXXX' \(50%\).*pass kmer="
    with pytest.warns(SeqAugWarning, match=message) as said:
        model.transform(X)
    assert len(said) == 1


def test_few_unknown_tokens_are_not_said(bert, random_dna):
    (text,) = random_dna(1, 400)
    model = LanguageModelEmbedder(bert, kmer=3, device="cpu")
    model.fit_transform([f"{text[:100]}N{text[100:]}"])  # 3 of 399
    with pytest.warns(SeqAugWarning, match=r"does not know \d\d% .*'NNNN"):
        model.transform([text[:100] + "N" * 100, "N" * 200 + "ACG"])
