"""Lengths of the look in logical pixels; Qt scales them."""

from __future__ import annotations

from typing import Final

# Grid and gaps
GRID: Final = 4
GAPS: Final = (4, 8, 12, 16, 24)
PANEL_PADDING: Final = 16
PALETTE_PADDING: Final = 12
CANVAS_SNAP: Final = 8
DOT_SIZE: Final = 2
DOT_PITCH: Final = 24
DOTS_VANISH_BELOW: Final = 0.5

# Radii
RADIUS_NODE: Final = 6
RADIUS_CONTROL: Final = 4
RADIUS_CHIP: Final = 3

# Places of the window
MENU_HEIGHT: Final = 28
TOOLBAR_HEIGHT: Final = 40
TAB_HEIGHT: Final = 32
STATUS_HEIGHT: Final = 24
PALETTE_WIDTH: Final = 176
PALETTE_WIDTH_RANGE: Final = (160, 320)
INSPECTOR_WIDTH: Final = 280
INSPECTOR_WIDTH_RANGE: Final = (260, 420)
BOTTOM_HEIGHT: Final = 310
MINIMAP_SIZE: Final = (184, 112)

# Controls
BUTTON_HEIGHT: Final = 26
BUTTON_HEIGHT_SMALL: Final = 22
FIELD_HEIGHT: Final = 24
FORM_ROW: Final = 28
LABEL_COLUMN: Final = 92
LIST_ROW: Final = 24
FAMILY_ROW: Final = 28
POPUP_ROW: Final = 32
POPUP_WIDTH_RANGE: Final = (344, 380)
HIT_AREA: Final = 24
TOOLBAR_SEPARATOR: Final = 20
TOOLBAR_SEPARATOR_GAP: Final = 8
TOAST_WIDTH: Final = 344
TOAST_SECONDS: Final = 6

# Node
NODE_WIDTH: Final = 140
NODE_WIDTH_MAX: Final = 232
NODE_WIDTH_STEP: Final = 8
NODE_HEADER: Final = 28
NODE_ROW: Final = 20
NODE_VIEW: Final = 48
NODE_VIEW_DATA: Final = 68
NODE_FOOTER: Final = 24
NODE_ICON: Final = 15
NODE_ICON_X: Final = 8
NODE_TITLE_X: Final = 29
NODE_MARK: Final = 14
NODE_MARK_GAP: Final = 7
NODE_MARKS_MAX: Final = 2
NODE_PARAMETERS_X: Final = 10
NODE_PORT_NAME_X: Final = 12
NODE_SHAPE_X: Final = 26
NODE_GLYPH_X: Final = 15
NODE_GLYPH_RADIUS: Final = 3.4
NODE_COLUMN_PITCH: Final = 172
NODE_ROW_GAP: Final = 24
PORT_FIRST_Y: Final = 38
PORT_PITCH: Final = 20
PORT_RADIUS: Final = 5.0
PORT_RADIUS_HOVER: Final = 6.5
PORT_HALO: Final = 11.0
PORT_HIT: Final = 12.0
PORT_PEN: Final = 1.5
SELECTION_GAP: Final = 3
SELECTION_RADIUS: Final = 9
DETAIL_BELOW: Final = 0.6
BATCHED_BELOW: Final = 0.3

# Wires
WIRE_CORNER: Final = 10
WIRE_STUB: Final = 16
WIRE_LANE: Final = 18
WIRE_SKIP_LANE: Final = 26
WIRE_PLATE_HEIGHT: Final = 18
