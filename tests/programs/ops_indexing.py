"""Elements by indices, slices, masks and tensors; and writes to them."""

# %%
from ops_shown import shower

show = shower(torch)
# %%
show("""
a[:]
a[...]
a[0:2]
a[0,...]
a[:,None]
a[True]
a[torch.tensor(1)]
a[torch.tensor(True)]
a[[0,1],[1,2]]
a[[slice(0,1),0]]
a[5]
a[0,5]
a[0,0,0]
a[0,0][0]
a[::-1]
a[::0]
a['x']
a[1.0]
a[torch.tensor([5])]
a[torch.tensor([1.])]
a[[True]]
a[torch.tensor([True])]
a[(torch.tensor([0,1]),torch.tensor([0,1,2]))]
a[...,...]
a[None]
a[0][None]
a[[]]
a[()]
a[(0,)]
a[-1]
a[-3]
a[1:0]
a[torch.tensor([[0,1],[1,0]])]
a[:,[0,1]]
a[0,[0,1]]
a[[0],:,None]
a.select(0,5)
a.select(3,0)
a.narrow(0,1,5)
a.narrow(0,-1,1)
""")
# %%
show("""
a[range(2)]
a[(0,1),]
a[torch.tensor([0],dtype=torch.int32)]
a[torch.tensor([0],dtype=torch.uint8)]
a[torch.tensor([0],dtype=torch.int8)]
a[None,None,0]
a[:, True]
a[False]
a[0:2:2]
a[:,0:2]
a[0:1,0:1]
a[torch.tensor(0),1]
a[1:None]
a[torch.tensor(1):]
a[1.5:]
a[{}]
a[[[0,1],[1,0]]]
a[a>0.5]
a[:,torch.tensor([True,False,True])]
c[:,torch.tensor([0,1]),torch.tensor([0,1])]
c[torch.tensor([0,1]),:,torch.tensor([0,1])]
c[0,:,torch.tensor([0,1])]
c[torch.tensor([0,1]),1:,None]
c[torch.tensor([True,False]),...,1]
c[...,torch.tensor([0,0,1])]
c[c>0.5]
c[i[:,0]>1]
s[...]
s[None]
s[0]
s[()]
s[True]
s[torch.tensor(True)]
s[:]
s[0,0]
a[-1:]
a[:,-1]
!y[0]=torch.ones(())
!y[0]=torch.ones(3)
!y[0]=torch.ones(1,3)
""")
# %%
show("""
!y[...]=2
!y[:]=torch.ones(2,3)
!y[0]=torch.ones(4)
!y[[0,1]]=torch.ones(3)
!y[[0,1]]=torch.ones(2,3)[0]
!y[torch.tensor([True,False])]=3.
!y[y>0.5]=torch.ones(())
!y[0,0]=1
!y[0,[0,1]]=1
!y[:,[0,1]]=torch.ones(2)
!y[None]=1
!y[True]=1
!y[5]=1
!y[0]=torch.tensor([1,2,3])
!y[0]="a"
!y[0]=[1,2,3]
!y[0]=b[0].detach().numpy()
!y[0]=True
!y[[5]]=1
!y.fill_(s)
!y.fill_(v)
!y.index_put_((torch.tensor([0]),),v)
!y.index_put_((torch.tensor([0,0]),),v,accumulate=True)
!y[0][0]=2
!y[:,:]=torch.ones(1)
!y[:]=1
!y[()]=1
!y[0]=v; y[1]=v*2
!y[:,1]=w
!y[0:1]=v
!y[0,1:]=s
!y[torch.tensor([0,0])]=v
!y[0]=v.double()
!y[[0]]=v.double()
!y[[0]]=1
!y[0]=1.5
!a[0]=1
!a[[0]]=1
a.index_select(0,torch.tensor([0,0,1]))
a.index_select(1,torch.tensor([2,1]))
""")
# %%
show("""
a.index_select(-1,torch.tensor([2,1]))
a.index_select(0,torch.tensor([5]))
a.index_select(0,torch.tensor([-1]))
a.index_add(0,torch.tensor([0,0]),b)
a.index_add(1,torch.tensor([0,0]),b[:,:2],alpha=2)
a.index_copy(0,torch.tensor([1]),v[None])
a.index_fill(0,torch.tensor([1]),3.)
a.index_fill(0,torch.tensor([1]),s)
a.gather(0,torch.tensor([[0,1,1],[0,0,0]]))
a.gather(1,torch.tensor([[0,2]]))
a.gather(1,torch.tensor([[0,3]]))
a.gather(1,torch.tensor([0]))
a.gather(-1,torch.tensor([[0]]))
a.scatter(0,torch.tensor([[0,1,1]]),b)
a.scatter(0,torch.tensor([[0,1,1]]),5.)
a.scatter_add(0,torch.tensor([[0,1,1],[0,0,0]]),b)
a.masked_fill(a>0.5,0.)
a.masked_fill(a>0.5,s)
a.masked_fill(torch.tensor([True,False,True]),0.)
v.masked_fill(a>0.5,0.)
a.masked_select(a>0.5)
v.masked_select(a>0.5)
a.masked_select(torch.tensor([True,False,True]))
a.masked_scatter(a>0.5,b)
a.nonzero()
a.nonzero(as_tuple=True)
s.nonzero()
!y.scatter_(0,torch.tensor([[0,1,1]]),b)
!y.masked_fill_(b>0.5,1.)
!y[b>0.5]=0.
!y.index_add_(0,torch.tensor([0,0]),b)
""")
# %%
i = torch.zeros(2, dtype=torch.int64)
i[0] = 1e30
# %%
i[0] = float("inf")
# %%
i[torch.tensor([0])] = float("nan")
# %%
i.masked_fill_(i == 0, float("inf"))
# %%
i.index_fill_(0, torch.tensor([0]), float("inf"))
# %%
torch.scatter(i, 0, torch.tensor([0]), float("inf"))
# %%
nn.functional.pad(i, (1, 1), value=float("inf"))
# %%
i.new_full((2,), 1e30)
# %%
i, i.masked_fill(i == 0, 2.9), i.new_full((2,), 2.9), i.new_full((2,), 2.9, dtype=torch.float64)
# %%
u = torch.zeros(2, dtype=torch.uint8)
u[0] = 300
# %%
u[0], u[1] = -1, 2.9
u
# %%
h = torch.zeros(2, dtype=torch.float16)
h[0], h[1] = 1e6, 65504
h
# %%
f = torch.zeros(2)
f[0] = 1e39
# %%
f[0], f[1] = True, -float("inf")
f
# %%
torch.broadcast_shapes((2,), (3,))
# %%
torch.broadcast_shapes((2, 3), 5, (1, 4))
# %%
torch.broadcast_shapes((2, 1), (-3, 3))
# %%
torch.broadcast_shapes((-2, 1))
# %%
torch.broadcast_shapes(2.5)
# %%
torch.broadcast_shapes((2, 1), 3), torch.broadcast_shapes(), torch.broadcast_shapes((0,), (1,))
# %%
torch.broadcast_tensors(torch.ones(2), torch.ones(3))
# %%
x = torch.ones(2, 3)
torch.swapaxes(x, axis0=0, axis1=1).shape, x.swapaxes_(axis0=0, axis1=1).shape
# %%
torch.swapaxes(x)
# %%
e = torch.zeros(1).expand(3)
e.masked_fill_(torch.tensor([True, False, False]), 2.0)
# %%
e.masked_fill_(torch.tensor([False, False, False]), 3.0)
# %%
e[torch.tensor([0, 2])] = torch.tensor([7.0, 8.0])
e
# %%
n = torch.full((1,), float("nan")).expand(3)
n.masked_fill_(torch.tensor([True, False, False]), 2.0)
# %%
ones, integers = torch.ones(2, 2), torch.empty(2, 2, dtype=torch.int64)
torch.cat([ones, ones], out=integers)
# %%
torch.stack([ones, ones], out=torch.empty(2, 2, 2, dtype=torch.int64))
# %%
torch.hstack([ones, ones], out=integers)
# %%
places = torch.arange(3)
torch.gather(places.clone(), 0, places[:2], out=places[1:])
