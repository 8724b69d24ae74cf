"""The menu bar: every action has its place here, with its key."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QApplication, QMenu

from netbuilder import resources
from netbuilder.app import theme
from netbuilder.app.command_palette import CommandPalette
from netbuilder.app.parts import next_part
from netbuilder.app.recent import forget_all, recent
from netbuilder.app.theme import fonts, sizes
from netbuilder.app.widgets import ThemedLabel

if TYPE_CHECKING:
    from netbuilder.app.window import MainWindow

_EDIT = (
    "cut", "copy", "paste", "paste_wired", "duplicate", "duplicate_wired", None, "delete",
    "delete_heal", "rename", None, "find", "select_all", "invert", "downstream", "upstream",
)  # fmt: skip
_VIEW = ("frame", "frame_all", "zoom_in", "zoom_out", "zoom_reset", None, "minimap", "snap")
_GRAPH = (
    "add", "connect", "disconnect", "enter", "leave", None, "layout", "align_left", "align_top",
    "distribute", "comment", None, "group", "ungroup",
    "make_unique", "update_instances", None, "mute", "collapse", "hide_ports", None, "next_problem",
)  # fmt: skip
_PANELS = ("train", "look_inside", "data", "code", "problems", "runs", "history")


class Menus:
    """Builds the menus of a window and keeps them true."""

    def __init__(self, window: MainWindow) -> None:
        self.window = window
        bar = window.menuBar()
        self._file_name = ThemedLabel("", token="text3", font=fonts.body())
        self._file_name.setContentsMargins(0, 0, 12, 0)
        self._file_name.setFixedHeight(sizes.MENU_HEIGHT)
        bar.setCornerWidget(self._file_name)
        self.by_name: dict[str, QAction] = {}
        self.menus = {
            name: bar.addMenu(name)
            for name in ("File", "Edit", "View", "Graph", "Train", "Export", "Help")
        }
        self._file()
        self._edit()
        self._view()
        self._graph()
        self._train()
        self._export()
        self._help()

    def actions_in_order(self) -> list[QAction]:
        """Every action of the menus that can be done now."""
        found: list[QAction] = []
        for menu in self.menus.values():
            found += _leaves(menu)
        return [a for a in found if a.isEnabled() and not a.isSeparator()]

    def groups(self) -> dict[str, list[QAction]]:
        """Every action by the menu it stands in, and those that stand in none."""
        found = {name: _leaves(menu) for name, menu in self.menus.items()}
        listed = {id(action) for actions in found.values() for action in actions}
        rest = self.window.canvas.actions_by_name.values()
        return {**found, "Canvas": [a for a in rest if id(a) not in listed]}

    def set_state(self, state: str) -> None:
        """Which commands of training make sense."""
        sensible = {
            "run": state != "running",
            "pause": state == "running",
            "step": state in ("idle", "stopped", "paused"),
            "stop": state in ("running", "paused"),
        }
        for name, enabled in sensible.items():
            self.by_name[name].setEnabled(enabled)

    def set_file(self, text: str) -> None:
        """The file's name at the right end of the bar."""
        if text == self._file_name.text():
            return
        self._file_name.setText(text)
        # A menu bar measures its corner only when it is given one.
        self.window.menuBar().setCornerWidget(self._file_name)
        self._file_name.show()

    # --- menus -----------------------------------------------------------------------------

    def _add(
        self, menu: QMenu, name: str, text: str, keys: str, effect: Callable[[], object]
    ) -> QAction:
        action = QAction(text, self.window)
        action.setObjectName(name)
        if keys:
            action.setShortcuts([QKeySequence(k) for k in keys.split("|")])
        action.triggered.connect(partial(_do, effect))
        menu.addAction(action)
        self.by_name[name] = action
        return action

    def _file(self) -> None:
        menu, files = self.menus["File"], self.window.files
        self._add(menu, "new", "New", "Ctrl+N", files.new)
        self._add(menu, "open", "Open…", "Ctrl+O", files.open)
        self._recent = menu.addMenu("Open recent")
        self._recent.aboutToShow.connect(self._list_recent)
        self._list_recent()
        self._add(menu, "choose_example", "Open an example…", "Ctrl+E", self._choose_example)
        examples = menu.addMenu("Examples")
        for path in resources.examples():
            self._add(
                examples,
                f"example.{path.stem}",
                path.stem.replace("_", " "),
                "",
                partial(files.show_example, path.stem),
            )
        menu.addSeparator()
        self._add(menu, "save", "Save", "Ctrl+S", files.save)
        self._add(menu, "save_as", "Save as…", "Ctrl+Shift+S", files.save_as)
        menu.addSeparator()
        self._add(menu, "recover", "Recover unsaved work", "", self.window.recovery.take_latest)
        menu.addSeparator()
        self._add(menu, "quit", "Quit", "Ctrl+Q", self.window.close)

    def _choose_example(self) -> None:
        window = self.window
        if window.start.isVisible():
            window.start.choose_example()
        else:
            examples = [a for name, a in self.by_name.items() if name.startswith("example.")]
            CommandPalette(window, examples, "Type the name of an example").open()

    def _list_recent(self) -> None:
        self._recent.clear()
        for path in recent():
            self._recent.addAction(path.name, partial(self._open_recent, path)).setToolTip(
                str(path)
            )
        if self._recent.isEmpty():
            self._recent.addAction("None yet").setEnabled(False)
        else:
            self._recent.addSeparator()
            self._recent.addAction("Forget these", forget_all)

    def _open_recent(self, path: Path) -> None:
        self.window.files.open_path(path)

    def _edit(self) -> None:
        menu, stack = self.menus["Edit"], self.window.document.stack
        for name, action in (
            ("undo", stack.createUndoAction(self.window, "Undo")),
            ("redo", stack.createRedoAction(self.window, "Redo")),
        ):
            keys = "Ctrl+Z" if name == "undo" else "Ctrl+Shift+Z|Ctrl+Y"
            action.setShortcuts([QKeySequence(k) for k in keys.split("|")])
            menu.addAction(action)
            self.by_name[name] = action
        menu.addSeparator()
        self._canvas(menu, _EDIT)

    def _canvas(self, menu: QMenu, names: tuple[str | None, ...]) -> None:
        for name in names:
            if name is None:
                menu.addSeparator()
            elif name in self.window.canvas.actions_by_name:
                menu.addAction(self.window.canvas.actions_by_name[name])

    def _view(self) -> None:
        menu, window = self.menus["View"], self.window
        self._canvas(menu, _VIEW)
        marks = menu.addMenu("Bookmarks")
        self._canvas(marks, tuple(f"bookmark_{n}" for n in range(1, 10)))
        marks.addSeparator()
        self._canvas(marks, tuple(f"bookmark_set_{n}" for n in range(1, 10)))
        menu.addSeparator()
        for i, name in enumerate(_PANELS, start=1):
            text = name.replace("_", " ").capitalize()
            self._add(
                menu, f"panel.{name}", text, f"Alt+{i}", partial(window.bottom.show_panel, name)
            )
        self._add(
            menu, "enlarge", "Enlarge the panel", "Ctrl+Shift+F", window.bottom.enlarge.toggle
        )
        parts = (
            window.palette_panel,
            window.canvas,
            window.inspector,
            window.bottom,
            window.toolbar,
        )
        self._add(menu, "next_part", "Next part of the window", "F6", partial(next_part, parts, 1))
        self._add(menu, "part_before", "Part before", "Shift+F6", partial(next_part, parts, -1))
        menu.addSeparator()
        for name in ("palette", "inspector", "bottom"):
            action = window.docks[name].toggleViewAction()
            menu.addAction(action)
        self._add(menu, "reset_layout", "Reset the layout", "", window.reset_layout)
        live = self._add(menu, "activations", "Activations on nodes", "", _nothing)
        live.setCheckable(True)
        live.setChecked(window.preferences.flag("activations", True))
        live.toggled.connect(window.live.set_shown)
        themes = menu.addMenu("Theme")
        group = QActionGroup(window)
        modes: dict[theme.Mode, str] = {
            "system": "As the desktop",
            "dark": "Dark",
            "light": "Light",
        }
        for mode, text in modes.items():
            action = self._add(themes, f"theme.{mode}", text, "", partial(self._theme, mode))
            action.setCheckable(True)
            action.setChecked(window.preferences.theme == mode)
            group.addAction(action)
        themes.addSeparator()
        contrast = self._add(themes, "theme.contrast", "High contrast", "", _nothing)
        contrast.setCheckable(True)
        contrast.setChecked(window.preferences.flag("high_contrast", False))
        contrast.toggled.connect(self._contrast)

    def _theme(self, mode: theme.Mode) -> None:
        app = QApplication.instance()
        if isinstance(app, QApplication):
            theme.apply(app, mode)
        self.window.preferences.keep(theme=mode)

    def _contrast(self, high: bool) -> None:
        app = QApplication.instance()
        if isinstance(app, QApplication):
            theme.apply(app, theme.theme.mode, high)
        self.window.preferences.keep(high_contrast=high)

    def _graph(self) -> None:
        menu = self.menus["Graph"]
        self._add(menu, "data", "Choose a data set…", "Ctrl+K", self.window.start.choose_data)
        self._canvas(menu, _GRAPH)

    def _train(self) -> None:
        menu, window = self.menus["Train"], self.window
        self._add(menu, "run", "Run", "Ctrl+Return", window.trainer.run)
        self._add(menu, "pause", "Pause", "Ctrl+.", window.session.pause)
        self._add(menu, "step", "Step", "Ctrl+Shift+Return", window.trainer.step)
        self._add(menu, "stop", "Stop", "Ctrl+Alt+Return", window.session.stop)

    def _export(self) -> None:
        menu, window = self.menus["Export"], self.window
        self._add(menu, "export", "Export…", "Ctrl+Shift+E", window.show_export)

    def _help(self) -> None:
        menu, window = self.menus["Help"], self.window
        self._add(menu, "guide", "Guide", "F1", partial(window.show_help, "index"))
        self._canvas(menu, ("keys",))
        self._add(menu, "commands", "Every command", "Ctrl+Shift+P", window.show_commands)


def _do(effect: Callable[[], object], checked: bool = False) -> None:
    effect()


def _nothing() -> None:
    """A checkable action acts by `toggled`."""


def _leaves(menu: QMenu) -> list[QAction]:
    found: list[QAction] = []
    for action in menu.actions():
        inner = action.menu()
        found += _leaves(inner) if isinstance(inner, QMenu) else [action]
    return found
