"""Where the trials of a study lie: a journal in the person's folder, or a database by its URL."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from netbuilder import folders
from netbuilder.tuning.failure import TuningError

_SUFFIX = ".journal"


def journal_of(study: str) -> Path:
    """The file of a study in the person's folder."""
    return folders.studies() / f"{study}{_SUFFIX}"


def studies() -> list[str]:
    """Names of the studies in the person's folder, the one written last first."""
    found = sorted(folders.studies().glob(f"*{_SUFFIX}"), key=lambda p: -p.stat().st_mtime)
    return [path.name.removesuffix(_SUFFIX) for path in found]


def storage_of(study: str, url: str = "") -> Any:
    """Optuna's storage of a study: its journal, or the database at `url`. Raises TuningError."""
    with quiet():
        from optuna.storages import JournalStorage, RDBStorage, get_storage
        from optuna.storages.journal import JournalFileBackend, JournalFileOpenLock

        if not url:
            path = str(journal_of(study))
            # A lock by opening works on Windows and on network drives too.
            backend = JournalFileBackend(path, lock_obj=JournalFileOpenLock(path))
            return JournalStorage(backend)
        try:
            return get_storage(RDBStorage(url))  # with the cache that a study would put around it
        except ImportError as error:  # the driver, or SQLAlchemy itself
            # Optuna tells of a missing driver in words of its own, with Python's as the cause.
            driver = error.name or getattr(error.__cause__, "name", None) or "driver"
            raise TuningError(
                f"Python has no {driver} to reach {_hidden(url)} with; install it: "
                f"pip install {_PACKAGE.get(driver, driver)}."
            ) from None
        except Exception as error:
            if type(error).__module__.split(".")[0] not in ("sqlalchemy", "optuna"):
                raise
            why = str(getattr(error, "orig", None) or error).split("\n")[0].strip().rstrip(".")
            raise TuningError(f"{_hidden(url)} cannot be reached: {why}.") from None


_PACKAGE = {"psycopg2": "psycopg2-binary", "psycopg": "psycopg[binary]", "MySQLdb": "mysqlclient"}


def _hidden(url: str) -> str:
    """A URL without the password in it."""
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{rest.rpartition('@')[2]}" if rest else url


@contextmanager
def quiet() -> Iterator[None]:
    """Optuna says what is experimental in it, and every trial; nobody asked."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import optuna

        optuna.logging.set_verbosity(logging.ERROR)
        yield
