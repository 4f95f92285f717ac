"""Optimisers: rules by which parameters follow their gradients."""

from nn.optim.adam import Adam
from nn.optim.optimiser import Optimiser
from nn.optim.sgd import SGD

Optimizer = Optimiser  # as PyTorch spells it

__all__ = ["SGD", "Adam", "Optimiser", "Optimizer"]
