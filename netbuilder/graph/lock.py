"""Whether a process that is still alive holds a file.

The lock belongs to the open file, so the system gives it back when the process ends, in
whatever way it ends. A process id would do worse: after a restart another has the number.
"""

from __future__ import annotations

import contextlib
import sys
from typing import IO, Any

#: Byte that is locked on Windows, far behind the content, so that reading stays possible.
_FAR = 1 << 40


def try_lock(file: IO[Any]) -> bool:
    """Take the lock of an open file, held until it is closed; False if another has it."""
    if sys.platform == "win32":
        import msvcrt

        place = file.tell()
        try:
            file.seek(_FAR)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        finally:
            file.seek(place)
        return True
    import fcntl

    try:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        # A file system without locks (some network ones): better to offer a recovery
        # that is not needed than to lose one that is.
        with contextlib.suppress(OSError):
            file.flush()
    return True
