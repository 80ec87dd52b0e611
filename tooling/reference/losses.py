"""Golden values for cross-entropy, by PyTorch in float64: python3 tooling/reference/losses.py"""

import json
import pathlib

import torch

torch.set_default_dtype(torch.float64)
HERE = pathlib.Path(__file__).resolve().parents[2]

torch.manual_seed(2)
logits = (3 * torch.randn(2, 4, 5)).requires_grad_()
labels = torch.randint(0, 5, (2, 4))
mask = torch.tensor([[1, 1, 1, 1], [1, 1, 0, 0]])
loss = torch.nn.functional.cross_entropy(logits.reshape(-1, 5), labels.reshape(-1))
(gradient,) = torch.autograd.grad(loss, logits)
masked = torch.nn.functional.cross_entropy(logits[mask == 1], labels[mask == 1])
(masked_gradient,) = torch.autograd.grad(masked, logits)
path = HERE / "packages/parts/losses/src/cross-entropy.reference.json"
golden = {
    "source": f"torch {torch.__version__.split('+')[0]}, float64, tooling/reference/losses.py",
    "logits": logits.tolist(),
    "labels": labels.tolist(),
    "mask": mask.tolist(),
    "loss": loss.item(),
    "gradient": gradient.tolist(),
    "maskedLoss": masked.item(),
    "maskedGradient": masked_gradient.tolist(),
}
path.write_text(json.dumps(golden) + "\n")
