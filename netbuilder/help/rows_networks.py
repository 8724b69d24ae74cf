"""Rows of the curriculum about networks: of convolutions, over sequences, of attention."""

from __future__ import annotations

from netbuilder.help.row import kinds, later, row

_PUBLISHED = (
    "lenet", "alexnet", "vgg16", "googlenet", "resnet18", "resnet34", "resnet50", "resnet101",
    "resnet152", "resnext50", "densenet121", "unet",
)  # fmt: skip

CONVOLUTIONS = (
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

SEQUENCES = (
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

ATTENTION = (
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
