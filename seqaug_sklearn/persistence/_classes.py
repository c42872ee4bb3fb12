"""The classes that a model folder may name: those of this package's doors, and a list of scikit-learn's.

A name in a file is looked up in tables of the installed packages; it is never imported, split or evaluated.
"""

import importlib
import inspect
import pkgutil
from functools import cache

from sklearn.base import BaseEstimator

import seqaug_sklearn

__all__ = ["class_of", "function_name", "function_of", "is_sampler", "name_of", "part_names"]

_PACKAGE = "seqaug_sklearn"
_NO_MODELS = {"cli", "plotting", "reporting", "utils", "datasets", "exceptions", "persistence", "published"}

_OTHERS = {
    "imblearn.over_sampling": "ADASYN BorderlineSMOTE RandomOverSampler SMOTE",
    "imblearn.pipeline": "Pipeline",
    "imblearn.under_sampling": "RandomUnderSampler",
    "sklearn.calibration": "CalibratedClassifierCV",
    "sklearn.compose": "ColumnTransformer TransformedTargetRegressor",
    "sklearn.decomposition": "NMF PCA TruncatedSVD",
    "sklearn.discriminant_analysis": "LinearDiscriminantAnalysis QuadraticDiscriminantAnalysis",
    "sklearn.dummy": "DummyClassifier DummyRegressor",
    "sklearn.ensemble": "BaggingClassifier BaggingRegressor ExtraTreesClassifier ExtraTreesRegressor "
    "HistGradientBoostingClassifier HistGradientBoostingRegressor RandomForestClassifier RandomForestRegressor "
    "StackingClassifier StackingRegressor VotingClassifier VotingRegressor",
    "sklearn.feature_extraction.text": "CountVectorizer HashingVectorizer TfidfTransformer TfidfVectorizer",
    "sklearn.feature_selection": "SelectKBest SelectPercentile VarianceThreshold",
    "sklearn.impute": "SimpleImputer",
    "sklearn.isotonic": "IsotonicRegression",
    "sklearn.kernel_approximation": "Nystroem RBFSampler",
    "sklearn.linear_model": "BayesianRidge ElasticNet ElasticNetCV HuberRegressor Lasso LassoCV LinearRegression "
    "LogisticRegression LogisticRegressionCV Perceptron PoissonRegressor Ridge RidgeCV RidgeClassifier "
    "RidgeClassifierCV SGDClassifier SGDRegressor",
    "sklearn.multiclass": "OneVsOneClassifier OneVsRestClassifier",
    "sklearn.multioutput": "MultiOutputClassifier MultiOutputRegressor",
    "sklearn.naive_bayes": "BernoulliNB ComplementNB GaussianNB MultinomialNB",
    "sklearn.neighbors": "KNeighborsClassifier KNeighborsRegressor NearestCentroid",
    "sklearn.neural_network": "MLPClassifier MLPRegressor",
    "sklearn.pipeline": "FeatureUnion Pipeline",
    "sklearn.preprocessing": "Binarizer FunctionTransformer KBinsDiscretizer LabelBinarizer LabelEncoder MaxAbsScaler "
    "MinMaxScaler Normalizer OneHotEncoder OrdinalEncoder PolynomialFeatures PowerTransformer QuantileTransformer "
    "RobustScaler StandardScaler",
    "sklearn.svm": "LinearSVC LinearSVR NuSVC NuSVR SVC SVR",
    "sklearn.tree": "DecisionTreeClassifier DecisionTreeRegressor ExtraTreeClassifier ExtraTreeRegressor",
}
"""Module -> classes of scikit-learn and imbalanced-learn whose fitted state is plain, or read by ``_special``."""

_PRIVATE = {
    "sklearn.calibration._CalibratedClassifier": "CalibratedMember",
    "sklearn.calibration._SigmoidCalibration": "SigmoidCalibration",
    "sklearn.ensemble._hist_gradient_boosting.binning._BinMapper": "BinMapper",
}
"""Parts of fitted estimators -> their names in ``utils._sklearn``."""

_FUNCTIONS = {
    f"sklearn.feature_selection.{name}"
    for name in ("chi2", "f_classif", "f_regression", "mutual_info_classif", "mutual_info_regression")
}
"""Functions that a setting may be."""

_CHECKS_ITSELF = {"seqaug_sklearn.alphabets.Alphabet"}
"""Data classes whose ``__post_init__`` only checks."""


@cache
def _others():
    return {f"{module}.{name}": module for module, names in _OTHERS.items() for name in names.split()}


@cache
def _units():
    """Public units of this package, as they lie on the disk."""
    return {m.name for m in pkgutil.iter_modules(seqaug_sklearn.__path__) if m.name[0] != "_"} - _NO_MODELS


def part_names():
    """Names of the private parts that are no estimators."""
    return {"sklearn.calibration._CalibratedClassifier"}


def class_of(name):
    """Class of a name in a file; None where it is not on the list.

    Parameters
    ----------
    name : object
        What the file says; anything.

    Returns
    -------
    type or None
    """
    if not isinstance(name, str):
        return None
    if name in _PRIVATE:
        from seqaug_sklearn.utils import _sklearn

        return getattr(_sklearn, _PRIVATE[name])
    if name in _others():
        return getattr(importlib.import_module(_others()[name]), name.rpartition(".")[2], None)
    return _own_class(name)


def function_of(name):
    """Function of a name in a file; None where it is not on the list."""
    if not isinstance(name, str) or name not in _FUNCTIONS:
        return None
    module, _, own = name.rpartition(".")
    return getattr(importlib.import_module(module), own)


def function_name(function):
    """Name of a function for a file; None where it is not on the list."""
    return next((name for name in sorted(_FUNCTIONS) if function_of(name) is function), None)


def _own_class(name):
    for unit in _units():
        prefix = f"{_PACKAGE}.{unit}."
        if name.startswith(prefix):
            module = importlib.import_module(f"{_PACKAGE}.{unit}")
            own = name.removeprefix(prefix)
            found = getattr(module, own) if own in module.__all__ else None
            return found if inspect.isclass(found) and _is_model_part(name, found) else None
    return None


def _is_model_part(name, cls):
    if issubclass(cls, BaseEstimator):
        return True
    params = vars(cls).get("__dataclass_params__")
    if params is None or not params.frozen:
        return False
    return name in _CHECKS_ITSELF or not hasattr(cls, "__post_init__")


def name_of(cls):
    """Name of a class for a file; None where it is not on the list."""
    parts = cls.__module__.split(".")
    if parts[0] == _PACKAGE:
        candidates = [f"{_PACKAGE}.{parts[1]}.{cls.__name__}"] if len(parts) > 1 else []
    else:
        public = next((i for i, part in enumerate(parts) if part.startswith("_")), len(parts))
        candidates = [f"{'.'.join(parts[:public])}.{cls.__name__}", f"{cls.__module__}.{cls.__name__}"]
    return next((name for name in candidates if class_of(name) is cls), None)


def is_sampler(estimator):
    """Whether an estimator changes rows in ``fit`` only, so that predictions do without it."""
    return hasattr(estimator, "fit_resample") and not hasattr(estimator, "transform")
