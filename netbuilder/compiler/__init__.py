"""From a graph to shapes, problems and readable PyTorch source. Loads without torch."""

from netbuilder.compiler.checking import check
from netbuilder.compiler.report import Check, Fix, NodeInfo, Path, Problem
from netbuilder.compiler.source import CompileError, Source, generate
from netbuilder.compiler.trial import attempt
from netbuilder.layers import trial

# Torch is loaded when something is tried, not before.
trial.install(attempt)

__all__ = [
    "Check",
    "CompileError",
    "Fix",
    "NodeInfo",
    "Path",
    "Problem",
    "Source",
    "check",
    "generate",
]
