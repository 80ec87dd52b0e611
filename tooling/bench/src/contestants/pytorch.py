"""PyTorch, on one thread. Answers as ../serve.mjs does; its numbers are those of ../numbers.mjs."""

import json
import math
import sys
import time

import numpy
import torch

torch.set_num_threads(1)
answers = sys.stdout
sys.stdout = sys.stderr


def scattered(name, count):
    seed = 0x811C9DC5
    for byte in name.encode():
        seed = ((seed ^ byte) * 0x01000193) & 0xFFFFFFFF
    value = numpy.arange(count, dtype=numpy.uint32) * numpy.uint32(0x9E3779B9) + numpy.uint32(seed)
    value = (value ^ (value >> numpy.uint32(16))) * numpy.uint32(0x85EBCA6B)
    value = (value ^ (value >> numpy.uint32(13))) * numpy.uint32(0xC2B2AE35)
    return value ^ (value >> numpy.uint32(16))


def uniform(name, shape, bound):
    numbers = (scattered(name, math.prod(shape)) / 2**31 - 1) * bound
    return torch.from_numpy(numbers.astype(numpy.float32)).reshape(shape)


def integers(name, shape, limit):
    numbers = scattered(name, math.prod(shape)) % numpy.uint32(limit)
    return torch.from_numpy(numbers.astype(numpy.int64)).reshape(shape)


