"""Effects of variants: windows against strings edited by hand, strands, ensembles, files."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.ensemble import VotingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline

from seqaug_sklearn.classification import MotifCNNClassifier, PromoterCNNClassifier
from seqaug_sklearn.datasets import make_promoters
from seqaug_sklearn.encoding import OneHotEncoder, reverse_complement
from seqaug_sklearn.evaluation import AveragedClassifier, SequenceModel, make_model
from seqaug_sklearn.exceptions import DataFormatError, InvalidParameterError, SequenceError
from seqaug_sklearn.features import KmerCounts
from seqaug_sklearn.inspection import variant_effects
from seqaug_sklearn.inspection._variants._answers import log_odds


class Reader(ClassifierMixin, BaseEstimator):
    """Probability of "yes" from the text: a hash of its letters; keeps what it was asked."""

    classes_ = np.array(["no", "yes"])

    def __init__(self, only=None, strand=None):
        self.only = only
        self.strand = strand
        self.asked = []

    def fit(self, X, y):
        raise AssertionError("it is fitted")

    def __sklearn_is_fitted__(self):
        return True

    def predict_proba(self, X):
        self.asked += list(X)
        if self.only is not None and {len(text) for text in X} != {self.only}:
            raise ValueError(f"rows have {self.only} residues")
        yes = np.array([(sum((i + 1) * ord(letter) for i, letter in enumerate(text)) % 97 + 1) / 99 for text in X])
        return np.column_stack([1 - yes, yes])


class Ensemble(Reader):
    def member_probabilities(self, X):
        yes = Reader().predict_proba(X)[:, 1]
        members = np.stack([yes, yes**2, np.sqrt(yes)])
        return np.stack([1 - members, members], axis=-1)


def odds(p):
    return np.log(p / (1 - p))


def table(*rows):
    return pd.DataFrame(rows, columns=["name", "position", "ref", "alt"])


GENE = pd.Series({"gene": "ACGTTGCATT"})
CONTIG = pd.Series({"c": "AACCGGTTACGTACGTTGCA"})


def one(text):
    return odds(Reader().predict_proba([text])[0, 1])


@pytest.mark.parametrize(
    ("position", "ref", "alt", "changed", "kind"),
    [
        (0, "A", "G", "GCGTTGCATT", "substitution"),
        (9, "t", "g", "ACGTTGCATG", "substitution"),
        (2, "GT", "CC", "ACCCTGCATT", "block substitution"),
        (2, "G", "GAA", "ACGAATTGCA", "insertion"),  # the right end is further
        (8, "T", "TAA", "GTTGCATAAT", "insertion"),  # the left end is further
        (4, "T", "AT", "ACGTATGCAT", "insertion"),
        (2, "GTT", "G", "ACGGCATT", "deletion"),
        (2, "GTT", "CA", "ACCAGCATT", "indel"),
    ],
)
def test_whole_sequences_edited_by_hand(position, ref, alt, changed, kind):
    model = Reader()
    effects = variant_effects(model, GENE, table(["gene", position, ref, alt]), both_strands=False)
    assert model.asked == [GENE["gene"], changed]
    row = effects.to_frame().iloc[0]
    assert row["kind"] == kind
    assert (row["ref"], row["alt"]) == (ref.upper(), alt.upper())
    assert row["effect_yes"] == pytest.approx(one(changed) - one(GENE["gene"]))
    assert row["effect_no"] == pytest.approx(-row["effect_yes"])
    assert row["p_ref_yes"] == pytest.approx(Reader().predict_proba(GENE)[0, 1])
    assert np.isnan(row["spread"])


@pytest.mark.parametrize(
    ("position", "ref", "alt", "before", "changed"),
    [
        # AACCGGTTACGTACGTTGCA, windows of 6
        (10, "G", "T", "TACGTA", "TACTTA"),
        (10, "G", "GAAA", "TACGTA", "CGAAAT"),
        (10, "GTACG", "G", "CGTACG", "TACGTT"),
        (10, "GTA", "CC", "ACGTAC", "ACCCCG"),
        (0, "A", "C", "AACCGG", "CACCGG"),
        (1, "A", "AT", "AACCGG", "AATCCG"),
        (19, "A", "C", "GTTGCA", "GTTGCC"),
        (18, "CA", "C", "GTTGCA", "CGTTGC"),
        (19, "A", "ACCCC", "GTTGCA", "CACCCC"),
    ],
)
def test_windows_edited_by_hand(position, ref, alt, before, changed):
    model = Reader()
    effects = variant_effects(model, CONTIG, table(["c", position, ref, alt]), length=6, both_strands=False)
    assert model.asked == [before, changed]
    assert effects.effects[0] == pytest.approx(one(changed) - one(before))


def naive_windows(text, position, ref, alt, length):
    """The whole haplotype, and a window around the middle of each allele."""
    haplotype = text[:position] + alt + text[position + len(ref) :]
    found = []
    for whole, allele in ((text, ref), (haplotype, alt)):
        start = min(max(position + len(allele) // 2 - length // 2, 0), len(whole) - length)
        found.append(whole[start : start + length])
    return found


def test_windows_are_those_of_the_whole_haplotype(rng, random_dna):
    (text,) = random_dna(1, 60)
    for _ in range(50):
        position = int(rng.integers(0, 55))
        ref = text[position : position + int(rng.integers(1, 6))]
        alt = ref[0] + "".join(rng.choice(list("ACGT"), int(rng.integers(0, 30))))
        if alt == ref:
            continue
        model = Reader()
        contigs = pd.Series({"c": text})
        variant_effects(model, contigs, table(["c", position, ref, alt]), length=20, both_strands=False)
        assert model.asked == naive_windows(text, position, ref, alt, 20)


def test_both_strands_are_averaged_as_probabilities():
    changed = "ACATTGCATT"
    effects = variant_effects(Reader(), GENE, table(["gene", 2, "G", "A"]))
    mean = [np.mean(Reader().predict_proba([t, *reverse_complement([t])])[:, 1]) for t in (GENE["gene"], changed)]
    assert effects.both_strands
    assert effects.effects[0] == pytest.approx(odds(mean[1]) - odds(mean[0]))
    turned = variant_effects(Reader(), pd.Series({"gene": "AATGCAACGT"}), table(["gene", 7, "C", "T"]))
    assert turned.effects[0] == pytest.approx(effects.effects[0])


@pytest.mark.parametrize(
    ("strand", "both_strands", "alphabet", "asked"),
    [("both", None, "dna", 2), ("auto", None, "dna", 2), ("single", None, "dna", 4), ("both", True, "dna", 4)],
)
def test_a_model_of_both_strands_is_asked_once(strand, both_strands, alphabet, asked):
    model = Reader(strand=strand)
    given = table(["gene", 2, "G", "A"])
    variant_effects(model, GENE, given, both_strands=both_strands, alphabet=alphabet)
    assert len(model.asked) == asked


def test_proteins_have_one_strand():
    proteins = pd.Series({"p": "MKLV"})
    assert not variant_effects(Reader(), proteins, table(["p", 0, "M", "W"]), alphabet="protein").both_strands
    with pytest.raises(ValueError, match="alphabet 'protein' has no complement"):
        variant_effects(Reader(), proteins, alphabet="protein", both_strands=True)


def test_all_substitutions():
    sequences = pd.Series({"a": "ACNg", "b": "T"})
    effects = variant_effects(Reader(), sequences, both_strands=False, batch_size=4)
    rows = effects.to_frame()
    assert len(effects) == 3 * 4
    assert rows["position"].tolist() == [0] * 3 + [1] * 3 + [3] * 3 + [0] * 3
    assert rows["alt"].tolist() == list("CGTAGTACTACG")
    # masked letters stay masked
    expected = [one("ACNa") - one("ACNg"), one("C") - one("T")]
    np.testing.assert_allclose(effects.effects[[6, 10]], expected)


def test_alternatives_of_one_row_and_alleles_that_cannot_be_written_out():
    given = table(
        ["gene", 2, "G", "A,<DEL>,*,T"], ["gene", 3, "T", "."], ["gene", 3, "T", "N"], ["gene", 3, "T", "G[c:3["]
    )
    effects = variant_effects(Reader(), GENE, given)
    assert effects.to_frame()["alt"].tolist() == ["A", "T"]
    assert effects.skipped == {"symbolic": 2, "overlapping_deletion": 1, "no_alternative": 1, "ambiguous": 1}
    assert "Skipped: 2 symbolic (<DEL>, breakends), 1 overlapping deletions (*)" in effects.summary()
    with pytest.raises(DataFormatError, match=r"no variant is left; skipped: 1 without an alternative"):
        variant_effects(Reader(), GENE, table(["gene", 2, "G", "g"]))


@pytest.mark.parametrize(
    ("row", "length", "message", "reason"),
    [
        (["gene", 2, "C", "A"], None, r"gene position 2 \(3 in a VCF file\) C>A: the reference has 'G'", "mismatch"),
        (["gene", 10, "C", "A"], None, r"the reference has nothing there, in a sequence of 10", "mismatch"),
        (["gene", -1, "T", "A"], None, r"the reference has nothing there", "mismatch"),
        (["other", 2, "G", "A"], None, r"there is no sequence 'other'; there are 'gene'", "unknown_sequence"),
        (["gene", 2, "G", "A"], 11, r"length=11 is more than the 10 residues that the sequence", "no_room"),
        (["gene", 2, "GT", "G"], 10, r"length=10 is more than the 9 residues that the sequence", "no_room"),
    ],
)
def test_what_does_not_fit_the_reference(row, length, message, reason):
    with pytest.raises(DataFormatError, match=message):
        variant_effects(Reader(), GENE, table(row), length=length)
    given = table(row, ["gene", 0, "A", "C"])
    if reason == "no_room" and row[2] == "G":
        return
    effects = variant_effects(Reader(), GENE, given, length=length, on_mismatch="skip")
    assert effects.skipped == {reason: 1}
    assert len(effects) == 1


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"variants": [1]}, DataFormatError, "variants must be a DataFrame or None, got list"),
        ({"variants": pd.DataFrame({"name": []})}, DataFormatError, "variants has no column 'position', 'ref', 'alt'"),
        ({"variants": table()}, DataFormatError, "variants has no rows"),
        ({"variants": table(["gene", 1.5, "C", "A"])}, DataFormatError, "position must be a whole number, got 1.5"),
        ({"variants": table(["gene", "x", "C", "A"])}, DataFormatError, "position must be a whole number, got 'x'"),
        ({"length": 5}, InvalidParameterError, "length=5 cuts windows around variants, and there are none"),
        ({"length": 0}, InvalidParameterError, "length must be a whole number of at least 1"),
        ({"on_mismatch": "no"}, InvalidParameterError, "on_mismatch must be 'error' or 'skip'"),
        ({"batch_size": 0}, InvalidParameterError, "batch_size must be a whole number"),
        ({"target": "maybe"}, InvalidParameterError, "target must be one of the classes, 'no', 'yes'; got 'maybe'"),
        ({"sequences": ["ACGT"]}, InvalidParameterError, "sequences must be a Series with the names"),
        ({"sequences": pd.Series(["A", "C"], index=["a", "a"])}, DataFormatError, "names of their own; twice: 'a'"),
        (
            {"estimator": OneHotEncoder().fit(["ACGT"])},
            InvalidParameterError,
            "must be a classifier or a reg",
        ),
    ],
)
def test_wrong_input(change, error, message):
    arguments = {"estimator": Reader(), "sequences": GENE} | change
    with pytest.raises(error, match=message):
        variant_effects(**arguments)


def test_a_model_of_one_length_refuses_a_deletion():
    given = table(["gene", 2, "G", "A"], ["gene", 2, "GT", "G"])
    assert len(variant_effects(Reader(only=10), GENE, given.head(1), both_strands=False)) == 1
    with pytest.raises(SequenceError, match=r"2 \(3 in a VCF file\) GT>G leaves a sequence of 9 .* length=10"):
        variant_effects(Reader(only=10), GENE, given)
    flanked = pd.Series({"gene": "TT" + GENE["gene"] + "TT"})
    given = table(["gene", 4, "GT", "G"])
    assert len(variant_effects(Reader(only=10), flanked, given, length=10)) == 1


def test_short_sequences_keep_their_places():
    given = table(["gene", 2, "GT", "G"], ["gene", 2, "G", "A"], ["gene", 3, "TT", "T"])
    apart = [variant_effects(Ensemble(), GENE, given.iloc[[i]]).to_frame() for i in range(3)]
    together = variant_effects(Ensemble(), GENE, given).to_frame()
    pd.testing.assert_frame_equal(together, pd.concat(apart, ignore_index=True))


@pytest.mark.parametrize("wrap", [False, True])
def test_spread_over_the_members(wrap):
    ensemble = Ensemble()
    if wrap:
        ensemble = type("Kept", (Reader,), {"calibrator_": 1, "estimator_": type("Search", (), {})()})()
        ensemble.estimator_.best_estimator_ = Ensemble()
    effects = variant_effects(ensemble, GENE, table(["gene", 2, "G", "A"]), both_strands=False)
    texts = [GENE["gene"], "ACATTGCATT"]
    members = odds(Ensemble().member_probabilities(texts)[:, :, 1])
    assert effects.n_members == 3
    assert effects.to_frame()["spread"][0] == pytest.approx((members[:, 1] - members[:, 0]).std())
    assert "over the 3 members" in effects.summary()


def test_sequences_that_a_kept_model_was_not_trained_for(tmp_path, random_dna):
    data = make_promoters(40, length=80, n_families=10, n_orthologs=0, random_state=0)
    members = [("kmers", make_model("kmers")), ("composition", make_model("composition"))]
    model = SequenceModel(AveragedClassifier(members), cv=2).fit(data.sequences, data.y, groups=data.groups)
    known = variant_effects(model, data.sequences[:1])
    assert known.n_members == 2
    assert known.to_frame()["spread"].gt(0).any()
    assert known.to_frame()["in_domain"].all()
    assert "outside the model's domain" not in known.summary()
    both = pd.concat([data.sequences[:1], pd.Series({"repeat": "A" * 40})])
    effects = variant_effects(model, both)
    assert effects.to_frame().groupby("name")["in_domain"].all().to_dict() == {both.index[0]: True, "repeat": False}
    assert "For 120 of 360 the sequence is outside the model's domain" in effects.summary()
    rows = effects.to_vcf(tmp_path / "a.vcf").read_text().splitlines()[-360:]
    assert [row.endswith(";OUTSIDE") for row in rows] == [False] * 240 + [True] * 120


def test_more_than_two_classes_need_a_target(random_dna):
    X = random_dna(12, 30)
    model = make_pipeline(KmerCounts(3), LogisticRegression()).fit(X, [1, 2, 3] * 4)
    genes = pd.Series({"g": X[0]})
    with pytest.raises(InvalidParameterError, match="one of the classes, '1', '2', '3'; the model has more than two"):
        variant_effects(model, genes)
    effects = variant_effects(model, genes, target=3)
    assert effects.target == 3
    assert effects.effects.tolist() == effects.to_frame()["effect_3"].tolist()
    assert {f"{part}_{k}" for part in ("p_ref", "p_alt", "effect") for k in (1, 2, 3)} <= set(effects.to_frame())


def test_members_of_a_network_are_found_in_a_pipeline(random_dna):
    X = random_dna(16, 24)
    network = MotifCNNClassifier(
        n_filters=4, kernel_size=6, max_epochs=1, n_members=2, device="cpu", random_state=0
    )  # fmt: skip
    model = make_pipeline(OneHotEncoder(), network).fit(X, [0, 1] * 8)
    members = network.fit(X, [0, 1] * 8).member_probabilities(X[:3])
    assert members.shape == (2, 3, 2)
    np.testing.assert_allclose(members.mean(axis=0), network.predict_proba(X[:3]))
    effects = variant_effects(model, pd.Series({"g": X[0]}), table(["g", 3, X[0][3], "ACGT".replace(X[0][3], "")[0]]))
    assert effects.n_members == 2
    assert not effects.both_strands
    assert effects.to_frame()["spread"][0] > 0


def test_members_of_soft_voting_are_found(random_dna):
    X, y = random_dna(12, 30), ["a", "b", "c"] * 4
    members = [(f"k{k}", make_pipeline(KmerCounts(k), LogisticRegression())) for k in (2, 3)]
    model = VotingClassifier(members, voting="soft").fit(X, y)
    genes = pd.Series({"g": X[0]})
    effects = variant_effects(model, genes, target="b")
    apart = [variant_effects(member.fit(X, y), genes, target="b").effects for _, member in members]
    np.testing.assert_allclose(effects.to_frame()["spread"], np.std(apart, axis=0), rtol=1e-6)
    assert effects.n_members == 2


def test_mutagenesis_agrees(random_dna):
    from seqaug_sklearn.inspection import sequence_attributions

    X = pd.Series(random_dna(20, 20), index=[f"g{i}" for i in range(20)])
    model = PromoterCNNClassifier(
        conv_channels=(4,), kernel_size=6, pool_size=3, dense_units=(4,), max_epochs=1, validation_fraction=None,
        device="cpu", random_state=0,
    ).fit(X, [0, 1] * 10)  # fmt: skip
    effects = variant_effects(model, X[:1], both_strands=False).to_frame()
    values = sequence_attributions(model, X[:1], method="mutagenesis", target=1).values[0]  # noqa: PD011
    symbols = effects["alt"].map("ACGT".index)
    np.testing.assert_allclose(effects["effect_1"], values[effects["position"], symbols], atol=1e-4)


@pytest.mark.parametrize("kind", ["kmers", "network"])
def test_planted_motifs_are_recovered(kind):
    """Mean |effect| of the substitutions of a position tells positions within planted sites from all others."""
    data = make_promoters(
        400, 60, n_families=400, motifs={"site": "CACGTGTC"}, n_orthologs=0, site_turnover=0, label_noise=0,
        random_state=0,
    )  # fmt: skip
    model = make_pipeline(KmerCounts(6), LogisticRegression())
    if kind == "network":
        model = MotifCNNClassifier(n_filters=32, kernel_size=10, max_epochs=20, device="cpu", random_state=0)
    model.fit(data.sequences[:360], data.y[:360])
    test = data.sequences[360:]
    sites = data.motifs[data.motifs["identifier"].isin(test.index)]
    effects = variant_effects(model, test[test.index.isin(sites["identifier"])])
    size = np.abs(effects.effects)
    by_position = effects.to_frame().assign(size=size).groupby(["name", "position"])["size"].mean()
    site = {
        (name, start + i) for name, start in zip(sites["identifier"], sites["start"], strict=True) for i in range(8)
    }
    inside = [place in site for place in by_position.index]
    assert 0 < sum(inside) < len(inside)
    assert roc_auc_score(inside, by_position) >= 0.95


def test_a_sure_model_still_shows_what_a_site_is_worth():
    """Log-odds of 20 and more are no zeros: two sites that can stand in for each other make a model that sure."""
    sure = np.array([[1e-10, 1 - 1e-10], [1e-6, 1 - 1e-6]])
    np.testing.assert_allclose(log_odds(sure)[:, 1], np.log([1e10, 1e6]), rtol=1e-4)
    three = np.array([1 - 3e-9, 1e-9, 2e-9])
    np.testing.assert_allclose(log_odds(three)[0], -np.log(3e-9), rtol=1e-4)
    assert np.isfinite(log_odds(np.array([0.0, 1.0]))).all()


def test_files(tmp_path):
    effects = variant_effects(Ensemble(), CONTIG, table(["c", 10, "G", "T,GAA"], ["c", 3, "CG", "C"]), length=6)
    again = pd.read_csv(effects.to_csv(tmp_path / "effects.csv.gz"))
    pd.testing.assert_frame_equal(again, effects.to_frame())
    assert pd.read_csv(effects.to_csv(tmp_path / "effects.tsv"), sep="\t").shape == again.shape
    with pytest.raises(InvalidParameterError, match=r"path must end in \.vcf, \.vcf\.gz or \.vcf\.bgz, got 'a\.txt'"):
        effects.to_vcf(tmp_path / "a.txt")


@pytest.mark.parametrize("name", ["effects.vcf", "effects.vcf.gz"])
def test_a_vcf_file_that_cyvcf2_reads(tmp_path, name):
    cyvcf2 = pytest.importorskip("cyvcf2")
    given = table(["c", 10, "G", "T,GAA"], ["c", 3, "CG", "C"]).assign(id=["rs1", None])
    contigs = pd.concat([CONTIG, pd.Series({"HLA*A:01": "ACGT"})])
    effects = variant_effects(Ensemble(), contigs, given, length=6)
    reader = cyvcf2.VCF(str(effects.to_vcf(tmp_path / name)))
    assert reader.seqnames == ["c", "HLA*A:01"]
    assert reader.seqlens == [20, 4]
    rows = effects.to_frame().sort_values("position", kind="stable")
    found = list(reader)
    reader.close()
    assert [(r.CHROM, r.POS, r.ID, r.REF, r.ALT) for r in found] == [
        ("c", 4, None, "CG", ["C"]),
        ("c", 11, "rs1", "G", ["T"]),
        ("c", 11, "rs1", "G", ["GAA"]),
    ]
    columns = {"PREF": "p_ref", "PALT": "p_alt", "EFFECT": "effect"}
    for key, prefix in columns.items():
        written = np.array([record.INFO[key] for record in found])
        np.testing.assert_allclose(written, rows[[f"{prefix}_no", f"{prefix}_yes"]], rtol=1e-4)
    np.testing.assert_allclose([record.INFO["SPREAD"] for record in found], rows["spread"], rtol=1e-4)
    assert [record.INFO["KIND"] for record in found] == rows["kind"].tolist()


def test_names_that_a_vcf_file_cannot_hold(tmp_path):
    effects = variant_effects(Reader(), pd.Series({"my gene": "ACGT"}))
    with pytest.raises(DataFormatError, match="the sequence name 'my gene' cannot stand in a VCF file"):
        effects.to_vcf(tmp_path / "effects.vcf")


def test_nothing_changes_and_long_alleles_are_short_in_words():
    class Constant(Reader):
        def predict_proba(self, X):
            return np.full((len(X), 2), 0.5)

    effects = variant_effects(Constant(), GENE)
    assert effects.verdict()[0] == "None of 30 variants changes the log-odds of 'yes'."
    given = table(["c", 10, "G", "G" * 40])
    assert "c:10 G>GGGGGGGGGGGG… (40)" in variant_effects(Reader(), CONTIG, given, length=6).summary()
