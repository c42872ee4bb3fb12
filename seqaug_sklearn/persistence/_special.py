"""Parts of scikit-learn whose state is not plain: what is kept of them, how it is rebuilt, and what must hold of it.

Compiled code of scikit-learn reads trees, support vectors and vocabularies without looking whether they fit together.
So everything that it would follow as a place in memory is checked here before it is used.
"""

import numpy as np

from seqaug_sklearn.exceptions import DataFormatError, InvalidParameterError
from seqaug_sklearn.persistence._classes import name_of

__all__ = ["UnwritableError", "finish", "fitted_state", "make_tree", "tree_state"]

_REBUILT = {"_base_loss", "_loss", "_loss_function_", "_tree", "f_"}
"""Fitted attributes of scikit-learn that follow from others."""
_FIT_ONLY = {"_optimizer", "_random_state", "_rng", "_feature_subsample_rng", "_scorer", "_sample_weight"}
"""Those that only ``fit`` reads."""
_NEVER = {"_metadata_request"}

_HOLD_ROWS = {
    "sklearn.kernel_approximation.Nystroem",
    "sklearn.neighbors.KNeighborsClassifier",
    "sklearn.neighbors.KNeighborsRegressor",
    "sklearn.svm.NuSVC",
    "sklearn.svm.NuSVR",
    "sklearn.svm.SVC",
    "sklearn.svm.SVR",
    "seqaug_sklearn.augmentation.HaplotypeMosaic",
    "seqaug_sklearn.augmentation.OrthologAugmenter",
    "seqaug_sklearn.similarity.KmerSimilarity",
    "seqaug_sklearn.similarity.NearestSequenceClassifier",
    "seqaug_sklearn.similarity.NearestSequenceRegressor",
}
"""Classes whose fitted state is made of training rows."""

_HOLD_SKETCHES = {"seqaug_sklearn.similarity.ApplicabilityDomain"}
"""Those that may keep hashes of some k-mers instead."""

_OF_TREES = {"max_depth", "n_features", "n_classes", "n_outputs", "nodes", "values"}
_OF_BOOSTED = {"nodes", "binned_left_cat_bitsets", "raw_left_cat_bitsets"}
_LEAF = -1


class UnwritableError(InvalidParameterError):
    """Something that a model folder cannot hold; the message says where it stands."""


def fitted_state(estimator, where, *, private):
    """What an estimator has learned, as a dict of plain values; empty where it is not fitted.

    An estimator of this package may say for itself what that is: ``_to_kept()`` gives the dict, in which a dict of
    torch tensors is a network, and ``_from_kept(state)`` sets a new estimator to it.
    """
    params = estimator.get_params(deep=False)
    own = {name: value for name, value in vars(estimator).items() if name not in params}
    if not any(name.endswith("_") for name in own):
        return {name: value for name, value in own.items() if name == "_sklearn_output_config"}
    if private and _holds_rows(estimator):
        raise UnwritableError(
            f"{where} ({type(estimator).__name__}) consists of training rows, so private=True cannot keep "
            "it; use a model that does not (a linear model, trees, a network, a sketch), or private=False"
        )
    if hasattr(estimator, "_to_kept"):
        return estimator._to_kept()
    _check_no_categories(estimator, where)
    left_out = _NEVER
    if type(estimator).__module__.startswith(("sklearn.", "imblearn.")):
        left_out = _NEVER | _REBUILT | _FIT_ONLY
    # other names are set by __init__
    return {
        name: value
        for name, value in own.items()
        if name not in left_out and (name.endswith("_") or name.startswith("_"))
    }


def _holds_rows(estimator):
    """Whether training rows can be read from what an estimator has learned."""
    if name_of(type(estimator)) in _HOLD_SKETCHES:
        return estimator.sketch is None
    return name_of(type(estimator)) in _HOLD_ROWS


def _check_no_categories(estimator, where):
    if type(estimator).__name__.startswith("HistGradient") and getattr(estimator, "is_categorical_", None) is not None:
        raise UnwritableError(
            f"{where} splits by categories, which a model folder does not hold; encode them first, "
            "categorical_features=None"
        )


def tree_state(value):
    """(kind, state) of a tree of scikit-learn; None where it is something else."""
    from seqaug_sklearn.utils import _sklearn

    if type(value) is _sklearn.Tree:
        state = value.__getstate__()
        sizes = {"n_features": value.n_features, "n_classes": value.n_classes, "n_outputs": value.n_outputs}
        return "tree", {**sizes, "max_depth": state["max_depth"], "nodes": state["nodes"], "values": state["values"]}
    if type(value).__module__.startswith("sklearn.ensemble._hist") and type(value) is _sklearn.BoostedTree:
        return "boosted_tree", {name: getattr(value, name) for name in sorted(_OF_BOOSTED)}
    return None


