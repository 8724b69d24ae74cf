"""Exporters talk to their own developers; here nobody listens."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

#: torch.onnx reports missing optional packages, onnxscript every rewriting it skips.
_LOGGERS = ("torch.onnx", "torch.export", "onnxscript", "onnx_ir", "torch.fx")


@contextmanager
def quiet() -> Iterator[None]:
    """Silence what torch.export, torch.onnx and onnxscript say while an export runs.

    Their warnings concern deprecated names inside those libraries (torch 2.13:
    ``_check_is_size``, ``LeafSpec``), which the caller cannot mend; whether the result is
    right is found by comparing numbers. Errors pass.
    """
    loggers = [logging.getLogger(name) for name in _LOGGERS]
    levels = [logger.level for logger in loggers]
    try:
        for logger in loggers:
            logger.setLevel(logging.ERROR)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
