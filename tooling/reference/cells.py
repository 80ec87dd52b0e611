"""Golden values for the recurrent cells, by PyTorch in float64.

    python3 tooling/reference/cells.py

writes packages/parts/cells/src/{rnn,lstm,gru}.reference.json: parameters, inputs, and what torch.nn.RNN, LSTM and
GRU give for them (two layers, one sequence batch with an initial state), with all gradients of a weighted sum.
Needs Debian's python3-torch, or any PyTorch from 1.13.
"""

import json
import pathlib

import torch

torch.set_default_dtype(torch.float64)
HERE = pathlib.Path(__file__).resolve().parents[2]
BATCH, TIME, INPUT, HIDDEN, LAYERS = 3, 6, 5, 4, 2


def numbers(tensor):
    return {"shape": list(tensor.shape), "values": [float(f"{v:.9g}") for v in tensor.detach().flatten().tolist()]}


def main():
    for name, module in [("rnn", torch.nn.RNN), ("lstm", torch.nn.LSTM), ("gru", torch.nn.GRU)]:
        torch.manual_seed(1)
        net = module(INPUT, HIDDEN, LAYERS, batch_first=True)
        inputs = torch.randn(BATCH, TIME, INPUT, requires_grad=True)
        hidden = torch.randn(LAYERS, BATCH, HIDDEN, requires_grad=True)
        cell = torch.randn(LAYERS, BATCH, HIDDEN, requires_grad=True)
        outputs, final = net(inputs, (hidden, cell) if name == "lstm" else hidden)
        finals = final if name == "lstm" else (final,)
        weigh = lambda t, k: (t * torch.cos(torch.arange(t.numel(), dtype=torch.float64) + k).reshape(t.shape)).sum()
        loss = weigh(outputs, 0) + sum(weigh(t, 1 + k) for k, t in enumerate(finals))
        loss.backward()
        states = {"hidden": hidden, **({"cell": cell} if name == "lstm" else {})}
        golden = {
            "source": f"torch {torch.__version__.split('+')[0]}, float64, tooling/reference/cells.py",
            "weights": {key: numbers(value) for key, value in net.named_parameters()},
            "inputs": numbers(inputs),
            "initialState": {key: numbers(value) for key, value in states.items()},
            "outputs": numbers(outputs),
            "finalState": {key: numbers(value) for key, value in zip(states, finals)},
            "loss": float(loss),
            "gradients": {
                "weights": {key: numbers(value.grad) for key, value in net.named_parameters()},
                "inputs": numbers(inputs.grad),
                "initialState": {key: numbers(value.grad) for key, value in states.items()},
            },
        }
        path = HERE / "packages/parts/cells/src" / f"{name}.reference.json"
        path.write_text(json.dumps(golden) + "\n")
        print(path.relative_to(HERE))


main()
