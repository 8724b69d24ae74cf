"""Killed in the middle of saving, again and again: the file is always a whole one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

#: Starts savers by fork, so that each costs no start of Python, and kills each.
NURSERY = """
import os, random, signal, sys, time
from pathlib import Path
from netbuilder.graph import Graph, Node, Project
from netbuilder.graph.file import load, save

path, draw, number = Path(sys.argv[1]), random.Random(0), 0
graph = Graph().add(*(Node(f"relu_{i}", "relu", {"slope": 0.1 * i}) for i in range(300)))
begin = time.perf_counter()
save(Project("0", graph), path)
took = time.perf_counter() - begin
unreadable = older = 0
for _ in range(int(sys.argv[2])):
    reading, writing = os.pipe()
    saver = os.fork()
    if not saver:
        while True:
            number += 1
            save(Project(str(number), graph), path)
            os.write(writing, b"%d\\n" % number)
    time.sleep(draw.uniform(0.0, 4 * took))
    os.kill(saver, signal.SIGKILL)
    os.waitpid(saver, 0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        acknowledged = [number, *map(int, pipe.read().split())][-1]
    try:
        found = load(path).project
    except ValueError:
        unreadable += 1
        continue
    older += int(found.name) < acknowledged or len(found.graph) != 300
    number = int(found.name)
print(unreadable, older, number)
"""


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks, which Windows cannot")
def test_no_kill_leaves_an_unreadable_or_older_file(tmp_path: Path) -> None:
    path = tmp_path / "demo.netbuilder"
    done = subprocess.run(
        [sys.executable, "-c", NURSERY, str(path), "30"],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    unreadable, older, saved = map(int, done.stdout.split())
    assert (unreadable, older) == (0, 0)
    assert saved > 10
