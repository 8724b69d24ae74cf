"""The start page by mouse, by key and by files let go over it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from netbuilder.app import theme
from netbuilder.app.canvas import CanvasView
from netbuilder.app.document import Document
from netbuilder.app.start import StartPage
from netbuilder.app.theme import motion
from netbuilder.graph import Graph, Node, Project, Training
from netbuilder.graph.file import save
from netbuilder.layers import REGISTRY

if TYPE_CHECKING:
    from netbuilder.app.window import MainWindow

LEFT = Qt.MouseButton.LeftButton
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
NO = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def page(qapp: QApplication) -> Iterator[StartPage]:
    """The page on the canvas of an empty project, seen and with the keys."""
    motion.set_reduced(True)
    document = Document(Project())
    view = CanvasView(document)
    made = StartPage(view)
    view.resize(900, 560)
    view.show()
    view.activateWindow()
    view.setFocus(Qt.FocusReason.OtherFocusReason)
    qapp.processEvents()
    yield made
    document.close()
    view.close()
    view.deleteLater()
    qapp.sendPostedEvents(None, 0)


def view_of(page: StartPage) -> CanvasView:
    view = page.parentWidget()
    assert isinstance(view, CanvasView)
    return view


def kinds(page: StartPage) -> list[str]:
    return [node.kind for node in view_of(page).document.project.graph]


def press(key: Qt.Key, keys: Qt.KeyboardModifier = NO) -> None:
    target = QApplication.focusWidget()
    assert target is not None
    QTest.keyClick(target, key, keys)
    QApplication.processEvents()


def test_it_is_there_exactly_while_nothing_is(page: StartPage) -> None:
    document = view_of(page).document
    assert page.isVisible()
    assert not view_of(page).minimap.isVisible()
    document.edit_graph("Add", Graph().add(Node("relu_1", "relu")))
    assert page.isHidden()
    assert view_of(page).minimap.isVisible()
    document.undo()
    assert page.isVisible()
    document.new(Project(graph=Graph().add(Node("relu_1", "relu"))))
    assert page.isHidden()
    assert view_of(page).hasFocus()


def test_every_choice_is_within_reach_of_the_arrow_keys(page: StartPage) -> None:
    assert page.data.hasFocus()
    seen = []
    for _ in range(4):
        press(Qt.Key.Key_Down)
        seen.append(QApplication.focusWidget())
    first = next(iter(page.cards.values()))
    assert seen == [page.example, page.network, page.layer, first]
    for card in list(page.cards.values())[1:]:
        press(Qt.Key.Key_Right)
        assert card.hasFocus()
    press(Qt.Key.Key_Right)
    press(Qt.Key.Key_Up)
    assert page.layer.hasFocus()
    for _ in range(4):
        press(Qt.Key.Key_Up)
    assert page.data.hasFocus()


def test_a_data_set_by_keys_alone(page: StartPage) -> None:
    press(Qt.Key.Key_Return)
    assert page.listing.hasFocus()
    assert page.listing.count() == sum(1 for c in REGISTRY.values() if c.role == "data")
    press(Qt.Key.Key_Down)
    offer = page.listing.offer
    assert offer is not None
    assert page.about.text() == offer.help
    press(Qt.Key.Key_Return)
    assert kinds(page) == [offer.name]
    assert page.isHidden()
    assert view_of(page).document.stack.count() == 1


def test_letters_find_a_row_and_are_no_commands(page: StartPage) -> None:
    page.choose_data()
    press(Qt.Key.Key_S)
    press(Qt.Key.Key_P)
    offer = page.listing.offer
    assert offer is not None
    assert offer.name == "spirals"
    press(Qt.Key.Key_Escape)
    assert page.data.isVisible()
    assert not page.listing.isVisible()
    assert page.data.hasFocus()
    assert kinds(page) == []


def test_a_template_by_click_is_one_step_and_sound(page: StartPage) -> None:
    document = view_of(page).document
    for name, card in page.cards.items():
        QTest.mouseClick(card, LEFT)
        assert page.isHidden(), name
        assert document.check.errors == ()
        assert document.project.training != Training()
        assert document.project.name.endswith(name)
        assert document.stack.count() == 1
        document.undo()
        assert document.project == Project()
        assert page.isVisible()


def test_templates_are_built_around_the_data_set_that_is_meant(page: StartPage) -> None:
    page.choose_data()
    rows = [page.listing.item(i) for i in range(page.listing.count())]
    wine = next(row for row in rows if row.text() == "Wine")
    page.listing.setCurrentItem(wine)
    assert not page.cards["language_model"].isEnabled()
    assert not page.cards["regression"].isEnabled()
    QTest.mouseClick(page.cards["language_model"], LEFT)
    assert kinds(page) == []
    QTest.mouseClick(page.cards["classification"], LEFT)
    assert kinds(page)[0] == "wine"
    assert view_of(page).document.project.name == "wine_classification"


def test_what_the_person_set_before_stays(page: StartPage) -> None:
    document = view_of(page).document
    document.new(Project("mine", training=Training(epochs=3)))
    QTest.mouseClick(page.cards["regression"], LEFT)
    assert (document.project.name, document.project.training.epochs) == ("mine", 3)


def test_a_table_asks_for_its_file_and_says_what_is_wrong_with_it(
    page: StartPage, tmp_path: Path
) -> None:
    bad, good = tmp_path / "bad.csv", tmp_path / "good.csv"
    bad.write_bytes(b"\xff\xfe\x00 no table")
    good.write_text("a,b,kind\n1,2,x\n2,1,y\n" * 1)
    answers = iter(["", str(bad), str(good)])
    page.choose = lambda kinds: next(answers)
    page.choose_data()
    rows = [page.listing.item(i) for i in range(page.listing.count())]
    page.listing.setCurrentItem(next(row for row in rows if row.text().startswith("CSV")))
    card = page.cards["classification"]
    QTest.mouseClick(card, LEFT)
    assert page.note.isHidden()
    QTest.mouseClick(card, LEFT)
    assert page.note.isVisible()
    assert "bad.csv is not text in UTF-8" in page.note.text()
    assert page.rect().contains(page.note.mapTo(page, page.note.rect().bottomRight()))
    assert kinds(page) == []
    QTest.mouseClick(card, LEFT)
    assert kinds(page)[0] == "csv"


def test_tab_asks_for_a_layer(page: StartPage) -> None:
    press(Qt.Key.Key_Tab)
    search = view_of(page).search
    assert search is not None
    assert search.isVisible()
    QTest.keyClicks(search.field, "dropout")
    QTest.keyClick(search.field, Qt.Key.Key_Return)
    assert kinds(page) == ["dropout"]


@pytest.mark.parametrize("size", [(320, 240), (700, 300), (1400, 900)])
def test_it_stays_on_the_canvas_whatever_its_size(page: StartPage, size: tuple[int, int]) -> None:
    view = view_of(page)
    view.resize(*size)
    QApplication.processEvents()
    assert view.rect().contains(page.geometry())
    page.choose_example()
    assert view.rect().contains(page.geometry())


@pytest.mark.parametrize("mode", ["dark", "light"])
def test_it_wears_the_theme(page: StartPage, mode: theme.Mode, qapp: QApplication) -> None:
    theme.apply(qapp, mode)
    picture = page.grab().toImage()
    tokens = theme.current()
    assert picture.pixelColor(page.width() // 2, 8).name() == tokens.canvas
    plate = page.data.mapTo(page, page.data.rect().center())
    assert picture.pixelColor(plate).name() == tokens.node
    inks = {label: label.palette().color(label.foregroundRole()).name() for label in
            (page.title, page.sentence)}  # fmt: skip
    assert list(inks.values()) == [tokens.text, tokens.text2]


def let_go(target: QWidget, paths: list[Path], at: QPoint) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    copy = Qt.DropAction.CopyAction
    for event in (
        QDragEnterEvent(at, copy, data, LEFT, NO),
        QDragMoveEvent(at, copy, data, LEFT, NO),
        QDropEvent(QPointF(at), copy, data, LEFT, NO),
    ):
        QApplication.sendEvent(target, event)
    QApplication.processEvents()


@pytest.mark.slow
def test_files_let_go_over_it(open_window: Callable[..., MainWindow], tmp_path: Path) -> None:
    window = open_window(Project())
    start, before = window.start, window.document.project
    (tmp_path / "photo.jpg").write_bytes(b"\xff\xd8")
    (tmp_path / "broken.netbuilder").write_text("{")
    (tmp_path / "empty.csv").write_text("")
    (tmp_path / "pictures").mkdir()
    for name in ("photo.jpg", "broken.netbuilder", "empty.csv", "pictures"):
        let_go(start, [tmp_path / name], QPoint(60, 60))
        assert start.note.isVisible()
        assert name in start.note.text()
        assert "Data node" not in start.note.text()
        assert window.document.project is before
    assert window.toasts.visible() == []
    (tmp_path / "poem.txt").write_text("roses are red, " * 20)
    (tmp_path / "table.csv").write_text("a,b,label\n1,2,x\n2,1,y\n")
    let_go(start, [tmp_path / "poem.txt", tmp_path / "table.csv"], QPoint(60, 60))
    assert [node.kind for node in window.document.project.graph] == ["text", "csv"]
    assert start.isHidden()
    # On a canvas with nodes the sentence stands where the file was let go.
    let_go(window.canvas.viewport(), [tmp_path / "empty.csv"], QPoint(200, 150))
    assert "empty.csv" in window.canvas.note.sentence
    assert len(window.document.project.graph) == 2


@pytest.mark.slow
def test_its_keys_work_everywhere(open_window: Callable[..., MainWindow], tmp_path: Path) -> None:
    window = open_window(Project())
    QTest.keyClick(window, Qt.Key.Key_E, CTRL)
    assert window.start.listing.hasFocus()
    press(Qt.Key.Key_Return)
    assert len(window.document.project.graph) > 3
    assert window.start.isHidden()
    QTest.keyClick(window, Qt.Key.Key_K, CTRL)
    search = window.canvas.search
    assert search is not None
    assert {found.entry.family for found in search.found} == {"Data"}
    window.canvas.close_search()
    QTest.keyClick(window, Qt.Key.Key_E, CTRL | SHIFT)
    assert window._export is not None
    assert window._export.isVisible()
    window._export.close()
    save(Project("saved"), tmp_path / "saved.netbuilder")
    let_go(window.canvas.viewport(), [tmp_path / "saved.netbuilder"], QPoint(9, 9))
    assert window.document.title == "saved"
    assert window.start.isVisible()


def test_a_published_network_by_keys_and_from_the_menu(
    open_window: Callable[..., MainWindow], qapp: QApplication
) -> None:
    window = open_window(Project())
    QTest.keyClick(window, Qt.Key.Key_N, CTRL | SHIFT)
    listing = window.start.listing
    assert listing.hasFocus()
    titles = [listing.item(i).text() for i in range(listing.count())]
    assert titles[:2] == ["LeNet-5", "AlexNet"]
    for letter in "ResNet-18":
        QTest.keyClick(listing, letter)
    assert "11,689,512" in window.start.about.text()
    QTest.keyClick(listing, Qt.Key.Key_Return)
    document = window.document
    assert document.project.name == "resnet18"
    assert document.path is None
    assert document.check.parameters == 11_689_512
    assert not document.check.problems
    menu = next(
        action.menu()
        for action in window.menuBar().actions()[0].menu().actions()
        if action.text() == "Published networks"
    )
    menu.aboutToShow.emit()
    next(a for a in menu.actions() if a.text() == "U-Net").trigger()
    assert document.project.name == "unet"
