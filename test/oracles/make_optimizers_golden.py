"""Golden values of optimisers and schedules, computed by PyTorch in float64: test/golden/optimizers.json.

    python test/oracles/make_optimizers_golden.py
"""

import torch
from torch import nn
from torch.optim import lr_scheduler, swa_utils

from make_golden import random, tensor, tensors, write

SEED = 20260


def optimizer_case(seed, name, kind, rates, **options):
    """A matrix, which decays, and a vector, which does not; `rates` are the learning rates of the steps."""
    generator = torch.Generator().manual_seed(seed)
    matrix, vector = nn.Parameter(random(generator, 5, 3)), nn.Parameter(random(generator, 7))
    named = {"matrix": matrix, "vector": vector}
    given = tensors(named.items())
    decay = options.pop("weight_decay", 0)
    groups = [{"params": [matrix], "weight_decay": decay}, {"params": [vector], "weight_decay": 0}]
    optimizer = getattr(torch.optim, kind)(groups, lr=rates[0], **options)
    steps = []
    for rate in rates:
        for group in optimizer.param_groups:
            group["lr"] = rate
        found = {key: random(generator, *parameter.shape) for key, parameter in named.items()}
        for key, parameter in named.items():
            parameter.grad = found[key].clone()
        optimizer.step()
        steps.append({"gradients": tensors(found.items()), "parameters": tensors(named.items())})
    keys = {key: list(value) if isinstance(value, tuple) else value for key, value in options.items()}
    return {"name": name, "seed": seed, "kind": kind, "weightDecay": decay, **keys, "rates": rates, "parameters": given,
            "steps": steps}


def rates_of(make, steps, rate=0.1):
    """The learning rates of steps 1 … `steps` of a scheduler."""
    optimizer = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=rate)
    scheduler = make(optimizer)
    rates = []
    for _ in range(steps):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return rates


def after_warmup(warmup, make):
    """Linear warm-up from 1/warmup of the rate, then another scheduler."""
    def sequence(optimizer):
        rising = lr_scheduler.LinearLR(optimizer, start_factor=1 / warmup, total_iters=warmup - 1)
        return lr_scheduler.SequentialLR(optimizer, [rising, make(optimizer)], milestones=[warmup])
    return sequence


def plateau_case(scores, **options):
    """ReduceLROnPlateau without threshold: the rate after each score, the lower the better."""
    optimizer = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=0.1)
    scheduler = lr_scheduler.ReduceLROnPlateau(optimizer, threshold=0, eps=0, **options)
    rates = []
    for score in scores:
        scheduler.step(score)
        rates.append(optimizer.param_groups[0]["lr"])
    return {"factor": options["factor"], "patience": options["patience"], "minimum": options["min_lr"], "scores": scores,
            "rates": rates}


def average_case(seed, decay, steps):
    """AveragedModel with the decay min(decay, (1 + t) / (10 + t)) at step t, from the parameters before step 1 on."""
    generator = torch.Generator().manual_seed(seed)
    model = nn.Linear(3, 5)
    for parameter in model.parameters():
        parameter.data = random(generator, *parameter.shape)
    averaged = swa_utils.AveragedModel(
        model, avg_fn=lambda average, current, t: average.lerp(current, 1 - min(decay, (1 + int(t)) / (10 + int(t)))))
    given = tensors(model.named_parameters())
    averaged.update_parameters(model)
    found = []
    for _ in range(steps):
        for parameter in model.parameters():
            parameter.data = random(generator, *parameter.shape)
        averaged.update_parameters(model)
        found.append({"parameters": tensors(model.named_parameters()),
                      "averages": tensors(averaged.module.named_parameters())})
    return {"seed": seed, "decay": decay, "parameters": given, "steps": found}


def main():
    torch.set_default_dtype(torch.float64)
    torch.set_num_threads(1)
    rates = [0.05, 0.05, 0.02, 0.04, 0.01, 0.03]
    total, warmup = 12, 4
    write(
        "optimizers.json",
        "torch.optim.AdamW, Adam and SGD; torch.optim.lr_scheduler; torch.optim.swa_utils.AveragedModel.",
        script="test/oracles/make_optimizers_golden.py",
        seed=SEED,
        optimizers=[
            optimizer_case(SEED, "adam", "Adam", rates, betas=(0.9, 0.999), eps=1e-8),
            optimizer_case(SEED + 1, "adamw", "AdamW", rates, betas=(0.8, 0.95), eps=1e-3, weight_decay=0.3),
            optimizer_case(SEED + 2, "sgd", "SGD", rates, momentum=0.0, nesterov=False),
            optimizer_case(SEED + 3, "sgd with decay", "SGD", rates, momentum=0.0, nesterov=False, weight_decay=0.3),
            optimizer_case(SEED + 4, "momentum", "SGD", rates, momentum=0.9, nesterov=False, weight_decay=0.2),
            optimizer_case(SEED + 5, "Nesterov", "SGD", rates, momentum=0.8, nesterov=True, weight_decay=0.1),
        ],
        schedules={
            "totalSteps": total,
            "warmupSteps": warmup,
            "learningRate": 0.1,
            "constant": rates_of(after_warmup(warmup, lambda o: lr_scheduler.ConstantLR(o, factor=1)), total),
            "cosine": rates_of(after_warmup(warmup, lambda o: lr_scheduler.CosineAnnealingLR(o, total - warmup)), total),
            "linear": rates_of(
                after_warmup(warmup, lambda o: lr_scheduler.LinearLR(o, 1, 0, total_iters=total - warmup)), total),
            "inverse-sqrt": rates_of(
                lambda o: lr_scheduler.LambdaLR(o, lambda i: min((i + 1) / warmup, (warmup / (i + 1)) ** 0.5)), total),
        },
        plateau=[
            plateau_case([5, 4, 4, 4.5, 3, 3, 3, 3, 3, 3, 2.9, 3, 3, 3], factor=0.5, patience=1, min_lr=0.03),
            plateau_case([5, 5, 4, 4, 4], factor=0.1, patience=0, min_lr=0),
        ],
        average=average_case(SEED + 6, decay=0.5, steps=10),
    )


if __name__ == "__main__":
    main()
