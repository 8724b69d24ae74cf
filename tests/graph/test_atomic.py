"""Whatever goes wrong while a file is written, the old one stays as it was."""

from __future__ import annotations

import errno
import os
import shutil
import stat
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from netbuilder.graph import atomic
from netbuilder.graph.atomic import FileError, atomic_path, atomic_write

OLD, NEW = b"the old content", b"the new content, which is longer" * 100


@pytest.fixture
def target(tmp_path: Path) -> Path:
    path = tmp_path / "demo.netbuilder"
    path.write_bytes(OLD)
    return path


def fail(code: int) -> Callable[..., int]:
    def failing(*_: object, **__: object) -> int:
        raise OSError(code, os.strerror(code))

    return failing


def only(path: Path, content: bytes) -> None:
    """`path` holds `content` and nothing else lies beside it."""
    assert path.read_bytes() == content
    assert os.listdir(path.parent) == [path.name]


def test_writes_and_replaces(tmp_path: Path) -> None:
    path = tmp_path / "new.netbuilder"
    atomic_write(path, OLD)
    only(path, OLD)
    atomic_write(path, NEW)
    only(path, NEW)
    atomic_write(path, b"")
    only(path, b"")


def test_a_backup_holds_the_content_before(target: Path) -> None:
    for content in (b"second", b"third"):
        before = target.read_bytes()
        atomic_write(target, content, backup=True)
        assert target.with_name("demo.netbuilder.bak").read_bytes() == before
    assert sorted(os.listdir(target.parent)) == ["demo.netbuilder", "demo.netbuilder.bak"]


def test_a_backup_without_links_is_a_copy(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "link", fail(errno.EPERM))
    atomic_write(target, NEW, backup=True)
    assert target.with_name("demo.netbuilder.bak").read_bytes() == OLD


def test_a_backup_that_fails_does_not_stop_the_save(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "link", fail(errno.EPERM))
    monkeypatch.setattr(shutil, "copy2", fail(errno.ENOSPC))
    atomic_write(target, NEW, backup=True)
    only(target, NEW)


