"""The words that appear over a port: what passes it, and what its node computes with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netbuilder.app.canvas.node_face import number

if TYPE_CHECKING:
    from netbuilder.app.canvas.ports import PortRef
    from netbuilder.app.canvas.scene import CanvasScene


def port_tip(scene: CanvasScene, port: PortRef | None) -> str:
    """Shapes and types at a port, then the node with its settings, weights and their number."""
    if port is None or port.node not in scene.nodes:
        return ""
    face = scene.nodes[port.node].face
    faces = face.outputs if port.output else face.inputs
    tips = [p.tip for p in faces if p.name == port.port]
    if not tips:
        return ""
    lines = [*tips, f"{face.title}: {face.summary}" if face.summary else face.title]
    info = scene.check.inside(scene.place[-1] if scene.place else None).get(port.node)
    if info is not None and info.parameters:
        shapes = ", ".join(f"{n} {_sizes(s)}" for n, s in info.weights.items())
        words = "parameter" if info.parameters == 1 else "parameters"
        lines.append(f"{number(info.parameters)} {words}" + (f" ({shapes})" if shapes else ""))
    return "\n".join(lines)


def _sizes(shape: tuple[int, ...]) -> str:
    return " × ".join(str(size) for size in shape) or "one number"
