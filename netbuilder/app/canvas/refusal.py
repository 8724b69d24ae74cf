"""What a wire would lead to, or why it cannot be, beside the pointer; with a remedy to click."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect, QRectF, Qt, QTimer
from PySide6.QtGui import QFontMetrics, QMouseEvent, QPainter, QPaintEvent, QPen

from netbuilder.app.canvas.ink import ink
from netbuilder.app.canvas.outcome import Outcome
from netbuilder.app.canvas.overlay import Overlay
from netbuilder.app.canvas.ports import glyph
from netbuilder.app.theme import colour, fonts, icons
from netbuilder.compiler.report import Fix

if TYPE_CHECKING:
    from netbuilder.app.canvas.view import CanvasView

WIDEST = 420
STAYS_MS = 6000


class RefusalNote(Overlay):
    """Follows the pointer during a gesture; afterwards it stays a while, with its link.

    A sentence says why not; an `Outcome` says what would come of it, with what would be
    wrong then beneath.
    """

    def __init__(self, view: CanvasView) -> None:
        super().__init__(view)
        self._view = view
        self.sentence = ""
        self.outcome: Outcome | None = None
        self.fix: Fix | None = None
        self._away = QTimer(self)
        self._away.setSingleShot(True)
        self._away.setInterval(STAYS_MS)
        self._away.timeout.connect(self.hide)
        self.hide()

    def show_sentence(self, sentence: str, at: QPoint) -> None:
        """Show a sentence beside the pointer, letting the pointer through; "" hides it."""
        self._away.stop()
        if not sentence:
            self.hide()
            return
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents, True)
        self._say(sentence, None, at)

    def show_outcome(self, outcome: Outcome, at: QPoint) -> None:
        """Show beside the pointer what a wire would lead to, letting the pointer through."""
        self._away.stop()
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents, True)
        words = "\n".join(part for part in (outcome.words, outcome.trouble) if part)
        self._say(words, None, at, outcome)

    def offer(self, sentence: str, at: QPoint, fix: Fix | None) -> None:
        """Leave a sentence with a remedy to click."""
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents, False)
        self._say(sentence, fix, at)
        self._away.start()

    def _say(
        self, sentence: str, fix: Fix | None, at: QPoint, outcome: Outcome | None = None
    ) -> None:
        self.sentence, self.fix, self.outcome = sentence, fix, outcome
        self.setAccessibleName(sentence)
        words = self._words_rect()
        link = self._link_width()
        single = words.height() <= QFontMetrics(fonts.caption()).height() + 4
        self._beside = single and link > 0
        width = words.width() + 38 + (link + 12 if self._beside else 0)
        height = max(28, words.height() + 12) + (18 if link and not self._beside else 0)
        self.resize(width, height)
        x = min(max(4, at.x() + 16), max(4, self._view.width() - width - 4))
        y = at.y() + 18 if at.y() + 22 + height < self._view.height() else at.y() - height - 14
        self.move(x, max(4, y))
        self.show()
        self.raise_()
        self.update()

    def _words_rect(self) -> QRect:
        flags = int(Qt.TextFlag.TextWordWrap)
        return QFontMetrics(fonts.caption()).boundingRect(
            QRect(0, 0, WIDEST, 400), flags, self.sentence
        )

    def _link_width(self) -> int:
        if self.fix is None:
            return 0
        return QFontMetrics(fonts.ui(11, fonts.SEMIBOLD)).horizontalAdvance(self.fix.label)

    def _link(self) -> QRectF:
        width = self._link_width()
        if self._beside:
            return QRectF(self.width() - width - 12, 0, width + 8, self.height())
        return QRectF(28, self.height() - 23, width + 8, 18)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), colour("canvas"))
        painter.setPen(QPen(colour("line_strong"), 1))
        painter.setBrush(colour("raised"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        self._paint_sign(painter)
        painter.setFont(fonts.caption())
        painter.setPen(colour("text"))
        words = self._words_rect()
        top = 6 if words.height() + 12 > 28 else (28 - words.height()) // 2
        area = QRect(29, top, words.width() + 2, words.height())
        painter.drawText(area, int(Qt.TextFlag.TextWordWrap), self.sentence)
        if self.fix is not None:
            painter.setFont(fonts.ui(11, fonts.SEMIBOLD))
            painter.setPen(colour("accent"))
            painter.drawText(self._link(), Qt.AlignmentFlag.AlignVCenter, self.fix.label)

    def _paint_sign(self, painter: QPainter) -> None:
        """Refused, troubled, or the kind of data that would leave."""
        ratio = self.devicePixelRatioF()
        if self.outcome is None:
            painter.drawPixmap(9, 8, icons.pixmap("refusal", "error", 13, ratio))
        elif self.outcome.trouble:
            painter.drawPixmap(9, 8, icons.pixmap("warning", "warn", 13, ratio))
        else:
            own, flow = ink(), self.outcome.flow
            painter.save()
            painter.translate(15.5, 14)
            if flow == "any":
                painter.setPen(own.port[flow])
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawPath(glyph(flow, 4.5))
            else:
                painter.fillPath(glyph(flow, 4.5), own.fill[flow])
            painter.restore()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        fix = self.fix
        self.hide()
        if fix is not None and self._link().contains(event.position()):
            self._view.apply_fix(fix)
