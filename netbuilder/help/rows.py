"""The rows of the curriculum, and what each of them needs to be done.

A need is written ``sort:name``; ``later:…`` says in words what does not exist yet. See
``exists`` in ``curriculum.py`` for the sorts.
"""

from __future__ import annotations

from collections.abc import Mapping

from netbuilder.help.row import Row, kinds, later, row
from netbuilder.help.rows_classics import CLASSICS, OUTPUTS

_BEGINNINGS = (
    "zeros", "constant", "normal", "xavier_uniform", "xavier_normal", "kaiming_uniform",
    "kaiming_normal", "orthogonal",
)  # fmt: skip

_PUBLISHED = (
    "lenet", "alexnet", "vgg16", "googlenet", "resnet18", "resnet34", "resnet50", "resnet101",
    "resnet152", "resnext50", "densenet121", "unet",
)  # fmt: skip

_C = (
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
        "test:tests/training/test_steps.py:test_each_value_of_the_gradient_is_held",
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

_D = (
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

_E = (
    row(
        "E1",
        "convolutions",
        kinds("conv1d conv2d conv3d conv_transpose1d conv_transpose2d conv_transpose3d")
        + "\nparam:conv2d.dilation\nparam:conv2d.groups\nparam:conv1d.padding=causal\n"
        "param:conv2d.padding_mode=reflect\nparam:conv_transpose2d.output_padding\n"
        + kinds("pointwise_conv depthwise_conv separable_conv"),
        "digits_cnn",
        "tests/layers/test_convolution.py:"
        "test_five_kernels_of_8_by_8_over_a_colour_image_have_965_parameters",
    ),
    row(
        "E2",
        "pooling and upsampling",
        kinds(
            "max_pool1d max_pool2d max_pool3d avg_pool1d avg_pool2d avg_pool3d global_avg_pool "
            "global_max_pool adaptive_avg_pool adaptive_max_pool max_unpool upsample pixel_shuffle "
            "pixel_unshuffle pad crop"
        )
        + "\nparam:max_pool2d.ceil_mode\nparam:upsample.mode=bicubic",
        "digits_cnn",
        "tests/layers/test_convolution.py:test_max_pooling_of_the_course",
    ),
    row(
        "E3",
        "receptive field and multiply-adds of every node",
        "code:netbuilder/compiler/report.py:NodeInfo\n"
        "code:netbuilder/compiler/receptive.py:receptive_fields",
        "digits_cnn",
        "tests/compiler/test_receptive.py:test_vgg16",
    ),
    row(
        "E4",
        "published networks as readable graphs",
        "\n".join(f"architecture:{name}\nexample:{name}" for name in _PUBLISHED),
        "resnet50",
        "tests/architectures/test_convolutional.py:test_it_has_the_published_size",
    ),
    row(
        "E5",
        "residual, gated, dense and U-Net skips by wiring",
        kinds("add multiply concat")
        + "\nexample:digits_cnn\nexample:shapes_segmentation\nexample:densenet121\nexample:unet",
        "shapes_segmentation",
        "tests/test_examples.py:test_skips_are_added_gated_and_put_side_by_side",
    ),
    row(
        "E6",
        "classification, segmentation, image to image",
        "example:digits_cnn\nexample:shapes_segmentation\nexample:digits_denoising\nkind:shapes",
        "shapes_segmentation",
        "tests/test_examples.py:test_each_pixel_finds_its_class",
    ),
)

_F = (
    row(
        "F1",
        "RNN, LSTM, GRU",
        kinds("rnn lstm gru last_step repeat_vector")
        + "\nparam:lstm.num_layers\nparam:lstm.bidirectional\nparam:lstm.dropout\n"
        + "param:lstm.proj_size\nparam:rnn.nonlinearity=relu\n"
        + "kind:length_mask\nkind:sequence_classes",
        "digits_lstm",
        "tests/nn/test_lengths.py:test_each_sequence_is_read_as_if_it_were_alone",
    ),
    row(
        "F2",
        "encoder–decoder with attention between",
        "architecture:seq2seq\nkind:additive_attention\nkind:dot_product_attention\n"
        "kind:bilinear_attention\nkind:cosine_attention\nkind:padding_mask\n"
        "param:attention_decoder.teacher_forcing\nparam:attention_decoder.begin\n"
        "kind:symbol_sequences\nkind:addition",
        "reverse_seq2seq",
        "tests/nn/test_attention_decoder.py:"
        "test_the_ratio_is_the_share_of_steps_that_hear_the_teacher",
    ),
    row(
        "F3",
        "language models",
        kinds("text embedding perplexity")
        + "\nparam:text.unit=words\nparam:text.vocabulary\n"
        + later("subwords"),
        "char_transformer",
        "tests/explain/test_text.py:test_words_are_written_with_blanks_and_never_the_unknown_one",
    ),
    row(
        "F4",
        "text generation",
        "code:netbuilder/explain/text.py:generate\n" + later("beam search", "top-k", "top-p"),
        "char_transformer",
    ),
    row(
        "F5",
        "embeddings",
        kinds("embedding one_hot embedding_bag tied_linear")
        + "\nparam:embedding.padding_idx\n"
        + kinds("skip_gram cbow negative_sampling cooccurrence glove")
        + "\ncode:netbuilder/explain/neighbours.py:neighbours\n"
        "code:netbuilder/app/panels/look_inside/neighbours_view.py:NeighboursView",
        "word2vec",
        "tests/explain/test_neighbours.py:test_words_of_one_group_find_each_other",
    ),
    row("F6", "gradient through time", later("its picture", "truncation")),
)

_G = (
    row(
        "G1",
        "attention",
        "kind:multihead_attention\nkind:grouped_query_attention\nkind:dot_product_attention\n"
        "kind:attention_pooling\nkind:padding_mask\nparam:multihead_attention.causal",
        "char_transformer",
        "tests/nn/test_attention_modules.py:test_a_score_for_each_pair_then_softmax_then_the_sum",
    ),
    row(
        "G2",
        "positional encodings",
        "param:positional_encoding.method=sinusoidal\n"
        "param:positional_encoding.method=learned\nparam:grouped_query_attention.rotary",
        "char_transformer",
        "tests/nn/test_attention_modules.py:test_rotary_turns_pairs_as_complex_numbers",
    ),
    row(
        "G3",
        "transformer blocks, repeated",
        kinds("transformer_encoder transformer_decoder")
        + "\nparam:transformer_encoder.norm_first\nparam:transformer_encoder.num_layers\n"
        "architecture:transformer\narchitecture:gpt2\narchitecture:bert\narchitecture:vit",
        "char_transformer",
        "tests/architectures/test_transformers.py:test_they_have_as_many_parameters_as_published",
    ),
    row(
        "G4",
        "ViT patches, Conformer, audio front end",
        kinds("to_tokens learned glu depthwise_conv spectrogram tones")
        + "\narchitecture:vit\narchitecture:conformer",
        "tones_listener",
        "tests/architectures/test_transformers.py:"
        "test_each_learns_shows_its_attention_and_survives_its_file",
    ),
    row(
        "G5",
        "attention maps of every head",
        "code:netbuilder/explain/attention.py:attention\n"
        "code:netbuilder/explain/attention.py:rollout\n" + later("per checkpoint"),
        "char_transformer",
    ),
)

_H = (
    row(
        "H1",
        "autoencoders",
        "kind:reparameterise\ncode:netbuilder/explain/latent.py:decode\n"
        + later("denoising and sparse", "latent space by mouse", "anomaly score"),
        "digits_vae",
    ),
    row("H2", "self-supervision", later("rotation, masking, contrastive")),
    row("H3", "transfer", later("load, freeze, LoRA, gradient reversal")),
    row("H4", "pre-trained weights", later("from a file and from a hub")),
)

_I = (
    row(
        "I1",
        "GANs",
        "example:digits_gan\nexample:digits_wgan\n"
        + kinds("noise detach random_mix wasserstein gradient_penalty")
        + "\n"
        "code:netbuilder/explain/samples.py:samples\n" + later("DCGAN and conditional examples"),
        "digits_gan",
    ),
    row("I2", "diffusion", later("noising, denoiser, sampling")),
    row("I3", "normalising flow", kinds("affine_coupling")),
)

_J = (
    row("J1", "deep sets and graph networks", kinds("gcn gat message_passing read_out")),
    row("J2", "node, edge and graph classification", kinds("karate_club")),
)

_K = (
    row(
        "K1",
        "saliency",
        "saliency:gradient\nsaliency:gradient_x_input\nsaliency:integrated_gradients\n"
        "saliency:smoothgrad\nsaliency:guided_backprop\nsaliency:grad_cam\n"
        "saliency:occlusion\nsaliency:deeplift",
        "digits_cnn",
    ),
    row(
        "K2",
        "activations, filters, what excites a unit",
        "code:netbuilder/explain/channels.py:channels\n"
        + later("filters", "maximally activating samples", "activation maximisation"),
        "digits_cnn",
    ),
    row(
        "K3",
        "live on the canvas: shape, activations, gradients, dead units",
        "code:netbuilder/explain/activations.py:activations\n"
        "code:netbuilder/explain/gradients.py:gradients\n"
        + later("share of dead units on the node"),
        "digits_cnn",
    ),
    row("K4", "adversarial examples", later("FGSM, PGD, transfer")),
    row("K5", "loss landscape", later("1-D and 2-D slices")),
    row(
        "K6",
        "worst mistakes, calibration, fairness",
        "code:netbuilder/app/panels/train/confusion.py:ConfusionView\n"
        + later("worst mistakes", "calibration", "metrics by group"),
        "digits_cnn",
    ),
    row("K7", "time travel over checkpoints", later("the slider")),
)

_L = (row("L1", "reinforcement learning", later("DQN and policy gradient on CartPole")),)

GROUPS: Mapping[str, tuple[Row, ...]] = {
    "A. Linear models and the classics": CLASSICS,
    "B. Activations, losses, outputs": OUTPUTS,
    "C. Optimisation": _C,
    "D. Generalisation": _D,
    "E. Convolutional networks": _E,
    "F. Sequences": _F,
    "G. Attention and transformers": _G,
    "H. Representation and transfer": _H,
    "I. Generative models": _I,
    "J. Graphs and sets": _J,
    "K. Looking inside": _K,
    "L. Reinforcement learning": _L,
}
