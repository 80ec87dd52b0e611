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


path = HERE / "packages/parts/training/src/optimizers.reference.json"
optim = torch.optim
golden = {
    "source": f"torch {torch.__version__.split('+')[0]}, float64, tooling/reference/optimizers.py",
    "adam": trajectory(lambda p: optim.Adam(p, lr=0.05)),
    "adamWithOtherDecays": trajectory(lambda p: optim.Adam(p, lr=0.005, betas=(0.5, 0.9), eps=1e-3)),
    "adamClipped": trajectory(lambda p: optim.Adam(p, lr=0.05), max_norm=0.5),
    "adamW": trajectory(lambda p: optim.AdamW(p, lr=0.05, weight_decay=0.1)),
    "sgd": trajectory(lambda p: optim.SGD(p, lr=0.01)),
    "sgdWithDecay": trajectory(lambda p: optim.SGD(p, lr=0.01, weight_decay=0.1)),
    "sgdWithMomentum": trajectory(lambda p: optim.SGD(p, lr=0.01, momentum=0.9)),
    "sgdNesterov": trajectory(lambda p: optim.SGD(p, lr=0.01, momentum=0.9, nesterov=True, weight_decay=0.05)),
    "rmsprop": trajectory(lambda p: optim.RMSprop(p, lr=0.01)),
    "rmspropCentered": trajectory(lambda p: optim.RMSprop(p, lr=0.01, alpha=0.9, eps=1e-3, centered=True)),
    "rmspropWithMomentum": trajectory(lambda p: optim.RMSprop(p, lr=0.005, alpha=0.9, momentum=0.8)),
    "rmspropCenteredWithMomentum": trajectory(
        lambda p: optim.RMSprop(p, lr=0.002, alpha=0.95, eps=1e-2, centered=True, momentum=0.9)
    ),
}
path.write_text(json.dumps(golden) + "\n")
