"""A label whose colour is a token and stays one when the theme changes."""

from __future__ import annotations

from PySide6.QtGui import QFont, QPalette
from PySide6.QtWidgets import QLabel, QWidget

from netbuilder.app.theme import colour, fonts, theme


class ThemedLabel(QLabel):
    """Text in a font step and a token of the look, such as a caption in ``text3``."""

    def __init__(
        self,
        text: str = "",
        token: str = "text",
        font: QFont | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, parent)
        self._token = token
        # Some parents, such as a menu bar, have their children write in another role.
        self.setForegroundRole(QPalette.ColorRole.WindowText)
        self.setFont(font if font is not None else fonts.body())
        self._restyle()
        theme.changed.connect(self._restyle)

    def set_token(self, token: str) -> None:
        """Take another colour."""
        if token != self._token:
            self._token = token
            self._restyle()

    def _restyle(self) -> None:
        palette = self.palette()
        for group in (QPalette.ColorGroup.Active, QPalette.ColorGroup.Inactive):
            palette.setColor(group, QPalette.ColorRole.WindowText, colour(self._token))
            palette.setColor(group, QPalette.ColorRole.Link, colour("accent"))
        palette.setColor(
            QPalette.ColorGroup.Disabled, QPalette.ColorRole.WindowText, colour("disabled")
        )
        self.setPalette(palette)
