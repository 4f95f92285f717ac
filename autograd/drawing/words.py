"""Why a gradient is passed on as it is, in one sentence for each rule of the table."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from autograd.derivatives.calls import name_of, shape_of
from autograd.drawing.text import indexed
from autograd.graph import Node

_SAME = "The elements were only moved, so their gradients move back to where they came from."
_LARGER = "Only the argument that won moves the result, so it alone gets the gradient; a tie is shared."
_ALL = "The slope is the same everywhere, so the gradient is only scaled."

# By the name that users know; a tuple has a sentence for each argument.
_OF_FUNCTION: dict[str, str | tuple[str, ...]] = {
    # Arithmetic
    "add": "A sum passes the gradient on, unchanged, to each of its terms.",
    "subtract": (
        "A difference passes the gradient on unchanged to what is subtracted from.",
        "Raising what is subtracted lowers the difference, so the gradient changes its sign.",
    ),
    "multiply": "A product passes the gradient on times the other factor.",
    "divide": (
        "A quotient passes the gradient on divided by the denominator.",
        "Raising the denominator shrinks the quotient, the more so the smaller the denominator is.",
    ),
    "negative": "A minus sign turns the sign of the gradient.",
    "positive": "Nothing was changed, so the gradient passes as it is.",
    "reciprocal": "Raising x lowers 1/x, at the rate 1/x².",
    "square": "The slope of a square is twice its base.",
    "power": (
        "A power brings its exponent down as a factor and is lowered by one.",
        "Raising an exponent multiplies: the slope is the power itself times the logarithm of its base.",
    ),
    "remainder": ("Between its jumps a remainder grows as fast as what is divided.",
                  "Each time the divisor fits, raising it takes one more from the remainder."),
    "deg2rad": _ALL, "radians": _ALL, "rad2deg": _ALL, "degrees": _ALL,
    # Functions of one argument
    "exp": "The exponential function is its own slope.",
    "exp2": "A power of two is its own slope, times log 2.",
    "log": "The slope of the logarithm is 1/x: steep near 0, and flatter and flatter beyond.",
    "sqrt": "The slope of a root is one over twice the root: steep near 0.",
    "sin": "The slope of the sine is the cosine.",
    "cos": "The slope of the cosine is minus the sine.",
    "tanh": "The slope of tanh is 1 − tanh²: 1 in the middle, nearly 0 where it is saturated.",
    "sigmoid": "The slope of the sigmoid is a(1 − a): never above ¼, and nearly 0 where it is saturated.",
    "softplus": "The slope of this smooth ramp is the sigmoid.",
    "relu": "Where its input is above 0 a ramp lets the gradient pass; elsewhere it stops it.",
    "leaky_relu": "Above 0 the gradient passes; below it is scaled by the small slope.",
    "absolute": "The slope of the absolute value is the sign.",
    "maximum": _LARGER, "minimum": _LARGER, "fmax": _LARGER, "fmin": _LARGER,
    "binary_step": "A step is flat, so no gradient passes: nothing learns through it.",
    # Products
    "matmul": (
        "Each element on the left met a row on the right: multiply by the right factor, transposed.",
        "Each element on the right met a column on the left: multiply by the left factor, transposed.",
    ),
    "linear": (
        "Each input reached every output through its weights, so the gradients come back through them.",
        "A weight passes one input to one output: its gradient is input times gradient, over all rows.",
        "A bias is added to every row, so its gradient is the sum over the rows.",
    ),
    "einsum": "Contract the gradient with all the other factors, onto the axes of this one.",
    "convolution": (
        "Each input was seen by the kernel in several places: what comes back from each is summed.",
        "A kernel is used at every place, so its gradient sums input times gradient over all of them.",
        "A bias is added at every place, so its gradient is the sum over all of them.",
    ),
    "standardise": (
        "Scale and mean were taken out, so what would only change them is taken out here too.",
        "A scale is shared: its gradient sums standardised element times gradient over all that it scaled.",
        "A shift is added to many elements, so its gradient is the sum over all of them.",
        "Raising eps shrinks all standardised elements, so their gradients are weighed and summed.",
    ),
    "scale_and_shift": (
        "Each element was scaled, so its gradient is scaled by the same factor.",
        "A scale is shared: its gradient sums element times gradient over all that it scaled.",
        "A shift is added to many elements, so its gradient is the sum over all of them.",
    ),
    # Reductions
    "sum": "Each term counts once in a sum, so each gets the whole gradient.",
    "mean": "Each of n elements counts 1/n in a mean, so each gets that share of the gradient.",
    "prod": "Each factor gets the gradient times the product of all the others.",
    "max": "Only the largest element moves the maximum, so it alone gets the gradient; a tie is shared.",
    "min": "Only the smallest element moves the minimum, so it alone gets the gradient; a tie is shared.",
    "logsumexp": "Each score gets the gradient in the share that softmax gives it.",
    "softmax": "Shares sum to 1: what one wins the others lose, hence the weighted mean is subtracted.",
    "log_softmax": "A log-share gets its own gradient, less its share of the sum of all.",
    "cumsum": "An element is in every later partial sum, so it collects all their gradients.",
    # Indexing
    "getitem": "The gradient goes to the elements that were picked, summed if picked twice; others get 0.",
    "where": "The gradient goes where the element was taken from; the other side gets 0.",
    "set_item": ("What was written over no longer counts, so its gradient is 0; the rest passes.", "",
                 "What was written gets the gradient of the places that it was written to."),
    # Shapes
    "broadcast_to": "The elements were repeated, so the gradients of all copies are summed.",
    "concatenate": "Each part gets back its own piece of the gradient.",
    "stack": "Each part gets back its own layer of the gradient.",
    "astype": "Only the dtype changed, so the gradient passes as it is.",
    # Losses
    "mse_loss": "The slope of a squared error is twice the error, shared over all elements.",
    "cross_entropy": "After softmax: the shares minus the target. What is too sure is pushed down.",
    "nll_loss": "Only the log-probability of the right class counts, with a minus sign.",
    "binary_cross_entropy_with_logits": "σ(x) minus the target: what is too sure is pushed back.",
}  # fmt: skip

# By the kind of an entry, for all that is not named above.
_OF_KIND = {
    "parametric": "Each element passes its gradient on times the slope of {f} at that element.",
    "elementwise": "Each element passes its gradient on times the slope of {f} at that element.",
    "reduction": "Each element gets the gradient of the result that it went into, times its share in it.",
    "along an axis": "The elements along the axis depend on each other, so their gradients are mixed.",
    "shape": _SAME,
    "indexing": "The gradient goes to the elements that were chosen; the others get 0.",
    "choice": "The gradient goes to the elements that were chosen, each back to where it came from.",
    "lookup": "The gradient goes to the rows that were looked up, summed where one was looked up twice.",
    "pooling": "The gradient goes to the elements that won in their window; the others get 0.",
    "normalisation": "Scale and mean were taken out, so what would only change them is taken out here too.",
    "linear algebra": "The rule follows from what defines {f}: how its result moves when the matrix does.",
    "polynomial": "The rule follows from what defines {f}: how its result moves when a coefficient does.",
    "product": "A product passes the gradient on times all the other factors.",
    "linear": "A linear map passes the gradient back through its transpose.",
    "recurrent": "The gradient goes back through the steps of the sequence, last to first.",
    "convolution": "What comes back from every place where it was used is summed.",
    "loss": "The slope of {f} says how far, and to which side, the prediction is off.",
    "class loss": "The slope of {f}: what the scores say minus what they should say.",
}
_OTHERWISE = "The gradient is passed on by the rule of {f} in the table of derivatives."
_REPEATED = " It was repeated to fit, so the gradients of its copies are summed."


# Rules that do not write themselves, for each argument: {g} is the upstream gradient.
_RULES = {
    "linear": {2: "Σ rows of {g}"},
    "cross_entropy_of_classes": {0: "(softmax({0}) − target) · share of {g}"},
    "nll_of_classes": {0: "−target · share of {g}"},
    "sum": {0: "{g} for each element"},
    "max": {0: "{g} at the maximum"},
    "min": {0: "{g} at the minimum"},
    "getitem": {0: "{g} at [{1}], else 0"},
    "reshape": {0: "{g}, reshaped"},
    "ravel": {0: "{g}, reshaped"},
}


def rule_in_words(node: Node, i: int, g: str, args: Sequence[str]) -> str:
    """Write a rule that cannot write itself, or "" if there are no words for it."""
    template = _RULES.get(node.plan.entry.function.__name__, {}).get(i, "")
    return template.format(*map(indexed, args), g=g)


def why(node: Node, i: int) -> str:
    """Say why a call passes on to its i-th argument what it does."""
    entry = node.plan.entry
    name = name_of(entry.function).rpartition(".")[2]
    if sentences := _OF_FUNCTION.get(name):
        text = sentences if isinstance(sentences, str) else sentences[min(i, len(sentences) - 1)]
    else:
        text = _OF_KIND.get(entry.kind, _OTHERWISE).format(f=name)
    return text + _REPEATED * repeated(node, i)


def repeated(node: Node, i: int) -> bool:
    """Tell whether a call repeated its i-th argument, to fit the others."""
    shape, function = shape_of(node.args[i]), node.plan.entry.function
    if function is np.matmul:
        return len(shape) < len(node.shape)
    by_element = node.plan.entry.kind == "elementwise" or function is np.where
    return by_element and shape != tuple(node.shape)
