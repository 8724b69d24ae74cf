"""Declarations become dataclasses when first used, also where several threads meet them."""

from __future__ import annotations

import subprocess
import sys

_PROGRAM = """
import sys, threading
sys.setswitchinterval(1e-6)
from netbuilder.layers import REGISTRY
wrong, ready = [], threading.Barrier(4)
def use():
    ready.wait()
    for kind, made in REGISTRY.items():
        try:
            made.params()
            assert made() == made()
        except Exception as error:
            wrong.append(f"{kind}: {error!r}")
threads = [threading.Thread(target=use) for _ in range(4)]
[t.start() for t in threads]
[t.join() for t in threads]
print(wrong[:3])
"""


def test_four_threads_may_meet_every_class_at_once() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM], capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == "[]", done.stdout + done.stderr
