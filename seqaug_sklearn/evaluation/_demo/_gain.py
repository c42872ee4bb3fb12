"""Third act: an augmentation that helps, because the simulation makes it help."""

from seqaug_sklearn.evaluation._compare import compare
from seqaug_sklearn.evaluation._comparison_report import score_dots
from seqaug_sklearn.evaluation._demo._act import Act, DemoSetup, name_sites
from seqaug_sklearn.reporting import detached, p_equals

__all__ = ["gain_act"]

_N_PARTS = 4
"""Parts of the families; the network learns from each in turn, and is asked about the others."""
_WITHOUT, _WITH = "network alone", "network with orthologs"


def gain_act(setup: DemoSetup) -> Act:
    """Train the network with and without orthologs of the training rows, and test on held-out families."""
    from seqaug_sklearn.augmentation import OrthologAugmenter

    promoters, seed = setup.promoters, setup.run["random_state"]
    orthologs = OrthologAugmenter(promoters.orthologs, rate=0.85, exclude=promoters.sequences)
    comparison = compare(
        {_WITHOUT: setup.make_network(), _WITH: setup.make_network(augment=orthologs)},
        promoters.sequences,
        promoters.y.to_numpy(),
        groups=promoters.groups.to_numpy(),
        cv=_few_to_learn_from(seed),
        scoring="accuracy",
        reference=_WITHOUT,
        return_train_score=False,
        shortcuts=False,
        **setup.run,
    )
    summary = comparison.scores("accuracy")
    n_families = promoters.groups.nunique()
    return Act(
        title="Act 3. The gain",
        planted=(
            f"half of {n_families} families carry one to three sites of {name_sites()} on either strand, and that is "
            "the label; everything else in a promoter is noise. Each promoter has 8 orthologs from distant species, in "
            "which the noise has changed and the sites have not. The network learns from a quarter of the families. So "
            "orthologs should help; only in a simulation is that known beforehand."
        ),
        told=_tell(comparison),
        scores=summary[["mean", "low", "high"]].rename(columns={"mean": "score"}).rename_axis("model"),
        metric="accuracy",
        figure=detached(score_dots(comparison, "accuracy")),
        lesson=(
            "With your own data: `seqaug compare data.fa --labels labels.csv --groups family --orthologs "
            "orthologs.csv` asks this question of windows, edits and orthologs, and says so when the data cannot "
            "answer it."
        ),
        comparison=comparison,
    )


def _few_to_learn_from(seed):
    """Folds with both sides exchanged: few rows to learn from, and many to be asked about."""
    from sklearn.model_selection import StratifiedGroupKFold

    class ExchangedFolds(StratifiedGroupKFold):
        def split(self, X, y=None, groups=None):
            for train, test in super().split(X, y, groups):
                yield test, train

    return ExchangedFolds(_N_PARTS, shuffle=True, random_state=seed)


def _tell(comparison):
    test = comparison.tests(metric="accuracy").loc[_WITH]
    low, high, gain = test["low"], test["high"], test["difference"]
    verb = "raise" if gain > 0 else "change"
    doubt = "" if low > 0 or high < 0 else " The interval includes zero: these data do not show a gain."
    return (
        f"With families held out, orthologs of the training promoters {verb} the network's accuracy from "
        f"{test['reference_mean']:.2f} to {test['mean']:.2f}: {gain:+.2f} ({low:+.2f} to {high:+.2f}), "
        f"{p_equals(test['p_value'])}.{doubt}"
    )
