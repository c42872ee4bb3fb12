"""Synonymous mutations: the protein stays equal under every genetic code, and codons are drawn as asked."""

import numpy as np
import pytest
import torch
from Bio.Data import CodonTable
from Bio.Seq import Seq
from scipy import stats

from seqaug_sklearn.augmentation import RandomAugmentation, SynonymousMutation

TABLES = sorted(CodonTable.unambiguous_dna_by_id)


def edited(texts, alphabet="dna", seed=0, n_copies=1, protect=None, **parameters):
    """The edited copies alone."""
    sampler = RandomAugmentation(
        [SynonymousMutation(**parameters)], alphabet=alphabet, n_copies=n_copies, protect=protect, random_state=seed
    )
    return sampler.fit_resample(texts, [0] * len(texts))[0][len(texts) :]


def random_rows(rng, lengths, letters="ACGT", unknown=0.03):
    rows = [rng.choice(list(letters), length) for length in lengths]
    for row in rows:
        row[rng.random(len(row)) < unknown] = rng.choice(list("NRY-"))
    return ["".join(row) for row in rows]


def meanings(text, frame, table):
    """What each whole codon means, codon by codon; the codon itself where it has no meaning or two."""
    code, found = CodonTable.unambiguous_dna_by_id[table], []
    for start in range(frame, len(text) - 2, 3):
        codon = text[start : start + 3].replace("U", "T")
        kinds = {code.forward_table.get(codon), "*" if codon in code.stop_codons else None} - {None}
        found.append(kinds.pop() if len(kinds) == 1 else codon)
    return found


