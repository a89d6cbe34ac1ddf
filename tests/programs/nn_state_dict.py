"""state_dict and load_state_dict: what is saved, under which names, and what does not fit."""
# %%
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(2, 1)
        self.gain = nn.Parameter(torch.tensor(2.0))
        self.register_buffer("running", torch.zeros(2))
        self.register_buffer("passing", torch.zeros(1), persistent=False)
        self.register_buffer("empty", None)

def filled(module, start=0.0):
    with torch.no_grad():
        for tensor in [*module.parameters(), *module.buffers()]:
            tensor.copy_(torch.arange(tensor.numel()).reshape(tensor.shape) + start)
    return module

m = filled(Net())
saved = m.state_dict()
print(list(saved.items()))
print(type(saved), list(saved._metadata.items()))
# %% on the same memory, detached
print(saved["gain"].requires_grad, m.state_dict(keep_vars=True)["gain"] is m.gain)
with torch.no_grad():
    m.gain.add_(1)
saved["gain"], saved["gain"]._version, list(m.state_dict(prefix="net."))
# %%
other = filled(Net(), 7.0)
gain = other.gain
print(other.load_state_dict(saved))
other.gain, other.gain is gain, gain._version, other.running, other.passing
# %%
other.load_state_dict({})
# %%
print(other.load_state_dict({}, strict=False))
other.load_state_dict({"gain": torch.tensor(9.0), "more": 1}, strict=False)
# %%
other.gain
# %%
other.load_state_dict({"layer.weight": torch.ones(3, 3), "more": 1, "layer.q.r": 2, "gain": 3})
# %%
other.load_state_dict({"layer.weight": torch.ones(3, 3)}, strict=False)
# %%
other.load_state_dict(3)
# %% a 0-d tensor was once saved with one element; other dtypes are converted
other.load_state_dict({"gain": torch.tensor([4], dtype=torch.int64)}, strict=False)
other.gain
# %% assigning
new = filled(Net(), 20.0).double().state_dict()
print(other.load_state_dict(new, assign=True))
other.gain, type(other.gain), other.running, other.gain.data_ptr() == new["gain"].data_ptr()
# %% extra state
class Extra(nn.Linear):
    def get_extra_state(self):
        return {"seen": 5}

    def set_extra_state(self, state):
        print("got", state)

e = filled(Extra(1, 1))
print(list(e.state_dict().items()))
e.load_state_dict(e.state_dict())
# %%
e.load_state_dict(nn.Linear(1, 1).state_dict())
# %%
nn.Linear(1, 1).load_state_dict(e.state_dict())
# %%
nn.Linear(1, 1).get_extra_state()
# %% a module that saves in a way of its own
class Old(nn.Linear):
    _version = 2

    def _load_from_state_dict(self, state_dict, prefix, local_metadata, *args):
        print(prefix, local_metadata, args[0])
        if local_metadata.get("version", 1) < 2:
            state_dict[prefix + "weight"] = state_dict.pop(prefix + "w")
        super()._load_from_state_dict(state_dict, prefix, local_metadata, *args)

net = nn.Sequential(Old(1, 1))
net.load_state_dict({"0.w": torch.ones(1, 1), "0.bias": torch.ones(1)})
# %%
print(net.load_state_dict(net.state_dict()), list(net.state_dict()._metadata.items()))
# %% hooks
m = nn.Sequential(nn.Linear(1, 1))
m.register_state_dict_pre_hook(lambda *args: print("before saving", args[1:]))
m.register_state_dict_post_hook(lambda m, state, prefix, meta: state.update(more=prefix))
handle = m[0].register_load_state_dict_pre_hook(lambda *args: print("before loading", args[2:]))
m.register_load_state_dict_post_hook(lambda m, keys: keys.unexpected_keys.clear())
filled(m)
print(list(m.state_dict().items()))
m.load_state_dict(m.state_dict())
# %%
m.register_load_state_dict_post_hook(lambda m, keys: keys)
m.load_state_dict({}, strict=False)
# %% copies and pickles
import copy
import pickle

m = filled(Net())
m.gain.grad = torch.tensor(1.0)
m.gain.note = "kept by pickle"
c = copy.deepcopy(m)
print(c.gain, c.gain is m.gain, c.gain.grad, hasattr(c.gain, "note"), c.running)
p = pickle.loads(pickle.dumps(m.gain))
print(p, type(p), p.note, p.grad)
tied = nn.Module()
tied.a = tied.b = nn.Parameter(torch.ones(1))
tied = copy.deepcopy(tied)
tied.a is tied.b, c
