"""Train the same model in PyTorch on the same batches, to compare dev perplexity with Tandem's.

    python test/oracles/train_tatoeba.py EXPORT

EXPORT is a folder with
    recipe.json          {"model": a recipe's model section, "sourceVocabSize": 8000, "targetVocabSize": 8000,
                          "train": {"learningRate", "clipNorm" (0 = off), "dropout", "labelSmoothing", "epochs"}}
    examples.json        {"train": [{"source": [ids], "target": [ids]}, …], "dev": […]}, without <s> and </s>
    order.json           {"batches": [[positions in train], …] of all epochs,
                          "epochEnds": [count of batches up to the end of epoch 1, of epoch 2, …]}
    initial.safetensors  the weights before the first step, under Tandem's names

A batch's loss is the mean cross-entropy of its real target tokens, </s> among them. Dropout has its own generator, so
losses agree with Tandem's in the mean, not bit for bit; with dropout 0 they agree step by step.
"""

import argparse
import json
import math
import time
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from torch.nn.utils import clip_grad_norm_
from torch.nn.utils.rnn import pad_sequence

from seq2seq import Seq2Seq

START, END = 2, 3
DEV_ROWS = 64
SEED = 1


def make_batch(examples):
    """Source ends in </s>; the decoder reads <s> y_1 … y_n and answers y_1 … y_n </s>; 0 is padding."""

    def padded(rows):
        return pad_sequence([torch.tensor(row) for row in rows], batch_first=True)

    source = padded([example["source"] + [END] for example in examples])
    target_in = padded([[START] + example["target"] for example in examples])
    target_out = padded([example["target"] + [END] for example in examples])
    return source, source != 0, target_in, target_out, target_out != 0


def dev_perplexity(model, examples):
    """exp of the mean −log p over all real tokens of all sentences, </s> among them; no dropout, no smoothing."""
    ordered = sorted(examples, key=lambda example: (len(example["target"]), len(example["source"])))
    total = tokens = 0
    with torch.no_grad():
        for first in range(0, len(ordered), DEV_ROWS):
            source, mask, target_in, target_out, target_mask = make_batch(ordered[first : first + DEV_ROWS])
            features = model(source, mask, target_in)["features"]
            total += model.loss(features, target_out, target_mask, reduction="sum").item()
            tokens += int(target_mask.sum())
    return math.exp(total / tokens)


def check_recipe(train):
    """Stop at a way of training this script does not do."""
    for key, expected in (("optimizer", "adam"), ("schedule", "constant"), ("warmupSteps", 0)):
        if train.get(key, expected) != expected:
            raise SystemExit(f"recipe.json: train.{key}: expected {expected}, got {train[key]}.")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, metavar="EXPORT")
    parser.add_argument("--every", type=int, default=0, metavar="N", help="also print the loss of every Nth step")
    options = parser.parse_args()
    torch.set_num_threads(2)
    torch.manual_seed(SEED)

    recipe, examples, order = (
        json.loads((options.folder / name).read_text(encoding="utf-8"))
        for name in ("recipe.json", "examples.json", "order.json")
    )
    train = recipe["train"]
    check_recipe(train)
    epoch_ends = order["epochEnds"]
    if len(epoch_ends) < train["epochs"] or len(order["batches"]) < epoch_ends[train["epochs"] - 1]:
        raise SystemExit(f"order.json: {train['epochs']} epochs expected, got {len(epoch_ends)}.")
    model = Seq2Seq(recipe["model"], recipe["sourceVocabSize"], recipe["targetVocabSize"])
    model.load_state_dict(load_file(options.folder / "initial.safetensors"))  # strict: every name, every shape
    optimizer = torch.optim.Adam(model.parameters(), lr=train["learningRate"], betas=(0.9, 0.999), eps=1e-8)

    def dropout(values):
        return F.dropout(values, train["dropout"]) if train["dropout"] else values

    print(f"epoch  0  dev perplexity {dev_perplexity(model, examples['dev']):.3f}", flush=True)
    first = 0
    for epoch, last in enumerate(epoch_ends[: train["epochs"]], start=1):
        began, total, tokens = time.perf_counter(), 0.0, 0
        for step, positions in enumerate(order["batches"][first:last], start=first + 1):
            source, mask, target_in, target_out, target_mask = make_batch([examples["train"][p] for p in positions])
            features = model(source, mask, target_in, dropout)["features"]
            loss = model.loss(features, target_out, target_mask, train["labelSmoothing"])
            optimizer.zero_grad()
            loss.backward()
            if train["clipNorm"] > 0:
                clip_grad_norm_(model.parameters(), train["clipNorm"])
            optimizer.step()
            real = int(target_mask.sum())
            total, tokens = total + loss.item() * real, tokens + real
            if options.every and step % options.every == 0:
                print(f"step {step}  loss {loss.item():.6f}", flush=True)
        first = last
        seconds = time.perf_counter() - began
        perplexity = dev_perplexity(model, examples["dev"])
        print(
            f"epoch {epoch:2}  dev perplexity {perplexity:.3f}  train loss {total / tokens:.4f}"
            f"  {tokens / seconds:.0f} target tokens/s  {seconds:.0f} s",
            flush=True,
        )


if __name__ == "__main__":
    main()
