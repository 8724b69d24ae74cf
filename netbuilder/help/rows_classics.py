"""Rows of the first groups of the curriculum: the classics; activations, losses, outputs."""

from __future__ import annotations

from netbuilder.help.row import kinds, later, row

CLASSICS = (
    row(
        "A1",
        "linear regression by gradient descent, beside the closed form",
        kinds("linear mse diabetes r2") + "\nalgorithm:sgd",
        "diabetes_regression",
        "tests/test_examples.py:test_diabetes_finds_the_closed_form",
    ),
    row(
        "A2",
        "ridge regression and its closed form",
        "setting:sgd.weight_decay",
        "ridge_regression",
        "tests/training/test_classics.py:test_weight_decay_is_ridge_regression",
    ),
    row(
        "A3",
        "perceptron",
        kinds("sign perceptron_loss"),
        "perceptron_xor",
        "tests/training/test_classics.py:test_a_perceptron_never_learns_xor",
    ),
    row(
        "A4",
        "multi-class perceptron",
        kinds("perceptron_loss"),
        "linear_classifiers",
        "tests/training/test_classics.py:test_each_update_is_that_of_the_rule",
    ),
    row(
        "A5",
        "logistic regression, binary and multinomial",
        kinds("linear cross_entropy bce_with_logits"),
        "linear_classifiers",
        "tests/training/test_classics.py:test_logistic_regression_is_that_of_scikit_learn",
    ),
    row(
        "A6",
        "linear SVM by hinge loss",
        kinds("hinge multiclass_hinge"),
        "linear_classifiers",
        "tests/training/test_classics.py:test_hinge_and_weight_decay_are_a_support_vector_machine",
    ),
    row(
        "A7",
        "baselines beside the network",
        "code:netbuilder/baselines/declared.py:BASELINES\n"
        "code:netbuilder/app/panels/train/baselines_view.py:BaselinesView",
        "linear_classifiers",
        "tests/baselines/test_compare.py:test_it_is_fitted_on_the_training_rows_of_the_run",
    ),
    row("A8", "clusters and projections of a layer's output", later("PCA, t-SNE, k-means")),
    row(
        "A9",
        "live decision boundary",
        "code:netbuilder/explain/boundary.py:decision_boundary\n"
        "code:netbuilder/app/panels/train/live_tiles.py:BoundaryTile\n" + kinds("spirals xor"),
        "spirals_mlp",
        "tests/explain/test_boundary.py:test_a_known_line",
    ),
)

OUTPUTS = (
    row(
        "B1",
        "activations with their curves",
        kinds(
            "identity sign sigmoid tanh relu leaky_relu prelu silu softplus gelu elu maxout "
            "softmax log_softmax"
        )
        + "\nparam:softmax.temperature\n"
        "code:netbuilder/app/panels/inspector/curve_view.py:CurveView",
        "spirals_mlp",
        "tests/layers/test_curves.py:test_the_curve_of_an_activation",
    ),
    row(
        "B2",
        "losses",
        kinds(
            "mse l1 huber bce_with_logits cross_entropy multiclass_hinge perceptron_loss "
            "kl_divergence gaussian_kl info_nce triplet cosine_loss wasserstein gradient_penalty "
            "ctc focal dice_loss"
        )
        + "\nparam:cross_entropy.label_smoothing",
        "digits_vae",
        "tests/layers/test_by_hand.py:test_generated_code_equals_code_by_hand",
    ),
    row(
        "B3",
        "several weighted losses in one graph",
        "param:cross_entropy.weight\nparam:gaussian_kl.weight\nexample:digits_vae\n"
        "example:googlenet\ncode:netbuilder/architectures/inception.py:googlenet",
        "googlenet",
        "tests/architectures/test_convolutional.py:test_all_three_heads_of_googlenet_learn",
    ),
    row(
        "B4",
        "warnings on classic mistakes",
        "code:netbuilder/compiler/mistakes.py:softmax_before_cross_entropy\n"
        "code:netbuilder/compiler/mistakes.py:linear_after_linear\n"
        "code:netbuilder/compiler/mistakes_at_the_end.py:sigmoid_for_one_class_of_several\n"
        "code:netbuilder/compiler/mistakes_at_the_end.py:relu_on_a_regression\n"
        "code:netbuilder/compiler/mistakes_of_training.py:batch_of_one\n"
        "test:tests/test_examples.py:test_each_classic_mistake_is_named_and_mended_by_a_click",
        "classic_mistakes",
        "tests/compiler/test_fixes.py:test_a_fix_ends_its_problem_and_brings_no_other",
    ),
)
