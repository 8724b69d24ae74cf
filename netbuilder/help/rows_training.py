"""Rows of the curriculum about training: optimisation; generalisation."""

from __future__ import annotations

from netbuilder.help.row import kinds, row

_BEGINNINGS = (
    "zeros", "constant", "normal", "xavier_uniform", "xavier_normal", "kaiming_uniform",
    "kaiming_normal", "orthogonal",
)  # fmt: skip

OPTIMISATION = (
    row(
        "C1",
        "full-batch, mini-batch and pure SGD, shuffled each epoch",
        "training:batch_size\nalgorithm:sgd\ncode:netbuilder/data/device.py:OnDevice",
        "diabetes_regression",
        "tests/data/test_device.py:test_seed_and_epoch_decide_the_order",
    ),
    row(
        "C2",
        "optimisers",
        "algorithm:sgd\nsetting:sgd.momentum\nsetting:sgd.nesterov\nalgorithm:adagrad\n"
        "algorithm:adadelta\nalgorithm:rmsprop\nalgorithm:adam\nalgorithm:adamw\n"
        "algorithm:nadam\nalgorithm:lbfgs\nalgorithm:muon\nalgorithm:newton\n"
        "code:netbuilder/training/grouping.py:groups\n"
        "test:tests/training/test_steps.py:test_newton_ends_a_quadratic_in_one_step\n"
        "test:tests/training/test_steps.py:test_muon_takes_matrices_and_adamw_the_rest\n"
        "test:tests/training/test_steps.py:"
        "test_frozen_nodes_stay_and_others_have_rates_and_decay_of_their_own",
        "digits_cnn",
        "tests/training/test_steps.py:test_newton_and_lbfgs_find_the_weights_of_scikit_learn",
    ),
    row(
        "C3",
        "schedules of the learning rate",
        "code:netbuilder/app/widgets/log_slider.py:LogSlider\n"
        "code:netbuilder/training/scheduling.py:warm_up\n"
        "code:netbuilder/app/panels/training_settings/rate_curve.py:RateCurve\n"
        "test:tests/training/test_schedules.py:test_formulas_of_the_textbooks\n"
        "test:tests/training/test_schedules.py:"
        "test_set_by_hand_all_later_rates_are_larger_by_the_same_factor",
        "digits_cnn",
        "tests/training/test_schedules.py:test_the_curve_is_what_torch_does",
    ),
    row(
        "C4",
        "gradient clipping and accumulation",
        "setting:sgd.clip\nsetting:sgd.clip_value\nsetting:sgd.accumulate\n"
        "test:tests/training/test_steps.py:test_each_value_of_the_gradient_is_held\n"
        "test:tests/training/test_noise_scale.py:"
        "test_over_all_batches_it_is_the_variance_over_the_square",
        "digits_cnn",
        "tests/training/test_steps.py:test_a_batch_in_parts_is_the_batch",
    ),
    row(
        "C5",
        "initialisation per node, and how it bears on activations and gradients",
        "\n".join(f"param:linear.weight_init={method}" for method in _BEGINNINGS)
        + "\nparam:conv2d.bias_init\n"
        + "code:netbuilder/explain/verdicts.py:verdicts\n"
        + "test:tests/explain/test_beginnings.py:test_too_small_shrinks\n"
        + "code:netbuilder/app/panels/inspector/density_view.py:DensityView\n"
        + "test:tests/layers/test_law.py:test_weights_of_each_method_follow_its_law",
        "deep_tanh_mlp",
        "tests/compiler/test_beginnings.py:test_mean_variance_and_bound",
    ),
    row(
        "C6",
        "optimiser playground on small loss surfaces",
        "code:netbuilder/playground/surfaces.py:SURFACES\n"
        "code:netbuilder/app/panels/train/playground_view.py:PlaygroundView",
        "spirals_mlp",
        "tests/playground/test_race.py:test_momentum_is_its_formula",
    ),
    row(
        "C7",
        "learning-rate finder",
        "code:netbuilder/training/rehearsal.py:sweep\n"
        "code:netbuilder/app/panels/train/rehearsal_view.py:RateView",
        "spirals_mlp",
        "tests/training/test_rehearsal.py:test_the_suggestion_lies_below_where_descent_diverges",
    ),
)