def make_tree(kind, state):
    """Tree from its state, all of whose steps lead to a node of it."""
    from seqaug_sklearn.utils import _sklearn

    if set(state) != (_OF_TREES if kind == "tree" else _OF_BOOSTED):
        raise DataFormatError(f"a {kind} has other parts than it should")
    nodes = state["nodes"]
    if not (isinstance(nodes, np.ndarray) and nodes.ndim == 1 and len(nodes) and nodes.dtype.names):
        raise DataFormatError(f"a {kind} has no table of nodes")
    return _sklearn_tree(_sklearn, state) if kind == "tree" else _boosted_tree(_sklearn, state)


def _sklearn_tree(parts, state):
    nodes, values = _cast(state["nodes"], parts.NODE_DTYPE), np.ascontiguousarray(state["values"])
    n_features, n_outputs = state["n_features"], state["n_outputs"]
    n_classes = np.asarray(state["n_classes"])
    sizes = (n_features, n_outputs, state["max_depth"])
    if not all(type(size) is int and 0 <= size < 1 << 31 for size in sizes) or n_classes.dtype.kind not in "iu":
        raise DataFormatError("a tree has sizes that are no whole numbers >= 0")
    if n_classes.shape != (n_outputs,) or not n_outputs or n_classes.min() < 1:
        raise DataFormatError("a tree has n_classes that do not fit its n_outputs")
    if values.shape != (len(nodes), n_outputs, n_classes.max()) or values.dtype != np.float64:
        raise DataFormatError("a tree has values that do not fit its nodes")
    inner = nodes["left_child"] != _LEAF
    _check_steps(nodes, inner, "left_child", "right_child", "feature", n_features)
    tree = parts.Tree(n_features, np.asarray(n_classes, np.intp), n_outputs)
    tree.__setstate__({"max_depth": state["max_depth"], "node_count": len(nodes), "nodes": nodes, "values": values})
    return tree


def _boosted_tree(parts, state):
    nodes = _cast(state["nodes"], parts.BOOSTED_DTYPE)
    if nodes["is_categorical"].any():
        raise DataFormatError("a boosted tree splits by categories, which is refused")
    bitsets = [np.asarray(state[name]) for name in ("binned_left_cat_bitsets", "raw_left_cat_bitsets")]
    if any(part.dtype != np.uint32 or part.ndim != 2 or part.shape[1] != 8 for part in bitsets):
        raise DataFormatError("a boosted tree has wrong bitsets")
    _check_steps(nodes, nodes["is_leaf"] == 0, "left", "right", "feature_idx", 1 << 31)
    return parts.BoostedTree(nodes, *bitsets)


def _cast(nodes, dtype):
    """The table in this version's layout."""
    if [(name, nodes.dtype[name]) for name in nodes.dtype.names] != [(name, dtype[name]) for name in dtype.names]:
        raise DataFormatError("the nodes of a tree have other columns than this version of scikit-learn knows")
    cast = np.zeros(len(nodes), dtype)
    for name in dtype.names:
        cast[name] = nodes[name]
    return cast


def _check_steps(nodes, inner, left, right, feature, n_features):
    """Every node that is no leaf leads to two later ones, so each path ends, and reads a feature that is there."""
    places = np.flatnonzero(inner)
    for side in (left, right):
        steps = nodes[side][inner].astype(np.int64)
        if ((steps <= places) | (steps >= len(nodes))).any():
            raise DataFormatError("a tree has a node that leads outside of it, or back")
    features = nodes[feature][inner]
    if ((features < 0) | (features >= n_features)).any():
        raise DataFormatError("a tree has a node that reads a feature which is not there")


def finish(estimator):
    """Rebuild what was left out of a loaded estimator of scikit-learn, and check what compiled code would trust."""
    for name, finisher in _FINISHERS.items():
        if any(cls.__name__ == name and cls.__module__.startswith("sklearn.") for cls in type(estimator).__mro__):
            finisher(estimator)


def _need(is_right, estimator, what):
    if not is_right:
        raise DataFormatError(f"{type(estimator).__name__}: {what}")


def _is_fitted(estimator, name):
    return name in vars(estimator)


def _finish_trees(estimator):
    if _is_fitted(estimator, "tree_"):
        fits = getattr(estimator, "n_features_in_", None) == estimator.tree_.n_features
        _need(fits, estimator, "its tree reads another number of features than n_features_in_")


def _finish_forest(estimator):
    for tree in vars(estimator).get("estimators_", ()):
        fits = getattr(estimator, "n_features_in_", None) == getattr(tree, "n_features_in_", 0)
        _need(fits, estimator, "its trees read other numbers of features than n_features_in_")


