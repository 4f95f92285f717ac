"""Neural networks on the autograd engine, with PyTorch's names."""

from nn import functional, init, optim
from nn.activations import (
    ELU,
    BinaryStep,
    Identity,
    LeakyReLU,
    ReLU,
    Sigmoid,
    Softmax,
    Softplus,
    Tanh,
)
from nn.batches import batches
from nn.layers import MLP, Linear, Perceptron, Sequential
from nn.losses import BCELoss, BCEWithLogitsLoss, CrossEntropyLoss, MSELoss, NLLLoss
from nn.module import Module
from nn.parameter import Parameter

__all__ = [
    "BCELoss", "BCEWithLogitsLoss", "BinaryStep", "CrossEntropyLoss", "ELU", "Identity", "LeakyReLU",
    "Linear", "MLP", "MSELoss", "Module", "NLLLoss", "Parameter", "Perceptron", "ReLU", "Sequential",
    "Sigmoid", "Softmax", "Softplus", "Tanh", "batches", "functional", "init", "optim",
]  # fmt: skip
