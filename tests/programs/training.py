"""Whole trainings from equal weights: fifty steps of the loops that lessons write."""


# %% weights of the stream that both engines share, as large as layers start
def started(*modules):
    with torch.no_grad():
        for module in modules:
            for p in module.parameters():
                p.copy_(normal(*p.shape) / (p.shape[-1] if p.ndim > 1 else 4) ** 0.5)
    return [p for module in modules for p in module.parameters()]


F = nn.functional
torch.set_default_dtype(torch.float64)  # of which rounding leaves every digit that is shown
# %% Adam, a scheduler, and gradients that are clipped
net = nn.Sequential(nn.Linear(3, 12), nn.GELU(), nn.LayerNorm(12), nn.Linear(12, 1))
optimizer = torch.optim.AdamW(started(net), lr=0.02)
schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 50)
x = normal(24, 3).double()
y = (x[:, :1] * x[:, 1:2]).sin()
for step in range(50):
    loss = F.smooth_l1_loss(net(x), y)
    optimizer.zero_grad()
    loss.backward()
    length = nn.utils.clip_grad_norm_(net.parameters(), 0.5)
    optimizer.step()
    schedule.step()
    if step % 10 == 9:
        print(step, f"{loss.item():.4f} {length:.3f} {schedule.get_last_lr()[0]:.5f}")
# %% a convolution with batch normalization, then in use
net = nn.Sequential(
    nn.Conv2d(1, 3, 3),
    nn.BatchNorm2d(3),
    nn.ReLU(),
    nn.MaxPool2d(2),
    nn.Flatten(),
    nn.Linear(27, 3),
)
optimizer = torch.optim.SGD(started(net), lr=0.05, momentum=0.9, nesterov=True, weight_decay=1e-3)
x, y = normal(9, 1, 8, 8).double(), torch.arange(9) % 3
for step in range(50):
    loss = F.cross_entropy(net(x), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 10 == 9:
        net.eval()
        with torch.no_grad():
            print(step, f"{loss:.3f} {F.cross_entropy(net(x), y):.3f}", net(x).argmax(1).tolist())
        net.train()
print(net[1].num_batches_tracked, net[1].running_mean.round(decimals=2))
# %% recurrent cells that foretell a sine
waves = torch.linspace(0, 6, 25).sin().view(25, 1, 1)
for kind in (nn.RNN, nn.GRU, nn.LSTM):
    cells, head = kind(1, 5), nn.Linear(5, 1)
    optimizer = torch.optim.RMSprop(started(cells, head), lr=0.01)
    for step in range(50):
        out, _ = cells(waves[:-1])
        loss = F.mse_loss(head(out), waves[1:])
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_value_(cells.parameters(), 0.1)
        optimizer.step()
    print(kind.__name__, f"{loss.item():.4f} {cells.weight_hh_l0.grad.norm():.3f}")
# %% an embedding in micro-batches, tied to the last layer
words, head = nn.Embedding(6, 4), nn.Linear(4, 6, bias=False)
started(words)
head.weight = words.weight
optimizer = torch.optim.Adagrad(words.parameters(), lr=0.1)
text = torch.arange(40) * 5 % 6
for step in range(50):
    optimizer.zero_grad(set_to_none=step % 2 == 0)
    for now, then in zip(text[:-1].split(13), text[1:].split(13)):
        loss = F.cross_entropy(head(words(now)), then) / 3
        loss.backward()
    optimizer.step()
print(f"{3 * loss.item():.4f}", words.weight.detach().round(decimals=2)[0])
# %% two networks against each other, each with an optimizer of its own
maker, judge = nn.Linear(2, 1), nn.Sequential(nn.Linear(1, 6), nn.LeakyReLU(0.2), nn.Linear(6, 1))
making = torch.optim.Adam(started(maker), lr=0.02, betas=(0.5, 0.999))
judging = torch.optim.Adam(started(judge), lr=0.02, amsgrad=True)
real, fake = torch.ones(8, 1), torch.zeros(8, 1)
for step in range(50):
    seen, made = normal(8, 1).double() / 2 + 2, maker(normal(8, 2).double())
    judging.zero_grad()
    judged = nn.BCEWithLogitsLoss()(judge(seen), real) + nn.BCEWithLogitsLoss()(
        judge(made.detach()), fake
    )
    judged.backward()
    judging.step()
    making.zero_grad()
    fooled = nn.BCEWithLogitsLoss()(judge(made), real)
    fooled.backward()
    making.step()
    if step % 10 == 9:
        print(step, f"{judged.item():.3f} {fooled.item():.3f}")
torch.set_default_dtype(torch.float32)
