"""Comparison of models on held-out data, and the report that says what to believe.

:func:`compare` fits estimators on the same folds and gives a :class:`Comparison`; :func:`memoriser` is the baseline
that only looks up near-copies; :func:`write_report` puts tables, figures and the verdict into one HTML page;
:func:`reproduce_window_paper` does all of it for the window paper.
"""

from seqaug_sklearn.evaluation._augmentation import (
    AugmentationComparison,
    FitPlan,
    compare_augmentations,
    make_model,
)
from seqaug_sklearn.evaluation._augmentation_search import AugmentationSearch
from seqaug_sklearn.evaluation._compare import FoldError, compare
from seqaug_sklearn.evaluation._comparison import Comparison
from seqaug_sklearn.evaluation._demo import Demo, run_demo
from seqaug_sklearn.evaluation._fixed_split import FixedSplitComparison, compare_fixed_split
from seqaug_sklearn.evaluation._genotypes import (
    GenotypeComparison,
    GenotypeFidelity,
    compare_genotype_generators,
    genotype_fidelity,
)
from seqaug_sklearn.evaluation._kept_models import (
    AveragedClassifier,
    AveragedRegressor,
    IntervalCalibrator,
    ModelSearch,
    ProbabilityCalibrator,
    SequenceModel,
    score_predictions,
)
from seqaug_sklearn.evaluation._kmer_analysis import KmerAnalysis, analyse_kmers
from seqaug_sklearn.evaluation._metrics import METRICS, MULTILABEL_METRICS, NUMBER_METRICS
from seqaug_sklearn.evaluation._model_parts import (
    BestAverageClassifier,
    PerTargetClassifier,
    PerTargetRegressor,
    TunedClassifier,
)
from seqaug_sklearn.evaluation._pair_report import DNABERT_PAIRS_PUBLISHED, pair_report
from seqaug_sklearn.evaluation._running import FoldStore
from seqaug_sklearn.evaluation._statistics import (
    GroupTTest,
    TTest,
    bootstrap_interval,
    calibration_error,
    corrected_t_test,
    detectable_difference,
    expected_power,
    group_t_test,
    holm,
    permutation_test,
    student_t_test,
)
from seqaug_sklearn.evaluation._window_paper import (
    PearsonOfCodes,
    WindowPaperReproduction,
    pearson_of_codes,
    reproduce_window_paper,
)
from seqaug_sklearn.exceptions import OutputFolderError
from seqaug_sklearn.reporting import Section, write_report
from seqaug_sklearn.similarity import memoriser
from seqaug_sklearn.utils import check_output_folder

__all__ = [
    "DNABERT_PAIRS_PUBLISHED",
    "METRICS",
    "MULTILABEL_METRICS",
    "NUMBER_METRICS",
    "AugmentationComparison",
    "AugmentationSearch",
    "AveragedClassifier",
    "AveragedRegressor",
    "BestAverageClassifier",
    "Comparison",
    "Demo",
    "FitPlan",
    "FixedSplitComparison",
    "FoldError",
    "FoldStore",
    "GenotypeComparison",
    "GenotypeFidelity",
    "GroupTTest",
    "IntervalCalibrator",
    "KmerAnalysis",
    "ModelSearch",
    "OutputFolderError",
    "PearsonOfCodes",
    "PerTargetClassifier",
    "PerTargetRegressor",
    "ProbabilityCalibrator",
    "Section",
    "SequenceModel",
    "TTest",
    "TunedClassifier",
    "WindowPaperReproduction",
    "analyse_kmers",
    "bootstrap_interval",
    "calibration_error",
    "check_output_folder",
    "compare",
    "compare_augmentations",
    "compare_fixed_split",
    "compare_genotype_generators",
    "corrected_t_test",
    "detectable_difference",
    "expected_power",
    "genotype_fidelity",
    "group_t_test",
    "holm",
    "make_model",
    "memoriser",
    "pair_report",
    "pearson_of_codes",
    "permutation_test",
    "reproduce_window_paper",
    "run_demo",
    "score_predictions",
    "student_t_test",
    "write_report",
]
