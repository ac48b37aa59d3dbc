"""Write the golden values the TypeScript tests compare with, computed by PyTorch in float64.

    python test/oracles/make_golden.py

Inputs and parameters have 4 decimals, so that a reader of the JSON starts from exactly the numbers used here; results
keep 10 significant digits. Needs torch 2.13; the tests themselves need no Python.
"""

import itertools
import json
from pathlib import Path

import torch
from torch import nn
from torch.nn.utils import clip_grad_norm_
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from check_seq2seq import check
from seq2seq import RECURRENT, Seq2Seq

SEED = 20130
GOLDEN = Path(__file__).parent.parent / "golden"
SCALE = 0.5  # of parameters: large enough that every gate leaves its linear part


# --- numbers and files -----------------------------------------------------------------------------------------------


def random(generator, *shape, scale=1.0):
    return (torch.randn(*shape, generator=generator) * scale).round(decimals=4)


def tensor(value):
    """A tensor as JSON: its shape and its numbers, row-major."""
    value = value.detach()
    numbers = value.flatten().tolist()
    if value.is_floating_point():
        numbers = [float(f"{number:.10g}") + 0.0 for number in numbers]  # + 0.0 turns −0 into 0
        numbers = [int(number) if number.is_integer() else number for number in numbers]
    return {"shape": list(value.shape), "data": numbers}


def tensors(named):
    return {name: tensor(value) for name, value in named}


def gradients(module):
    return tensors((name, parameter.grad) for name, parameter in module.named_parameters())


def render(value, indent=""):
    """JSON with one line a tensor or a plain list and one line a key elsewhere."""
    if isinstance(value, dict) and set(value) != {"shape", "data"}:
        inner = indent + " "
        lines = [f"{inner}{json.dumps(key)}: {render(item, inner)}" for key, item in value.items()]
        return "{\n" + ",\n".join(lines) + "\n" + indent + "}"
    if isinstance(value, list) and value and isinstance(value[0], dict):
        inner = indent + " "
        return "[\n" + ",\n".join(inner + render(item, inner) for item in value) + "\n" + indent + "]"
    return json.dumps(value, separators=(",", ":"), allow_nan=False)


def write(name, note, script="test/oracles/make_golden.py", seed=SEED, **content):
    header = {
        "script": script,
        "command": f"python {script}",
        "torchVersion": torch.__version__.split("+")[0],
        "seed": seed,
        "note": note,
    }
    (GOLDEN / name).write_text(render({"header": header, **content}) + "\n", encoding="utf-8")


def fill(module, generator):
    """Every parameter, biases and the <pad> row too, from the generator."""
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.copy_(random(generator, *parameter.shape, scale=SCALE))


# --- recurrent layers and cells --------------------------------------------------------------------------------------

CELLS = [("rnn", "tanh"), ("rnn", "relu"), ("lstm", None), ("gru", None)]


