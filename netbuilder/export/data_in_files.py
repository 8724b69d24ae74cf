"""Functions of a stand-alone script that read NumPy files and folders of images.

Such data may be large, so it is not copied: the script looks beside itself first, then where
the files lay when it was written.
"""

from __future__ import annotations

from netbuilder.layers.data_arrays import Column, NumpyFile
from netbuilder.layers.data_images import ImageFolder
from netbuilder.layers.image_listing import SUFFIXES

#: Text of a function, and the lines of its imports.
Reading = tuple[str, set[str]]


def of_arrays(layer: NumpyFile, name: str, wanted: set[str]) -> Reading:
    """Reads the wanted fields from their files as they are mapped into memory."""
    lines, opened = list[str](), dict[str, str]()
    for field, column in layer.columns().items():
        if field not in wanted:
            continue
        path = str(column.file.absolute())
        if path not in opened:
            opened[path] = file = "file" if not opened else f"file_{len(opened) + 1}"
            lines.append(f'    {file} = np.load(found({path!r}), mmap_mode="r")')
        lines.append(f'    arrays["{field}"] = {_converted(column, opened[path])}')
    body = "\n".join(lines)
    return _ARRAYS.format(name=name, title=layer.title, body=body), _IMPORTS


def _converted(column: Column, file: str) -> str:
    single = column.file.suffix.lower() != ".npz"
    raw = file if single else f'{file}["{column.stored.name}"]'
    if column.channel == "last":
        raw = f"np.moveaxis({raw}, -1, 1)"
    made = f'np.array({raw}, "{column.spec.dtype}", order="C")'
    if column.channel == "none" or len(column.spec.shape) != len(column.stored.shape):
        sizes = ", ".join(str(int(n)) for n in column.spec.shape[1:])
        made += f".reshape(-1, {sizes})"
    return f"{made} / np.float32(255)" if column.scale else made


def of_images(layer: ImageFolder, name: str) -> Reading:
    """Decodes every image of a folder, as it was decoded in training."""
    classes = layer.listing().classes
    text = _IMAGES.format(
        name=name,
        folder=str(layer.folder().absolute()),
        classes=classes or ("",),
        suffixes=tuple(sorted(SUFFIXES)),
        mode="RGB" if layer.channels == 3 else "L",
        channels=layer.channels,
        height=layer.height,
        width=layer.width,
        fitted=(
            "ImageOps.fit(image, size, Image.Resampling.BILINEAR)"
            if layer.fit == "crop"
            else "image.resize(size, Image.Resampling.BILINEAR)"
        ),
        result='{"image": images, "label": np.array(labels)}' if classes else '{"image": images}',
    )
    return text, {*_IMPORTS, "import re", "from PIL import Image, ImageOps"}


_IMPORTS = {"import numpy as np", "from pathlib import Path"}

_FOUND = """
    def found(path):
        beside = Path(__file__).with_name(Path(path).name)
        return beside if beside.exists() else Path(path)
"""

_ARRAYS = (
    '''def {name}():
    """The arrays of {title}, by field."""
'''
    + _FOUND
    + """
    arrays = {{}}
{body}
    return arrays"""
)

_IMAGES = (
    '''def {name}():
    """Images from 0 to 1 and their classes; a file that cannot be decoded is left out."""
'''
    + _FOUND
    + """
    def natural(path):
        parts = re.split(r"(\\d+)", path.name.lower())
        return [(int(p), "") if p.isdecimal() else (-1, p) for p in parts], path.name

    folder, size = found({folder!r}), ({width}, {height})
    rows, labels = [], []
    for label, inside in enumerate({classes!r}):
        for path in sorted((folder / inside).iterdir(), key=natural):
            if path.suffix.lower() not in {suffixes!r} or path.name.startswith("."):
                continue
            try:
                with Image.open(path) as image:
                    image.draft(None, ({width} * 2, {height} * 2))
                    image.load()
                    image = ImageOps.exif_transpose(image)
                    if image.mode.startswith("I;16"):
                        image = Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
                    image = image.convert("{mode}")
                    image = {fitted}
                    pixels = np.asarray(image).reshape({height}, {width}, {channels})
            except Exception as error:
                print(f"left out: {{path}}: {{error}}")
                continue
            rows.append(np.moveaxis(pixels, -1, 0))
            labels.append(label)
    images = np.stack(rows).astype(np.float32) / np.float32(255)
    return {result}"""
)
