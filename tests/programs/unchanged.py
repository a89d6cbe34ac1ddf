"""What programs written for torch met when they ran unchanged: lists, indices, masks, batches."""
# %% the dtype of a list: numpy's floats and tensors keep theirs, Python's have the default
half, single, double = np.float16(1), np.float32(1), np.float64(1)
for mixed in ([single, 2], [1, double], [1.5, double], [half, 1.5], [[1, 2], [double, 3]]):
    print(torch.tensor(mixed).dtype, end=" ")
x = torch.tensor(1.0)
for mixed in ([x, 2.0], [1, x.double()], [x.half(), 1], [torch.tensor(1), 1.5], []):
    print(torch.tensor(mixed).dtype, end=" ")
# %% what is no tensor
torch.set_warn_always(True)  # what is said once is said here, whatever ran before
for wrong in (["a"], [1, "a"], [1, [2]], [1.0, [2]], [[1], 2], [[1], "a"]):
    try:
        torch.tensor(wrong)
    except Exception as error:
        print(type(error).__name__, error)
# %% a list as an index is one of integers
x = torch.arange(6).view(2, 3)
print(x[[0.5]], x[[1.7, 0.2]], x[:, [1, True]])
# %% masks of another shape
x = torch.ones(2, 3)
x.masked_fill(torch.tensor([True, False]), 0)
# %%
x.masked_fill(torch.ones(3), 0)
# %%
x.masked_fill(torch.ones(3), torch.tensor(0.0))
# %%
x.masked_select(torch.ones(4) > 0)
# %%
x.masked_scatter(torch.ones(4) > 0, x)
# %% indices out of range, and counts that do not fit
x.index_add(0, torch.tensor([0, 5]), x)
# %%
x.index_add(0, torch.tensor([0]), x)
# %%
x.index_add(0, torch.tensor([0.5]), x[:1])
# %%
x.index_copy(0, torch.tensor([0]), x)
# %%
x.index_copy(0, torch.tensor([0.5]), x[:1])
# %%
x.index_fill(0, torch.tensor([7]), 0)
# %%
x.scatter(0, torch.tensor([0]), 1.0)
# %%
x.repeat_interleave(torch.tensor([1, 2, 3]))
# %%
x.repeat_interleave(torch.tensor([1, -2, 3]), 1)
# %%
x.repeat_interleave(torch.tensor([1.0, 2, 3]), 1)
# %%
x.expand(-1, 4)
# %%
torch.tensordot(x, x, 1)
# %%
torch.cross(x, torch.ones(2, 4), dim=1)
# %%
torch.cross(x, torch.ones(2))
# %%
torch.ones(2).H
# %%
x.histc(0)
# %%
torch.bernoulli(torch.tensor([2.0]))
# %% padding
nn.functional.pad(x, (1,))
# %%
nn.functional.pad(x, (1, 1, 1, 1, 1, 1))
# %%
nn.functional.pad(x, (1, 1, 1, 1), mode="circular")
# %%
nn.functional.pad(x, (1, 1), mode="reflect", value=1)
# %%
nn.functional.pad(torch.arange(6.0).view(2, 3), (1, 2), mode="circular")
# %% batches: a tuple gives a list of parts, other containers stay what they are
from collections import OrderedDict
collate, convert = torch.utils.data.default_collate, torch.utils.data.default_convert
print(collate([(1, "a"), (2, "b")]), collate([[1, "a"], [2, "b"]]), collate([range(2), range(2)]))
print(collate([OrderedDict(a=1), OrderedDict(a=2)]), convert((np.ones(1), "a", [2, {"k": 3}])))
collate([np.array("a")])
# %%
list(torch.utils.data.DataLoader([(1, (2, 3)), (4, (5, 6))], batch_size=None))
# %%
torch.utils.data.DataLoader([1], prefetch_factor=2)
# %%
torch.utils.data.DataLoader([1], persistent_workers=True)
# %%
torch.utils.data.DataLoader([1], timeout=-1)
# %%
torch.utils.data.DataLoader([], shuffle=True)
# %% what a program asks and says before it chooses its device
print(torch.accelerator.is_available(), torch.accelerator.current_accelerator())
print(torch.accelerator.device_count(), torch.cuda.is_initialized(), torch.cuda.empty_cache())
print(torch.cuda.manual_seed(0), torch.cuda.manual_seed_all(0), torch.cuda.memory_allocated())
# %% the older way to a default dtype
torch.set_default_tensor_type(torch.DoubleTensor)
# %%
print(torch.tensor(1.5).dtype, torch.zeros(2))
torch.set_default_tensor_type("torch.FloatTensor")
print(torch.zeros(2).dtype)
torch.set_default_tensor_type(torch.LongTensor)
# %%
torch.set_warn_always(False)
# %% a call that torch takes fails for its own reason
torch.tensor([7, -7]).div_(2)
# %%
a = torch.tensor([[4.0, 1.0], [1.0, 3.0]], requires_grad=True)
torch.linalg.cond(a), torch.linalg.cond(a, -2)
# %% a hook after accumulation may return the leaf itself, as an in-place update does
def after(hook):
    v = torch.tensor([0.0, 0.0], requires_grad=True)
    v.register_post_accumulate_grad_hook(hook)
    v.register_post_accumulate_grad_hook(lambda p: print("then", p))
    try:
        v.backward(torch.tensor([1.0, 2.0]))
    except Exception as error:
        print(type(error).__name__, error)
    return v, v.grad

after(lambda p: p.add_(p.grad, alpha=-0.1)), after(lambda p: p.grad), after(lambda p: 5)
# %%
after(lambda p: torch.ones(5)), after(lambda p: p.double()), after(lambda p: torch.tensor(3))
# %% activations written over their input have nodes of their own, which save the result
x = torch.tensor([0.5, -0.3], requires_grad=True)
for write in (
    nn.functional.leaky_relu_,
    nn.functional.elu_,
    nn.functional.selu_,
    nn.functional.celu_,
    lambda h: nn.functional.threshold_(h, 0.1, 2.0),
):
    h = write(x * 1)
    print(h.grad_fn.name(), autograd.grad(h.sum(), x))
h = nn.LeakyReLU(0.2, inplace=True)(x * 1)
print(h.grad_fn._saved_result, h.grad_fn._saved_negative_slope)
(g,) = autograd.grad((nn.functional.elu_(x * 1) ** 2).sum(), x, create_graph=True)
print(g, autograd.grad(g.sum(), x))
h += 1
h.sum().backward()
# %% shapes that do not broadcast
nn.functional.cosine_similarity(torch.ones(2, 3), torch.ones(3, 3))
# %%
torch.take_along_dim(torch.ones(2, 3), torch.zeros(3, 1, dtype=torch.int64), 1)
# %%
torch.normal(torch.ones(2), torch.ones(3))
# %%
torch.ones(2, 3).put_(torch.tensor([0]), torch.ones(2))
# %% sizes that are none, and arrays in place of tensors
def told(call):
    try:
        call()
    except Exception as error:
        print(type(error).__name__, error)

for size in (("a",), (2, "a"), ((2, "a"),), ((2.0,),), (2, 2.5), (None,), ([2, [3]],)):
    told(lambda: torch.zeros(*size))
told(lambda: nn.Linear("a", 2))
told(lambda: nn.LSTM(2, 3, dropout=2))
told(lambda: nn.Linear(2, 2)(np.ones(2)))
told(lambda: nn.Tanh()(np.ones(2)))
told(lambda: nn.Sigmoid()(1.0))
told(lambda: torch.cat([torch.ones(2), np.ones(2)]))
