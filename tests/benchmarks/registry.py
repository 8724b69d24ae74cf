"""How long the declarations take to load, and how long a check of ResNet-152 takes.

Loading is measured in fresh processes without torch, after one that fills the cache of compiled
modules: the processor time of ``import netbuilder.layers``. The check is shapes, parameters,
multiply-adds and receptive fields of all 152 layers, after one that warms up; every round looks
at a project it has not seen.
The goals are 50 ms and 300 ms.

    python tests/benchmarks/registry.py [rounds]
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[2]
CHILD = """
import sys, time
begin = time.process_time()
import netbuilder.layers
taken = time.process_time() - begin
assert "torch" not in sys.modules
print(taken, len(netbuilder.layers.REGISTRY))
"""
LOAD_S, CHECK_S = 0.05, 0.3
#: Of compiled modules, also where the environment wants none beside the sources.
CACHE = os.path.join(tempfile.gettempdir(), "netbuilder_compiled")


def loaded() -> tuple[float, int]:
    """CPU seconds of the import in a fresh process, and the number of kinds."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONPYCACHEPREFIX": CACHE}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    ran = subprocess.run(
        [sys.executable, "-c", CHILD], env=environment, capture_output=True, text=True, check=True
    )
    seconds, kinds = ran.stdout.split()
    return float(seconds), int(kinds)


def checked() -> float:
    """Seconds for everything that is said of a ResNet-152."""
    from netbuilder.architectures import resnet152
    from netbuilder.compiler import check
    from netbuilder.compiler.receptive import receptive_fields

    project = resnet152()
    begin = time.process_time()
    found = check(project)
    receptive_fields(project, found)
    taken = time.process_time() - begin
    assert found.parameters == 60_192_808
    return taken


def main() -> int:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    loaded()
    kinds = loaded()[1]
    load = median(loaded()[0] for _ in range(rounds))
    checked()
    check = median(checked() for _ in range(rounds))
    for name, taken, goal in (("load", load, LOAD_S), ("check", check, CHECK_S)):
        said = "met" if taken <= goal else "missed"
        print(f"{name:6} {1000 * taken:6.0f} ms   goal {1000 * goal:.0f} ms {said}")
    print(f"{kinds} kinds of nodes")
    return int(load > LOAD_S or check > CHECK_S)


if __name__ == "__main__":
    sys.exit(main())
