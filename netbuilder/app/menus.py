"""The menu bar: every action has its place here, with its key."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QApplication, QMenu

from netbuilder import resources
from netbuilder.app import theme
from netbuilder.app.command_palette import CommandPalette
from netbuilder.app.command_table import PANELS, WINDOW
from netbuilder.app.parts import next_part
from netbuilder.app.recent import forget_all, recent
from netbuilder.app.start.offers import networks
from netbuilder.app.theme import fonts, sizes
from netbuilder.app.widgets import ThemedLabel

if TYPE_CHECKING:
    from netbuilder.app.window import MainWindow

_EDIT = (
    "cut", "copy", "paste", "paste_wired", "duplicate", "duplicate_wired", None, "delete",
    "delete_heal", "rename", None, "find", "select_all", "invert", "downstream", "upstream",
)  # fmt: skip
_VIEW = (
    "frame", "frame_all", "zoom_in", "zoom_out", "zoom_reset", None, "minimap", "snap", "shake",
)  # fmt: skip
_GRAPH = (
    "add", "connect", "disconnect", "enter", "leave", None, "layout", "align_left", "align_top",
    "distribute", "distribute_down", "comment", None, "group", "ungroup",
    "make_unique", "update_instances", "repeat", "keep", None,
    "mute", "collapse", "hide_ports", None, "next_problem",
)  # fmt: skip


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
            "stop_after_epoch": state in ("running", "paused"),
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

    def _add(self, menu: QMenu, name: str, effect: Callable[[], object]) -> QAction:
        """A command of the table, in a menu."""
        action = self._take(menu, name, QAction(WINDOW[name].text, self.window))
        action.setShortcuts([QKeySequence(key) for key in WINDOW[name].keys])
        action.triggered.connect(partial(_do, effect))
        return action

    def _switch(self, menu: QMenu, name: str, effect: Callable[[bool], object], on: bool) -> None:
        """A command that is on or off; the effect is told which."""
        action = self._add(menu, name, _nothing)
        action.setCheckable(True)
        action.setChecked(on)
        action.toggled.connect(effect)

    def _take(self, menu: QMenu, name: str, action: QAction) -> QAction:
        """Put an action into a menu under its name, by which keys can be given to it."""
        action.setObjectName(name)
        menu.addAction(action)
        self.by_name[name] = action
        return action

    def _file(self) -> None:
        menu, files = self.menus["File"], self.window.files
        self._add(menu, "new", files.new)
        self._add(menu, "open", files.open)
        self._recent = menu.addMenu("Open recent")
        self._recent.aboutToShow.connect(self._list_recent)
        self._list_recent()
        self._add(menu, "choose_example", self._choose_example)
        self._add(menu, "choose_network", self._choose_network)
        examples = menu.addMenu("Examples")
        for path in resources.examples():
            action = QAction(path.stem.replace("_", " "), self.window)
            action.triggered.connect(partial(_do, partial(files.show_example, path.stem)))
            self._take(examples, f"example.{path.stem}", action)
        published = menu.addMenu("Published networks")
        published.aboutToShow.connect(partial(self._list_networks, published))
        menu.addSeparator()
        self._add(menu, "save", files.save)
        self._add(menu, "save_as", files.save_as)
        menu.addSeparator()
        self._add(menu, "recover", self.window.recovery.take_latest)
        menu.addSeparator()
        self._add(menu, "quit", self.window.close)

    def _choose_example(self) -> None:
        window = self.window
        if window.start.isVisible():
            window.start.choose_example()
        else:
            examples = [a for name, a in self.by_name.items() if name.startswith("example.")]
            CommandPalette(window, examples, "Type the name of an example").open()

    def _choose_network(self) -> None:
        window = self.window
        if window.start.isVisible():
            window.start.choose_network()
        else:
            actions = list(self._network_actions())
            CommandPalette(window, actions, "Type the name of a network").open()

    def _network_actions(self) -> Iterator[QAction]:
        for offer in networks():
            action = QAction(offer.title, self.window)
            action.setToolTip(offer.help)
            action.triggered.connect(partial(_do, partial(self._open_network, offer.name)))
            yield action

    def _open_network(self, name: str) -> None:
        self.window.files.show_network(name)

    def _list_networks(self, menu: QMenu) -> None:
        if menu.isEmpty():
            menu.addActions(list(self._network_actions()))

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
        for name, made in (("undo", stack.createUndoAction), ("redo", stack.createRedoAction)):
            action = made(self.window, WINDOW[name].text)
            action.setShortcuts([QKeySequence(key) for key in WINDOW[name].keys])
            self._take(menu, name, action)
        menu.addSeparator()
        self._canvas(menu, _EDIT)
        menu.addSeparator()
        self._add(menu, "change_keys", self.window.show_keymap)

    def _canvas(self, menu: QMenu, names: tuple[str | None, ...]) -> None:
        for name in names:
            if name is None:
                menu.addSeparator()
            elif name in self.window.canvas.actions_by_name:
                menu.addAction(self.window.canvas.actions_by_name[name])

    def _view(self) -> None:
        menu, window = self.menus["View"], self.window
        self._canvas(menu, _VIEW)
        shake = window.canvas.actions_by_name["shake"]
        shake.setChecked(window.preferences.flag("shake", False))
        shake.toggled.connect(self._shake)
        marks = menu.addMenu("Bookmarks")
        self._canvas(marks, tuple(f"bookmark_{n}" for n in range(1, 10)))
        marks.addSeparator()
        self._canvas(marks, tuple(f"bookmark_set_{n}" for n in range(1, 10)))
        menu.addSeparator()
        for name in PANELS:
            self._add(menu, f"panel.{name}", partial(window.bottom.show_panel, name))
        self._add(menu, "enlarge", window.bottom.enlarge.toggle)
        parts = (
            window.palette_panel,
            window.canvas,
            window.inspector,
            window.bottom,
            window.toolbar,
        )
        self._add(menu, "next_part", partial(next_part, parts, 1))
        self._add(menu, "part_before", partial(next_part, parts, -1))
        menu.addSeparator()
        for name in ("palette", "inspector", "bottom"):
            self._take(menu, f"dock.{name}", window.docks[name].toggleViewAction())
        self._add(menu, "reset_layout", window.reset_layout)
        shown = window.preferences.flag("activations", True)
        self._switch(menu, "activations", window.live.set_shown, shown)
        themes = menu.addMenu("Theme")
        group = QActionGroup(window)
        modes: tuple[theme.Mode, ...] = ("system", "dark", "light")
        for mode in modes:
            action = self._add(themes, f"theme.{mode}", partial(self._theme, mode))
            action.setCheckable(True)
            action.setChecked(window.preferences.theme == mode)
            group.addAction(action)
        themes.addSeparator()
        high = window.preferences.flag("high_contrast", False)
        self._switch(themes, "theme.contrast", self._contrast, high)

    def _theme(self, mode: theme.Mode) -> None:
        app = QApplication.instance()
        if isinstance(app, QApplication):
            theme.apply(app, mode)
        self.window.preferences.keep(theme=mode)

    def _shake(self, on: bool) -> None:
        self.window.preferences.keep(shake=on)

    def _contrast(self, high: bool) -> None:
        app = QApplication.instance()
        if isinstance(app, QApplication):
            theme.apply(app, theme.theme.mode, high)
        self.window.preferences.keep(high_contrast=high)

    def _graph(self) -> None:
        menu = self.menus["Graph"]
        self._add(menu, "data", self.window.start.choose_data)
        self._canvas(menu, _GRAPH)
        self._add(menu, "fix", self.window.mending.mend)

    def _train(self) -> None:
        menu, window = self.menus["Train"], self.window
        self._add(menu, "run", window.trainer.run)
        self._add(menu, "pause", window.session.pause)
        self._add(menu, "step", window.trainer.step)
        self._add(menu, "stop", window.session.stop)
        self._add(menu, "stop_after_epoch", window.session.stop_after_epoch)
        menu.addSeparator()
        self._add(menu, "queue", window.trainer.enqueue)
        self._add(menu, "folds", partial(window.trainer.ask_several, "folds"))
        self._add(menu, "bag", partial(window.trainer.ask_several, "bag"))
        self._add(menu, "apart", window.elsewhere.begin_apart)
        self._add(menu, "run_elsewhere", window.elsewhere.show_launching)

    def _export(self) -> None:
        menu, window = self.menus["Export"], self.window
        self._add(menu, "export", window.show_export)

    def _help(self) -> None:
        menu, window = self.menus["Help"], self.window
        self._add(menu, "guide", partial(window.show_help, "index"))
        self._canvas(menu, ("keys",))
        self._add(menu, "commands", window.show_commands)


def _do(effect: Callable[[], object], checked: bool = False) -> None:
    effect()


def _nothing() -> None:
    """A switch acts by `toggled`."""


def _leaves(menu: QMenu) -> list[QAction]:
    found: list[QAction] = []
    for action in menu.actions():
        inner = action.menu()
        found += _leaves(inner) if isinstance(inner, QMenu) else [action]
    return found
