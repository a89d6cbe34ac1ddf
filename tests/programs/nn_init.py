"""nn.init: gains, what is written, errors; random values are tested elsewhere."""
# %%
init = nn.init
for name in ["linear", "conv1d", "conv2d", "conv_transpose2d", "sigmoid", "tanh", "relu", "selu"]:
    print(name, init.calculate_gain(name))
print(init.calculate_gain("leaky_relu"), init.calculate_gain("leaky_relu", 0.2))
init.calculate_gain("leaky_relu", 1)
# %%
init.calculate_gain("other")
# %%
init.calculate_gain("leaky_relu", True)
# %%
init.calculate_gain("leaky_relu", "x")
# %% in place, unrecorded
p = nn.Parameter(torch.zeros(2, 3))
for fill in [init.ones_, init.zeros_, init.eye_, lambda t: init.constant_(t, 0.5)]:
    print(fill(p) is p, p, p._version)
for fill in [init.uniform_, init.normal_, init.xavier_normal_, init.kaiming_uniform_]:
    print(fill(p) is p, p.requires_grad, p.grad_fn, p._version)
# %%
init.eye_(torch.zeros(2))
# %%
init.orthogonal_(torch.zeros(2))
# %%
init.xavier_uniform_(torch.zeros(2))
# %%
init.kaiming_normal_(torch.zeros(2))
# %%
init.kaiming_normal_(torch.zeros(2, 2), mode="fan_both")
# %%
init.kaiming_uniform_(torch.zeros(2, 2), nonlinearity="other")
# %%
init.kaiming_uniform_(torch.zeros(0, 2)).shape
# %%
init.kaiming_normal_(torch.zeros(2, 0)).shape
# %%
init._calculate_fan_in_and_fan_out(torch.zeros(2, 3, 4, 5)), init.orthogonal_(torch.zeros(0, 2))
# %%
t = init.trunc_normal_(torch.zeros(3), mean=10.0)
t.numpy().max() <= 2.0
