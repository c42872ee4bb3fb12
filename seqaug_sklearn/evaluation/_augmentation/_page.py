"""The page of a comparison of augmentations: which parts it has, in which order, and what stands in each."""

from dataclasses import replace

import pandas as pd

from seqaug_sklearn.evaluation._augmentation._contradictions import contradicting_rows
from seqaug_sklearn.evaluation._augmentation._line_up import ANOTHER_NETWORK
from seqaug_sklearn.evaluation._shortcuts import shortcut_section
from seqaug_sklearn.evaluation._verdict import MEAN_NOTHING
from seqaug_sklearn.evaluation._verdict_of_pairs import METRIC_NAMES
from seqaug_sklearn.reporting import Section, detached

__all__ = ["AugmentationPage"]


class AugmentationPage:
    """Sections of an ``AugmentationComparison``, which it is a base of."""

    def _page_sections(self):
        judged = self if self.together is None else self.together
        comparison = judged.comparison
        predictions = {f"Predictions of {name}": comparison.predictions(name) for name in comparison.estimators}
        scores, *others = comparison.sections(metric=self.metric)
        differences = [part for part in others if not part.folded]
        errors = [part for part in others if part.folded]
        # open: the answer, one figure of differences, and whether it is a leak or a shortcut
        parts = [*differences, self._sanity_section(), *shortcut_section(judged.shortcuts)]
        parts += [replace(part, folded=bool(self.treatments)) for part in (scores, *errors)]
        parts += [*self._contradictions_section(), replace(judged._data_section(), folded=True)]
        if self.together is not None:
            predictions |= {
                f"Predictions of {name}, as split": self.comparison.predictions(name) for name in comparison.estimators
            }
            parts.insert(0, self._both_section(self.together.split.groups))
        if self.treatments:
            parts.insert(self.together is not None, self._answers_section())
        return [
            *parts,
            Section("Predictions", text="Every test prediction of every model.", data=predictions, folded=True),
        ]

    def _data_section(self):
        what = "Sequences of each class" if self.comparison.task == "classes" else "Targets"
        tables = {what: self.data}
        if len(self.limits):
            tables["Windows that the models train on"] = self.limits
        if self.orthologs is not None:
            tables["Orthologs in each fold"] = self.orthologs
        if self.plan is not None:
            tables["Plan of fits"] = self.plan.to_frame()
        notes = "Where there are too many windows, they are spread evenly over each sequence."
        text = "\n\n".join([*self._of_split(self._lines()), *self.augmentations])
        return Section("Data", text=text, tables=tables, notes=notes if len(self.limits) else ())

    def _sanity_section(self):
        return self.sanity.section() if self.together is None else self.sanity.joined(self.together.sanity).section()

    def _contradictions_section(self):
        rows = contradicting_rows(self.contradictions)
        if self.contradictions is None or not len(rows):
            return []
        number = self.comparison.task == "number"
        what = "values" if number else "labels"
        bounds = "The bounds are of accuracy over all rows, all of which are tested, and averages over classes have "
        bounds += "others. They are "
        if self.comparison.task == "labels":
            bounds = "The bound is of the mean accuracy over the labels. It is "
        if number:
            bounds = "This is "
        text = (
            f"{self.contradictions.tell_relatives() or self.contradictions.summary()} {bounds}about the data, "
            f"whatever the split: {what} that were exchanged, measured twice with two results, or that depend on more "
            "than the sequence."
        )
        rows = rows.rename(columns={"label": "value"}) if number else rows
        title = f"{_capital(what)} that contradict each other"
        return [Section(title, text=text, tables={"Contradicting rows": rows}, folded=True)]

    def _both_section(self, groups):
        name = METRIC_NAMES.get(self.metric, self.metric)
        text = (
            f"Mean {name} of each model as split, with {self._leaked_share:.1%} of the test rows related to training "
            "rows, and with relatives together, which tests on sequences unlike the training sequences. All that "
            "follows is "
            'with relatives together, unless it says "as split".'
        )
        from seqaug_sklearn.plotting import TwoSplitsDisplay

        caption, scores = f"{_capital(name)} of each model under both splits", self.scores_of_both()
        told = (
            f"{model}: {row['as split']:.3f} to {row['relatives together']:.3f}" for model, row in scores.iterrows()
        )
        return Section(
            "As split, and with relatives together",
            text=text,
            figures={caption: detached(TwoSplitsDisplay(scores, score_name=name).plot())},
            alt={caption: "; ".join(told)},
            tables={f"{_capital(name)} as split and with relatives together": scores},
            data={
                caption: scores,
                "Every fold, as split": self.comparison.folds,
                f"Tests of {name}, as split": self.comparison.tests(metric=self.metric),
                "Groups of relatives": self._rows(groups),
            },
            notes="The number of folds, the models, their settings and the seeds are the same; only the assignment "
            "of sequences to sides differs.",
        )

    def _rows(self, groups):
        """Class, or targets, and group of each row of the data."""
        comparison = self.comparison
        table = pd.DataFrame({"group": groups}, index=comparison.identifiers).rename_axis("sequence")
        if comparison.task == "classes":
            table.insert(0, "class", comparison.classes[comparison.labels])
        else:
            for place, name in enumerate(comparison.target_names):
                table.insert(place, name, comparison.labels[:, place], allow_duplicates=True)
        return table

    def _answers_section(self):
        name = METRIC_NAMES.get(self.metric, self.metric)
        text = (
            f"Change in {name} of each model with an augmentation against the same model without it. Helped and "
            "harmed: the test over groups, adjusted for all comparisons, excludes zero; everything else is "
            "inconclusive. Where the split leaks, or a trivial feature explains the target, higher and lower say what "
            "was scored, not what helps."
        )
        if ANOTHER_NETWORK in self.treatments:
            text += (
                f" {ANOTHER_NETWORK}: the bag CNN-BiLSTM, which is not run on whole sequences, against the motif CNN "
                "on whole sequences."
            )
        if any(MEAN_NOTHING in line for line in self.verdict()):
            text = f"No model beats chance. {MEAN_NOTHING} {text}"
        return Section("Which augmentation helped which model", text=text, tables={"Answers": self.answers()})


def _capital(text):
    return text[0].upper() + text[1:]
