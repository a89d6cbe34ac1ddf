"""A Tensor's operations by family: torch's signatures, and which nodes of `ops` each call makes.

Each family is a class without state of its own, from which Tensor inherits.
"""
