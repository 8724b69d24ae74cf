"""Where the trials of a study lie: a journal in the person's folder, or a database by its URL.

A URL may hold a password. So it is never shown, kept or given to another process as it stands:
processes find it in the environment, whose values other people of the machine cannot read.
"""

from __future__ import annotations

import logging
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from netbuilder import folders
from netbuilder.tuning.failure import TuningError

_SUFFIX = ".journal"
#: Environment variable that names the database where no option does.
VARIABLE = "NETBUILDER_STORAGE"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,39}\Z")
"""How a study may be called."""


def journal_of(study: str) -> Path:
    """The file of a study in the person's folder."""
    return folders.studies() / f"{study}{_SUFFIX}"


def checked_name(name: str) -> str:
    """A name that a study may have. Raises TuningError."""
    if not NAME.match(name):
        raise TuningError("The name of a study has letters, digits, - and _, 40 at most.")
    return name


def checked_url(url: str) -> str:
    """A URL of a database without the blanks around it; "" is none. Raises TuningError."""
    url = url.strip()
    scheme, mark, rest = url.partition("://")
    if url and not (scheme and mark and rest):
        raise TuningError(
            f"{url} is no URL of a database; write sqlite:///studies.db or "
            "postgresql://name@host/database."
        )
    return url


def studies(url: str = "") -> list[str]:
    """Names of the studies in the person's folder, the one written last first; or in a database."""
    if url:
        storage = storage_of("", url)
        with quiet():
            return sorted(found.study_name for found in storage.get_all_studies())
    found = sorted(folders.studies().glob(f"*{_SUFFIX}"), key=lambda p: -p.stat().st_mtime)
    return [path.name.removesuffix(_SUFFIX) for path in found]


def storage_of(study: str, url: str = "") -> Any:
    """Optuna's storage of a study: its journal, or the database at `url`. Raises TuningError."""
    url = checked_url(url)
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
                f"Python has no {driver} to reach {without_password(url)} with; install it: "
                f"pip install {_PACKAGE.get(driver, driver)}."
            ) from None
        except Exception as error:
            if type(error).__module__.split(".")[0] not in ("sqlalchemy", "optuna"):
                raise
            why = str(getattr(error, "orig", None) or error).split("\n")[0].strip().rstrip(".")
            raise TuningError(f"{without_password(url)} cannot be reached: {why}.") from None


_PACKAGE = {"psycopg2": "psycopg2-binary", "psycopg": "psycopg[binary]", "MySQLdb": "mysqlclient"}


def without_password(url: str) -> str:
    """A URL that may be shown and kept."""
    parts = urlsplit(url)
    name, at, host = parts.netloc.rpartition("@")
    query = [(k, v) for k, v in parse_qsl(parts.query) if "pass" not in k.lower()]
    shown = f"{name.partition(':')[0]}{at}{host}"
    if (shown, len(query)) == (parts.netloc, len(parse_qsl(parts.query))):
        return url  # as it was written
    return urlunsplit(parts._replace(netloc=shown, query=urlencode(query)))


@contextmanager
def quiet() -> Iterator[None]:
    """Optuna says what is experimental in it, and every trial; nobody asked."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import optuna

        optuna.logging.set_verbosity(logging.ERROR)
        yield
