"""Augmentation: other samples out of those there are, in training only.

Ordinary nodes between the data and the network. Each sample is changed in its own random way;
in evaluation, and in every export, what arrives passes unchanged (a crop takes the middle).
"""

from __future__ import annotations

from typing import Literal

from netbuilder.layers.brief import brief, changed
from netbuilder.layers.expect import expect, expect_axes, numbers
from netbuilder.layers.look import Look, Looks, pointwise
from netbuilder.layers.shape import ShapeError, TensorSpec
from netbuilder.layers.sizes import by
from netbuilder.layers.spec import Call, Layer, Port, param

_IMAGE = (Port("x", takes=("image", "any"), help="Channels first."),)
_P = "Share of the samples that are changed."


class Augmentation(Layer, abstract=True):
    """Changes samples while training, and nothing afterwards."""

    family = "Augmentation"
    module = ""

    def call(self, x: TensorSpec) -> Call:
        names = [p.name for p in self.params()]
        return Call(f"netbuilder.nn.{self.module}", (), changed(self, *names))

    def infer(self, x: TensorSpec) -> TensorSpec:
        return expect(numbers(x, self.title), self.title, "image")

    def looks(self, x: TensorSpec) -> Looks:
        """As after training, when everything passes unchanged."""
        return pointwise(x)


class RandomFlip(Augmentation):
    """Mirror some of the pictures or signals while training.

    (B, C, H, W) or (B, C, T) → the same shape. Left and right change places, or top and bottom;
    afterwards everything passes unchanged.
    """

    kind, title, module = "random_flip", "Random flip", "RandomFlip"
    also = "augment mirror horizontal vertical"
    tex = r"y = \mathrm{mirror}(x)\;\; \mathrm{with\ probability}\;\; p"
    use = "Photos and other pictures of things that look as likely from the other side."
    mistakes = ("Letters and digits mean something else when mirrored: 6, 9, b and d.",)
    cites = "APS360, week 5; Krizhevsky et al. 2012"
    inputs = (Port("x", takes=("image", "sequence", "any"), help="Channels first."),)

    direction: Literal["left_right", "up_down"] = param(
        "left_right", help="Which sides change places; of a signal, its ends."
    )
    p: float = param(0.5, min=0, max=1, label="Probability", help=_P)

    def call(self, x: TensorSpec) -> Call:
        axis = {} if self.direction == "left_right" else {"axis": -2}
        return Call("netbuilder.nn.RandomFlip", (), {**axis, **changed(self, "p")})

    def infer(self, x: TensorSpec) -> TensorSpec:
        least = 3 if self.direction == "left_right" else 4
        return expect_axes(numbers(x, self.title), self.title, least, 5)

    def summary(self) -> str:
        return brief("" if self.direction == "left_right" else "up, down", f"p = {self.p:g}")


class RandomAffine(Augmentation):
    """Turn, shift and scale every picture a little while training, each differently.

    (B, C, H, W) → the same shape. What comes in from outside is 0; afterwards everything passes
    unchanged.
    """

    kind, title, module = "random_affine", "Random affine", "RandomAffine"
    also = "augment rotate rotation shift translate translation zoom scale resize"
    tex = r"y(p) = x\left( \frac{1}{s} R_\theta \, p + t \right)"
    use = "Pictures of things that stand anywhere and at a slant: digits, cells, products."
    mistakes = (
        "What comes in from outside is 0: put it where 0 is the background.",
        "At 90° and more, 6 becomes 9.",
    )
    cites = "APS360, week 5; Simard et al. 2003"
    inputs = _IMAGE

    degrees: float = param(10.0, min=0, max=180, label="Turn", help="At most so many degrees.")
    shift: float = param(0.1, min=0, max=1, help="At most this share of height and width.")
    scale: float = param(0.0, min=0, max=0.9, help="0.2: by a factor from 0.8 to 1.2.")

    def summary(self) -> str:
        return brief(f"±{self.degrees:g}°", f"±{100 * self.shift:.3g} %")


