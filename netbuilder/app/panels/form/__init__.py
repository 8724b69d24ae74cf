"""Forms: controls, rows, and what is said beneath them. Knows nothing of documents."""

from netbuilder.app.panels.form.controls import ChoiceField, PathField, StepField, TextField
from netbuilder.app.panels.form.form import ParamForm
from netbuilder.app.panels.form.param_row import MIXED, Mixed, ParamRow
from netbuilder.app.panels.form.row import FormRow
from netbuilder.app.panels.form.section import Figures, Section, grouped, rounded
from netbuilder.app.panels.form.toggle import Toggle

__all__ = [
    "MIXED", "ChoiceField", "Figures", "FormRow", "Mixed", "ParamForm",
    "ParamRow", "PathField", "Section", "StepField", "TextField", "Toggle", "grouped", "rounded",
]  # fmt: skip
