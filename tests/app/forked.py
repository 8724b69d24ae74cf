"""Engines for tests of the window, forked from one process that has loaded torch.

Loading torch takes seconds of processor time, and hundreds of these tests start an engine.
``tests/engine`` and all that starts the program as a process have engines as people have them.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable
from multiprocessing.context import ForkServerContext
from typing import Any

from netbuilder.engine.process import engine_main

#: What torch and the metrics load when they are first used.
_LATE = ("torch._dynamo", "torchmetrics")
_BEGIN = """
import os
os.environ.clear()
os.environ.update(environment)
from netbuilder.engine.process import engine_main
engine_main(connection)
"""


class Forking:
    """Stands for the context of processes that the engine's client asks for."""

    def __init__(self) -> None:
        self._context: ForkServerContext = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(
            [
                "netbuilder.engine.process",
                "netbuilder.training.loop",
                "torch._dynamo",
                "torchmetrics",
            ]
        )
        self.Pipe = self._context.Pipe

    def Process(self, target: Callable[..., None], args: tuple[Any], **options: Any) -> Any:
        """An engine with the environment of this moment; a server of forks has an old one."""
        if target is not engine_main:  # a fault that a test puts in its place
            return multiprocessing.get_context("spawn").Process(target=target, args=args, **options)
        names = {"connection": args[0], "environment": dict(os.environ)}
        return self._context.Process(target=exec, args=(_BEGIN, names), **options)


FORKING = Forking()
