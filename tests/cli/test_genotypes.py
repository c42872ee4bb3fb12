"""``seqaug genotypes``: files it writes, options, one-line errors, an interruption that loses nothing."""

import errno
import gzip
import os
import re
import sys

import numpy as np
import pandas as pd
import pytest

from seqaug_sklearn.augmentation import HaplotypeMosaic
from seqaug_sklearn.datasets import GenotypeSet, make_genotypes, read_genotypes, write_vcf
from seqaug_sklearn.evaluation import GenotypeComparison
from seqaug_sklearn.genotypes import check_genotypes
from seqaug_sklearn.genotypes._values import check_values


@pytest.fixture(scope="module")
def people():
    return make_genotypes(100, n_variants=40, n_populations=2, random_state=0)


@pytest.fixture
def vcf(tmp_path, people):
    """Folder with people.vcf and labels.tsv (sample, group, population)."""
    write_vcf(tmp_path / "people.vcf", people)
    people.people().assign(group="all")[["sample", "group", "population"]].to_csv(
        tmp_path / "labels.tsv", sep="\t", index=False
    )
    return tmp_path


@pytest.fixture
def no_report(monkeypatch):
    """Leave the figures out and keep what was compared."""
    kept = []

    def to_html(self, folder, **_):
        kept.append(self)
        return folder / "report.html"

    monkeypatch.setattr(GenotypeComparison, "to_html", to_html)
    return kept


@pytest.fixture
def genotypes(run, vcf):
    """Run the command on the folder's files."""

    def invoke(*options):
        labels = ["--labels", vcf / "labels.tsv", "--label-column", "population"]
        return run("genotypes", vcf / "people.vcf", *labels, "--out", vcf / "out", *options)

    return invoke


def test_files_and_answer(genotypes, vcf, people):
    result = genotypes("--n-samples", 10, "--seed", 3)
    assert result.exit_code == 0, result.output
    out = vcf / "out"
    assert f"Report: {out / 'report.html'}" in result.stdout
    assert f"Synthetic individuals: {out / 'people'}" in result.stdout
    assert "200 individuals, 40 variants" in result.stderr
    read = read_genotypes(out / "people" / "haplotype_mosaic.vcf.gz", labels=out / "people" / "haplotype_mosaic.tsv")
    assert len(read) == 10
    assert set(read.populations) == {"POP1", "POP2"}
    pd.testing.assert_frame_equal(
        read.variants.drop(columns="maf"), people.variants.drop(columns="maf").astype(read.variants.dtypes.drop("maf"))
    )
    page = (out / "report.html").read_text()
    assert "people.vcf" in page
    assert "It does not mean anonymous." in page
    assert sorted(path.name for path in vcf.iterdir()) == ["labels.tsv", "out", "people.vcf"]


@pytest.mark.filterwarnings("ignore::seqaug_sklearn.exceptions.PrivacyWarning")
def test_genotypes_are_checked_at_the_door_only(run, tmp_path, monkeypatch):
    """Of 40 individuals: once when read, once for what each generator made; all else trusts them."""
    people = make_genotypes(20, n_variants=60, n_populations=2, random_state=0)
    write_vcf(tmp_path / "people.vcf", people)
    people.people().to_csv(tmp_path / "labels.tsv", sep="\t", index=False)
    counted = {"check_values": 0, "check_genotypes": 0}
    modules = [module for name, module in sys.modules.items() if name.startswith("seqaug_sklearn")]
    for name, check in (("check_values", check_values), ("check_genotypes", check_genotypes)):

        def counting(*args, name=name, check=check, **options):
            counted[name] += 1
            return check(*args, **options)

        for module in modules:
            if vars(module).get(name) is check:
                monkeypatch.setattr(module, name, counting)
    paths = [tmp_path / "people.vcf", "--labels", tmp_path / "labels.tsv", "--out", tmp_path / "out"]
    result = run("genotypes", *paths, "--force")
    assert result.exit_code == 0, result.output
    assert 1 <= counted["check_values"] <= 3
    assert 1 <= counted["check_genotypes"] <= 10


def test_options_are_passed_on(genotypes, no_report, people):
    result = genotypes("--seed", 5, "--match-length", 3, "--neighbors", 8, "--min-maf", 0.2, "--region", "1:1-70000")
    assert result.exit_code == 0, result.output
    (comparison,) = no_report
    mosaic = comparison.generators["HaplotypeMosaic"]
    assert isinstance(mosaic, HaplotypeMosaic)
    parameters = {"random_state": 5, "match_length": 3, "n_neighbors": 8}
    assert {name: mosaic.get_params()[name] for name in parameters} == parameters
    frequent = (people.variants["maf"] >= 0.2) & (people.variants["pos"] <= 70000)
    assert comparison.train.variants["pos"].tolist() == people.variants["pos"][frequent].tolist()
    assert list(comparison.generators) == ["HaplotypeMosaic"]


