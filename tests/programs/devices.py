"""What programs ask of devices, on a machine that has but its CPU."""
# %%
device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
print(device, repr(device), torch.cuda.device_count())
x = torch.ones(2, device=device, requires_grad=True)
print(x.device, x.to(device) is x, x.cpu() is x, x.is_cuda, x.is_cpu, x.device == device)
net = nn.Linear(2, 1).to(device)
print(net.weight.device, net(x.to("cpu")).device)
# %%
print(x.device == "cpu", torch.device("cpu:0"), torch.device("cpu", 0).index)
torch.device(x.device)
# %%
torch.device("foo")
