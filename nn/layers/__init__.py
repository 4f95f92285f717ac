"""Layers: what models are made of. Each is a few lines over functions of ``nn.functional``."""

from nn.layers.containers import MLP, ModuleDict, ModuleList, Sequential
from nn.layers.convolution import Conv1d, Conv2d, ConvTranspose2d
from nn.layers.dropout import Dropout, Dropout2d
from nn.layers.embedding import Embedding
from nn.layers.linear import Bilinear, Linear, Perceptron
from nn.layers.normalisation import BatchNorm1d, BatchNorm2d, GroupNorm, LayerNorm, RMSNorm
from nn.layers.pooling import AdaptiveAvgPool1d, AdaptiveAvgPool2d, AvgPool1d, AvgPool2d, MaxPool1d, MaxPool2d
from nn.layers.recurrent import GRU, LSTM, RNN, GRUCell, LSTMCell, RNNCell
from nn.layers.shapes import Flatten, Unflatten

__all__ = [
    "GRU", "GRUCell", "LSTM", "LSTMCell", "RNN", "RNNCell", "AdaptiveAvgPool1d", "AdaptiveAvgPool2d",
    "AvgPool1d", "AvgPool2d", "BatchNorm1d", "BatchNorm2d", "Bilinear", "Conv1d", "Conv2d", "ConvTranspose2d",
    "Dropout", "Dropout2d", "Embedding", "Flatten", "GroupNorm", "LayerNorm", "Linear", "MLP", "MaxPool1d",
    "MaxPool2d", "ModuleDict", "ModuleList", "Perceptron", "RMSNorm", "Sequential",
    "Unflatten",
]  # fmt: skip
