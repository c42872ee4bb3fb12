"""A file as public benchmarks are: sorted by class, half of it unrelated, families, copies with the other label."""

import numpy as np
import pandas as pd
import pytest

from seqaug_sklearn.evaluation import _sanity_section


@pytest.fixture
def public(tmp_path):
    """60 unrelated rows, 15 families of four overlapping rows, 6 rows that stand again with the other label."""
    rng = np.random.default_rng(1)

    def texts(n, length=70):
        return ["".join(row) for row in rng.choice(list("ACGT"), (n, length))]

    rows = [(text, "ab"[i % 2]) for i, text in enumerate(texts(60))]
    for number, parent in enumerate(texts(15)):
        rows += [(parent[4 * j :] + texts(1)[0][: 4 * j], "ab"[number % 2]) for j in range(4)]
    rows += [(text, "b" if label == "a" else "a") for text, label in rows[:6]]
    rows.sort(key=lambda row: row[1])
    frame = pd.DataFrame(rows, columns=["sequence", "label"])
    frame.insert(0, "name", [f"s{i}" for i in range(len(frame))])
    frame.to_csv(tmp_path / "public.csv", index=False)
    return frame


def test_what_makes_the_answer_worthless_is_said_first(run, public, tmp_path, monkeypatch):
    monkeypatch.setattr(_sanity_section, "shortest_audited", lambda alphabet: 1000)  # the audit alone
    out = tmp_path / "report"
    options = ["--models", "logistic,kmers,memoriser,majority", "--window", 20, "--folds", 3, "--repeats", 1]
    result = run("compare", tmp_path / "public.csv", *options, "--out", out)
    assert result.exit_code == 0, result.output
    leak, contradictions, *rest = result.stdout.strip().splitlines()
    # 6 of 126 rows stand twice, and the families are on both sides
    assert leak.startswith("Warning: ")
    assert "% of the test rows share sequence with a training row of their fold (" in leak
    assert "in groups that keep relatives together" in leak
    assert contradictions.startswith(
        "Warning: 12 of 126 sequences (9.5%) have a copy or close relative with another label"
    )
    assert "no model can exceed an accuracy of 95.2% on all rows" in contradictions
    answer = next(line for line in rest if not line.startswith("Warning: "))
    assert answer.startswith(("No model ", "Windows"))
    # labels are random, and what families seem to teach is gone with them together
    assert "helped" not in result.stdout
    page = (out / "report.html").read_text()
    places = [page.index(words) for words in ("test rows share sequence", "have a copy or close", ">Scores<")]
    assert places == sorted(places)