def _finish_boosting(estimator):
    if not _is_fitted(estimator, "_predictors"):
        return
    mapper = vars(estimator).get("_bin_mapper")
    _need(mapper is not None and not np.any(mapper.is_categorical_), estimator, "it has categories, which is refused")
    n_features = estimator.n_features_in_
    fits = np.shape(mapper.is_categorical_) == (n_features,) and vars(estimator).get("_preprocessor") is None
    _need(fits, estimator, "its bins do not fit n_features_in_")
    for tree in (tree for trees in estimator._predictors for tree in trees):
        inner = tree.nodes["is_leaf"] == 0
        fits = (tree.nodes["feature_idx"][inner] < n_features).all()
        _need(fits, estimator, "its trees read features that are not there")
    estimator._loss = estimator._get_loss(sample_weight=None)


def _finish_linear_counts(estimator):
    if _is_fitted(estimator, "coef_"):
        estimator._base_loss = estimator._get_loss()


def _finish_isotonic(estimator):
    if _is_fitted(estimator, "X_thresholds_"):
        estimator._build_f(estimator.X_thresholds_, estimator.y_thresholds_)


def _finish_neighbors(estimator):
    if not _is_fitted(estimator, "_fit_X"):
        return
    fitted = estimator._fit_X
    fits = fitted.shape == (estimator.n_samples_fit_, estimator.n_features_in_)
    _need(fits, estimator, "its rows do not fit n_samples_fit_ and n_features_in_")
    labels = getattr(estimator, "_y", None)
    _need(labels is None or len(labels) == fitted.shape[0], estimator, "its labels do not fit its rows")
    estimator._tree = None
    if estimator._fit_method in ("kd_tree", "ball_tree"):
        from sklearn.neighbors import BallTree, KDTree

        kind = KDTree if estimator._fit_method == "kd_tree" else BallTree
        options = estimator.effective_metric_params_
        estimator._tree = kind(fitted, estimator.leaf_size, metric=estimator.effective_metric_, **options)


def _finish_support_vectors(estimator):
    if not _is_fitted(estimator, "support_vectors_"):
        return
    # the support vectors of a precomputed kernel are places in a row, which libsvm reads as they are
    is_known = estimator.kernel in ("linear", "poly", "rbf", "sigmoid")
    _need(is_known, estimator, "a kernel that is precomputed or a function is not kept")
    vectors, counts, duals = estimator.support_vectors_, estimator._n_support, estimator._dual_coef_
    n, is_classifier = vectors.shape[0], len(getattr(estimator, "classes_", ()))
    fits = counts.dtype == np.int32 and counts.ndim == 1 and (counts >= 0).all() and estimator.support_.shape == (n,)
    _need(fits and vectors.shape[1] == estimator.n_features_in_, estimator, "its support vectors do not fit")
    _need(estimator.shape_fit_[1] == estimator.n_features_in_, estimator, "shape_fit_ does not fit n_features_in_")
    if is_classifier:
        n_pairs = is_classifier * (is_classifier - 1) // 2
        fits = len(counts) == is_classifier and counts.sum() == n and duals.shape == (is_classifier - 1, n)
    else:
        # libsvm takes a regression for two classes
        n_pairs, fits = 1, duals.shape == (1, n) and len(counts) == 2 and counts[0] == n
    _need(fits and estimator._intercept_.shape == (n_pairs,), estimator, "its coefficients do not fit")
    sizes = {len(estimator._probA), len(estimator._probB)}
    # either is what libsvm is told, by the version of scikit-learn
    flags = [getattr(estimator, name, False) for name in ("_effective_probability", "probability")]
    tells = next((flag for flag in flags if flag and flag != "deprecated"), False)
    fits = isinstance(tells, bool) and sizes == {n_pairs} if tells else sizes <= {0, n_pairs} and len(sizes) == 1
    _need(fits, estimator, "its probabilities do not fit its classes")
    if estimator._sparse:
        whole = np.array_equal(duals.indptr, np.arange(len(duals.indptr)) * n) and len(duals.data) == duals.shape[0] * n
        _need(whole, estimator, "its sparse coefficients are not whole")


def _finish_vocabulary(estimator):
    vocabulary = vars(estimator).get("vocabulary_")
    if vocabulary is None:
        return
    places = [int(place) for place in vocabulary.values()]
    _need(sorted(places) == list(range(len(places))), estimator, "its vocabulary_ does not number its words")


def _finish_categories(estimator):
    if _is_fitted(estimator, "_n_features_outs"):
        fits = estimator._compute_n_features_outs() == estimator._n_features_outs
        _need(fits, estimator, "its categories_ do not fit its columns")


_FINISHERS = {
    "BaseDecisionTree": _finish_trees,
    "BaseForest": _finish_forest,
    "BaseHistGradientBoosting": _finish_boosting,
    "IsotonicRegression": _finish_isotonic,
    "_GeneralizedLinearRegressor": _finish_linear_counts,
    "KNeighborsMixin": _finish_neighbors,
    "BaseLibSVM": _finish_support_vectors,
    "CountVectorizer": _finish_vocabulary,
    "OneHotEncoder": _finish_categories,
}
"""Base class -> what is done to a loaded estimator of it."""
