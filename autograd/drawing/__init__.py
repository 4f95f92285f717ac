"""Drawing a graph: every value and every gradient on cards, laid out by Graphviz.

``names`` finds what the user calls things, ``text`` writes numbers and formulas, ``cards`` says
what is shown, ``dot`` how it looks, and ``picture`` brings it to a notebook or a file.
"""

from autograd.drawing.draw import draw
from autograd.drawing.picture import Picture
from autograd.drawing.player import Player, backprop
from autograd.drawing.tape import Step

__all__ = ["Picture", "Player", "Step", "backprop", "draw"]
