"""Golden values for every recurrent cell, in float64.

    python3 tooling/reference/cells.py [NAME…]

writes packages/parts/cells/src/NAME.reference.json for each cell, or for those that are named: parameters, inputs, lengths, initial states, and what
comes of them (outputs, final states, and all gradients of a weighted sum), for one to three layers, in one direction
and in both. rnn, reluRnn, lstm (also with a projection) and gru are PyTorch's own modules on packed sequences; the
others, which PyTorch lacks, are written out here from the papers' equations, one sequence and one step at a time.
Needs Debian's python3-torch, or any PyTorch from 1.13.
"""

import json
import pathlib
import sys
from typing import Callable, NamedTuple

import torch
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

torch.set_default_dtype(torch.float64)
FOLDER = pathlib.Path(__file__).resolve().parents[2] / "packages/parts/cells/src"
BATCH, TIME, INPUT, HIDDEN = 3, 4, 3, 2
LENGTHS = [4, 2, 3]
CASES = [(1, False), (1, True), (2, True), (3, False), (3, True)]
VERSION = f"torch {torch.__version__.split('+')[0]}, float64"


def numbers(tree):
    if isinstance(tree, dict):
        return {key: numbers(value) for key, value in tree.items()}
    if isinstance(tree, list):
        return [numbers(value) for value in tree]
    return {"shape": list(tree.shape), "values": [float(f"{v:.9g}") for v in tree.detach().flatten().tolist()]}


def leaves(tree):
    if isinstance(tree, torch.Tensor):
        return [tree]
    return [leaf for branch in (tree.values() if isinstance(tree, dict) else tree) for leaf in leaves(branch)]


def gradients(tree):
    if isinstance(tree, dict):
        return {key: gradients(value) for key, value in tree.items()}
    if isinstance(tree, list):
        return [gradients(value) for value in tree]
    return tree.grad if tree.grad is not None else torch.zeros_like(tree)


def weigh(tensor, start):
    return (tensor * torch.cos(torch.arange(tensor.numel()) + float(start)).reshape(tensor.shape)).sum()


def golden(source, cases):
    return {"source": f"{source}, {VERSION}", "cases": cases}


def measure(case, outputs, final_state, loss, params, inputs, state, grads):
    return {
        **case,
        "lengths": LENGTHS,
        "inputs": numbers(inputs),
        "initialState": numbers(state),
        "params": numbers(params),
        "outputs": numbers(outputs),
        "finalState": numbers(final_state),
        "loss": float(loss),
        "gradients": numbers(grads),
    }


# PyTorch's own modules


def torch_case(name, layers, both, config):
    """One module's numbers in our layout: kernels transposed, one bias where two are only ever added."""
    torch.manual_seed(layers + 10 * both)
    kind = {"rnn": torch.nn.RNN, "reluRnn": torch.nn.RNN, "gru": torch.nn.GRU, "lstm": torch.nn.LSTM}[name]
    projection = config.get("projectionSize", 0)
    extra = {"nonlinearity": "relu"} if name == "reluRnn" else {"proj_size": projection} if projection else {}
    net = kind(INPUT, HIDDEN, layers, batch_first=True, bidirectional=both, **extra)
    ways = 2 if both else 1
    inputs = torch.randn(BATCH, TIME, INPUT, requires_grad=True)
    hidden = torch.randn(layers * ways, BATCH, projection or HIDDEN, requires_grad=True)
    cell = torch.randn(layers * ways, BATCH, HIDDEN, requires_grad=True)
    given = (hidden, cell) if name == "lstm" else hidden

    packed = pack_padded_sequence(inputs, LENGTHS, batch_first=True, enforce_sorted=False)
    packed_outputs, final = net(packed, given)
    outputs, _ = pad_packed_sequence(packed_outputs, batch_first=True, total_length=TIME)
    finals = final if name == "lstm" else (final,)

    def state(parts):
        def one(i):
            return {"hidden": parts[0][i], "cell": parts[1][i]} if name == "lstm" else parts[0][i]

        return arranged(one)

    def arranged(one):
        if not both:
            return [one(layer) for layer in range(layers)]
        return [{"forward": one(2 * layer), "backward": one(2 * layer + 1)} for layer in range(layers)]

    def params(grad):
        def one(i):
            suffix = f"l{i // ways}" + ("_reverse" if i % ways else "")
            get = lambda key: getattr(net, f"{key}_{suffix}").grad if grad else getattr(net, f"{key}_{suffix}")
            tree = {"inputKernel": get("weight_ih").T, "recurrentKernel": get("weight_hh").T}
            if name == "gru":
                tree |= {"inputBias": get("bias_ih"), "recurrentBias": get("bias_hh")}
            else:
                tree["bias"] = get("bias_ih") if grad else get("bias_ih") + get("bias_hh")
            if projection:
                tree["projectionKernel"] = get("weight_hr").T
            return tree

        return {"layers": arranged(one)}

    final_state = state(finals)
    loss = weigh(outputs, 0) + sum(weigh(leaf, 1 + k) for k, leaf in enumerate(leaves(final_state)))
    loss.backward()
    initial = (hidden, cell)
    grads = {"params": params(True), "inputs": inputs.grad, "initialState": state([p.grad for p in initial if p.grad is not None])}
    case = {"layers": layers, "bidirectional": both, "config": config}
    return measure(case, outputs, final_state, loss, params(False), inputs, state(initial), grads)


