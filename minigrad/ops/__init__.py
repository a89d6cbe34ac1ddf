"""The operations by family, each with its rule of calculus beside it. They know no Tensor."""
