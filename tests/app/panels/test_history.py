"""The history panel on a real stack."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from netbuilder.app.document import Document
from netbuilder.app.panels.history import HistoryPanel
from netbuilder.graph import Graph, Node, Project


def test_a_click_on_a_step_goes_there_and_back(qtbot):
    document = Document(Project("steps", Graph()))
    projects = [document.project]
    for i in range(3):
        document.edit_graph(f"Add {i}", document.project.graph.add(Node(f"relu_{i}", "relu")))
        projects.append(document.project)
    panel = HistoryPanel(document)
    qtbot.addWidget(panel)
    panel.resize(240, 200)
    panel.show()
    model = panel.list.model()
    assert [model.index(i, 0).data() for i in range(model.rowCount())] == [
        "As it was opened",
        "Add 0",
        "Add 1",
        "Add 2",
    ]
    for row in (1, 3, 0, 2):
        where = panel.list.visualRect(model.index(row, 0)).center()
        QTest.mouseClick(panel.list.viewport(), Qt.MouseButton.LeftButton, pos=where)
        assert document.project is projects[row]
    document.close()
    document.stack.clear()