# Cells that PyTorch lacks, for one sequence: x, h and c are vectors


def normalise(x):
    return (x - x.mean()) / torch.sqrt(((x - x.mean()) ** 2).mean() + 1e-5)


def gru_reset_before(p, x, h):
    n = HIDDEN
    gates = x @ p["inputKernel"] + p["bias"]
    u = p["recurrentKernel"]
    r = torch.sigmoid(gates[:n] + h @ u[:, :n])
    z = torch.sigmoid(gates[n : 2 * n] + h @ u[:, n : 2 * n])
    candidate = torch.tanh(gates[2 * n :] + (r * h) @ u[:, 2 * n :])
    return (1 - z) * candidate + z * h


def lstm_variant(p, x, state):
    n = HIDDEN
    h, c = state["hidden"], state["cell"]
    a = x @ p["inputKernel"] + h @ p["recurrentKernel"] + p["bias"]
    pi, pf, po = p["peepholes"][:n], p["peepholes"][n : 2 * n], p["peepholes"][2 * n :]
    i = torch.sigmoid(a[:n] + pi * c)
    f = torch.sigmoid(a[n : 2 * n] + pf * c)
    memory = f * c + i * torch.tanh(a[2 * n : 3 * n])
    o = torch.sigmoid(a[3 * n :] + po * memory)
    out = o * torch.tanh(memory)
    if "projectionKernel" in p:
        out = out @ p["projectionKernel"]
    return {"hidden": out, "cell": memory}


def layer_norm_lstm(p, x, state):
    n = len(state["cell"])
    a = p["inputGain"] * normalise(x @ p["inputKernel"]) + p["recurrentGain"] * normalise(state["hidden"] @ p["recurrentKernel"]) + p["bias"]
    memory = torch.sigmoid(a[n : 2 * n]) * state["cell"] + torch.sigmoid(a[:n]) * torch.tanh(a[2 * n : 3 * n])
    return {"hidden": torch.sigmoid(a[3 * n :]) * torch.tanh(p["cellGain"] * normalise(memory) + p["cellBias"]), "cell": memory}


def min_gru(p, x, h):
    a = x @ p["inputKernel"] + p["bias"]
    z = torch.sigmoid(a[:HIDDEN])
    return (1 - z) * h + z * a[HIDDEN:]


def min_lstm(p, x, h):
    a = x @ p["inputKernel"] + p["bias"]
    f, i = torch.sigmoid(a[:HIDDEN]), torch.sigmoid(a[HIDDEN : 2 * HIDDEN])
    return f / (f + i) * h + i / (f + i) * a[2 * HIDDEN :]


def ind_rnn(p, x, h):
    return torch.relu(x @ p["inputKernel"] + p["recurrentWeights"] * h + p["bias"])


class Written(NamedTuple):
    """A cell's equation, and what it is given."""

    step: Callable  # (params, x, state) → the next state: h, or {"hidden": h, "cell": c}
    shapes: dict  # of the params by name; "in" and "out" stand for the sizes of a layer's inputs and outputs
    has_memory: bool = False  # whether the state is {"hidden", "cell"}
    hidden: int = HIDDEN


N = HIDDEN
LSTM_SHAPES = {"inputKernel": ("in", 4 * N), "recurrentKernel": ("out", 4 * N), "bias": (4 * N,)}
# Two numbers are ±1 once they are normalised, however close they were: more of them, or float32 has no digits left.
WIDE = 4
WRITTEN = {
    "gru-reset-before": Written(gru_reset_before, {"inputKernel": ("in", 3 * N), "recurrentKernel": (N, 3 * N), "bias": (3 * N,)}),
    "layer-norm-lstm": Written(
        layer_norm_lstm,
        {
            "inputKernel": ("in", 4 * WIDE),
            "recurrentKernel": ("out", 4 * WIDE),
            **{key: (4 * WIDE,) for key in ("bias", "inputGain", "recurrentGain")},
            **{key: (WIDE,) for key in ("cellGain", "cellBias")},
        },
        has_memory=True,
        hidden=WIDE,
    ),
    "min-gru": Written(min_gru, {"inputKernel": ("in", 2 * N), "bias": (2 * N,)}),
    "min-lstm": Written(min_lstm, {"inputKernel": ("in", 3 * N), "bias": (3 * N,)}),
    "ind-rnn": Written(ind_rnn, {"inputKernel": ("in", N), "recurrentWeights": (N,), "bias": (N,)}),
}
PEEPHOLES = LSTM_SHAPES | {"peepholes": (3 * N,)}