class RandomCrop(Augmentation):
    """A random part of every picture while training, the middle afterwards.

    (B, C, H, W) → (B, C, height, width). With padding as large as what is cut away the network
    sees every part of the picture, moved.
    """

    kind, title, module = "random_crop", "Random crop", "RandomCrop"
    also = "augment cut part"
    tex = r"y = x_{i:i+h,\, j:j+w}, \;\; i, j\ \mathrm{at\ random}"
    use = "Photos larger than what the network takes, or with padding, to move what they show."
    mistakes = ("A part much smaller than the picture may not show at all what the label says.",)
    cites = "Krizhevsky et al. 2012"
    inputs = _IMAGE

    size: tuple[int, ...] = param((24,), min=1, max=4096, length=2, help="Height and width.")
    padding: int = param(0, min=0, max=512, help="Pixels of 0 put around first.")

    def _size(self) -> tuple[int, int]:
        return self.size[0], self.size[-1]

    def call(self, x: TensorSpec) -> Call:
        return Call("netbuilder.nn.RandomCrop", self._size(), changed(self, "padding"))

    def infer(self, x: TensorSpec) -> TensorSpec:
        expect(numbers(x, self.title), self.title, "image")
        height, width = (int(n) + 2 * self.padding for n in x.shape[2:])
        high, wide = self._size()
        if high > height or wide > width:
            raise ShapeError(
                f"{self.title} cannot take {high}×{wide} from {height}×{width}.",
                params={"size": (min(high, height), min(wide, width))},
            )
        return TensorSpec((*x.shape[:2], high, wide))

    def summary(self) -> str:
        return brief(by(self._size()), f"pad {self.padding}" if self.padding else "")


class RandomResizedCrop(Augmentation):
    """A random part of every picture while training, brought back to its size.

    (B, C, H, W) → the same shape. Things are seen nearer and off the middle; afterwards
    everything passes unchanged.
    """

    kind, title, module = "random_resized_crop", "Random resized crop", "RandomResizedCrop"
    also = "augment zoom resize"
    tex = r"y = \mathrm{resize}(x_{\mathrm{part}}), \;\; a \leq \mathrm{area} \leq 1"
    use = "Photos, where things stand at any distance."
    mistakes = ("With a small least area the thing that the label names may be cut away.",)
    cites = "Szegedy et al. 2015"
    inputs = _IMAGE

    least: float = param(0.5, min=0.05, max=1, label="Least area", help="Share of the picture.")

    def summary(self) -> str:
        return f"at least {self.least:g}"


class ColourJitter(Augmentation):
    """Change brightness, contrast and saturation of every picture while training.

    (B, C, H, W) → the same shape; also signals (B, C, T). Contrast is about the mean of each
    sample; saturation needs 3 channels. Afterwards everything passes unchanged.
    """

    kind, title, module = "colour_jitter", "Colour jitter", "ColourJitter"
    also = "augment color brightness contrast saturation light"
    tex = r"y = m + c\,(x - m) + b"
    use = "Photos taken in any light."
    mistakes = ("Where the colour itself is the answer (ripe or not) it takes that away.",)
    cites = "APS360, week 5; Krizhevsky et al. 2012"
    inputs = (Port("x", takes=("image", "sequence", "any"), help="Channels first."),)

    brightness: float = param(0.2, min=0, max=10, help="At most so much is added or taken away.")
    contrast: float = param(0.2, min=0, max=1, help="0.2: by a factor from 0.8 to 1.2.")
    saturation: float = param(0.0, min=0, max=1, help="Of 3 channels: distance from grey.")

    def infer(self, x: TensorSpec) -> TensorSpec:
        expect_axes(numbers(x, self.title), self.title, 3, 5)
        if self.saturation and x.shape[1] != 3:
            raise ShapeError(
                f"{self.title} changes saturation of 3 channels; {x.text()} has {x.shape[1]}.",
                params={"saturation": 0.0},
            )
        return x

    def summary(self) -> str:
        return brief(f"±{self.brightness:g}", f"±{self.contrast:g}")


class RandomBlur(Augmentation):
    """Blur some of the pictures while training, each by another width.

    (B, C, H, W) → the same shape; afterwards everything passes unchanged.
    """

    kind, title, module = "random_blur", "Random blur", "RandomBlur"
    also = "augment gaussian smooth defocus"
    tex = r"y = x * N(0, \sigma^2), \;\; \sigma \sim U(0.1, \sigma_{\max})"
    use = "Photos that may be out of focus, and contrastive learning."
    mistakes = ("On pictures of 28×28 pixels a width of 1 removes what tells classes apart.",)
    cites = "Chen et al., SimCLR, 2020"
    inputs = _IMAGE

    sigma: float = param(1.0, min=0.1, max=16, label="Width", help="At most so many pixels, σ.")
    p: float = param(0.5, min=0, max=1, label="Probability", help=_P)

    def summary(self) -> str:
        return brief(f"σ ≤ {self.sigma:g}", f"p = {self.p:g}")


