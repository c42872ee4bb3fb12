"""What the five published systems report: accessions, counts, settings and scores, each with its place in the source.

The one place of such numbers. Presets, recipes, reports and benchmarks read them from here; nothing here was measured
by this package. Shares are between 0 and 1.
"""

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["DEEPDIFE", "DNA_BERT_PAIRS", "PG_CGAN", "SYSTEMS", "WINDOW_PAPER", "Fact", "PublishedSystem"]


@dataclass(frozen=True)
class Fact:
    """One published statement.

    Attributes
    ----------
    value : object
        A number, a range ``(low, high)``, a text, or a dict of such. None in a range means that this end is not given.
    where : str
        Where it stands in its source.
    """

    value: Any
    where: str


class PublishedSystem(Mapping):
    """The facts of one published system, by name.

    ``system["lr"]`` is the value; ``system.fact("lr")`` also says where it stands.

    Parameters
    ----------
    title : str
        What the system is called here.
    source : str
        DOI or address.
    facts : dict of str to dict
        Place in the source -> name -> value.

    Examples
    --------
    >>> from seqaug_sklearn.published import WINDOW_PAPER
    >>> WINDOW_PAPER["accuracy"]["Arabidopsis thaliana"]
    0.9766
    >>> WINDOW_PAPER.fact("window").where
    'Methods, augmentation'
    """

    def __init__(self, title: str, source: str, facts: Mapping[str, Mapping[str, Any]]):
        self.title, self.source = title, source
        self._facts = {name: Fact(value, where) for where, values in facts.items() for name, value in values.items()}

    def __getitem__(self, name: str) -> Any:
        # a copy: what a reader changes stays with the reader
        return copy.deepcopy(self._facts[name].value)

    def __iter__(self) -> Iterator[str]:
        return iter(self._facts)

    def __len__(self) -> int:
        return len(self._facts)

    def fact(self, name: str) -> Fact:
        """Value and place in the source."""
        return self._facts[name]

    def __repr__(self):
        return f"<{self.title} ({self.source}): {len(self)} facts>"


