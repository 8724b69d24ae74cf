"""The one style of the application: Fusion, with every visible part drawn flat.

Fusion outlines fields with ``Window.darker(140)``, which in the dark theme has a
contrast of 1.2 : 1, and paints gradients on buttons; a palette cannot change that.
"""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDockWidget,
    QProxyStyle,
    QPushButton,
    QStatusBar,
    QStyle,
    QStyleHintReturn,
    QStyleOption,
    QStyleOptionButton,
    QStyleOptionComboBox,
    QStyleOptionComplex,
    QStyleOptionDockWidget,
    QStyleOptionFrame,
    QStyleOptionHeader,
    QStyleOptionMenuItem,
    QStyleOptionProgressBar,
    QStyleOptionSlider,
    QStyleOptionSpinBox,
    QStyleOptionTab,
    QStyleOptionToolButton,
    QStyleOptionViewItem,
    QToolButton,
    QWidget,
)

from netbuilder.app.theme import fonts, icons, sizes
from netbuilder.app.theme.controls import (
    bars,
    buttons,
    fields,
    frames,
    indicators,
    menus,
    metrics,
    tabs,
    views,
)
from netbuilder.app.theme.controls.strokes import (
    BY_KEYBOARD,
    focused_by_keyboard,
    has,
    ring,
)
from netbuilder.app.theme.state import colour
from netbuilder.app.theme.style_parts import ARROWS, NOTHING, PRIMITIVES, STANDARD_ICONS

_PE = QStyle.PrimitiveElement
_CE = QStyle.ControlElement
_CC = QStyle.ComplexControl
_SE = QStyle.SubElement


