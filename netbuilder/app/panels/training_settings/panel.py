"""How the project is trained: settings of the run, and its optimisers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from netbuilder.app.document import Document
from netbuilder.app.panels.form import ParamForm, Section
from netbuilder.app.panels.marking import ask_range, show_row_searched, show_searched
from netbuilder.app.panels.training_settings import declared
from netbuilder.app.panels.training_settings.optimiser_box import OptimiserBox
from netbuilder.app.panels.training_settings.part_section import PartSection
from netbuilder.app.theme import icons
from netbuilder.compiler.report import Check
from netbuilder.graph import Optimiser, Project, Training, Value
from netbuilder.layers import REGISTRY
from netbuilder.training.parts import PARTS


class TrainingSettings(QWidget):
    """Shows a project's `Training`; every change is one undo step of the document."""

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._devices: tuple[str, ...] = ()
        self._refreshing = False
        self.form = ParamForm()
        self.boxes: list[OptimiserBox] = []
        self.parts = {name: PartSection(part) for name, part in PARTS.items()}
        self.add = QPushButton("Add optimiser")
        self.add.setProperty("small", True)
        self.add.setIcon(icons.icon("add", size=16))
        self.add.setToolTip("Several optimisers train parts of a network against each other.")
        self.add.clicked.connect(self._added)
        run, self._optimisers = Section("Training"), Section("Optimisers")
        run.add(self.form)
        self._optimisers.body.setSpacing(4)
        self._optimisers.body.addWidget(self.add, 0, Qt.AlignmentFlag.AlignLeft)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(run)
        layout.addWidget(self._optimisers)
        for section in self.parts.values():
            layout.addWidget(section)
            section.changed.connect(lambda value, text, merge: self._put(text, value, merge))
        self.form.edited.connect(self._edited)
        self.form.reset.connect(self._reset)
        self.form.search_wanted.connect(lambda name: self._search(f"training.{name}"))
        for name, section in self.parts.items():
            section.form.search_wanted.connect(
                lambda param, part=name: self._search(f"training.{part}.{param}")
            )

    def _search(self, name: str) -> None:
        ask_range(self._document, name, self)

    def set_devices(self, devices: Sequence[str]) -> None:
        """Offer the devices that the engine found."""
        self._devices = tuple(devices)
        self.refresh()

    def refresh(self) -> None:
        """Show what the document holds now; tells nobody."""
        self._refreshing = True
        self._show()
        self._refreshing = False

    def _show(self) -> None:
        project, check = self._document.project, self._document.check
        training = project.training
        params = declared.training_params(self._devices, training.device)
        self.form.show_params(
            "training", params, {p.name: getattr(training, p.name) for p in params}
        )
        for name, row in self.form.rows.items():
            row.check = partial(self._objection, name)
        while len(self.boxes) < len(training.optimisers):
            self._append_box()
        while len(self.boxes) > len(training.optimisers):
            gone = self.boxes.pop()
            gone.hide()
            gone.deleteLater()
        steps = declared.steps_per_epoch(project)
        losses, weighted = loss_ids(project), weighted_ids(project, check)
        for box, optimiser in zip(self.boxes, training.optimisers, strict=True):
            others = frozenset(o.name for o in training.optimisers if o is not optimiser)
            alone = len(self.boxes) == 1
            box.show_optimiser(optimiser, alone, others, losses, weighted, training.epochs, steps)
        for section in self.parts.values():
            section.show_training(training)
            show_searched(section.form, project, f"training.{section.part.name}")
        show_searched(self.form, project, "training")
        for box, optimiser in zip(self.boxes, training.optimisers, strict=True):
            owner = "training" if len(self.boxes) == 1 else f"training.{optimiser.name}"
            show_searched(box.form, project, owner)
            show_row_searched(box.algorithm_row, project, f"{owner}.algorithm")

    def _search_of(self, box: OptimiserBox, name: str) -> None:
        """Of the only optimiser without its name, so that it can be renamed."""
        of = self._document.project.training.optimisers[self.boxes.index(box)].name
        self._search(f"training.{name}" if len(self.boxes) == 1 else f"training.{of}.{name}")

    def _objection(self, name: str, value: Value) -> str:
        return declared.objection(self._document.project.training, name, value)

    def _append_box(self) -> None:
        box = OptimiserBox()
        box.changed.connect(lambda value, text, session: self._changed(box, value, text, session))
        box.removed.connect(lambda: self._removed(box))
        box.form.search_wanted.connect(lambda name: self._search_of(box, name))
        box.algorithm_row.search_wanted.connect(lambda: self._search_of(box, "algorithm"))
        self.boxes.append(box)
        self._optimisers.body.insertWidget(self._optimisers.body.indexOf(self.add), box)

    # --- to the document ---------------------------------------------------------------

    def _put(self, text: str, training: Training, merge: tuple[object, ...] | None = None) -> None:
        # A field that loses the focus by a refresh is done, but changes nothing.
        if not self._refreshing:
            self._document.edit(text, replace(self._document.project, training=training), merge)

    def _edited(self, name: str, value: Value, session: object) -> None:
        training = declared.with_setting(self._document.project.training, name, value)
        label = self.form.rows[name].param.label.lower()
        self._put(f"Set {label}", training, ("training", name, session))

    def _reset(self, name: str) -> None:
        param = self.form.rows[name].param
        training = declared.with_setting(self._document.project.training, name, param.default)
        self._put(f"Reset {param.label.lower()}", training)

    def _changed(self, box: OptimiserBox, value: Optimiser, text: str, session: object) -> None:
        training = self._document.project.training
        optimisers = list(training.optimisers)
        optimisers[self.boxes.index(box)] = value
        merge = None if session is None else ("optimiser", self.boxes.index(box), session)
        self._put(text, replace(training, optimisers=tuple(optimisers)), merge)

    def _added(self) -> None:
        training = self._document.project.training
        new = declared.new_optimiser(training)
        self._put(
            f"Add optimiser {new.name}", replace(training, optimisers=(*training.optimisers, new))
        )

    def _removed(self, box: OptimiserBox) -> None:
        training = self._document.project.training
        gone = training.optimisers[self.boxes.index(box)]
        kept = tuple(o for o in training.optimisers if o is not gone)
        self._put(f"Remove optimiser {gone.name}", replace(training, optimisers=kept))


def loss_ids(project: Project) -> tuple[str, ...]:
    """Ids of the loss nodes of the top graph."""
    return tuple(n.id for n in project.graph if is_loss(n.kind))


def is_loss(kind: str) -> bool:
    """Whether a kind is a loss."""
    return kind in REGISTRY and REGISTRY[kind].role == "loss"


def weighted_ids(project: Project, check: Check) -> tuple[str, ...]:
    """Ids of the nodes and block instances of the top graph that have weights to learn."""
    known = check.inside()
    return tuple(n.id for n in project.graph if n.id in known and known[n.id].parameters > 0)
