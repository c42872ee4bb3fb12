"""The page of a comparison of augmentations: which parts it has, in which order, and what stands in each."""

from dataclasses import replace
from typing import Any

import pandas as pd

from seqaug_sklearn.evaluation._augmentation._contradictions import contradicting_rows
from seqaug_sklearn.evaluation._augmentation._line_up import ANOTHER_NETWORK
from seqaug_sklearn.evaluation._shortcuts import shortcut_section
from seqaug_sklearn.evaluation._verdict import MEAN_NOTHING
from seqaug_sklearn.evaluation._verdict_of_pairs import METRIC_NAMES
from seqaug_sklearn.reporting import Section, detached

__all__ = ["page_sections"]


def page_sections(result: Any) -> list[Section]:
    """All parts, in their order.

    Parameters
    ----------
    result : AugmentationComparison
        What was found.
    """
    judged = result if result.together is None else result.together
    comparison = judged.comparison
    predictions = {f"Predictions of {name}": comparison.predictions(name) for name in comparison.estimators}
    scores, *others = comparison.sections(metric=result.metric)
    differences = [part for part in others if not part.folded]
    errors = [part for part in others if part.folded]
    # open: the answer, one figure of differences, and whether it is a leak or a shortcut
    parts = [*differences, _sanity_section(result), *shortcut_section(judged.shortcuts)]
    parts += [replace(part, folded=bool(result.treatments)) for part in (scores, *errors)]
    parts += [*_contradictions_section(result), replace(_data_section(judged), folded=True)]
    if result.together is not None:
        predictions |= {
            f"Predictions of {name}, as split": result.comparison.predictions(name) for name in comparison.estimators
        }
        parts.insert(0, _both_section(result, result.together.split.groups))
    if result.treatments:
        parts.insert(result.together is not None, _answers_section(result))
    return [
        *parts,
        Section("Predictions", text="Every test prediction of every model.", data=predictions, folded=True),
    ]


def _data_section(result: Any):
    what = {"classes": "Sequences of each class", "number": "Targets", "labels": "Labels"}[result.comparison.task]
    tables = {what: result.data}
    if len(result.limits):
        tables["Windows that the models train on"] = result.limits
    if result.orthologs is not None:
        tables["Orthologs in each fold"] = result.orthologs
    if result.plan is not None:
        tables["Plan of fits"] = result.plan.to_frame()
    notes = "Where there are too many windows, they are spread evenly over each sequence."
    text = "\n\n".join([*result._of_split(result._lines()), *result.augmentations])
    return Section("Data", text=text, tables=tables, notes=notes if len(result.limits) else ())


def _sanity_section(result: Any):
    return (
        result.sanity.section() if result.together is None else result.sanity.joined(result.together.sanity).section()
    )


def _contradictions_section(result: Any):
    rows = contradicting_rows(result.contradictions)
    if result.contradictions is None or not len(rows):
        return []
    number = result.comparison.task == "number"
    what = "values" if number else "labels"
    bounds = "The bounds are of accuracy over all rows, all of which are tested, and averages over classes have "
    bounds += "others. They are "
    if result.comparison.task == "labels":
        bounds = "The bound is of the mean accuracy over the labels. It is "
    if number:
        bounds = "This is "
    text = (
        f"{result.contradictions.tell_relatives() or result.contradictions.summary()} {bounds}about the data, "
        f"whatever the split: {what} that were exchanged, measured twice with two results, or that depend on more "
        "than the sequence."
    )
    rows = rows.rename(columns={"label": "value"}) if number else rows
    title = f"{_capital(what)} that contradict each other"
    return [Section(title, text=text, tables={"Contradicting rows": rows}, folded=True)]


def _both_section(result: Any, groups):
    name = METRIC_NAMES.get(result.metric, result.metric)
    text = (
        f"Mean {name} of each model as split, with {result._leaked_share:.1%} of the test rows related to training "
        "rows, and with relatives together, which tests on sequences unlike the training sequences. All that "
        "follows is "
        'with relatives together, unless it says "as split".'
    )
    from seqaug_sklearn.plotting import TwoSplitsDisplay

    caption, scores = f"{_capital(name)} of each model under both splits", result.scores_of_both()
    told = (f"{model}: {row['as split']:.3f} to {row['relatives together']:.3f}" for model, row in scores.iterrows())
    return Section(
        "As split, and with relatives together",
        text=text,
        figures={caption: detached(TwoSplitsDisplay(scores, score_name=name).plot())},
        alt={caption: "; ".join(told)},
        tables={f"{_capital(name)} as split and with relatives together": scores},
        data={
            caption: scores,
            "Every fold, as split": result.comparison.folds,
            f"Tests of {name}, as split": result.comparison.tests(metric=result.metric),
            "Groups of relatives": _rows(result, groups),
        },
        notes="The number of folds, the models, their settings and the seeds are the same; only the assignment "
        "of sequences to sides differs.",
    )


def _rows(result: Any, groups):
    """Class, or targets, and group of each row of the data."""
    comparison = result.comparison
    table = pd.DataFrame({"group": groups}, index=comparison.identifiers).rename_axis("sequence")
    if comparison.task == "classes":
        table.insert(0, "class", comparison.classes[comparison.labels])
    else:
        for place, name in enumerate(comparison.target_names):
            table.insert(place, name, comparison.labels[:, place], allow_duplicates=True)
    return table


def _answers_section(result: Any):
    name = METRIC_NAMES.get(result.metric, result.metric)
    text = (
        f"Change in {name} of each model with an augmentation against the same model without it. Helped and "
        "harmed: the test over groups, adjusted for all comparisons, excludes zero; everything else is "
        "inconclusive. Where the split leaks, or a trivial feature explains the target, higher and lower say what "
        "was scored, not what helps."
    )
    if ANOTHER_NETWORK in result.treatments:
        text += (
            f" {ANOTHER_NETWORK}: the bag CNN-BiLSTM, which is not run on whole sequences, against the motif CNN "
            "on whole sequences."
        )
    if any(MEAN_NOTHING in line for line in result.verdict()):
        text = f"No model beats chance. {MEAN_NOTHING} {text}"
    return Section("Which augmentation helped which model", text=text, tables={"Answers": result.answers()})


def _capital(text):
    return text[0].upper() + text[1:]
