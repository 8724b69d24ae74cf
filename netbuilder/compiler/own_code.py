"""Classes that a person wrote, as they stand in the generated code, under names of their own."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from netbuilder.compiler.body import Line
from netbuilder.compiler.naming import RESERVED, taken_classes, unused
from netbuilder.layers import Call, Layer
from netbuilder.layers.custom import Custom
from netbuilder.layers.written import STANDARD, Written


class OwnCode:
    """Gathers the classes of a project. Equal text is written once.

    imports: statements for the head of the module. foreign: texts that must be trusted
    before the module runs.
    """

    def __init__(self) -> None:
        self.future = False
        self.imports: list[str] = []
        self.foreign: list[str] = []
        self.lines: list[Line] = []
        self._imported: dict[str, str] = {}  # what each name stands for
        self._classes: dict[Written, str] = {}
        self._meant: set[str] = set()

    @property
    def names(self) -> set[str]:
        """Names of the module that nothing else may have."""
        return {*self._classes.values(), *self._imported}

    @property
    def standard(self) -> set[str]:
        """Of ``F`` and ``math``, what the classes read in whatever way."""
        return self._meant & STANDARD.keys()

    def noticed(self, layer: Layer) -> None:
        """Remember what a computed node needs to be trusted for."""
        if layer.foreign and layer.foreign not in self.foreign:
            self.foreign.append(layer.foreign)

    def named(self, layer: Layer, call: Call) -> Call:
        """The construction of a module by the name that its class has here."""
        if not isinstance(layer, Custom):
            return call
        written = layer.written
        if written not in self._classes:
            self._write(written)
        return replace(call, target=self._classes[written])

    def _write(self, written: Written) -> None:
        taken = {*taken_classes(), *RESERVED, *self.names}
        name = self._classes[written] = unused(written.name, taken)
        changed = {written.name: name} if name != written.name else {}
        self.future = self.future or written.future
        for one in written.imports:
            bound, text = one.name, one.text
            if self._imported.get(bound, one.value) != one.value or bound in taken - self.names:
                bound = changed[one.name] = unused(one.name, {*taken, *self.names})
                text = f"{text.partition(' as ')[0]} as {bound}"
            self._imported[bound] = one.value
            if text not in self.imports:
                self.imports.append(text)
        self._meant |= {n.id for n in ast.walk(ast.parse(written.body)) if isinstance(n, ast.Name)}
        text = renamed(written.body, changed)
        self.lines += [*(Line(line) for line in text.split("\n")), Line(""), Line("")]


def renamed(text: str, names: Mapping[str, str]) -> str:
    """A class with other names for itself and for what it imports."""
    if not names:
        return text
    lines = [line.encode() for line in text.split("\n")]
    tree = ast.parse(text)
    for row, column, old in sorted(_places(tree, names, lines), reverse=True):
        line, end = lines[row], column + len(old.encode())
        if line[column:end] == old.encode():  # within an f-string Python 3.11 counts otherwise
            lines[row] = line[:column] + names[old].encode() + line[end:]
    return b"\n".join(lines).decode()


def _places(
    tree: ast.AST, names: Collection[str], lines: list[bytes]
) -> Iterator[tuple[int, int, str]]:
    if isinstance(tree, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
        a = tree.args
        given = [*a.posonlyargs, *a.args, *a.kwonlyargs, *(x for x in (a.vararg, a.kwarg) if x)]
        names = set(names) - {argument.arg for argument in given}
    if isinstance(tree, ast.ClassDef) and tree.name in names:
        row = tree.lineno - 1
        yield row, lines[row].index(tree.name.encode(), tree.col_offset + 5), tree.name
    if isinstance(tree, ast.Name) and tree.id in names:
        yield tree.lineno - 1, tree.col_offset, tree.id
    for child in ast.iter_child_nodes(tree):
        yield from _places(child, names, lines)
