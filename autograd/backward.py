"""The backward pass as a user calls it, and the gradients that it leaves behind."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import numpy as np

from autograd import errors, modes
from autograd.graph import Vertex, sweep
from autograd.handle import like
from autograd.inplace import RETAINED, InPlace

if TYPE_CHECKING:
    from autograd.tensor import Tensor

_accumulation = threading.Lock()


class Hook(NamedTuple):
    """What ``register_hook`` gives: ``remove()`` undoes the registration."""

    hooks: dict[int, Callable[[Any], Any]]
    key: int

    def remove(self) -> None:
        """Call the hook no more."""
        self.hooks.pop(self.key, None)


class Retained:
    """A place for the gradient of a node, filled in every sweep: what ``retain_grad`` makes."""

    __slots__ = ("grad",)

    def __init__(self) -> None:
        self.grad: Any = None

    def __call__(self, g: Any) -> Any:
        """Keep a copy of the gradient, as a hook."""
        self.grad = g.copy()
        return g


class Backward(InPlace):
    """The part of a Tensor that has to do with gradients."""

    __slots__ = ()

    @property
    def requires_grad(self) -> bool:
        """Whether calls with this Tensor are recorded. A leaf may be told so."""
        return self.tracked

    @requires_grad.setter
    def requires_grad(self, value: bool) -> None:
        if self.node is not None and not value:
            raise RuntimeError(errors.not_a_leaf(self))
        if value and self._array.dtype.kind != "f":
            raise TypeError(errors.not_differentiable(self))
        self.tracked = value

    def requires_grad_(self, requires_grad: bool = True) -> Self:
        """Make this leaf require a gradient, or not, and give it back."""
        self.requires_grad = requires_grad
        return self

    @property
    def grad(self) -> Tensor | None:
        """For a leaf, the sum of the gradients of all backward passes since it was None.

        For other Tensors, after ``retain_grad()``, the gradient in the last backward pass.

        Warns:
            UserWarning: this Tensor is no leaf, and keeps no gradient.
        """
        if self.node is not None and RETAINED not in (self.node.hooks or ()):
            warnings.warn(errors.not_retained(self), stacklevel=2)
        return self._kept_grad()

    @grad.setter
    def grad(self, value: Tensor | None) -> None:
        self._grad = None if value is None else like(value, self, "grad")

    @property
    def grad_array(self) -> np.ndarray[Any, Any] | None:
        """The array of ``grad``: what an optimiser reads, in every step, and need not have as a Tensor.

        Example:
            >>> x = tensor([1.0, 2.0], requires_grad=True)
            >>> np.sum(x * x).backward()
            >>> x.grad_array
            array([2., 4.])
        """
        if type(self._grad) is np.ndarray:
            return self._grad
        gradient = self._kept_grad()
        return None if gradient is None else gradient._array

    def _kept_grad(self) -> Tensor | None:
        """Return the gradient that is kept, if there is one."""
        if self.node is None:
            if self._grad is not None:  # a backward pass leaves an array
                self._grad = self.lift(self._grad)
            gradient: Tensor | None = self._grad
            return gradient
        retained: Any = (self.node.hooks or {}).get(RETAINED)
        return None if retained is None or retained.grad is None else self.lift(retained.grad)

    def detach(self) -> Tensor:
        """Return a Tensor on the same memory that the graph does not know."""
        detached = self.lift(self._array)
        detached.look_at([self])
        detached.cut = ("detach()", self.name)
        return detached

    def retain_grad(self) -> None:
        """Keep the gradient of this Tensor, which is no leaf, in the backward passes to come."""
        if self.node is not None:
            self.node.hooks = self.node.hooks or {}
            self.node.hooks.setdefault(RETAINED, Retained())

    def register_hook(self, hook: Callable[[Tensor], Any]) -> Hook:
        """Call ``hook`` with the gradient of this Tensor in every backward pass.

        What it gives back, if it is not None, takes the gradient's place.
        """
        vertex = self.node or self
        vertex.hooks = vertex.hooks or {}

        lift, shape, dtype = self.lift, self.shape, self.dtype  # not self: that would be a cycle

        def call(g: Any) -> Any:
            given = hook(lift(g.copy()))
            if given is None:
                return g
            given = lift(given)
            if given.shape != shape:
                raise ValueError(f"a hook gave a gradient of shape {given.shape}; expected {shape}")
            given = given if given.dtype == dtype else given.astype(dtype)
            return given if isinstance(g, Vertex) else given.data

        vertex.hooks[id(call)] = call
        if RETAINED in vertex.hooks:  # what is kept is what all hooks have made of it
            vertex.hooks[RETAINED] = vertex.hooks.pop(RETAINED)
        return Hook(vertex.hooks, id(call))

    def backward(
        self, gradient: Any = None, *, retain_graph: bool = False, create_graph: bool = False
    ) -> None:
        """Add to the ``grad`` of every tracked leaf the derivative of this Tensor by that leaf.

        Args:
            gradient: the cotangent of this Tensor, of its shape; by default 1, for a scalar.
            retain_graph: keep what the pass needs, so that it can run again. This is rarely the
                right cure: compute the loss anew instead.
            create_graph: record the pass too, so that the gradients can be differentiated.

        Raises:
            RuntimeError: the Tensor is untracked, or not a scalar and there is no ``gradient``;
                an earlier pass released what this one needs; or a Tensor in the graph was written
                in place since.

        Example:
            >>> x = tensor([1.0, 2.0], requires_grad=True)
            >>> y = x * x
            >>> y.backward([1.0, 10.0])
            >>> x.grad
            tensor([ 2., 40.])
        """
        if not self.tracked:
            raise RuntimeError(errors.untracked(self))
        if gradient is None and self.size != 1:
            raise RuntimeError(errors.not_a_scalar(self))
        if create_graph and not modes.recording.get():
            with modes.enable_grad():
                return self.backward(gradient, create_graph=True)
        root: Any = self.node or self
        seed: Any = _one(self._array.shape, self._array.dtype)
        if gradient is not None or create_graph:
            start = like(seed if gradient is None else gradient, self, "gradient")
            seed = start if create_graph else start.data
        if create_graph:
            cotangents = sweep({root: seed}, lift=self.lift)
        else:
            cotangents = sweep({root: seed}, release=not retain_graph)
        for leaf in list(cotangents):
            if leaf.hooks:
                cotangents[leaf] = leaf.hooked(cotangents[leaf])
        taken = {None, id(seed), id(getattr(seed, "base", None))}
        with _accumulation:
            for leaf, g in cotangents.items():
                if leaf._grad is not None:
                    leaf._grad = (leaf.grad if create_graph else leaf.grad_array) + g
                    continue
                owner = None if create_graph else id(g) if g.base is None else _owner(g)
                leaf._grad = g.copy() if owner in taken else g  # no two leaves may share an array
                taken.add(owner)


@cache
def _one(shape: tuple[int, ...], dtype: np.dtype[Any]) -> np.ndarray[Any, Any]:
    """Return the 1 that a backward pass begins with; a pass is so short that making one would show."""
    one = np.ones(shape, dtype)
    one.flags.writeable = False
    return one


def _owner(view: Any) -> int | None:
    """Identify the array whose memory a view shows, unless it shows a part or is read-only."""
    return id(view.base) if view.base.size == view.size and view.flags.writeable else None
