"""Finds the remedies of a walk, once all its shapes are known."""

from __future__ import annotations

from dataclasses import replace

from netbuilder.compiler.infer import Trouble, Walk
from netbuilder.compiler.report import Fix, NodeInfo, Path
from netbuilder.compiler.shape_remedies import shape_remedies
from netbuilder.compiler.site import Site
from netbuilder.compiler.wanting import source
from netbuilder.graph import Graph

#: Problems for which remedies are looked for; no one mends more of them at a time.
MOST = 40


def mend(walk: Walk) -> None:
    """Put fixes to the problems that only a look at the whole graph can mend."""
    sites: dict[Path, Site] = {}
    for trouble in walk.troubles[:MOST]:
        problem = walk.problems[trouble.index]
        if trouble.path not in sites:
            sites[trouble.path] = site_at(walk, trouble.graph, trouble.path, problem.block)
        fixes = _fixes(sites[trouble.path], trouble)
        if fixes:
            walk.problems[trouble.index] = replace(problem, fixes=(*fixes, *problem.fixes))


def site_at(walk: Walk, graph: Graph, path: Path, block: str | None) -> Site:
    """A graph of the walk with what was found out about its nodes."""
    infos: dict[str, NodeInfo] = {}
    for node_id in graph.nodes:
        info = walk.nodes.get((*path, node_id))
        if info is not None:
            infos[node_id] = info
    return Site(graph, block, infos, walk.project.blocks)


def _fixes(site: Site, trouble: Trouble) -> tuple[Fix, ...]:
    if trouble.error is not None:
        return shape_remedies(site, trouble.node, trouble.layer, trouble.inputs, trouble.error)
    return tuple(source(site, trouble.node, trouble.layer, trouble.port or ""))
