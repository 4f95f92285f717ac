"""The error of a function that refuses its arguments."""


class RefusedError(ValueError):
    """An argument is refused, in words that say what was expected, what came, and the usual fix.

    To NumPy's own errors the engine adds what the function and its arguments were; this one
    explains itself.
    """

    explains_itself = True
