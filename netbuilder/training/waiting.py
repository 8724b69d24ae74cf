"""How threads of torch wait for each other. Loads without torch, before which it must be."""

from __future__ import annotations

import os


def wait_asleep() -> None:
    """Let threads of torch sleep while they wait; has an effect only before torch is loaded.

    By themselves they spin, which saves microseconds on an idle machine. Where another
    program has a core, every operation that is shared waits for a thread that does not get
    to run, while the other burns its time. Measured on two cores that others used, too
    (two threads : one thread, in steps a second): spinning 0.04 for digits_gan, 0.18 for
    784-128-10, 0.03 for digits_cnn, 0.09 for 784-2048-10; asleep 0.68, 0.45, 0.83, 0.84.
    Whoever has set OMP_WAIT_POLICY knows better.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
