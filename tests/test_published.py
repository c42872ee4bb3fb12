"""The published facts, typed a second time from the sources: the module and this table must agree."""

import pytest

from seqaug_sklearn.augmentation import WindowAugmenter
from seqaug_sklearn.classification import PAPER_DNA, PAPER_PROTEIN
from seqaug_sklearn.datasets import PG_CGAN_SUPER_POPULATIONS, PLASTOMES
from seqaug_sklearn.published import DEEPDIFE, DNA_BERT_PAIRS, PG_CGAN, SYSTEMS, WINDOW_PAPER, Fact

GENOMES = """
Chlamydomonas reinhardtii NC_005353.1 100 46
Chlorella vulgaris NC_001865.1 210 70
Arabidopsis thaliana NC_000932.1 113 56
Nicotiana tabacum MZ707522.1 113 58
Triticum aestivum NC_002762.1 116 55
Oryza sativa NC_031333.1 122 57
Zea mays NC_001666.2 125 64
Glycine max NC_007942.1 110 56
"""

WINDOW = {
    "accuracy": {"Arabidopsis thaliana": 97.66, "Glycine max": 97.18, "Chlamydomonas reinhardtii": 96.62},
    "accuracy_standard_error": {"Chlorella vulgaris": 0.25, "Oryza sativa": 0.33},
    "accuracy_without": {"Chlorella vulgaris": 0.476},
    "single_run_accuracy": {"train": 97.13, "valid": 96.37, "test": 96.27},
    "baseline_accuracy_below": 18,
}
"""Per cent, as printed."""

WINDOW_SHARES = {
    "auprc": {"Arabidopsis thaliana": 0.991, "Triticum aestivum": 0.987, "Chlamydomonas reinhardtii": 0.984},
    "auprc_without": {"Triticum aestivum": 0.0656, "Chlamydomonas reinhardtii": 0.0524, "Zea mays": 0.039},
    "auprc_without_range": (0.021, 0.066),
    "single_run_loss": {"train": 0.0641, "valid": 0.0671, "test": 0.0661},
    "pearson": 0.98,
    "pearson_without": 0,
    "protein_precision_macro": (0.971, 0.991),
    "protein_recall_macro": (0.973, 0.992),
    "protein_f1_macro": (0.969, 0.992),
    "protein_precision_weighted": (0.924, 0.990),
    "protein_recall_weighted": (0.925, 0.989),
    "protein_f1_weighted": (0.924, 0.989),
    "protein_auprc": 1,
    "protein_auroc": 1,
    "region_length": 300,
    "min_protein_length": 100,
    "longest_protein": 1995,
    "window": 40,
    "overlap": (5, 20),
    "min_shared": 15,
    "windows": {300: 261, 112: 73, 1995: 1956},
    "dna_test_share": 0.2,
    "dna_trials": 5,
    "first_seed": 42,
    "protein_folds": 5,
    "protein_runs": 3,
    "shap_method": "shap_kernel",
    "shap_background": 10,
    "shap_samples": 5,
    "kmer_lengths": (5, 12),
    "kmer_lengths_in_code": (5, 15),
    "n_clusters": 7,
    "cluster_seed": 21,
}

DNA = {
    "conv_channels": (64, 128), "kernel_size": 3, "pool": "once", "num_layers": 2, "bidirectional": True,
    "hidden_size": 128, "lstm_dropout": 0.3, "dense_units": (100, 80), "dropout": 0.4, "loss": "cross_entropy",
    "class_weight": None, "lr": 0.0005, "lr_decay": 0.85, "lr_decay_every": 5, "batch_size": 32, "max_epochs": 50,
    "patience": 8, "monitor": "valid_loss", "validation_fraction": 0.1, "alphabet": "dna",
    # ours: by training windows, where the paper's scaler sees all; float32 is the paper's arithmetic
    "standardize": True, "precision": "float32",
}  # fmt: skip

PROTEIN = {
    "conv_channels": (64, 128), "kernel_size": 3, "pool": "each", "num_layers": 1, "bidirectional": False,
    "hidden_size": 64, "lstm_dropout": 0, "dense_units": (64,), "dropout": 0.5, "loss": "cross_entropy",
    "class_weight": "balanced", "lr": 0.001, "lr_decay": None, "batch_size": 32, "max_epochs": 50, "patience": None,
    "validation_fraction": 0.2, "alphabet": "protein", "standardize": False, "precision": "float32",
}  # fmt: skip

PROMOTERS = {
    "edits_auroc": 0.8168,
    "edits_test_genes": 241,
    "edits_auroc_interval": (0.76, 0.87),
    "edits": {
        "reverse_complement_probability": 0.5, "insertion": (0, 20), "deletion": (0, 30), "translocation": (0, 20),
        "mutation_rate": 0.05, "max_per_sequence": 2,
    },
    "edits_training": {
        "lr": 0.001, "batch_size": 100, "max_epochs": 100, "patience": 20, "plateau_factor": 0.1, "plateau_patience": 5,
    },
    "orthologs_auroc": 0.7495,
    "orthologs_rate": 0.7,
    "orthologs_training": {
        "batch_size": 200, "max_epochs": 100, "patience": 40, "finetune_epochs": 10, "finetune_lr": 0.0001,
        "finetune_batch_size": 100,
    },
    "cross_validation_auroc": 0.7,
    "cross_validation_folds": 5,
    "held_out_auroc": 0.783,
    "held_out_genes": 498,
    "search_space": {
        "lr": (0.00001, 0.1), "kernel_size": (8, 12, 16, 20, 24), "batch_size": (50, 75, 100, 125, 150, 175, 200),
        "n_convolutions": (2, 3),
    },
}  # fmt: skip

