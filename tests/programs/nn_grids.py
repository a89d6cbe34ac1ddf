"""Grids of places, and images sampled there."""

# %%
F = nn.functional
theta = torch.tensor([[[1.0, 0.0, 0.5], [0.0, 0.5, 0.0]]], requires_grad=True)
grid = F.affine_grid(theta, (1, 1, 2, 4), align_corners=False)
print(grid, grid.grad_fn._saved_size, grid.grad_fn._saved_align_corners)
grid.sum().backward()
print(theta.grad, F.affine_grid(theta, [1, 1, 3, 1], align_corners=True))
print(F.affine_grid(torch.ones(1, 3, 4), (1, 1, 1, 2, 2), align_corners=False))
# %%
image = torch.arange(12.0).view(1, 1, 3, 4).requires_grad_()
for mode in ("bilinear", "nearest", "bicubic"):
    for padding in ("zeros", "border", "reflection"):
        for align in (False, True):
            out = F.grid_sample(image, 1.5 * grid, mode, padding, align)
            print(mode, padding, align, (8 * out).round().int().tolist())
node = out.grad_fn
print(
    node.name(), node._saved_interpolation_mode, node._saved_padding_mode, node._saved_align_corners
)
out = F.grid_sample(image, grid, align_corners=False)
to_image, to_theta = torch.autograd.grad((out * out).sum(), (image, theta))
print(to_image, (to_theta * 100).round())
room = torch.arange(8.0).view(1, 1, 2, 2, 2)
F.grid_sample(room.requires_grad_(), torch.zeros(1, 1, 1, 1, 3), align_corners=True)
# %%
import warnings

with warnings.catch_warnings(record=True) as said:
    warnings.simplefilter("always")
    F.affine_grid(theta, (1, 1, 2, 2)), F.grid_sample(image, grid)
print([str(w.message)[:30] for w in said])
odd = torch.tensor([[[[float("nan"), 0.0], [float("inf"), 0.0]]]])
F.grid_sample(torch.zeros(1, 1, 2, 2), odd, align_corners=False)
# %%
three = torch.ones(1, 1, 1, 1, 3)
for wrong in [
    lambda: F.grid_sample(image, grid, mode="cubic", align_corners=True),
    lambda: F.grid_sample(image, grid, padding_mode="ones", align_corners=True),
    lambda: F.grid_sample(image[0], grid, align_corners=True),
    lambda: F.grid_sample(image, grid[:0], align_corners=True),
    lambda: F.grid_sample(image, grid[..., :1], align_corners=True),
    lambda: F.grid_sample(image, grid.double(), align_corners=True),
    lambda: F.grid_sample(image[..., :0], grid, align_corners=True),
    lambda: F.grid_sample(image, three, align_corners=True),
    lambda: F.grid_sample(room, three, mode="bicubic", align_corners=True),
    lambda: F.affine_grid(theta, (1, 1, 3), align_corners=True),
    lambda: F.affine_grid(theta, (1, 1, 0, 3), align_corners=True),
    lambda: F.affine_grid(theta, (3, 1, 2, 3), align_corners=True),
    lambda: F.affine_grid(theta.long(), (1, 1, 2, 2), align_corners=True),
    lambda: F.affine_grid(theta, (1, 1, 2, 2, 2), align_corners=True),
]:
    try:
        print(wrong())
    except (NotImplementedError, RuntimeError, ValueError) as error:
        print(type(error).__name__, error)
