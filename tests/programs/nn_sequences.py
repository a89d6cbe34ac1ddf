"""Sequences of several lengths: padded, packed, and through recurrent layers."""

# %%
rnn = nn.utils.rnn
x = torch.arange(12.0).view(3, 2, 2).requires_grad_()


def names(t):
    """The names in the graph, each node once, from the result on."""
    seen, found, waiting = set(), [], [t.grad_fn]
    while waiting:
        node = waiting.pop()
        if node is not None and node not in seen:
            seen.add(node)
            found.append(node.name())
            waiting += [parent for parent, _ in node.next_functions]
    return " ".join(found)


packed = rnn.pack_padded_sequence(x, [3, 2])
print(packed, names(packed.data))
node = packed.data.grad_fn
print(node._saved_batch_first, node._saved_input_sym_sizes, node._saved_result1)
packed.data.backward(torch.arange(10.0).view(5, 2))
x.grad
# %%
packed = rnn.pack_padded_sequence(x, torch.tensor([2, 3]), enforce_sorted=False)
print(packed, names(packed.data))
for how in [{"total_length": 4}, {"batch_first": True}, {"padding_value": -1.0}]:
    out, lengths = rnn.pad_packed_sequence(packed, **how)
    print(out, lengths, names(out))
# %%
packed = rnn.pack_padded_sequence(
    x, torch.tensor([1, 2, 1]), batch_first=True, enforce_sorted=False
)
print(packed, rnn.pad_packed_sequence(packed, batch_first=True))
(first,) = torch.autograd.grad((packed.data**2).sum(), x, create_graph=True)
torch.autograd.grad(first.sum(), x)
# %%
for how in [{"batch_first": True, "padding_value": -1}, {"padding_side": "left"}]:
    padded = rnn.pad_sequence([x[0], x[1, :1], x[2]], **how)
    print(padded, names(padded))
rnn.unpad_sequence(padded, torch.tensor([2, 1, 2]))
# %%
print(rnn.pack_sequence([x[0], x[1, :1]]), rnn.unpack_sequence(packed))
print(packed.is_cuda, packed.cpu() is packed, packed.to(torch.float32) is packed)
packed.double(), packed.to(torch.float16).data.dtype, packed.long().data
# %%
for wrong in [
    lambda: rnn.pack_padded_sequence(x, [2, 3]),
    lambda: rnn.pack_padded_sequence(x, [3, 0]),
    lambda: rnn.pack_padded_sequence(x, [3]),
    lambda: rnn.pack_padded_sequence(x[:0], []),
    lambda: rnn.pad_packed_sequence(packed, total_length=1),
    lambda: rnn.pad_sequence(3),
    lambda: rnn.pad_sequence([]),
    lambda: rnn.pad_sequence([x[0]], padding_side="up"),
    lambda: rnn.PackedSequence(x),
    lambda: nn.GRU(4, 3)(packed),
    lambda: nn.RNN(2, 3)(packed, torch.ones(1, 3)),
]:
    try:
        print(wrong())
    except (AssertionError, RuntimeError, ValueError) as error:
        print(type(error).__name__, error)


# %% through layers
def layer(kind, *sizes, **options):
    made = getattr(nn, kind)(*sizes, **options)
    with torch.no_grad():
        for i, w in enumerate(made.parameters()):
            w.copy_(torch.linspace(-1, 1, w.numel()).view_as(w) * (0.3 + i / 20))
    return made


x = (torch.arange(12.0).view(3, 2, 2) / 8).requires_grad_()
packed = rnn.pack_padded_sequence(x, torch.tensor([2, 3]), enforce_sorted=False)
for kind in ("RNN", "GRU", "LSTM"):
    for both in (False, True):
        m = layer(kind, 2, 3, 2, bidirectional=both)
        out, last = m(packed)
        print(kind, out, last, *[] if both else [names(out.data)])
        (grad,) = torch.autograd.grad(out.data.sum(), x, retain_graph=True)
        print((grad * 1000).round())
        start = torch.linspace(-1, 1, 12 * (1 + both)).view(2 * (1 + both), 2, 3)
        print(m(packed, (start, start / 2) if kind == "LSTM" else start)[0].data)
# %%
for kind in ("RNN", "GRU"):
    m = layer(kind, 2, 3, 2)
    print(kind, names(m(x)[0]), [len(ws) for ws in m.all_weights], m.flatten_parameters())
# %%
for kind in ("RNNCell", "GRUCell", "LSTMCell"):
    m = layer(kind, 2, 3)
    out = m(x[0])
    print(isinstance(m, nn.RNNCellBase), isinstance(m, nn.RNNCell))
    print(names(out[0] if kind == "LSTMCell" else out))
