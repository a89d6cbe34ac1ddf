"""Containers: Sequential, ModuleList, ModuleDict, ParameterList."""
# %%
from collections import OrderedDict

s = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1))
print(len(s), s[0], s[-1], s[1:], s[::2], [type(m).__name__ for m in s], "0" in dir(s))
nn.Sequential(OrderedDict([("first", nn.Linear(1, 1)), ("act", nn.ReLU(inplace=True))]))
# %%
nn.Sequential(), nn.Sequential(nn.Sequential(), None)
# %%
nn.Sequential(3)
# %%
s[3]
# %%
s["0"]
# %%
s[-1] = nn.Identity()
del s[0]
s
# %%
s.append(nn.ReLU()).insert(1, nn.Linear(4, 4)).extend([nn.Identity()])
# %%
print(s.pop(0), s.pop(-1))
del s[1:]
s
# %%
s.insert(7, nn.ReLU())
# %%
s.insert(0, 3)
# %%
a = nn.Sequential(nn.Linear(1, 2))
b = nn.Sequential(nn.ReLU())
print(a + b, (a + b)[0] is a[0])
a += b
a * 2
# %%
a *= 2
print(2 * a is a, len(a))
a + 3
# %%
a * 0
# %%
a *= 1.5
# %%
named = nn.Sequential(OrderedDict(a=nn.ReLU(), b=nn.Identity(), c=nn.ReLU()))
print(named.a, named[0] is named.a, named[1:])
del named[0]
named
# %%
nn.Sequential(nn.Linear(2, 2), 3, nn.ReLU())
# %%
x = torch.ones(1, 2)
nn.Sequential()(x) is x
# %% ModuleList
l = nn.ModuleList([nn.Linear(2, 2), nn.Linear(2, 2), nn.ReLU(), nn.Linear(2, 2)])
l
# %%
print(nn.ModuleList(), nn.ModuleList([nn.ModuleList([nn.ReLU()] * 3)] * 2))
print(len(l), l[-2], l[1:3], [name for name, _ in l.named_parameters()], l[0:2][0] is l[0])
l[4]
# %%
l += [nn.Identity()]
l.append(nn.ReLU())
l.insert(0, nn.Identity())
del l[1:4]
print(l, l.pop(0), l + [nn.Tanh()])
l.extend(3)
# %%
l(x)
# %%
nn.ModuleList([3])
# %% ModuleDict
d = nn.ModuleDict({"a": nn.Linear(1, 1), "b": nn.ReLU()})
print(d, d["a"], len(d), list(d), "a" in d, list(d.keys()), list(d.items()), list(d.values()))
d.update([("c", nn.Identity()), ("a", nn.ReLU())])
print(d.pop("b"), d)
del d["a"]
d["e"] = nn.ReLU()
d.update(nn.ModuleDict({"f": nn.Identity()}))
print(d)
d.clear()
d, len(d)
# %%
d["x"]
# %%
d["a.b"] = nn.ReLU()
# %%
d["keys"] = nn.ReLU()
# %%
d.update(3)
# %%
d.update([3])
# %%
d.update([("a", nn.ReLU(), 3)])
# %%
d.update([("a", 3)])
# %% ParameterList
p = nn.ParameterList([torch.ones(2, 3), nn.Parameter(torch.tensor(1.0)), "text"])
p
# %%
print(len(p), p[0], p[-1], p[:1], [name for name, _ in p.named_parameters()])
p += [torch.zeros(1, dtype=torch.float64)]
p[2] = torch.zeros(1)
p.append(nn.Parameter(torch.ones(1), requires_grad=False)).extend([3])
print(p, [type(v).__name__ for v in p], p.state_dict().keys() == dict(p.named_parameters()).keys())
p[9]
# %%
p.extend(torch.ones(2))
# %%
p()
# %%
nn.ParameterList()
