"""Files of tensors, and datasets in batches."""

import io
import pickle
from collections import OrderedDict

import pytest

import minigrad as torch
from minigrad.utils.data import (
    BatchSampler,
    DataLoader,
    Dataset,
    IterableDataset,
    Subset,
    TensorDataset,
    WeightedRandomSampler,
    random_split,
)


def saved_and_loaded(obj, **how):
    file = io.BytesIO()
    torch.save(obj, file)
    file.seek(0)
    return torch.load(file, **how)


def test_a_state_dict_comes_back_from_a_file(tmp_path):
    model = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.BatchNorm1d(3))
    torch.save(model.state_dict(), tmp_path / "model.pt")
    again = torch.load(tmp_path / "model.pt")
    assert isinstance(again, OrderedDict)
    assert list(again) == list(model.state_dict())
    assert all(torch.equal(again[k], v) for k, v in model.state_dict().items())
    other = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.BatchNorm1d(3))
    assert repr(other.load_state_dict(again)) == "<All keys matched successfully>"


def test_checkpoints_hold_optimizers_numbers_and_dtypes():
    w = torch.nn.Parameter(torch.tensor([1.0, 2.0]))
    optimizer = torch.optim.Adam([w])
    w.sum().backward()
    optimizer.step()
    checkpoint = {"epoch": 3, "optimizer": optimizer.state_dict(), "kind": torch.float16, "w": w}
    again = saved_and_loaded(checkpoint)
    assert again["epoch"] == 3 and again["kind"] is torch.float16
    assert isinstance(again["w"], torch.nn.Parameter) and again["w"].requires_grad
    assert torch.equal(again["optimizer"]["state"][0]["exp_avg"], optimizer.state[w]["exp_avg"])


def test_files_that_nobody_vouches_for_make_nothing_else():
    with pytest.raises(pickle.UnpicklingError, match="Weights only load failed"):
        saved_and_loaded(torch.nn.Linear(1, 1))
    assert isinstance(saved_and_loaded(torch.nn.Linear(1, 1), weights_only=False), torch.nn.Linear)
    with pytest.raises(pickle.UnpicklingError, match="no file of minigrad's"):
        torch.load(io.BytesIO(pickle.dumps([1])))


def test_a_loader_hands_out_batches_in_order():
    data = TensorDataset(torch.arange(5.0), torch.arange(5))
    batches = list(DataLoader(data, batch_size=2))
    assert [x.tolist() for x, _ in batches] == [[0, 1], [2, 3], [4]]
    assert [y.dtype for _, y in batches] == [torch.int64] * 3
    assert len(DataLoader(data, 2)) == 3 and len(DataLoader(data, 2, drop_last=True)) == 2
    assert [len(x) for x, _ in DataLoader(data, 2, drop_last=True)] == [2, 2]


def test_shuffled_batches_repeat_with_the_generator_and_cover_all():
    data = TensorDataset(torch.arange(20))

    def order(seed):
        loader = DataLoader(data, 3, shuffle=True, generator=torch.Generator().manual_seed(seed))
        return [i for (batch,) in loader for i in batch.tolist()]

    assert order(1) == order(1) != list(range(20))
    assert sorted(order(2)) == list(range(20))


def test_samples_of_all_kinds_are_put_together():
    class Named(Dataset):
        def __len__(self):
            return 3

        def __getitem__(self, i):
            return {"x": torch.ones(2) * i, "n": i, "part": (i / 2, str(i))}

    (batch,) = DataLoader(Named(), batch_size=3)
    assert batch["x"].shape == (3, 2) and batch["n"].tolist() == [0, 1, 2]
    assert batch["part"][0].dtype is torch.float64 and batch["part"][1] == ("0", "1", "2")
    assert [b["n"] for b in DataLoader(Named(), batch_size=None)] == [0, 1, 2]

    class Stream(IterableDataset):
        def __iter__(self):
            return iter(range(5))

    assert [b.tolist() for b in DataLoader(Stream(), 2)] == [[0, 1], [2, 3], [4]]


def test_splits_subsets_and_samplers():
    data = TensorDataset(torch.arange(10))
    parts = random_split(data, [0.7, 0.3])
    assert [len(p) for p in parts] == [7, 3]
    assert sorted([int(x) for p in parts for (x,) in p]) == list(range(10))
    assert [int(x) for (x,) in Subset(data, [3, 1])] == [3, 1]
    assert [int(x) for (x,) in data + Subset(data, [0])] == [*range(10), 0]
    assert list(BatchSampler(range(5), 2, drop_last=False)) == [[0, 1], [2, 3], [4]]
    assert set(WeightedRandomSampler([0.0, 1.0], 5)) == {1}
    with pytest.raises(ValueError, match="does not equal the length"):
        random_split(data, [3, 3])
    with pytest.raises(ValueError, match="mutually exclusive with shuffle"):
        DataLoader(data, sampler=[1], shuffle=True)
