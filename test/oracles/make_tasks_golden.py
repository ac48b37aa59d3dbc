"""Write the golden values of classifiers, taggers and language models, computed by PyTorch in float64.

    python test/oracles/make_tasks_golden.py

The encoder is that of seq2seq.py; what follows it, and the decoder without encoder, are written here. Ten steps of Adam
with clipping follow the first loss of each.
"""

import itertools

import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.utils import clip_grad_norm_

from make_golden import BETAS, EPSILON, LEARNING_RATE, STEPS, fill, gradients, tensor, tensors, write
from seq2seq import Encoder, plain_layers

SEED = 20560
SOURCE_VOCAB_SIZE, TARGET_VOCAB_SIZE, LABEL_COUNT = 17, 19, 6
SOURCE_LENGTHS, TARGET_LENGTHS = (5, 11, 2), (13, 3, 8)  # with </s>
CLIP_NORM = 0.5


def side(cell, hidden_size, layers=1, **more):
    return {"cell": cell, "hiddenSize": hidden_size, "layers": layers, **more}


def reader(cell, summary="last", bidirectional=True, layers=1):
    encoder = side(cell, 5, layers, bidirectional=bidirectional, summary=summary)
    return {"embeddingSize": 2, "encoder": encoder}


def writer(cell, layers=1, embedding_size=3, tie="none"):
    return {"embeddingSize": embedding_size, "decoder": side(cell, 7, layers), "tieEmbeddings": tie}


MODELS = {
    "classify gru, last": ("classify", reader("gru")),
    "classify gru forward, max": ("classify", reader("gru", "max", bidirectional=False)),
    "classify rnn, mean": ("classify", reader("rnn", "mean")),
    "classify lstm two layers, attention": ("classify", reader("lstm", "attention", layers=2)),
    "tag gru": ("tag", reader("gru")),
    "tag lstm two layers": ("tag", reader("lstm", layers=2)),
    "language-model gru": ("language-model", writer("gru")),
    "language-model lstm two layers": ("language-model", writer("lstm", layers=2)),
    "language-model gru, tied": ("language-model", writer("gru", embedding_size=7, tie="target")),
}


class LabelModel(nn.Module):
    """classify: p = softmax(W c + b); tag: p_t = softmax(W h_t + b) at every token that is not </s>."""

    def __init__(self, task, model):
        super().__init__()
        self.task = task
        self.encoder = Encoder(model["encoder"], model["embeddingSize"], SOURCE_VOCAB_SIZE)
        self.output = nn.Linear(self.encoder.output_size, LABEL_COUNT)

    def forward(self, batch):
        """Logits [labels, LABEL_COUNT] and what else a comparison needs."""
        source, mask = batch["source"], batch["sourceMask"]
        embedded = []

        def keep(values):  # the embeddings, whose gradients are the reason
            values.retain_grad()
            embedded.append(values)
            return values

        outputs, _, c = self.encoder(source, mask, keep)
        read = c if self.task == "classify" else outputs[mask & (source != 3)]
        return self.output(read), {"encoderOutputs": outputs, "c": c, "embedded": embedded[0]}

    def loss(self, batch):
        logits, found = self(batch)
        return F.cross_entropy(logits, batch["labels"]), logits, found


class LineModel(nn.Module):
    """p(y_t | y_1 … y_{t−1}) = softmax(W s_t + b), s_t = cell(E[y_{t−1}], s_{t−1}), s_0 = 0."""

    def __init__(self, model):
        super().__init__()
        decoder, embedding_size = model["decoder"], model["embeddingSize"]
        self.decoder = nn.ModuleDict({
            "embedding": nn.Embedding(TARGET_VOCAB_SIZE, embedding_size),
            "recurrent": plain_layers(decoder, embedding_size, False),
            "output": nn.Linear(decoder["hiddenSize"], TARGET_VOCAB_SIZE),
        })
        if model["tieEmbeddings"] == "target":
            self.decoder["output"].weight = self.decoder["embedding"].weight

    def loss(self, batch):
        states, _ = self.decoder["recurrent"](self.decoder["embedding"](batch["targetIn"]))
        logits = self.decoder["output"](states)
        real = batch["targetMask"]
        return F.cross_entropy(logits[real], batch["targetOut"][real]), logits * real.unsqueeze(-1), {}


