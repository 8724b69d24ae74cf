"""The rows of the curriculum, and what each of them needs to be done.

A need is written ``sort:name``; ``later:…`` says in words what does not exist yet. See
``exists`` in ``curriculum.py`` for the sorts.
"""

from __future__ import annotations

from collections.abc import Mapping

from netbuilder.help.row import Row, kinds, later, row
from netbuilder.help.rows_classics import CLASSICS, OUTPUTS
from netbuilder.help.rows_networks import ATTENTION, CONVOLUTIONS, SEQUENCES
from netbuilder.help.rows_training import GENERALISATION, OPTIMISATION

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
    "C. Optimisation": OPTIMISATION,
    "D. Generalisation": GENERALISATION,
    "E. Convolutional networks": CONVOLUTIONS,
    "F. Sequences": SEQUENCES,
    "G. Attention and transformers": ATTENTION,
    "H. Representation and transfer": _H,
    "I. Generative models": _I,
    "J. Graphs and sets": _J,
    "K. Looking inside": _K,
    "L. Reinforcement learning": _L,
}
