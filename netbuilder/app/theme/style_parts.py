"""Which function draws which part of a control, and which icons Qt itself asks for."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QStyle

from netbuilder.app.theme.controls import buttons, frames, indicators

_PE = QStyle.PrimitiveElement

NOTHING = frozenset(
    {
        _PE.PE_FrameLineEdit,
        _PE.PE_FrameDefaultButton,
        _PE.PE_FrameStatusBarItem,
        _PE.PE_FrameTabWidget,
        _PE.PE_FrameMenu,
        _PE.PE_FrameButtonTool,
        _PE.PE_IndicatorTabTearLeft,
        _PE.PE_IndicatorTabTearRight,
        _PE.PE_IndicatorButtonDropDown,
        _PE.PE_PanelMenuBar,
    }
)
"""Parts of Fusion that the look does not have."""

PRIMITIVES: dict[QStyle.PrimitiveElement, Any] = {
    _PE.PE_PanelButtonCommand: buttons.push_button,
    _PE.PE_PanelButtonTool: buttons.tool_button,
    _PE.PE_IndicatorCheckBox: indicators.check_box,
    _PE.PE_IndicatorItemViewItemCheck: indicators.check_box,
    _PE.PE_IndicatorRadioButton: indicators.radio_button,
    _PE.PE_IndicatorBranch: indicators.branch,
    _PE.PE_IndicatorTabClose: indicators.close_mark,
    _PE.PE_Frame: frames.frame,
    _PE.PE_FrameDockWidget: frames.frame,
}

ARROWS = {
    _PE.PE_IndicatorArrowUp: "up",
    _PE.PE_IndicatorArrowDown: "down",
    _PE.PE_IndicatorArrowLeft: "left",
    _PE.PE_IndicatorArrowRight: "right",
}

STANDARD_ICONS: dict[QStyle.StandardPixmap, tuple[str, str]] = {
    QStyle.StandardPixmap.SP_TitleBarCloseButton: ("close", "text2"),
    QStyle.StandardPixmap.SP_DockWidgetCloseButton: ("close", "text2"),
    QStyle.StandardPixmap.SP_TitleBarNormalButton: ("dock-window", "text2"),
    QStyle.StandardPixmap.SP_LineEditClearButton: ("close-circle-outline", "text3"),
    QStyle.StandardPixmap.SP_ToolBarHorizontalExtensionButton: ("chevron-double-right", "text2"),
    QStyle.StandardPixmap.SP_ToolBarVerticalExtensionButton: ("chevron-double-down", "text2"),
    QStyle.StandardPixmap.SP_MessageBoxInformation: ("information-outline", "info"),
    QStyle.StandardPixmap.SP_MessageBoxWarning: ("alert", "warn"),
    QStyle.StandardPixmap.SP_MessageBoxCritical: ("alert-octagon", "error"),
    QStyle.StandardPixmap.SP_MessageBoxQuestion: ("help-circle-outline", "info"),
}
