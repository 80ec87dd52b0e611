"""Golden values for layer normalization, by PyTorch in float64: python3 tooling/reference/layer_norm.py"""

import json
import pathlib

import torch

torch.set_default_dtype(torch.float64)
HERE = pathlib.Path(__file__).resolve().parents[2]

torch.manual_seed(5)


def case(shape, epsilon, offset):
    width = shape[-1]
    # Rounded to float32, so that both sides start from the same numbers.
    inputs = (offset + 2 * torch.randn(shape)).float().double().requires_grad_()
    gain = torch.randn(width).float().double().requires_grad_()
    bias = torch.randn(width).float().double().requires_grad_()
    weights = torch.randn(shape).float().double()
    outputs = torch.nn.functional.layer_norm(inputs, (width,), gain, bias, epsilon)
    gradients = torch.autograd.grad((outputs * weights).sum(), (inputs, gain, bias))
    return {
        "shape": list(shape),
        "epsilon": epsilon,
        "inputs": inputs.flatten().tolist(),
        "gain": gain.tolist(),
        "bias": bias.tolist(),
        "weights": weights.flatten().tolist(),
        "outputs": outputs.flatten().tolist(),
        "gradients": [gradient.flatten().tolist() for gradient in gradients],
    }


path = HERE / "packages/foundation/runtime/src/kernels/layer-normalization.reference.json"
golden = {
    "source": f"torch {torch.__version__.split('+')[0]}, float64, tooling/reference/layer_norm.py",
    "cases": [
        case((3, 5), 1e-5, 0.0),
        case((2, 3, 4), 1e-5, 1.0),
        case((7, 33), 1e-3, 0.0),
        case((5, 18), 1e-5, 100.0),
    ],
}
path.write_text(json.dumps(golden) + "\n")
