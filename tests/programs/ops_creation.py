"""New tensors, and random ones by their shapes."""

# %%
from ops_shown import shower

show = shower(torch)
# %%
show("""
a.scatter(0,torch.tensor([[0,1,1],[0,0,0]]),b,reduce='add')
a.scatter(0,torch.tensor([[0,1,1],[0,0,0]]),2.,reduce='multiply')
a.detach().scatter(0,torch.tensor([[0,1,1],[0,0,0]]),b.detach(),reduce='add')
torch.autograd.grad(a.scatter(0,torch.tensor([[0,1,1],[0,0,0]]),b,reduce='add').sum(),a)
a.eq(1)
a.clone().eq_(b)
a.clone().gt_(1)
a.clone().logical_and_(b)
a.clone().logical_not_()
i.clone().eq_(1)
a.cumsum_ if 0 else (a*1).cumsum_(0)
(a*1).erf_()
(a*1).sgn_()
a.expand(2,2,3).add_(1)
a.detach().expand(2,2,3).add_(1)
a.detach()[:,:1].expand(2,3).mul_(2)
torch.Tensor([1,2])
torch.Tensor(2,3).shape
torch.Tensor()
torch.Tensor(torch.ones(2))
torch.Tensor((2,3))
torch.Tensor('x')
torch.FloatTensor([1,2])
torch.LongTensor([1,2])
torch.LongTensor([1.5])
torch.LongTensor(2,3).shape
torch.BoolTensor([True])
torch.DoubleTensor([1])
torch.IntTensor([[1,2],[3,4]])
torch.HalfTensor([1])
torch.ByteTensor([1])
torch.Tensor(3.5)
torch.Tensor([[1,2],[3]])
type(torch.FloatTensor([1]))
isinstance(torch.ones(1),torch.FloatTensor)
isinstance(torch.ones(1).long(),torch.FloatTensor)
torch.arange(5)
torch.arange(1,2.5,0.5)
torch.arange(5.)
torch.arange(0)
""")
# %%
show("""
torch.arange(5,dtype=torch.float32)
torch.arange(0,1,0)
torch.arange(5,1)
torch.arange(torch.tensor(3))
torch.arange(float('inf'))
torch.arange(0,5,requires_grad=True)
torch.arange(0.,5,requires_grad=True)
torch.linspace(0,1,5)
torch.linspace(0,1,0)
torch.linspace(0,1,1)
torch.linspace(0,1,-1)
torch.linspace(0,10,5,dtype=torch.int64)
torch.eye(2)
torch.eye(2,3)
torch.eye(-1)
torch.eye(2,-3)
torch.zeros(2,3)
torch.zeros((2,3))
torch.zeros([2,3])
torch.zeros(torch.Size([2]))
torch.zeros()
torch.zeros(-1)
torch.zeros(2,-3)
torch.zeros('x')
torch.zeros(2.5)
torch.zeros(2,dtype=torch.int64,requires_grad=True)
torch.zeros(2,dtype=int)
torch.zeros(2,device='cpu')
torch.zeros(size=(2,3))
torch.zeros(torch.tensor(3))
torch.full((2,),1)
torch.full((2,),1.)
torch.full((2,),True)
torch.full(2,1)
torch.full((2,),1,dtype=torch.float32)
torch.ones_like(i)
torch.ones_like(i,dtype=torch.float32,requires_grad=True)
torch.full_like(a,2)
torch.zeros_like(a)
torch.empty(2,3).shape
""")
# %%
show("""
torch.rand(2).shape
torch.rand(2,dtype=torch.int64)
torch.randn(2,dtype=torch.int64)
torch.randint(10,(2,)).dtype
torch.randint(3,5,(2,)).dtype
torch.randint(10,(2,),dtype=torch.float32).dtype
torch.randperm(3).dtype
torch.tensor([1,2.])
torch.tensor([True,1])
torch.tensor([])
torch.tensor([[]])
torch.tensor(1,dtype=torch.bool)
torch.tensor([1,None])
torch.tensor('a')
torch.tensor([[1],[2,3]])
torch.tensor(a)
torch.tensor([a,a])
torch.tensor([torch.tensor(1),torch.tensor(2.)])
torch.tensor({1:2})
torch.tensor(2**70)
torch.tensor(2**63)
torch.tensor(300,dtype=torch.uint8)
torch.tensor(-1,dtype=torch.uint8)
torch.tensor(1.5,dtype=torch.int64)
torch.tensor(float('nan'),dtype=torch.int64)
torch.tensor(np.float32(1.5)) if 0 else 0
torch.as_tensor([1,2])
torch.as_tensor(a) is a
torch.from_numpy([1])
torch.empty_like(a).shape
torch.zeros(2).fill_(torch.ones(2))
torch.zeros(2).copy_(torch.ones(3))
torch.zeros(2,3).copy_(torch.ones(3))
torch.zeros(2).zero_()
a.fill_(1)
torch.zeros(2).uniform_(2,1)
torch.numel(a)
torch.meshgrid(v,w,indexing='xy')
torch.swapaxes(a,0,1)
a.detach().t_()
""")
# %%
show("""
a.detach().squeeze_(0)
a.detach().unsqueeze_(0)
a.detach().transpose_(0,1)
a.detach().as_strided_((2,),(1,))
""")
# %% the state of the random numbers is a tensor
state = torch.get_rng_state()
before = torch.rand(3), torch.randperm(5)
torch.set_rng_state(state.clone())
state.dtype, state.ndim, torch.equal(before[0], torch.rand(3)), torch.equal(before[1], torch.randperm(5))
# %%
torch.set_rng_state([1])
# %%
torch.Generator().set_state(torch.zeros(3))
# %% more bytes than there are addresses
torch.zeros(8, 8, 2**29, 2**29)
# %%
torch.full((8, 8, 2**29, 2**29), 1.0)
# %%
torch.ones(0, 4, 2**61)
# %%
torch.empty(0).resize_(2, 4, 2**29, 2**29)
# %%
torch.arange(0, 1e30)
