"""Every command of the program: its words and the keys it has at first. No Qt.

The keys that count are those of `keymap.Keymap`, where a person may have chosen others.
"""

from __future__ import annotations

from typing import NamedTuple


class Command(NamedTuple):
    """Words, keys as Qt writes them, icon; `checked`: on or off at first, if it is a switch."""

    text: str
    keys: tuple[str, ...] = ()
    icon: str = ""
    checked: bool | None = None


_DIGITS = range(1, 10)
#: Commands of the canvas, done while it has the focus. Names ending in a side are made of several.
CANVAS: dict[str, Command] = {
    "add": Command("Add a node …", ("Tab",), "add"),
    "cut": Command("Cut", ("Ctrl+X",), "cut"),
    "copy": Command("Copy", ("Ctrl+C",), "copy"),
    "paste": Command("Paste", ("Ctrl+V",), "paste"),
    "paste_wired": Command("Paste with inputs", ("Ctrl+Shift+V",), "paste"),
    "duplicate": Command("Duplicate", ("Ctrl+D",), "duplicate"),
    "duplicate_wired": Command("Duplicate with inputs", ("Ctrl+Shift+D",), "duplicate"),
    "delete": Command("Delete", ("Del", "Backspace"), "delete"),
    "delete_heal": Command("Delete and reconnect", ("Ctrl+Del",), "delete"),
    "rename": Command("Rename", ("F2",), "rename"),
    "connect": Command("Connect the selected nodes", ("J",), "link"),
    "disconnect": Command("Take off a wire …", ("Shift+J",)),
    "mute": Command("Mute", ("M",), "muted"),
    "collapse": Command("Collapse to the header", ("H",), "collapse"),
    "hide_ports": Command("Hide unused ports", ("Ctrl+H",)),
    "group": Command("Group into a block …", ("Ctrl+G",), "group"),
    "ungroup": Command("Ungroup", ("Ctrl+Alt+G",), "ungroup"),
    "make_unique": Command("Make unique", ("Ctrl+U",)),
    "update_instances": Command("Update all instances"),
    "repeat": Command("Repeat the block …", ("R",)),
    "keep": Command("Save in My blocks"),
    "enter": Command("Open the node", ("Return", "Enter"), "forward"),
    "leave": Command("Leave the block", ("U",), "back"),
    "select_all": Command("Select all", ("Ctrl+A",)),
    "invert": Command("Invert the selection", ("Ctrl+I",)),
    "downstream": Command("Select downstream", ("]",)),
    "upstream": Command("Select upstream", ("[",)),
    "find": Command("Find nodes …", ("Ctrl+F",), "search"),
    "next_problem": Command("Next problem", ("F8",), "problems"),
    "frame": Command("Frame the selection", ("F",), "fit"),
    "frame_all": Command("Frame all", ("Home",), "fit"),
    "zoom_in": Command("Zoom in", ("Ctrl++", "Ctrl+=")),
    "zoom_out": Command("Zoom out", ("Ctrl+-",)),
    "zoom_reset": Command("Actual size", ("Ctrl+0",)),
    "comment": Command("Frame with a comment", ("C",), "edit"),
    "keys": Command("Every key", ("?",), "help"),
    "snap": Command("Snap to the grid", ("Shift+Tab",), checked=True),
    "shake": Command("Shake a node to detach it", checked=False),
    "minimap": Command("Minimap", ("Alt+M",), checked=True),
    "layout": Command("Lay out", ("L",)),
    "align_left": Command("Align left", ("Shift+L",)),
    "align_top": Command("Align top", ("Shift+T",)),
    "distribute": Command("Distribute across", ("Shift+H",)),
    "distribute_down": Command("Distribute down", ("Shift+V",)),
    "nudge_left": Command("Nudge left", ("Left",)),
    "nudge_right": Command("Nudge right", ("Right",)),
    "nudge_up": Command("Nudge up", ("Up",)),
    "nudge_down": Command("Nudge down", ("Down",)),
    "nudge_left_fine": Command("Nudge left by a pixel", ("Ctrl+Left",)),
    "nudge_right_fine": Command("Nudge right by a pixel", ("Ctrl+Right",)),
    "nudge_up_fine": Command("Nudge up by a pixel", ("Ctrl+Up",)),
    "nudge_down_fine": Command("Nudge down by a pixel", ("Ctrl+Down",)),
    "walk_left": Command("Go to the node before", ("Alt+Left",)),
    "walk_right": Command("Go to the node behind", ("Alt+Right",)),
    "walk_up": Command("Go to the node above", ("Alt+Up",)),
    "walk_down": Command("Go to the node below", ("Alt+Down",)),
    "extend_left": Command("Select also the node before", ("Alt+Shift+Left",)),
    "extend_right": Command("Select also the node behind", ("Alt+Shift+Right",)),
    "extend_up": Command("Select also the node above", ("Alt+Shift+Up",)),
    "extend_down": Command("Select also the node below", ("Alt+Shift+Down",)),
    **{f"bookmark_set_{n}": Command(f"Set bookmark {n}", (f"Ctrl+{n}",)) for n in _DIGITS},
    **{f"bookmark_{n}": Command(f"Go to bookmark {n}", (f"{n}",)) for n in _DIGITS},
}
#: The panels below, in their order.
PANELS = ("train", "look_inside", "data", "code", "problems", "runs", "history")
#: Commands of the window, done wherever the focus is.
WINDOW: dict[str, Command] = {
    "new": Command("New", ("Ctrl+N",)),
    "open": Command("Open…", ("Ctrl+O",)),
    "choose_example": Command("Open an example…", ("Ctrl+E",)),
    "choose_network": Command("Open a published network…", ("Ctrl+Shift+N",)),
    "save": Command("Save", ("Ctrl+S",)),
    "save_as": Command("Save as…", ("Ctrl+Shift+S",)),
    "recover": Command("Recover unsaved work"),
    "quit": Command("Quit", ("Ctrl+Q",)),
    "undo": Command("Undo", ("Ctrl+Z",)),
    "redo": Command("Redo", ("Ctrl+Shift+Z", "Ctrl+Y")),
    "change_keys": Command("Change keys…"),
    **{
        f"panel.{name}": Command(name.replace("_", " ").capitalize(), (f"Alt+{i}",))
        for i, name in enumerate(PANELS, start=1)
    },
    "enlarge": Command("Enlarge the panel", ("Ctrl+Shift+F",)),
    "next_part": Command("Next part of the window", ("F6",)),
    "part_before": Command("Part before", ("Shift+F6",)),
    "reset_layout": Command("Reset the layout"),
    "activations": Command("Activations on nodes"),
    "theme.system": Command("As the desktop"),
    "theme.dark": Command("Dark"),
    "theme.light": Command("Light"),
    "theme.contrast": Command("High contrast"),
    "data": Command("Choose a data set…", ("Ctrl+K",)),
    "run": Command("Run", ("Ctrl+Return",)),
    "pause": Command("Pause", ("Ctrl+P", "Pause")),
    "fix": Command("Mend the problem", ("Ctrl+.",)),
    "step": Command("Step", ("Ctrl+Shift+Return",)),
    "stop": Command("Stop", ("Ctrl+Alt+Return",)),
    "stop_after_epoch": Command("Stop after this epoch", ("Ctrl+Alt+Shift+Return",)),
    "queue": Command("Add to the queue"),
    "folds": Command("Cross-validate…"),
    "bag": Command("Bag…"),
    "apart": Command("Train in a process of its own"),
    "run_elsewhere": Command("Run elsewhere…"),
    "export": Command("Export…", ("Ctrl+Shift+E",)),
    "guide": Command("Guide", ("F1",)),
    "commands": Command("Every command", ("Ctrl+Shift+P",)),
}