WINDOW_PAPER = PublishedSystem(
    "window augmentation of chloroplast genomes",
    "doi 10.1038/s41598-025-12796-9",
    {
        "Methods, genomes and corresponding prepared datasets": {
            "accession": {
                "Arabidopsis thaliana": "NC_000932.1",
                "Chlamydomonas reinhardtii": "NC_005353.1",
                "Chlorella vulgaris": "NC_001865.1",
                "Glycine max": "NC_007942.1",
                "Nicotiana tabacum": "MZ707522.1",
                "Oryza sativa": "NC_031333.1",
                "Triticum aestivum": "NC_002762.1",
                "Zea mays": "NC_001666.2",
            },
            "n_regions": {
                "Arabidopsis thaliana": 113,
                "Chlamydomonas reinhardtii": 100,
                "Chlorella vulgaris": 210,
                "Glycine max": 110,
                "Nicotiana tabacum": 113,
                "Oryza sativa": 122,
                "Triticum aestivum": 116,
                "Zea mays": 125,
            },
            "n_proteins": {
                "Arabidopsis thaliana": 56,
                "Chlamydomonas reinhardtii": 46,
                "Chlorella vulgaris": 70,
                "Glycine max": 56,
                "Nicotiana tabacum": 58,
                "Oryza sativa": 57,
                "Triticum aestivum": 55,
                "Zea mays": 64,
            },
            "region_length": 300,
            "min_protein_length": 100,
            "longest_protein": 1995,
        },
        "Methods, augmentation": {
            "window": 40,
            "overlap": (5, 20),
            "min_shared": 15,
            # length of a sequence -> its windows
            "windows": {300: 261, 112: 73, 1995: 1956},
        },
        "Methods and notebook, DNA network": {
            "dna_network": {
                "conv_channels": (64, 128),
                "kernel_size": 3,
                "pool": "once",
                "hidden_size": 128,
                "num_layers": 2,
                "bidirectional": True,
                "dense_units": (100, 80),
                "lstm_dropout": 0.3,
                "dropout": 0.4,
            },
            "dna_training": {
                "loss": "cross_entropy",
                "class_weight": None,
                "max_epochs": 50,
                "batch_size": 32,
                "lr": 5e-4,
                "lr_decay": 0.85,
                "lr_decay_every": 5,
                "patience": 8,
                "monitor": "valid_loss",
                "validation_fraction": 0.1,
            },
            "dna_test_share": 0.2,
            "dna_trials": 5,
            # the seed of trial i is this one plus i
            "first_seed": 42,
        },
        "Methods and notebook, protein network": {
            "protein_network": {
                "conv_channels": (64, 128),
                "kernel_size": 3,
                "pool": "each",
                "hidden_size": 64,
                "num_layers": 1,
                "bidirectional": False,
                "dense_units": (64,),
                "lstm_dropout": 0.0,
                "dropout": 0.5,
            },
            "protein_training": {
                "loss": "cross_entropy",
                "class_weight": "balanced",
                "max_epochs": 50,
                "batch_size": 32,
                "lr": 1e-3,
                "lr_decay": None,
                "patience": None,
                "validation_fraction": 0.2,
            },
            "protein_folds": 5,
            "protein_runs": 3,
        },
        "Results, Figure 2 and text": {
            # the three highest of the eight; the others lie below the last
            "accuracy": {
                "Arabidopsis thaliana": 0.9766,
                "Glycine max": 0.9718,
                "Chlamydomonas reinhardtii": 0.9662,
            },
            "accuracy_standard_error": {"Chlorella vulgaris": 0.0025, "Oryza sativa": 0.0033},
            # 0 for every other genome
            "accuracy_without": {"Chlorella vulgaris": 0.00476},
        },
        "Results, Figure 4 and text": {
            "auprc": {
                "Arabidopsis thaliana": 0.991,
                "Triticum aestivum": 0.987,
                "Chlamydomonas reinhardtii": 0.984,
            },
            "auprc_without": {
                "Triticum aestivum": 0.0656,
                "Chlamydomonas reinhardtii": 0.0524,
                "Zea mays": 0.039,
            },
            "auprc_without_range": (0.021, 0.066),
        },
        "Results, Figure 6": {"pearson": 0.98, "pearson_without": 0.0},
        "Results, Figures 3 and 11 and text, one run of Chlamydomonas reinhardtii": {
            "single_run_accuracy": {"train": 0.9713, "valid": 0.9637, "test": 0.9627},
            "single_run_loss": {"train": 0.0641, "valid": 0.0671, "test": 0.0661},
        },
        "Results, Figure 8 and text": {
            "protein_precision_macro": (0.971, 0.991),
            "protein_recall_macro": (0.973, 0.992),
            "protein_f1_macro": (0.969, 0.992),
            "protein_precision_weighted": (0.924, 0.990),
            "protein_recall_weighted": (0.925, 0.989),
            "protein_f1_weighted": (0.924, 0.989),
            "protein_auprc": 1.0,
            "protein_auroc": 1.0,
        },
        "Results, Figure 7; notebook": {
            # KernelSHAP values, the second panel too: a plot that takes any three-dimensional array for interactions
            "shap_method": "shap_kernel",
            "shap_background": 10,
            "shap_samples": 5,
        },
        "Results, baselines (no table is published)": {"baseline_accuracy_below": 0.18},
        "Methods, unlabelled data; notebook": {
            "kmer_lengths": (5, 12),
            # the call in the notebook differs from the text
            "kmer_lengths_in_code": (5, 15),
            "n_clusters": 7,
            "cluster_seed": 21,
        },
    },
)
"""Sci. Rep. (2025): accessions, counts, windows, networks, training and scores, by species where they differ."""

