"""Layers and their functions at the edge of what they take, as torch's own tests ask for them."""
# %%
bn = nn.BatchNorm2d(3)
bn.track_running_stats = False
bn(torch.ones(2, 3, 4, 4)).sum()
bn.num_batches_tracked, bn.running_mean
# %%
F.cosine_embedding_loss(torch.ones(5), torch.ones(1, 5), torch.ones(1))
# %%
F.cosine_embedding_loss(torch.ones(2, 3), torch.ones(2, 3), torch.ones(2, 1))
# %%
F.cross_entropy(torch.rand(5, 0), torch.rand(5, 0))
# %%
nn.Fold((4, 5), (2, 3))(torch.randn(1, 5, 9))
# %%
nn.Fold((4, 5), (2, 3))(torch.randn(1, 6, 10))
# %%
nn.Fold((4, 5), (2, 2), stride=0)(torch.randn(1, 12, 1))
# %%
nn.Fold((4, 5), (2, 2), dilation=0)(torch.randn(1, 12, 1))
# %%
nn.Fold((4, 5), (2, 3))(torch.randn(6, 5, 5, 5))
# %%
nn.Unfold((5, 3), padding=(1, 1))(torch.randn(1, 2, 2, 3))
# %%
nn.Unfold((2, 2))(torch.randn(3, 0, 3, 4))
# %%
F.gaussian_nll_loss(torch.ones(3, 5), torch.ones(3, 5), torch.ones(3, 2))
# %%
nn.Linear(1, 1).to("cpu", copy=True)
# %%
nn.GroupNorm(4, 4)(torch.rand(1, 4))
# %%
nn.ReflectionPad2d(1)(torch.ones(0, 0, 10, 10))
# %%
nn.ReplicationPad1d(3)(torch.ones(2, 10, 0))
# %%
for f in (F.gelu, F.softplus, F.logsigmoid, F.hardshrink, F.softshrink):
    out = torch.empty(0)
    print(f(torch.tensor([-1.0, 0.3, 2]), out=out) is out, out)
# %%
F.interpolate(torch.ones(1, 1, 2, 2), size=(1.0, 2.0))
# %%
image = (torch.arange(24) * 9).to(torch.uint8).view(1, 2, 3, 4)
for mode in ("bilinear", "bicubic"):
    print(F.interpolate(image, size=(5, 3), mode=mode))
    print(F.interpolate(image, size=(2, 7), mode=mode, antialias=True))
# %%
nn.LSTM(10, 20)(torch.zeros(5, 2, 10, 1))
# %%
nn.LSTM(10, 20)(torch.zeros(5, 2, 10), (torch.zeros(1, 2, 19), torch.zeros(1, 2, 20)))
# %%
nn.LSTM(10, 20)(torch.zeros(5, 10), (torch.zeros(1, 2, 20), torch.zeros(1, 2, 20)))
# %%
nn.GRU(10, 20)(torch.zeros(5, 2, 10), torch.zeros(1, 3, 20))
# %%
nn.RNN(10, 20)(torch.zeros(2, 10), torch.zeros(2, 2, 20))
# %%
nn.RNNCell(10, 20)(torch.zeros(3, 10), torch.zeros(2, 20))
# %%
nn.RNNCell(10, 20)(torch.zeros(3, 10), torch.zeros(3, 21))
# %%
nn.GRUCell(10, 20)(torch.zeros(3, 11), torch.zeros(3, 20))
# %%
nn.LSTMCell(10, 20)(torch.zeros(3, 10), (torch.zeros(1, 1, 20), torch.zeros(3, 20)))
# %%
import warnings

lstm = nn.LSTM(3, 4, 2, bidirectional=True, proj_size=2)
print({name: tuple(p.shape) for name, p in lstm.named_parameters()})
for p in lstm.parameters():
    nn.init.constant_(p, 0.1)
