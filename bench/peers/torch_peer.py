"""The child that measures PyTorch: the layer, the training step and the decoding of bench/work.js, the same work as our own.

    python3 torch_peer.py --probe     version and BLAS as JSON, then ends
    python3 torch_peer.py             answers lines on standard input, as serve-rounds.js does for JavaScript

Threads come from the environment (OMP_NUM_THREADS and others): see contenders.js.
"""

import json
import os
import statistics
import sys
import time

import torch
from torch import nn
from torch.nn import functional

from torch_decode import decode, decode_variants

ROUND_SECONDS = 0.2
SAMPLE_SECONDS = 0.0005
WARM_UP_SECONDS = 2.0
TRIALS = 5
CELLS = {"gru": (nn.GRU, nn.GRUCell), "lstm": (nn.LSTM, nn.LSTMCell)}


def blas():
    """The library of the products: MKL, or the OpenBLAS that is loaded, with what its threads are."""
    if torch.backends.mkl.is_available():
        return "MKL"
    torch.ones(64, 64) @ torch.ones(64, 64)
    try:
        with open("/proc/self/maps") as maps:
            paths = {line.split()[-1] for line in maps if "blas" in line}
    except OSError:
        return "BLAS"
    if any("openblas-openmp" in path for path in paths):
        return "OpenBLAS on OpenMP"
    return "OpenBLAS" if any("openblas" in path for path in paths) else "BLAS"


class Seq2Seq(nn.Module):
    """Bidirectional encoder; decoder fed with the context of the step before; attention by projected keys.

    Time first: source [sourceTime, batch], target [targetTime + 1, batch].
    """

    def __init__(self, cell, vocabulary, hidden):
        super().__init__()
        encoder, decoder = CELLS[cell]
        self.hidden = hidden
        self.source_embedding = nn.Embedding(vocabulary, hidden)
        self.target_embedding = nn.Embedding(vocabulary, hidden)
        self.encoder = encoder(hidden, hidden, bidirectional=True)
        self.bridge = nn.Linear(2 * hidden, hidden)
        self.key = nn.Linear(2 * hidden, hidden, bias=False)
        self.decoder = decoder(hidden + 2 * hidden, hidden)
        self.attentional = nn.Linear(2 * hidden + hidden, hidden)
        self.output = nn.Linear(hidden, vocabulary)

    def forward(self, source, target_in, target_out, whole_projection):
        outputs, state = self.encoder(self.source_embedding(source))
        lstm = isinstance(state, tuple)
        code = torch.cat(tuple(state[0] if lstm else state), 1)
        hidden = torch.tanh(self.bridge(code))
        cell = torch.zeros_like(hidden)
        keys = self.key(outputs).permute(1, 2, 0).contiguous()  # [batch, hidden, sourceTime]
        values = outputs.permute(1, 0, 2).contiguous()  # [batch, sourceTime, 2 hidden]
        context = values.new_zeros(values.size(0), values.size(2))
        embedded = self.target_embedding(target_in)
        features, loss = [], 0.0
        for time_step in range(target_in.size(0)):
            inputs = torch.cat((embedded[time_step], context), 1)
            if lstm:
                hidden, cell = self.decoder(inputs, (hidden, cell))
            else:
                hidden = self.decoder(inputs, hidden)
            scores = torch.bmm(hidden.unsqueeze(1), keys) * self.hidden**-0.5
            context = torch.bmm(torch.softmax(scores, -1), values).squeeze(1)
            feature = torch.tanh(self.attentional(torch.cat((hidden, context), 1)))
            if whole_projection:
                features.append(feature)
            else:
                loss = loss + functional.cross_entropy(self.output(feature), target_out[time_step])
        if not whole_projection:
            return loss / target_in.size(0)
        logits = self.output(torch.stack(features))
        return functional.cross_entropy(logits.view(-1, logits.size(-1)), target_out.reshape(-1))


