"""The generated source becomes a module that runs. The only place that executes it."""

from __future__ import annotations

import linecache
import traceback
from collections.abc import Callable, Collection, Mapping
from typing import Any

import torch
from torch import Tensor, nn

from netbuilder import trusted
from netbuilder.compiler.inspection import inspection
from netbuilder.compiler.report import Path
from netbuilder.compiler.source import Source, generate
from netbuilder.graph import Project

_count = 0


def executed(
    text: str, foreign: Collection[str] = (), given: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Names the text defines; its lines are known to tracebacks.

    foreign: code of a person in it; raises Untrusted unless all of it is trusted here.
    given: names that are there before.
    """
    trusted.require(*foreign)
    global _count
    _count += 1
    name = f"<netbuilder-{_count}>"
    linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
    namespace: dict[str, Any] = {**(given or {}), "__name__": f"netbuilder_generated_{_count}"}
    exec(compile(text, name, "exec"), namespace)
    return namespace


def build(project: Project | Source) -> nn.Module:
    """The module of a project, weights freshly drawn from torch's random state.

    The module's `source` is the Source it was made from. Raises CompileError, and Untrusted
    where a person's code in it is not trusted on this computer.
    """
    source = generate(project) if isinstance(project, Project) else project
    namespace = executed(source.text, source.foreign)
    module: nn.Module = namespace[source.class_name]()
    module.source = source  # type: ignore[assignment]
    return module


def inspector(project: Project, module: nn.Module) -> Callable[..., dict[str, Tensor]]:
    """A function of the batch's fields that returns every value in the network.

    Keys are ``node.port``; inside blocks ``block_1.conv2d_1.y``, and ``block_1[0].…`` where
    a block repeats. It runs the module's own weights, in the module's mode.
    """
    function = project.__dict__.get("_inspector")
    if function is None:
        text, method = inspection(project)
        foreign = generate(project).foreign
        function = project.__dict__["_inspector"] = executed(text, foreign)[method]

    def run(**fields: Tensor) -> dict[str, Tensor]:
        values: dict[str, Tensor] = function(module, **fields)
        return values

    return run


def blame(exception: BaseException, source: Source) -> Path | None:
    """The node whose generated line raised, innermost first; None if none did.

    Inside a block the path names the instance, and ``block_1[2]`` the repetition.
    """
    path: list[str] = []
    module: nn.Module | None = None  # whose line was the last one on the way in
    for frame, number in traceback.walk_tb(exception.__traceback__):
        here = source.lines.get(number)
        if not frame.f_code.co_filename.startswith("<netbuilder-") or here is None:
            continue
        inner = frame.f_locals.get("self")
        if module is not None and inner is not module and path:
            path[-1] += _repetition(module, inner)
        path = [*(path if len(here) > 1 else ()), here[-1]]
        module = inner
    return tuple(path) or None


def _repetition(outer: nn.Module, inner: object) -> str:
    """``[2]`` if a module is the third in a row inside another, else nothing."""
    name = next((n for n, m in outer.named_modules() if m is inner), "")
    last = name.rpartition(".")[2]
    return f"[{last}]" if last.isdigit() else ""


def meta_run(source: Source, batch: int = 2) -> Mapping[str, tuple[int, ...]]:
    """Shapes of the outputs for a batch of this size, without computing or allocating.

    Raises whatever torch raises: `blame` names the node.
    """
    with torch.device("meta"):
        module = build(source)
        arguments = []
        for argument in source.inputs:
            shape = (batch, *(int(n) for n in argument.spec.shape[1:]))
            dtype = getattr(torch, argument.spec.dtype)
            arguments.append(torch.zeros(shape, dtype=dtype))
        result = module(*arguments)
    results = result if isinstance(result, tuple) else (result,)
    names = [name for name, _ in source.outputs]
    return {n: tuple(r.shape) for n, r in zip(names, results, strict=True)}
