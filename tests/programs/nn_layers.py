"""Layers: how they print, what they hold, which arguments they refuse."""
# %%
def show(module):
    print(module, {name: tuple(t.shape) for name, t in module.state_dict().items()})

for module in [
    nn.Identity(3, "anything", at=1),
    nn.Linear(2, 3),
    nn.Linear(2, 3, bias=False, dtype=torch.float64),
    nn.Flatten(),
    nn.Flatten(0, 2),
    nn.Unflatten(1, (2, 3)),
    nn.Unflatten(-1, [2, 3]),
    nn.Dropout(),
    nn.Dropout(0.1, True),
    nn.MaxPool2d(2),
    nn.MaxPool2d((2, 3), stride=(1, 2), padding=1, dilation=2, return_indices=True, ceil_mode=True),
    nn.MaxPool1d(2),
    nn.MaxPool1d((3,), stride=2),
    nn.AvgPool1d(2),
    nn.AvgPool1d((3,), stride=2, padding=[1]),
    nn.AvgPool2d(2),
    nn.AvgPool2d((2, 3), stride=1, padding=(1, 0), ceil_mode=True, divisor_override=3),
    nn.Embedding(5, 2),
    nn.Embedding(5, 2, padding_idx=-1, max_norm=1.0, norm_type=1.0, scale_grad_by_freq=True),
    nn.Embedding(5, 2, sparse=True, padding_idx=0),
    nn.BatchNorm1d(3),
    nn.BatchNorm2d(3, eps=1e-3, momentum=None, affine=False),
    nn.BatchNorm2d(3, track_running_stats=False, bias=False),
    nn.LayerNorm(3),
    nn.LayerNorm([2, 3], eps=1e-3, bias=False),
    nn.LayerNorm((2, 3), elementwise_affine=False),
    nn.Conv1d(1, 2, 3),
    nn.Conv1d(2, 2, 3, stride=2, padding=1, dilation=2, groups=2, bias=False),
    nn.Conv2d(1, 2, 3),
    nn.Conv2d(1, 2, (3, 5), stride=(2, 1), padding=(4, 2), dilation=(3, 1)),
    nn.Conv2d(1, 2, 3, padding="same", padding_mode="circular"),
    nn.Conv2d(1, 2, [3, 3], padding="valid"),
]:
    show(module)
# %%
for module in [
    nn.ReLU(),
    nn.ReLU(True),
    nn.LeakyReLU(),
    nn.LeakyReLU(0.2, inplace=True),
    nn.ELU(),
    nn.ELU(2.0, True),
    nn.GELU(),
    nn.GELU("tanh"),
    nn.SiLU(),
    nn.SiLU(inplace=True),
    nn.Sigmoid(),
    nn.Tanh(),
    nn.Softplus(),
    nn.Softplus(2, 10),
    nn.Softmax(),
    nn.Softmax(dim=1),
    nn.LogSoftmax(-1),
    nn.Softmin(1),
    nn.SELU(),
    nn.SELU(True),
    nn.CELU(2.0),
    nn.Hardtanh(),
    nn.Hardtanh(0, 2, True),
    nn.ReLU6(),
    nn.ReLU6(inplace=True),
    nn.Threshold(1, 2.0),
    nn.LogSigmoid(),
    nn.Softsign(),
    nn.Tanhshrink(),
]:
    show(module)
# %%
for module in [
    nn.L1Loss(),
    nn.MSELoss(reduction="sum"),
    nn.SmoothL1Loss(beta=2.0),
    nn.HuberLoss(delta=2),
    nn.NLLLoss(weight=torch.ones(3), ignore_index=1),
    nn.CrossEntropyLoss(label_smoothing=0.1),
    nn.BCELoss(),
    nn.BCEWithLogitsLoss(pos_weight=torch.ones(2)),
    nn.MSELoss(size_average=False),
    nn.MSELoss(reduce=False),
    nn.L1Loss(size_average=True),
]:
    show(module)
    print(module.reduction)
# %% where the classes live
for name in ["Linear", "Sequential", "ReLU", "MSELoss", "Flatten", "Dropout", "MaxPool2d"]:
    print(getattr(nn, name))
for name in ["Embedding", "BatchNorm1d", "LayerNorm", "Conv2d", "Module", "Parameter"]:
    print(getattr(nn, name))
print(nn.functional.__name__, nn.init.__name__, nn.Linear is nn.modules.linear.Linear)
# %% initial values
layer = nn.Linear(100, 50)
print(layer.weight.detach().abs().numpy().max() <= 0.1, layer.weight._version, layer.bias._version)
conv = nn.Conv2d(2, 4, 3)
print(conv.weight.detach().abs().numpy().max() <= 1 / 18**0.5, conv.weight._version)
norm = nn.BatchNorm1d(2)
print(norm.weight, norm.bias, norm.running_mean, norm.running_var, norm.num_batches_tracked)
print(nn.LayerNorm(2).weight, nn.Embedding(3, 2, padding_idx=-2).weight[1])
# %%
nn.Linear(0, 2).weight.shape
# %% what they refuse
nn.Dropout(1.5)
# %%
nn.Dropout(-0.5)
# %%
nn.Unflatten(1, 3)
# %%
nn.Unflatten(1, (2, 3.0))
# %%
nn.HuberLoss(delta="x")
# %%
nn.Embedding(3, 2, padding_idx=3)
# %%
nn.Embedding(3, 2, padding_idx=-4)
# %%
nn.Embedding(3, 2, _weight=torch.ones(2, 2))
# %%
nn.Embedding.from_pretrained(torch.ones(2))
# %%
e = nn.Embedding.from_pretrained(torch.ones(2, 3))
print(e, e.weight)
nn.Embedding.from_pretrained(torch.ones(2, 3), freeze=False, padding_idx=1).weight
# %%
nn.Conv1d(3, 2, 1, groups=2)
# %%
nn.Conv1d(2, 3, 1, groups=2)
# %%
nn.Conv1d(2, 2, 1, groups=0)
# %%
nn.Conv2d(1, 1, 3, stride=2, padding="same")
# %%
nn.BatchNorm1d(2)(torch.ones(2))
# %%
nn.BatchNorm2d(2)(torch.ones(2, 2))
# %%
nn.Hardtanh(1, 1)
# %%
nn.Softmax()(torch.ones(2, 2)), nn.LogSoftmax()(torch.ones(2)), nn.Softmin()(torch.ones(1, 1, 2))
