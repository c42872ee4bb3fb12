"""Texts on parameters and attributes that the neural classifiers have in common, written once."""

import inspect
import re
import textwrap

__all__ = ["TEXTS", "with_shared_texts"]

TEXTS = {
    # training
    "loss": (
        'Training loss; "focal" has gamma 2. Of several labels, the binary loss of each, averaged over the entries '
        "that are known."
    ),
    "class_weight": (
        'Weights of the classes in the loss; "balanced" is the inverse class frequency among what is trained on. Of '
        'several labels "balanced" is that of 0 and 1 for each label; a dict gives the weight of each label by its '
        "name, and a list ``{0: weight, 1: weight}`` for each label in turn."
    ),
    "max_epochs": "Most epochs.",
    "lr": "Learning rate of Adam.",
    # validation
    "patience": (
        "Epochs without improvement of ``monitor`` before training stops and the best weights are put back. None "
        "trains all epochs and keeps the last weights."
    ),
    "monitor": (
        '``"train_"`` or ``"valid_"`` + ``"loss"``, ``"accuracy"``, ``"f1"`` or ``"recall"`` (macro; of several labels '
        "the mean over them)."
    ),
    "validation_fraction": (
        "Share of the rows held out for early stopping: other parents than the training rows (groups; without them "
        "rows of one identifier; rows of equal content always) while every class keeps a training parent, and every "
        "label one where it is there and one where it is not; a class with a single parent gives a contiguous block "
        "of its windows, and the windows that overlap it are used for neither. None trains on all rows for all "
        "epochs."
    ),
    # bags
    "bag_pooling": (
        "How a bag of windows learns and answers. None: every window is trained with the label of its row, and the "
        "probabilities of its windows are averaged, as the window paper does. Otherwise the outputs of the windows "
        "are pooled into one answer, and the loss is that of the bag, so that windows without evidence need not be "
        'taken for it: "mean" of the probabilities where evidence is everywhere; where it is somewhere, "max" or '
        '"log_sum_exp" of the logits, "attention", or "noisy_or" (positive if some window is; the second of two '
        "classes is the positive one, and each of several labels). A training step takes whole bags, as many as hold "
        "about ``batch_size`` windows, but no fewer than eight."
    ),
    # augmentation
    "pad_to": (
        "Length that rows are padded to with zeros at the right end, for training and prediction; room for "
        "insertions, as in EvoAug. None is the longest row, or the ``pad_to`` of ``augment`` where that is longer."
    ),
    "augment": (
        "``augment_batch(X, rng, *, identifiers=None)`` of each is applied in turn to every one-hot training batch "
        "``(n, length_, n_symbols)``, never to validation rows, and gives back the same shape. An object with "
        "``for_training(identifiers, y)`` is asked once, with identifiers and labels of the training rows, for the "
        "object to use. Identifiers are the index of X or ``fit(..., identifiers=...)``; an augmenter that needs them "
        "says so where there are none."
    ),
    "finetune_epochs": (
        "Most epochs of a second stage on the unaugmented rows, which starts from the kept weights of the augmented "
        "training with a fresh optimizer. It stops early by the same rule, and keeps the best of its own epochs, even "
        "if an epoch of the first stage was better (``history_`` tells)."
    ),
    "finetune_lr": "Learning rate of the second stage, constant; None is ``lr / 10``.",
    "finetune_batch_size": "Windows per step of the second stage; None is ``batch_size``.",
    # device
    "device": "Where to train; a model trained on a GPU unpickles on a CPU.",
    "precision": (
        'Arithmetic of training; "auto" is bfloat16 under autocast where the device has it in hardware. Predictions '
        "are always float32."
    ),
    "callbacks": "Added to the built-in ones.",
    "verbose": "1 shows a progress bar, 2 skorch's table.",
    "random_state": (
        "Seed of weights, batches, dropout, internal split and, where there is one, augmentation. The same seed gives "
        "the same bits on a CPU for equal versions, machine, precision and thread count. Global generators are "
        "untouched."
    ),
    # of fit
    "X": (
        "One-hot (n_samples, length, n_symbols), bags of one-hot (n_samples, n_windows, length, n_symbols), text "
        "(n_samples,), or bags of text (n_samples, n_windows). A DataFrame of one text column and numbers brings "
        "covariates, which the network reads beside the sequence (:class:`~seqaug_sklearn.networks.CovariateNetwork`)."
    ),
    "y": (
        "Labels of any type; or several labels at once, two columns or more of 1 (there), 0 (not there) and NaN (not "
        "known: such entries take no part). Columns of which exactly one is 1 are read as labels too; of classes pass "
        "their names."
    ),
    "sample_weight": "Weight of each row in the loss.",
    "groups": ("Parent of each row, or its position (parent, start); the internal split keeps relatives together."),
    "identifiers": (
        "Names of the rows, for ``augment``; the index of a Series by default. Without groups, rows of one name are "
        "one parent: edited copies keep that of theirs."
    ),
    # attributes
    "classes_": "Labels. Of several labels at once ``[0, 1]`` for each of them.",
    "target_names_": (
        "Names of several labels: the columns of a frame, else ``y0``, ``y1``, ... There only where ``y`` held several."
    ),
    "covariates_": "Scales of the covariates among the training rows; None where X had none.",
    "net_": "The fitted net; its torch module is ``net_.module_``.",
    "history_": (
        "One row per epoch: epoch, stage, losses, accuracy, macro F1 and recall of training and validation rows, lr, "
        "seconds. Of several labels, scores are means over the labels. Training scores are taken while training "
        "(dropout on)."
    ),
    "validation_split_": (
        '``kind`` ("parents"; "rows" where nothing said what belongs together; "blocks", "none", ...) and the windows '
        "trained on, validated on and purged."
    ),
    "augment_reports_": (
        "For each object of ``augment`` the counts that it kept of its training, as ``OrthologAugmenter.report_``; "
        "None where it counts nothing."
    ),
}
"""Name -> what the docstrings of all that have it say about it."""

_MARK = re.compile(r"^( *)\{(\w+)\}$", re.MULTILINE)
_WIDTH = 120


def with_shared_texts(cls):
    """Put the shared texts into the docstrings of a class and of its own methods, where a line is a mark: ``{lr}``.

    What is said of all neural estimators stands in ``TEXTS``; bases say in ``_texts`` what is theirs. Type and default
    stay beside the mark, because they differ from class to class. Where there are no docstrings (``python -OO``) there
    is nothing to do.
    """
    texts = dict(TEXTS)
    for base in reversed(cls.__mro__):
        texts |= vars(base).get("_texts", {})
    for documented in (cls, *filter(inspect.isfunction, vars(cls).values())):
        if documented.__doc__ is not None:
            documented.__doc__ = _MARK.sub(lambda mark: _text_of(mark, texts), documented.__doc__)
    return cls


def _text_of(mark, texts):
    indent, name = mark.groups()
    return textwrap.fill(texts[name], _WIDTH, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False)
