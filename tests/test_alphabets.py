"""Alphabets: tables against IUPAC read naively, complements, own alphabets, errors."""

import pickle

import numpy as np
import pytest
from Bio.Data import IUPACData
from Bio.Seq import complement, complement_rna

from seqaug_sklearn.alphabets import DNA, INVALID, PROTEIN, RNA, Alphabet, get_alphabet

ALPHABETS = [DNA, RNA, PROTEIN]
each = pytest.mark.parametrize("alphabet", ALPHABETS, ids=lambda alphabet: alphabet.name)
nucleic = pytest.mark.parametrize("alphabet", [DNA, RNA], ids=lambda alphabet: alphabet.name)


@pytest.mark.parametrize(
    ("alphabet", "symbols"),
    [(DNA, "ACGT"), (RNA, "ACGU"), (PROTEIN, "ACDEFGHIKLMNPQRSTVWY")],
    ids=["dna", "rna", "protein"],
)
def test_columns(alphabet, symbols):
    assert alphabet.symbols == symbols
    assert len(alphabet) == alphabet.n_symbols == alphabet.unknown == len(symbols)


@each
def test_table_read_byte_by_byte(alphabet):
    assert alphabet.table.shape == (256,)
    assert alphabet.table.dtype == np.uint8
    for byte in range(256):
        letter = chr(byte).upper() if byte < 128 else chr(byte)
        if letter in alphabet.symbols:
            expected = alphabet.symbols.index(letter)
        else:
            expected = alphabet.unknown if letter in {*alphabet.ambiguity, *alphabet.gaps} else INVALID
        assert alphabet.table[byte] == expected


def test_ambiguity_codes_are_biopythons():
    assert {**DNA.ambiguity, **{c: c for c in "ACGT"}, "X": "GATC"}.keys() == IUPACData.ambiguous_dna_values.keys()
    for code, letters in DNA.ambiguity.items():
        assert set(letters) == set(IUPACData.ambiguous_dna_values[code])
        assert set(RNA.ambiguity[code]) == set(IUPACData.ambiguous_rna_values[code])
    for code in "BZJ":
        assert set(PROTEIN.ambiguity[code]) == set(IUPACData.extended_protein_values[code])


def test_protein_knows_rare_residues_and_stops_but_has_no_column_for_them():
    assert {PROTEIN.table[ord(c)] for c in "BJOUXZ*-."} == {PROTEIN.unknown}
    assert {DNA.table[ord(c)] for c in "EFILPQJOUXZ*!"} == {INVALID}
    assert RNA.table[ord("T")] == DNA.table[ord("U")] == INVALID


@pytest.mark.parametrize(("alphabet", "reference"), [(DNA, complement), (RNA, complement_rna)], ids=["dna", "rna"])
def test_complement_is_biopythons(alphabet, reference):
    letters = alphabet.symbols + "".join(alphabet.ambiguity)
    both = letters + letters.lower() + alphabet.gaps
    assert both.translate(alphabet.complement_table) == reference(both)
    codes = alphabet.complement_codes
    assert [alphabet.symbols[c] for c in codes[:4]] == list(reference(alphabet.symbols))
    assert codes[alphabet.unknown] == alphabet.unknown


@nucleic
def test_complement_of_an_ambiguity_code_stands_for_the_complements(alphabet):
    for code, letters in alphabet.ambiguity.items():
        other = alphabet.complement[code]
        assert {alphabet.complement[c] for c in letters} == set(alphabet.ambiguity[other])


@nucleic
def test_complement_twice_is_the_identity(alphabet):
    codes = np.arange(alphabet.n_symbols + 1)
    assert (alphabet.complement_codes[alphabet.complement_codes[codes]] == codes).all()


def test_proteins_have_no_complement():
    for name in ("complement_codes", "complement_table"):
        with pytest.raises(ValueError, match=r"alphabet 'protein' has no complement: .* for 'dna' and 'rna' only"):
            getattr(PROTEIN, name)


@each
def test_letters_are_the_inverse_of_the_table(alphabet):
    assert (alphabet.table[alphabet.letters] == np.arange(alphabet.n_symbols + 1)).all()
    assert chr(alphabet.letters[-1]) == alphabet.unknown_symbol == ("X" if alphabet is PROTEIN else "N")


@each
def test_shared_tables_cannot_be_written(alphabet):
    for table in (alphabet.table, alphabet.letters):
        with pytest.raises(ValueError, match="read-only"):
            table[0] = 9


@each
def test_lookup_and_pickle(alphabet):
    assert get_alphabet(alphabet.name) is alphabet
    assert get_alphabet(alphabet) is alphabet
    assert pickle.loads(pickle.dumps(alphabet)) == alphabet
    assert hash(pickle.loads(pickle.dumps(alphabet))) == hash(alphabet)


@pytest.mark.parametrize("name", ["DNA", "aa", None, 4, ["dna"]])
def test_unknown_names(name):
    with pytest.raises(ValueError, match=r"alphabet must be one of \['dna', 'protein', 'rna'\] or an Alphabet, got"):
        get_alphabet(name)


def test_own_alphabet():
    purines = Alphabet("ry", "RY", {"N": "RY"}, {"R": "Y", "Y": "R", "N": "N"}, gaps="-")
    assert purines.table[list(b"RyN-")].tolist() == [0, 1, 2, 2]
    assert purines.table[ord(".")] == INVALID
    assert purines.complement_codes.tolist() == [1, 0, 2]
    assert Alphabet("bits", "01").unknown_symbol == "-"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("bad", ""), r"alphabet 'bad': symbols, ambiguity codes and gaps must be distinct and not empty"),
        (("bad", "AA"), r"must be distinct"),
        (("bad", "AC", {"A": "C"}), r"must be distinct"),
        (("bad", "A-"), r"must be distinct"),
        (("bad", "ac"), r"alphabet 'bad': symbols must be single upper-case ASCII characters"),
        (("bad", "AÉ"), r"single upper-case ASCII"),
        (("bad", "AC", {"NN": "AC"}), r"single upper-case ASCII"),
        (("bad", "AC", {}, {"A": "C"}), r"alphabet 'bad': complement must pair every symbol and ambiguity code"),
        (("bad", "ACG", {}, {"A": "C", "C": "G", "G": "A"}), r"complement must pair"),
    ],
)
def test_bad_alphabets(arguments, message):
    with pytest.raises(ValueError, match=message):
        Alphabet(*arguments)
