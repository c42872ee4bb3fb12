"""``compare_augmentations``: models with and without augmentation, under a split that cannot leak."""

from seqaug_sklearn.evaluation._augmentation._compare import compare_augmentations
from seqaug_sklearn.evaluation._augmentation._comparison import AugmentationComparison
from seqaug_sklearn.evaluation._augmentation._contradictions import (
    contradicting_rows,
    look_for_contradictions,
    tell_contradictions,
)
from seqaug_sklearn.evaluation._augmentation._covariates_alone import tell_covariates
from seqaug_sklearn.evaluation._augmentation._execution import table_of_targets, usual_metric
from seqaug_sklearn.evaluation._augmentation._fit_plan import FitPlan
from seqaug_sklearn.evaluation._augmentation._inputs import (
    check_edits,
    check_orthologs,
    known_motifs,
    say_edits,
    tell_edits,
    tell_edits_of,
    usual_window,
)
from seqaug_sklearn.evaluation._augmentation._line_up import (
    MODELS,
    SOURCES,
    TRIVIAL,
    check_models,
    key_of,
    models_of,
    trivial_names,
)
from seqaug_sklearn.evaluation._augmentation._make_model import make_model, model_seconds
from seqaug_sklearn.evaluation._augmentation._models import Plan, count_classes, models_of_parents
from seqaug_sklearn.evaluation._model_parts import NETWORKS

__all__ = [
    "MODELS",
    "NETWORKS",
    "SOURCES",
    "TRIVIAL",
    "AugmentationComparison",
    "FitPlan",
    "Plan",
    "check_edits",
    "check_models",
    "check_orthologs",
    "compare_augmentations",
    "contradicting_rows",
    "count_classes",
    "key_of",
    "known_motifs",
    "look_for_contradictions",
    "make_model",
    "model_seconds",
    "models_of",
    "models_of_parents",
    "say_edits",
    "table_of_targets",
    "tell_contradictions",
    "tell_covariates",
    "tell_edits",
    "tell_edits_of",
    "trivial_names",
    "usual_metric",
    "usual_window",
]
