"""The menu under the right button: of a node, a port, a wire, or the canvas."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QPointF
from PySide6.QtWidgets import QMenu

if TYPE_CHECKING:
    from netbuilder.app.canvas.view import CanvasView

NODE = (
    *("enter", "rename", "-", "cut", "copy", "duplicate", "duplicate_wired", "-"),
    *(
        "group",
        "mute",
        "collapse",
        "hide_ports",
        "-",
        "delete",
        "delete_heal",
        "-",
        "downstream",
        "upstream",
        "frame",
    ),
)
SEVERAL = ("comment", "connect", "align_left", "align_top", "distribute", "-")
BLOCK = ("ungroup", "make_unique", "update_instances", "-")
WIRE = ("delete",)
FRAME = ("rename", "delete")
CANVAS = (
    "add",
    "comment",
    "paste",
    "-",
    "select_all",
    "frame_all",
    "leave",
    "-",
    "snap",
    "minimap",
)


#: Colours of frames: those of what flows.
TINTS = {
    "": "Grey",
    "image": "Blue",
    "sequence": "Amber",
    "vector": "Green",
    "loss": "Pink",
}


def menu_at(view: CanvasView, at: QPointF) -> QMenu:
    """The menu for what is at a point of the scene; what is there gets selected."""
    menu = QMenu(view)
    scene = view.canvas
    port, node = scene.port_at(at), scene.node_at(at)
    edge = scene.wire_at(at, 6 / view.camera.scale)
    if port is not None:
        edges = view.edges_at(port)
        take = menu.addAction("Take off the wires" if len(edges) > 1 else "Take off the wire")
        take.setEnabled(bool(edges))
        take.triggered.connect(partial(view.commands.break_wires, edges))
        where = view.mapFromScene(at)
        menu.addAction("Add a node here …").triggered.connect(
            partial(view.open_search, where, port)
        )
    elif node is not None:
        if not node.isSelected():
            scene.select([node.node.id])
        names = (*SEVERAL, *NODE) if len(scene.selected) > 1 else NODE
        _fill(menu, view, (*BLOCK, *names) if node.face.block else names)
        view.actions_by_name["enter"].setEnabled(node.face.block)
    elif (bend := scene.bends.at(at)) is not None:
        scene.select((), (), (), bend)
        menu.addAction("Remove the bend").triggered.connect(partial(view.framing.straighten, bend))
    elif edge is not None:
        scene.select((), [edge])
        _fill(menu, view, WIRE)
    elif (frame := scene.frames.title_at(at)) is not None:
        scene.select((), (), [frame])
        _fill(menu, view, FRAME)
        tints = menu.addMenu("Colour")
        for colour, words in TINTS.items():
            tints.addAction(words).triggered.connect(partial(view.framing.tint, frame, colour))
    else:
        _fill(menu, view, CANVAS)
        view.actions_by_name["leave"].setEnabled(bool(view.place))
    return menu


def context_menu(view: CanvasView, at: QPointF, on_screen: QPoint) -> None:
    """Show the menu for what is under the pointer."""
    menu = menu_at(view, at)
    menu.aboutToHide.connect(menu.deleteLater)
    menu.aboutToHide.connect(partial(_all_enabled, view))
    menu.popup(on_screen)


def _all_enabled(view: CanvasView) -> None:
    for name in ("enter", "leave"):
        view.actions_by_name[name].setEnabled(True)


def _fill(menu: QMenu, view: CanvasView, names: tuple[str, ...]) -> None:
    for name in names:
        if name == "-":
            menu.addSeparator()
        else:
            menu.addAction(view.actions_by_name[name])
