"""A gallery of controls is drawn in both themes and asked for its pixels.

Set ``NETBUILDER_GALLERY`` to a folder to get the two pictures.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QColor, QImage, QPalette
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QDockWidget,
    QDoubleSpinBox,
    QFormLayout,
    QGridLayout,
    QGroupBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QMainWindow,
    QMenu,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QRadioButton,
    QSlider,
    QSpinBox,
    QSplitter,
    QStyle,
    QTableWidget,
    QTableWidgetItem,
    QTabWidget,
    QToolBar,
    QToolButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from netbuilder.app import theme

# The offscreen platform has no window manager to talk to, and says so.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


@pytest.fixture(params=["dark", "light"])
def tokens(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[theme.Tokens]:
    theme.apply(qapp, request.param)
    yield theme.current()
    theme.apply(qapp, "dark")


@dataclass
class Gallery:
    """A window with one of everything, and the pieces to look at."""

    window: QMainWindow
    parts: dict[str, QWidget] = field(default_factory=dict)

    def __getitem__(self, name: str) -> QWidget:
        return self.parts[name]

    def picture(self, name: str) -> QImage:
        return self.parts[name].grab().toImage()


def _buttons(parts: dict[str, QWidget]) -> QWidget:
    row = QWidget()
    layout = QHBoxLayout(row)
    layout.setContentsMargins(0, 0, 0, 0)
    for name in ("Primary", "Default", "Disabled", "Flat", "Checked", "Menu"):
        button = QPushButton(name)
        button.setDefault(name == "Primary")
        button.setEnabled(name != "Disabled")
        button.setFlat(name == "Flat")
        button.setCheckable(name == "Checked")
        button.setChecked(name == "Checked")
        parts[name.lower()] = button
        layout.addWidget(button)
    menu = QMenu(parts["menu"])
    menu.addAction("One")
    parts["menu"].setMenu(menu)  # type: ignore[attr-defined]
    for name, icon in (("run", "run"), ("pause", "pause")):
        button = QPushButton(theme.icons.icon(icon), name.title())
        button.setProperty("primary", name == "pause")
        parts[name] = button
        layout.addWidget(button)
    small = QPushButton("Small")
    small.setProperty("small", True)
    parts["small"] = small
    layout.addWidget(small)
    tool = QToolButton()
    tool.setIcon(theme.icons.icon("undo"))
    tool.setAutoRaise(True)
    parts["tool"] = tool
    layout.addWidget(tool)
    layout.addStretch()
    return row


def _form(parts: dict[str, QWidget]) -> QWidget:
    box = QGroupBox("Properties")
    form = QFormLayout(box)
    line, spin, double = QLineEdit("conv2d_2"), QSpinBox(), QDoubleSpinBox()
    spin.setValue(16)
    combo, editable = QComboBox(), QComboBox()
    combo.addItems(["same", "valid"])
    editable.setEditable(True)
    editable.addItems(["editable"])
    wrong = QLineEdit("9 × 9")
    wrong.setProperty("problem", "error")
    off = QLineEdit("not now")
    off.setEnabled(False)
    holder = QLineEdit()
    holder.setPlaceholderText("Search layers")
    holder.setClearButtonEnabled(True)
    for name, widget in (
        ("Name", line),
        ("Filters", spin),
        ("Dropout", double),
        ("Padding", combo),
        ("Editable", editable),
        ("Kernel", wrong),
        ("Disabled", off),
        ("Search", holder),
    ):
        form.addRow(name, widget)
    parts |= {"line": line, "spin": spin, "combo": combo, "wrong": wrong, "off": off}
    return box


def _choices(parts: dict[str, QWidget]) -> QWidget:
    box = QWidget()
    grid = QGridLayout(box)
    grid.setContentsMargins(0, 0, 0, 0)
    checked, clear, half = QCheckBox("Checked"), QCheckBox("Clear"), QCheckBox("Half")
    checked.setChecked(True)
    half.setTristate(True)
    half.setCheckState(Qt.CheckState.PartiallyChecked)
    chosen, other, off = QRadioButton("Chosen"), QRadioButton("Other"), QCheckBox("Off")
    chosen.setChecked(True)
    off.setEnabled(False)
    for column, widget in enumerate((checked, clear, half, chosen, other, off)):
        grid.addWidget(widget, 0, column)
    progress, slider = QProgressBar(), QSlider(Qt.Orientation.Horizontal)
    progress.setValue(40)
    slider.setRange(0, 100)
    slider.setValue(60)
    slider.setTickPosition(QSlider.TickPosition.TicksBelow)
    slider.setTickInterval(25)
    grid.addWidget(progress, 1, 0, 1, 3)
    grid.addWidget(slider, 1, 3, 1, 3)
    focus_tool = QToolButton()
    focus_tool.setIcon(theme.icons.icon("fit"))
    focus_tool.setAutoRaise(True)
    focus_tool.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    grid.addWidget(focus_tool, 0, 6)
    parts["focus_tool"] = focus_tool
    parts |= {"checked": checked, "clear": clear, "chosen": chosen}
    parts |= {"progress": progress, "slider": slider}
    return box


def _views(parts: dict[str, QWidget]) -> QWidget:
    tabs = QTabWidget()
    tabs.setDocumentMode(True)
    row = QSplitter()
    tree = QTreeWidget()
    tree.setHeaderLabels(["Layer", "Parameters"])
    tree.setSortingEnabled(True)
    for family in ("Convolution", "Pooling"):
        top = QTreeWidgetItem([family, "11"])
        top.setIcon(0, theme.icons.family_icon(family))
        top.addChildren([QTreeWidgetItem([f"{family} {i}-D", "4"]) for i in (1, 2)])
        tree.addTopLevelItem(top)
    tree.expandAll()
    tree.setCurrentItem(tree.topLevelItem(0).child(1))
    table = QTableWidget(4, 3)
    for cell in range(12):
        table.setItem(cell // 3, cell % 3, QTableWidgetItem(f"{cell / 7:.3f}"))
    table.selectRow(1)
    table.setAlternatingRowColors(True)
    names = QListWidget()
    names.addItems([f"run {i}" for i in range(40)])
    names.setCurrentRow(2)
    text = QPlainTextEdit("class Net(nn.Module):\n    ...")
    text.setFont(theme.fonts.panel_mono())
    for widget in (tree, table, names, text):
        row.addWidget(widget)
    tabs.addTab(row, theme.icons.icon("train"), "Train")
    tabs.addTab(QLabel("page"), theme.icons.icon("look_inside"), "Look inside")
    parts |= {"tabs": tabs.tabBar(), "tree": tree, "table": table, "list": names}
    return tabs


@pytest.fixture
def gallery(qtbot: QtBot, tokens: theme.Tokens) -> Gallery:
    window = QMainWindow()
    result = Gallery(window)
    parts = result.parts
    for name in ("File", "Edit", "View"):
        window.menuBar().addMenu(name)
    bar = QToolBar("Tools")
    bar.setMovable(False)
    bar.addAction(theme.icons.icon("undo"), "Undo")
    bar.addSeparator()
    bar.addAction(theme.icons.icon("redo"), "Redo")
    window.addToolBar(bar)
    parts["bar"] = bar
    page = QWidget()
    layout = QVBoxLayout(page)
    layout.addWidget(_buttons(parts))
    layout.addWidget(_choices(parts))
    layout.addWidget(_views(parts), 1)
    window.setCentralWidget(page)
    dock = QDockWidget("Inspector")
    dock.setWidget(_form(parts))
    window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, dock)
    parts["dock"] = dock
    window.statusBar().showMessage("Training · 44 100 samples/s")
    window.resize(1180, 620)
    qtbot.addWidget(window)
    window.show()
    QApplication.processEvents()
    return result


def at(image: QImage, x: int, y: int) -> str:
    return image.pixelColor(x, y).name()


def counted(image: QImage, colour: str) -> int:
    wanted = QColor(colour).rgb()
    return sum(
        image.pixel(x, y) == wanted for y in range(image.height()) for x in range(image.width())
    )


def focus_by_keyboard(gallery: Gallery, name: str) -> None:
    gallery[name].setFocus(Qt.FocusReason.TabFocusReason)
    # Set by Qt for a real key only.
    gallery.window.setAttribute(Qt.WidgetAttribute.WA_KeyboardFocusChange)


def test_the_gallery_can_be_looked_at(gallery: Gallery, tokens: theme.Tokens) -> None:
    picture = gallery.window.grab()
    assert not picture.isNull()
    folder = os.environ.get("NETBUILDER_GALLERY")
    if folder:
        picture.save(str(Path(folder) / f"controls_{tokens.name}.png"))


def test_the_palette_has_the_colours_of_the_tokens(
    qapp: QApplication, tokens: theme.Tokens
) -> None:
    palette = qapp.palette()
    assert palette.window().color().name() == tokens.window
    assert palette.base().color().name() == tokens.input
    assert palette.highlight().color().name() == tokens.accent_fill
    for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text):
        assert palette.color(QPalette.ColorGroup.Disabled, role).name() == tokens.disabled


@pytest.mark.parametrize("name", ["line", "spin", "combo"])
def test_a_field_has_a_border_that_can_be_seen(
    gallery: Gallery, tokens: theme.Tokens, name: str
) -> None:
    image = gallery.picture(name)
    assert image.height() == theme.sizes.FIELD_HEIGHT
    middle = image.width() // 2
    assert at(image, middle, 0) == tokens.line_strong
    assert at(image, middle, image.height() - 1) == tokens.line_strong
    assert at(image, 0, image.height() // 2) == tokens.line_strong
    assert at(image, middle, 2) == tokens.input


def test_a_field_in_focus_has_an_accent_border_two_wide(
    gallery: Gallery, tokens: theme.Tokens, qtbot: QtBot
) -> None:
    field_ = gallery["line"]
    gallery.window.activateWindow()
    field_.setFocus()
    qtbot.waitUntil(field_.hasFocus)
    image = gallery.picture("line")
    middle = image.width() // 2
    assert at(image, middle, 0) == at(image, middle, 1) == tokens.accent
    assert at(image, middle, 2) == tokens.input


def test_a_field_with_a_problem_shows_it(gallery: Gallery, tokens: theme.Tokens) -> None:
    image = gallery.picture("wrong")
    assert at(image, image.width() // 2, 0) == tokens.error


def test_the_default_button_is_filled(gallery: Gallery, tokens: theme.Tokens) -> None:
    for name in ("primary", "pause"):
        image = gallery.picture(name)
        assert at(image, 4, image.height() // 2) == tokens.accent_fill
        assert image.height() == theme.sizes.BUTTON_HEIGHT
        assert counted(image, tokens.on_accent) > 5, "the text is in the colour for the fill"


def test_a_button_is_raised_with_a_line_around(gallery: Gallery, tokens: theme.Tokens) -> None:
    image = gallery.picture("default")
    assert at(image, image.width() // 2, 0) == tokens.line
    assert at(image, 4, image.height() // 2) == tokens.raised
    assert gallery["small"].height() == theme.sizes.BUTTON_HEIGHT_SMALL


def test_a_checked_box_is_filled_and_a_clear_one_outlined(
    gallery: Gallery, tokens: theme.Tokens
) -> None:
    style = gallery.window.style()
    assert counted(gallery.picture("checked"), tokens.accent_fill) > 60
    clear = gallery.picture("clear")
    top = (clear.height() - style.pixelMetric(QStyle.PixelMetric.PM_IndicatorHeight)) // 2
    assert at(clear, 7, top) == tokens.line_strong
    assert at(clear, 7, top + 7) == tokens.input


def test_progress_is_a_thin_bar_on_a_groove(gallery: Gallery, tokens: theme.Tokens) -> None:
    image = gallery.picture("progress")
    middle = image.height() // 2
    assert at(image, 10, middle) == tokens.accent
    assert at(image, int(image.width() * 0.6), middle) == tokens.hover
    column = [at(image, 10, y) for y in range(image.height())]
    assert column.count(tokens.accent) == 6


def test_a_slider_is_a_line_with_a_ring(gallery: Gallery, tokens: theme.Tokens) -> None:
    image = gallery.picture("slider")
    middle = image.height() // 2
    assert at(image, 12, middle) == tokens.accent
    assert at(image, image.width() - 12, middle) == tokens.line_strong
    assert at(image, 12, middle - 2) != tokens.accent


def test_the_selected_tab_is_underlined(gallery: Gallery, tokens: theme.Tokens) -> None:
    image = gallery.picture("tabs")
    assert image.height() == theme.sizes.TAB_HEIGHT
    assert at(image, 10, image.height() - 1) == tokens.accent
    assert at(image, 10, image.height() - 2) == tokens.accent
    assert at(image, 4, 4) == tokens.panel


@pytest.mark.parametrize("name", ["tree", "table", "list"])
def test_a_selected_row_is_quiet(gallery: Gallery, tokens: theme.Tokens, name: str) -> None:
    image = gallery.picture(name)
    assert counted(image, tokens.sel_bg) > 200
    assert counted(image, tokens.accent_fill) == 0


def test_a_click_draws_no_ring_but_the_keyboard_does(
    gallery: Gallery, tokens: theme.Tokens, qtbot: QtBot
) -> None:
    button = gallery["default"]
    gallery.window.activateWindow()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    qtbot.waitUntil(button.hasFocus)
    assert counted(gallery.picture("default"), tokens.accent) == 0
    qtbot.keyClick(button, Qt.Key.Key_Backtab)
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
    qtbot.waitUntil(button.hasFocus)
    image = gallery.picture("default")
    assert at(image, image.width() // 2, 0) == at(image, image.width() // 2, 1) == tokens.accent
    focus_by_keyboard(gallery, "focus_tool")
    image = gallery.picture("focus_tool")
    assert at(image, image.width() // 2, 0) == at(image, image.width() // 2, 1) == tokens.accent
    for name in ("checked", "chosen", "tabs"):
        focus_by_keyboard(gallery, name)
        assert counted(gallery.picture(name), tokens.accent) > 60, name


def test_a_dock_has_the_colour_of_a_panel(gallery: Gallery, tokens: theme.Tokens) -> None:
    image = gallery.picture("dock")
    assert at(image, 2, image.height() - 4) == tokens.panel


def test_the_bars_have_their_heights(gallery: Gallery) -> None:
    assert gallery.window.menuBar().height() == theme.sizes.MENU_HEIGHT
    assert gallery["bar"].height() == theme.sizes.TOOLBAR_HEIGHT
    assert gallery.window.statusBar().height() == theme.sizes.STATUS_HEIGHT


def test_a_menu_shows_shortcuts_and_the_selected_row(qtbot: QtBot, tokens: theme.Tokens) -> None:
    menu = QMenu()
    qtbot.addWidget(menu)
    menu.addAction(theme.icons.icon("undo"), "Undo").setShortcut("Ctrl+Z")
    menu.addSeparator()
    grid = menu.addAction("Snap to grid")
    grid.setCheckable(True)
    grid.setChecked(True)
    menu.addMenu("Arrange").addAction("Left")
    menu.addAction("Not now").setEnabled(False)
    menu.popup(QPoint(0, 0))
    menu.setActiveAction(grid)
    image = menu.grab().toImage()
    assert at(image, image.width() // 2, 0) == tokens.line_strong
    row = menu.actionGeometry(grid)
    assert at(image, row.left() + 8, row.center().y()) == tokens.sel_bg
    folder = os.environ.get("NETBUILDER_GALLERY")
    if folder:
        image.save(str(Path(folder) / f"menu_{tokens.name}.png"))
    menu.close()


def test_a_tool_button_with_words_and_a_menu_has_room_for_all(
    qtbot: QtBot, tokens: theme.Tokens
) -> None:
    button = QToolButton()
    qtbot.addWidget(button)
    button.setIcon(theme.icons.icon("device"))
    button.setText("GPU 0")
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    without = button.sizeHint().width()
    button.setMenu(QMenu(button))
    button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
    assert button.sizeHint().width() > without
    button.resize(button.sizeHint())
    image = button.grab().toImage()
    arrow = image.copy(image.width() - 15, 0, 12, image.height())
    assert counted(arrow, tokens.raised) < arrow.width() * arrow.height()
    assert button.height() == theme.sizes.BUTTON_HEIGHT


def test_dragging_a_scroll_bar_scrolls(gallery: Gallery, qtbot: QtBot) -> None:
    names = gallery["list"]
    assert isinstance(names, QListWidget)
    bar = names.verticalScrollBar()
    assert bar.isVisible()
    qtbot.mousePress(bar, Qt.MouseButton.LeftButton, pos=QPoint(5, 8))
    qtbot.mouseMove(bar, QPoint(5, bar.height() // 2))
    qtbot.mouseRelease(bar, Qt.MouseButton.LeftButton, pos=QPoint(5, bar.height() // 2))
    assert bar.value() > 0


def test_the_arrows_of_a_spin_box_step(gallery: Gallery, qtbot: QtBot) -> None:
    spin = gallery["spin"]
    assert isinstance(spin, QSpinBox)
    right = QRect(spin.rect()).right() - 8
    qtbot.mouseClick(spin, Qt.MouseButton.LeftButton, pos=QPoint(right, 6))
    assert spin.value() == 17
    qtbot.mouseClick(spin, Qt.MouseButton.LeftButton, pos=QPoint(right, spin.height() - 6))
    assert spin.value() == 16


def test_switching_the_theme_recolours_what_is_open(
    gallery: Gallery, tokens: theme.Tokens, qapp: QApplication, qtbot: QtBot
) -> None:
    other = "light" if tokens.dark else "dark"
    with qtbot.waitSignal(theme.changed):
        theme.apply(qapp, other)  # type: ignore[arg-type]
    new = theme.current()
    image = gallery.picture("line")
    assert at(image, image.width() // 2, 0) == new.line_strong
    assert counted(gallery.picture("tool"), new.text2) > 3, "icons follow by themselves"
