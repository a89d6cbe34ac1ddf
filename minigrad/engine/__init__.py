"""The ground floor: nodes, the backward pass, grad modes, version counters. Knows no Tensor."""
