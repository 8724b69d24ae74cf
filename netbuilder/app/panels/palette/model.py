"""The palette as an item model: families at the top, entries below them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import (
    QAbstractItemModel,
    QByteArray,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)

from netbuilder.app.my_blocks import MINE
from netbuilder.app.panels.palette.entries import NEXT, Entry, Family, families, layer_entry
from netbuilder.app.panels.palette.search import Match, ranked
from netbuilder.graph import Project
from netbuilder.graph.library import Saved
from netbuilder.layers.formula import rich

KIND_MIME = "application/x-netbuilder-kind"
"""What a drag from the palette carries: the kind as UTF-8."""

ENTRY_ROLE = int(Qt.ItemDataRole.UserRole)
"""The `Entry` of a row, or the `Family`."""
LETTERS_ROLE = ENTRY_ROLE + 1
"""Places of the letters of the title that the search found."""

Index = QModelIndex | QPersistentModelIndex
_TOP = 0


class PaletteModel(QAbstractItemModel):
    """Everything that can be placed, narrowed by a query."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._all: tuple[Family, ...] = ()
        self._next: tuple[Entry, ...] = ()
        self._shown: list[Family] = []
        self._letters: dict[str, tuple[int, ...]] = {}
        self._query = ""

    # --- what is shown -----------------------------------------------------------------

    def set_project(self, project: Project | None, mine: Iterable[Saved] = ()) -> bool:
        """Take the blocks of a project and the person's own; true if the entries changed."""
        found = families(project, mine)
        if found == self._all:
            return False
        self._all = found
        self._narrow()
        return True

    def set_next(self, kinds: Sequence[str]) -> bool:
        """Show these kinds first, while nothing is searched; true if they changed."""
        found = tuple(layer_entry(kind) for kind in kinds)
        if found == self._next:
            return False
        self._next = found
        if not self._query:
            self._narrow()
        return True

    def set_query(self, query: str) -> None:
        """Show only what fits; the family with the best match comes first."""
        if query.strip() != self._query:
            self._query = query.strip()
            self._narrow()

    @property
    def query(self) -> str:
        """What is searched for; empty when everything is shown."""
        return self._query

    def count(self) -> int:
        """Number of entries shown."""
        return sum(len(family.entries) for family in self._shown)

    def _narrow(self) -> None:
        self.beginResetModel()
        shown: list[tuple[float, Family]] = []
        self._letters = {}
        for family in self._all:
            found = ranked(self._query, family.entries)
            if found:
                self._letters |= {entry.kind: fit.letters for entry, fit in found}
                shown.append((_best(found), replace(family, entries=_only(found))))
        if self._query:
            shown.sort(key=lambda pair: -pair[0])
        self._shown = [family for _, family in shown]
        if self._next and not self._query:
            self._shown.insert(0, Family(NEXT, self._next))
        self.endResetModel()

    # --- finding rows ------------------------------------------------------------------

    def first_entry(self) -> QModelIndex:
        """The row of the best entry, or an invalid index if nothing fits."""
        return self.index(0, 0, self.index(0, 0)) if self._shown else QModelIndex()

    def index_of(self, kind: str) -> QModelIndex:
        """The row of a kind, or an invalid index if it is not shown."""
        for row, family in enumerate(self._shown):
            if family.name == NEXT:
                continue  # it stands in its own family too
            for below, entry in enumerate(family.entries):
                if entry.kind == kind:
                    return self.index(below, 0, self.index(row, 0))
        return QModelIndex()

    def entry(self, index: Index) -> Entry | None:
        """The entry of a row, None for a family."""
        item = self._item(index)
        return item if isinstance(item, Entry) else None

    def _item(self, index: Index) -> Entry | Family | None:
        if not index.isValid():
            return None
        parent = int(index.internalId())
        if parent == _TOP:
            return self._shown[index.row()]
        return self._shown[parent - 1].entries[index.row()]

    # --- QAbstractItemModel ------------------------------------------------------------

    def index(self, row: int, column: int, parent: Index = QModelIndex()) -> QModelIndex:  # noqa: B008
        if not self.hasIndex(row, column, parent):
            return QModelIndex()
        return self.createIndex(row, column, parent.row() + 1 if parent.isValid() else _TOP)

    def parent(self, index: Index = QModelIndex()) -> QModelIndex:  # type: ignore[override]  # noqa: B008
        above = int(index.internalId()) if index.isValid() else _TOP
        return QModelIndex() if above == _TOP else self.createIndex(above - 1, 0, _TOP)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        if not parent.isValid():
            return len(self._shown)
        item = self._item(parent)
        return len(item.entries) if isinstance(item, Family) and parent.column() == 0 else 0

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 1

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        if self.entry(index) is not None:
            flags |= Qt.ItemFlag.ItemIsDragEnabled | Qt.ItemFlag.ItemNeverHasChildren
        return flags

    def is_mine(self, index: Index) -> bool:
        """Whether a row is one of the person's own blocks, which can be renamed here."""
        entry = self.entry(index)
        return entry is not None and entry.kind.startswith(MINE)

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        item = self._item(index)
        if item is None:
            return None
        if role == ENTRY_ROLE:
            return item
        if isinstance(item, Family):
            count = len(item.entries)
            return {
                Qt.ItemDataRole.DisplayRole: item.name,
                Qt.ItemDataRole.AccessibleTextRole: f"{item.name}, {count} layers",
            }.get(Qt.ItemDataRole(role) if role < ENTRY_ROLE else Qt.ItemDataRole.UserRole)
        return self._entry_data(item, role)

    def _entry_data(self, entry: Entry, role: int) -> Any:
        if role == LETTERS_ROLE:
            return self._letters.get(entry.kind, ())
        if role == Qt.ItemDataRole.DisplayRole:
            return entry.title
        if role == Qt.ItemDataRole.ToolTipRole:
            return tooltip(entry)
        if role == Qt.ItemDataRole.AccessibleDescriptionRole:
            return entry.summary
        return None

    def mimeTypes(self) -> list[str]:
        return [KIND_MIME]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        data = QMimeData()
        entry = next((e for e in map(self.entry, indexes) if e is not None), None)
        if entry is not None:
            data.setData(KIND_MIME, QByteArray(entry.kind.encode()))
        return data

    def supportedDragActions(self) -> Qt.DropAction:
        return Qt.DropAction.CopyAction


def tooltip(entry: Entry) -> str:
    """First sentence of the help and the formula, as rich text."""
    lines = [f"<b>{entry.title}</b>"]
    if entry.summary:
        lines.append(entry.summary)
    if entry.tex:
        lines.append(f"<i style='font-family: serif; font-size: 15px'>{rich(entry.tex)}</i>")
    return "<p style='margin: 2px'>" + "<br>".join(lines) + "</p>"


def _best(found: list[tuple[Entry, Match]]) -> float:
    return found[0][1].score


def _only(found: list[tuple[Entry, Match]]) -> tuple[Entry, ...]:
    return tuple(entry for entry, _ in found)
