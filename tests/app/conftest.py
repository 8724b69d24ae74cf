"""Small projects, sessions with a real engine, and whole windows that end cleanly."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtWidgets import QApplication

from netbuilder.app import theme
from netbuilder.app.document import Document
from netbuilder.app.session import Session
from netbuilder.app.theme import motion
from netbuilder.compiler.trial import attempt
from netbuilder.graph import Edge, Graph, Node, Optimiser, Project, Training
from netbuilder.layers import trial
from tests.app.forked import FORKING

if TYPE_CHECKING:
    from netbuilder.app.window import MainWindow


def blobs_project(lr: float = 0.05, name: str = "blobs", **training: Any) -> Project:
    """Blobs by a network of one hidden layer; keywords are those of `Training`."""
    nodes = (
        Node("blobs_1", "blobs", {"points": 300}, (0, 0)),
        Node("linear_1", "linear", {"out_features": 8}, (176, 0)),
        Node("tanh_1", "tanh", {}, (352, 0)),
        Node("linear_2", "linear", {"out_features": 3}, (528, 0)),
        Node("output_1", "output", {}, (704, 0)),
        Node("cross_entropy_1", "cross_entropy", {}, (704, 160)),
        Node("accuracy_1", "accuracy", {}, (704, 320)),
    )
    wires = (
        ("blobs_1", "point", "linear_1", "x"),
        ("linear_1", "y", "tanh_1", "x"),
        ("tanh_1", "y", "linear_2", "x"),
        ("linear_2", "y", "output_1", "x"),
        ("linear_2", "y", "cross_entropy_1", "logits"),
        ("blobs_1", "label", "cross_entropy_1", "label"),
        ("linear_2", "y", "accuracy_1", "logits"),
        ("blobs_1", "label", "accuracy_1", "label"),
    )
    graph = Graph({n.id: n for n in nodes}, tuple(Edge(*w) for w in wires))
    options = {"epochs": 5, "device": "cpu", "optimisers": (Optimiser(settings={"lr": lr}),)}
    return Project(name, graph, training=Training(**(options | training)))


@pytest.fixture
def blobs() -> Callable[..., Project]:
    """Makes the small project that learns in a moment."""
    return blobs_project


@pytest.fixture(autouse=True)
def calm(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No animations, the dark theme, engines that leave processors to others, own torch after."""
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    forking = SimpleNamespace(get_context=lambda method: FORKING)
    monkeypatch.setattr("netbuilder.engine.client.multiprocessing", forking)
    motion.set_reduced(True)
    theme.apply(qapp, "dark", contrast=False)
    yield
    motion.set_reduced(False)
    trial.install(attempt)  # a window asks its engine; what follows has torch itself


@pytest.fixture
def session(qapp: QApplication, blobs: Callable[..., Project]) -> Iterator[Session]:
    """A session whose engine is not started yet; afterwards no process is left."""
    document = Document(blobs())
    made = Session(document)
    yield made
    document.close()
    made.close()
    assert multiprocessing.active_children() == []


@pytest.fixture
def open_window(qapp: QApplication) -> Iterator[Callable[..., MainWindow]]:
    """Opens whole windows on projects; they are closed afterwards, whatever is unsaved."""
    from netbuilder.app.window import MainWindow

    windows: list[MainWindow] = []

    def make(project: Project | None = None, begin: bool = False) -> MainWindow:
        window = MainWindow()
        window.files.ask_to_save = lambda title: "discard"
        window.elsewhere.ask = lambda name: "stop"
        windows.append(window)
        if project is not None:
            window.document.new(project)
        window.resize(1440, 900)
        window.show()
        window.activateWindow()
        qapp.processEvents()
        window.canvas.frame_all()
        if begin:
            window.begin()
        return window

    yield make
    for window in windows:
        window.close()
        window.deleteLater()
    qapp.sendPostedEvents(None, 0)
    qapp.processEvents()
    assert multiprocessing.active_children() == []
