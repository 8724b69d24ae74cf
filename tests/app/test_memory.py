"""What PySide does not forgive: objects that end in the wrong order or too late."""

from __future__ import annotations

import subprocess
import sys

import pytest

pytestmark = pytest.mark.slow

#: Enough commands that the collector crashed each time before it was prevented.
_DOCUMENTS = """
import gc
from PySide6.QtWidgets import QApplication
app = QApplication([])
from netbuilder.app.document import Document
from netbuilder.graph import Node
for _ in range(40):
    document = Document()
    document.itself = document
    for i in range(20):
        graph = document.project.graph.add(Node(f"relu_{i}", "relu"))
        document.edit_graph("Add", graph)
del document
gc.collect()
"""
_COPIED = """
from PySide6.QtWidgets import QApplication
app = QApplication([])
from netbuilder.app.canvas import CanvasView
from netbuilder.app.document import Document
from netbuilder.graph import Graph, Node, Project
view = CanvasView(Document(Project("p", Graph({"relu_1": Node("relu_1", "relu")}))))
view.commands.select_all()
assert view.commands.copy()
assert "relu_1" in app.clipboard().text()
view.close()
"""


@pytest.mark.parametrize("program", [_DOCUMENTS, _COPIED], ids=["documents", "copied"])
def test_the_process_ends_well(program: str) -> None:
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
