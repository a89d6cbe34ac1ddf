"""torch.special: the functions of physics and statistics."""
# %%
x = torch.tensor([-2.0, -0.5, 0.0, 0.5, 3.0], requires_grad=True)
torch.i0(x), torch.special.i1(x), torch.special.i0e(x), torch.special.i1e(x)
# %%
torch.special.ndtr(x), torch.special.log_ndtr(x), torch.special.erfcx(x), torch.special.entr(x)
# %%
p = torch.tensor([0.0, 1e-6, 0.25, 0.5, 0.999, 1.0, 2.0])
torch.special.ndtri(p), torch.special.expit(p), torch.special.psi(p), torch.special.gammaln(p)
# %%
a = torch.tensor([0.5, 1.0, 3.0])
torch.igamma(a, a), torch.special.gammaincc(a, 2 * a), torch.special.zeta(a + 1, a), torch.special.zeta(2.0, a)
# %%
torch.special.xlog1py(a, 2), torch.special.xlog1py(0, -a), torch.mvlgamma(a + 1, 2), torch.frexp(a * 10)
# %%
(torch.i0(x) + torch.special.i1e(x) + torch.special.log_ndtr(x)).sum().backward()
x.grad
# %%
a.requires_grad_()
torch.igamma(a, a).sum().backward()
# %%
torch.special.zeta(2, 3)
# %%
torch.frexp(torch.tensor(3))
# %%
torch.special.multigammaln(a, 0)
