"""Golden trajectories of optimizers, by PyTorch in float64: python3 tooling/reference/optimizers.py

A loss of two parameters, curved and lopsided: sum((a² − 1)²) + sum(cos(b) · a[0] + b²); 100 steps.
"""

import json
import pathlib

import torch

torch.set_default_dtype(torch.float64)
HERE = pathlib.Path(__file__).resolve().parents[2]


def trajectory(make, max_norm=None, max_value=None, schedule=None, every=1, average=False, ema=None, dtype=torch.float64):
    """`average`: the point holds ASGD's averages too. `every`: gradients of so many steps are averaged before a step is taken."""
    a = torch.tensor([0.3, -1.7, 2.0], dtype=dtype).requires_grad_()
    b = torch.tensor([[1.5, -2.0]], dtype=dtype).requires_grad_()
    optimizer = make([a, b])
    scheduler = schedule(optimizer) if schedule else None
    averages = [a.detach().clone(), b.detach().clone()]
    points = []
    for step in range(100):
        if step % every == 0:
            a.grad = b.grad = None
        loss = ((a**2 - 1) ** 2).sum() + (torch.cos(b) * a[0] + b**2).sum()
        (loss / every).backward()
        if (step + 1) % every:
            continue
        if max_norm:
            torch.nn.utils.clip_grad_norm_([a, b], max_norm)
        if max_value:
            torch.nn.utils.clip_grad_value_([a, b], max_value)
        optimizer.step()
        if scheduler:
            scheduler.step()
        for i, param in enumerate((a, b)):
            if average:
                averages[i] = optimizer.state[param]["ax"]
            elif ema:
                averages[i] = ema * averages[i] + (1 - ema) * param.detach()
        if step in (0, 1, 9, 49, 99):
            point = {"step": step + 1, "a": a.tolist(), "b": b.tolist()}
            if average or ema:
                point["average"] = {"a": averages[0].tolist(), "b": averages[1].tolist()}
            points.append(point)
    return points


class Both:
    """An optimizer for each of two groups of parameters."""

    def __init__(self, *optimizers):
        self.optimizers = optimizers

    def step(self):
        for optimizer in self.optimizers:
            optimizer.step()


def well_posed(make, **settings):
    """A trajectory that PyTorch's own float32 follows to half of the 1e-6 that the tests allow.

    A rate of 0.01 with this schedule and momentum 0.9 is not one: PyTorch's float32 is 1.2e-6 from its float64 at step 50, and 1e-8
    added to the start has grown to 2e-7, so that the order of rounding decides, and no float32 program can be held to 1e-6.
    """
    double, single = (trajectory(make, dtype=dtype, **settings) for dtype in (torch.float64, torch.float32))
    numbers = lambda points: torch.tensor([point["a"] + point["b"][0] for point in points])
    assert (numbers(double) - numbers(single)).abs().max() < 5e-7, "the trajectory amplifies rounding"
    return double


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
    "adagrad": trajectory(lambda p: optim.Adagrad(p, lr=0.1)),
    "adagradWithDecay": trajectory(
        lambda p: optim.Adagrad(p, lr=0.1, weight_decay=0.05, initial_accumulator_value=0.5, eps=1e-4)
    ),
    "averagedSgd": trajectory(
        lambda p: optim.ASGD(p, lr=0.01, lambd=0.05, alpha=0.75, t0=20, weight_decay=0.02), average=True
    ),
    "adamAveraged": trajectory(lambda p: optim.Adam(p, lr=0.05), ema=0.9),
    "sgdClippedByValue": trajectory(lambda p: optim.SGD(p, lr=0.01), max_value=0.5),
    "sgdAccumulated": trajectory(lambda p: optim.SGD(p, lr=0.05, momentum=0.5), every=2),
    "sgdDecayOfA": trajectory(lambda p: optim.SGD([{"params": p[:1], "weight_decay": 0.1}, {"params": p[1:]}], lr=0.01)),
    "adamWDecayOfB": trajectory(
        lambda p: optim.AdamW([{"params": p[:1], "weight_decay": 0}, {"params": p[1:], "weight_decay": 0.3}], lr=0.05)
    ),
    "adamOfBAfterSgdOfA": trajectory(lambda p: Both(optim.SGD(p[:1], lr=0.01), optim.Adam(p[1:], lr=0.05))),
    "adamOfB": trajectory(lambda p: optim.Adam(p[1:], lr=0.05)),
    "adamCosine": trajectory(
        lambda p: optim.Adam(p, lr=0.05), schedule=lambda o: optim.lr_scheduler.CosineAnnealingLR(o, T_max=100)
    ),
    "sgdStepped": well_posed(
        lambda p: optim.SGD(p, lr=0.005, momentum=0.9),
        schedule=lambda o: optim.lr_scheduler.StepLR(o, step_size=30, gamma=0.5),
    ),
    "rmspropOneCycle": trajectory(
        lambda p: optim.RMSprop(p, lr=0.01),
        schedule=lambda o: optim.lr_scheduler.OneCycleLR(o, max_lr=0.01, total_steps=101, cycle_momentum=False),
    ),
    "adagradExponential": trajectory(
        lambda p: optim.Adagrad(p, lr=0.1), schedule=lambda o: optim.lr_scheduler.ExponentialLR(o, gamma=0.97)
    ),
}
path.write_text(json.dumps(golden) + "\n")