def recurrent_case(seed, cell, nonlinearity, bidirectional, padded, given_state, layers=1):
    """loss = Σ outputs · gOutputs + Σ finalHidden · gHidden (+ Σ finalCell · gCell), and all its gradients."""
    generator = torch.Generator().manual_seed(seed)
    batch, time, input_size, hidden_size = 3, 7, 2, 5
    options = {"nonlinearity": nonlinearity} if nonlinearity else {}
    recurrent = RECURRENT[cell](
        input_size, hidden_size, num_layers=layers, bidirectional=bidirectional, batch_first=True, **options
    )
    fill(recurrent, generator)
    directions = 2 if bidirectional else 1
    lengths = torch.tensor([4, 7, 1] if padded else [time] * batch)
    inputs = random(generator, batch, time, input_size).requires_grad_()
    state_shape = (layers * directions, batch, hidden_size)
    state_names = ["Hidden", "Cell"] if cell == "lstm" else ["Hidden"]
    initial = None
    if given_state:
        initial = [random(generator, *state_shape, scale=SCALE).requires_grad_() for _ in state_names]

    sequence = pack_padded_sequence(inputs, lengths, batch_first=True, enforce_sorted=False) if padded else inputs
    state = initial and (tuple(initial) if cell == "lstm" else initial[0])
    outputs, final = recurrent(sequence, state)
    if padded:
        outputs, _ = pad_packed_sequence(outputs, batch_first=True, total_length=time)
    final = final if cell == "lstm" else (final,)
    upstream = [random(generator, *value.shape) for value in (outputs, *final)]
    sum((value * gradient).sum() for value, gradient in zip((outputs, *final), upstream)).backward()

    words = [cell, nonlinearity, f"{layers} layers" if layers > 1 else None]
    words += ["bidirectional" if bidirectional else "forward", "padded" if padded else "full"]
    words += ["given state" if given_state else "zero state"]
    return {
        "name": " ".join(word for word in words if word),
        "seed": seed,
        "cell": cell,
        "nonlinearity": nonlinearity,
        "bidirectional": bidirectional,
        "layers": layers,
        "sizes": {"batch": batch, "time": time, "inputSize": input_size, "hiddenSize": hidden_size},
        "lengths": lengths.tolist(),
        "mask": tensor((torch.arange(time) < lengths.unsqueeze(1)).int()),
        "input": tensor(inputs),
        **{f"initial{name}": tensor(initial[i]) if initial else None for i, name in enumerate(state_names)},
        "parameters": tensors(recurrent.named_parameters()),
        "outputs": tensor(outputs),
        **{f"final{name}": tensor(value) for name, value in zip(state_names, final)},
        "upstream": {
            "outputs": tensor(upstream[0]),
            **{f"final{name}": tensor(value) for name, value in zip(state_names, upstream[1:])},
        },
        "gradients": {
            "input": tensor(inputs.grad),
            **{f"initial{name}": tensor(initial[i].grad) if initial else None for i, name in enumerate(state_names)},
            "parameters": gradients(recurrent),
        },
    }


def cell_case(seed, cell, nonlinearity):
    """One step: loss = Σ nextHidden · gHidden (+ Σ nextCell · gCell), and all its gradients."""
    generator = torch.Generator().manual_seed(seed)
    batch, input_size, hidden_size = 3, 2, 5
    kind = {"rnn": nn.RNNCell, "lstm": nn.LSTMCell, "gru": nn.GRUCell}[cell]
    module = kind(input_size, hidden_size, **({"nonlinearity": nonlinearity} if nonlinearity else {}))
    fill(module, generator)
    names = ["hidden", "cell"] if cell == "lstm" else ["hidden"]
    inputs = random(generator, batch, input_size).requires_grad_()
    state = [random(generator, batch, hidden_size).requires_grad_() for _ in names]
    following = module(inputs, tuple(state)) if cell == "lstm" else (module(inputs, state[0]),)
    upstream = [random(generator, batch, hidden_size) for _ in names]
    sum((value * gradient).sum() for value, gradient in zip(following, upstream)).backward()
    return {
        "name": " ".join(word for word in (cell, nonlinearity) if word),
        "seed": seed,
        "cell": cell,
        "nonlinearity": nonlinearity,
        "sizes": {"batch": batch, "inputSize": input_size, "hiddenSize": hidden_size},
        "input": tensor(inputs),
        "state": tensors(zip(names, state)),
        "parameters": tensors(module.named_parameters()),
        "next": tensors(zip(names, following)),
        "upstream": tensors(zip(names, upstream)),
        "gradients": {
            "input": tensor(inputs.grad),
            "state": tensors((name, value.grad) for name, value in zip(names, state)),
            "parameters": gradients(module),
        },
    }


# --- whole models ----------------------------------------------------------------------------------------------------

LEARNING_RATE, BETAS, EPSILON, STEPS = 0.01, (0.9, 0.999), 1e-8, 10


def describe(cell, bidirectional=True, layers=1, hidden_size=7, bridge="dense", context="initial", feeding=None):
    """A recipe's `model:` section. `feeding` None means no attention."""
    shared = {"cell": cell, "layers": layers, "dropout": 0}
    decoder = {**shared, "hiddenSize": hidden_size, "bridge": bridge, "context": context}
    return {
        "embeddingSize": 2,
        "encoder": {**shared, "hiddenSize": 5, "bidirectional": bidirectional},
        "decoder": {**decoder, "attend": "after", "inputFeeding": feeding or "none"},
        "attention": {"kind": "scaled-dot" if feeding else "none"},
    }


