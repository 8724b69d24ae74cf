"""Takes the pictures of README and the guide anew: ``python assets/make_screenshots.py``.

It needs no screen and takes a few minutes, most of them for training. Names of scenes after
the command take only those: ``python assets/make_screenshots.py problem search``.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from netbuilder.app.picture import Studio
    from netbuilder.app.theme import Mode

FOLDER = Path(__file__).parent
LARGE, MEDIUM = (1680, 1050), (1440, 900)
MODES: tuple[Mode, ...] = ("dark", "light")


def trained(studio: Studio) -> Iterator[str]:
    """The digits after training: the curves, and what one answer rests on."""
    _open(studio, "digits_cnn")
    studio.train()
    studio.window.canvas.frame_all()
    studio.show_panel("train")
    yield "screenshot"
    studio.show_panel("look_inside")
    yield "look_inside"


def problem(studio: Studio) -> Iterator[str]:
    """A wrong number of outputs, with the links that mend it."""
    _open(studio, "digits_cnn")
    document, canvas = studio.window.document, studio.window.canvas
    graph = document.project.graph.set_param("linear_1", "out_features", 5).remove(["accuracy_1"])
    x, y = graph["output_1"].position
    document.edit_graph("Outputs", graph.move({"output_1": (x, y + 24)}))
    studio.show_panel("problems")
    canvas.select(["linear_1"])
    shown = canvas.canvas.bounds(["flatten_1", "linear_1", "cross_entropy_1", "output_1"])
    canvas.camera.frame(shown.adjusted(0, -40, 160, 40))  # with room for what is said below
    yield "problem"


def blocks(studio: Studio) -> Iterator[str]:
    """Inside the block that a small transformer repeats."""
    _open(studio, "char_transformer")
    canvas = studio.window.canvas
    studio.show_panel("code")
    canvas.enter_place(("transformer_block",))
    studio.settle(0.5)
    canvas.select(["multihead_attention_1"])
    canvas.camera.frame(canvas.canvas.bounds().adjusted(0, -60, 0, 0))  # with the lane above
    yield "blocks"


def search(studio: Studio) -> Iterator[str]:
    """What can follow, where a wire was let go on the empty canvas."""
    from PySide6.QtCore import QPoint, QPointF

    from netbuilder.app.canvas.ports import PortRef

    _open(studio, "spirals_mlp")
    document, canvas = studio.window.document, studio.window.canvas
    built = document.project.graph.remove(["linear_3", "output_1", "cross_entropy_1", "accuracy_1"])
    document.edit_graph("Begin", built)
    canvas.camera.set_zoom(1.0)
    port = PortRef("tanh_2", "y", True)
    canvas.centerOn(canvas.canvas.port_pos(port) + QPointF(120, 60))
    at = canvas.mapFromScene(canvas.canvas.port_pos(port)) + QPoint(90, -60)
    canvas.open_search(at, port)
    yield "search"


def start(studio: Studio) -> Iterator[str]:
    """Nothing is there yet."""
    studio.window.document.new()
    yield "start"


SCENES: dict[Callable[[Studio], Iterator[str]], tuple[int, int]] = {
    trained: LARGE,
    problem: MEDIUM,
    blocks: LARGE,
    search: MEDIUM,
    start: MEDIUM,
}


def _open(studio: Studio, name: str) -> None:
    from netbuilder import resources

    studio.window.files.open_quietly(resources.example(name))
    studio.settle(0.5)


def main(wanted: list[str]) -> None:
    """Take the pictures of these scenes, or of all."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from netbuilder.app.picture import Studio

    for scene, size in SCENES.items():
        if wanted and scene.__name__ not in wanted:
            continue
        for mode in MODES:
            with Studio(size, mode) as studio:
                studio.wait_for_engine()
                for name in scene(studio):
                    target = FOLDER / f"{name}_{mode}.png"
                    studio.take(target)
                    sys.stdout.write(f"{target.name}: {target.stat().st_size / 1000:.0f} kB\n")


if __name__ == "__main__":
    main(sys.argv[1:])