def probe(tensor):
    values = tensor.detach().reshape(-1)
    return [float(values[i * (len(values) - 1) // 47]) for i in range(48)]


GATES = {"lstm": 4, "gru": 3, "rnn": 1}
MODULES = {"lstm": torch.nn.LSTM, "gru": torch.nn.GRU, "rnn": torch.nn.RNN}
CELLS = {"lstm": torch.nn.LSTMCell, "gru": torch.nn.GRUCell, "rnn": torch.nn.RNNCell}


def set_cell(module, suffix, prefix, cell, input_size, hidden_size):
    """Kernels are [from, gates · hiddenSize] in Ostinato, the other way round here."""
    width = GATES[cell] * hidden_size
    bound = 1 / math.sqrt(hidden_size)
    bias = uniform(prefix + "bias", [width], bound)
    second = uniform(prefix + "recurrentBias", [width], bound) if cell == "gru" else torch.zeros(width)
    with torch.no_grad():
        getattr(module, "weight_ih" + suffix).copy_(uniform(prefix + "inputKernel", [input_size, width], bound).T)
        getattr(module, "weight_hh" + suffix).copy_(uniform(prefix + "recurrentKernel", [hidden_size, width], bound).T)
        getattr(module, "bias_ih" + suffix).copy_(bias)
        getattr(module, "bias_hh" + suffix).copy_(second)


def product(work):
    left = uniform("left", work["left"], 1)
    right = uniform("right", work["right"], 1)
    left = left.T if work["transposeLeft"] else left
    right = right.T if work["transposeRight"] else right
    return lambda: torch.mm(left, right), lambda: {"product": probe(torch.mm(left, right))}


def convolution(work):
    """Channels first, as PyTorch works fastest."""
    x = uniform("x", work["x"], 1).permute(0, 3, 1, 2).contiguous().requires_grad_()
    weights = uniform("filter", work["filter"], 1).permute(3, 2, 0, 1).contiguous().requires_grad_()
    shape = [*work["x"][:3], work["filter"][3]]
    output_gradient = uniform("outputGradient", shape, 1).permute(0, 3, 1, 2).contiguous()

    def train():
        x.grad = weights.grad = None
        outputs = torch.nn.functional.conv2d(x, weights, padding="same")
        outputs.backward(output_gradient)
        return outputs

    def sample():
        outputs = train()
        return {
            "outputs": probe(outputs.permute(0, 2, 3, 1).contiguous()),
            "gradient of the input": probe(x.grad.permute(0, 2, 3, 1).contiguous()),
            "gradient of the filter": probe(weights.grad.permute(2, 3, 1, 0).contiguous()),
        }

    return train, sample


def fourier(work):
    shape = [work["batch"], work["length"]]
    signal = torch.complex(uniform("real", shape, 1), uniform("imaginary", shape, 1))

    def sample():
        result = torch.fft.fft(signal)
        return {"real": probe(result.real.contiguous()), "imaginary": probe(result.imag.contiguous())}

    return lambda: torch.fft.fft(signal), sample


def sequence(work):
    cell, input_size, hidden_size = work["cell"], work["inputSize"], work["hiddenSize"]
    module = MODULES[cell](input_size, hidden_size)
    set_cell(module, "_l0", "", cell, input_size, hidden_size)
    # Time first, as PyTorch works fastest.
    inputs = uniform("inputs", [work["batch"], work["time"], input_size], 1).transpose(0, 1).contiguous()
    output_gradient = uniform("outputGradient", [work["batch"], work["time"], hidden_size], 1)
    output_gradient = output_gradient.transpose(0, 1).contiguous()
    if not work["train"]:

        def forward():
            with torch.no_grad():
                return module(inputs)[0]

        return forward, lambda: {"outputs": probe(forward().transpose(0, 1).contiguous())}

    inputs.requires_grad_()

    def train():
        module.zero_grad(set_to_none=True)
        inputs.grad = None
        loss = (module(inputs)[0] * output_gradient).sum()
        loss.backward()
        return loss

    def sample():
        loss = train()
        return {
            "loss": [float(loss)],
            "gradient of the inputs": probe(inputs.grad.transpose(0, 1).contiguous()),
            "gradient of the input kernel": probe(module.weight_ih_l0.grad.T.contiguous()),
            "gradient of the recurrent kernel": probe(module.weight_hh_l0.grad.T.contiguous()),
        }

    return train, sample


def step(work):
    """One step by torch.nn.LSTM over a sequence of one, or by LSTMCell."""
    cell, input_size, hidden_size = work["cell"], work["inputSize"], work["hiddenSize"]
    by_cell = work.get("variant") == "cell"
    module = (CELLS if by_cell else MODULES)[cell](input_size, hidden_size)
    set_cell(module, "" if by_cell else "_l0", "", cell, input_size, hidden_size)
    shape = [1, hidden_size] if by_cell else [1, 1, hidden_size]
    inputs = uniform("inputs", [1, input_size] if by_cell else [1, 1, input_size], 1)

    def start():
        return (torch.zeros(shape), torch.zeros(shape)) if cell == "lstm" else torch.zeros(shape)

    def following(state):
        with torch.no_grad():
            result = module(inputs, state)
        return result if by_cell else result[1]

    def hidden(state):
        return state[0] if cell == "lstm" else state

    state = start()

    def run():
        nonlocal state
        state = following(state)

    def sample():
        first = following(start())
        return {"first step": probe(hidden(first)), "second step": probe(hidden(following(first)))}

    return run, sample


def language_model(work):
    size, vocabulary, layers = work["hiddenSize"], work["vocabularySize"], work["layers"]
    bound = 1 / math.sqrt(size)
    embedding = torch.nn.Embedding(vocabulary, size)
    recurrent = torch.nn.LSTM(size, size, layers)
    output = torch.nn.Linear(size, vocabulary)
    for layer in range(layers):
        set_cell(recurrent, f"_l{layer}", f"recurrent.layers.{layer}.", "lstm", size, size)
    with torch.no_grad():
        embedding.weight.copy_(uniform("embedding.table", [vocabulary, size], bound))
        output.weight.copy_(uniform("output.kernel", [size, vocabulary], bound).T)
        output.bias.copy_(uniform("output.bias", [vocabulary], bound))
    parameters = [*embedding.parameters(), *recurrent.parameters(), *output.parameters()]
    optimizer = torch.optim.Adam(parameters, lr=work["learningRate"])
    shape = [work["batch"], work["time"]]
    tokens = integers("tokens", shape, vocabulary).T.contiguous()
    targets = integers("targets", shape, vocabulary).T.contiguous().reshape(-1)

    def run():
        optimizer.zero_grad(set_to_none=True)
        logits = output(recurrent(embedding(tokens))[0]).reshape(-1, vocabulary)
        loss = torch.nn.functional.cross_entropy(logits, targets)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1)
        optimizer.step()
        return float(loss)

    def sample():
        loss = run()
        kernel = recurrent.weight_hh_l0.T.contiguous()
        return {"loss": [loss], "recurrent kernel after the step": probe(kernel)}

    return run, sample


KINDS = {
    "product": product,
    "convolution": convolution,
    "fourier": fourier,
    "sequence": sequence,
    "step": step,
    "language-model": language_model,
}


class Work:
    def __init__(self, work):
        self.run, self.sample = KINDS[work["kind"]](work)
        self.pace = 1

    def round(self, seconds):
        started = time.perf_counter()
        elapsed, runs = 0, 0
        while True:
            for _ in range(self.pace):
                self.run()
            runs += self.pace
            elapsed = time.perf_counter() - started
            self.pace = max(1, int(runs / elapsed * seconds * 0.05))
            if elapsed >= seconds:
                return elapsed / runs


def answer(message):
    print(json.dumps(message), file=answers, flush=True)


prepared = []
answer({"title": f"PyTorch {torch.__version__}"})
for line in sys.stdin:
    request = json.loads(line)
    try:
        if "prepare" in request:
            work = Work(request["prepare"])
            started = time.perf_counter()
            sample = work.sample()
            if time.perf_counter() - started < 0.4:
                work.round(0.4)
            prepared.append(work)
            answer({"sample": sample})
        else:
            answer({"seconds": prepared[request["round"]].round(request["seconds"])})
    except Exception as error:
        answer({"error": f"{type(error).__name__}: {error}"})