def test_kinds_of_variants(run, vcf, no_report, people):
    variants = people.variants.copy()
    variants.loc[0, "alt"] = variants.loc[0, "ref"] + "A"
    write_vcf(vcf / "people.vcf", people, variants=variants)
    arguments = ["genotypes", vcf / "people.vcf", "--labels", vcf / "labels.tsv", "--label-column", "population"]
    for kind, expected in (("snp", 39), ("biallelic", 40)):
        assert run(*arguments, "--kind", kind, "--out", vcf / "out").exit_code == 0
        assert len(no_report.pop().train.variants) == expected


def test_unlabelled_people_and_missing_calls_are_counted_or_refused(genotypes, vcf, no_report, people):
    states = people.genotypes.copy()
    states[4, :3] = -1
    write_vcf(vcf / "people.vcf", GenotypeSet(states, "phased", people.samples, people.variants, people.populations))
    table = pd.read_csv(vcf / "labels.tsv", sep="\t")
    table.loc[1:2, "population"] = ""
    table.to_csv(vcf / "labels.tsv", sep="\t", index=False)
    refused = genotypes()
    assert refused.exit_code == 2
    assert "Error: 2 of 200 samples have no label: 'sim002', 'sim003'" in refused.stderr
    assert "or leave these out with --unlabelled drop" in refused.stderr
    assert "samples=" not in refused.stderr
    result = genotypes("--unlabelled", "drop")
    assert result.exit_code == 0, result.output
    assert "Warning: 2 individuals without a label were left out" in result.stderr
    assert "Warning: 3 variants with missing calls were dropped" in result.stderr
    assert len(no_report[0].train) + len(no_report[0].test) == 198
    refused = genotypes("--unlabelled", "drop", "--missing", "error")
    assert refused.exit_code == 2
    assert refused.stderr.strip().splitlines()[-1].startswith("Error: people.vcf: ")


def test_the_answer_says_what_it_is_about(genotypes, vcf, no_report, people):
    """2 % missing calls and one bad individual: dropping judges a small part, limits and draws nearly all."""
    states = people.genotypes.copy()
    states[np.random.default_rng(0).random(states.shape) < 0.02] = -1
    states[7, :30] = -1
    write_vcf(vcf / "people.vcf", GenotypeSet(states, "phased", people.samples, people.variants, people.populations))
    refused = genotypes()
    assert refused.exit_code == 2
    assert "none of 40 variants is left (below_min_maf 1, with_missing 39)" in refused.stderr
    assert "fill missing calls with --missing impute" in refused.stderr
    result = genotypes("--missing", "impute", "--max-missing-per-individual", 0.5)
    assert result.exit_code == 0, result.output
    assert "Warning: 1 individuals with too many missing calls were left out" in result.stderr
    # a rare variant may be left out for the calls that are missing
    kept = people.variants["pos"].isin(no_report[-1].train.variants["pos"]).to_numpy()
    n_drawn, n_kept = int((np.delete(states, 7, axis=0)[:, kept] < 0).sum()), int(kept.sum())
    assert f"Warning: {n_drawn} missing calls were drawn from the frequencies of the populations" in result.stderr
    judged = re.search(rf"Judged: {n_kept} of 40 variants .* and 199 of 200 individuals\. .*", result.stdout)
    assert f"{n_drawn} missing calls ({n_drawn / (n_kept * 199):.1%}) were drawn from the frequencies" in judged.group()
    assert no_report[-1].judged == judged.group()
    assert no_report[-1].judged in no_report[-1].verdict()


def test_calls_of_one_allele(genotypes, vcf, no_report):
    text = (vcf / "people.vcf").read_text()
    lines = text.splitlines()
    cells = lines[-1].split("\t")
    cells[9] = "1"
    (vcf / "people.vcf").write_text("\n".join([*lines[:-1], "\t".join(cells), ""]))
    refused = genotypes()
    assert refused.exit_code == 2
    assert "drop such variants with --haploid drop" in refused.stderr
    result = genotypes("--haploid", "drop")
    assert result.exit_code == 0, result.output
    assert "Warning: 1 variants with calls of one allele were dropped" in result.stderr
    assert len(no_report[0].train.variants) == 39
    assert "Judged: 39 of 40 variants of the file (97.5%, left out: 1 calls of one allele) and 200 of" in result.stdout
    result = genotypes("--haploid", "double")
    assert result.exit_code == 0, result.output
    assert len(no_report[-1].train.variants) == 40


