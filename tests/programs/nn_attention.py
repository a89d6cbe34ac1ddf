"""Attention with several heads, transformers, bilinear forms: values, gradients, names, errors."""
# %%
import warnings

torch.set_default_dtype(torch.float64)

def numbers(*shape):
    n = torch.tensor(shape).prod()
    return torch.sin(torch.arange(float(n)) * 1.7).reshape(shape)

def filled(module):
    with torch.no_grad():
        for i, p in enumerate(module.parameters()):
            p.copy_(numbers(*p.shape) / (i + 2))
    return module

mha = filled(nn.MultiheadAttention(4, 2))
mha, list(mha.state_dict())
# %%
x = numbers(3, 2, 4).requires_grad_()
out, weights = mha(x, x, x)
out.sum().backward()
out, weights, x.grad, mha.in_proj_weight.grad
# %%
mha(x, x, x, need_weights=False), mha(x, x, x, average_attn_weights=False)[1].shape
# %%
hidden = torch.tensor([[False, False, True], [False, True, True]])
later = torch.ones(3, 3, dtype=torch.bool).triu(1)
mha(x, x, x, key_padding_mask=hidden, attn_mask=later)
# %%
mha(x, x, x, attn_mask=nn.Transformer.generate_square_subsequent_mask(3), is_causal=True, need_weights=False)
# %%
mha(x, x, x, key_padding_mask=hidden, attn_mask=torch.zeros(3, 3))[1]
# %%
mha(x[:, 0], x[:, 0], x[:, 0])
# %%
other = filled(nn.MultiheadAttention(4, 2, bias=False, kdim=3, vdim=5, add_zero_attn=True, batch_first=True))
q, k, v = numbers(2, 3, 4), numbers(2, 5, 3), numbers(2, 5, 5)
print(list(other.state_dict()))
other(q, k, v)
# %%
more = filled(nn.MultiheadAttention(4, 1, add_bias_kv=True))
print(list(more.state_dict()))
more(x, numbers(4, 2, 4), numbers(4, 2, 4) * 2, key_padding_mask=torch.zeros(2, 4, dtype=torch.bool))
# %%
mha(x, x, x, attn_mask=torch.zeros(2, 2))
# %%
mha(x, x, x, attn_mask=torch.zeros(3, 3, 3))
# %%
mha(x, x, x, key_padding_mask=torch.zeros(3))
# %%
mha(x, x, x, key_padding_mask=torch.zeros(2, 4))
# %%
mha(x, x[0], x)
# %%
mha(x, x[:2], x)
# %%
mha(x, x, x, is_causal=True)
# %%
mha(x, x, x, attn_mask=torch.zeros(3, 3, dtype=torch.int64))
# %%
mha(numbers(3, 2, 5), x, x)
# %%
nn.MultiheadAttention(0, 2)
# %%
nn.MultiheadAttention(5, 2)
# %%
layer = filled(nn.TransformerEncoderLayer(4, 2, 6, dropout=0.0))
x = numbers(3, 2, 4).requires_grad_()
out = layer(x)
out[0].sum().backward()
print(layer, list(layer.state_dict()))
out, x.grad, layer.linear1.weight.grad
# %%
layer = filled(nn.TransformerEncoderLayer(4, 2, 6, 0.0, "gelu", norm_first=True, bias=False))
layer(x, later, hidden), list(layer.state_dict())
# %%
nn.TransformerEncoderLayer(4, 2, activation="tanh")
# %%
encoder = filled(nn.TransformerEncoder(layer, 2))
encoder(x)
# %%
layer = nn.TransformerEncoderLayer(4, 2, 6, 0.0, batch_first=True)
encoder = filled(nn.TransformerEncoder(layer, 2, nn.LayerNorm(4))).eval()
x = numbers(2, 3, 4)
with torch.no_grad(), warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of nested tensors
    print(encoder(x, src_key_padding_mask=hidden))
    print(encoder(x, later, hidden))
encoder
# %%
layer = filled(nn.TransformerDecoderLayer(4, 2, 6, 0.0))
tgt, memory = numbers(3, 2, 4), numbers(5, 2, 4).requires_grad_()
out = layer(tgt, memory, later)
out[1].sum().backward()
out, memory.grad, list(layer.state_dict())
# %%
nn.TransformerDecoderLayer(4, 2, 6)
# %%
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    model = filled(nn.Transformer(4, 2, 1, 2, 6, 0.0))
out = model(memory, tgt, tgt_mask=nn.Transformer.generate_square_subsequent_mask(3), tgt_is_causal=True)
out, len(list(model.parameters()))
# %%
model(memory, tgt[:, :1])
# %%
model(memory[..., :2], tgt)
# %%
b = filled(nn.Bilinear(2, 3, 4))
u, v = numbers(5, 2).requires_grad_(), numbers(5, 3).requires_grad_()
out = b(u, v)
gu, gv = torch.autograd.grad(out.square().sum(), (u, v), create_graph=True)
b, out, gu, gv, torch.autograd.grad(gu.square().sum() + gv.sum(), (u, v, b.weight))
# %%
F.bilinear(u[0], v[0], b.weight), F.bilinear(u, v, b.weight).grad_fn.next_functions[0][0]._saved_sumdim
# %%
b(u, v[:2])
# %%
b(v, v)
# %%
nn.Bilinear(0, 3, 4)
# %%
torch.set_default_dtype(torch.float32)