@pytest.mark.parametrize("table", TABLES)
def test_the_protein_stays_equal(table, rng):
    frame, rna = table % 3, table % 2
    texts = random_rows(rng, [300, 301, 299, 2, 3, 1, 90] * 3, "ACGU" if rna else "ACGT")
    for usage in (None, "data"):
        copies = edited(texts, "rna" if rna else "dna", rate=1, table=table, frame=frame, usage=usage)
        for before, after in zip(texts, copies, strict=True):
            assert meanings(after, frame, table) == meanings(before, frame, table)
            assert after[:frame] == before[:frame]
            whole = frame + 3 * max((len(before) - frame) // 3, 0)
            assert after[whole:] == before[whole:]
            # ambiguity codes and gaps stay where they are
            assert [c if c not in "ACGTU" else "." for c in after] == [c if c not in "ACGTU" else "." for c in before]
    assert sum(map(str.__ne__, texts, copies)) > 6


@pytest.mark.parametrize("table", [1, 2, 11])
def test_coding_sequences_translate_alike(table, rng):
    code = CodonTable.unambiguous_dna_by_id[table]
    sense = [c for c in code.forward_table if c not in code.stop_codons]
    genes = [
        rng.choice(code.start_codons) + "".join(rng.choice(sense, 40)) + rng.choice(code.stop_codons) for _ in range(30)
    ]
    for before, after in zip(genes, edited(genes, rate=1, table=table), strict=True):
        # a gene that begins with TTG begins with methionine
        assert Seq(after).translate(table, cds=True) == Seq(before).translate(table, cds=True)
        assert after != before
    ends = {gene[-3:] for gene in edited(genes, rate=1, table=table, n_copies=5)}
    assert ends == set(code.stop_codons)


def test_every_codon_with_a_synonym_changes_at_rate_one():
    code = CodonTable.unambiguous_dna_by_id[1]
    codons = sorted(code.forward_table)
    (copy,) = edited(["AAA" + "".join(codons)], rate=1)
    alone = {codon for codon in codons if list(code.forward_table.values()).count(code.forward_table[codon]) == 1}
    same = {codon for i, codon in enumerate(codons) if copy[3 * i + 3 : 3 * i + 6] == codon}
    assert same == alone == {"ATG", "TGG"}


def test_the_rate_and_the_choice_of_synonyms(rng):
    leucines = ["CTA", "CTC", "CTG", "CTT", "TTA", "TTG"]
    texts = ["AAA" + "CTG" * 100] * 200
    copies = edited(texts, rate=0.3)
    codons = np.array([[copy[i : i + 3] for i in range(3, 303, 3)] for copy in copies])
    counts = {codon: int((codons == codon).sum()) for codon in leucines}
    assert sum(counts.values()) == codons.size
    assert stats.binomtest(codons.size - counts.pop("CTG"), codons.size, 0.3).pvalue > 1e-3
    assert stats.chisquare(list(counts.values())).pvalue > 1e-3
    assert stats.chisquare((codons != "CTG").sum(0)).pvalue > 1e-3


@pytest.mark.parametrize("usage", ["mapping", "data"])
def test_codon_usage_is_kept(usage, rng):
    """Rows that have the usage keep it; a codon that is not used is never drawn."""
    shares = {"CUG": 60, "CTC": 30, "TTG": 10, "AAA": 25, "AAG": 75}
    names = [codon.replace("U", "T") for codon in shares]
    weights = np.array([*shares.values()], float)
    texts = ["".join(rng.choice(names, 100, p=weights / weights.sum())) for _ in range(200)]
    copies = edited(texts, rate=1, usage=shares if usage == "mapping" else "data")
    codons = np.array([[copy[i : i + 3] for i in range(3, 300, 3)] for copy in copies])
    assert set(codons.ravel()) == set(names)
    of_leucine = [(codons == codon).sum() for codon in names[:3]]
    assert stats.chisquare(of_leucine, np.array([0.6, 0.3, 0.1]) * sum(of_leucine)).pvalue > 1e-3
    of_lysine = [(codons == codon).sum() for codon in names[3:]]
    assert stats.chisquare(of_lysine, np.array([0.25, 0.75]) * sum(of_lysine)).pvalue > 1e-3


def test_amino_acids_that_a_usage_lacks_stay():
    (copy,) = edited(["AAA" + "CTG" * 20 + "GCC" * 20], rate=1, usage={"GCA": 1})
    assert copy == "AAA" + "CTG" * 20 + "GCA" * 20


def test_protected_codons_stay(rng):
    texts = random_rows(rng, [60] * 20, unknown=0)
    protect = [7, 30]
    for before, after in zip(texts, edited(texts, rate=1, protect=protect, frame=1), strict=True):
        assert (after[7:10], after[28:31]) == (before[7:10], before[28:31])


def test_batches_and_text_agree(rng):
    """The same draws on one-hot and on text; soft rows keep their values."""
    texts = random_rows(rng, [61, 30, 7, 2], unknown=0)
    augmentation = RandomAugmentation([SynonymousMutation(1, usage="data")])
    X = torch.zeros(4, 61, 4)
    for row, text in enumerate(texts):
        X[row, range(len(text)), ["ACGT".index(c) for c in text]] = 1.0
    from_batch = augmentation.augment_batch(X, np.random.default_rng(3))
    copies = augmentation.set_params(random_state=3).fit_resample(texts, [0] * 4)[0][4:]
    for row, text in enumerate(copies):
        assert "".join("ACGT"[i] for i in from_batch[row, : len(text)].argmax(-1)) == text
    soft = SynonymousMutation(1).augment_batch(X * 0.7 + 0.1, np.random.default_rng(3))
    assert torch.equal(soft.sort(-1).values, (X * 0.7 + 0.1).sort(-1).values)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"table": 7}, "table.*must be the number of a genetic code of NCBI .1, 2, 3.*got 7"),
        ({"table": "standard"}, "table"),
        ({"frame": 3}, "frame"),
        ({"rate": 1.5}, "rate"),
        ({"usage": {"AAX": 1}}, "usage.*must have codons as keys.*got 'AAX'"),
        ({"usage": {"AAA": -1}}, "usage.*at least 0, got -1 for 'AAA'"),
        ({"usage": {}}, "usage.*at least one codon"),
        ({"usage": "given"}, "usage"),
    ],
)
def test_bad_parameters(parameters, message):
    for _ in range(2):
        with pytest.raises(ValueError, match=message):
            edited(["ACGTACGT"], **parameters)


def test_proteins_have_no_codons():
    with pytest.raises(ValueError, match=r"needs codons.*got 20 symbols; take SubstitutionMatrixMutation"):
        edited(["MKV"], "protein")
