"""What a node can be: one declaration per kind, loaded without torch.

To add a layer, write one class in the file of its family.
"""

from netbuilder.layers import (  # noqa: F401  (importing a family registers its kinds)
    activation,
    activation_gates,
    activation_hard,
    activation_smooth,
    activation_softmax,
    adaptive,
    any_torch,
    attention,
    augmentation,
    combine,
    convolution,
    custom,
    data,
    decoder,
    dense,
    dropout,
    grouped_attention,
    lengths,
    losses,
    losses_critic,
    losses_difference,
    losses_distance,
    losses_focal,
    losses_margin,
    losses_overlap,
    losses_words,
    margins,
    metrics,
    metrics_classes,
    metrics_text,
    noise,
    normalisation,
    normalise,
    outputs,
    pooling,
    recurrent,
    reshape,
    scored_attention,
    separable,
    spectrogram,
    transformer,
    transposed,
    upsampling,
)
from netbuilder.layers.declare import BlockInstance, UnknownKind, block_params, declare, ports
from netbuilder.layers.roles import DataError, DataSet, Loss, Metric
from netbuilder.layers.shape import B, Dim, Flow, Shape, ShapeError, TensorSpec, count
from netbuilder.layers.spec import (
    FAMILIES,
    REGISTRY,
    Call,
    In,
    Layer,
    Param,
    ParamError,
    Port,
    param,
)

__all__ = [
    "FAMILIES", "REGISTRY", "B", "BlockInstance", "Call", "DataError", "DataSet", "Dim", "Flow",
    "In", "Layer", "Loss", "Metric", "Param", "ParamError", "Port", "Shape", "ShapeError",
    "TensorSpec", "UnknownKind", "block_params", "count", "declare", "param", "ports",
]  # fmt: skip
