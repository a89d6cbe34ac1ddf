"""no_grad, enable_grad, set_grad_enabled: as blocks, decorators, calls, and after exceptions."""
# %%
x = torch.ones(2, requires_grad=True)
print(torch.is_grad_enabled(), (x * 2).requires_grad)
with torch.no_grad():
    y = x * 2
    print(torch.is_grad_enabled(), y, y.is_leaf)
    with torch.enable_grad():
        print(x * 2)
    with torch.set_grad_enabled(True):
        print((x * 2).requires_grad)
    print((x * 2).requires_grad)
torch.is_grad_enabled()
# %%
try:
    with torch.no_grad():
        raise ValueError
except ValueError:
    print(torch.is_grad_enabled())
# %%
@torch.no_grad()
def f(x):
    """doubles"""
    return x * 2, torch.is_grad_enabled()

print(f(x), f.__name__, f.__doc__, torch.is_grad_enabled())
# %%
@torch.no_grad
def f(x):
    return x * 2

f(x)
# %%
@torch.set_grad_enabled(False)
def f(x):
    return x * 2

print(torch.is_grad_enabled(), f(x), torch.is_grad_enabled())
# %%
@torch.enable_grad()
def f(n):
    return n if n == 0 else f(n - 1), torch.is_grad_enabled()

with torch.no_grad():
    print(f(2), torch.is_grad_enabled())
# %% generators switch the mode off between their yields
@torch.no_grad()
def g():
    for i in range(2):
        got = yield i, torch.is_grad_enabled()
        print("got", got)
    return "end"

it = g()
print(next(it), torch.is_grad_enabled(), it.send("a"), torch.is_grad_enabled())
try:
    it.send("b")
except StopIteration as stop:
    print(stop.value, torch.is_grad_enabled())
# %%
previous = torch.set_grad_enabled(False)
print(previous, torch.is_grad_enabled())
torch.set_grad_enabled(True)
torch.is_grad_enabled()
# %%
torch.set_grad_enabled(5)
# %%
mode = torch.no_grad()
for _ in range(2):
    with mode:
        print(torch.is_grad_enabled())
torch.is_grad_enabled()
# %% threads begin with grad enabled
import threading

seen = []
with torch.no_grad():
    thread = threading.Thread(target=lambda: seen.append(torch.is_grad_enabled()))
    thread.start()
    thread.join()
print(seen, torch.is_grad_enabled())
# %% creation and flags under no_grad
with torch.no_grad():
    w = torch.ones(2, requires_grad=True)
    print(w.requires_grad, w.detach().requires_grad)
    w.requires_grad_(False)
    print(w.requires_grad)
