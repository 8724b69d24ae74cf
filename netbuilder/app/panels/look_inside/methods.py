"""The ways to ask what an answer rests on, in words. No Qt."""

from __future__ import annotations

from netbuilder.app.panels.look_inside.subject import Subject

TITLES: dict[str, str] = {
    "integrated_gradients": "Integrated gradients",
    "gradient": "Gradient",
    "smoothgrad": "SmoothGrad",
    "grad_cam": "Grad-CAM",
    "gradient_x_input": "Gradient × input",
    "occlusion": "Occlusion",
}
"""Methods by the name the engine knows, in the order in which they are offered."""

CAPTIONS: dict[str, str] = {
    "integrated_gradients": "from nothing to the sample, 64 steps",
    "gradient": "one backward pass",
    "smoothgrad": "mean of 32 noisy copies",
    "grad_cam": "regions, at the last convolution",
    "gradient_x_input": "one backward pass, times the input",
    "occlusion": "what hiding a part changes",
}


def offered(subject: Subject) -> tuple[str, ...]:
    """Methods that fit a project: Grad-CAM needs a convolution over the axes of the input."""
    convolved = bool(subject.convolutions) and subject.kind == "picture"
    return tuple(m for m in TITLES if m != "grad_cam" or convolved)


def is_amount(method: str, subject: Subject) -> bool:
    """Whether a method says how much, not for or against."""
    tokens = subject.kind == "tokens" and method in ("gradient", "smoothgrad")
    return method == "grad_cam" or tokens
