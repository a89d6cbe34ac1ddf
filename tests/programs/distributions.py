"""Distributions: their parameters, log-probabilities, entropies, distances and errors."""
# %%
from importlib import import_module
dist = import_module(f"{torch.__name__}.distributions")
Normal, Categorical, Bernoulli = dist.normal.Normal, dist.categorical.Categorical, dist.Bernoulli
Uniform, Independent, kl = dist.Uniform, dist.Independent, dist.kl_divergence
loc = torch.tensor([0.0, 1.0], requires_grad=True)
scale = torch.tensor([1.0, 2.0], requires_grad=True)
q = Normal(loc, scale)
print(q, Normal(0.0, 1.0), Normal(0, scale), q.batch_shape, q.event_shape, q.has_rsample)
print(q.mean, q.mode, q.stddev, q.variance)
# %%
x = torch.tensor([0.5, -1.0])
print(q.log_prob(x), q.entropy(), q.cdf(x), q.icdf(torch.tensor(0.75)), q.perplexity())
q.log_prob(x).sum().backward()
print(loc.grad, scale.grad)
# %%
p = Normal(torch.zeros(2), torch.ones(2))
print(kl(q, p), q.sample().requires_grad, q.rsample((3,)).shape, q.rsample([2, 1]).requires_grad)
print(q.expand((3, 2)), q.expand((3, 2)).log_prob(x).shape, q.sample().shape)
# %% the gradient of a sample
loc.grad = scale.grad = None
z = q.rsample()
z.sum().backward()
print(loc.grad, torch.allclose(scale.grad, ((z - loc) / scale).detach()))
# %% REINFORCE
probs = torch.tensor([[0.2, 0.5, 0.3], [0.1, 0.1, 0.8]], requires_grad=True)
m = Categorical(probs)
action = torch.tensor([1, 2])
print(m, m.log_prob(action), m.entropy(), m.mode, m.mean, m.param_shape)
(-m.log_prob(action) * torch.tensor([1.0, -0.5])).sum().backward()
print(probs.grad, m.probs, m.logits, m)
print(m.sample().shape, m.sample((4,)).shape, m.sample().dtype, m.enumerate_support())
print(m.expand((5, 2)), m.support.check(action) if hasattr(m.support, "check") else None)
# %%
c = Categorical(logits=torch.tensor([1.0, 2.0, -1.0], requires_grad=True))
print(c, c.probs, c.log_prob(torch.tensor([0, 1, 2])), c.entropy())
print(kl(c, Categorical(torch.tensor([0.2, 0.3, 0.5]))))
b = Bernoulli(torch.tensor([0.25, 0.5, 1.0]))
print(b, b.mean, b.variance, b.mode, b.entropy(), b.log_prob(torch.tensor([0.0, 1.0, 1.0])))
print(Bernoulli(logits=0.5), Bernoulli(0.3).log_prob(torch.tensor(1.0)), b.enumerate_support())
print(kl(b, Bernoulli(torch.tensor([0.5, 0.5, 0.5]))), b.sample((2,)).shape)
u = Uniform(torch.tensor([0.0, -1.0]), 3.0)
print(u, u.mean, u.variance, u.stddev, u.entropy(), u.log_prob(torch.tensor([1.0, 2.0])))
print(u.cdf(torch.tensor(1.0)), u.icdf(torch.tensor(0.5)), kl(u, Uniform(-2.0, 4.0)), u.sample().shape)
i = Independent(q, 1)
print(i, i.batch_shape, i.event_shape, i.log_prob(x), i.entropy(), kl(i, Independent(p, 1)))
print(i.mean, i.variance, i.sample((3,)).shape, i.expand((4,)).batch_shape)
# %% errors
Normal(torch.zeros(2), torch.tensor([1.0, -1.0]))
# %%
Normal("a", 1.0)
# %%
q.log_prob(torch.tensor([0.0, float("nan")]))
# %%
q.log_prob(1.0)
# %%
q.log_prob(torch.zeros(3))
# %%
i.log_prob(torch.zeros(3))
# %%
Categorical(torch.tensor([-1.0, 2.0]))
# %%
Categorical()
# %%
Categorical(torch.tensor(1.0))
# %%
m.log_prob(torch.tensor([1, 3]))
# %%
b.log_prob(torch.tensor(0.5))
# %%
Bernoulli(torch.tensor(1.5))
# %%
Uniform(1.0, 0.0)
# %%
u.log_prob(torch.tensor(7.0))
# %%
kl(q, m)
# %%
Independent(q, 2)
# %%
odd = Normal(0.0, -1.0, validate_args=False)
print(odd, odd.log_prob(torch.tensor(2.0)))
m.rsample()
