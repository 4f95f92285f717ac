"""Layers: what models are made of. Each is a few lines over functions of ``nn.functional``."""

from nn.layers.containers import MLP, ModuleDict, ModuleList, Sequential
from nn.layers.convolution import Conv1d, Conv2d
from nn.layers.dropout import Dropout, Dropout2d
from nn.layers.embedding import Embedding
from nn.layers.linear import Linear, Perceptron
from nn.layers.normalisation import BatchNorm1d, BatchNorm2d, LayerNorm
from nn.layers.pooling import (
    AdaptiveAvgPool1d,
    AdaptiveAvgPool2d,
    AvgPool1d,
    AvgPool2d,
    MaxPool1d,
    MaxPool2d,
)
from nn.layers.recurrent import GRU, LSTM, RNN, GRUCell, LSTMCell, RNNCell
from nn.layers.shapes import Flatten, Unflatten

__all__ = [
    "GRU", "GRUCell", "LSTM", "LSTMCell", "RNN", "RNNCell",
    "AdaptiveAvgPool1d", "AdaptiveAvgPool2d", "AvgPool1d", "AvgPool2d", "BatchNorm1d", "BatchNorm2d",
    "Conv1d", "Conv2d", "Dropout", "Dropout2d", "Embedding", "Flatten", "LayerNorm", "Linear", "MLP",
    "MaxPool1d", "MaxPool2d", "ModuleDict", "ModuleList", "Perceptron", "Sequential", "Unflatten",
]  # fmt: skip
