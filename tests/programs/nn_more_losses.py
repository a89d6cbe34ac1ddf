"""Losses for several classes, several labels, and labels along a sequence; distances in pairs."""

# %%
F = nn.functional


def names(t):
    found, waiting = [], [t.grad_fn]
    while waiting:
        node = waiting.pop()
        if node is not None:
            found.append(node.name())
            waiting += [parent for parent, _ in node.next_functions]
    return " ".join(found)


def slope(loss, x):
    (grad,) = torch.autograd.grad(loss.sum(), x, retain_graph=True)
    return grad


x = torch.tensor([[0.1, 0.2, 0.4, 0.8], [0.5, 0.3, 0.2, 0.1]], requires_grad=True)
y = torch.tensor([3, 0])
weight = torch.tensor([1.0, 2.0, 3.0, 4.0])
for options in [
    {},
    {"p": 2, "margin": 0.5, "weight": weight, "reduction": "none"},
    {"reduction": "sum"},
]:
    loss = F.multi_margin_loss(x, y, **options)
    node = loss.grad_fn
    print(loss, node._saved_p, node._saved_margin, node._saved_weight, slope(loss, x))
print(
    F.multi_margin_loss(x[0], y[0]),
    nn.MultiMarginLoss(p=2, weight=weight)(x, y),
    nn.MultiMarginLoss(),
)
# %%
labels = torch.tensor([[3, 0, -1, 1], [1, -1, 2, 0]])
for reduction in ("mean", "sum", "none"):
    loss = F.multilabel_margin_loss(x, labels, reduction=reduction)
    print(loss, loss.grad_fn._saved_is_target, slope(loss, x))
print(F.multilabel_margin_loss(x[0], labels[0]), nn.MultiLabelMarginLoss()(x, labels))
both = torch.tensor([[1.0, 0.0, 0.0, 1.0], [0.0, 1.0, 1.0, 0.0]])
loss = F.multilabel_soft_margin_loss(x, both, weight=weight, reduction="none")
print(loss, names(loss), slope(loss, x), nn.MultiLabelSoftMarginLoss(weight)(x, both))
# %%
points = torch.tensor([[0.0, 0.0], [3.0, 4.0], [6.0, 0.0]], requires_grad=True)
for p in (2.0, 1.0, 0.0, float("inf"), 3.0):
    far = F.pdist(points, p)
    print(far, far.grad_fn._saved_p, slope(far, points))
print(F.pdist(points[:1]), F.pdist(points[:, :0]))
# %% labels along a sequence
scores = torch.arange(40.0).view(5, 2, 4).sin().requires_grad_()
log_probs = scores.log_softmax(2)
words = torch.tensor([[1, 2], [2, 2]])
for options in [{}, {"reduction": "none"}, {"reduction": "sum", "blank": 3}]:
    loss = F.ctc_loss(log_probs, words, (5, 4), (2, 2), **options)
    print(loss, names(loss).split()[:3])
    print((slope(loss, scores) * 1000).round() + 0)
print(F.ctc_loss(log_probs, torch.tensor([1, 2, 2]), (5, 4), (2, 1), reduction="none"))
print(F.ctc_loss(log_probs, words, torch.tensor([5, 4]), torch.tensor([0, 1]), reduction="none"))
print(F.ctc_loss(log_probs[:, 0], words[0], torch.tensor(5), torch.tensor(2), reduction="none"))
node = F.ctc_loss(log_probs, words, (5, 4), (2, 2), reduction="none").grad_fn
print(
    node._saved_blank,
    node._saved_input_lengths,
    node._saved_target_lengths,
    node._saved_zero_infinity,
)
nn.CTCLoss()(log_probs, words, (5, 4), (2, 2)), nn.CTCLoss(zero_infinity=True)
# %% where no way is possible
twice = torch.tensor([[2, 2], [2, 2]])
print(F.ctc_loss(log_probs, twice, (2, 3), (2, 2), reduction="none"))
loss = F.ctc_loss(log_probs, twice, (2, 3), (2, 2), reduction="none", zero_infinity=True)
print(loss, (slope(loss, scores) * 1000).round() + 0)
# %%
(first,) = torch.autograd.grad(
    F.ctc_loss(log_probs, words, (5, 4), (2, 2)), scores, create_graph=True
)
first.sum().backward()
# %% what is refused
given = {
    "log_probs": log_probs,
    "targets": words,
    "input_lengths": (5, 4),
    "target_lengths": (2, 2),
}
for wrong in [
    lambda: F.multi_margin_loss(x, y, p=3),
    lambda: F.multi_margin_loss(x, y, weight=torch.ones(2)),
    lambda: F.multi_margin_loss(x, y[:1]),
    lambda: F.multi_margin_loss(x, y + 3),
    lambda: F.multi_margin_loss(x, y, weight=torch.ones(4, 1)),
    lambda: F.multi_margin_loss(x[None], y),
    lambda: F.multi_margin_loss(x, y.int()),
    lambda: F.multi_margin_loss(x, y, reduction="all"),
    lambda: nn.MultiMarginLoss(p=0),
    lambda: nn.MultiMarginLoss(weight=torch.ones(4, 1)),
    lambda: F.multilabel_margin_loss(x, labels[:, :2]),
    lambda: F.multilabel_margin_loss(x, labels + 2),
    lambda: F.multilabel_soft_margin_loss(x, both, reduction="all"),
    lambda: F.pdist(x[0]),
    lambda: F.pdist(x, -1.0),
    lambda: F.pdist(x.long()),
    lambda: F.ctc_loss(**given | {"input_lengths": (5,)}),
    lambda: F.ctc_loss(**given | {"input_lengths": (6, 4)}),
    lambda: F.ctc_loss(**given | {"input_lengths": (-1, 4)}),
    lambda: F.ctc_loss(**given | {"target_lengths": (3, 2)}),
    lambda: F.ctc_loss(**given | {"target_lengths": (2,)}),
    lambda: F.ctc_loss(**given | {"target_lengths": (2, -1)}),
    lambda: F.ctc_loss(
        **given | {k: torch.tensor([2.0, 2.0]) for k in ("input_lengths", "target_lengths")}
    ),
    lambda: F.ctc_loss(**given | {"blank": 4}),
    lambda: F.ctc_loss(**given | {"log_probs": log_probs.half()}),
    lambda: F.ctc_loss(**given | {"targets": words[:1]}),
    lambda: F.ctc_loss(**given | {"targets": torch.tensor([1, 2, 2])}),
]:
    try:
        print(wrong())
    except (NotImplementedError, RuntimeError, ValueError) as error:
        print(type(error).__name__, error)
