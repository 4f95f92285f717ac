"""What all optimisers share: parameter groups, state, and the one in-place step."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np

from autograd import Tensor

Array = np.ndarray[Any, Any]


class Optimiser:
    """Change parameters so that a loss falls, given their gradients.

    An optimiser is an ``update`` rule over arrays; everything else stands here. Parameters come
    as an iterable, or as groups: dicts with ``params`` and options of their own.
    """

    def __init__(self, params: Iterable[Any], **defaults: Any) -> None:
        groups = list(params)
        if not groups:
            raise ValueError("params: expected parameters, got none; is model.parameters() already used up?")
        if not isinstance(groups[0], dict):
            groups = [{"params": groups}]
        self.defaults = defaults
        self.param_groups = [{**defaults, **group, "params": list(group["params"])} for group in groups]
        self.state: dict[int, dict[str, Any]] = {}
        for group in self.param_groups:
            for parameter in group["params"]:
                if not isinstance(parameter, Tensor) or not parameter.is_leaf:
                    raise TypeError(f"params: expected leaf Tensors, got {type(parameter).__name__}")
                if id(parameter) in self.state:
                    raise ValueError(f"params: a parameter of shape {parameter.shape} stands there twice")
                self.state[id(parameter)] = {}
            self.check(group)
        self._share_scratch()

    def _share_scratch(self) -> None:
        """Give all parameters of a dtype one array to compute in, so that it stays in the cache."""
        parameters = [parameter for group in self.param_groups for parameter in group["params"]]
        for dtype in {parameter.dtype for parameter in parameters}:
            same = [parameter for parameter in parameters if parameter.dtype == dtype]
            scratch = np.empty(max(parameter.size for parameter in same), dtype)
            for parameter in same:
                self.state[id(parameter)]["scratch"] = scratch[: parameter.size].reshape(parameter.shape)

    def check(self, group: dict[str, Any]) -> None:
        """Refuse options that are no numbers from 0."""
        for name, value in group.items():
            if isinstance(value, (int, float)) and not (0 <= value < math.inf):
                raise ValueError(f"{name}: expected a finite number from 0, got {value}")

    def zero_grad(self) -> None:
        """Forget the gradients of all parameters."""
        for group in self.param_groups:
            for parameter in group["params"]:
                parameter.grad = None

    def step(self) -> None:
        """Change every parameter that has a gradient, in place.

        Raises:
            ValueError: an option of a group is out of its range; nothing is changed.
        """
        for group in self.param_groups:
            if not 0 <= group["lr"] < math.inf:
                self.check(group)
        for group in self.param_groups:
            rates: dict[Any, Any] = {}  # the rate as an array of each dtype: NumPy multiplies by that faster
            for parameter in group["params"]:
                if parameter.grad is not None:
                    array, dtype = parameter.data, parameter.dtype
                    rate = rates.get(dtype)
                    if rate is None:
                        rate = rates[dtype] = np.array(group["lr"], dtype)
                    array -= self.update(array, parameter.grad.data, rate, self.state[id(parameter)], group)
                    parameter.data = array

    def update(
        self, parameter: Array, gradient: Array, lr: Array, state: dict[str, Any], group: dict[str, Any]
    ) -> Array:
        """Give what is to be subtracted from the parameter; ``state`` is the rule's to change.

        The result may be ``state["scratch"]``, so that nothing is allocated.
        """
        raise TypeError(f"{type(self).__name__} has no update(): define its rule")
