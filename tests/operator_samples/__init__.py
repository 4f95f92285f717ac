"""PyTorch's own samples of its operators, and what answers to each operator here."""