GENOTYPES = {
    "n_variants": 7160, "noise_size": 100, "batch_size": 64, "critic_steps": 4, "dropout": 0.3, "weight_clip": 0.01,
    "clipped_layers": "convolutions", "optimizer": "RMSprop", "lr": 0.00005, "max_epochs": 50,
    "max_epochs_commented_out": 5000, "populations": {"ACB": "AMR", "ASW": "AMR"}, "validation_fraction": None,
    "weights_kept": "last",
}  # fmt: skip

PAIRS = {
    "accuracy": 0.775, "precision": 0.654, "recall": 0.753, "f1": 0.7, "auroc": 0.85, "auprc": 0.774,
    "confusion": (512, 139, 86, 263), "n_inputs": 3072, "hidden_sizes": (1024, 512, 256), "dropout": 0.5,
    "n_parameters": 5511682, "lr": 0.0001, "weight_decay": 0.00001, "gradient_clip": 1, "plateau_factor": 0.5,
    "plateau_patience": 3, "patience": 7, "batch_size": 64, "max_epochs": 50, "sampling": "inverse class frequency",
    "validation_fraction": 0.2, "weights_kept": "last", "n_thresholds": 17, "threshold": 0.5, "n_train": 2870400,
    "n_valid": 717600, "kmer": 6, "max_tokens": 512, "embedding_size": 768,
    "pooling": "mean over all 512 positions, padding included",
    "scaling": "one minimum and one maximum, to [-1, 1]",
    "search_space": {
        "units_1": (512, 768, 1024, 1280, 1536, 1792, 2048), "units_2": (256, 384, 512, 640, 768, 896, 1024),
        "dropout": (0.2, 0.3, 0.4, 0.5), "l2": (0.0001, 0.00001, 0.000001), "lr": (0.001, 0.0001, 0.00005),
    },
}  # fmt: skip


def genome_column(place):
    rows = [line.split() for line in GENOMES.strip().splitlines()]
    return {" ".join(row[:2]): row[place] for row in rows}


def test_genomes_and_counts_are_the_papers():
    assert WINDOW_PAPER["accession"] == PLASTOMES == genome_column(2)
    assert WINDOW_PAPER["n_regions"] == {name: int(count) for name, count in genome_column(3).items()}
    assert WINDOW_PAPER["n_proteins"] == {name: int(count) for name, count in genome_column(4).items()}


@pytest.mark.parametrize("name", WINDOW)
def test_printed_percentages_of_the_window_paper(name):
    printed, found = WINDOW[name], WINDOW_PAPER[name]
    if isinstance(printed, dict):
        assert {key: round(100 * value, 6) for key, value in found.items()} == printed
    else:
        assert 100 * found == printed


@pytest.mark.parametrize(
    ("system", "table"),
    [(WINDOW_PAPER, WINDOW_SHARES), (DEEPDIFE, PROMOTERS), (PG_CGAN, GENOTYPES), (DNA_BERT_PAIRS, PAIRS)],
    ids=["window paper", "DeepDifE", "PG-cGAN", "pairs"],
)
def test_facts_equal_the_second_table(system, table):
    assert {name: system[name] for name in table} == table


def test_no_fact_is_without_its_twin():
    window = {*WINDOW, *WINDOW_SHARES, "accession", "n_regions", "n_proteins"}
    networks = {"dna_network", "dna_training", "protein_network", "protein_training"}
    assert set(WINDOW_PAPER) == window | networks
    assert (set(DEEPDIFE), set(PG_CGAN), set(DNA_BERT_PAIRS)) == (set(PROMOTERS), set(GENOTYPES), set(PAIRS))


def test_presets_are_the_published_settings():
    assert DNA == PAPER_DNA
    assert PROTEIN == PAPER_PROTEIN
    assert {code for code, group in PG_CGAN_SUPER_POPULATIONS.items() if group == "AMR"} >= {"ACB", "ASW"}


@pytest.mark.parametrize("length", [300, 112])
def test_the_number_of_windows_is_the_papers(length, random_dna):
    augmenter = WindowAugmenter(
        WINDOW_PAPER["window"], overlap=WINDOW_PAPER["overlap"], min_shared=WINDOW_PAPER["min_shared"]
    )
    windows = augmenter.explode(random_dna(1, length))
    assert len(windows) == WINDOW_PAPER["windows"][length]


@pytest.mark.parametrize("system", SYSTEMS.values(), ids=SYSTEMS)
def test_each_fact_says_where_it_stands(system):
    assert system.source
    for name in system:
        fact = system.fact(name)
        assert isinstance(fact, Fact)
        assert fact.value == system[name]
        assert fact.where.strip()
    assert f"{len(system)} facts" in repr(system)


def test_a_reader_changes_nothing_for_others():
    WINDOW_PAPER["accuracy"]["Zea mays"] = 1.0
    assert "Zea mays" not in WINDOW_PAPER["accuracy"]