def written_case(cell, layers, both, config):
    step, shapes, has_memory, hidden = cell
    torch.manual_seed(layers + 10 * both)
    out = config.get("projectionSize", hidden)
    ways = 2 if both else 1
    leaf = lambda *shape: torch.randn(*shape, requires_grad=True)

    def one_params(size):
        sizes = {"in": size, "out": out}
        weight = lambda shape: (0.5 * torch.randn(*(sizes.get(axis, axis) for axis in shape))).requires_grad_(True)
        return {key: weight(shape) for key, shape in shapes.items()}

    def per_layer(make):
        return [{"forward": make(i), "backward": make(i)} if both else make(i) for i in range(layers)]

    params = {"layers": per_layer(lambda i: one_params(INPUT if i == 0 else out * ways))}
    state = per_layer(lambda _: {"hidden": leaf(BATCH, out), "cell": leaf(BATCH, hidden)} if has_memory else leaf(BATCH, out))
    inputs = leaf(BATCH, TIME, INPUT)

    def run(p, rows, start, backwards):
        """One sequence through one cell: its outputs in their places, and its last state."""
        outputs = [None] * len(rows)
        now = start
        for t in reversed(range(len(rows))) if backwards else range(len(rows)):
            now = step(p, rows[t], now)
            outputs[t] = now["hidden"] if has_memory else now
        return outputs, now

    def row_of(tree, b):
        return {key: value[b] for key, value in tree.items()} if isinstance(tree, dict) else tree[b]

    def stacked(rows):
        return {key: torch.stack([row[key] for row in rows]) for key in rows[0]} if isinstance(rows[0], dict) else torch.stack(rows)

    sequences = [list(inputs[b, : LENGTHS[b]]) for b in range(BATCH)]
    final_state = []
    for layer, start in zip(params["layers"], state):
        if both:
            there = [run(layer["forward"], rows, row_of(start["forward"], b), False) for b, rows in enumerate(sequences)]
            back = [run(layer["backward"], rows, row_of(start["backward"], b), True) for b, rows in enumerate(sequences)]
            sequences = [[torch.cat(pair) for pair in zip(f[0], g[0])] for f, g in zip(there, back)]
            final_state.append({"forward": stacked([f[1] for f in there]), "backward": stacked([g[1] for g in back])})
        else:
            there = [run(layer, rows, row_of(start, b), False) for b, rows in enumerate(sequences)]
            sequences = [f[0] for f in there]
            final_state.append(stacked([f[1] for f in there]))
    width = out * ways
    outputs = torch.stack([torch.stack(rows + [torch.zeros(width)] * (TIME - len(rows))) for rows in sequences])
    loss = weigh(outputs, 0) + sum(weigh(part, 1 + k) for k, part in enumerate(leaves(final_state)))
    loss.backward()
    grads = {"params": gradients(params), "inputs": inputs.grad, "initialState": gradients(state)}
    case = {"layers": layers, "bidirectional": both, "config": config}
    return measure(case, outputs, final_state, loss, params, inputs, state, grads)


def write(file, source, cases):
    path = FOLDER / f"{file}.reference.json"
    path.write_text(json.dumps(golden(source, cases), separators=(",", ":")) + "\n")
    print(path.name, path.stat().st_size)


def main():
    """Every file is made only when it is asked for."""
    modules = {
        "rnn": ("rnn", {}),
        "relu-rnn": ("reluRnn", {}),
        "gru": ("gru", {}),
        "lstm": ("lstm", {}),
        "lstm-projection": ("lstm", {"projectionSize": 1}),
    }
    projected = PEEPHOLES | {"projectionKernel": (N, 1)}
    both = {"peepholes": True, "projectionSize": 1}
    files = {
        **{
            file: lambda name=name, config=config: ("PyTorch's module", [torch_case(name, *case, config) for case in CASES])
            for file, (name, config) in modules.items()
        },
        **{
            file: lambda cell=cell: ("the paper's equations", [written_case(cell, *case, {}) for case in CASES])
            for file, cell in WRITTEN.items()
        },
        "lstm-peepholes": lambda: (
            "the paper's equations",
            [written_case(Written(lstm_variant, PEEPHOLES, True), *case, {"peepholes": True}) for case in CASES]
            + [written_case(Written(lstm_variant, projected, True), *CASES[2], both)],
        ),
    }
    for name in sys.argv[1:] or files:
        if name not in files:
            sys.exit(f"There is no cell {name}, expected one of {', '.join(files)}. A new one goes into WRITTEN.")
        write(name, *files[name]())


main()