class AddNoise(Augmentation):
    """Add normal noise to every value while training.

    Any shape → the same shape; afterwards everything passes unchanged.
    """

    kind, title, module = "add_noise", "Add noise", "AddNoise"
    also = "augment gaussian jitter sequence"
    tex = r"y = x + \sigma\, \varepsilon, \;\; \varepsilon \sim N(0, 1)"
    use = "Measurements, sounds and pictures that are noisy where the network will be used."
    mistakes = ("σ is in the units of the data: normalise first, and 0.1 always means the same.",)
    cites = "Bishop 1995; Vincent et al. 2008"
    inputs = (Port("x"),)

    sigma: float = param(0.1, min=0, max=1000, label="Deviation", help="Of the noise, σ.")

    def infer(self, x: TensorSpec) -> TensorSpec:
        return numbers(x, self.title)

    def summary(self) -> str:
        return f"σ = {self.sigma:g}"


class Cutout(Augmentation):
    """Set a random square of some pictures to 0 while training.

    (B, C, H, W) → the same shape. The network learns not to lean on one part; afterwards
    everything passes unchanged.
    """

    kind, title, module = "cutout", "Cutout", "Cutout"
    also = "augment random erasing occlusion"
    tex = r"y = x\,(1 - m), \;\; m\ \mathrm{a\ square}"
    use = "Pictures in which a thing may be partly hidden."
    mistakes = ("A square of half the picture hides the thing itself; take a quarter of its side.",)
    cites = "DeVries and Taylor 2017"
    inputs = _IMAGE

    size: int = param(8, min=1, max=1024, help="Side of the square in pixels.")
    p: float = param(0.5, min=0, max=1, label="Probability", help=_P)

    def summary(self) -> str:
        return brief(f"{self.size}×{self.size}", f"p = {self.p:g}")


class TimeMask(Augmentation):
    """Set a random stretch of every sequence to 0 while training.

    (B, T, C), or (B, C, T) with channels first → the same shape; afterwards everything passes
    unchanged.
    """

    kind, title, module = "time_mask", "Time mask", "TimeMask"
    also = "augment specaugment sequence spectrogram frequency"
    tex = r"y_t = 0 \;\; \mathrm{for}\;\; t_0 \leq t < t_0 + n, \;\; n \leq N"
    use = "Sounds and measurements over time."
    mistakes = ("A mask longer than a word, or than an event, hides what the label names.",)
    cites = "Park et al., SpecAugment, 2019"
    inputs = (Port("x", takes=("sequence", "any")),)

    length: int = param(8, min=1, max=65_536, help="At most so many steps, N.")
    time: Literal["first", "last"] = param(
        "first", label="Time axis", help="first: B × T × C; last: B × C × T."
    )

    def call(self, x: TensorSpec) -> Call:
        axis = {} if self.time == "first" else {"axis": -1}
        return Call("netbuilder.nn.TimeMask", (), {**changed(self, "length"), **axis})

    def infer(self, x: TensorSpec) -> TensorSpec:
        return expect_axes(numbers(x, self.title), self.title, 3, 4)

    def summary(self) -> str:
        return f"at most {self.length}"


class Sobel(Augmentation):
    """How steep each channel is at every pixel: edges become bright, areas dark.

    (B, C, H, W) → the same shape. A fixed filter, in training and afterwards alike.
    """

    kind, title, module = "sobel", "Sobel edges", "Sobel"
    also = "augment edge filter gradient"
    tex = r"y = \sqrt{(x * S_x)^2 + (x * S_y)^2}"
    use = "To let a network see shapes and not brightness or colour."
    mistakes = ("It stays in the exported model, unlike the other augmentations.",)
    cites = "APS360, week 4; Sobel and Feldman 1968"
    inputs = _IMAGE

    def looks(self, x: TensorSpec) -> Looks:
        return {1: Look(1), 2: Look(2, 3), 3: Look(3, 3)}

    def summary(self) -> str:
        return ""
