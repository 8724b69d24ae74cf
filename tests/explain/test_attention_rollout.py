from __future__ import annotations

import numpy as np
import pytest

from netbuilder.explain.attention import rollout
from netbuilder.explain.undisturbed import ExplainError


def test_rollout_multiplies_layers_with_their_residual_paths():
    looks_back = np.array([[[1, 0], [1, 0]]], dtype=np.float32)
    once = rollout({"a": looks_back})
    np.testing.assert_allclose(once, [[1, 0], [0.5, 0.5]])
    twice = rollout({"a": looks_back, "b": looks_back})
    np.testing.assert_allclose(twice, [[1, 0], [0.75, 0.25]])


def test_rollout_of_different_lengths_is_refused():
    with pytest.raises(ExplainError, match="same sequence"):
        rollout({"a": np.ones((1, 2, 2), np.float32), "b": np.ones((1, 3, 3), np.float32)})