def make_batch(task, generator):
    def rows(lengths, vocab_size):
        choices = torch.tensor([1, *range(4, vocab_size)])
        return [choices[torch.randint(len(choices), (length - 1,), generator=generator)] for length in lengths]

    def padded(sequences):
        return nn.utils.rnn.pad_sequence(sequences, batch_first=True)

    start, end = torch.tensor([2]), torch.tensor([3])
    if task == "language-model":
        targets = rows(TARGET_LENGTHS, TARGET_VOCAB_SIZE)
        target_out = padded([torch.cat([row, end]) for row in targets])
        target_in = padded([torch.cat([start, row]) for row in targets])
        return {"targetIn": target_in, "targetOut": target_out, "targetMask": target_out != 0}
    source = padded([torch.cat([row, end]) for row in rows(SOURCE_LENGTHS, SOURCE_VOCAB_SIZE)])
    mask = source != 0
    count = len(source) if task == "classify" else int((mask & (source != 3)).sum())
    return {
        "source": source,
        "sourceMask": mask,
        "labels": torch.randint(LABEL_COUNT, (count,), generator=generator),
    }


def reason(model, batch):
    """|d log p(best label) / dx_t ⊙ x_t| of each embedding x_t, as shares of the sentence, [batch, time]."""
    model.zero_grad()
    logits, found = model(batch)
    logits.log_softmax(dim=-1).amax(dim=-1).sum().backward()
    embedded = found["embedded"]
    norms = (embedded.grad * embedded).norm(dim=-1) * batch["sourceMask"]
    return norms / norms.sum(dim=-1, keepdim=True)


def losses_of_training(model, batch):
    """Ten steps of Adam with clipping on one batch; losses[i] is that before update i."""
    optimizer = torch.optim.Adam(model.parameters(), lr=LEARNING_RATE, betas=BETAS, eps=EPSILON)
    losses = []
    for _ in range(STEPS):
        optimizer.zero_grad()
        loss, _, _ = model.loss(batch)
        loss.backward()
        losses.append(loss)
        clip_grad_norm_(model.parameters(), CLIP_NORM)
        optimizer.step()
    return {
        "learningRate": LEARNING_RATE,
        "epsilon": EPSILON,
        "clipNorm": CLIP_NORM,
        "losses": tensor(torch.stack(losses))["data"],
    }


def task_case(seed, name, task, description):
    generator = torch.Generator().manual_seed(seed)
    model = LineModel(description) if task == "language-model" else LabelModel(task, description)
    fill(model, generator)
    batch = make_batch(task, generator)
    loss, logits, found = model.loss(batch)
    loss.backward()
    case = {
        "name": name,
        "seed": seed,
        "task": task,
        "sourceVocabSize": SOURCE_VOCAB_SIZE,
        "targetVocabSize": TARGET_VOCAB_SIZE,
        "labelCount": LABEL_COUNT,
        "model": description,
        "batch": {key: tensor(value.int()) for key, value in batch.items()},
        "parameters": tensors(model.named_parameters()),
        **{key: tensor(value) for key, value in found.items() if key != "embedded"},
        "logits": tensor(logits),
        "loss": tensor(loss)["data"][0],
        "gradients": gradients(model),
    }
    if task == "classify":
        case["reason"] = tensor(reason(model, batch))
    return {**case, "training": losses_of_training(model, batch)}


def main():
    torch.set_default_dtype(torch.float64)
    torch.set_num_threads(1)
    seeds = itertools.count(SEED)
    write("tasks.json", "Classifiers, taggers and language models; logits of a language model are 0 where targetMask is 0. "
          "Ids: <pad> 0, <unk> 1, <s> 2, </s> 3.", script="test/oracles/make_tasks_golden.py", seed=SEED,
          cases=[task_case(next(seeds), name, *model) for name, model in MODELS.items()])


if __name__ == "__main__":
    main()
