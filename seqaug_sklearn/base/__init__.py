"""What estimators of sequences share: tags, input of text, windows that vote, scores of numbers with gaps."""

from seqaug_sklearn.base._measured_regressor import MeasuredRegressorMixin
from seqaug_sklearn.base._sequence_transformer import SequenceTransformer, TextInputMixin
from seqaug_sklearn.base._window_voting import WindowVoting, chosen_windows

__all__ = ["MeasuredRegressorMixin", "SequenceTransformer", "TextInputMixin", "WindowVoting", "chosen_windows"]
