"""Images in a folder, decoded when they are needed."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import cast

import numpy as np

from netbuilder.data.fields import Fields
from netbuilder.data.lazy import Array, Bad, Indices, Lazy
from netbuilder.data.reading import Reading
from netbuilder.layers import DataError
from netbuilder.layers.data_images import ImageFolder

#: So many files are decoded once before a run, to know which cannot be; more would take minutes.
SCANNED = 20_000
#: Decoded images stay in memory, a byte a value, if they take no more than this.
KEPT = 1 << 29
_AT_ONCE = 64


def image_folder(layer: ImageFolder) -> Fields:
    """image (rows, channels, height, width), label (rows,), without the files that are broken."""
    folder, listing = layer.folder(), layer.listing()
    images = Images(layer, folder, listing.files)
    fine, bad = images.looked_through()
    if not len(fine):
        first = bad[0]
        raise DataError(
            f"None of the {len(bad):,} images in {folder.name} can be decoded; {first.name}: "
            f"{first.reason}."
        )

    def only(rows: Indices) -> Fields:
        arrays: dict[str, Array] = {"image": cast(Array, images.only(rows))}
        if listing.classes:
            arrays["label"] = np.array(listing.label, dtype=np.int64)[rows]
        return Fields(
            arrays,
            class_names={"label": listing.classes} if listing.classes else {},
            keys={"file": np.array(listing.files)[rows]},
            bad=tuple(bad),
            without=without,
        )

    def without(names: Collection[str]) -> Fields:
        return only(np.flatnonzero([name not in names for name in listing.files]))

    return only(fine)


class Images(Lazy):
    """Images by number; those that were kept are not read again."""

    costly = True

    def __init__(
        self,
        layer: ImageFolder,
        folder: Path,
        files: tuple[str, ...],
        kept: Array | None = None,
        bad: Mapping[int, Bad] | None = None,
    ) -> None:
        self._layer, self._folder, self._files, self._kept = layer, folder, files, kept
        #: By row: what could not be kept.
        self._bad = bad or {}
        self._sizes = (layer.channels, layer.height, layer.width)
        self.shape = (len(files), *self._sizes)
        self.dtype = np.dtype("float32")

    def only(self, rows: Indices) -> Images:
        """These rows and no others."""
        files = tuple(self._files[i] for i in rows)
        kept = None if self._kept is None else self._kept[rows]
        bad = {p: self._bad[int(i)] for p, i in enumerate(rows) if int(i) in self._bad}
        return Images(self._layer, self._folder, files, kept, bad)

    def looked_through(self) -> tuple[Indices, list[Bad]]:
        """Decode every file once: which rows can be used, and what is wrong with the others."""
        count = min(len(self), SCANNED)
        kept = np.empty(self.shape, np.uint8) if self.size <= KEPT and count == len(self) else None

        def look(begin: int) -> dict[int, Bad]:
            bad = {}
            for row in range(begin, min(begin + _AT_ONCE, count)):
                pixels = self._decoded(row)
                if isinstance(pixels, Bad):
                    bad[row] = pixels
                elif kept is not None:
                    kept[row] = pixels
            return bad

        reading = Reading(f"images of {self._folder.name}", count)
        found: list[tuple[int, Bad]] = []
        with ThreadPoolExecutor(os.cpu_count() or 1, "images") as pool:
            for part, bad in enumerate(pool.map(look, range(0, count, _AT_ONCE)), start=1):
                found += bad.items()
                reading.done(min(part * _AT_ONCE, count))
        reading.end()
        self._kept, self._bad = kept, dict(found)
        fine = np.delete(np.arange(len(self)), [row for row, _ in found])
        return fine, [bad for _, bad in found]

    def take(self, rows: Indices, out: Array) -> Mapping[int, Bad]:
        """Rows from memory if they were kept, else from their files."""
        if self._kept is not None:
            np.copyto(out, self._kept[rows])
            out /= np.float32(255)
            return {p: self._bad[int(r)] for p, r in enumerate(rows) if int(r) in self._bad}
        bad = {}
        for place, row in enumerate(rows):
            pixels = self._decoded(int(row))
            if isinstance(pixels, Bad):
                bad[place], out[place] = pixels, 0
            else:
                out[place] = pixels
        out /= np.float32(255)
        return bad

    def _decoded(self, row: int) -> Array | Bad:
        name = self._files[row]
        try:
            return decoded(self._folder / name, self._sizes, self._layer.fit == "crop")
        except FileNotFoundError:
            return Bad(name, "it is not there any more")
        except Exception as error:  # a broken file makes a decoder raise nearly anything
            return Bad(name, _plainly(error))


def decoded(path: Path, sizes: tuple[int, int, int], crop: bool) -> Array:
    """The image in a file as bytes (channels, height, width); raises what Pillow raises."""
    from PIL import Image, ImageOps

    channels, height, width = sizes
    with Image.open(path) as image:
        image.draft(None, (2 * width, 2 * height))  # a JPEG is decoded no larger than it need be
        image.load()
        turned = ImageOps.exif_transpose(image)
        if turned.mode.startswith("I;16"):
            turned = Image.fromarray((np.asarray(turned) >> 8).astype(np.uint8))
        plain = turned.convert("RGB" if channels == 3 else "L")
        if crop:
            fitted = ImageOps.fit(plain, (width, height), Image.Resampling.BILINEAR)
        else:
            fitted = plain.resize((width, height), Image.Resampling.BILINEAR)
        pixels: Array = np.asarray(fitted).reshape(height, width, channels)
    return np.moveaxis(pixels, -1, 0)


def _plainly(error: Exception) -> str:
    """Why an image cannot be decoded, in a person's words."""
    words = str(error).lower()
    if type(error).__name__ == "UnidentifiedImageError":
        return "it is no image"
    if "truncated" in words or "unexpected end" in words:
        return "it is cut off"
    if type(error).__name__ == "DecompressionBombError":
        return "it is too large"
    if isinstance(error, PermissionError):
        return "it may not be read"
    return f"it is damaged ({(str(error) or type(error).__name__).splitlines()[0][:60]})"