MODELS = {
    "seed gru": describe("gru", bidirectional=False, bridge="zero", context="every-step"),
    "every-step gru": describe("gru", context="every-step"),
    "every-step lstm": describe("lstm", context="every-step"),
    "every-step rnn": describe("rnn", context="every-step"),
    "initial gru": describe("gru"),
    "initial lstm": describe("lstm"),
    "attention gru, attentional feeding": describe("gru", feeding="attentional"),
    "attention gru, context feeding": describe("gru", feeding="context"),
    "attention gru, no feeding": describe("gru", feeding="none"),
    "attention gru, raw keys": describe("gru", hidden_size=10, feeding="attentional"),
    "attention gru, every-step": describe("gru", context="every-step", feeding="attentional"),
    "attention gru, two layers": describe("gru", layers=2, feeding="attentional"),
    "attention lstm, attentional feeding": describe("lstm", feeding="attentional"),
    "attention lstm, two layers": describe("lstm", layers=2, feeding="attentional"),
    "attention rnn, attentional feeding": describe("rnn", feeding="attentional"),
}
TRAINED = {  # and the clipping norm: each run has clipped steps and unclipped ones
    "seed gru": 1.0,
    "attention gru, attentional feeding": 1.0,
    "attention lstm, attentional feeding": 0.35,
}
SMOOTHED = "attention gru, attentional feeding"
SOURCE_VOCAB_SIZE, TARGET_VOCAB_SIZE = 17, 19
SOURCE_LENGTHS, TARGET_LENGTHS = (5, 11, 2), (13, 3, 8)  # with </s>


def make_batch(generator):
    """Rows of random tokens, <unk> among them; source ends in </s>, targetIn starts with <s>, targetOut ends in </s>."""

    def rows(lengths, vocab_size):
        choices = torch.tensor([1, *range(4, vocab_size)])
        return [choices[torch.randint(len(choices), (length - 1,), generator=generator)] for length in lengths]

    def padded(sequences):
        return nn.utils.rnn.pad_sequence(sequences, batch_first=True)

    start, end = torch.tensor([2]), torch.tensor([3])
    source = padded([torch.cat([row, end]) for row in rows(SOURCE_LENGTHS, SOURCE_VOCAB_SIZE)])
    targets = rows(TARGET_LENGTHS, TARGET_VOCAB_SIZE)
    target_in, target_out = (padded([torch.cat(pair) for pair in pairs]) for pairs in (
        [(start, row) for row in targets],
        [(row, end) for row in targets],
    ))
    return {
        "source": source,
        "sourceMask": source != 0,
        "targetIn": target_in,
        "targetOut": target_out,
        "targetMask": target_out != 0,
    }


def batch_loss(model, batch, label_smoothing=0.0):
    found = model(batch["source"], batch["sourceMask"], batch["targetIn"])
    return model.loss(found["features"], batch["targetOut"], batch["targetMask"], label_smoothing), found


def losses_of_training(model, batch, clip_norm):
    """Ten steps of Adam with clipping on one batch; losses[i] and gradientNorms[i] are those before update i."""
    optimizer = torch.optim.Adam(model.parameters(), lr=LEARNING_RATE, betas=BETAS, eps=EPSILON)
    losses, norms = [], []
    for _ in range(STEPS):
        optimizer.zero_grad()
        loss, _ = batch_loss(model, batch)
        loss.backward()
        losses.append(loss)
        norms.append(clip_grad_norm_(model.parameters(), clip_norm))
        optimizer.step()
    with torch.no_grad():
        final_loss, _ = batch_loss(model, batch)
    return {
        "learningRate": LEARNING_RATE,
        "betas": list(BETAS),
        "epsilon": EPSILON,
        "clipNorm": clip_norm,
        "losses": tensor(torch.stack(losses))["data"],
        "gradientNorms": tensor(torch.stack(norms))["data"],
        "finalLoss": tensor(final_loss)["data"][0],
        "parameterNorms": {name: tensor(value.norm())["data"][0] for name, value in model.named_parameters()},
    }