def test_demo(run, tmp_path, no_report, monkeypatch):
    monkeypatch.setattr("seqaug_sklearn.cli._genotypes._DEMO_PEOPLE", 100)
    monkeypatch.setattr("seqaug_sklearn.cli._genotypes._DEMO_VARIANTS", 40)
    result = run("genotypes", "--demo", "--out", tmp_path / "out")
    assert result.exit_code == 0, result.output
    assert sorted(set(no_report[0].train.populations)) == [f"POP{i}" for i in range(1, 6)]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "give a VCF or BCF file with --labels, or --demo"),
        (["people.vcf"], "give the individuals' populations with --labels"),
        (["people.vcf", "--demo"], "--demo brings its own individuals"),
        (["--demo", "--missing-values", "NA"], "--demo brings its own individuals"),
        (["none.vcf", "--labels", "labels.tsv"], "none.vcf: No such file or directory"),
        (["people.vcf", "--labels", "none.tsv"], "none.tsv: No such file or directory"),
        (["labels.tsv", "--labels", "labels.tsv"], "labels.tsv is no VCF or BCF file"),
        (["few.ped", "--labels", "labels.tsv"], "plink --file few --recode vcf-iid bgz --out few"),
        (["no_gt.vcf", "--labels", "labels.tsv", "--label-column", "group"], "drop such rows with --without-gt drop"),
        (["people.vcf", "--labels", "labels.tsv"], "--label-column must say which column holds the labels"),
        (["people.vcf", "--labels", "labels.tsv", "--label-column", "sex"], "--label-column sex is no column"),
        (
            ["people.vcf", "--labels", "labels.tsv", "--label-column", "group", "--region", "7"],
            "no variants in --region 7",
        ),
        (["people.vcf", "--labels", "labels.tsv", "--label-column", "population", "--resume"], "add --gan"),
        (["people.vcf", "--labels", "labels.tsv", "--label-column", "population", "--epochs", "3"], "add --gan"),
        (["few.vcf", "--labels", "labels.tsv", "--label-column", "population"], "fewer than 6 individuals"),
        (["cut.vcf.gz", "--labels", "labels.tsv", "--label-column", "population"], "is cut off"),
        (["unphased.vcf", "--labels", "labels.tsv", "--label-column", "population"], "phase the file first"),
        (["people.vcf", "--labels", "labels.tsv", "--gan", "--device", "tpu"], "device must be 'auto'"),
        (["none.vcf", "--labels", "labels.tsv", "--gan", "--device", "cuda:99"], "--device cuda:99 is not there"),
        (["people.vcf", "--labels", "labels.tsv", "--region", "6:1Mb-2Mb"], "--region 6:1Mb-2Mb is not understood"),
        (["people.vcf", "--labels", "labels.tsv", "--sample-column", "IID"], "--sample-column IID is no column"),
    ],
)
def test_bad_input_is_one_line(run, vcf, people, arguments, message):
    write_vcf(vcf / "few.vcf", people.take(range(103)))
    write_vcf(vcf / "whole.vcf.gz", people)
    (vcf / "cut.vcf.gz").write_bytes((vcf / "whole.vcf.gz").read_bytes()[:-40])
    write_vcf(vcf / "unphased.vcf", people.recode("dosage"))
    (vcf / "no_gt.vcf").write_text((vcf / "people.vcf").read_text().replace("\tGT\t", "\tDP\t", 1))
    (vcf / "few.ped").write_text("fam ann 0 0 2 1 A A C G\n")
    paths = [vcf / part if part.endswith((".vcf", ".gz", ".tsv", ".ped")) else part for part in arguments]
    before = sorted(vcf.iterdir())
    result = run("genotypes", *paths, "--out", vcf / "out")
    assert result.exit_code == 2, result.output
    errors = [line for line in result.stderr.splitlines() if line.startswith("Error: ")]
    assert len(errors) == 1
    assert message in errors[0]
    assert "Traceback" not in result.output
    assert sorted(vcf.iterdir()) == before


def test_out_is_checked_first(run, vcf):
    (vcf / "full").mkdir()
    (vcf / "full" / "mine.txt").write_text("keep")
    result = run("genotypes", vcf / "none.vcf", "--out", vcf / "full")
    assert result.exit_code == 2
    assert "holds no earlier report" in result.stderr


