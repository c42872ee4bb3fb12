"""Words of the page of a comparison: those of the kind of target, and the names that its columns have."""

import html
import re

import numpy as np
import pandas as pd
import pytest

from seqaug_sklearn.evaluation import _sanity_section, compare_augmentations

# words that only the other kinds have; settings hold reprs, and names of files hold titles
FOREIGN = {
    "number": r"\bclass\w*|\blabels?\b|accura\w*|AUROC|AUPRC|naive Bayes|misclassif\w*|confusion|majority",
    "labels": r"training class|accuracy of each|naive Bayes|confusion|R²|Spearman|residual|measured values",
    "classes": r"R²|Spearman|Pearson|residual|predicted against true|values exchanged|ridge regression on counts",
}


@pytest.fixture(scope="module", params=list(FOREIGN))
def page(request, tmp_path_factory):
    """Kind, names of the targets, and the page as text without settings."""
    rng = np.random.default_rng(4)
    letters = rng.choice(list("ACGT"), (60, 40))
    X = pd.Series(["".join(row) for row in letters], index=[f"s{i}" for i in range(60)])
    # a copy with another value, and a trait that explains a part
    X.iloc[1] = X.iloc[0]
    gc = np.isin(letters, ["G", "C"]).mean(axis=1)
    values = gc[:, None] + 0.02 * rng.normal(size=(60, 2))
    values[1] = values[0] + 1
    y = {
        "number": pd.DataFrame(values, columns=["liver", "lung"]),
        "labels": pd.DataFrame((values > np.median(values, axis=0)).astype(float), columns=["liver", "lung"]),
        "classes": pd.Series(np.where(values[:, 0] > np.median(values[:, 0]), "liver", "lung")),
    }[request.param]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_sanity_section, "_N_PERMUTATIONS", 2)
        result = compare_augmentations(
            X, y, models=["composition", "memoriser", "majority"], quick=True, n_splits=3, n_repeats=1, window=30
        )
    text = result.to_html(tmp_path_factory.mktemp("page") / "page").read_text()
    text = text[: text.index("Settings, files and versions")]
    text = re.sub(r"<style.*?</style>|<script.*?</script>|<a [^>]*>.*?</a>|src=\"[^\"]*\"", " ", text, flags=re.S)
    return request.param, result, html.unescape(re.sub(r"<[^>]+>", " ", re.sub(r'alt="([^"]*)"', r">\1<", text)))


def test_no_word_of_another_kind_stands_on_the_page(page):
    kind, result, text = page
    text = text.replace(str(result.reading), "")
    assert sorted({*re.findall(FOREIGN[kind], text, flags=re.I if kind == "number" else 0)}) == []


def test_targets_have_their_names_everywhere(page):
    kind, result, text = page
    assert not re.findall(r"\by[01]?\b(?! (true|is read))", text)
    assert len(re.findall(r"\bliver\b", text)) >= 2
    if kind != "classes":
        assert result.comparison.target_names == ("liver", "lung")
        assert {*result.comparison.predictions("composition alone")["target"]} == {"liver", "lung"}
    if kind == "number":
        assert re.search(r"(liver|lung) rises with it, from a mean of", text)
        assert "Values that contradict each other" in text
