"""Golden numbers for the fused recurrent kernels, from PyTorch in float64.

A bidirectional module over packed sequences of mixed lengths is both directions at once: its values, and the gradients of
loss = sum(weights * results) for the inputs, the initial states and every parameter.

    python3 tooling/reference/kernels.py > packages/foundation/runtime/src/kernels/sequence-kernels.reference.json
"""

import json

import torch

BATCH, TIME, INPUT, HIDDEN = 3, 4, 2, 3
LENGTHS = [2, 4, 1]


def numbers(tensor):
    return [float(f"{value:.10g}") for value in tensor.detach().flatten().tolist()]


def golden(kind, seed):
    torch.manual_seed(seed)
    torch.set_default_dtype(torch.float64)
    options = {"batch_first": True, "bidirectional": True}
    name = "RNN" if kind.startswith("rnn") else kind.upper()
    if name == "RNN":
        options["nonlinearity"] = kind.removeprefix("rnn-")
    module = getattr(torch.nn, name)(INPUT, HIDDEN, **options)
    one_bias = name != "GRU"
    with torch.no_grad():
        for key, parameter in module.named_parameters():
            # Float32 values, so that both sides start from the same numbers.
            parameter.copy_(torch.randn_like(parameter).float().double())
            if one_bias and key.startswith("bias_hh"):
                parameter.zero_()

    noise = lambda *shape: torch.randn(*shape).float().double()
    inputs = noise(BATCH, TIME, INPUT).requires_grad_()
    states = [noise(2, BATCH, HIDDEN).requires_grad_() for _ in range(2 if name == "LSTM" else 1)]
    packed = torch.nn.utils.rnn.pack_padded_sequence(inputs, LENGTHS, batch_first=True, enforce_sorted=False)
    packed_outputs, finals = module(packed, tuple(states) if name == "LSTM" else states[0])
    outputs, _ = torch.nn.utils.rnn.pad_packed_sequence(packed_outputs, batch_first=True, total_length=TIME)
    finals = list(finals) if name == "LSTM" else [finals]

    directions = []
    loss = 0
    for d in range(2):
        own = [outputs[..., d * HIDDEN : (d + 1) * HIDDEN], *[final[d] for final in finals]]
        weights = [noise(*result.shape) for result in own]
        loss = loss + sum((result * weight).sum() for result, weight in zip(own, weights))
        directions.append({"results": [numbers(r) for r in own], "weights": [numbers(w) for w in weights]})
    loss.backward()

    for d, direction in enumerate(directions):
        suffix = "l0_reverse" if d else "l0"
        get = lambda key: getattr(module, f"{key}_{suffix}")
        params = {"inputKernel": (get("weight_ih"), True), "recurrentKernel": (get("weight_hh"), True)}
        if one_bias:
            params["bias"] = (get("bias_ih"), False)
        else:
            params["inputBias"] = (get("bias_ih"), False)
            params["recurrentBias"] = (get("bias_hh"), False)
        direction["params"] = {k: numbers(p.T if t else p) for k, (p, t) in params.items()}
        direction["gradients"] = {k: numbers(p.grad.T if t else p.grad) for k, (p, t) in params.items()}
        for key, state in zip(["initialHidden", "initialCell"], states):
            direction["params"][key] = numbers(state[d])
            direction["gradients"][key] = numbers(state.grad[d])
    return {"inputs": numbers(inputs), "inputGradient": numbers(inputs.grad), "directions": directions}


kinds = ["lstm", "gru", "rnn-tanh", "rnn-relu"]
goldens = {kind: golden(kind, seed) for seed, kind in enumerate(kinds)}
sizes = {"batch": BATCH, "time": TIME, "inputSize": INPUT, "hiddenSize": HIDDEN}
print(json.dumps({"sizes": sizes, "lengths": LENGTHS, "cells": goldens}))
