"""Models that copy (See et al. 2017, arXiv:1704.04368, eqs. 8 and 9), written out on the oracle's encoder and decoder.

    python test/oracles/pointer_generator.py

writes test/golden/copying.json: for each model the probabilities over each row's extended vocabulary, the loss, and the
gradient of every parameter, in float64. Needs torch 2.13; the tests themselves need no Python.

    p_gen = σ(w [context_t; s_t; embed(y_{t−1})] + b)
    P(y)  = p_gen softmax(W features_t + b)_y + (1 − p_gen) Σ_{j: x_j = y} weight_tj

Ids from the vocabulary's size on are words that only this row's source has; the decoder reads them as <unk>.
"""

import torch
from torch import nn

import make_golden as golden
from seq2seq import Seq2Seq

SEED = 20170
NOTE = ("Models that copy; copySource and copyTarget are ids of each row's extended vocabulary, probabilities are over it and "
        "0 where targetMask is 0.")
EXTRA = 3

GRU = {"cell": "gru", "layers": 1, "dropout": 0}


def describe(decoder, attention):
    return {
        "embeddingSize": 2,
        "encoder": {**GRU, "hiddenSize": 5, "bidirectional": True},
        "decoder": {**GRU, "hiddenSize": 7, "bridge": "dense", "context": "initial", "attend": "after",
                    "inputFeeding": "attentional", **decoder},
        "attention": attention,
        "copy": True,
        "tieEmbeddings": "none",
    }


MODELS = {
    "copying, fed its attentional state": describe({}, {"kind": "scaled-dot"}),
    "copying, all times at once": describe({"inputFeeding": "none"}, {"kind": "general"}),
    "copying, attention before the step, coverage": describe(
        {"attend": "before", "inputFeeding": "none", "cell": "lstm"},
        {"kind": "additive", "coverage": True, "coverageLoss": 0.3},
    ),
    "copying, several heads": describe({"hiddenSize": 6}, {"kind": "multi-head", "heads": 3}),
    "copying, two residual layers": describe({"layers": 2, "residual": True}, {"kind": "scaled-dot"}),
}


class PointerGenerator(nn.Module):
    """A Seq2Seq and the layer of p_gen, which Tandem calls decoder.generation."""

    def __init__(self, description, source_size, target_size):
        super().__init__()
        self.base = Seq2Seq(description, source_size, target_size)
        decoder = self.base.decoder
        inputs = decoder.attention.context_size + decoder.recurrent.hidden_size + description["embeddingSize"]
        decoder.generation = nn.Linear(inputs, 1)

    def forward(self, batch):
        """P over the extended vocabulary, [B, T, V + EXTRA], and the weights [B, T, S]."""
        contexts = []
        decoder = self.base.decoder
        hook = decoder.attention.register_forward_hook(lambda module, given, found: contexts.append(found[0]))
        found = self.base(batch["source"], batch["sourceMask"], batch["targetIn"])
        hook.remove()
        read = [torch.stack(contexts, dim=1), found["states"], decoder.embedding(batch["targetIn"])]
        p_gen = decoder.generation(torch.cat(read, dim=-1)).sigmoid()  # [B, T, 1]
        written = decoder.output(found["features"]).softmax(dim=-1)
        weights = found["attention"]
        copied = torch.zeros(*written.shape[:2], written.shape[2] + EXTRA)
        places = batch["copySource"].unsqueeze(1).expand(-1, written.shape[1], -1)
        copied = copied.scatter_add(2, places, weights)
        padded = torch.cat([written, torch.zeros(*written.shape[:2], EXTRA)], dim=-1)
        return p_gen * padded + (1 - p_gen) * copied, weights, found


def make_batch(generator):
    """As make_golden's. Of each source some tokens are words of the target's vocabulary, some extend it, one twice."""
    batch = golden.make_batch(generator)
    size = golden.TARGET_VOCAB_SIZE
    source, mask = batch["source"], batch["sourceMask"]
    copy_source = torch.zeros_like(source)
    copy_target = batch["targetOut"].clone()
    for row, length in enumerate(golden.SOURCE_LENGTHS):
        known = torch.randint(4, size, (length - 1,), generator=generator)
        extra = size + torch.arange(length - 1) % (EXTRA if row != 2 else 1)
        chosen = torch.rand(length - 1, generator=generator) < 0.6
        chosen[0] = True
        copy_source[row, : length - 1] = torch.where(chosen, extra, known)
        copy_source[row, length - 1] = 3
        # Every other target token is one of the source's, be it in the vocabulary or not.
        for t in range(0, golden.TARGET_LENGTHS[row] - 1, 2):
            place = torch.randint(length - 1, (1,), generator=generator).item()
            copy_target[row, t] = copy_source[row, place]
    batch["targetOut"] = torch.where(copy_target < size, copy_target, 1)
    batch["targetIn"][:, 1:] = torch.where(batch["targetMask"][:, 1:], batch["targetOut"][:, :-1], 0)
    assert (copy_source >= size).any() and (copy_target >= size).any() and mask.any()
    return {**batch, "copySource": copy_source, "copyTarget": copy_target}


def case(seed, name, description):
    generator = torch.Generator().manual_seed(seed)
    model = PointerGenerator(description, golden.SOURCE_VOCAB_SIZE, golden.TARGET_VOCAB_SIZE)
    golden.fill(model, generator)
    batch = make_batch(generator)
    probabilities, weights, _ = model(batch)
    real = batch["targetMask"]
    chosen = probabilities.gather(2, batch["copyTarget"].unsqueeze(-1)).squeeze(-1)
    loss = -chosen[real].log().mean() + model.base.attention_losses(weights, real, None)
    loss.backward()
    assert torch.allclose(probabilities.sum(dim=-1), torch.ones(()))
    named = {name: parameter for name, parameter in model.base.named_parameters()}
    return {
        "name": name,
        "seed": seed,
        "sourceVocabSize": golden.SOURCE_VOCAB_SIZE,
        "targetVocabSize": golden.TARGET_VOCAB_SIZE,
        "extraCount": EXTRA,
        "model": description,
        "batch": {key: golden.tensor(value.int()) for key, value in batch.items()},
        "parameters": golden.tensors(named.items()),
        "probabilities": golden.tensor(probabilities * real.unsqueeze(-1)),
        "loss": golden.tensor(loss)["data"][0],
        "gradients": golden.tensors((name, parameter.grad) for name, parameter in named.items()),
    }


def main():
    torch.set_default_dtype(torch.float64)
    torch.set_num_threads(1)
    cases = [case(SEED + i, name, description) for i, (name, description) in enumerate(MODELS.items())]
    golden.write("copying.json", NOTE, script="test/oracles/pointer_generator.py", seed=SEED, cases=cases)


if __name__ == "__main__":
    main()
