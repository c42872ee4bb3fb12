"""The DNA-BERT pair system's network and training, as published."""

from seqaug_sklearn.published import DNA_BERT_PAIRS as PUBLISHED

__all__ = ["DNA_BERT_PAIRS"]

DNA_BERT_PAIRS = {
    "architecture": "residual_fcnn",
    "hidden_sizes": PUBLISHED["hidden_sizes"],
    "dropout": PUBLISHED["dropout"],
    "loss": "cross_entropy",
    "optimizer": "adamw",
    "lr": PUBLISHED["lr"],
    "weight_decay": PUBLISHED["weight_decay"],
    "gradient_clip": PUBLISHED["gradient_clip"],
    "plateau_factor": PUBLISHED["plateau_factor"],
    "plateau_patience": PUBLISHED["plateau_patience"],
    "patience": PUBLISHED["patience"],
    "keep": PUBLISHED["weights_kept"],
    "sampling": "balanced",
    "batch_size": PUBLISHED["batch_size"],
    "max_epochs": PUBLISHED["max_epochs"],
    "validation_fraction": PUBLISHED["validation_fraction"],
    "precision": "float32",
}
"""Keyword arguments of ``ResidualMLPClassifier`` for the DNA-BERT pair system's network and training.

Its validation rows are drawn at random, stratified; here they come from other members where groups are given. It
chooses a threshold afterwards: ``threshold="f1"``.
"""
