"""From a graph to shapes, problems and readable PyTorch source. Loads without torch."""

from netbuilder.compiler.checking import check
from netbuilder.compiler.report import Check, Fix, NodeInfo, Path, Problem
from netbuilder.compiler.source import CompileError, Source, generate

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
