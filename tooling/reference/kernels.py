"""Golden numbers for the fused recurrent kernels, from PyTorch in float64.

A bidirectional module over packed sequences of mixed lengths is both directions at once: its values, and the gradients of
loss = sum(weights * results) for the inputs, the initial states and every parameter. PyTorch has no peepholes: those cells
are written out here, one step of one sequence after another, and differentiated by autograd.

    python3 tooling/reference/kernels.py > packages/foundation/runtime/src/kernels/sequence-kernels.reference.json
"""

import json

import torch

BATCH, TIME, INPUT, HIDDEN, PROJECTION = 3, 4, 2, 3, 2
LENGTHS = [2, 4, 1]


def numbers(tensor):
    return [float(f"{value:.10g}") for value in tensor.detach().flatten().tolist()]


def golden(kind, seed):
    torch.manual_seed(seed)
    torch.set_default_dtype(torch.float64)
    options = {"batch_first": True, "bidirectional": True}
    name = "RNN" if kind.startswith("rnn") else kind.removesuffix("-projection").upper()
    output = PROJECTION if kind == "lstm-projection" else HIDDEN
    if output != HIDDEN:
        options["proj_size"] = output
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
    state_sizes = [output, HIDDEN] if name == "LSTM" else [HIDDEN]
    states = [noise(2, BATCH, size).requires_grad_() for size in state_sizes]
    packed = torch.nn.utils.rnn.pack_padded_sequence(inputs, LENGTHS, batch_first=True, enforce_sorted=False)
    packed_outputs, finals = module(packed, tuple(states) if name == "LSTM" else states[0])
    outputs, _ = torch.nn.utils.rnn.pad_packed_sequence(packed_outputs, batch_first=True, total_length=TIME)
    finals = list(finals) if name == "LSTM" else [finals]

    directions = []
    loss = 0
    for d in range(2):
        own = [outputs[..., d * output : (d + 1) * output], *[final[d] for final in finals]]
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
        if output != HIDDEN:
            params["projectionKernel"] = (get("weight_hr"), True)
        direction["params"] = {k: numbers(p.T if t else p) for k, (p, t) in params.items()}
        direction["gradients"] = {k: numbers(p.grad.T if t else p.grad) for k, (p, t) in params.items()}
        for key, state in zip(["initialHidden", "initialCell"], states):
            direction["params"][key] = numbers(state[d])
            direction["gradients"][key] = numbers(state.grad[d])
    return {"inputs": numbers(inputs), "inputGradient": numbers(inputs.grad), "directions": directions}


def peephole_golden(projection, seed):
    torch.manual_seed(seed)
    torch.set_default_dtype(torch.float64)
    noise = lambda *shape: torch.randn(*shape).float().double().requires_grad_()
    output = PROJECTION if projection else HIDDEN
    inputs = noise(BATCH, TIME, INPUT)
    loss = 0
    directions = []
    for reverse in [False, True]:
        params = {
            "inputKernel": noise(INPUT, 4 * HIDDEN),
            "recurrentKernel": noise(output, 4 * HIDDEN),
            "bias": noise(4 * HIDDEN),
            "peepholes": noise(3 * HIDDEN),
            "initialHidden": noise(BATCH, output),
            "initialCell": noise(BATCH, HIDDEN),
        }
        if projection:
            params["projectionKernel"] = noise(HIDDEN, output)
        see_input, see_forget, see_output = params["peepholes"].split(HIDDEN)
        outputs = [[torch.zeros(output)] * TIME for _ in range(BATCH)]
        hiddens, cells = [], []
        for b, length in enumerate(LENGTHS):
            hidden, cell = params["initialHidden"][b], params["initialCell"][b]
            for t in reversed(range(length)) if reverse else range(length):
                drive = inputs[b, t] @ params["inputKernel"] + hidden @ params["recurrentKernel"] + params["bias"]
                i, f, g, o = drive.split(HIDDEN)
                before = cell
                cell = torch.sigmoid(f + see_forget * before) * before
                cell = cell + torch.sigmoid(i + see_input * before) * torch.tanh(g)
                hidden = torch.sigmoid(o + see_output * cell) * torch.tanh(cell)
                if projection:
                    hidden = hidden @ params["projectionKernel"]
                outputs[b][t] = hidden
            hiddens.append(hidden)
            cells.append(cell)
        results = [torch.stack([torch.stack(row) for row in outputs]), torch.stack(hiddens), torch.stack(cells)]
        weights = [noise(*result.shape).detach() for result in results]
        loss = loss + sum((result * weight).sum() for result, weight in zip(results, weights))
        directions.append((params, results, weights))
    loss.backward()
    return {
        "inputs": numbers(inputs),
        "inputGradient": numbers(inputs.grad),
        "directions": [
            {
                "results": [numbers(r) for r in results],
                "weights": [numbers(w) for w in weights],
                "params": {k: numbers(p) for k, p in params.items()},
                "gradients": {k: numbers(p.grad) for k, p in params.items()},
            }
            for params, results, weights in directions
        ],
    }


kinds = ["lstm", "gru", "rnn-tanh", "rnn-relu", "lstm-projection"]
goldens = {kind: golden(kind, seed) for seed, kind in enumerate(kinds)}
goldens["lstm-peepholes"] = peephole_golden(False, len(kinds))
goldens["lstm-peepholes-projection"] = peephole_golden(True, len(kinds) + 1)
sizes = {"batch": BATCH, "time": TIME, "inputSize": INPUT, "hiddenSize": HIDDEN}
print(json.dumps({"sizes": sizes, "lengths": LENGTHS, "cells": goldens}))
