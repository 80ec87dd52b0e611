"""Golden values for the attentions, in float64.

    python3 tooling/reference/attention.py

writes packages/parts/attention/src/attention.reference.json. Multi-head attention is torch.nn.MultiheadAttention; the
others are written out here from the papers' equations, one query and one step at a time. Each case has parameters,
queries, memory, lengths, results, and the gradients of a weighted sum of contexts and weights.
"""

import json
import math
import pathlib

import torch

torch.set_default_dtype(torch.float64)
torch.manual_seed(1)
PATH = pathlib.Path(__file__).resolve().parents[2] / "packages/parts/attention/src/attention.reference.json"
BATCH, QUERIES, TIME, QUERY, MEMORY, SIZE = 2, 3, 4, 3, 2, 5
LENGTHS = [4, 2]


def numbers(tensor):
    return {"shape": list(tensor.shape), "values": [float(f"{v:.9g}") for v in tensor.detach().flatten().tolist()]}


def weigh(tensor, start):
    return (tensor * torch.cos(torch.arange(tensor.numel()) + float(start)).reshape(tensor.shape)).sum()


def finish(name, params, tensors, outputs, weights, extra={}):
    (weigh(outputs, 0) + weigh(weights, 1)).backward()
    return {
        "name": name,
        "lengths": LENGTHS,
        **extra,
        "params": {key: numbers(value) for key, value in params.items()},
        "tensors": {key: numbers(value) for key, value in tensors.items()},
        "outputs": numbers(outputs),
        "weights": numbers(weights),
        "gradients": {key: numbers(value.grad) for key, value in (params | tensors).items()},
    }


def leaf(*shape):
    return torch.randn(*shape, requires_grad=True)


def scored(name, params, score, memory_size=MEMORY, coverage=False):
    count = 1 if coverage else QUERIES
    tensors = {"queries": leaf(BATCH, count, QUERY), "memory": leaf(BATCH, TIME, memory_size)}
    if coverage:
        tensors["coverage"] = torch.rand(BATCH, TIME, requires_grad=True)
    contexts, all_weights = [], []
    for b in range(BATCH):
        for q in range(count):
            scores = []
            for t in range(LENGTHS[b]):
                seen = [tensors["coverage"][b, t]] if coverage else []
                scores.append(score(params, tensors["queries"][b, q], tensors["memory"][b, t], *seen))
            powers = [torch.exp(s) for s in scores]
            weights = [p / sum(powers) for p in powers]
            contexts.append(sum(w * tensors["memory"][b, t] for t, w in enumerate(weights)))
            all_weights.append(torch.stack(weights + [torch.zeros(())] * (TIME - LENGTHS[b])))
    shape = (BATCH,) if coverage else (BATCH, count)
    outputs = torch.stack(contexts).reshape(*shape, memory_size)
    weights = torch.stack(all_weights).reshape(*shape, TIME)
    return finish(name, params, tensors, outputs, weights)


def additive(p, q, m, *coverage):
    inner = q @ p["queryKernel"] + m @ p["memoryKernel"] + p["bias"]
    if coverage:
        inner = inner + coverage[0] * p["coverageKernel"]
    return p["energy"] @ torch.tanh(inner)


def concat(p, q, m):
    kernel = torch.cat([p["queryKernel"], p["memoryKernel"]])
    return p["energy"] @ torch.tanh(torch.cat([q, m]) @ kernel)


def multi_head(heads, causal, memory_size):
    size = 4
    cross = memory_size is not None
    module = torch.nn.MultiheadAttention(size, heads, kdim=memory_size, vdim=memory_size, batch_first=True)
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.copy_(torch.randn_like(parameter))
    queries = leaf(BATCH, QUERIES if cross else TIME, size)
    memory = leaf(BATCH, TIME, memory_size) if cross else queries
    padding = torch.arange(TIME)[None, :] >= torch.tensor(LENGTHS)[:, None]
    mask = torch.triu(torch.ones(queries.shape[1], TIME, dtype=torch.bool), TIME - queries.shape[1] + 1) if causal else None
    outputs, weights = module(
        queries, memory, memory, key_padding_mask=padding, attn_mask=mask, average_attn_weights=False
    )
    if not cross:  # we put out zeros past a length, PyTorch whatever comes
        real = ~padding
        outputs = outputs * real[:, :, None]
        weights = weights * real[:, None, :, None]
    (weigh(outputs, 0) + weigh(weights, 1)).backward()
    head = size // heads

    def ours(get):
        if cross:
            q, k, v = get(module.q_proj_weight), get(module.k_proj_weight), get(module.v_proj_weight)
        else:
            q, k, v = get(module.in_proj_weight).chunk(3)
        qb, kb, vb = get(module.in_proj_bias).chunk(3)
        split = lambda w: w.T.reshape(-1, heads, head)
        return {
            "queryKernel": split(q), "queryBias": qb.reshape(heads, head),
            "keyKernel": split(k), "keyBias": kb.reshape(heads, head),
            "valueKernel": split(v), "valueBias": vb.reshape(heads, head),
            "outputKernel": get(module.out_proj.weight).T.reshape(heads, head, size),
            "outputBias": get(module.out_proj.bias),
        }

    tensors = {"queries": queries, **({"memory": memory} if cross else {})}
    grads = ours(lambda p: p.grad) | {key: value.grad for key, value in tensors.items()}
    return {
        "lengths": LENGTHS,
        "causal": causal,
        "params": {key: numbers(value) for key, value in ours(lambda p: p).items()},
        "tensors": {key: numbers(value) for key, value in tensors.items()},
        "outputs": numbers(outputs),
        "weights": numbers(weights),
        "gradients": {key: numbers(value) for key, value in grads.items()},
    }


energy = lambda: {"queryKernel": leaf(QUERY, SIZE), "memoryKernel": leaf(MEMORY, SIZE), "energy": leaf(SIZE)}
golden = {
    "source": f"torch {torch.__version__.split('+')[0]}, float64, tooling/reference/attention.py",
    "scored": [
        scored("additiveAttention", {**energy(), "bias": leaf(SIZE)}, additive),
        scored("additiveAttention", {**energy(), "bias": leaf(SIZE), "coverageKernel": leaf(SIZE)}, additive, coverage=True),
        scored("concatAttention", energy(), concat),
        scored("dotAttention", {}, lambda p, q, m: q @ m, memory_size=QUERY),
        scored("generalAttention", {"kernel": leaf(MEMORY, QUERY)}, lambda p, q, m: m @ p["kernel"] @ q),
    ],
    "multiHead": [
        multi_head(2, False, None),
        multi_head(1, True, None),
        multi_head(4, True, None),
        multi_head(2, False, 3),
        multi_head(2, True, 3),
    ],
}
assert math.isfinite(sum(sum(case["outputs"]["values"]) for cases in (golden["scored"], golden["multiHead"]) for case in cases))
PATH.write_text(json.dumps(golden, separators=(",", ":")) + "\n")
print(PATH.name, PATH.stat().st_size)