with warnings.catch_warnings():  # torch says which library it cannot use
    warnings.simplefilter("ignore")
    out = lstm(torch.ones(2, 1, 3))
lstm, out
# %%
nn.LSTM(10, 20, proj_size=25)
# %%
nn.GRU(10, 20, proj_size=5)
# %%
conv = nn.Conv2d(0, 8, (2, 3))
image = torch.ones(2, 0, 4, 5, requires_grad=True)
out = conv(image)
out.sum().backward()
out, image.grad, conv.weight.grad, conv.bias.grad
# %%
F.max_pool2d(torch.ones(1, 1, 2, 2), -1)
# %%
F.max_pool1d_with_indices(torch.tensor([[1.0, 3, 2, 4]]), 2)
# %%
F.max_pool2d_with_indices(torch.ones(1, 1, 2, 2), 2), F.max_pool3d_with_indices(torch.ones(1, 2, 2, 2), 2)
# %%
table = torch.arange(8.0).view(4, 2).requires_grad_()
bags = F.embedding_bag(
    torch.tensor([2, 2, 1, 1, 0, 0, 0]), table, torch.tensor([0, 3]), mode="mean",
    scale_grad_by_freq=True,
)
bags.sum().backward()
bags, table.grad
# %%
class Old(nn.Module):
    def register_buffer(self, name, value):
        super().register_buffer(name, value, True)

old = Old()
old.b = nn.Buffer(torch.ones(1))
dict(old.named_buffers())
# %%
w = torch.empty(4, 2, 3, 3)
nn.init.dirac_(w, groups=2)
# %%
nn.init.dirac_(torch.empty(3, 3, 3), 2)
# %%
nn.init.dirac_(torch.empty(3, 3))
# %%
w = nn.init.sparse_(torch.empty(10, 4), 0.35)
(w == 0).sum(0)
# %%
nn.init.sparse_(torch.empty(10), 0.35)
# %%
nn.init.constant(torch.empty(2), 3)
# %%
model = nn.Sequential(nn.Linear(1, 1), nn.BatchNorm1d(1))
saved = model.state_dict(prefix="module.")
nn.modules.utils.consume_prefix_in_state_dict_if_present(saved, "module.")
list(saved), saved._metadata, model.load_state_dict(saved)
# %%
model = nn.Linear(2, 2)
model._register_load_state_dict_pre_hook(lambda state, prefix, *rest: print(list(state), prefix, len(rest)))
model.load_state_dict(model.state_dict())
# %%
def show(module, name, part):
    print(type(module).__name__, name, type(part).__name__)

from contextlib import ExitStack
with ExitStack() as hooks:
    for kind in ("buffer", "module", "parameter"):
        register = getattr(nn.modules.module, f"register_module_{kind}_registration_hook")
        hooks.enter_context(register(show))
    nn.Sequential(nn.Linear(1, 1, bias=False), nn.BatchNorm1d(1, affine=False))
nn.Linear(1, 1)
# %%
a, p, n = (torch.tensor([v]) for v in ([1.0, 2, 3], [1.0, 0, 0], [3.0, 2, 0]))
city = nn.TripletMarginWithDistanceLoss(
    distance_function=lambda x, y: (x - y).abs().sum(-1), margin=4, swap=True
)
city(a, p, n), F.triplet_margin_with_distance_loss(a, n, p), F.triplet_margin_loss(a, n, p, p=1)
# %%
nn.TripletMarginWithDistanceLoss(margin=0)
# %%
F.margin_ranking_loss(torch.ones(5, 4), torch.ones(5, 4), torch.ones(5))
# %%
F.triplet_margin_loss(torch.ones(3), torch.ones(3, 4), torch.ones(3, 4))
# %%
torch.constant_pad_nd(torch.ones(2, 2), [1, 2, 1, 0], 9)
# %%
torch.gradient(torch.tensor([1.0, 4, 9]), spacing=None)
