"""Sizes and habits of controls."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QFormLayout,
    QStyle,
    QStyleOption,
    QStyleOptionButton,
    QStyleOptionMenuItem,
    QStyleOptionSpinBox,
    QStyleOptionTab,
    QStyleOptionToolButton,
    QWidget,
)

from netbuilder.app.theme import sizes
from netbuilder.app.theme.controls import bars, buttons, fields, indicators, menus, tabs
from netbuilder.app.theme.controls.strokes import HORIZONTAL, has, label_of

_PM = QStyle.PixelMetric
_SH = QStyle.StyleHint
_CT = QStyle.ContentsType

PIXELS: dict[QStyle.PixelMetric, int] = {
    _PM.PM_ButtonShiftHorizontal: 0,
    _PM.PM_ButtonShiftVertical: 0,
    _PM.PM_ButtonIconSize: 16,
    _PM.PM_SmallIconSize: 16,
    _PM.PM_ListViewIconSize: 16,
    _PM.PM_TabBarIconSize: 16,
    _PM.PM_ToolBarIconSize: 18,
    _PM.PM_MenuButtonIndicator: 16,
    _PM.PM_IndicatorWidth: indicators.INDICATOR,
    _PM.PM_IndicatorHeight: indicators.INDICATOR,
    _PM.PM_ExclusiveIndicatorWidth: indicators.INDICATOR,
    _PM.PM_ExclusiveIndicatorHeight: indicators.INDICATOR,
    _PM.PM_CheckBoxLabelSpacing: 8,
    _PM.PM_RadioButtonLabelSpacing: 8,
    _PM.PM_DefaultFrameWidth: 1,
    _PM.PM_SpinBoxFrameWidth: 1,
    _PM.PM_ComboBoxFrameWidth: 1,
    _PM.PM_SliderThickness: sizes.HIT_AREA,
    _PM.PM_SliderControlThickness: bars.HANDLE,
    _PM.PM_SliderLength: bars.HANDLE,
    _PM.PM_ScrollBarExtent: bars.SCROLL_BAR,
    _PM.PM_ScrollBarSliderMin: 24,
    _PM.PM_SplitterWidth: 1,
    _PM.PM_DockWidgetSeparatorExtent: 5,
    _PM.PM_DockWidgetTitleMargin: 6,
    _PM.PM_DockWidgetFrameWidth: 0,
    _PM.PM_ToolTipLabelFrameWidth: 4,
    _PM.PM_MenuBarPanelWidth: 0,
    _PM.PM_MenuBarHMargin: 2,
    _PM.PM_MenuBarVMargin: 0,
    _PM.PM_MenuBarItemSpacing: 0,
    _PM.PM_MenuPanelWidth: 1,
    _PM.PM_MenuHMargin: 0,
    _PM.PM_MenuVMargin: menus.MARGIN,
    _PM.PM_ToolBarFrameWidth: 1,
    _PM.PM_ToolBarItemMargin: 6,
    _PM.PM_ToolBarItemSpacing: 4,
    _PM.PM_ToolBarSeparatorExtent: 2 * sizes.TOOLBAR_SEPARATOR_GAP + 1,
    _PM.PM_ToolBarHandleExtent: 9,
    _PM.PM_TabBarTabHSpace: 24,
    _PM.PM_TabBarTabVSpace: 8,
    _PM.PM_TabBarTabOverlap: 0,
    _PM.PM_TabBarBaseOverlap: 0,
    _PM.PM_TabBarBaseHeight: 1,
    _PM.PM_TabBarTabShiftHorizontal: 0,
    _PM.PM_TabBarTabShiftVertical: 0,
    _PM.PM_TreeViewIndentation: 16,
    # Beside the 1 that an item adds itself.
    _PM.PM_FocusFrameHMargin: 4,
    _PM.PM_HeaderMargin: 6,
    _PM.PM_HeaderDefaultSectionSizeVertical: sizes.LIST_ROW,
    _PM.PM_LayoutHorizontalSpacing: 8,
    _PM.PM_LayoutVerticalSpacing: 8,
    _PM.PM_LayoutLeftMargin: 12,
    _PM.PM_LayoutRightMargin: 12,
    _PM.PM_LayoutTopMargin: 12,
    _PM.PM_LayoutBottomMargin: 12,
}
"""Lengths that differ from Fusion's."""

