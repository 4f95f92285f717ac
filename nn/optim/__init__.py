"""Optimisers: rules by which parameters follow their gradients."""

from typing import TYPE_CHECKING

from autograd.instead import module_getattr
from nn.optim import lr_scheduler
from nn.optim.adagrad import Adagrad
from nn.optim.adam import Adam
from nn.optim.adamw import AdamW
from nn.optim.optimiser import Optimiser
from nn.optim.rmsprop import RMSprop
from nn.optim.sgd import SGD
from nn.pytorch import OPTIM

Optimizer = Optimiser  # as PyTorch spells it

__all__ = [
    "SGD", "Adagrad", "Adam", "AdamW", "Optimiser", "Optimizer", "RMSprop",
    "lr_scheduler",
]  # fmt: skip


if not TYPE_CHECKING:
    __getattr__ = module_getattr(__name__, OPTIM)
