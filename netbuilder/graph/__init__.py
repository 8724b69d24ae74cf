"""Values only: nodes, edges, blocks, projects and their file. No torch, no Qt."""

from netbuilder.graph.frame import Frame
from netbuilder.graph.model import BLOCK_PREFIX, Edge, Graph, GraphError, Node, Value
from netbuilder.graph.project import (
    Block,
    BlockParam,
    Optimiser,
    Project,
    Schedule,
    Training,
    WeightGroup,
)
from netbuilder.graph.search import Range, Search

__all__ = [
    "BLOCK_PREFIX",
    "Block",
    "BlockParam",
    "Edge",
    "Frame",
    "Graph",
    "GraphError",
    "Node",
    "Optimiser",
    "Project",
    "Range",
    "Schedule",
    "Search",
    "Training",
    "Value",
    "WeightGroup",
]
