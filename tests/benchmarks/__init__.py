"""How fast the engine is: next to NumPy written by hand, next to PyTorch, and per node.

``python -m tests.benchmarks`` measures everything, ``python -m tests.benchmarks house nodes`` only
what is named. These are measurements, never tests: no test of the project reads a clock.
"""
