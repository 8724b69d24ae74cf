"""Tokens to ``QPalette``, and putting a theme on the application."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from netbuilder.app.theme import fonts
from netbuilder.app.theme.state import Mode, current, theme
from netbuilder.app.theme.style import NetBuilderStyle
from netbuilder.app.theme.tokens import DARK, LIGHT, Tokens, high_contrast

__all__ = ["apply", "current", "make_palette"]

_ROLES: dict[QPalette.ColorRole, str] = {
    QPalette.ColorRole.Window: "window",
    QPalette.ColorRole.WindowText: "text",
    QPalette.ColorRole.Base: "input",
    QPalette.ColorRole.AlternateBase: "panel",
    QPalette.ColorRole.Text: "text",
    QPalette.ColorRole.Button: "raised",
    QPalette.ColorRole.ButtonText: "text",
    QPalette.ColorRole.BrightText: "error",
    QPalette.ColorRole.Light: "hover",
    QPalette.ColorRole.Midlight: "raised",
    QPalette.ColorRole.Mid: "line",
    QPalette.ColorRole.Dark: "line_strong",
    QPalette.ColorRole.Shadow: "canvas",
    QPalette.ColorRole.Highlight: "accent_fill",
    QPalette.ColorRole.HighlightedText: "on_accent",
    QPalette.ColorRole.Accent: "accent_fill",
    QPalette.ColorRole.Link: "accent",
    QPalette.ColorRole.LinkVisited: "accent",
    QPalette.ColorRole.ToolTipBase: "raised",
    QPalette.ColorRole.ToolTipText: "text",
    QPalette.ColorRole.PlaceholderText: "text3",
}

_DISABLED_TEXT = (
    QPalette.ColorRole.WindowText,
    QPalette.ColorRole.Text,
    QPalette.ColorRole.ButtonText,
    QPalette.ColorRole.HighlightedText,
    QPalette.ColorRole.PlaceholderText,
)


def make_palette(tokens: Tokens) -> QPalette:
    """The palette of the application, with the Disabled group."""
    palette = QPalette()
    for role, token in _ROLES.items():
        palette.setColor(role, QColor(tokens.colour(token)))
    for role in _DISABLED_TEXT:
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(tokens.disabled))
    palette.setColor(
        QPalette.ColorGroup.Disabled, QPalette.ColorRole.Highlight, QColor(tokens.hover)
    )
    return palette


def make_view_palette(tokens: Tokens, base: str = "input") -> QPalette:
    """The palette of lists, trees and tables: a selected row is quiet, its text unchanged."""
    palette = make_palette(tokens)
    palette.setColor(QPalette.ColorRole.Base, QColor(tokens.colour(base)))
    for group in (QPalette.ColorGroup.Active, QPalette.ColorGroup.Inactive):
        palette.setColor(group, QPalette.ColorRole.Highlight, QColor(tokens.sel_bg))
        palette.setColor(group, QPalette.ColorRole.HighlightedText, QColor(tokens.text))
    return palette


class _Desktop(QObject):
    """Listens to the desktop and puts the theme on again when its wish changes."""

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._app = app
        self.style = NetBuilderStyle()
        self._busy = False
        hints = app.styleHints()
        hints.colorSchemeChanged.connect(self._wish_changed)
        hints.accessibility().contrastPreferenceChanged.connect(self._wish_changed)

    def apply(self, mode: Mode) -> None:
        # Asking for a scheme makes Qt report a changed scheme, which is no wish of the desktop.
        self._busy = True
        try:
            _ask_for_scheme(self._app, mode)
            different = theme.hold(_tokens(self._app, mode), mode)
            if different or self._app.style() is not self.style:
                self._dress()
        finally:
            self._busy = False
        if different:
            theme.changed.emit()

    def _dress(self) -> None:
        app, tokens = self._app, theme.tokens
        if app.style() is not self.style:
            app.setStyle(self.style)
        # Class names are text at run time, whatever the stubs of PySide say.
        app.setFont(fonts.body())
        for name in ("QPushButton", "QToolButton", "QTabBar"):
            app.setFont(fonts.control(), name)  # type: ignore[arg-type]
        for name in ("QTipLabel", "QHeaderView", "QStatusBar"):
            app.setFont(fonts.caption(), name)  # type: ignore[arg-type]
        app.setPalette(make_palette(tokens))
        views = make_view_palette(tokens)
        app.setPalette(views, "QAbstractItemView")  # type: ignore[arg-type]
        # The list of a combo box is a popup, and popups are raised.
        popups = make_view_palette(tokens, "raised")
        app.setPalette(popups, "QComboBoxListView")  # type: ignore[arg-type]

    def _wish_changed(self) -> None:
        if not self._busy:
            self.apply(theme.mode)


# The application owns the style in C++; Python must keep it too or its methods are lost.
_desktop: _Desktop | None = None


def apply(app: QApplication, mode: Mode = "system", contrast: bool | None = None) -> None:
    """Put style, palette and fonts on the application and emit ``theme.changed``.

    contrast: whether to have more of it than usual, None for as it was. A desktop that
    asks for more always gets it.
    """
    global _desktop
    if contrast is not None:
        theme.contrast = contrast
    if _desktop is None or _desktop.parent() is not app:
        fonts.load()
        _desktop = _Desktop(app)
    _desktop.apply(mode)


def _ask_for_scheme(app: QGuiApplication, mode: Mode) -> None:
    """Native title bars and dialogs follow this; a desktop that cannot ignores it."""
    hints = app.styleHints()
    if mode == "system":
        hints.unsetColorScheme()
    else:
        scheme = Qt.ColorScheme.Dark if mode == "dark" else Qt.ColorScheme.Light
        hints.setColorScheme(scheme)


def _tokens(app: QGuiApplication, mode: Mode) -> Tokens:
    hints = app.styleHints()
    # A desktop that does not say is nearly always a light one.
    dark = mode == "dark" or (mode == "system" and hints.colorScheme() == Qt.ColorScheme.Dark)
    tokens = DARK if dark else LIGHT
    return high_contrast(tokens) if theme.contrast or _asked_for_contrast(app) else tokens


def _asked_for_contrast(app: QGuiApplication) -> bool:
    wish = app.styleHints().accessibility().contrastPreference()
    return wish == Qt.ContrastPreference.HighContrast
