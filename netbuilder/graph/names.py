"""Which names a node may have, given that names become attributes of generated code."""

from __future__ import annotations

import keyword
import re

_PLAIN = re.compile(r"[a-z][a-z0-9_]*\Z")
_BLOCK = re.compile(r"[^\W\d_][\w -]*(?<! )\Z")
_LONGEST = 100

#: Public attributes of `torch.nn.Module`, and words the generated code uses itself. A
#: test holds the list against torch.
_WORDS = """
    add_module apply bfloat16 buffers call_super_init children compile cpu cuda double
    dump_patches eval extra_repr float forward get_buffer get_extra_state get_parameter
    get_submodule half ipu load_state_dict modules mtia named_buffers named_children
    named_modules named_parameters parameters register_backward_hook register_buffer
    register_forward_hook register_forward_pre_hook register_full_backward_hook
    register_full_backward_pre_hook register_load_state_dict_post_hook
    register_load_state_dict_pre_hook register_module register_parameter
    register_state_dict_post_hook register_state_dict_pre_hook requires_grad_
    set_extra_state set_submodule share_memory state_dict to to_empty train training type
    xpu zero_grad
    math measure nn self source torch
"""
RESERVED = frozenset(_WORDS.split())


def refusal(name: str) -> str | None:
    """Why `name` cannot name a node, as one sentence; None if it can."""
    if not _PLAIN.match(name) or len(name) > _LONGEST:
        shown = name if len(name) <= 40 else f"{name[:40]}…"
        return (
            f"{shown!r} cannot name a node: use small letters, digits and _, "
            "and begin with a letter."
        )
    if keyword.iskeyword(name) or name in RESERVED or name.startswith("objective_"):
        return f"{name} cannot name a node, because the generated code uses that word."
    return None


def block_refusal(name: str) -> str | None:
    """Why `name` cannot name a block, as one sentence; None if it can."""
    if not _BLOCK.match(name) or len(name) > _LONGEST:
        shown = name if len(name) <= 40 else f"{name[:40]}…"
        return (
            f"{shown!r} cannot name a block: use letters, digits, spaces, - and _, "
            "and begin with a letter."
        )
    return None


def param_refusal(name: str) -> str | None:
    """Why `name` cannot name a parameter of a block, as one sentence; None if it can."""
    if not _PLAIN.match(name) or len(name) > _LONGEST or keyword.iskeyword(name):
        return f"{name[:40]!r} cannot name a parameter: use small letters, digits and _."
    return None
