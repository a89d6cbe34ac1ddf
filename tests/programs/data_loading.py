"""Loaders: what they refuse, how they go on after an error; datasets side by side, in a row."""

# %%
D = torch.utils.data


class Squares(D.Dataset):
    def __init__(self, n):
        self.n = n

    def __len__(self):
        return self.n

    def __getitem__(self, i):
        if i == 3:
            raise KeyError("three")
        return i * i


class Counting(D.IterableDataset):
    def __init__(self, *numbers):
        self.numbers = numbers

    def __iter__(self):
        return iter(self.numbers)

    def __len__(self):
        return len(self.numbers)


batches = iter(D.DataLoader(Squares(8), batch_size=3))
print(len(batches), next(batches))
try:
    next(batches)
except KeyError as error:
    print(error)
print(next(batches), list(batches))
# %%
numbers = Counting(1, 2, 3, 4, 5)
print(list(D.DataLoader(numbers, batch_size=2)), list(D.DataLoader(numbers, batch_size=None)))
print(list(D.DataLoader(numbers, 2, drop_last=True)), len(D.DataLoader(numbers, 2, drop_last=True)))
loader = D.DataLoader(Squares(3), 2, in_order=False)
print(loader.timeout, loader.prefetch_factor, loader.persistent_workers, loader.in_order)
loader.batch_size = 3


# %%
def sampler(dataset):
    return D.SequentialSampler(dataset)


squares = Squares(3)
for options in [
    {"num_workers": -1},
    {"timeout": -1},
    {"prefetch_factor": 2},
    {"persistent_workers": True},
    {"batch_size": None, "drop_last": True},
    {"sampler": sampler(squares), "shuffle": True},
    {"batch_sampler": [[0, 1]], "batch_size": 2},
    {"batch_size": 0},
    {"multiprocessing_context": "spawn"},
]:
    try:
        D.DataLoader(squares, **options)
    except ValueError as error:
        print(error)
for options in [{"shuffle": True}, {"sampler": [1]}, {"batch_sampler": [[1]]}]:
    try:
        D.DataLoader(numbers, **options)
    except ValueError as error:
        print(str(error)[:80])
# %%
for wrong in [
    lambda: D.RandomSampler(squares, replacement=1),
    lambda: D.RandomSampler(squares, num_samples=1.5),
    lambda: D.WeightedRandomSampler([1.0], 0),
    lambda: D.WeightedRandomSampler([1.0], 1, replacement=1),
    lambda: D.WeightedRandomSampler([[1.0]], 1),
    lambda: D.ConcatDataset([squares, numbers]),
    lambda: D.StackDataset(),
    lambda: D.StackDataset(squares, Squares(4)),
    lambda: D.StackDataset(squares, b=squares),
    lambda: list(D.ChainDataset([squares])),
]:
    try:
        print(wrong())
    except (AssertionError, TypeError, ValueError) as error:
        print(type(error).__name__, error)
# %% the same draws, whatever else is drawn between them
torch.manual_seed(0)
first = list(D.RandomSampler(range(9), num_samples=20))
torch.manual_seed(0)
draws = iter(D.RandomSampler(range(9), num_samples=20))
again = [next(draws)]
torch.rand(5)
again += draws
print(first == again, sorted(first[:9]), len(first), len(list(D.RandomSampler(range(3), True, 7))))
# %%
chain = numbers + Counting(6, 7)
print(type(chain).__name__, list(chain), len(chain))
pairs = D.StackDataset(squares, range(3))
print(pairs[2], len(pairs), list(D.DataLoader(pairs, 2)))
named = D.StackDataset(x=squares, y=D.Subset(range(10, 20), [4, 5, 6]))
print(named[0], named.__getitems__([0, 2]), list(D.DataLoader(named, 2)))
# %%
import warnings

with warnings.catch_warnings(record=True) as said:
    warnings.simplefilter("always")
    print(list(D.DataLoader([1, 2], pin_memory=True)), said[0].message)
D._utils.collate.default_collate([1.0, 2.0])
