"""Every source file has tests that are easy to find: under its own name, its family's, or the name given here."""

from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parent
ROOT = TESTS.parent / "seqaug_sklearn"

COVERED_BY = {
    "augmentation/_genotypes/_base": "augmentation/test_genotypes_haplotype_mosaic",
    "augmentation/_genotypes/_copying_model": "augmentation/test_genotypes_haplotype_mosaic",
    "augmentation/_genotypes/_gan_checkpoint": "augmentation/test_genotypes_gan",
    "augmentation/_genotypes/_gan_setup": "augmentation/test_genotypes_gan",
    "augmentation/_short_sequences": "augmentation/test_window_augmenter",
    "base/_measured_regressor": "regression/test_voting",
    "base/_window_voting": "classification/test_voting",
    "classification/_fixed_split": "evaluation/test_window_paper",
    "cli/_app": "cli/test_program",
    "cli/_genomes/_genome_files": "cli/test_regions",
    "cli/_models/_group_scores": "cli/test_models_fit",
    "cli/_models/_known_labels": "cli/test_models_fit",
    "cli/_models/_known_scores": "cli/test_models_fit",
    "cli/_models/_model_covariates": "cli/test_models_fit",
    "cli/_models/_predict": "cli/test_models_fit",
    "cli/_models/_prediction_rows": "cli/test_models_fit",
    "cli/_options": "cli/test_program",
    "cli/_relatives": "cli/test_groups",
    "cli/_run": "cli/test_program",
    "cli/_tables": "cli/test_split",
    "datasets/_genomes/_bed": "datasets/test_read_annotation",
    "datasets/_genomes/_features": "datasets/test_upstream",
    "datasets/_genomes/_gff": "datasets/test_read_annotation",
    "datasets/_genomes/_placed": "datasets/test_read_annotation",
    "datasets/_individuals/_alternatives": "datasets/test_vcf_dialects",
    "datasets/_individuals/_genotype_calls": "datasets/test_read_genotypes",
    "datasets/_individuals/_genotype_labels": "datasets/test_read_genotypes",
    "datasets/_individuals/_other_formats": "datasets/test_vcf_dialects",
    "datasets/_individuals/_regions": "datasets/test_read_genotypes",
    "datasets/_individuals/_vcf_rows": "datasets/test_vcf_dialects",
    "datasets/_simulated/_activity_rule": "datasets/test_make_activity",
    "datasets/_simulated/_activity_set": "datasets/test_make_activity",
    "datasets/_simulated/_planting": "datasets/test_make_promoters",
    "embedding/_embedding_run": "embedding/test_language_model",
    "embedding/_inputs": "embedding/test_language_model",
    "embedding/_model": "embedding/test_source",
    "embedding/_tokenizers": "embedding/test_kmers",
    "encoding/_covariates": "features/test_sequence_and_covariates",
    "encoding/_windows": "encoding/test_sliding_windows",
    "evaluation/_comparison_data": "evaluation/test_comparison",
    "evaluation/_comparison_report": "evaluation/test_comparison",
    "evaluation/_comparison_tests": "evaluation/test_comparison",
    "evaluation/_fitting": "evaluation/test_take_home",
    "evaluation/_inference": "evaluation/test_comparison",
    "evaluation/_inputs": "evaluation/test_compare",
    "evaluation/_kept_models/_averaged": "evaluation/test_kept_models_search",
    "evaluation/_kept_models/_candidates": "evaluation/test_kept_models_search",
    "evaluation/_kept_models/_chosen_model": "evaluation/test_kept_models_search",
    "evaluation/_kept_models/_class_confidence": "evaluation/test_kept_models_sequence_model",
    "evaluation/_kept_models/_facts": "evaluation/test_kept_models_sequence_model",
    "evaluation/_kept_models/_held_out": "evaluation/test_kept_models_sequence_model",
    "evaluation/_kept_models/_inner_predictions": "evaluation/test_kept_models_search",
    "evaluation/_kept_models/_refit": "evaluation/test_kept_models_sequence_model",
    "evaluation/_kept_models/_target_kinds": "evaluation/test_kept_models_number_confidence",
    "evaluation/_model_parts/_best_average": "evaluation/test_model_parts_tuned",
    "evaluation/_model_parts/_costs": "evaluation/test_augmentation_line_up",
    "evaluation/_model_parts/_front_steps": "evaluation/test_model_parts_number_models",
    "evaluation/_model_parts/_inner_choice": "evaluation/test_model_parts_tuned",
    "evaluation/_model_parts/_language_models": "evaluation/test_model_parts_feature_classifiers",
    "evaluation/_model_parts/_networks": "evaluation/test_augmentation_line_up",
    "evaluation/_running/_fit_fold": "evaluation/test_compare",
    "evaluation/_running/_fits": "evaluation/test_compare",
    "evaluation/_running/_fold_store": "evaluation/test_compare",
    "evaluation/_running/_planned": "evaluation/test_compare_repeats",
    "evaluation/_running/_repeats": "evaluation/test_compare_repeats",
    "evaluation/_sanity_models": "evaluation/test_sanity_section",
    "evaluation/_splits": "evaluation/test_compare",
    "evaluation/_thinned_training": "evaluation/test_window_paper",
    "evaluation/_verdict_of_pairs": "evaluation/test_verdict",
    "features/_columns": "features/test_kmer_counts",
    "features/_gapped_kmers": "features/test_gapped_kmer_counts",
    "features/_motif_scores": "features/test_motif_occupancy",
    "genotypes/_reading": "evaluation/test_genotypes_fidelity",
    "genotypes/_values": "genotypes/test_arrays",
    "inspection/_backgrounds": "inspection/test_sequence_attributions",
    "inspection/_explained": "inspection/test_sequence_attributions",
    "inspection/_match_motifs": "inspection/test_motifs",
    "inspection/_methods": "inspection/test_sequence_attributions",
    "inspection/_models": "inspection/test_sequence_attributions",
    "inspection/_motif_logos": "inspection/test_motif_report",
    "inspection/_perturbations": "inspection/test_sequence_attributions",
    "model_selection/_chance_models": "model_selection/test_sanity_numbers",
    "model_selection/_exchanges": "model_selection/test_shortcuts_parts",
    "model_selection/_group_deals": "model_selection/test_split_by_groups",
    "model_selection/_leakage/_leakage_report": "model_selection/test_leakage_audit",
    "model_selection/_leakage/_most_shared": "model_selection/test_leakage_groups",
    "model_selection/_leakage/_odd_targets": "model_selection/test_leakage_homologs",
    "model_selection/_leakage/_shared_sequence": "model_selection/test_leakage_audit",
    "model_selection/_null_data": "model_selection/test_sanity_checks",
    "model_selection/_optuna/_best_estimator": "model_selection/test_optuna_search",
    "model_selection/_replicates": "model_selection/test_contradictions",
    "model_selection/_shortcuts/_alike_pairs": "model_selection/test_shortcuts_beyond",
    "model_selection/_shortcuts/_association": "model_selection/test_shortcuts_parts",
    "model_selection/_shortcuts/_protein_traits": "model_selection/test_shortcuts_audit",
    "model_selection/_shortcuts/_scores": "model_selection/test_shortcuts_parts",
    "model_selection/_shortcuts/_target": "model_selection/test_shortcuts_parts",
    "model_selection/_shortcuts/_traits": "model_selection/test_shortcuts_audit",
    "model_selection/_shortcuts/_two_sets": "evaluation/test_shortcuts",
    "model_selection/_target_scores": "model_selection/test_sanity_numbers",
    "motifs/_logos": "plotting/test_logos",
    "networks/_dropout": "networks/test_cnn_bilstm",
    "networks/_last_step_lstm": "networks/test_cnn_bilstm",
    "neural/_batch_augmentation": "classification/test_cnn_bilstm",
    "neural/_estimators/_bag_learning": "classification/test_bag_learning",
    "neural/_estimators/_class_head": "classification/test_cnn_bilstm",
    "neural/_estimators/_cnn_bilstm_base": "classification/test_cnn_bilstm",
    "neural/_estimators/_logits": "classification/test_logits",
    "neural/_estimators/_motif_cnn_base": "classification/test_motif_cnn",
    "neural/_estimators/_neural_estimator": "classification/test_two_stage",
    "neural/_estimators/_number_head": "regression/test_number_targets",
    "neural/_estimators/_promoter_cnn_base": "classification/test_promoter_cnn",
    "neural/_estimators/_residual_mlp_base": "classification/test_residual_mlp",
    "neural/_estimators/_sequence_estimator": "classification/test_two_stage",
    "neural/_kept_state": "persistence/test_networks",
    "neural/_label_metrics": "neural/test_label_head",
    "neural/_net": "classification/test_cnn_bilstm",
    "persistence/_decode": "persistence/test_load",
    "persistence/_encode": "persistence/test_save",
    "persistence/_folder": "persistence/test_load",
    "plotting/_checks": "plotting/test_scores",
    "plotting/_label_placement": "plotting/test_clusters",
    "plotting/_rows": "plotting/test_comparison",
    "regression/_cnn_bilstm": "regression/test_number_targets",
    "similarity/_default_thresholds": "model_selection/test_leakage_audit",
    "similarity/_products": "similarity/test_kmer_similarity",
    "similarity/_scores": "similarity/test_kmer_similarity",
    "similarity/_sequence_clusters": "similarity/test_clustering",
    "similarity/_sequence_lookup": "similarity/test_nearest_sequence",
    "similarity/_shared_runs": "similarity/test_substrings",
    "similarity/_vocabulary": "similarity/test_kmer_similarity",
    "utils/_devices": "classification/test_cnn_bilstm",
    "utils/_files/_bgzip": "datasets/test_write_vcf",
    "utils/_files/_manifests": "utils/test_files_folders",
    "utils/_files/_npz": "inspection/test_attributions",
    "utils/_files/_user_cache": "datasets/test_plastomes",
    "utils/_optional": "test_packaging",
    "utils/_orthologs": "augmentation/test_orthologs",
    "utils/_packed_kmers": "features/test_kmer_counts",
    "utils/_random": "test_estimator_checks",
    "utils/_sklearn": "test_layers",
    "utils/_targets/_number_cells": "utils/test_targets_target",
    "utils/_words/_progress": "cli/test_compare",
    "utils/_words/_unique_names": "utils/test_words_messages",
}
"""Source file -> the test file that holds its tests, where that has another name."""

SOURCES = sorted(
    file.relative_to(ROOT).with_suffix("").as_posix()
    for file in ROOT.rglob("_[!_]*.py")
    if len(file.relative_to(ROOT).parts) > 1
)


def named_alike(source):
    """Test files whose name says that they are of this source file, or of its family."""
    unit, *family, name = (part.lstrip("_") for part in source.split("/"))
    names = [name, *(f"{folder}_{name}" for folder in family), *family]
    return [path for name in names if (path := TESTS / unit / f"test_{name}.py").exists()]


@pytest.mark.parametrize("source", SOURCES)
def test_every_source_file_has_tests_that_are_found(source):
    if source in COVERED_BY:
        assert (TESTS / f"{COVERED_BY[source]}.py").exists()
    else:
        assert named_alike(source), f"write tests for {source}, or say in COVERED_BY where they are"


def test_the_list_holds_nothing_else():
    assert sorted(COVERED_BY) == list(COVERED_BY)
    assert set(COVERED_BY) <= set(SOURCES)
    assert [source for source in COVERED_BY if named_alike(source)] == []