@pytest.fixture
def copying(people, genotypes, vcf):
    """Run the command on individuals whose variants are unlinked."""
    rng = np.random.default_rng(0)
    states = rng.permuted(people.genotypes, axis=0)
    write_vcf(vcf / "people.vcf", GenotypeSet(states, "phased", people.samples, people.variants, people.populations))
    return genotypes


@pytest.mark.filterwarnings("default")
def test_copies_are_not_written_and_the_exit_code_is_1(copying, vcf):
    result = copying("--match-length", 40)
    assert result.exit_code == 1, result.output
    assert result.stderr.count("Warning: HaplotypeMosaic exposes its training individuals: in 'POP") == 1
    answer = result.stdout.strip().splitlines()[0]
    assert answer.startswith("The individuals of HaplotypeMosaic must not be shared as synthetic: in 'POP")
    assert re.search(
        r"\d\d\.\d% of the new haplotypes equal a training individual's, where 0\.0% of other real", answer
    )
    assert "No individuals of HaplotypeMosaic were written. --force writes them anyway." in result.stdout
    assert "Synthetic individuals" not in result.stdout
    assert not list(vcf.rglob("*.vcf.gz"))
    assert not (vcf / "out" / "people").exists()
    assert "must not be shared as synthetic" in (vcf / "out" / "report.html").read_text()


@pytest.mark.filterwarnings("default")
def test_force_writes_copies_and_says_so(copying, vcf):
    result = copying("--match-length", 40, "--force")
    assert result.exit_code == 0, result.output
    folder = vcf / "out" / "people"
    assert f"Written because of --force, NOT synthetic, individuals of HaplotypeMosaic: {folder}" in result.stdout
    assert "Synthetic individuals: " not in result.stdout
    with gzip.open(folder / "haplotype_mosaic.vcf.gz", "rt") as file:
        text = file.read()
    assert "##note=The individuals of HaplotypeMosaic must not be shared as synthetic: " in text
    assert "were written anyway" in (vcf / "out" / "report.html").read_text()


def test_the_default_finds_a_setting_that_passes_on_the_same_people(copying, vcf):
    result = copying()
    assert result.exit_code == 0, result.output
    assert f"Synthetic individuals: {vcf / 'out' / 'people'}" in result.stdout


def test_force_is_explained(run):
    text = " ".join(run("genotypes", "--help").output.replace("│", " ").split())
    assert "The exit code is then 1, unless --force is given" in text
    assert "copies of training individuals, or cannot be shown not to be" in text


def test_a_network_that_copies_is_refused_by_the_same_rule(genotypes, vcf, monkeypatch):
    """Its training is kept: to write its individuals all the same must not take another one."""
    from seqaug_sklearn.augmentation import GenotypeGAN

    fit = GenotypeGAN._fit

    def remember(self, X, codes, rng):
        self.training_ = X
        fit(self, X, codes, rng)

    monkeypatch.setattr(GenotypeGAN, "_fit", remember)
    monkeypatch.setattr(
        GenotypeGAN,
        "_sample",
        lambda self, codes, rng: self.training_[rng.integers(0, len(self.training_), len(codes))],
    )
    result = genotypes("--gan", "--epochs", 1, "--device", "cpu")
    assert result.exit_code == 1, result.output
    assert result.stdout.strip().startswith("The individuals of GenotypeGAN must not be shared as synthetic: ")
    assert f"Synthetic individuals of HaplotypeMosaic: {vcf / 'out' / 'people'}" in result.stdout
    names = sorted(path.name for path in (vcf / "out" / "people").iterdir())
    assert names == ["haplotype_mosaic.tsv", "haplotype_mosaic.vcf.gz"]
    assert "The GAN's training is kept in" in result.stderr
    forced = genotypes("--gan", "--epochs", 1, "--device", "cpu", "--force", "--resume")
    assert forced.exit_code == 0, forced.output
    assert (vcf / "out" / "people" / "genotype_gan.vcf.gz").is_file()
    assert not list(vcf.glob("*.gan.pt"))


def test_the_gan_is_trained_and_its_checkpoint_removed(genotypes, vcf):
    result = genotypes("--gan", "--epochs", 1, "--n-samples", 8, "--force")
    assert result.exit_code == 0, result.output
    assert not list(vcf.glob("*.gan.pt"))
    names = sorted(path.name for path in (vcf / "out" / "people").iterdir())
    assert names == ["genotype_gan.tsv", "genotype_gan.vcf.gz", "haplotype_mosaic.tsv", "haplotype_mosaic.vcf.gz"]
    assert "Training of GenotypeGAN" in (vcf / "out" / "report.html").read_text()


