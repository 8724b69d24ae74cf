"""Augmentation: samples changed at random while training, each in its own way.

All are identity in evaluation mode. Chance comes from torch's generators, whose state a run
keeps in its checkpoints. Plain batched tensor code: no loop over samples.
"""

import math

import torch
import torch.nn.functional as F
from torch import nn


def chosen(x: torch.Tensor, p: float) -> torch.Tensor:
    """One yes or no a sample, yes with probability p: (B, 1, …, 1)."""
    return torch.rand((x.shape[0], *[1] * (x.dim() - 1)), device=x.device) < p


def between(x: torch.Tensor, low: float, high: float) -> torch.Tensor:
    """One number a sample, evenly from low to high: (B, 1, …, 1)."""
    drawn = torch.rand((x.shape[0], *[1] * (x.dim() - 1)), device=x.device, dtype=x.dtype)
    return low + (high - low) * drawn


class RandomFlip(nn.Module):
    """Mirror samples along one axis with probability p: (B, …) → (B, …)."""

    def __init__(self, axis: int = -1, p: float = 0.5) -> None:
        super().__init__()
        self.axis, self.p = axis, p

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if not self.training:
            return x
        return torch.where(chosen(x, self.p), x.flip(self.axis), x)


class RandomAffine(nn.Module):
    """Turn, shift and scale pictures at random: (B, C, H, W) → (B, C, H, W).

    degrees: turned by at most this much either way. shift: by at most this share of height
    and width. scale: by a factor from 1 − scale to 1 + scale. What comes in from outside is 0.
    """

    def __init__(self, degrees: float = 10.0, shift: float = 0.1, scale: float = 0.0) -> None:
        super().__init__()
        self.degrees, self.shift, self.scale = degrees, shift, scale

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if not self.training:
            return x
        count, _, height, width = x.shape
        row = x.new_zeros(count)
        turn = between(row, -self.degrees, self.degrees) * (math.pi / 180)
        size = between(row, 1 - self.scale, 1 + self.scale)
        right = between(row, -2 * self.shift, 2 * self.shift)
        down = between(row, -2 * self.shift, 2 * self.shift)
        cos, sin = torch.cos(turn) / size, torch.sin(turn) / size
        # Places run from −1 to 1 along either side, so a picture that is not square is turned
        # in the measure of its pixels.
        upper = torch.stack([cos, -sin * (height / width), right], 1)  # (B, 3)
        lower = torch.stack([sin * (width / height), cos, down], 1)
        grid = F.affine_grid(torch.stack([upper, lower], 1), list(x.shape), align_corners=False)
        moved: torch.Tensor = F.grid_sample(x, grid, align_corners=False)
        return moved


class RandomCrop(nn.Module):
    """A random part of each picture: (B, C, H, W) → (B, C, height, width).

    padding: pixels of 0 put around first. In evaluation mode it is the part in the middle.
    resize: bring the part back to H × W; then the part has an area from `least` to 1.
    """

    def __init__(self, height: int, width: int, padding: int = 0) -> None:
        super().__init__()
        self.height, self.width, self.padding = height, width, padding

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = F.pad(x, [self.padding] * 4)
        high, wide = x.shape[2] - self.height, x.shape[3] - self.width
        if not self.training:
            top, left = high // 2, wide // 2
            return x[:, :, top : top + self.height, left : left + self.width]
        count, channels = x.shape[:2]
        tops = torch.randint(0, high + 1, (count, 1), device=x.device)
        lefts = torch.randint(0, wide + 1, (count, 1), device=x.device)
        rows = (tops + torch.arange(self.height, device=x.device))[:, None, :, None]
        columns = (lefts + torch.arange(self.width, device=x.device))[:, None, None, :]
        samples = torch.arange(count, device=x.device)[:, None, None, None]
        each = torch.arange(channels, device=x.device)[None, :, None, None]
        return x[samples, each, rows, columns]


class RandomResizedCrop(nn.Module):
    """A random part of each picture, brought back to its size: (B, C, H, W) → (B, C, H, W).

    least: the part has from this share of the area to all of it. Szegedy et al. 2015.
    """

    def __init__(self, least: float = 0.5) -> None:
        super().__init__()
        self.least = least

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if not self.training:
            return x
        row = x.new_zeros(x.shape[0])
        side = between(row, self.least, 1.0).sqrt()
        right, down = (between(row, -1.0, 1.0) * (1 - side) for _ in range(2))
        none = torch.zeros_like(side)
        upper, lower = torch.stack([side, none, right], 1), torch.stack([none, side, down], 1)
        grid = F.affine_grid(torch.stack([upper, lower], 1), list(x.shape), align_corners=False)
        moved: torch.Tensor = F.grid_sample(x, grid, align_corners=False, padding_mode="border")
        return moved


