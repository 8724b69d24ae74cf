"""The menu under the right button: of a node, a port, a wire, or the canvas."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QPointF
from PySide6.QtWidgets import QMenu

from netbuilder.app.widgets import Menu

if TYPE_CHECKING:
    from netbuilder.app.canvas.view import CanvasView

NODE = (
    *("enter", "rename", "-", "cut", "copy", "duplicate", "duplicate_wired", "-"),
    *("group", "mute", "collapse", "hide_ports", "-", "delete", "delete_heal", "disconnect", "-"),
    *("downstream", "upstream", "frame"),
)
SEVERAL = (
    *("comment", "connect", "layout", "-"),
    *("align_left", "align_top", "distribute", "distribute_down", "-"),
)
BLOCK = ("ungroup", "make_unique", "update_instances", "repeat", "keep", "-")
WIRE = ("delete",)
FRAME = ("rename", "delete")
CANVAS = (
    *("add", "comment", "paste", "-", "find", "select_all", "layout", "frame_all", "leave", "-"),
    *("snap", "minimap"),
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
    """The menu for what is at a point of the scene; what is there gets selected.

    Where a gesture does the same, it stands where the key of a command would.
    """
    menu = Menu(view)
    scene = view.canvas
    port, node = scene.port_at(at), scene.node_at(at)
    edge = scene.wire_at(at, 6 / view.camera.scale)
    if port is not None:
        edges = view.edges_at(port)
        wires = "wires" if len(edges) > 1 else "wire"
        take = menu.addAction(f"Take off the {wires}\tAlt+Click")
        take.setEnabled(bool(edges))
        take.triggered.connect(partial(view.commands.break_wires, edges))
        where = view.mapFromScene(at)
        menu.addAction("Add a node here …\tDrag").triggered.connect(
            partial(view.open_search, where, port)
        )
    elif node is not None:
        if not node.isSelected():
            scene.select([node.node.id])
        names = (*SEVERAL, *NODE) if len(scene.selected) > 1 else NODE
        _fill(menu, view, (*BLOCK, *names) if node.face.block else names)
    elif (bend := scene.bends.at(at)) is not None:
        scene.select((), (), (), bend)
        remove = menu.addAction("Remove the bend\tDouble-click")
        remove.triggered.connect(partial(view.framing.straighten, bend))
    elif edge is not None:
        scene.select((), [edge])
        bend_it = menu.addAction("Bend it here\tAlt+Click")
        bend_it.triggered.connect(partial(view.framing.bend, (edge, at)))
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
    menu.aboutToHide.connect(partial(view.actions_by_name["leave"].setEnabled, True))
    menu.popup(on_screen)


def _fill(menu: QMenu, view: CanvasView, names: tuple[str, ...]) -> None:
    for name in names:
        if name == "-":
            menu.addSeparator()
        else:
            menu.addAction(view.actions_by_name[name])
