"""What layers take and give: each call of each module inside a model, seen from outside."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from nn.module import Module

Prepare = Callable[[str, Module, tuple[Any, ...], dict[str, Any]], tuple[tuple[Any, ...], dict[str, Any]]]


@contextmanager
def outputs_seen(
    model: Module, see: Callable[[str, Module, Any], None], prepare: Prepare | None = None
) -> Iterator[None]:
    """Call ``see(name, module, output)`` after each call of each module, inside a ``with`` block.

    Before each call, ``prepare(name, module, args, kwargs)`` may look at the arguments, and gives those
    that the module is called with. Outside of the block nothing is added to a call.

    Example:
        >>> model = nn.Sequential(nn.Linear(2, 3, rng=0), nn.ReLU())
        >>> with outputs_seen(model, lambda name, module, output: print(repr(name), output.shape)):
        ...     y = model(np.ones((4, 2)))
        '0' (4, 3)
        '1' (4, 3)
        '' (4, 3)
        >>> def twice(name, module, args, kwargs):
        ...     return (tuple(2 * x for x in args) if name == "1" else args), kwargs
        >>> with outputs_seen(model, lambda *seen: None, twice):
        ...     doubled = model(np.ones((4, 2)))
        >>> np.allclose(doubled.data, 2 * y.data)
        True
    """

    def watched(kind: type[Module], name: str) -> type[Module]:
        class Watched(kind):  # type: ignore[misc, valid-type]
            def forward(self, *args: Any, **kwargs: Any) -> Any:
                if prepare is not None:
                    args, kwargs = prepare(name, self, args, kwargs)
                output = super().forward(*args, **kwargs)
                see(name, self, output)
                return output

        Watched.__name__, Watched.__qualname__ = kind.__name__, kind.__qualname__
        return Watched

    before = [(name, module, type(module)) for name, module in model.named_modules()]
    try:
        for name, module, kind in before:
            module.__class__ = watched(kind, name)  # a field would be seen as an option of the layer
        yield
    finally:
        for _, module, kind in before:
            module.__class__ = kind
