"""``seqaug variants``: from a saved model and a VCF file, a table or nothing to effects in every form of output."""

import gzip

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import BernoulliNB
from sklearn.pipeline import make_pipeline
from sklearn.svm import LinearSVC

from seqaug_sklearn.datasets import read_fasta, read_variants
from seqaug_sklearn.encoding import OneHotEncoder
from seqaug_sklearn.features import KmerCounts
from seqaug_sklearn.inspection import variant_effects
from seqaug_sklearn.persistence import save_model

VCF = """##fileformat=VCFv4.2
#CHROM\tPOS\tID\tREF\tALT
contig\t31\trs1\t{ref}\t{ref}GATTACA,<DEL>
contig\t41\t.\t{two}\t{one}
"""


@pytest.fixture
def place(files, random_dna):
    """Folder with a model of data.fa, a contig of 200 residues, its variants as VCF file and table."""
    table = pd.read_csv(files / "table.csv")
    model = make_pipeline(KmerCounts(3, canonical=False), LogisticRegression())
    save_model(model.fit(table["sequence"], table["label"]), files / "model")
    (contig,) = random_dna(1, 200)
    (files / "contig.fa").write_text(f">contig\n{contig}\n")
    text = VCF.format(ref=contig[30], two=contig[40:42], one=contig[40])
    (files / "calls.vcf.gz").write_bytes(gzip.compress(text.encode()))
    other = "ACGT".replace(contig[5], "")[0]
    (files / "calls.csv").write_text(f"name,position,ref,alt\ncontig,5,{contig[5]},{other}\n")
    return files


@pytest.fixture
def effects(run, place):
    """``effects("--out", name, ...)``: output of the command, which must succeed."""

    def call(*arguments, reference="contig.fa"):
        result = run("variants", place / "model", "--reference", place / reference, *arguments)
        assert result.exit_code == 0, result.output
        return result.output

    return call


def expected(place, variants, **options):
    from seqaug_sklearn.persistence import load_model

    return variant_effects(load_model(place / "model"), read_fasta(place / "contig.fa"), variants, **options)


def test_a_vcf_file_into_a_folder(place, effects):
    out = place / "out"
    told = effects("--variants", place / "calls.vcf.gz", "--length", 60, "--out", out)
    wanted = expected(place, read_variants(place / "calls.vcf.gz"), length=60)
    assert "\n".join(wanted.verdict()) in told
    assert "Skipped: 1 symbolic" in told
    assert f"Effects: {out / 'report.html'}" in told
    pd.testing.assert_frame_equal(pd.read_csv(out / "tables" / "variants.csv"), wanted.to_frame())
    again = read_variants(out / "variants.vcf")
    assert again[["name", "position", "id"]].to_numpy().tolist() == [["contig", 30, "rs1"], ["contig", 40, "."]]
    page = (out / "report.html").read_text()
    assert "Strongest variants" in page
    assert "All substitutions" not in page


def test_a_table_into_a_table(place, effects):
    out = place / "effects.tsv.gz"
    effects("--variants", place / "calls.csv", "--strand", "single", "--target", "down", "--out", out)
    wanted = expected(place, read_variants(place / "calls.csv"), both_strands=False, target="down").to_frame()
    pd.testing.assert_frame_equal(pd.read_csv(out, sep="\t"), wanted)
    both = place / "both.csv"
    effects("--variants", place / "calls.csv", "--out", both)
    assert not np.allclose(pd.read_csv(both)["effect_up"], wanted["effect_up"])


def test_all_substitutions_into_a_page(place, effects):
    effects("--out", place / "page.html")
    assert "All substitutions of contig" in (place / "page.html").read_text()
    assert not (place / "page_files").exists()


def test_a_table_into_a_vcf_file(place, effects):
    effects("--variants", place / "calls.csv", "--out", place / "effects.vcf")
    found = read_variants(place / "effects.vcf")
    assert found["position"].tolist() == [5]


def test_variants_of_another_reference(run, place):
    (place / "calls.csv").write_text("name,position,ref,alt\ncontig,500,A,C\nother,1,A,C\n")
    line = ["variants", place / "model", "--reference", place / "contig.fa", "--variants", place / "calls.csv"]
    result = run(*line, "--out", place / "out")
    assert result.exit_code == 2
    assert "variant contig position 500 (501 in a VCF file) A>C: the reference has nothing there" in result.output
    assert "leave such variants out with --skip-mismatches" in result.output
    result = run(*line, "--out", place / "out", "--skip-mismatches")
    assert "no variant is left; skipped: 1 of sequences that are not there, 1 whose ref" in result.output


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (
            make_pipeline(KmerCounts(3), LinearSVC()),
            "holds a Pipeline, which gives neither probabilities of classes",
        ),
        (make_pipeline(OneHotEncoder(flatten=True), BernoulliNB()), None),
    ],
    ids=["svm", "bayes"],
)
def test_models_that_cannot_say(run, place, model, message):
    table = pd.read_csv(place / "table.csv")
    save_model(model.fit(table["sequence"], table["label"]), place / "other")
    result = run("variants", place / "other", "--reference", place / "data.fa", "--out", place / "effects.csv")
    assert result.exit_code == (2 if message else 0), result.output
    if message:
        assert message in result.output
        assert not (place / "effects.csv").exists()
    else:
        assert len(pd.read_csv(place / "effects.csv")) == 20 * 60 * 3
