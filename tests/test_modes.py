"""Grad modes as blocks and decorators, and the default dtype."""

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import numpy as np
import pytest

from autograd import (
    Tensor,
    enable_grad,
    get_default_dtype,
    is_grad_enabled,
    no_grad,
    set_default_dtype,
    set_grad_enabled,
    tensor,
)


@pytest.fixture(autouse=True)
def modes() -> Iterator[None]:
    """Hold every test to leaving the modes as they were."""
    yield
    assert is_grad_enabled()
    assert get_default_dtype() == np.float64


def recorded() -> bool:
    return (tensor(1.0, requires_grad=True) * 2).requires_grad


def test_blocks_nest() -> None:
    assert recorded()
    with no_grad():
        assert not recorded()
        with enable_grad():
            assert recorded()
            with set_grad_enabled(False):
                assert not is_grad_enabled()
            assert is_grad_enabled()
        assert not recorded()
    assert recorded()


def test_a_block_object_can_be_entered_again_and_inside_itself() -> None:
    mode = no_grad()
    with mode:
        with enable_grad(), mode:
            assert not is_grad_enabled()
        assert not is_grad_enabled()
    assert is_grad_enabled()
    with mode:
        assert not is_grad_enabled()


@pytest.mark.parametrize("mode", [no_grad, enable_grad])
def test_a_decorator_may_stand_without_parentheses(mode: Any) -> None:
    @mode
    def both(x: Tensor, *, times: float = 1) -> tuple[bool, Tensor]:
        """Double."""
        return is_grad_enabled(), 2 * times * x

    assert both.__doc__ == "Double."
    for outer in no_grad(), enable_grad():
        with outer:
            enabled, result = both(tensor(1.0), times=3)
            assert enabled == (mode is enable_grad)
            assert result.item() == 6


@pytest.mark.parametrize("mode", [no_grad, enable_grad])
def test_a_decorator_refuses_what_runs_later(mode: Callable[[], set_grad_enabled]) -> None:
    def steps() -> Iterator[bool]:
        yield recorded()

    async def later() -> bool:
        return recorded()

    async def many() -> AsyncIterator[bool]:
        yield recorded()

    for function in (steps, later, many):
        with pytest.raises(TypeError, match=rf"{function.__name__} is a generator or coroutine.*with block"):
            mode()(function)


def test_an_error_ends_the_block() -> None:
    with pytest.raises(KeyError), no_grad():
        raise KeyError
    assert is_grad_enabled()


def test_decorators() -> None:
    @no_grad()
    def fall(depth: int) -> bool:
        """Say whether calls are recorded, at the bottom."""
        return fall(depth - 1) if depth else is_grad_enabled()

    assert fall(3) is False
    assert is_grad_enabled()
    assert fall.__doc__ == "Say whether calls are recorded, at the bottom."
    with no_grad():
        assert enable_grad()(is_grad_enabled)()


def test_results_under_no_grad_are_untracked_and_leaves_are_not() -> None:
    with no_grad():
        x = tensor([1.0, 2.0], requires_grad=True)
        y = x * x
        assert np.asarray(y[0]) == 1
    assert x.requires_grad
    assert not y.requires_grad
    assert y.is_leaf


def test_what_was_recorded_before_can_be_differentiated_under_no_grad() -> None:
    x = tensor(3.0, requires_grad=True)
    y = x * x
    with no_grad():
        y.backward()
    assert x.grad == 6


def test_a_generator_does_not_leak_its_mode() -> None:
    def steps() -> Iterator[Tensor]:
        x = tensor(1.0, requires_grad=True)
        for _ in range(2):
            with no_grad():
                y = x * 2
            yield y

    for y in steps():
        assert not y.requires_grad
        assert is_grad_enabled()


def test_default_dtype() -> None:
    set_default_dtype("float32")
    try:
        assert get_default_dtype() == np.float32
        assert tensor(1.0).dtype == np.float32
    finally:
        set_default_dtype(float)


@pytest.mark.parametrize("dtype", [int, bool, complex, "i4", object])
def test_the_default_dtype_is_floating(dtype: object) -> None:
    with pytest.raises(TypeError, match="floating"):
        set_default_dtype(dtype)
