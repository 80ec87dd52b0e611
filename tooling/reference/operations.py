"""Golden numbers for what the WASM backend of tfjs lacks, from PyTorch in float64: gradients of convolutions and of depthwise
convolutions for loss = sum(dy * result), and short-time Fourier transforms.

    python3 tooling/reference/operations.py > packages/foundation/runtime/src/kernels/operations.reference.json
"""

import json

import torch
import torch.nn.functional as F

torch.manual_seed(7)
torch.set_default_dtype(torch.float64)

# Shapes as in tfjs: [batch, height, width, channels], [height, width, channels, out]; pad: top, bottom, left, right.
CONVOLUTIONS = [
    {"x": [2, 5, 7, 3], "filter": [3, 2, 3, 5], "strides": [2, 1], "pad": [1, 0, 2, 1], "dilations": [1, 1]},
    {"x": [3, 1, 11, 4], "filter": [1, 5, 4, 7], "strides": [1, 1], "pad": [0, 0, 2, 2], "dilations": [1, 1]},
    {"x": [1, 8, 6, 2], "filter": [3, 3, 2, 1], "strides": [1, 3], "pad": [0, 0, 0, 0], "dilations": [1, 1]},
    {"x": [2, 1, 13, 3], "filter": [1, 3, 3, 4], "strides": [1, 1], "pad": [0, 0, 4, 0], "dilations": [1, 2]},
    {"x": [1, 7, 6, 5], "filter": [2, 3, 5, 3], "strides": [1, 1], "pad": [1, 2, 3, 1], "dilations": [3, 2]},
]
DEPTHWISE = [
    {"x": [2, 6, 5, 3], "filter": [3, 3, 3, 2], "strides": [1, 1], "pad": [1, 1, 1, 1], "dilations": [1, 1]},
    {"x": [2, 7, 9, 5], "filter": [2, 3, 5, 1], "strides": [2, 3], "pad": [1, 0, 0, 2], "dilations": [1, 1]},
    {"x": [1, 8, 7, 17], "filter": [3, 2, 17, 1], "strides": [1, 1], "pad": [2, 0, 1, 0], "dilations": [2, 3]},
]


def numbers(tensor):
    return [float(f"{value:.10g}") for value in tensor.detach().contiguous().flatten().tolist()]


def noise(shape):
    # Float32 values, so that both sides start from the same numbers.
    return torch.randn(*shape).float().double()


def convolution(case, depthwise):
    x = noise(case["x"]).requires_grad_()
    weights = noise(case["filter"]).requires_grad_()
    top, bottom, left, right = case["pad"]
    channels = case["x"][3]
    # PyTorch has channels first, and for depthwise [channels * multiplier, 1, height, width].
    kernel = weights.permute(2, 3, 0, 1).reshape(-1, 1, *case["filter"][:2]) if depthwise else weights.permute(3, 2, 0, 1)
    result = F.conv2d(
        F.pad(x.permute(0, 3, 1, 2), (left, right, top, bottom)).contiguous(),
        kernel.contiguous(),
        stride=case["strides"],
        dilation=case["dilations"],
        groups=channels if depthwise else 1,
    ).permute(0, 2, 3, 1)
    dy = noise(result.shape)
    (dy * result).sum().backward()
    values = {"x": x, "filter": weights, "dy": dy, "result": result, "dx": x.grad, "dFilter": weights.grad}
    return {
        "shapes": {"x": case["x"], "filter": case["filter"], "dy": list(dy.shape)},
        "strides": case["strides"],
        "pad": case["pad"],
        "dilations": case["dilations"],
        **{name: numbers(value) for name, value in values.items()},
    }


def stft(length, frame_length, frame_step, fft_length):
    signal = noise([length])
    frames = signal.unfold(0, frame_length, frame_step) * torch.hann_window(frame_length)
    result = torch.fft.rfft(frames, n=fft_length)
    return {
        "signal": numbers(signal),
        "frameLength": frame_length,
        "frameStep": frame_step,
        "fftLength": fft_length,
        "shape": list(result.shape),
        "result": numbers(torch.view_as_real(result)),
    }


print(
    json.dumps(
        {
            "convolution": [convolution(case, False) for case in CONVOLUTIONS],
            "depthwise": [convolution(case, True) for case in DEPTHWISE],
            "stft": [stft(50, 16, 6, 16), stft(41, 10, 7, 25), stft(64, 26, 13, 22)],
        },
        separators=(",", ":"),
    )
)
