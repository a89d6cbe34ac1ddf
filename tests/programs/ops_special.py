"""Special functions of elements, and constants."""
# %%
x = torch.tensor([0.5, 1.0, 2.5], requires_grad=True)
y = torch.tensor([-1.0, 2.0, torch.nan])
torch.pi, torch.e, torch.inf, torch.nan, torch.newaxis
# %%
torch.deg2rad(x), torch.rad2deg(x), torch.sinc(x), torch.logit(x / 3, eps=0.2)
# %%
torch.lgamma(x), torch.digamma(x), torch.polygamma(1, x), torch.erfinv(x / 3)
# %%
torch.copysign(x, y), torch.copysign(x, -1), torch.fmax(x, y), torch.fmin(x, y)
# %%
torch.float_power(x, 2), torch.ldexp(x, torch.tensor([1, 2, 3])), torch.logaddexp2(x, x)
# %%
torch.gcd(torch.tensor([12, 9]), torch.tensor([8, 6])), torch.lcm(torch.tensor(4), torch.tensor(6))
# %%
torch.heaviside(y, torch.tensor(0.5)), torch.nextafter(x.detach(), y) > x
# %%
z = torch.sinc(x) + torch.lgamma(x) + torch.digamma(x) + torch.erfinv(x / 3) + torch.logit(x / 3)
z.sum().backward()
x.grad
# %%
torch.heaviside(x, torch.tensor(1.0)).sum().backward()
# %%
torch.gcd(torch.tensor(1.0), torch.tensor(2.0))
# %%
torch.add(1, 2), torch.mul(2.0, 3), torch.div(1, 2), torch.sub(5, torch.tensor([1]))
# %%
torch.tensor([1, 2]) << 1, 8 >> torch.tensor([1, 2]), torch.tensor([True]) ^ False
# %%
torch.tensor([1.0]) & 1
# %%
torch.ones(2) ** "a"
# %%
"a" / torch.ones(2)
# %%
import warnings
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    print(torch.ones(2) + np.ones(2), np.sin(torch.zeros(2)), torch.ones(2) * np.float64(3))
# %%
t = torch.ones(3)
del t[0]
