"""Epoch time of CNNBiLSTMClassifier against a plain PyTorch loop, as ratios within one run.

The plain loop is of the paper's kind: the full two-direction network, a DataLoader over a TensorDataset, batch 32,
float32. Epochs of both sides alternate, the first of each is not counted, ratios are medians over the pairs.

    python examples/benchmarks/bench_epoch.py [--windows 6400] [--repeats 5] [--threads 2]
"""

import argparse
import platform
import statistics
import time

import numpy as np
import torch
from torch import nn

from seqaug_sklearn.classification import PAPER_DNA, CNNBiLSTMClassifier
from seqaug_sklearn.utils import resolve_device, resolve_precision

N_CLASSES = 113


class PlainNetwork(nn.Module):
    """The network as a notebook writes it."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv1d(4, 64, 3, padding=1)
        self.conv2 = nn.Conv1d(64, 128, 3, padding=1)
        self.pool = nn.MaxPool1d(2)
        self.lstm = nn.LSTM(128, 128, 2, batch_first=True, bidirectional=True, dropout=0.3)
        self.dense1, self.dense2, self.out = nn.Linear(256, 100), nn.Linear(100, 80), nn.Linear(80, N_CLASSES)
        self.dropout = nn.Dropout(0.4)

    def forward(self, x):
        x = self.pool(torch.relu(self.conv2(torch.relu(self.conv1(x.transpose(1, 2))))))
        x = self.lstm(x.transpose(1, 2))[0][:, -1]
        return self.out(torch.relu(self.dense2(self.dropout(torch.relu(self.dense1(x))))))


def plain_epochs(one_hot, y, device):
    """Yield the seconds of one epoch after the other."""
    torch.manual_seed(0)
    network = PlainNetwork().to(device)
    optimizer = torch.optim.Adam(network.parameters(), 5e-4)
    data = torch.utils.data.TensorDataset(torch.from_numpy(one_hot), torch.from_numpy(y))
    loader = torch.utils.data.DataLoader(data, batch_size=32, shuffle=True)
    while True:
        start = time.perf_counter()
        network.train()
        for xb, yb in loader:
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(network(xb.to(device)), yb.to(device))
            loss.backward()
            optimizer.step()
            loss.item()
        yield time.perf_counter() - start


def our_epoch(text, y, options, device):
    """Seconds of the second epoch of a fit (the first warms up)."""
    classifier = CNNBiLSTMClassifier(
        **(options | {"max_epochs": 2, "validation_fraction": None, "device": str(device), "random_state": 0})
    )
    return classifier.fit(text, y).history_["seconds"].iloc[-1]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--windows", type=int, default=6400)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--device", default="auto")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    device = resolve_device(arguments.device)
    rng = np.random.default_rng(0)
    codes = rng.integers(0, 4, (arguments.windows, 40))
    text = ["".join("ACGT"[c] for c in row) for row in codes]
    y = np.concatenate([np.arange(N_CLASSES), rng.integers(0, N_CLASSES, arguments.windows - N_CLASSES)])
    rows = {
        "paper settings, batch 32, float32": dict(PAPER_DNA),
        "default settings": {},
        "default settings, float32": {"precision": "float32"},
    }
    plain = plain_epochs(np.eye(4, dtype=np.float32)[codes], y, device)
    next(plain)
    ratios = {name: [] for name in rows}
    for _ in range(arguments.repeats):
        for name, options in rows.items():
            ratios[name].append(our_epoch(text, y, options, device) / next(plain))
    auto = str(resolve_precision("auto", device)).removeprefix("torch.")
    print(f"epoch time as a share of the plain loop's (batch 32, float32), {arguments.windows:,} windows of 40 nt")
    print(
        f"{platform.machine()}, {arguments.threads} torch thread(s), torch {torch.__version__}, device {device}, "
        f"precision='auto' is {auto}"
    )
    for name, values in ratios.items():
        print(f"  {name:36s} median {statistics.median(values):.2f}  (min {min(values):.2f}, max {max(values):.2f})")


if __name__ == "__main__":
    main()