GENERALISATION = (
    row(
        "D1",
        "train, validation and test splits",
        "code:netbuilder/data/split.py:split\ntraining:validation\ntraining:test\n"
        "code:netbuilder/data/kept_together.py:by_group\n"
        "code:netbuilder/data/kept_together.py:by_time\n"
        "code:netbuilder/data/kept_together.py:given\n"
        "code:netbuilder/app/panels/data/split_row.py:SplitRow",
        "digits_cnn",
        "tests/data/test_division.py:test_no_group_is_on_both_sides",
    ),
    row(
        "D2",
        "cross-validation, ensembles, averaged weights",
        "code:netbuilder/training/crossval.py:cross_validate\n"
        "code:netbuilder/training/crossval.py:bag\n"
        "code:netbuilder/training/averaging.py:averaging\n"
        "test:tests/training/test_judge.py:"
        "test_the_average_follows_its_formula_and_is_what_is_kept",
        "digits_cnn",
        "tests/training/test_crossval.py:test_five_folds_and_their_mean",
    ),
    row(
        "D3",
        "early stopping, best weights restored",
        "code:netbuilder/training/judge.py:Judge\n"
        "test:tests/training/test_judge.py:test_patience_counts_epochs_without_a_better_one",
        "digits_cnn",
        "tests/training/test_judge.py:test_a_run_stops_early_and_keeps_the_best_weights",
    ),
    row(
        "D4",
        "penalties, dropout, label smoothing, mixup",
        "setting:adamw.weight_decay\nkind:dropout\nparam:cross_entropy.label_smoothing\n"
        "kind:spatial_dropout\nkind:alpha_dropout\nsetting:sgd.l1\nsetting:sgd.decoupled\n"
        "code:netbuilder/training/mixing.py:Mixup\n"
        "test:tests/training/test_judge.py:"
        "test_mixup_mixes_samples_and_labels_in_the_same_proportion",
        "digits_cnn",
        "tests/training/test_steps.py:test_l1_and_weight_decay_are_the_elastic_net",
    ),
    row(
        "D5",
        "input normalisation",
        "kind:normalise\nparam:normalise.method=centre\nparam:normalise.method=standardise\n"
        "param:normalise.method=zero_to_one\nparam:normalise.method=minus_one_to_one\n"
        "param:csv.standardise\ncode:netbuilder/nn/normalise.py:fit_layers",
        "digits_augmented",
        "tests/training/test_fitting.py:test_figures_are_of_the_training_rows_alone",
    ),
    row(
        "D6",
        "augmentation",
        kinds(
            "random_crop random_resized_crop random_flip random_affine colour_jitter random_blur "
            "add_noise cutout sobel time_mask"
        )
        + "\ncode:netbuilder/explain/augmented.py:augmented\n"
        "code:netbuilder/app/panels/data/augmented_view.py:AugmentedView",
        "digits_augmented",
        "tests/nn/test_augment.py:test_only_in_training_and_each_sample_its_own",
    ),
    row(
        "D7",
        "normalisation layers",
        kinds("batch_norm layer_norm instance_norm group_norm rms_norm"),
        "char_transformer",
        "tests/layers/test_normalisation.py:test_mean_and_variance_are_taken_away",
    ),
    row(
        "D8",
        "hyper-parameter search",
        "code:netbuilder/tuning/tune.py:tune\ncode:netbuilder/tuning/study.py:Study\n"
        "code:netbuilder/tuning/sampling.py:sampler_of\n"
        "code:netbuilder/tuning/sampling.py:pruner_of\ncode:netbuilder/cli/tuning.py:search\n"
        "code:netbuilder/app/panels/train/search_view.py:SearchView\n"
        "code:netbuilder/app/panels/train/parallel_plot.py:ParallelPlot\n"
        "test:tests/tuning/test_study.py:test_pruning_ends_hopeless_runs_early\n"
        "test:tests/tuning/test_study.py:"
        "test_tpe_comes_to_the_good_rates_and_draws_the_same_again",
        "digits_search",
        "tests/tuning/test_study.py:test_a_grid_is_done_exactly_once_and_finds_the_planted_rate",
    ),
    row(
        "D9",
        "metrics",
        kinds(
            "accuracy binary_accuracy mae rmse r2 mape perplexity precision recall f1 roc_auc "
            "average_precision top_k_accuracy iou dice_score bleu"
        ),
        "digits_search",
        "tests/layers/test_metrics_of_classes.py:test_precision_recall_and_f1",
    ),
    row(
        "D10",
        "under- and overfitting named; one batch learned by heart",
        "code:netbuilder/training/diagnosis.py:diagnose\n"
        "code:netbuilder/training/rehearsal.py:one_batch\n"
        "code:netbuilder/app/panels/train/rehearsal_view.py:OneBatchView",
        "digits_cnn",
        "tests/training/test_diagnosis.py:test_overfitting_is_named_with_its_epoch",
    ),
)
