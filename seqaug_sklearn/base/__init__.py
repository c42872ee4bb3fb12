"""What estimators of sequences share: tags, input of text, windows that vote, scores with gaps, answers in one form."""

from seqaug_sklearn.base._answers import Answers, class_scores, read_answers
from seqaug_sklearn.base._measured_regressor import MeasuredRegressorMixin
from seqaug_sklearn.base._next_step import ResamplerMixin
from seqaug_sklearn.base._sequence_transformer import SequenceTransformer, TextInputMixin
from seqaug_sklearn.base._window_voting import WindowVoting, chosen_windows

__all__ = [
    "Answers",
    "MeasuredRegressorMixin",
    "ResamplerMixin",
    "SequenceTransformer",
    "TextInputMixin",
    "WindowVoting",
    "chosen_windows",
    "class_scores",
    "read_answers",
]
