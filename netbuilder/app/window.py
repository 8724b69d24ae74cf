"""The window: canvas in the middle, palette left, inspector right, panels below."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QCloseEvent, QShowEvent
from PySide6.QtWidgets import QDockWidget, QMainWindow, QToolBar, QWidget

from netbuilder.app.accessible import Announcer
from netbuilder.app.bottom import Bottom
from netbuilder.app.busy import Busy
from netbuilder.app.canvas import CanvasView
from netbuilder.app.canvas.catalogue import usually_next
from netbuilder.app.canvas.fits import Fitting
from netbuilder.app.command_palette import CommandPalette
from netbuilder.app.document import Document
from netbuilder.app.dropped import Dropped
from netbuilder.app.elsewhere import Elsewhere
from netbuilder.app.files import Files
from netbuilder.app.help_page import HelpPage
from netbuilder.app.keymap import Keymap
from netbuilder.app.keys_page import KeysPage
from netbuilder.app.live import Live
from netbuilder.app.mending import Mending
from netbuilder.app.menus import Menus
from netbuilder.app.panels.code import CodePanel
from netbuilder.app.panels.data import DataPanel
from netbuilder.app.panels.export_dialog import ExportDialog
from netbuilder.app.panels.history import HistoryPanel
from netbuilder.app.panels.inspector import Inspector
from netbuilder.app.panels.look_inside import LookInside
from netbuilder.app.panels.palette import Palette
from netbuilder.app.panels.places import place_of
from netbuilder.app.panels.problems import ProblemsPanel
from netbuilder.app.panels.runs import RunsPanel
from netbuilder.app.panels.train import History, TrainPanel
from netbuilder.app.preferences import Preferences
from netbuilder.app.rates import declared
from netbuilder.app.recovery import Recovery
from netbuilder.app.session import Session
from netbuilder.app.shortcut_sheet import ShortcutSheet
from netbuilder.app.start import StartPage
from netbuilder.app.status import Status
from netbuilder.app.theme import sizes
from netbuilder.app.toolbar import Toolbar
from netbuilder.app.trainer import Trainer
from netbuilder.app.trials import Trials
from netbuilder.app.widgets import ToastKind, Toasts
from netbuilder.graph import Project


class MainWindow(QMainWindow):
    """Holds the document and the session, and connects the parts to each other."""

    #: An exception nobody foresaw, as one sentence; may be emitted from any thread.
    unforeseen = Signal(str)

    def __init__(self, preferences: Preferences | None = None) -> None:
        super().__init__()
        self._seen = False
        self.preferences = preferences or Preferences()
        self.document = Document(Project(), self)
        self.session = Session(self.document, self)
        self.trials = Trials(self.session, self.document, self)
        self.canvas = CanvasView(self.document, self)
        self.session.moments.watch(self.canvas.viewport())
        self.start = StartPage(self.canvas)
        self.announcer = Announcer(self.canvas)
        self.palette_panel = Palette(self.document, self.canvas.my_blocks)
        self.inspector = Inspector(self.document)
        self.toolbar = Toolbar()
        self.status = Status()
        self.bottom = Bottom()
        self.train_panel = TrainPanel(self.session)
        self.look_inside = LookInside(self.session)
        self.data_panel = DataPanel(self.session)
        self.code = CodePanel(self.document)
        self.problems = ProblemsPanel(self.document)
        self.toasts = Toasts(self.canvas)
        self.panel_toasts = Toasts(self.bottom)
        self.runs = RunsPanel(self.session)
        self.history = HistoryPanel(self.document)
        self.mending = Mending(self.canvas, self.problems)
        self.busy = Busy(self.document, self.canvas)
        self.recovery = Recovery(self, self.document)
        self.files = Files(self, self.document)
        self.dropped = Dropped(self)
        self.live = Live(self)
        self.trainer = Trainer(self)
        self.elsewhere = Elsewhere(self)
        self._help: HelpPage | None = None
        self._export: ExportDialog | None = None
        self._lay_out()
        self.menus = Menus(self)
        self.keymap = Keymap(self.menus.groups(), self.preferences, self)
        self._connect()
        self._show_keys_of_commands()
        self._retitle()
        self._project_changed()

    # --- layout --------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self.setCentralWidget(self.canvas)
        self.setCorner(Qt.Corner.BottomRightCorner, Qt.DockWidgetArea.RightDockWidgetArea)
        self.setDockOptions(QMainWindow.DockOption.AllowTabbedDocks)
        bar = QToolBar("Run")
        bar.setObjectName("run")
        bar.setMovable(False)
        bar.setContentsMargins(0, 0, 0, 0)
        if (inner := bar.layout()) is not None:
            inner.setContentsMargins(0, 0, 0, 0)
        bar.addWidget(self.toolbar)
        bar.toggleViewAction().setEnabled(False)
        self.addToolBar(Qt.ToolBarArea.TopToolBarArea, bar)
        panels = (
            ("train", "train", "Train", self.train_panel),
            ("look_inside", "look_inside", "Look inside", self.look_inside),
            ("data", "data", "Data", self.data_panel),
            ("code", "code", "Code", self.code),
            ("problems", "problems", "Problems", self.problems),
            ("runs", "runs", "Runs", self.runs),
            ("history", "undo", "History", self.history),
        )
        for name, icon, text, panel in panels:
            self.bottom.add(name, icon, text, panel)
        left, right = Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.RightDockWidgetArea
        self.docks = {
            "palette": self._dock("palette", "Layers", self.palette_panel, left),
            "bottom": self._dock(
                "bottom", "Panels", self.bottom, Qt.DockWidgetArea.BottomDockWidgetArea
            ),
            "inspector": self._dock("inspector", "Inspector", self.inspector, right),
        }
        self.statusBar().setSizeGripEnabled(False)
        self.statusBar().setFixedHeight(sizes.STATUS_HEIGHT)
        self.statusBar().addWidget(self.status, 1)
        room = self.screen().availableSize()
        self.resize(min(1440, room.width()), min(900, room.height()))
        self.reset_layout()
        places = self.preferences.places("docks")
        geometry = self.preferences.places("geometry")
        if geometry is not None:
            self.restoreGeometry(geometry)
        if places is not None:
            self.restoreState(places)

    def _dock(self, name: str, title: str, widget: QWidget, area: Qt.DockWidgetArea) -> QDockWidget:
        dock = QDockWidget(title, self)
        dock.setObjectName(name)
        dock.setWidget(widget)
        dock.setTitleBarWidget(QWidget(dock))  # the panels have headings of their own
        dock.setFeatures(QDockWidget.DockWidgetFeature.DockWidgetClosable)
        self.addDockWidget(area, dock)
        return dock

    def reset_layout(self) -> None:
        """Docks as they are at first."""
        for dock in self.docks.values():
            dock.show()
        horizontal, vertical = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
        self.resizeDocks(
            [self.docks["palette"], self.docks["inspector"]],
            [sizes.PALETTE_WIDTH, sizes.INSPECTOR_WIDTH],
            horizontal,
        )
        self.resizeDocks(
            [self.docks["bottom"]],
            [min(sizes.BOTTOM_HEIGHT, round(0.345 * self.height()))],
            vertical,
        )

    # --- connections ---------------------------------------------------------------------

    def _connect(self) -> None:
        document, canvas, toolbar = self.document, self.canvas, self.toolbar
        document.changed.connect(self._project_changed)
        document.opened.connect(self._opened)
        document.path_changed.connect(self._retitle)
        document.clean_changed.connect(self._clean_changed)
        document.trouble.connect(self._warn)
        canvas.selection_changed.connect(self._selected)
        canvas.place_changed.connect(self._selected)
        document.checked.connect(self._suggest)
        canvas.opened.connect(self._open_properties)
        canvas.keys_wanted.connect(self.show_keys)
        canvas.told.connect(self._inform)
        canvas.files_dropped.connect(self.dropped.take)
        self.start.example_wanted.connect(self.files.show_example)
        self.start.network_wanted.connect(self.files.show_network)
        self.palette_panel.chosen.connect(canvas.add_kind)
        self.palette_panel.forgotten.connect(self._offer_back)
        self.inspector.renamed.connect(self._renamed)
        self.inspector.command_wanted.connect(self._do_on_canvas)
        self.inspector.help_wanted.connect(self.show_help)
        self.inspector.carried.connect(canvas.promoting.carry)
        self.problems.reveal.connect(self.reveal)
        self.problems.counted.connect(self._counted)
        self.problems.told.connect(self._warn)
        self.code.node_clicked.connect(self._reveal_path)
        self.code.told.connect(self._inform)
        self.data_panel.node_wanted.connect(self._show_data_node)
        self.train_panel.shown.connect(self.bottom.about.setText)
        self.train_panel.asides.search.project_wanted.connect(self.files.open_project)
        self.look_inside.sample_chosen.connect(self.train_panel.sample.set_sample)
        self.runs.curves_wanted.connect(self._show_curves)
        self.runs.project_wanted.connect(self.files.open_copy)
        self.runs.resume_wanted.connect(self.trainer.resume)
        self.runs.restore_wanted.connect(self.files.restore)
        self.runs.ghost_wanted.connect(self._compare)
        self.runs.follow_wanted.connect(self.elsewhere.follow)
        toolbar.undo_pressed.connect(document.undo)
        toolbar.redo_pressed.connect(document.redo)
        toolbar.commands_pressed.connect(self.show_commands)
        document.stack.canUndoChanged.connect(toolbar.undo.setEnabled)
        document.stack.canRedoChanged.connect(toolbar.redo.setEnabled)
        toolbar.undo.setEnabled(False)
        toolbar.redo.setEnabled(False)
        self.bottom.enlarged.connect(self._enlarge)
        self.unforeseen.connect(self._tell_unforeseen)
        self._counted(*self.problems.counts)

    def _show_keys_of_commands(self) -> None:
        toolbar, start, keymap = self.toolbar, self.start, self.keymap
        for name, button in toolbar.buttons.items():
            keymap.tip(name, button)
        for name, widget in (
            ("undo", toolbar.undo),
            ("redo", toolbar.redo),
            ("commands", toolbar.commands),
            ("enlarge", self.bottom.enlarge),
        ):
            keymap.tip(name, widget)
        keymap.follow("data", start.data.show_keys)
        keymap.follow("choose_example", start.example.show_keys)
        keymap.follow("choose_network", start.network.show_keys)
        keymap.follow("canvas.add", start.layer.show_keys)

    def begin(self) -> None:
        """After the window is on the screen: start the engine, offer unsaved work."""
        self.session.start()
        if self.keymap.trouble:
            self.say("warning", self.keymap.trouble, "Change keys", self.show_keymap)
        for trouble in self.canvas.my_blocks.troubles[:1]:
            self.say("warning", f"One of your blocks was left out: {trouble}")
        self.recovery.offer()
        self.trainer.take_up_queue()
        self.elsewhere.offer()

    # --- the document --------------------------------------------------------------------

    def _project_changed(self, *_: object) -> None:
        self.show_rate()
        self.toolbar.choose_device(self.document.project.training.device)

    def show_rate(self) -> None:
        """The learning rate of the project in the toolbar; in a run it is the one in force."""
        if self.session.state in ("running", "paused"):
            return
        for rate in list(declared(self.document.project).values())[:1]:
            self.toolbar.set_rate(rate)

    def _opened(self) -> None:
        self.status.clear_saved()
        if self.session.state == "stopped":
            self.toolbar.clear()
        self._selected()
        self.live.opened()

    def _retitle(self) -> None:
        mark = "" if self.document.clean else " •"
        name = self.document.path.name if self.document.path else self.document.title
        self.setWindowTitle(f"{name}{mark} – NetBuilder")
        self.menus.set_file(name + mark)

    def _clean_changed(self, clean: bool) -> None:
        self._retitle()
        if not clean:
            self.status.set_unsaved()

    # --- selection -----------------------------------------------------------------------

    def _selected(self, *_: object) -> None:
        place, ids = self.canvas.place, self.canvas.selected
        self.inspector.set_selection(place, ids)
        self.code.set_selection(place, ids)
        self.status.set_selection(len(ids))
        self.live.select(place, ids)
        self._suggest()

    def _suggest(self, *_: object) -> None:
        """The palette begins with what usually follows the selected node."""
        scene, ids = self.canvas.canvas, self.canvas.selected
        found = []
        if len(ids) == 1 and ids[0] in scene.graph:
            found = usually_next(Fitting(scene.project, scene.place, scene.check), ids[0])
        self.palette_panel.show_next([one.entry.kind for one in found])

    def _open_properties(self, _: str) -> None:
        self.inspector.focus_first()

    def _renamed(self, place: tuple[str, ...], old: str, new: str) -> None:
        self.canvas.select([new])

    def reveal(self, block: str | None, node_id: str) -> None:
        """Show a node, inside a block if one is named."""
        self.canvas.reveal(node_id, (block,) if block else ())

    def _show_data_node(self, node_id: str) -> None:
        self.canvas.reveal(node_id, ())
        self.inspector.focus_first()

    def _show_curves(self, history: History) -> None:
        self.train_panel.show_run(history)
        self.bottom.show_panel("train")

    def _compare(self, history: History) -> None:
        self.train_panel.compare_with(history)
        self.bottom.show_panel("train")

    def _reveal_path(self, path: tuple[str, ...]) -> None:
        names = tuple(part.partition("[")[0] for part in path)
        place = place_of(self.document.project, names)
        if place is not None:
            self.canvas.reveal(names[-1], place)

    def _counted(self, errors: int, warnings: int) -> None:
        self.bottom.set_badge("problems", errors + warnings)
        self.status.set_problems(errors, warnings)

    # --- messages and pages ------------------------------------------------------------

    def say(
        self,
        kind: ToastKind,
        text: str,
        action_text: str | None = None,
        action: Callable[[], None] | None = None,
    ) -> None:
        """One sentence at the bottom right of the canvas, with at most one link."""
        enlarged = self.bottom.enlarge.isChecked()  # then there is no canvas
        (self.panel_toasts if enlarged else self.toasts).show(kind, text, action_text, action)

    def unsay(self, text: str) -> None:
        """Take a sentence away that no longer holds."""
        for toasts in (self.toasts, self.panel_toasts):
            toasts.withdraw(text)

    def _warn(self, sentence: str) -> None:
        self.say("warning", sentence)

    def _inform(self, sentence: str) -> None:
        self.say("info", sentence)

    def _tell_unforeseen(self, sentence: str) -> None:
        self.say("error", sentence)

    def show_commands(self) -> None:
        """Every command by its name."""
        CommandPalette(self, self.menus.actions_in_order()).open()

    def show_keys(self) -> None:
        """Every key, by the menus that its commands stand in."""
        sheet = ShortcutSheet(self, self.menus.groups())
        sheet.change_wanted.connect(self.show_keymap)
        sheet.open()

    def show_keymap(self) -> None:
        """Every command, to give it other keys."""
        KeysPage(self, self.keymap).open()

    def show_help(self, page: str = "index") -> None:
        """The guide, or the help of one kind of node."""
        if self._help is None:
            self._help = HelpPage(self)
        self._help.show_page(page)

    def show_export(self) -> None:
        """The export dialog; what was typed into it stays."""
        if self._export is None:
            self._export = ExportDialog(self.document, self.session, self)
        self._export.show()
        self._export.raise_()

    def _do_on_canvas(self, name: str) -> None:
        self.canvas.actions_by_name[name].trigger()

    def _offer_back(self, name: str) -> None:
        """A block was taken out of the library: one click brings it back."""

        def bring_back() -> None:
            if why := self.canvas.my_blocks.bring_back(name):
                self.say("warning", why)

        self.say("info", f"{name} is out of your blocks.", "Undo", bring_back)

    def _enlarge(self, large: bool) -> None:
        """Give the panel below the whole window, or give the canvas its room back."""
        self.canvas.setVisible(not large)
        self.docks["palette"].setVisible(not large)
        self.docks["inspector"].setVisible(not large)

    def changeEvent(self, event: QEvent) -> None:
        """Back from another program, where files may have been mended."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and self.isActiveWindow():
            self.document.recheck()

    def showEvent(self, event: QShowEvent) -> None:
        """Only now has the canvas its size: what was opened before is framed in it."""
        super().showEvent(event)
        if not event.spontaneous() and not self._seen:
            self._seen = True
            self.canvas.camera.frame(self.canvas.canvas.bounds(), at_once=True)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Unsaved edits and a run in progress are asked about; then the engine ends."""
        if not self.files.may_close() or not self.elsewhere.may_close():
            event.ignore()
            return
        if not self.bottom.enlarge.isChecked():
            self.preferences.keep(docks=self.saveState(), geometry=self.saveGeometry())
        self.document.close()
        self.session.close()
        self.runs.close_down()
        self.train_panel.asides.search.searcher.close()
        self.elsewhere.hand_over()
        event.accept()
