"""Golden learning rates of schedules, by PyTorch in float64: python3 tooling/reference/schedules.py

Each list holds the rates of 100 steps. The slanted triangle, which PyTorch has not, is numpy's interpolation between its corners.
"""

import json
import pathlib

import numpy
import torch
from torch.optim import lr_scheduler

torch.set_default_dtype(torch.float64)
HERE = pathlib.Path(__file__).resolve().parents[2]
STEPS = 100


def rates(make, rate=0.2):
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=rate)
    scheduler = make(optimizer)
    found = []
    for _ in range(STEPS):
        found.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return found


def warm(optimizer):
    return lr_scheduler.SequentialLR(
        optimizer,
        [
            lr_scheduler.LinearLR(optimizer, start_factor=0.1, total_iters=15),
            lr_scheduler.CosineAnnealingLR(optimizer, T_max=85),
        ],
        milestones=[15],
    )


def plateau(losses, **settings):
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    scheduler = lr_scheduler.ReduceLROnPlateau(optimizer, **settings)
    scales = []
    for loss in losses:
        scheduler.step(loss)
        scales.append(optimizer.param_groups[0]["lr"])
    return scales


draw = numpy.random.default_rng(7)
losses = [round(float(2 + 3 / (1 + t) + 0.2 * draw.standard_normal()), 4) for t in range(STEPS)]
triangle = lambda step: float(numpy.interp(step, [0, 10, 100], [1 / 32, 1, 1 / 32]))
golden = {
    "source": f"torch {torch.__version__.split('+')[0]}, float64, tooling/reference/schedules.py",
    "constant": rates(lambda o: lr_scheduler.LambdaLR(o, lambda step: 1)),
    "step": rates(lambda o: lr_scheduler.StepLR(o, step_size=30, gamma=0.5)),
    "exponential": rates(lambda o: lr_scheduler.ExponentialLR(o, gamma=0.97)),
    "cosine": rates(lambda o: lr_scheduler.CosineAnnealingLR(o, T_max=100, eta_min=0.01)),
    "warmUp": rates(warm),
    "oneCycle": rates(lambda o: lr_scheduler.OneCycleLR(o, max_lr=0.2, total_steps=101, cycle_momentum=False)),
    "slantedTriangular": rates(lambda o: lr_scheduler.LambdaLR(o, triangle)),
    "plateau": {
        "losses": losses,
        "patient": plateau(losses, factor=0.5, patience=4),
        "cooled": plateau(losses, factor=0.7, patience=2, cooldown=3, threshold=0.01, min_lr=0.1),
    },
}
path = HERE / "packages/parts/training/src/schedules.reference.json"
path.write_text(json.dumps(golden) + "\n")
