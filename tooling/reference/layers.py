"""Golden values for the layers, by torch.nn.functional in float64.

    python3 tooling/reference/layers.py

writes packages/parts/layers/src/layers.reference.json: for each case its tensors in our layout (time before features,
kernels [window, in, out]), the result, and the gradients of a weighted sum.
"""

import json
import pathlib

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
torch.manual_seed(1)
PATH = pathlib.Path(__file__).resolve().parents[2] / "packages/parts/layers/src/layers.reference.json"


def numbers(tensor):
    return {"shape": list(tensor.shape), "values": [float(f"{v:.9g}") for v in tensor.detach().flatten().tolist()]}


def case(run, options, **tensors):
    for tensor in tensors.values():
        tensor.requires_grad_(True)
    outputs = run(**tensors)
    weights = torch.cos(torch.arange(outputs.numel(), dtype=torch.float64)).reshape(outputs.shape)
    (outputs * weights).sum().backward()
    return {
        "options": options,
        "tensors": {key: numbers(value) for key, value in tensors.items()},
        "outputs": numbers(outputs),
        "gradients": {key: numbers(value.grad) for key, value in tensors.items()},
    }


def conv1d(stride, dilation, padding):
    def run(inputs, kernel, bias):
        span = (kernel.shape[0] - 1) * dilation
        before, after = {"same": (span // 2, span - span // 2), "causal": (span, 0), "valid": (0, 0)}[padding]
        x = F.pad(inputs.transpose(1, 2), (before, after))
        return F.conv1d(x, kernel.permute(2, 1, 0), bias, stride=stride, dilation=dilation).transpose(1, 2)

    return case(
        run,
        {"stride": stride, "dilation": dilation, "padding": padding},
        inputs=torch.randn(2, 7, 3),
        kernel=torch.randn(3, 3, 2),
        bias=torch.randn(2),
    )


def conv2d(stride, padding):
    def run(inputs, kernel, bias):
        x = inputs.permute(0, 3, 1, 2)
        if padding == "same":
            x = F.pad(x, (1, 1, 1, 1))
        return F.conv2d(x, kernel.permute(3, 2, 0, 1), bias, stride=stride).permute(0, 2, 3, 1)

    tensors = dict(inputs=torch.randn(2, 6, 5, 2), kernel=torch.randn(3, 3, 2, 3), bias=torch.randn(3))
    return case(run, {"stride": stride, "padding": padding}, **tensors)


def pool(kind, size, stride):
    run = lambda inputs: kind(inputs.permute(0, 3, 1, 2), size, stride).permute(0, 2, 3, 1)
    return case(run, {"size": size, "stride": stride}, inputs=torch.randn(2, 6, 5, 2))


golden = {
    "source": f"torch {torch.__version__.split('+')[0]}, float64, tooling/reference/layers.py",
    "conv1d": [conv1d(1, 1, "same"), conv1d(2, 1, "same"), conv1d(1, 2, "causal"), conv1d(2, 2, "valid")],
    "conv2d": [conv2d([1, 1], "same"), conv2d([2, 1], "same"), conv2d([1, 2], "valid")],
    "maxPool2d": [pool(F.max_pool2d, [2, 2], [2, 2]), pool(F.max_pool2d, [3, 2], [1, 2])],
    "averagePool2d": [pool(F.avg_pool2d, [2, 2], [2, 2])],
    "layerNorm": [
        case(
            lambda inputs, gain, bias: F.layer_norm(inputs, [4], gain, bias),
            {},
            inputs=torch.randn(2, 3, 4),
            gain=torch.randn(4),
            bias=torch.randn(4),
        )
    ],
    "embedding": [
        case(
            lambda table: F.embedding(torch.tensor([[1, 0, 2], [0, 1, 1]]), table, padding_idx=0)
            * torch.tensor([[[1.0], [0.0], [1.0]], [[0.0], [1.0], [1.0]]]),
            {"paddingId": 0},
            table=torch.randn(3, 2),
        )
    ],
}
PATH.write_text(json.dumps(golden, separators=(",", ":")) + "\n")
print(PATH.name, PATH.stat().st_size)
