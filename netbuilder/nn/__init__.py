"""What torch lacks, as plain modules and functions, usable as a library.

Each stands by itself on `torch`, `nn`, `F` and `math`, because an exporter copies its
source into the files it writes.
"""

from netbuilder.nn.attention import causal_mask
from netbuilder.nn.attention_decoder import AttentionDecoder
from netbuilder.nn.augment import (
    AddNoise,
    ColourJitter,
    Cutout,
    RandomAffine,
    RandomBlur,
    RandomCrop,
    RandomFlip,
    RandomResizedCrop,
    Sobel,
    TimeMask,
)
from netbuilder.nn.contrastive import info_nce, nt_xent
from netbuilder.nn.ctc import ctc_loss
from netbuilder.nn.differences import log_cosh, quantile
from netbuilder.nn.divergence import gaussian_kl, gaussian_nll, kl_divergence
from netbuilder.nn.focal import binary_focal, focal
from netbuilder.nn.gradient_penalty import gradient_penalty, random_mix
from netbuilder.nn.grouped_attention import GroupedQueryAttention
from netbuilder.nn.learned import Learned
from netbuilder.nn.lengths import last_step, length_mask, masked_mean, read_packed, read_stepwise
from netbuilder.nn.margins import (
    hinge,
    multiclass_hinge,
    multiclass_perceptron,
    perceptron_loss,
    signed,
)
from netbuilder.nn.maxout import Maxout
from netbuilder.nn.newton import Newton
from netbuilder.nn.normalise import Normalise, Observed, fit_layers
from netbuilder.nn.overlap import tversky
from netbuilder.nn.positions import LearnedPositions, SinusoidalPositions
from netbuilder.nn.reparameterise import Reparameterise
from netbuilder.nn.scored_attention import (
    AdditiveAttention,
    AttentionPooling,
    BilinearAttention,
    CosineAttention,
    DotProductAttention,
)
from netbuilder.nn.spectrogram import Spectrogram
from netbuilder.nn.transformer import TransformerLayer, TransformerStack
from netbuilder.nn.words import glove, negative_sampling

__all__ = [
    "AddNoise", "AdditiveAttention", "AttentionDecoder", "AttentionPooling", "BilinearAttention",
    "ColourJitter", "CosineAttention", "Cutout", "DotProductAttention", "GroupedQueryAttention",
    "Learned", "LearnedPositions", "Maxout", "Newton", "Normalise", "Observed", "RandomAffine",
    "RandomBlur", "RandomCrop", "RandomFlip", "RandomResizedCrop", "Reparameterise",
    "SinusoidalPositions", "Sobel", "Spectrogram", "TimeMask", "TransformerLayer",
    "TransformerStack", "binary_focal", "causal_mask", "ctc_loss", "fit_layers", "focal",
    "gaussian_kl", "gaussian_nll", "glove", "gradient_penalty", "hinge", "info_nce",
    "kl_divergence", "last_step", "length_mask", "log_cosh", "masked_mean", "multiclass_hinge",
    "multiclass_perceptron", "negative_sampling", "nt_xent", "perceptron_loss", "quantile",
    "random_mix", "read_packed", "read_stepwise", "signed", "tversky",
]  # fmt: skip