class NetBuilderStyle(QProxyStyle):
    """Draws with the tokens in force; keep a Python reference as long as it is used.

    Dynamic properties that a widget may carry: ``primary`` (true: the filled button),
    ``small`` (true: a button 22 high), ``problem`` (``"error"`` or ``"warning"``: the
    border of a field).
    """

    def __init__(self) -> None:
        super().__init__("Fusion")
        self.setObjectName("netbuilder")

    # Drawing

    def drawPrimitive(
        self,
        element: QStyle.PrimitiveElement,
        option: QStyleOption,
        painter: QPainter,
        widget: QWidget | None = None,
    ) -> None:
        """Draw one part of a control."""
        draw = PRIMITIVES.get(element)
        if draw is not None:
            draw(painter, option, widget)
        elif element in NOTHING:
            return
        elif element in ARROWS:
            indicators.arrow(painter, option, ARROWS[element])  # type: ignore[arg-type]
        elif element == _PE.PE_PanelItemViewItem and isinstance(option, QStyleOptionViewItem):
            views.item(painter, option, widget)
        elif element == _PE.PE_PanelItemViewRow and isinstance(option, QStyleOptionViewItem):
            views.row(painter, option, widget)
        elif element == _PE.PE_PanelLineEdit and isinstance(option, QStyleOptionFrame):
            fields.line_edit(painter, option, widget)
        elif element == _PE.PE_FrameFocusRect:
            _focus(painter, option, widget)
        elif element == _PE.PE_FrameGroupBox:
            frames.group_box(painter, option)
        elif element == _PE.PE_PanelMenu:
            menus.panel(painter, option.rect)
        elif element == _PE.PE_PanelTipLabel:
            frames.tool_tip(painter, option.rect)
        elif element == _PE.PE_PanelStatusBar:
            frames.status_bar(painter, option.rect)
        elif element == _PE.PE_IndicatorToolBarSeparator:
            frames.tool_bar_separator(painter, option)
        elif element == _PE.PE_IndicatorToolBarHandle:
            frames.tool_bar_handle(painter, option)
        elif element == _PE.PE_IndicatorDockWidgetResizeHandle:
            frames.separator(painter, option)
        elif element == _PE.PE_IndicatorHeaderArrow and isinstance(option, QStyleOptionHeader):
            views.header_arrow(painter, option)
        elif element == _PE.PE_FrameTabBarBase:
            rect = option.rect
            painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), colour("line"))
        elif element == _PE.PE_PanelScrollAreaCorner:
            painter.fillRect(option.rect, colour("window"))
        else:
            super().drawPrimitive(element, option, painter, widget)

    def drawControl(
        self,
        element: QStyle.ControlElement,
        option: QStyleOption,
        painter: QPainter,
        widget: QWidget | None = None,
    ) -> None:
        """Draw a control or a large part of one."""
        if element == _CE.CE_PushButtonLabel and isinstance(option, QStyleOptionButton):
            ratio = painter.device().devicePixelRatioF()
            option = buttons.push_button_label(option, widget, ratio)
        elif element == _CE.CE_ToolButtonLabel and isinstance(option, QStyleOptionToolButton):
            ratio = painter.device().devicePixelRatioF()
            option = buttons.tool_button_label(option, widget, ratio)
        elif element == _CE.CE_TabBarTabLabel and isinstance(option, QStyleOptionTab):
            option = tabs.label(option)
        elif element == _CE.CE_HeaderLabel and isinstance(option, QStyleOptionHeader):
            option = views.header_label(option)
        elif self._draw_own_control(element, option, painter, widget):
            return
        super().drawControl(element, option, painter, widget)

    def _draw_own_control(
        self,
        element: QStyle.ControlElement,
        option: QStyleOption,
        painter: QPainter,
        widget: QWidget | None,
    ) -> bool:
        """Draw what needs nothing of Fusion; false if it was nothing of that kind."""
        if isinstance(option, QStyleOptionProgressBar):
            if element == _CE.CE_ProgressBarGroove:
                bars.progress_groove(painter, option)
            elif element == _CE.CE_ProgressBarContents:
                bars.progress_contents(painter, option)
            elif element == _CE.CE_ProgressBarLabel:
                bars.progress_label(painter, option)
            else:
                return False
        elif isinstance(option, QStyleOptionMenuItem):
            if element == _CE.CE_MenuItem:
                menus.item(painter, option, widget)
            elif element == _CE.CE_MenuBarItem:
                menus.bar_item(painter, option, widget)
            elif element == _CE.CE_MenuBarEmptyArea:
                menus.bar_empty(painter, option.rect)
            else:
                return False
        elif element == _CE.CE_TabBarTabShape and isinstance(option, QStyleOptionTab):
            tabs.shape(painter, option, widget)
        elif element == _CE.CE_HeaderSection and isinstance(option, QStyleOptionHeader):
            views.header_section(painter, option, widget)
        elif element == _CE.CE_HeaderEmptyArea:
            painter.fillRect(option.rect, colour("panel"))
        elif element == _CE.CE_Splitter:
            frames.separator(painter, option)
        elif element == _CE.CE_ToolBar:
            frames.tool_bar(painter, option)
        elif element == _CE.CE_RubberBand:
            frames.rubber_band(painter, option.rect)
        elif element == _CE.CE_SizeGrip:
            pass
        elif element == _CE.CE_ShapedFrame and isinstance(option, QStyleOptionFrame):
            return frames.shaped(painter, option, widget)
        elif element == _CE.CE_DockWidgetTitle and isinstance(option, QStyleOptionDockWidget):
            text = self.subElementRect(_SE.SE_DockWidgetTitleBarText, option, widget)
            frames.dock_title(painter, option, text)
        else:
            return False
        return True

    def drawComplexControl(
        self,
        control: QStyle.ComplexControl,
        option: QStyleOptionComplex,
        painter: QPainter,
        widget: QWidget | None = None,
    ) -> None:
        """Draw a control made of several parts."""
        if control == _CC.CC_SpinBox and isinstance(option, QStyleOptionSpinBox):
            fields.spin_box(painter, option, widget)
        elif control == _CC.CC_ComboBox and isinstance(option, QStyleOptionComboBox):
            fields.combo_box(painter, option, widget)
        elif control == _CC.CC_Slider and isinstance(option, QStyleOptionSlider):
            bars.slider(painter, option, widget)
        elif control == _CC.CC_ScrollBar and isinstance(option, QStyleOptionSlider):
            bars.scroll_bar(painter, option, widget)
        elif control == _CC.CC_ToolButton and isinstance(option, QStyleOptionToolButton):
            if buttons.opens_menu(option):
                buttons.tool_button(painter, option, widget)
                label = buttons.without_arrow(option)
                self.drawControl(_CE.CE_ToolButtonLabel, label, painter, widget)
                buttons.menu_arrow(painter, option, widget)
            else:
                super().drawComplexControl(control, option, painter, widget)
            if focused_by_keyboard(option):
                buttons.focus(painter, option.rect, buttons.is_primary(option, widget))
        elif control == _CC.CC_GroupBox:
            painter.save()
            painter.setFont(fonts.title())
            super().drawComplexControl(control, option, painter, widget)
            painter.restore()
        else:
            super().drawComplexControl(control, option, painter, widget)

    # Measuring

    def subControlRect(
        self,
        control: QStyle.ComplexControl,
        option: QStyleOptionComplex,
        part: QStyle.SubControl,
        widget: QWidget | None = None,
    ) -> QRect:
        """Where a part of a control is."""
        rect: QRect | None = None
        if control == _CC.CC_SpinBox and isinstance(option, QStyleOptionSpinBox):
            rect = fields.spin_box_part(option, part)
        elif control == _CC.CC_ComboBox and isinstance(option, QStyleOptionComboBox):
            rect = fields.combo_box_part(option, part)
        elif control == _CC.CC_Slider and isinstance(option, QStyleOptionSlider):
            rect = bars.slider_part(option, part)
        elif control == _CC.CC_ScrollBar and isinstance(option, QStyleOptionSlider):
            rect = bars.scroll_bar_part(option, part)
        if rect is None:
            return super().subControlRect(control, option, part, widget)  # type: ignore[arg-type]
        if control in (_CC.CC_SpinBox, _CC.CC_ComboBox):
            return self.visualRect(option.direction, option.rect, rect)
        return rect

    def hitTestComplexControl(
        self,
        control: QStyle.ComplexControl,
        option: QStyleOptionComplex,
        position: QPoint,
        widget: QWidget | None = None,
    ) -> QStyle.SubControl:
        """Which part of a control is under the pointer."""
        if control == _CC.CC_ScrollBar:
            # Fusion asks its own rectangles in the order that suits arrow buttons.
            for part in (
                QStyle.SubControl.SC_ScrollBarSlider,
                QStyle.SubControl.SC_ScrollBarSubPage,
                QStyle.SubControl.SC_ScrollBarAddPage,
            ):
                if self.subControlRect(control, option, part, widget).contains(position):
                    return part
        return super().hitTestComplexControl(control, option, position, widget)

    def subElementRect(
        self, element: QStyle.SubElement, option: QStyleOption, widget: QWidget | None = None
    ) -> QRect:
        """Where a part of a simple control is."""
        if element == _SE.SE_LineEditContents:
            return fields.line_edit_contents(option)
        if element in (
            _SE.SE_ProgressBarGroove,
            _SE.SE_ProgressBarContents,
            _SE.SE_ProgressBarLabel,
        ):
            return QRect(option.rect)
        return super().subElementRect(element, option, widget)  # type: ignore[arg-type]

    def sizeFromContents(
        self,
        kind: QStyle.ContentsType,
        option: QStyleOption,
        contents: QSize,
        widget: QWidget | None = None,
    ) -> QSize:
        """How large a control with these contents is."""
        own = metrics.own_size(kind, option, contents, widget)
        if own is not None:
            return own
        usual = super().sizeFromContents(kind, option, contents, widget)  # type: ignore[arg-type]
        return metrics.at_least(kind, option, usual)

    def pixelMetric(
        self,
        metric: QStyle.PixelMetric,
        option: QStyleOption | None = None,
        widget: QWidget | None = None,
    ) -> int:
        """A length."""
        own = metrics.PIXELS.get(metric)
        return super().pixelMetric(metric, option, widget) if own is None else own

    def styleHint(
        self,
        hint: QStyle.StyleHint,
        option: QStyleOption | None = None,
        widget: QWidget | None = None,
        returnData: QStyleHintReturn | None = None,
    ) -> int:
        """A habit."""
        own = metrics.HINTS.get(hint)
        return super().styleHint(hint, option, widget, returnData) if own is None else own

    # Colours and icons

    def standardPalette(self) -> QPalette:
        """The palette of the theme in force."""
        # The palette module puts this style on the application, hence the late import.
        from netbuilder.app.theme.palette import current, make_palette

        return make_palette(current())

    def standardIcon(
        self,
        kind: QStyle.StandardPixmap,
        option: QStyleOption | None = None,
        widget: QWidget | None = None,
    ) -> QIcon:
        """Icons that Qt itself asks for, from our one set."""
        if kind in STANDARD_ICONS:
            return icons.icon(*STANDARD_ICONS[kind])
        return super().standardIcon(kind, option, widget)

    def polish(self, target: Any) -> Any:
        """Docks get the colour of a panel (what lies in them inherits it), status bars a height."""
        if isinstance(target, QDockWidget):
            target.setBackgroundRole(QPalette.ColorRole.AlternateBase)
            target.setAutoFillBackground(True)
        elif isinstance(target, QStatusBar):
            target.setMinimumHeight(sizes.STATUS_HEIGHT)
        return super().polish(target)


def _focus(painter: QPainter, option: QStyleOption, widget: QWidget | None) -> None:
    """``PE_FrameFocusRect``: a ring for who uses the keyboard, nothing for a click."""
    if isinstance(widget, QAbstractItemView):
        # Item views always claim to be used by keyboard.
        by_keyboard = Qt.WidgetAttribute.WA_KeyboardFocusChange
        if widget.window().testAttribute(by_keyboard):
            ring(painter, option.rect, sizes.RADIUS_CHIP)
        return
    if not has(option, BY_KEYBOARD):
        return
    if isinstance(widget, (QPushButton, QToolButton)):
        # Fusion asks for a ring around some buttons only, so buttons draw their own.
        return
    ring(painter, option.rect)
