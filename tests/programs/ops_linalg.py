"""Products of vectors and matrices."""

# %%
from ops_shown import shower

show = shower(torch)
# %%
show("""
torch.outer(v,w)
torch.ger(v,w)
torch.tensordot(a,m,dims=1)
torch.einsum('ij,jk->ik',a,m)
torch.einsum('ij->ji',a)
torch.einsum('ij->',a)
torch.einsum('ii->i',torch.ones(3,3))
torch.einsum('i,j->ij',v,w)
torch.einsum('bij,bjk->bik',c,torch.ones(2,4,2))
torch.einsum('...i->...',a)
torch.trace(torch.ones(3,3))
torch.addmv(w,a,v)
torch.baddbmm(torch.ones(2,3,5),torch.ones(2,3,4),torch.ones(2,4,5))
torch.addmm(torch.ones(2,4),a,m,beta=2,alpha=3)
torch.addmm(torch.ones(4),a,m)
torch.mm(a,b)
torch.mm(a,v)
torch.bmm(a,b)
torch.bmm(c,c)
torch.mv(a,w)
torch.mv(v,a)
torch.dot(v,w)
torch.dot(a,b)
torch.dot(v,i[0])
torch.inner(v,v)
torch.inner(a,b)
torch.matmul(a,b)
torch.matmul(s,a)
torch.matmul(a,i)
torch.matmul(c,torch.ones(2,4,5))
torch.matmul(c,torch.ones(3,4,5))
torch.matmul(v,torch.ones(2,3,4))
torch.matmul(torch.ones(2,3,4),torch.ones(4))
torch.matmul(torch.ones(2,3,4),torch.ones(4,5))
torch.matmul(torch.ones(5,2,3,4),torch.ones(2,4,5))
torch.matmul(a,c)
a@3
3@a
a.T@i
i@i.T
""")
# %%
show("""
F.linear(a,torch.ones(5,3))
F.linear(c,torch.ones(5,4),torch.ones(5))
F.linear(v,torch.ones(3))
F.linear(a,torch.ones(5,4))
F.linear(a,torch.ones(5,3),torch.ones(4))
""")
# %%
b = torch.ones(2, 2, dtype=torch.bool)
for call in """b @ b
b @ b[0]
b[0] @ b[0]
b[None] @ b[None]
torch.addmm(b, b, b)
torch.einsum("ij,jk->ik", b, b)
torch.outer(b[0], b[0])
torch.empty(2, 0, dtype=torch.bool) @ torch.empty(0, 2, dtype=torch.bool)""".splitlines():
    try:
        print(call, "->", eval(call))
    except NotImplementedError as error:
        print(call, "->", error)
