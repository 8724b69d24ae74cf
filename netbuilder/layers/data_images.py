"""A folder of images as a data set."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from pathlib import Path
from typing import Literal

from netbuilder.layers import image_listing
from netbuilder.layers.roles import DataError, DataSet
from netbuilder.layers.shape import B, TensorSpec
from netbuilder.layers.spec import ParamError, param


class ImageFolder(DataSet):
    """Images from a folder with one sub-folder for each class.

    image (B, 3, height, width), or 1 instead of 3 where they are grey, from 0 to 1; label (B,):
    the class, in the order of the sub-folders' names. Without sub-folders there is only image.
    A file that cannot be decoded is named, left out and counted.
    """

    kind, title = "image_folder", "Image folder"
    use = "Photographs or drawings of your own, sorted into one folder for each class."
    mistakes = (
        "Copies of one picture in training and test make a network look better than it is.",
        "Large sizes cost time and memory with their square: begin with 32 or 64.",
    )
    loader = "netbuilder.data.images:image_folder"

    path: str = param(
        "", path=True, folder=True, label="Folder", help="A folder with a sub-folder per class."
    )
    height: int = param(64, min=1, max=4096, help="Pixels that every image is brought to.")
    width: int = param(64, min=1, max=4096, help="Pixels that every image is brought to.")
    colour: Literal["colour", "grey"] = param("colour", help="Three channels, or one.")
    fit: Literal["crop", "stretch"] = param(
        "crop", help="crop: the middle, in its own proportions; stretch: all of it."
    )

    @property
    def channels(self) -> int:
        """Numbers for each pixel."""
        return 3 if self.colour == "colour" else 1

    def file(self) -> Path | None:
        return Path(self.path).expanduser() if self.path else None

    def folder(self) -> Path:
        """The folder. Raises DataError before one is chosen."""
        folder = self.file()
        if folder is None:
            raise DataError("No folder is chosen yet: choose a folder of images in the Data node.")
        return folder

    def stamp(self) -> Hashable:
        """Of the folder and its sub-folders."""
        return image_listing.stamp(self.folder())

    def content_stamp(self) -> Hashable:
        """Of the images themselves."""
        return image_listing.content_stamp(self.folder())

    def listing(self) -> image_listing.Listing:
        """The files and their classes. Raises DataError."""
        return image_listing.listed(self.folder())

    def fields(self) -> Mapping[str, TensorSpec]:
        image = TensorSpec((B, self.channels, self.height, self.width))
        classes = self.listing().classes
        if not classes:
            return {"image": image}
        return {"image": image, "label": TensorSpec((B,), "int64", len(classes))}

    def class_names(self, field: str) -> tuple[str, ...]:
        return self.listing().classes if field == "label" else ()

    def output_ports(self) -> tuple[str, ...]:
        """Both while the folder cannot be read, so that wires stay."""
        try:
            return tuple(self.fields())
        except (DataError, ParamError):
            return ("image", "label")

    def summary(self) -> str:
        folder = self.file()
        return f"{folder.name[:12]} · {self.height}×{self.width}" if folder else "no folder"
