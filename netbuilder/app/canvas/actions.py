"""Every command of the canvas as an action, so that menus, keys and the palette agree."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence

from netbuilder.app.command_table import CANVAS
from netbuilder.app.theme import icons

if TYPE_CHECKING:
    from netbuilder.app.canvas.view import CanvasView

_SIDES = {"left": (-1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1)}


def canvas_actions(view: CanvasView) -> dict[str, QAction]:
    """Actions by name, belonging to `view`; keys work while it has the focus."""
    done = _effects(view)
    actions: dict[str, QAction] = {}
    for name, command in CANVAS.items():
        action = QAction(command.text, view)
        action.setObjectName(f"canvas.{name}")
        action.setShortcuts([QKeySequence(key) for key in command.keys])
        # A letter typed into a field is a letter; only on the canvas is it a command.
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        action.setShortcutVisibleInContextMenu(True)  # Qt does so on some systems only
        if command.icon:
            action.setIcon(icons.icon(command.icon))
        if command.checked is not None:
            action.setCheckable(True)
            action.setChecked(command.checked)
            action.toggled.connect(done[name])
        else:
            action.triggered.connect(partial(_do, done[name]))
        view.addAction(action)
        actions[name] = action
    return actions


def _do(effect: Callable[[], object], checked: bool = False) -> None:
    effect()


def _effects(view: CanvasView) -> dict[str, Callable[..., object]]:
    commands, camera = view.commands, view.camera
    effects: dict[str, Callable[..., object]] = {
        "add": lambda: view.open_search(view.pointer_at),
        "cut": commands.cut,
        "copy": commands.copy,
        "paste": commands.paste,
        "paste_wired": partial(commands.paste, True),
        "duplicate": commands.duplicate,
        "duplicate_wired": partial(commands.duplicate, True),
        "delete": commands.delete,
        "delete_heal": commands.delete_and_heal,
        "rename": view.start_rename,
        "connect": view.connecting.connect_selected,
        "disconnect": view.connecting.disconnect_selected,
        "mute": view.marking.mute,
        "collapse": view.marking.collapse,
        "hide_ports": view.marking.hide_ports,
        "group": view.blocks.group,
        "ungroup": view.blocks.ungroup,
        "make_unique": view.blocks.make_unique,
        "update_instances": view.blocks.update_instances,
        "repeat": view.blocks.repeat,
        "keep": view.blocks.keep,
        "find": view.finder.ask,
        "enter": lambda: view.enter(view.selected[0]) if view.selected else None,
        "leave": view.leave,
        "select_all": commands.select_all,
        "invert": commands.invert,
        "downstream": partial(commands.select_along, True),
        "upstream": partial(commands.select_along, False),
        "next_problem": commands.next_problem,
        "frame": view.frame_selection,
        "frame_all": view.frame_all,
        "zoom_in": partial(camera.zoom, 1.25),
        "zoom_out": partial(camera.zoom, 0.8),
        "zoom_reset": partial(camera.set_zoom, 1.0),
        "comment": view.framing.comment,
        "keys": view.keys_wanted.emit,
        "snap": partial(setattr, view, "snapping"),
        "shake": partial(setattr, view, "shaking"),
        "minimap": view.minimap.setVisible,
        "layout": view.auto_layout.start,
        "align_left": partial(commands.align, "left"),
        "align_top": partial(commands.align, "top"),
        "distribute": partial(commands.align, "across"),
        "distribute_down": partial(commands.align, "down"),
    }
    for side, (dx, dy) in _SIDES.items():
        effects[f"nudge_{side}"] = partial(commands.nudge, 8.0 * dx, 8.0 * dy)
        effects[f"nudge_{side}_fine"] = partial(commands.nudge, float(dx), float(dy))
        effects[f"walk_{side}"] = partial(view.walking.go, dx, dy)
        effects[f"extend_{side}"] = partial(view.walking.go, dx, dy, True)
    for number in range(1, 10):
        effects[f"bookmark_set_{number}"] = partial(view.framing.set_bookmark, number)
        effects[f"bookmark_{number}"] = partial(view.framing.go_to_bookmark, number)
    return effects