class ColourJitter(nn.Module):
    """Brightness, contrast and saturation changed at random: (B, C, …) → (B, C, …).

    Each is at most this far from leaving it alone: 0.2 adds up to ±0.2 to every value, and
    multiplies distances from the mean, and from grey, by 0.8 to 1.2. Saturation needs 3
    channels.
    """

    def __init__(
        self, brightness: float = 0.2, contrast: float = 0.2, saturation: float = 0.0
    ) -> None:
        super().__init__()
        self.brightness, self.contrast, self.saturation = brightness, contrast, saturation

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if not self.training:
            return x
        if self.saturation and x.shape[1] == 3:
            weight = torch.tensor([0.299, 0.587, 0.114], device=x.device, dtype=x.dtype)
            grey = (x * weight.view(1, 3, *[1] * (x.dim() - 2))).sum(1, keepdim=True)
            x = grey + (x - grey) * between(x, 1 - self.saturation, 1 + self.saturation)
        mean = x.mean(list(range(1, x.dim())), keepdim=True)
        x = mean + (x - mean) * between(x, 1 - self.contrast, 1 + self.contrast)
        return x + between(x, -self.brightness, self.brightness)


class RandomBlur(nn.Module):
    """Blur pictures by a Gaussian of random width: (B, C, H, W) → (B, C, H, W).

    sigma: the width is at most this many pixels; p: of the pictures are blurred.
    """

    def __init__(self, sigma: float = 1.0, p: float = 0.5) -> None:
        super().__init__()
        self.sigma, self.p = sigma, p

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if not self.training:
            return x
        count, channels, height, width = x.shape
        reach = max(1, math.ceil(2 * self.sigma))
        places = torch.arange(-reach, reach + 1, device=x.device, dtype=x.dtype)
        width_of = between(x.new_zeros(count, 1), 0.1, max(self.sigma, 0.1))  # (B, 1)
        kernel = torch.exp(-0.5 * (places / width_of).square())
        kernel = (kernel / kernel.sum(1, keepdim=True)).repeat_interleave(channels, 0)
        # Every sample has a kernel of its own: all samples as channels of one picture.
        y = F.pad(x, [reach] * 4, mode="replicate").flatten(0, 1)[None]  # (1, B·C, H, W)
        y = F.conv2d(y, kernel[:, None, :, None], groups=count * channels)
        y = F.conv2d(y, kernel[:, None, None, :], groups=count * channels)
        return torch.where(chosen(x, self.p), y.view(count, channels, height, width), x)


class AddNoise(nn.Module):
    """Add normal noise while training: (B, …) → (B, …). sigma: its deviation."""

    def __init__(self, sigma: float = 0.1) -> None:
        super().__init__()
        self.sigma = sigma

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + self.sigma * torch.randn_like(x) if self.training else x


class Cutout(nn.Module):
    """Set a random square of each picture to 0: (B, C, H, W) → (B, C, H, W).

    size: side of the square in pixels; p: of the pictures have one. DeVries and Taylor 2017.
    """

    def __init__(self, size: int = 8, p: float = 0.5) -> None:
        super().__init__()
        self.size, self.p = size, p

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if not self.training:
            return x
        inside = chosen(x, self.p)
        for axis in (2, 3):
            length = x.shape[axis]
            # The middle may lie at the rim, so that part of the square lies outside.
            middle = torch.randint(0, length, (x.shape[0], 1, 1, 1), device=x.device)
            place = torch.arange(length, device=x.device)
            place = place.view(1, 1, -1, 1) if axis == 2 else place.view(1, 1, 1, -1)
            start = middle - self.size // 2
            inside = inside & (place >= start) & (place < start + self.size)
        return x.masked_fill(inside, 0.0)


class TimeMask(nn.Module):
    """Set a random stretch of each sequence to 0: (B, T, C) → (B, T, C).

    length: at most so many steps; axis: that of time. Park et al., SpecAugment, 2019.
    """

    def __init__(self, length: int = 8, axis: int = 1) -> None:
        super().__init__()
        self.length, self.axis = length, axis

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if not self.training:
            return x
        steps = x.shape[self.axis]
        sizes = [x.shape[0], *[1] * (x.dim() - 1)]
        long = torch.randint(0, min(self.length, steps) + 1, sizes, device=x.device)
        start = (torch.rand(sizes, device=x.device) * (steps - long + 1)).long()
        shape = [1] * x.dim()
        shape[self.axis] = steps
        place = torch.arange(steps, device=x.device).view(shape)
        return x.masked_fill((place >= start) & (place < start + long), 0.0)


class Sobel(nn.Module):
    """How steep a picture is at every pixel: (B, C, H, W) → (B, C, H, W).

    √(gₓ² + g_y²) of each channel by the filters of Sobel and Feldman (1968).
    """

    def __init__(self) -> None:
        super().__init__()
        side = torch.tensor([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]]) / 8
        self.register_buffer("kernels", torch.stack([side, side.T])[:, None], persistent=False)
        self.kernels: torch.Tensor

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = F.pad(x.flatten(0, 1)[:, None], [1] * 4, mode="replicate")
        steep = F.conv2d(y, self.kernels).square().sum(1)
        # The root is as steep as a wall at 0: a little more keeps its gradient finite.
        return (steep + 1e-12).sqrt().view_as(x)