HINTS: dict[QStyle.StyleHint, int] = {
    # The list of a combo box lies below its field, not over it.
    _SH.SH_ComboBox_Popup: 0,
    _SH.SH_ItemView_ShowDecorationSelected: 1,
    _SH.SH_EtchDisabledText: 0,
    _SH.SH_DitherDisabledText: 0,
    _SH.SH_UnderlineShortcut: 0,
    _SH.SH_Slider_AbsoluteSetButtons: Qt.MouseButton.LeftButton.value,
    _SH.SH_Widget_Animation_Duration: 0,
    _SH.SH_ScrollBar_Transient: 0,
    _SH.SH_DialogButtonBox_ButtonsHaveIcons: 0,
    _SH.SH_DockWidget_ButtonsHaveFrame: 0,
    _SH.SH_FormLayoutFormAlignment: Qt.AlignmentFlag.AlignLeft.value
    | Qt.AlignmentFlag.AlignTop.value,
    _SH.SH_FormLayoutLabelAlignment: Qt.AlignmentFlag.AlignLeft.value
    | Qt.AlignmentFlag.AlignVCenter.value,
    _SH.SH_FormLayoutFieldGrowthPolicy: QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow.value,
}
"""Habits that differ from Fusion's."""

_LEAST_HEIGHT = {
    _CT.CT_ItemViewItem: sizes.LIST_ROW,
    _CT.CT_CheckBox: sizes.HIT_AREA,
    _CT.CT_RadioButton: sizes.HIT_AREA,
    _CT.CT_HeaderSection: sizes.LIST_ROW,
}


def own_size(
    kind: QStyle.ContentsType, option: QStyleOption, contents: QSize, widget: QWidget | None
) -> QSize | None:
    """The size of a control that the look fixes; None for all others."""
    if kind == _CT.CT_LineEdit:
        return QSize(contents.width() + 2 * fields.TEXT_MARGIN, sizes.FIELD_HEIGHT)
    if kind == _CT.CT_ComboBox:
        return QSize(contents.width() + 10 + fields.COMBO_ARROW, sizes.FIELD_HEIGHT)
    if kind == _CT.CT_SpinBox and isinstance(option, QStyleOptionSpinBox):
        bare = option.buttonSymbols.name == "NoButtons"
        right = fields.TEXT_MARGIN if bare else fields.SPIN_BUTTONS
        return QSize(contents.width() + fields.TEXT_MARGIN + right, sizes.FIELD_HEIGHT)
    if kind == _CT.CT_PushButton and isinstance(option, QStyleOptionButton):
        height = _button_height(widget)
        pad = (24 if height == sizes.BUTTON_HEIGHT else 16) if option.text else 8
        return QSize(max(contents.width() + pad, height), max(height, contents.height()))
    if kind == _CT.CT_ToolButton and isinstance(option, QStyleOptionToolButton):
        height = _button_height(widget)
        text = option.text and option.toolButtonStyle != Qt.ToolButtonStyle.ToolButtonIconOnly
        least = max(height, contents.height() + 4)
        # Qt adds the place of an arrow only where the button is split.
        arrow = buttons.MENU_ARROW if text and buttons.opens_menu(option) else 0
        return QSize(max(contents.width() + (14 if text else 8) + arrow, height), least)
    if kind == _CT.CT_MenuItem and isinstance(option, QStyleOptionMenuItem):
        return menus.item_size(option, contents)
    if kind == _CT.CT_MenuBarItem and isinstance(option, QStyleOptionMenuItem):
        return menus.bar_item_size(option, contents)
    if kind == _CT.CT_ProgressBar:
        if has(option, HORIZONTAL):
            return QSize(max(contents.width(), 120), 16)
        return QSize(16, max(contents.height(), 120))
    return None


def at_least(kind: QStyle.ContentsType, option: QStyleOption, size: QSize) -> QSize:
    """Fusion's size, made tall enough to be hit."""
    if kind == _CT.CT_TabBarTab and isinstance(option, QStyleOptionTab):
        if tabs.is_upright(option.shape):
            return QSize(sizes.TAB_HEIGHT, size.height())
        return QSize(size.width(), sizes.TAB_HEIGHT)
    least = _LEAST_HEIGHT.get(kind)
    if least is not None and size.height() < least:
        return QSize(size.width(), least)
    return size


def _button_height(widget: QWidget | None) -> int:
    small = bool(label_of(widget, "small"))
    return sizes.BUTTON_HEIGHT_SMALL if small else sizes.BUTTON_HEIGHT