@pytest.mark.parametrize(
    ("function", "code", "words"),
    [
        ("write", errno.ENOSPC, "disk is full"),
        ("write", errno.EIO, "disk reported an error"),
        ("fsync", errno.ENOSPC, "disk is full"),
        ("fsync", errno.EDQUOT, "disk is full"),
        ("open", errno.EROFS, "read-only"),
        ("open", errno.EACCES, "no permission"),
        ("replace", errno.EACCES, "no permission"),
        ("replace", errno.EBUSY, "busy"),
    ],
)
def test_a_failure_leaves_the_old_file(
    target: Path, monkeypatch: pytest.MonkeyPatch, function: str, code: int, words: str
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(os, function, fail(code))
        with pytest.raises(FileError, match=words) as caught:
            atomic_write(target, NEW, backup=True)
    assert caught.value.errno == code
    assert str(caught.value).count(". ") == 0
    assert str(caught.value).endswith(".")
    assert target.read_bytes() == OLD
    assert not [name for name in os.listdir(target.parent) if ".part" in name]


def test_a_disk_that_fills_up_midway(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real, room = os.write, [10]

    def short(descriptor: int, data: bytes) -> int:
        if not room[0]:
            raise OSError(errno.ENOSPC, "No space left on device")
        room[0] -= 5
        return real(descriptor, data[:5])

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", short)
        with pytest.raises(FileError, match="disk is full"):
            atomic_write(target, NEW)
    only(target, OLD)


def test_short_writes_are_continued(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, data: real(descriptor, data[:7]))
    atomic_write(target, NEW)
    only(target, NEW)


def test_a_disk_that_lies_is_noticed(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.write
    with monkeypatch.context() as patch:
        patch.setattr(os, "write", lambda d, data: real(d, bytes(len(data))))
        with pytest.raises(FileError, match="disk reported an error"):
            atomic_write(target, NEW)
    only(target, OLD)


def test_everything_reaches_the_disk_before_the_name_changes(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[str] = []
    for name in ("write", "fsync", "replace"):
        real = getattr(os, name)

        def traced(*args: object, name: str = name, real: Callable[..., object] = real) -> object:
            order.append(name)
            return real(*args)

        monkeypatch.setattr(os, name, traced)
    atomic_write(target, NEW)
    assert order == ["write", "fsync", "replace", "fsync"]


def test_places_that_cannot_hold_a_file(target: Path) -> None:
    folder = target.parent
    for path, words in [
        (folder, "is a folder"),
        (target / "inside", "is not a folder"),
        (folder / "missing" / "demo", "does not exist"),
        (folder / ("x" * 300), "too long"),
        (Path("/proc/demo.netbuilder"), "was not saved"),
    ]:
        with pytest.raises(FileError, match=words):
            atomic_write(path, NEW)
    only(target, OLD)


def test_a_protected_file_is_not_replaced(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: mode != os.W_OK)
    with pytest.raises(FileError, match="write-protected"):
        atomic_write(target, NEW)
    only(target, OLD)


def test_a_link_stays_a_link_and_the_mode_stays(tmp_path: Path) -> None:
    real, link = tmp_path / "real", tmp_path / "link"
    real.write_bytes(OLD)
    real.chmod(0o640)
    link.symlink_to(real)
    atomic_write(link, NEW)
    assert link.is_symlink()
    assert real.read_bytes() == NEW
    assert stat.S_IMODE(real.stat().st_mode) == 0o640


def test_windows_is_asked_again_while_another_program_has_the_file(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, busy = os.replace, [3]

    def replace(source: Path, goal: Path) -> None:
        if busy[0]:
            busy[0] -= 1
            error = PermissionError(errno.EACCES, "in use")
            error.winerror = 32  # type: ignore[attr-defined]
            raise error
        real(source, goal)

    monkeypatch.setattr(os, "replace", replace)
    atomic_write(target, NEW)
    only(target, NEW)


def test_what_a_killed_process_left_is_swept_after_a_while(target: Path) -> None:
    left = target.with_name(".demo.netbuilder.0123456789ab.part.netbuilder")
    alien = target.with_name(".demo.netbuilder.part")
    for path in (left, alien):
        path.write_bytes(b"half")
        os.utime(path, (time.time() - 7200,) * 2)
    recent = target.with_name(".demo.netbuilder.ba9876543210.part.netbuilder")
    recent.write_bytes(b"another program writes this now")
    atomic_write(target, NEW)
    assert sorted(os.listdir(target.parent)) == sorted([recent.name, alien.name, target.name])


def test_a_library_writes_to_a_path_of_the_same_suffix(target: Path) -> None:
    with atomic_path(target.with_suffix(".onnx")) as path:
        assert path.suffix == ".onnx"
        assert path.parent == target.parent
        path.write_bytes(NEW)
    assert target.with_suffix(".onnx").read_bytes() == NEW


def broken_library(target: Path, error: Exception | None) -> None:
    with atomic_path(target) as path:
        if error is not None:
            path.write_bytes(NEW[:3])
            raise error


def test_a_library_that_fails_changes_nothing(target: Path) -> None:
    with pytest.raises(KeyError, match="its own"):
        broken_library(target, KeyError("its own"))
    only(target, OLD)
    full = RuntimeError("I/O error: No space left on device (os error 28)")
    with pytest.raises(FileError, match="disk is full"):
        broken_library(target, full)
    only(target, OLD)
    with pytest.raises(FileError, match="does not exist"):
        broken_library(target, None)
    only(target, OLD)


@pytest.mark.slow
def test_a_disk_that_is_really_full(tmp_path: Path) -> None:
    """A file system of 256 kB, where this machine lets us mount one."""
    import subprocess

    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(disk)], capture_output=True
    )
    if mounted.returncode:
        pytest.skip("mounting is not permitted here")
    try:
        path = disk / "demo.netbuilder"
        atomic_write(path, OLD)
        for size in range(1, 21):
            content = bytes(20_000 * size)
            if size < 10:
                atomic_write(path, content)
                atomic_write(path, OLD)
            elif size > 13:
                with pytest.raises(FileError, match="disk is full"):
                    atomic_write(path, content)
                only(path, OLD)
                with pytest.raises(FileError, match="disk is full"), atomic_path(path) as inner:
                    inner.write_bytes(content)
                only(path, OLD)
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_the_sentence_for_an_unusual_error() -> None:
    error = OSError(errno.EMFILE, "Too many open files")
    assert atomic.reason(error, Path("/x/demo")) == "/x/demo was not saved: too many open files."
