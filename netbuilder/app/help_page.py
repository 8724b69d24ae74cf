"""The guide in the program: the same pages as in ``netbuilder/help``."""

from __future__ import annotations

import re
from typing import Any

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import (
    QImage,
    QTextBlock,
    QTextBlockFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
)
from PySide6.QtWidgets import QDialog, QTextBrowser, QVBoxLayout, QWidget

from netbuilder.app.formula_drawing import drawing
from netbuilder.app.theme import colour, theme
from netbuilder.help.catalogue import told
from netbuilder.layers import REGISTRY, formula
from netbuilder.resources import asset, help_page

_MARGIN = 16
#: Above and below, in pixels: of headings, of items of a list, of other paragraphs.
_HEADING, _ITEM, _PARAGRAPH = (14.0, 6.0), (0.0, 4.0), (0.0, 10.0)
_LINES = 130.0
_PERCENT = QTextBlockFormat.LineHeightTypes.ProportionalHeight.value


_LETTER = 17
_SCHEME = "formula"
#: What stands in a text where a picture is.
_OBJECT = "\ufffc"
_KEEP = QTextCursor.MoveMode.KeepAnchor
#: A block that GitHub draws as a formula, as the catalogue writes it.
_FORMULA = re.compile(r"^```math\n(.*?)\n```$", re.MULTILINE | re.DOTALL)
_ROW = re.compile(r"^& (.*) \\\\$")
_FRAME = (r"\begin", r"\end")


class HelpPage(QDialog):
    """A window with the guide that can stay open beside the canvas."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("NetBuilder guide")
        self.resize(720, 640)
        self.browser = Page()
        self.browser.anchorClicked.connect(self._follow)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.browser)
        self._name = "index"
        theme.changed.connect(self._dress)

    def show_page(self, name: str) -> None:
        """Show a page of the guide, or the help of a kind of node."""
        self._name = name
        path = help_page(name)
        if path.is_file():
            text = path.read_text(encoding="utf-8")
        elif name in REGISTRY:
            text = kind_page(name)
        else:
            text = f"# Not found\n\nThe guide has no page {name}. [Back to the start](index)"
        self.browser.document().setMetaInformation(
            QTextDocument.MetaInformation.DocumentUrl, path.parent.as_uri() + "/"
        )
        self.browser.show_markdown(text)
        self.show()
        self.raise_()

    def _dress(self) -> None:
        if self.isVisible():
            self.show_page(self._name)

    def _follow(self, url: QUrl) -> None:
        kind = url.fragment()  # of the catalogue, where every kind has a page of its own here
        name = kind or url.toString().rpartition("/")[2].removesuffix(".md")
        if url.scheme() in ("", "file"):
            self.show_page(name)


class Page(QTextBrowser):
    """Markdown with room between the paragraphs, and pictures as wide as the page."""

    def __init__(self) -> None:
        super().__init__()
        self._formulas: list[str] = []
        self.setAccessibleName("Guide")
        self.setOpenLinks(False)
        # So that a picture has the same room on a short page and on a long one.
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.document().setDocumentMargin(_MARGIN)

    def show_markdown(self, text: str) -> None:
        """Show a page from its top."""
        self.document().clear()  # with the pictures of the other theme
        self._formulas = []
        self.setMarkdown(_FORMULA.sub(self._pictured, text))
        whole = QTextCursor(self.document())
        whole.beginEditBlock()  # else a long page is laid out anew for each of its paragraphs
        block = self.document().begin()
        while block.isValid():
            self._part(block)
            block = block.next()
        whole.endEditBlock()
        self.moveCursor(QTextCursor.MoveOperation.Start)

    def _part(self, block: QTextBlock) -> None:
        cursor = QTextCursor(block)
        if cursor.currentTable() is not None:
            return
        shape = block.blockFormat()
        spacing = _HEADING if shape.headingLevel() else _ITEM if block.textList() else _PARAGRAPH
        shape.setTopMargin(spacing[0])
        shape.setBottomMargin(spacing[1])
        shape.setLineHeight(100.0 if block.text() == _OBJECT else _LINES, _PERCENT)
        cursor.setBlockFormat(shape)
        self._tell(cursor)

    def _tell(self, cursor: QTextCursor) -> None:
        """Words for a formula in place of its picture, for who cannot see it."""
        cursor.movePosition(QTextCursor.MoveOperation.NextCharacter, _KEEP)
        picture = cursor.charFormat().toImageFormat()
        if picture.isValid() and QUrl(picture.name()).scheme() == _SCHEME:
            tex = self._formulas[int(QUrl(picture.name()).path())]
            picture.setProperty(QTextFormat.Property.ImageAltText, formula.plain(tex))
            cursor.setCharFormat(picture)

    def _pictured(self, found: re.Match[str]) -> str:
        """A formula of a page as a picture, which is told as text to who cannot see it."""
        tex = "\n".join(_ROW.sub(r"\1", row) for row in found[1].splitlines())
        tex = "\n".join(row for row in tex.splitlines() if not row.startswith(_FRAME))
        self._formulas.append(tex)
        if drawing(tex) is None:
            return f"`{formula.plain(tex)}`"
        # Other words here would be cut at each _, and Qt shows a picture for every part of them.
        return f"![formula]({_SCHEME}:{len(self._formulas) - 1})"

    def loadResource(self, kind: int, name: QUrl | str) -> Any:
        """A picture of ``assets`` in the theme of the window, not wider than the page."""
        if QUrl(name).scheme() == _SCHEME:
            found = drawing(self._formulas[int(QUrl(name).path())])
            room = self.viewport().width() - 2 * _MARGIN
            ratio = self.devicePixelRatioF()
            return found.image(_LETTER, room, ratio, colour("text")) if found else None
        file = QUrl(name).path().rpartition("assets/")[2]
        if kind != QTextDocument.ResourceType.ImageResource.value or not file:
            return super().loadResource(kind, QUrl(name))
        image = QImage(str(asset(file if theme.tokens.dark else file.replace("_dark.", "_light."))))
        ratio = self.devicePixelRatioF()
        wide = round((self.viewport().width() - 2 * _MARGIN) * ratio)
        if image.width() > wide:
            smooth = Qt.TransformationMode.SmoothTransformation
            image = image.convertToFormat(QImage.Format.Format_RGB32).scaledToWidth(wide, smooth)
            image.setDevicePixelRatio(ratio)
        return image


def kind_page(kind: str) -> str:
    """Help of one kind of node as Markdown: its part of the catalogue."""
    layer = REGISTRY[kind]
    links = "[All kinds](catalogue.md) · [Back to the start](index.md)"
    return "\n".join([f"# {layer.title}", *told(layer), "", links])
