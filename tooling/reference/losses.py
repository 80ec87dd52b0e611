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
# Smoothing, and labels to ignore in place of a mask; logits far from zero, and classes that are ruled out.
cross_entropy = torch.nn.functional.cross_entropy
ignored = torch.where(mask == 1, labels, torch.full_like(labels, -100)).reshape(-1)
smoothed = cross_entropy(logits.reshape(-1, 5), ignored, ignore_index=-100, label_smoothing=0.2)
(smoothed_gradient,) = torch.autograd.grad(smoothed, logits)
far = torch.tensor([[10000.0, 10000.5, 9999.0], [-20000.0, -20000.25, -20001.0], [1e30, -1e30, 0.0]]).requires_grad_()
far_losses = cross_entropy(far, torch.tensor([0, 2, 0]), reduction="none")
(far_gradient,) = torch.autograd.grad(far_losses.sum(), far)
minus_infinity = float("-inf")
ruled_out = torch.tensor([[minus_infinity, 1.0, 2.0], [0.5, minus_infinity, minus_infinity]]).requires_grad_()
ruled_out_losses = cross_entropy(ruled_out, torch.tensor([1, 0]), reduction="none")
(ruled_out_gradient,) = torch.autograd.grad(ruled_out_losses.sum(), ruled_out)
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
    "smoothedLoss": smoothed.item(),
    "smoothedGradient": smoothed_gradient.tolist(),
    "far": {"losses": far_losses.tolist(), "gradient": far_gradient.tolist()},
    "ruledOut": {"losses": ruled_out_losses.tolist(), "gradient": ruled_out_gradient.tolist()},
}
path.write_text(json.dumps(golden) + "\n")
