"""The guide in the program: the same pages as in ``netbuilder/help``."""

from __future__ import annotations

from PySide6.QtCore import QUrl
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QDialog, QTextBrowser, QVBoxLayout, QWidget

from netbuilder.layers import REGISTRY
from netbuilder.resources import help_page


class HelpPage(QDialog):
    """A window with the guide that can stay open beside the canvas."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("NetBuilder guide")
        self.resize(720, 640)
        self.browser = QTextBrowser()
        self.browser.setAccessibleName("Guide")
        self.browser.setOpenLinks(False)
        self.browser.anchorClicked.connect(self._follow)
        self.browser.document().setDocumentMargin(16)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.browser)

    def show_page(self, name: str) -> None:
        """Show a page of the guide, or the help of a kind of node."""
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
        self.browser.setMarkdown(text)
        self.show()
        self.raise_()

    def _follow(self, url: QUrl) -> None:
        name = url.toString().rpartition("/")[2].removesuffix(".md")
        if url.scheme() in ("", "file"):
            self.show_page(name)


def kind_page(kind: str) -> str:
    """Help of one kind of node as Markdown, from its declaration."""
    layer = REGISTRY[kind]
    lines = [f"# {layer.title}", "", layer.help(), ""]
    if layer.formula:
        lines += [f"*{layer.formula}*", ""]
    for param in layer.params():
        lines.append(f"- **{param.label}** (default {param.default}): {param.help}")
    if layer.cites:
        lines += ["", f"See {layer.cites}."]
    return "\n".join([*lines, "", "[Back to the start](index)"])
