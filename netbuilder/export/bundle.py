"""A trained model as one file: project, weights and the run's record, with checksums."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import safetensors.torch
from torch import Tensor, nn

from netbuilder.export.report import ExportError, ExportReport, size_text
from netbuilder.graph import Project
from netbuilder.graph import file as project_file
from netbuilder.graph.atomic import atomic_write

MANIFEST, PROJECT, WEIGHTS, RECORD = (
    "manifest.json", "project.netbuilder", "model.safetensors", "run.json",
)  # fmt: skip
_VERSION = 1
_LARGEST = 50_000_000_000
#: A date for every entry, so that the same model gives the same file.
_DATE = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Bundle:
    """What a bundle holds: `weights` by the names of the state dict."""

    project: Project
    weights: Mapping[str, Tensor]
    record: Mapping[str, Any] = field(default_factory=dict)


def export_bundle(
    project: Project, model: nn.Module, path: Path, record: Mapping[str, Any] | None = None
) -> ExportReport:
    """Write project, weights and record as a ZIP with a manifest.

    The manifest holds size and SHA-256 of every entry; `read_bundle` holds the file to it.
    Raises FileError if the file cannot be written.
    """
    content = {
        PROJECT: project_file.dumps(project).encode(),
        WEIGHTS: _weights(model),
        RECORD: _json(dict(record or {})),
    }
    entries = {n: {"bytes": len(d), "sha256": _digest(d)} for n, d in content.items()}
    manifest = _json({"netbuilder": "bundle", "version": _VERSION, "files": entries})
    stored = io.BytesIO()
    with zipfile.ZipFile(stored, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in {MANIFEST: manifest, **content}.items():
            info = zipfile.ZipInfo(name, _DATE)
            # Weights hardly shrink; stored as they are, they can be mapped into memory.
            info.compress_type = zipfile.ZIP_STORED if name == WEIGHTS else zipfile.ZIP_DEFLATED
            archive.writestr(info, data)
    data = stored.getvalue()
    atomic_write(path, data)
    sentence = f"{path.name} ({size_text(len(data))}) holds the project, its weights and the run."
    return ExportReport("bundle", (path,), len(data), sentence)


def read_bundle(path: Path) -> Bundle:
    """Open a bundle, every byte checked against the manifest.

    Raises ExportError with one sentence for a file that is no bundle, is damaged, or comes
    from a newer version.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            content = _checked(archive, path)
        project = project_file.loads(content[PROJECT].decode(), path.name).project
        weights = safetensors.torch.load(content[WEIGHTS])
        record = json.loads(content[RECORD])
    except ExportError:
        raise
    except OSError as error:
        raise ExportError(f"{path} cannot be read: {error.strerror or error}.") from None
    except Exception as error:  # zipfile, json and safetensors each have kinds of their own
        raise ExportError(f"{path.name} is no bundle or is damaged: {error}.") from error
    return Bundle(project, weights, record)


def _checked(archive: zipfile.ZipFile, path: Path) -> dict[str, bytes]:
    names = set(archive.namelist())
    if MANIFEST not in names or archive.getinfo(MANIFEST).file_size > 1_000_000:
        raise ExportError(f"{path.name} is no NetBuilder bundle: it has no manifest.")
    manifest = json.loads(archive.read(MANIFEST))
    if manifest.get("version", 0) > _VERSION:
        raise ExportError(f"{path.name} comes from a newer NetBuilder; update to open it.")
    files, content = manifest["files"], {}
    for name in (PROJECT, WEIGHTS, RECORD):
        if name not in files or name not in names:
            raise ExportError(f"{path.name} is incomplete: {name} is missing.")
        # A size that lies (a ZIP bomb) is found before anything is unpacked.
        told, size = files[name]["bytes"], archive.getinfo(name).file_size
        if size != told or size > _LARGEST:
            raise ExportError(f"{path.name} is damaged: {name} has {size} bytes, not {told}.")
        content[name] = archive.read(name)
        if _digest(content[name]) != files[name]["sha256"]:
            raise ExportError(f"{path.name} is damaged: {name} is not what was written.")
    return content


def _weights(model: nn.Module) -> bytes:
    """All weights and buffers; tensors that share memory each under their own name.

    One entry of metadata only: safetensors writes several in an order of chance.
    """
    tensors = {n: t.detach().cpu().clone().contiguous() for n, t in model.state_dict().items()}
    data: bytes = safetensors.torch.save(tensors, {"format": "pt"})
    return data


def _json(value: Any) -> bytes:
    return (json.dumps(value, indent=2, ensure_ascii=False) + "\n").encode()


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