DEEPDIFE = PublishedSystem(
    "DeepDifE (promoters, EvoAug's edits, orthologs)",
    "DeepDifE's repository and notebooks; edits: Lee et al. 2023, doi 10.1186/s13059-023-02941-w",
    {
        "notebook with random edits": {
            "edits_auroc": 0.8168,
            "edits_test_genes": 241,
            # 95 % interval that 241 genes allow
            "edits_auroc_interval": (0.76, 0.87),
            "edits": {
                "reverse_complement_probability": 0.5,
                "insertion": (0, 20),
                "deletion": (0, 30),
                "translocation": (0, 20),
                "mutation_rate": 0.05,
                "max_per_sequence": 2,
            },
            "edits_training": {
                "lr": 1e-3,
                "batch_size": 100,
                "max_epochs": 100,
                "patience": 20,
                "plateau_factor": 0.1,
                "plateau_patience": 5,
            },
        },
        "notebook with orthologs": {
            "orthologs_auroc": 0.7495,
            "orthologs_rate": 0.7,
            "orthologs_training": {
                "batch_size": 200,
                "max_epochs": 100,
                "patience": 40,
                "finetune_epochs": 10,
                "finetune_lr": 1e-4,
                "finetune_batch_size": 100,
            },
        },
        "cross-validation notebook": {
            "cross_validation_auroc": 0.70,
            "cross_validation_folds": 5,
            "held_out_auroc": 0.783,
            "held_out_genes": 498,
        },
        "search notebook": {
            "search_space": {
                "lr": (1e-5, 1e-1),
                "kernel_size": (8, 12, 16, 20, 24),
                "batch_size": tuple(range(50, 201, 25)),
                "n_convolutions": (2, 3),
            },
        },
    },
)
"""Scores on test genes whose families were not trained, and the settings of the notebooks."""

PG_CGAN = PublishedSystem(
    "PG-cGAN (genotypes)",
    "BCB 2020, doi 10.1145/3388440.3412475",
    {
        "paper and notebook": {
            "n_variants": 7160,
            "noise_size": 100,
            "batch_size": 64,
            # four critic steps, then one with the generator
            "critic_steps": 4,
            "dropout": 0.3,
            "weight_clip": 0.01,
            "clipped_layers": "convolutions",
            "optimizer": "RMSprop",
            "lr": 5e-5,
        },
        "notebook": {
            "max_epochs": 50,
            # stands there as a comment
            "max_epochs_commented_out": 5000,
            "populations": {"ACB": "AMR", "ASW": "AMR"},
            "validation_fraction": None,
            "weights_kept": "last",
        },
    },
)
"""Settings of the conditional GAN of the HLA region."""

DNA_BERT_PAIRS = PublishedSystem(
    "DNA-BERT pair classification",
    "github.com/mounikaboggavarapu/DNA_BERT_Embeddings",
    {
        "report on 1,000 test pairs": {
            "accuracy": 0.775,
            "precision": 0.654,
            "recall": 0.753,
            "f1": 0.70,
            "auroc": 0.85,
            "auprc": 0.774,
            # true negatives, false positives, false negatives, true positives
            "confusion": (512, 139, 86, 263),
        },
        "training script": {
            "n_inputs": 3072,
            "hidden_sizes": (1024, 512, 256),
            "dropout": 0.5,
            "n_parameters": 5_511_682,
            "lr": 1e-4,
            "weight_decay": 1e-5,
            "gradient_clip": 1.0,
            "plateau_factor": 0.5,
            "plateau_patience": 3,
            "patience": 7,
            "batch_size": 64,
            "max_epochs": 50,
            "sampling": "inverse class frequency",
            "validation_fraction": 0.2,
            "weights_kept": "last",
            "n_thresholds": 17,
            "threshold": 0.50,
            "n_train": 2_870_400,
            "n_valid": 717_600,
        },
        "embedding script": {
            "kmer": 6,
            "max_tokens": 512,
            "embedding_size": 768,
            # right is the mean without padding
            "pooling": "mean over all 512 positions, padding included",
            # of all training numbers, not of each column
            "scaling": "one minimum and one maximum, to [-1, 1]",
        },
        "tuning script": {
            "search_space": {
                "units_1": tuple(range(512, 2049, 256)),
                "units_2": tuple(range(256, 1025, 128)),
                "dropout": (0.2, 0.3, 0.4, 0.5),
                "l2": (1e-4, 1e-5, 1e-6),
                "lr": (1e-3, 1e-4, 5e-5),
            },
        },
    },
)
"""Scores, network, training, embedding and search space of the pair system."""

SYSTEMS = {
    "window paper": WINDOW_PAPER,
    "DeepDifE": DEEPDIFE,
    "PG-cGAN": PG_CGAN,
    "DNA-BERT pairs": DNA_BERT_PAIRS,
}
"""All published systems by name; the k-mer strategy for unlabelled data is part of the window paper."""
