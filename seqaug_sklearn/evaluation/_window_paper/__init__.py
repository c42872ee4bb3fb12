"""The window paper again, under its own protocol and held-out ones."""

from seqaug_sklearn.evaluation._window_paper._reproduction import WindowPaperReproduction, reproduce_window_paper
from seqaug_sklearn.evaluation._window_paper._results import PearsonOfCodes, pearson_of_codes

__all__ = ["PearsonOfCodes", "WindowPaperReproduction", "pearson_of_codes", "reproduce_window_paper"]