def model_case(seed, name, description):
    generator = torch.Generator().manual_seed(seed)
    model = Seq2Seq(description, SOURCE_VOCAB_SIZE, TARGET_VOCAB_SIZE)
    fill(model, generator)
    batch = make_batch(generator)
    check(model, batch)

    loss, found = batch_loss(model, batch)
    loss.backward()
    real = batch["targetMask"].unsqueeze(-1)  # rows after </s> say nothing: stored as 0
    logits = model.decoder.output(found["features"])
    attention = found["attention"]
    case = {
        "name": name,
        "seed": seed,
        "sourceVocabSize": SOURCE_VOCAB_SIZE,
        "targetVocabSize": TARGET_VOCAB_SIZE,
        "model": description,
        "batch": {key: tensor(value.int()) for key, value in batch.items()},
        "parameters": tensors(model.named_parameters()),
        "encoderOutputs": tensor(found["outputs"]),
        "c": tensor(found["c"]),
        "initialState": tensor(found["initialState"]),
        "states": tensor(found["states"] * real),
        "logits": tensor(logits * real),
        "logProbabilities": tensor(logits.log_softmax(dim=-1) * real),
        "attention": None if attention is None else tensor(attention * real),
        "loss": tensor(loss)["data"][0],
        "gradients": gradients(model),
    }
    if name == SMOOTHED:
        model.zero_grad()
        smoothed, _ = batch_loss(model, batch, label_smoothing=0.1)
        smoothed.backward()
        case["smoothed"] = {"labelSmoothing": 0.1, "loss": tensor(smoothed)["data"][0], "gradients": gradients(model)}
    if name in TRAINED:
        case["training"] = losses_of_training(model, batch, TRAINED[name])
    return case


# --- the family of models --------------------------------------------------------------------------------------------


def member(encoder=None, decoder=None, attention=None, **model):
    """A recipe's `model:` section: GRUs, encoder 2 × 5, decoder 7, dense bridge, no attention, unless told otherwise."""
    shared = {"cell": "gru", "layers": 1, "dropout": 0, "residual": False, "layerNorm": False}
    attends = attention is not None
    feeding = "attentional" if attends and (decoder or {}).get("attend", "after") == "after" else "none"
    return {
        "embeddingSize": 2,
        "encoder": {**shared, "hiddenSize": 5, "bidirectional": True, "summary": "last", **(encoder or {})},
        "decoder": {
            **shared,
            "hiddenSize": 7,
            "bridge": "dense",
            "context": "initial",
            "attend": "after",
            "inputFeeding": feeding,
            **(decoder or {}),
        },
        "attention": attention or {"kind": "none"},
        "tieEmbeddings": "none",
        **model,
    }


