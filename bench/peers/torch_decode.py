"""PyTorch's side of the suite `decode`: the model of bench/decode-model.js with the same weights, in inference mode.

Keys are projected once a sentence; the rows of a sentence meet its keys as the queries of one product; the state of a beam
moves by index_select. Outputs have one fixed length: </s> is banned before it and the only choice at it, as in ours.
"""

import json
import struct

import numpy
import torch
from torch import nn
from torch.nn import functional

PAD, START, END = 0, 2, 3
MINUS_INFINITY = float("-inf")


def read_weights(path):
    """The tensors of a safetensors file; float32 alone."""
    with open(path, "rb") as file:
        (header_bytes,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(header_bytes))
        data = file.read()
    tensors = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        first, last = entry["data_offsets"]
        values = numpy.frombuffer(data[first:last], dtype=numpy.float32).reshape(entry["shape"])
        tensors[name] = torch.from_numpy(values.copy())
    return tensors


class Translator:
    """ids in, ids out. `variant` says how the cell is written and how the best tokens are found."""

    def __init__(self, weights, variant):
        self.variant = variant
        self.source_embedding = weights["encoder.embedding.weight"]
        self.target_embedding = weights["decoder.embedding.weight"]
        hidden = weights["decoder.recurrent.weight_hh_l0"].size(1)
        self.encoder = nn.GRU(self.source_embedding.size(1), hidden, bidirectional=True)
        self.encoder.load_state_dict(
            {name.split(".")[-1]: value for name, value in weights.items() if name.startswith("encoder.recurrent.")}
        )
        self.cell = nn.GRUCell(self.target_embedding.size(1) + hidden, hidden)
        self.cell.load_state_dict(
            {
                name.split(".")[-1][: -len("_l0")]: value
                for name, value in weights.items()
                if name.startswith("decoder.recurrent.")
            }
        )
        self.bridge = (weights["bridge.0.weight"], weights["bridge.0.bias"])
        self.key = weights["decoder.attention.key.weight"]
        self.attentional = weights["decoder.attentional.weight"]
        self.output = (weights["decoder.output.weight"], weights["decoder.output.bias"])
        self.scale = hidden**-0.5

    def start(self, source):
        """source [sourceTime, sentences] → state [sentences, hidden], keys [sentences, hidden, sourceTime], values."""
        outputs, state = self.encoder(functional.embedding(source, self.source_embedding))
        hidden = torch.tanh(functional.linear(torch.cat((state[0], state[1]), 1), *self.bridge))
        keys = functional.linear(outputs, self.key).permute(1, 2, 0).contiguous()
        return hidden, keys, outputs.permute(1, 0, 2).contiguous()

    def advance(self, inputs, hidden):
        if self.variant["cell"] == "GRUCell":
            return self.cell(inputs, hidden)
        cell = self.cell
        input_gates = functional.linear(inputs, cell.weight_ih, cell.bias_ih)
        hidden_gates = functional.linear(hidden, cell.weight_hh, cell.bias_hh)
        reset_x, update_x, new_x = input_gates.chunk(3, 1)
        reset_h, update_h, new_h = hidden_gates.chunk(3, 1)
        update = torch.sigmoid(update_x + update_h)
        new = torch.tanh(new_x + torch.sigmoid(reset_x + reset_h) * new_h)
        return new + update * (hidden - new)

    def step(self, previous, hidden, fed, keys, values):
        """One token for [sentences × width] rows: hidden, h̃ and the logits [rows, vocabulary]."""
        embedded = functional.embedding(previous, self.target_embedding)
        hidden = self.advance(torch.cat((embedded, fed), 1), hidden)
        sentences, size = keys.size(0), hidden.size(1)
        queries = hidden.view(sentences, -1, size)
        weights = torch.softmax(torch.bmm(queries, keys) * self.scale, -1)
        context = torch.bmm(weights, values).view(-1, values.size(2))
        features = torch.tanh(functional.linear(torch.cat((context, hidden), 1), self.attentional))
        return hidden, features, functional.linear(features, *self.output)

    def greedy(self, source, steps):
        """The last token is </s>. The score of every token is read, as ours returns it."""
        sentences = source.size(1)
        hidden, keys, values = self.start(source)
        previous = torch.full((sentences,), START, dtype=torch.long)
        fed = torch.zeros_like(hidden)
        tokens, scores = [], []
        for step in range(steps):
            hidden, fed, logits = self.step(previous, hidden, fed, keys, values)
            whole = torch.logsumexp(logits, -1, keepdim=True)
            if step == steps - 1:
                scores.append(logits[:, END : END + 1] - whole)
                break
            ban(logits)
            best = torch.max(logits, -1, keepdim=True)
            previous = best.indices.squeeze(1)
            tokens.append(previous)
            scores.append(best.values - whole)
        return torch.stack(tokens, 1).tolist(), torch.cat(scores, 1).sum(1).tolist()

    def beam(self, source, steps, size):
        sentences = source.size(1)
        hidden, keys, values = self.start(source)
        previous = torch.full((sentences,), START, dtype=torch.long)
        fed = torch.zeros_like(hidden)
        totals = torch.zeros(sentences, 1)
        parents, tokens = [], []
        for step in range(steps):
            hidden, fed, logits = self.step(previous, hidden, fed, keys, values)
            width = totals.size(1)
            if step == steps - 1:
                totals = totals + (logits[:, END] - torch.logsumexp(logits, -1)).view(sentences, width)
                break
            candidates, ids = self.candidates(logits, totals, size)
            totals, places = torch.topk(candidates, size)
            parent = torch.div(places, candidates.size(1) // width, rounding_mode="floor")
            token = places % logits.size(1) if ids is None else ids.gather(1, places)
            parents.append(parent)
            tokens.append(token)
            rows = (parent + torch.arange(sentences).unsqueeze(1) * width).view(-1)
            hidden, fed = hidden.index_select(0, rows), fed.index_select(0, rows)
            previous = token.view(-1)
        place = totals.argmax(1, keepdim=True)
        scores = totals.gather(1, place)
        written = []
        for parent, token in zip(reversed(parents), reversed(tokens)):
            written.append(token.gather(1, place))
            place = parent.gather(1, place)
        return torch.cat(written[::-1], 1).tolist(), scores.squeeze(1).tolist()

    def candidates(self, logits, totals, size):
        """[sentences, width · n] totals of candidates, and their ids unless n is the whole vocabulary."""
        sentences, width = totals.shape
        if self.variant["best"] == "of all":
            values = torch.log_softmax(logits, -1)
            ban(values)
            return (values.view(sentences, width, -1) + totals.unsqueeze(2)).view(sentences, -1), None
        whole = torch.logsumexp(logits, -1, keepdim=True)
        ban(logits)
        best = torch.topk(logits, size)
        values = (best.values - whole).view(sentences, width, size) + totals.unsqueeze(2)
        return values.view(sentences, -1), best.indices.view(sentences, -1)


def ban(values):
    values[:, PAD] = MINUS_INFINITY
    values[:, START : END + 1] = MINUS_INFINITY


def decode_variants():
    return [{"cell": cell, "best": best} for cell in ("GRUCell", "products") for best in ("of all", "by row")]


def decode(case, variant):
    """A call that translates the case's sentences: tokens without </s>, and the score of each."""
    translator = Translator(read_weights(case["model"]), variant)
    source = torch.tensor(case["sources"]).t().contiguous()

    def call():
        with torch.inference_mode():
            if case["beam"] == 1:
                return translator.greedy(source, case["steps"])
            return translator.beam(source, case["steps"], case["beam"])

    return call