def train_step(case, variant):
    torch.manual_seed(0)
    vocabulary, batch, steps = case["vocabulary"], case["batch"], case["time"]
    model = Seq2Seq(case["cell"], vocabulary, case["hidden"])
    options = {"fused": True} if variant["adam"] == "fused" else {}
    optimizer = torch.optim.Adam(model.parameters(), 1e-3, **options)
    source = torch.randint(0, vocabulary, (steps, batch))
    target = torch.randint(0, vocabulary, (steps + 1, batch))

    def call():
        optimizer.zero_grad(set_to_none=True)
        model(source, target[:-1], target[1:], variant["projection"] == "whole").backward()
        nn.utils.clip_grad_norm_(model.parameters(), 5.0)
        optimizer.step()

    return call


def train_step_variants():
    """The ways to write the step; the fastest counts. Fused Adam on the CPU is there from 2.4 on."""
    adams = ["default"]
    try:
        parameter = nn.Parameter(torch.ones(1))
        parameter.grad = torch.ones(1)
        torch.optim.Adam([parameter], fused=True).step()
        adams.append("fused")
    except (RuntimeError, TypeError):
        pass
    return [{"adam": adam, "projection": projection} for adam in adams for projection in ("whole", "per step")]


def layer(case):
    torch.manual_seed(0)
    module = CELLS[case["cell"]][0](case["inputs"], case["hidden"])
    x = torch.randn(case["time"], case["batch"], case["inputs"], requires_grad=True)
    above = torch.randn(case["time"], case["batch"], case["hidden"])

    def forward():
        with torch.no_grad():
            module(x)

    def both():
        module.zero_grad(set_to_none=True)
        x.grad = None
        outputs, _ = module(x)
        outputs.backward(above)

    return both if case["what"] == "both" else forward


def seconds(call, calls):
    start = time.perf_counter()
    for _ in range(calls):
        call()
    return (time.perf_counter() - start) / calls


class Measured:
    """A case warmed up, with the calls that make a round; the same rule as in serve-rounds.js."""

    def __init__(self, call):
        self.call = call
        start = time.perf_counter()
        while time.perf_counter() - start < WARM_UP_SECONDS:
            seconds(call, 1)
        self.calls = 1
        once = seconds(call, 1)
        while once * self.calls < SAMPLE_SECONDS:
            self.calls *= 2
            once = seconds(call, self.calls)
        self.samples = max(1, round(ROUND_SECONDS / (once * self.calls)))

    def round(self):
        return statistics.median(seconds(self.call, self.calls) for _ in range(self.samples)) * 1e3


# How the call of a case is made, and in which ways it may be written.
WRITTEN_IN_WAYS = {"train-step": (train_step, train_step_variants), "decode": (decode, decode_variants)}


def prepare(case):
    if case["kind"] == "layer":
        return layer(case)
    return WRITTEN_IN_WAYS[case["kind"]][0](case, case["variant"])


def trial(case):
    """Each variant a few times; the one with the lowest median."""
    make, variants = WRITTEN_IN_WAYS[case["kind"]]
    times = []
    for variant in variants():
        call = make(case, variant)
        seconds(call, 2)
        times.append((statistics.median(seconds(call, 1) for _ in range(TRIALS)) * 1e3, variant))
    times.sort(key=lambda entry: entry[0])
    return {"variant": times[0][1], "tried": [{"ms": ms, **variant} for ms, variant in times]}


def main():
    about = {"version": torch.__version__.split("+")[0], "blas": blas()}
    if "--probe" in sys.argv:
        print(json.dumps(about))
        return
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "1")))
    print(json.dumps(about), flush=True)
    prepared = {}
    for line in sys.stdin:
        message = json.loads(line)
        try:
            if "prepare" in message:
                case = message["prepare"]
                prepared[case["name"]] = Measured(prepare(case))
                reply = {"ready": True}
            elif "run" in message:
                reply = {"ms": prepared[message["run"]].round()}
            elif "outputs" in message:
                tokens, scores = prepare(message["outputs"])()
                reply = {"tokens": tokens, "scores": scores}
            else:
                reply = trial(message["trial"])
        except Exception as error:  # told to the parent, which stops
            reply = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(reply), flush=True)


main()
