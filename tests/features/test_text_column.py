"""TextColumn: the sequences of a frame, and nothing else."""

import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from seqaug_sklearn.features import KmerCounts, TextColumn
from seqaug_sklearn.persistence import load_model, save_model

FRAME = pd.DataFrame({"dose": [1.0, 2.0, 3.0, 4.0], "sequence": ["ACGT", "GGCC", "ACGA", "GGCA"]}, index=list("abcd"))


def test_covariates_are_left_out_and_text_passes():
    assert list(TextColumn().fit_transform(FRAME)) == FRAME["sequence"].to_list()
    assert list(TextColumn().fit_transform(FRAME["sequence"].to_list())) == FRAME["sequence"].to_list()


def test_a_model_behind_it_does_not_see_them_and_can_be_kept(tmp_path):
    model = make_pipeline(TextColumn(), KmerCounts(2), LogisticRegression()).fit(FRAME, [0, 1, 0, 1])
    other = FRAME.assign(dose=-5.0)
    assert (model.predict_proba(FRAME) == model.predict_proba(other)).all()
    save_model(model, tmp_path / "model")
    assert (load_model(tmp_path / "model").predict_proba(other) == model.predict_proba(FRAME)).all()
