"""``seqaug compare --covariates``: columns of numbers beside the sequences."""

import numpy as np
import pandas as pd


def test_what_covariates_reach_is_compared_and_told(run, tmp_path):
    rng = np.random.default_rng(0)
    texts = ["".join(row) for row in rng.choice(list("ACGT"), (40, 30))]
    dose = rng.normal(size=40)
    table = pd.DataFrame({"sequence": texts, "label": np.where(dose > 0, "high", "low"), "dose": dose})
    table.rename_axis("name").to_csv(tmp_path / "rows.csv")
    settings = ["--models", "kmers", "--folds", "2", "--repeats", "1", "--window", "10", "--relatives", "ignore"]
    done = run("compare", tmp_path / "rows.csv", "--covariates", "dose", *settings, "--out", tmp_path / "report")
    assert done.exit_code == 0, done.output
    assert "the covariates alone score" in done.output
    page = next((tmp_path / "report").glob("*.html")).read_text()
    assert "covariates alone" in page
    assert "Windows are not compared" in page


def test_faults_are_one_line(run, tmp_path):
    (tmp_path / "rows.csv").write_text("name,sequence,label,dose\na,ACGTACGTAC,x,high\nb,GGTTACGTAC,y,2\n")
    done = run("compare", tmp_path / "rows.csv", "--covariates", "dose", "--out", tmp_path / "report")
    assert done.exit_code == 2
    assert "covariate 'dose' of 'a' is 'high', which is no number" in done.output
    done = run("compare", "--demo", "--covariates", "dose", "--out", tmp_path / "report")
    assert "--covariates" in done.output
    done = run("compare", tmp_path / "rows.csv", "--split-column", "label", "--covariates", "dose")
    assert "--covariates cannot be had with a split that is given" in done.output