COVERED = {"coverage": True, "coverageLoss": 0.7}
DEEP = {"layers": 2, "residual": True}
FAMILY = {
    "additive, before": member(attention={"kind": "additive"}, decoder={"attend": "before"}),
    "additive, lstm, coverage, guided": member(
        encoder={"cell": "lstm"}, decoder={"cell": "lstm"}, attention={"kind": "additive", "guided": 0.6, **COVERED}
    ),
    "additive, before, coverage, every-step": member(
        decoder={"attend": "before", "context": "every-step"}, attention={"kind": "additive", **COVERED}
    ),
    "additive, no feeding": member(attention={"kind": "additive"}, decoder={"inputFeeding": "none"}),
    "general, context feeding": member(attention={"kind": "general"}, decoder={"inputFeeding": "context"}),
    "general, no feeding, coverage": member(
        attention={"kind": "general", **COVERED}, decoder={"inputFeeding": "none"}
    ),
    "dot, rnn-relu to lstm": member(
        encoder={"cell": "rnn-relu"}, decoder={"cell": "lstm", "hiddenSize": 10}, attention={"kind": "dot"}
    ),
    "dot, lstm to rnn-relu, no feeding, guided": member(
        encoder={"cell": "lstm"},
        decoder={"cell": "rnn-relu", "hiddenSize": 10, "inputFeeding": "none"},
        attention={"kind": "dot", "guided": 0.4},
    ),
    "scaled-dot, before, zero bridge, coverage": member(
        decoder={"attend": "before", "bridge": "zero"}, attention={"kind": "scaled-dot", **COVERED}
    ),
    "scaled-dot, before, raw, two layers": member(
        decoder={"attend": "before", "hiddenSize": 10, "layers": 2}, attention={"kind": "scaled-dot"}
    ),
    "multi-head": member(decoder={"hiddenSize": 6}, attention={"kind": "multi-head", "heads": 3}),
    "multi-head, before, lstm": member(
        decoder={"hiddenSize": 6, "cell": "lstm", "attend": "before"}, attention={"kind": "multi-head", "heads": 2}
    ),
    "multi-head, no feeding, guided": member(
        decoder={"hiddenSize": 6, "inputFeeding": "none"}, attention={"kind": "multi-head", "heads": 3, "guided": 0.8}
    ),
    "multi-head, context feeding, every-step": member(
        decoder={"hiddenSize": 6, "inputFeeding": "context", "context": "every-step"},
        attention={"kind": "multi-head", "heads": 2},
    ),
    "layer norm gru, residual": member(
        encoder={"layerNorm": True, **DEEP},
        decoder={"layerNorm": True, "attend": "before", **DEEP},
        attention={"kind": "general"},
    ),
    "layer norm lstm, residual, no feeding": member(
        encoder={"layerNorm": True, "cell": "lstm", **DEEP},
        decoder={"layerNorm": True, "cell": "lstm", "inputFeeding": "none", **DEEP},
        attention={"kind": "scaled-dot"},
    ),
    "layer norm rnn, every-step": member(
        encoder={"layerNorm": True, "cell": "rnn"},
        decoder={"layerNorm": True, "cell": "rnn", "context": "every-step"},
        attention={"kind": "additive"},
    ),
    "residual lstm": member(
        encoder={"cell": "lstm", "layers": 3, "residual": True},
        decoder={"cell": "lstm", **DEEP},
        attention={"kind": "scaled-dot"},
    ),
    "mean summary": member(encoder={"summary": "mean"}),
    "max summary, every-step": member(encoder={"summary": "max"}, decoder={"context": "every-step", "bridge": "zero"}),
    "attention summary, lstm": member(encoder={"summary": "attention", "cell": "lstm"}, decoder={"cell": "lstm"}),
    "copy bridge, lstm": member(
        encoder={"cell": "lstm", "layers": 2},
        decoder={"cell": "lstm", "layers": 2, "hiddenSize": 10, "bridge": "copy"},
    ),
    "copy bridge, gru to lstm": member(decoder={"cell": "lstm", "hiddenSize": 10, "bridge": "copy"}),
    "copy bridge, lstm to gru": member(
        encoder={"cell": "lstm", "bidirectional": False},
        decoder={"hiddenSize": 5, "bridge": "copy"},
        attention={"kind": "scaled-dot"},
    ),
    "mean bridge, two layers": member(
        decoder={"bridge": "mean", "layers": 2, "context": "every-step"}, attention={"kind": "general"}
    ),
    "tied target": member(attention={"kind": "scaled-dot"}, embeddingSize=7, tieEmbeddings="target"),
    "tied target, no attention": member(embeddingSize=7, tieEmbeddings="target"),
    "tied all": member(attention={"kind": "additive"}, embeddingSize=7, tieEmbeddings="all"),
}


def make_guide(generator, batch):
    """Some target tokens have aligned source tokens, one or several."""
    shape = (*batch["targetOut"].shape, batch["source"].shape[1])
    chosen = torch.rand(shape, generator=generator) < 0.15
    return chosen & batch["targetMask"].unsqueeze(-1) & batch["sourceMask"].unsqueeze(1)


def family_case(seed, name, description):
    """As `model_case`, with the losses of attention in the loss."""
    generator = torch.Generator().manual_seed(seed)
    source_size = TARGET_VOCAB_SIZE if description["tieEmbeddings"] == "all" else SOURCE_VOCAB_SIZE
    model = Seq2Seq(description, source_size, TARGET_VOCAB_SIZE)
    fill(model, generator)
    batch = make_batch(generator)
    batch["guide"] = make_guide(generator, batch)
    check(model, batch)

    loss, found = batch_loss(model, batch)
    loss = loss + model.attention_losses(found["attention"], batch["targetMask"], batch["guide"])
    loss.backward()
    real = batch["targetMask"].unsqueeze(-1)
    logits = model.decoder.output(found["features"])
    attention = found["attention"]
    if not description["attention"].get("guided"):
        del batch["guide"]
    return {
        "name": name,
        "seed": seed,
        "sourceVocabSize": source_size,
        "targetVocabSize": TARGET_VOCAB_SIZE,
        "model": description,
        "batch": {key: tensor(value.int()) for key, value in batch.items()},
        "parameters": tensors(model.named_parameters()),
        "encoderOutputs": tensor(found["outputs"]),
        "c": tensor(found["c"]),
        "logits": tensor(logits * real),
        "attention": None if attention is None else tensor(attention * real),
        "loss": tensor(loss)["data"][0],
        "gradients": gradients(model),
    }