def test_an_interrupted_training_goes_on(genotypes, vcf, no_report, monkeypatch):
    # 60 individuals held out are too few to show that the network exposes no one
    options = ["--gan", "--epochs", 3, "--device", "cpu", "--force"]
    first = genotypes(*options, "--resume")
    assert first.exit_code == 0
    assert "There is nothing to resume: no out.gan.pt beside the report" in first.stderr
    from seqaug_sklearn.augmentation._genotypes._gan_training import TrainingRun

    train_epoch = TrainingRun._train_epoch

    def interrupted(self, *arguments):
        if len(self.history) == 2:
            raise KeyboardInterrupt
        return train_epoch(self, *arguments)

    with monkeypatch.context() as patch:
        patch.setattr(TrainingRun, "_train_epoch", interrupted)
        result = genotypes(*options)
    assert result.exit_code == 130
    assert "out.gan.pt; the same command with --resume continues from it" in result.stderr
    assert not (vcf / "out").exists()
    kept = (vcf / "out.gan.pt").read_bytes()
    forgotten = genotypes(*options)
    assert forgotten.exit_code == 2
    assert "holds the GAN's training of an interrupted run; add --resume" in forgotten.stderr
    other = genotypes(*options, "--resume", "--seed", 1)
    assert other.exit_code == 2
    assert "belongs to another training: the data, --seed differ" in other.stderr
    assert (vcf / "out.gan.pt").read_bytes() == kept
    epochs = []
    monkeypatch.setattr(
        TrainingRun, "_train_epoch", lambda self, *a: (epochs.append(len(self.history)), train_epoch(self, *a))
    )
    assert genotypes(*options, "--resume").exit_code == 0
    assert epochs == [2]
    assert not list(vcf.glob("*.gan.pt"))
    whole, resumed = (comparison.synthetic["GenotypeGAN"].genotypes for comparison in no_report)
    np.testing.assert_array_equal(whole, resumed)


@pytest.mark.filterwarnings("default")
def test_a_full_disk_during_the_training_is_one_line(genotypes, vcf, monkeypatch):
    # 60 individuals held out are too few to show that the network exposes no one
    options = ["--gan", "--epochs", 3, "--device", "cpu", "--n-samples", 8, "--force"]
    fsync, calls = os.fsync, []

    def full(descriptor):
        calls.append(descriptor)
        if len(calls) > 2:  # the file and its folder, of the first epoch
            raise OSError(errno.ENOSPC, "No space left on device")
        return fsync(descriptor)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        result = genotypes(*options)
    assert result.exit_code == 2
    last = result.stderr.splitlines()[-1]
    assert last.startswith(f"Error: {vcf / 'out.gan.pt'} cannot be written: No space left on device; free some space")
    assert "Traceback" not in result.output
    assert "out.gan.pt; the same command with --resume continues from it" in result.stderr
    assert sorted(path.name for path in vcf.iterdir()) == ["labels.tsv", "out.gan.pt", "people.vcf"]
    assert genotypes(*options, "--resume").exit_code == 0
    (vcf / "out.gan.pt").write_bytes(b"something else")
    result = genotypes(*options, "--resume")
    assert result.exit_code == 2
    errors = [line for line in result.stderr.splitlines() if line.startswith("Error: ")]
    assert len(errors) == 1
    assert "out.gan.pt' is no checkpoint of GenotypeGAN, or is damaged" in errors[0]
    assert (vcf / "out.gan.pt").read_bytes() == b"something else"


def test_help_says_what_private_does_not_mean(run):
    text = " ".join(run("genotypes", "--help").output.split())
    assert "It does not mean anonymous" in text
    assert "The report itself shows genotypes of real individuals" in text


def test_the_published_architecture_is_the_published_training():
    from seqaug_sklearn.augmentation import PG_CGAN_PUBLISHED
    from seqaug_sklearn.cli._genotypes import Architecture, _generators

    made = _generators(0, None, None, True, Architecture.pg_cgan, None, "cpu", None)["GenotypeGAN"].get_params()
    assert {key: made[key] for key in PG_CGAN_PUBLISHED} == PG_CGAN_PUBLISHED
    short = _generators(0, None, None, True, Architecture.pg_cgan, 3, "cpu", None)["GenotypeGAN"]
    assert (short.max_epochs, short.clip, short.patience) == (3, "conv", None)
    assert _generators(0, None, None, True, Architecture.mlp, None, "cpu", None)["GenotypeGAN"].clip == "all"
