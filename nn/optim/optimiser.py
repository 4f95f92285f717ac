"""What all optimisers share: parameter groups, state, and the one in-place step."""

from __future__ import annotations

import copy
import math
import warnings
from collections.abc import Callable, Iterable, Mapping
from itertools import product
from numbers import Real
from typing import Any, Self

import numpy as np

from autograd import Tensor
from nn.module import Module
from nn.parameter import forget_gradients

Array = np.ndarray[Any, Any]
Options = dict[str, Any]  # of a group; also what a rule keeps of a parameter
_EXTRA = {"params", "name", "initial_lr"}  # what a group may hold beside options
_HINTS = {"foreach", "fused", "capturable", "differentiable"}  # options of PyTorch's
_SCRATCH = {"scratch", "scratch_gradient"}  # arrays that no state holds


class Optimiser:
    """Change parameters so that a loss falls, given their gradients.

    An optimiser is an ``update`` rule over arrays; everything else stands here.

    Args:
        params: parameters, or groups of them: dicts with ``params``, options of their own, and a ``name``.
        lr: the learning rate.
        **options: what else the rule reads, and ``maximize``: whether the loss is to rise, not to fall.

    Attributes:
        param_groups: one dict for each group, with ``params`` and all options; these may be changed.
        state: what the rule keeps of each parameter.

    Raises:
        TypeError: ``params`` are no leaf Tensors of floating numbers, or an option is unknown.
        ValueError: there are no parameters, one stands there twice, or an option is out of range.

    Example:
        >>> class SignDescent(Optimiser):
        ...     def update(self, parameter, gradient, lr, state, group):
        ...         return lr * np.sign(gradient)
        >>> w = tensor([1.0, -1.0], requires_grad=True)
        >>> (w**2).sum().backward()
        >>> SignDescent([w], lr=0.25).step()
        >>> w
        tensor([ 0.75, -0.75], requires_grad=True)
    """

    def __new__(cls, *args: Any, **options: Any) -> Self:
        """Refuse what tells PyTorch how to compute a step, for here there is one way."""
        if hints := options.keys() & _HINTS:
            raise TypeError(f"{min(hints)}: expected no hint on how to compute a step; leave it out")
        return super().__new__(cls)

    def __init__(self, params: Iterable[Any], lr: float = 1e-3, **options: Any) -> None:
        self.defaults: dict[str, Any] = {"lr": lr, "maximize": False, **options}
        self.param_groups: list[dict[str, Any]] = []
        self.state: dict[Tensor, dict[str, Any]] = {}
        self._warned = False
        for group in _groups_of(params):
            self._add(group)
        self._arrange_state()

    def __setattr__(self, name: str, value: Any) -> None:
        """Refuse fields that would change nothing: options stand in the groups. A class of one's own may."""
        options = {option: option for option in vars(self).get("defaults", ())} | {"learning_rate": "lr"}
        if name in options and type(self).__module__.startswith("nn."):
            fix = f"optimiser.param_groups[0][{options[name]!r}] = {value!r}"
            raise AttributeError(f"{name}: expected no such field; the usual fix is {fix}")
        super().__setattr__(name, value)

    def add_param_group(self, param_group: Options) -> None:
        """Go on with more parameters, such as those of layers that were frozen so far.

        Raises:
            TypeError: this is no group of leaf Tensors, or an option is unknown.
            ValueError: a parameter stands in a group already, or an option is out of range.

        Example:
            >>> v, w = tensor([1.0], requires_grad=True), tensor([2.0], requires_grad=True)
            >>> optimiser = nn.optim.SGD([v], lr=0.1)
            >>> optimiser.add_param_group({"params": [w], "lr": 0.01})
            >>> [group["lr"] for group in optimiser.param_groups]
            [0.1, 0.01]
        """
        self._add(param_group)
        self._arrange_state()

    def _add(self, given: Any) -> None:
        group = self._completed(given)
        self.check(group)
        state: dict[Tensor, dict[str, Any]] = {}
        for parameter in group["params"]:
            _check_parameter(parameter)
            if parameter in self.state or parameter in state:
                raise ValueError(f"params: a parameter of shape {parameter.shape} stands there twice")
            state[parameter] = {}
        self.param_groups.append(group)
        self.state |= state

    def _completed(self, given: Any) -> dict[str, Any]:
        """Complete a group by the default options."""
        if not isinstance(given, dict) or "params" not in given:
            got = sorted(given) if isinstance(given, dict) else type(given).__name__
            raise TypeError(f"params: expected groups with the key 'params', got {got}")
        if unknown := given.keys() - self.defaults.keys() - _EXTRA:
            known = ", ".join(self.defaults)
            raise TypeError(f"params: expected groups with options {known}, got {min(unknown)!r}")
        group = {**self.defaults, **given, "params": _listed(given["params"])}
        if not group["params"]:
            raise ValueError("params: expected parameters, got none; is there an empty group?")
        return group

    def _arrange_state(self) -> None:
        """Give all parameters of a dtype the same arrays to compute in, so that these stay in the cache."""
        for dtype, name in product({parameter.dtype for parameter in self.state}, _SCRATCH):
            same = [parameter for parameter in self.state if parameter.dtype == dtype]
            memory = np.empty(max(parameter.size for parameter in same), dtype)
            for parameter in same:
                order: Any = "F" if parameter.data.flags.f_contiguous else "C"
                view = memory[: parameter.size].reshape(parameter.shape, order=order)
                self.state[parameter][name] = view

    def _kept(self) -> dict[Tensor, dict[str, Any]]:
        """Return the state without the scratch arrays."""
        return {
            parameter: {name: value for name, value in state.items() if name not in _SCRATCH}
            for parameter, state in self.state.items()
        }

    def __getstate__(self) -> dict[str, Any]:
        """Return what is to be copied or pickled."""
        return {**vars(self), "state": self._kept()}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self._arrange_state()

    def state_dict(self) -> dict[str, Any]:
        """Return a copy of what training needs to go on from here; parameters stand for their positions.

        Returns:
            ``state``, a list of what the rule keeps of each parameter, and ``param_groups``, the options.

        Example:
            >>> w = tensor([1.0, -1.0], requires_grad=True)
            >>> nn.optim.SGD([w], lr=0.5).state_dict()["param_groups"][0]["params"]
            [0]
        """
        positions = {parameter: i for i, parameter in enumerate(self.state)}
        groups = [
            {**group, "params": [positions[parameter] for parameter in group["params"]]}
            for group in self.param_groups
        ]
        return {"state": copy.deepcopy(list(self._kept().values())), "param_groups": groups}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on from a state that ``state_dict`` gave, for parameters of the same shapes in the same order.

        Raises:
            ValueError: the groups have other sizes, an array has not its parameter's shape, or an option
                is unknown or out of range; nothing is changed.
        """
        sizes = [len(group["params"]) for group in self.param_groups]
        given = [len(group["params"]) for group in state["param_groups"]]
        if given != sizes:
            raise ValueError(f"state: expected groups of {sizes} parameters, got groups of {given}")
        groups = []
        for group, options in zip(self.param_groups, state["param_groups"], strict=True):
            if unknown := options.keys() - group.keys() - _EXTRA:
                raise ValueError(f"state: expected options of {type(self).__name__}, got {min(unknown)!r}")
            groups.append({**group, **options, "params": group["params"]})
            self.check(groups[-1])
        kept = [
            {name: _laid_out_as(parameter, name, value) for name, value in values.items()}
            for parameter, values in zip(self.state, state["state"], strict=True)
        ]
        for group, changed in zip(self.param_groups, groups, strict=True):
            group |= changed
        self.state = dict(zip(self.state, kept, strict=True))
        self._arrange_state()

    def check(self, group: Options) -> None:
        """Refuse a group whose options are out of their ranges."""
        check_numbers(group, "lr")

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients of all parameters: make them None, or zeros."""
        for group in self.param_groups:
            forget_gradients(group["params"], set_to_none)

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Change every parameter that has a gradient, in place.

        Args:
            closure: what computes the loss and its gradients; it is called first, and the loss given back.

        Raises:
            ValueError: a learning rate is out of its range; nothing is changed.

        Warns:
            UserWarning: no parameter has a gradient.
        """
        for group in self.param_groups:
            lr = group["lr"]
            if not (isinstance(lr, (float, int)) and 0 <= lr < math.inf):
                self.check(group)
        loss = None if closure is None else closure()
        self._move()
        return loss

    def _move(self) -> None:
        """Subtract what the rule says from every parameter that has a gradient."""
        for group in self.param_groups:
            update = self._ascend if group["maximize"] else self.update
            dtype = None
            for parameter in group["params"]:
                gradient = parameter.grad_array
                if gradient is not None:
                    array = parameter.data
                    if array.dtype is not dtype:
                        dtype = array.dtype
                        lr = np.array(group["lr"], dtype)  # NumPy multiplies by arrays faster than by numbers
                    array -= update(array, gradient, lr, self.state[parameter], group)
                    parameter.data = array
        if gradient is None and not self._warned:  # if the last one is there, not all are missing
            self._warn()

    def _warn(self) -> None:
        """Warn, but once only, if there is no gradient at all."""
        if all(parameter.grad is None for parameter in self.state):
            self._warned = True
            warnings.warn(
                "step: no parameter has a gradient, so that none changes; was loss.backward() called, "
                "and is it the loss of this model?",
                stacklevel=4,
            )

    def update(self, parameter: Array, gradient: Array, lr: Array, state: Options, group: Options) -> Array:
        """Return what is to be subtracted from the parameter.

        Args:
            parameter: its array, to be read.
            gradient: that of its gradient, to be read.
            lr: the learning rate, as an array of the parameter's dtype.
            state: what the rule keeps of this parameter, and two arrays of its shape and dtype to
                compute in, so that nothing is allocated: ``scratch``, which may be the result, and
                ``scratch_gradient``, for a gradient that is changed, which ``gradient`` may be already.
            group: the options.
        """
        raise NotImplementedError(f"{type(self).__name__} has no update(): define its rule")

    def _ascend(self, parameter: Array, gradient: Array, lr: Array, state: Options, group: Options) -> Array:
        """Return what ``update`` gives for a loss that is to rise."""
        return self.update(parameter, np.negative(gradient, out=state["scratch_gradient"]), lr, state, group)

    def __repr__(self) -> str:
        """Write the options of all groups."""
        lines = []
        for i, group in enumerate(self.param_groups):
            options = [f"{name}={value}" for name, value in group.items() if name != "params"]
            lines.append(f"  ({i}): parameters={len(group['params'])}, {', '.join(options)}\n")
        return f"{type(self).__name__}(\n{''.join(lines)})"


def _laid_out_as(parameter: Tensor, name: str, value: Any) -> Any:
    """Copy an array into the memory layout and precision of its parameter, so that steps stay fast."""
    if not isinstance(value, np.ndarray):
        return value
    if value.shape != parameter.shape:
        raise ValueError(f"state: expected {name!r} of shape {parameter.shape}, got {value.shape}")
    copied = np.empty_like(parameter.data, dtype=parameter.dtype if value.dtype.kind == "f" else value.dtype)
    copied[...] = value
    return copied


def with_decay(parameter: Array, gradient: Array, state: Options, group: Options) -> Array:
    """Add the gradient of the penalty ``weight_decay``/2 · ‖parameter‖², in the scratch arrays."""
    decay = np.multiply(parameter, group["weight_decay"], out=state["scratch"])
    added: Array = np.add(gradient, decay, out=state["scratch_gradient"])
    return added


def average(mean: Array, keep: float, new: Array, scratch: Array) -> None:
    """Move a running mean towards a new value, which may be the scratch array: ``keep`` of it stays."""
    mean *= keep
    mean += np.multiply(new, 1 - keep, out=scratch)


def check_numbers(group: Options, *names: str) -> None:
    """Refuse options of a group that are no finite numbers from 0."""
    for name in names:
        value = group[name]
        if not (isinstance(value, Real) and 0 <= float(value) < math.inf):
            raise ValueError(f"{name}: expected a finite number from 0, got {value!r}")


def _groups_of(params: Any) -> list[dict[str, Any]]:
    """See parameters without a group as one group."""
    groups = _listed(params)
    if not groups:
        raise ValueError(
            "params: expected parameters, got none; is model.parameters() already used up, or is no weight "
            "an nn.Parameter?"
        )
    return groups if isinstance(groups[0], dict) else [{"params": groups}]


def _listed(params: Any) -> list[Any]:
    """List parameters, and refuse what is often given in their place."""
    if isinstance(params, Tensor):
        return [params]
    if isinstance(params, Module):
        raise TypeError(f"params: expected parameters, got {type(params).__name__}; use model.parameters()")
    if isinstance(params, dict) or not isinstance(params, Iterable):
        name = type(params).__name__
        fix = "; the usual fix is model.parameters(), with ()" if callable(params) else ""
        raise TypeError(f"params: expected a list of parameters or of groups, got {name}{fix}")
    return list(params)


def _check_parameter(parameter: Any) -> None:
    if not isinstance(parameter, Tensor):
        name = type(parameter).__name__
        raise TypeError(f"params: expected leaf Tensors, got {name}; use model.parameters()")
    if not parameter.is_leaf:
        raise TypeError(
            f"params: expected leaf Tensors, got one of shape {parameter.shape} that is the result of "
            f"a recorded call; the usual fix is to give what it was computed from, or detach()"
        )
    if parameter.dtype.kind != "f":
        raise TypeError(f"params: expected floating numbers, got a Tensor of {parameter.dtype}")
    if not parameter.data.flags.writeable:
        raise ValueError(
            f"params: expected Tensors that can be written, got one of shape {parameter.shape} that is "
            f"read-only; the usual fix is tensor(array, requires_grad=True), which copies"
        )
