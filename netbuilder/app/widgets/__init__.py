"""Small widgets in the look, used by many places of the window."""

from netbuilder.app.widgets.bar_rows import BarRows
from netbuilder.app.widgets.callout import Callout, CalloutKind
from netbuilder.app.widgets.chip import Chip, ChipTone
from netbuilder.app.widgets.choice_menu import ChoiceMenu
from netbuilder.app.widgets.heading import Heading
from netbuilder.app.widgets.image_view import ColourBar, ImageView
from netbuilder.app.widgets.link import Link
from netbuilder.app.widgets.log_slider import LogSlider
from netbuilder.app.widgets.menu import Menu
from netbuilder.app.widgets.themed_label import ThemedLabel
from netbuilder.app.widgets.toast import ToastKind, Toasts

__all__ = [
    "BarRows",
    "Callout",
    "CalloutKind",
    "Chip",
    "ChipTone",
    "ChoiceMenu",
    "ColourBar",
    "Heading",
    "ImageView",
    "Link",
    "LogSlider",
    "Menu",
    "ThemedLabel",
    "ToastKind",
    "Toasts",
]
