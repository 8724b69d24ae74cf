"""Every command of the canvas as an action, so that menus, keys and the palette agree."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence

from netbuilder.app.theme import icons

if TYPE_CHECKING:
    from netbuilder.app.canvas.view import CanvasView

#: Name: text, keys, icon. Names ending in a side are made of several keys.
ACTIONS: dict[str, tuple[str, tuple[str, ...], str]] = {
    "add": ("Add a node …", ("Tab",), "add"),
    "cut": ("Cut", ("Ctrl+X",), "cut"),
    "copy": ("Copy", ("Ctrl+C",), "copy"),
    "paste": ("Paste", ("Ctrl+V",), "paste"),
    "paste_wired": ("Paste with inputs", ("Ctrl+Shift+V",), "paste"),
    "duplicate": ("Duplicate", ("Ctrl+D",), "duplicate"),
    "duplicate_wired": ("Duplicate with inputs", ("Ctrl+Shift+D",), "duplicate"),
    "delete": ("Delete", ("Del", "Backspace"), "delete"),
    "delete_heal": ("Delete and reconnect", ("Ctrl+Del",), "delete"),
    "rename": ("Rename", ("F2",), "rename"),
    "connect": ("Connect the selected nodes", ("J",), "link"),
    "disconnect": ("Take off a wire …", ("Shift+J",), ""),
    "mute": ("Mute", ("M",), "muted"),
    "collapse": ("Collapse to the header", ("H",), "collapse"),
    "hide_ports": ("Hide unused ports", ("Ctrl+H",), ""),
    "group": ("Group into a block …", ("Ctrl+G",), "group"),
    "ungroup": ("Ungroup", ("Ctrl+Alt+G",), "ungroup"),
    "make_unique": ("Make unique", (), ""),
    "update_instances": ("Update all instances", (), ""),
    "enter": ("Go into the block", ("Ctrl+Down",), "forward"),
    "leave": ("Leave the block", ("Ctrl+Up", "U"), "back"),
    "select_all": ("Select all", ("Ctrl+A",), ""),
    "invert": ("Invert the selection", ("Ctrl+I",), ""),
    "downstream": ("Select downstream", ("]",), ""),
    "upstream": ("Select upstream", ("[",), ""),
    "find": ("Find nodes …", ("Ctrl+F",), "search"),
    "next_problem": ("Next problem", ("F8",), "problems"),
    "frame": ("Frame the selection", ("F",), "fit"),
    "frame_all": ("Frame all", ("Home",), "fit"),
    "zoom_in": ("Zoom in", ("Ctrl++", "Ctrl+="), ""),
    "zoom_out": ("Zoom out", ("Ctrl+-",), ""),
    "zoom_reset": ("Actual size", ("Ctrl+0",), ""),
    "comment": ("Frame with a comment", ("C",), "edit"),
    "keys": ("Every key", ("?",), "help"),
    "snap": ("Snap to the grid", ("Shift+Tab",), ""),
    "minimap": ("Minimap", ("Alt+M",), ""),
    "layout": ("Lay out", ("L",), ""),
    "align_left": ("Align left", ("Shift+L",), ""),
    "align_top": ("Align top", ("Shift+T",), ""),
    "distribute": ("Distribute across", ("Shift+H",), ""),
    "nudge_left": ("Nudge left", ("Left",), ""),
    "nudge_right": ("Nudge right", ("Right",), ""),
    "nudge_up": ("Nudge up", ("Up",), ""),
    "nudge_down": ("Nudge down", ("Down",), ""),
    "nudge_left_fine": ("Nudge left by a pixel", ("Shift+Left",), ""),
    "nudge_right_fine": ("Nudge right by a pixel", ("Shift+Right",), ""),
    "nudge_up_fine": ("Nudge up by a pixel", ("Shift+Up",), ""),
    "nudge_down_fine": ("Nudge down by a pixel", ("Shift+Down",), ""),
    "walk_left": ("Go to the node before", ("Alt+Left",), ""),
    "walk_right": ("Go to the node behind", ("Alt+Right",), ""),
    "walk_up": ("Go to the node above", ("Alt+Up",), ""),
    "walk_down": ("Go to the node below", ("Alt+Down",), ""),
    "extend_left": ("Select also the node before", ("Alt+Shift+Left",), ""),
    "extend_right": ("Select also the node behind", ("Alt+Shift+Right",), ""),
    "extend_up": ("Select also the node above", ("Alt+Shift+Up",), ""),
    "extend_down": ("Select also the node below", ("Alt+Shift+Down",), ""),
    "bookmark_set_1": ("Set bookmark 1", ("Ctrl+1",), ""),
    "bookmark_set_2": ("Set bookmark 2", ("Ctrl+2",), ""),
    "bookmark_set_3": ("Set bookmark 3", ("Ctrl+3",), ""),
    "bookmark_set_4": ("Set bookmark 4", ("Ctrl+4",), ""),
    "bookmark_set_5": ("Set bookmark 5", ("Ctrl+5",), ""),
    "bookmark_set_6": ("Set bookmark 6", ("Ctrl+6",), ""),
    "bookmark_set_7": ("Set bookmark 7", ("Ctrl+7",), ""),
    "bookmark_set_8": ("Set bookmark 8", ("Ctrl+8",), ""),
    "bookmark_set_9": ("Set bookmark 9", ("Ctrl+9",), ""),
    "bookmark_1": ("Go to bookmark 1", ("1",), ""),
    "bookmark_2": ("Go to bookmark 2", ("2",), ""),
    "bookmark_3": ("Go to bookmark 3", ("3",), ""),
    "bookmark_4": ("Go to bookmark 4", ("4",), ""),
    "bookmark_5": ("Go to bookmark 5", ("5",), ""),
    "bookmark_6": ("Go to bookmark 6", ("6",), ""),
    "bookmark_7": ("Go to bookmark 7", ("7",), ""),
    "bookmark_8": ("Go to bookmark 8", ("8",), ""),
    "bookmark_9": ("Go to bookmark 9", ("9",), ""),
}
CHECKABLE = {"snap": True, "minimap": True}
_SIDES = {"left": (-1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1)}


def canvas_actions(view: CanvasView) -> dict[str, QAction]:
    """Actions by name, belonging to `view`; keys work while it has the focus."""
    done = _effects(view)
    actions: dict[str, QAction] = {}
    for name, (text, keys, icon) in ACTIONS.items():
        action = QAction(text, view)
        action.setObjectName(f"canvas.{name}")
        action.setShortcuts([QKeySequence(key) for key in keys])
        # A letter typed into a field is a letter; only on the canvas is it a command.
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        if icon:
            action.setIcon(icons.icon(icon))
        if name in CHECKABLE:
            action.setCheckable(True)
            action.setChecked(CHECKABLE[name])
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
        "minimap": view.minimap.setVisible,
        "layout": view.auto_layout.start,
        "align_left": partial(commands.align, "left"),
        "align_top": partial(commands.align, "top"),
        "distribute": partial(commands.align, "across"),
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
