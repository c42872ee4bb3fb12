"""MODEL_CARD.md: what a model is, how far it can be trusted, and how it is used, for human readers."""

import shlex

__all__ = ["model_card"]

_MISSING = "not said when the model was saved"
_FACTS = {
    "Training": {
        "target": "What is predicted",
        "chosen": "Chosen model",
        "edits": "Edits that were tried",
        "data": "Files and their hashes",
        "sequences": "Number of sequences",
        "lengths": "Lengths",
        "command": "Command",
    },
    "How far it can be trusted": {
        "verdict": "Verdict",
        "score": "Score on held-out sequences, with its interval",
        "baselines": "Baselines on the same sequences",
        "split": "How these were held out",
        "leaks": "Leaks",
        "shortcuts": "Shortcuts",
        "calibration": "Calibration of the probabilities",
        "thresholds": "Probability from which on a label is there",
        "intervals": "Intervals around the predictions",
        "limits": "Limits",
    },
}
"""Heading -> key of ``about`` -> what it is."""
_OF_KINDS = {"target", "edits", "calibration", "thresholds", "intervals"}
"""Facts that only some models have, of classes, of numbers or with edits; a model that has one lacks no other."""

_SCORES = {
    "spearman": "Spearman correlation",
    "spearman_within": "Spearman correlation within groups",
    "pearson": "Pearson correlation",
    "r2": "R²",
    "rmse": "root mean squared error",
    "mae": "mean absolute error",
    "auroc": "AUROC",
    "auprc": "AUPRC",
}
"""What scores are called, whose names are not their words."""


def model_card(content):
    """Text of the card.

    Parameters
    ----------
    content : dict
        What ``model.json`` holds.

    Returns
    -------
    str
        Markdown, with a line for every fact; one that was not given is said to be missing.
    """
    about = content["about"]
    known = {key for facts in _FACTS.values() for key in facts}
    parts = ["# Model card\n", _what(content)]
    for heading, facts in _FACTS.items():
        lines = [_fact(label, about.get(key)) for key, label in facts.items() if _is_told(key, about)]
        parts.append(f"## {heading}\n\n" + "\n".join(lines) + "\n")
    others = [_fact(key, value) for key, value in about.items() if key not in known]
    if others:
        parts.append("## Further\n\n" + "\n".join(others) + "\n")
    return "\n".join([*parts, _use(content["summary"].get("covariates", [])), _inside(content)])


def _is_told(key, about):
    """Whether a line is written: missing facts are said to be missing, but numbers have no probabilities."""
    if key not in _OF_KINDS or key in about:
        return True
    return key == "calibration" and "intervals" not in about


def _what(content):
    summary, probe = content["summary"], content["probe"]
    covariates = summary.get("covariates", [])
    takes = {
        "text": "sequences as text",
        "windows": "bags of windows as text",
        "bags": "bags of windows as numbers",
        "numbers": "rows of numbers",
        "counts": "rows of numbers that are not negative",
    }
    taken = takes[probe["input"]["kind"]] if probe else None
    lines = [
        _fact("Kind", " → ".join(summary["steps"]) or summary["class"]),
        _fact("Takes", _beside(covariates) if covariates else taken),
        _fact("Alphabet", summary["alphabet"] or "none: it takes numbers, or does not say"),
        _fact("Classes, in the order of the probabilities", summary["classes"] or "none: it is no classifier")
        if not summary.get("targets")
        else _fact("Numbers or labels, in the order of the predictions", summary["targets"]),
    ]
    return "## What it is\n\n" + "\n".join(lines) + "\n"


def _beside(covariates):
    return f"a sequence and {', '.join(covariates)}: a frame of one column of text and these columns of numbers"


def _fact(label, value):
    return f"- **{_escaped(label)}**: {_told(value)}"


def _told(value):
    """A value in one or more lines of a list."""
    if value is None or value in ("", [], {}):
        return f"*{_MISSING}*"
    if isinstance(value, dict):
        return "".join(f"\n  - {_label(key)}: {_inline(entry)}" for key, entry in value.items())
    if isinstance(value, list) and any(isinstance(entry, (dict, list)) or str(entry).endswith(".") for entry in value):
        # sentences, and what has parts, stand on lines of their own
        return "".join(f"\n  - {_inline(entry)}" for entry in value)
    return _inline(value)


def _inline(value):
    if isinstance(value, dict):
        return ", ".join(f"{_label(key)} {_inline(entry)}" for key, entry in value.items())
    if isinstance(value, list):
        return ", ".join(map(_inline, value))
    if isinstance(value, float):
        return f"{value:.6g}"
    return _escaped("none" if value is None else value)


def _label(key):
    """A key as words; names of files and packages stay."""
    if key in _SCORES:
        return _SCORES[key]
    is_name = "." in str(key) or str(key) == "seqaug_sklearn"
    return _escaped(key if is_name else str(key).replace("_", " "))


def _escaped(value):
    """Text on one line, without what Markdown or a browser would take for markup."""
    text = " ".join(str(value).split())
    for letter in "\\`*_[]":
        text = text.replace(letter, f"\\{letter}")
    return text.replace("<", "&lt;").replace("|", "\\|")


def _use(covariates):
    needs, made, rows, file = "", "", '["ACGT..."])   # rows of the kind that it takes', "new.fa"
    if covariates:
        # the file is a table with the columns name, sequence and these
        values = "".join(f", {name!r}: [0.5]" for name in covariates)
        needs, rows = "import pandas as pd\n\n", "rows)"
        made = f'rows = pd.DataFrame({{"sequence": ["ACGT..."]{values}}})\n'
        file = f"new.csv --covariates {shlex.quote(','.join(covariates))}"
    return f"""## How to use it

```python
{needs}from seqaug_sklearn.persistence import load_model

model = load_model("model")  # this folder
{made}model.predict({rows}
```

```console
$ seqaug predict model/ {file} --out predictions.csv
```

Loading runs nothing that is in the folder. The score holds for new sequences that are as different from the training
sequences as the held-out ones were.
"""


def _inside(content):
    left_out = content["left_out"] or "nothing"
    private = "training sequences are not in this folder" if content["private"] else "training data may be part of it"
    lines = [
        _fact("Saved with", content["versions"]),
        _fact("Left out, as only training needs it", left_out),
        _fact("Privacy", private),
        _fact("Checked when it is loaded", "made-up rows" if content["probe"] else "hashes only, no made-up rows"),
    ]
    return "## What is inside\n\n" + "\n".join(lines) + "\n"
