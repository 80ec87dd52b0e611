"""Golden trajectories of optimizers, by PyTorch in float64: python3 tooling/reference/optimizers.py

A loss of two parameters, curved and lopsided: sum((a² − 1)²) + sum(cos(b) · a[0] + b²); 100 steps.
"""

import json
import pathlib

import torch

torch.set_default_dtype(torch.float64)
HERE = pathlib.Path(__file__).resolve().parents[2]


def trajectory(make, max_norm=None):
    a = torch.tensor([0.3, -1.7, 2.0]).requires_grad_()
    b = torch.tensor([[1.5, -2.0]]).requires_grad_()
    optimizer = make([a, b])
    points = []
    for step in range(100):
        optimizer.zero_grad()
        loss = ((a**2 - 1) ** 2).sum() + (torch.cos(b) * a[0] + b**2).sum()
        loss.backward()
        if max_norm:
            torch.nn.utils.clip_grad_norm_([a, b], max_norm)
        optimizer.step()
        if step in (0, 1, 9, 49, 99):
            points.append({"step": step + 1, "a": a.tolist(), "b": b.tolist()})
    return points


path = HERE / "packages/parts/training/src/adam.reference.json"
golden = {
    "source": f"torch {torch.__version__.split('+')[0]}, float64, tooling/reference/optimizers.py",
    "adam": trajectory(lambda p: torch.optim.Adam(p, lr=0.05)),
    "adamWithOtherDecays": trajectory(lambda p: torch.optim.Adam(p, lr=0.005, betas=(0.5, 0.9), eps=1e-3)),
    "adamClipped": trajectory(lambda p: torch.optim.Adam(p, lr=0.05), max_norm=0.5),
}
path.write_text(json.dumps(golden) + "\n")