# --- Adam ------------------------------------------------------------------------------------------------------------


def adam_case(seed, name, **options):
    """Five steps on a vector; `steps` holds what is found after each."""
    generator = torch.Generator().manual_seed(seed)
    parameter = nn.Parameter(random(generator, 7))
    given = [random(generator, 7) for _ in range(5)]
    given[1][2], given[3][4] = 0, 40  # a gradient of zero, and an outlier
    initial = tensor(parameter)
    optimizer = torch.optim.Adam([parameter], **options)
    steps = []
    for gradient in given:
        parameter.grad = gradient.clone()
        optimizer.step()
        state = optimizer.state[parameter]
        found = {"parameter": parameter, "firstMoment": state["exp_avg"], "secondMoment": state["exp_avg_sq"]}
        steps.append({"gradient": tensor(gradient), **tensors(found.items())})
    keys = {"learningRate": options["lr"], "betas": list(options["betas"]), "epsilon": options["eps"]}
    return {"name": name, "seed": seed, **keys, "parameter": initial, "steps": steps}


def clip_case(seed, name, max_norm):
    """clip_grad_norm_ over two tensors: scale = min(1, maxNorm / (norm + 1e-6))."""
    generator = torch.Generator().manual_seed(seed)
    parameters = {key: nn.Parameter(torch.zeros(shape)) for key, shape in (("matrix", (2, 3)), ("vector", (5,)))}
    for parameter in parameters.values():
        parameter.grad = random(generator, *parameter.shape)
    given = tensors((key, parameter.grad) for key, parameter in parameters.items())
    norm = clip_grad_norm_(parameters.values(), max_norm)
    clipped = tensors((key, parameter.grad) for key, parameter in parameters.items())
    return {
        "name": name,
        "seed": seed,
        "maxNorm": max_norm,
        "norm": tensor(norm)["data"][0],
        "gradients": given,
        "clipped": clipped,
    }


def main():
    torch.set_default_dtype(torch.float64)
    torch.set_num_threads(1)
    GOLDEN.mkdir(exist_ok=True)
    seeds = itertools.count(SEED)

    flags = itertools.product(CELLS, (False, True), (False, True), (False, True))
    cases = [recurrent_case(next(seeds), *cell, *rest) for cell, *rest in flags]
    cases += [recurrent_case(next(seeds), cell, None, True, True, True, layers=2) for cell in ("gru", "lstm")]
    write("recurrent.json", "torch.nn.RNN, LSTM, GRU, batch_first; padded = packed, outputs 0 at padding; "
          "states [layers · directions, batch, hidden].", cases=cases)
    write("cells.json", "torch.nn.RNNCell, LSTMCell, GRUCell, one step.",
          cases=[cell_case(next(seeds), *cell) for cell in CELLS])
    write("models.json", "Whole models of test/oracles/seq2seq.py; states, logits, logProbabilities and attention are "
          "stored as 0 where targetMask is 0. Ids: <pad> 0, <unk> 1, <s> 2, </s> 3.",
          cases=[model_case(next(seeds), name, description) for name, description in MODELS.items()])
    write("adam.json", "torch.optim.Adam without decay, and torch.nn.utils.clip_grad_norm_.",
          cases=[
              adam_case(next(seeds), "defaults", lr=0.001, betas=(0.9, 0.999), eps=1e-8),
              adam_case(next(seeds), "own betas and epsilon", lr=0.02, betas=(0.8, 0.95), eps=1e-3),
          ],
          clipping=[clip_case(next(seeds), "clipped", 0.7), clip_case(next(seeds), "below the limit", 50.0)])
    write("family.json", "Whole models of test/oracles/seq2seq.py, stored as in models.json; the loss holds those of coverage "
          "and of guidance.",
          cases=[family_case(next(seeds), name, description) for name, description in FAMILY.items()])


if __name__ == "__main__":
    main()
