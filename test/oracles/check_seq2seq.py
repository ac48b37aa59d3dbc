"""Checks of the PyTorch oracle itself, run on every model before its golden values are written."""

import torch
import torch.nn.functional as F

from seq2seq import Attention, plain_layers

TOLERANCE = 1e-12


def check(model, batch):
    """Everything below on one model and batch; raises AssertionError."""
    with torch.no_grad():
        found = model(batch["source"], batch["sourceMask"], batch["targetIn"])
        if not model.decoder.recurrent.normalised:
            check_cells(model.decoder.recurrent)
        check_rows_alone(model, batch, found)
        check_loss(model, batch, found)
        recurrent = model.decoder.recurrent
        is_plain = not (recurrent.normalised or recurrent.residual)
        if model.decoder.feeding == "none" and not model.decoder.before and is_plain:
            check_scan(model, batch, found)
        if model.decoder.attention is not None:
            check_attention(model.decoder, batch, found)
    check_gradients(model, batch)


def same(actual, expected):
    torch.testing.assert_close(actual, expected, rtol=TOLERANCE, atol=TOLERANCE)


def check_cells(recurrent):
    """The cell functions are the textbook equations in PyTorch's gate order.

    LSTM:  i, f, o = σ(·), g = tanh(·);  c' = f c + i g;  h' = o tanh(c')
    GRU:   r, z = σ(·), n = tanh(W_n x + b_n + r (U_n h + d_n));  h' = (1 − z) n + z h
    """
    inputs = torch.linspace(-1, 1, 3 * recurrent.weight_ih_l0.shape[1]).reshape(3, -1)
    hidden = torch.linspace(1, -1, 3 * recurrent.hidden_size).reshape(3, -1)
    cell = hidden.square()
    from_input = inputs @ recurrent.weight_ih_l0.T + recurrent.bias_ih_l0
    from_hidden = hidden @ recurrent.weight_hh_l0.T + recurrent.bias_hh_l0
    if recurrent.kind == "lstm":
        i, f, g, o = (from_input + from_hidden).chunk(4, dim=-1)
        next_cell = f.sigmoid() * cell + i.sigmoid() * g.tanh()
        expected = (o.sigmoid() * next_cell.tanh(), next_cell)
        actual = recurrent.cell(0, inputs, (hidden, cell))
    elif recurrent.kind == "gru":
        (x_r, x_z, x_n), (h_r, h_z, h_n) = from_input.chunk(3, dim=-1), from_hidden.chunk(3, dim=-1)
        r, z = (x_r + h_r).sigmoid(), (x_z + h_z).sigmoid()
        expected = ((1 - z) * (x_n + r * h_n).tanh() + z * hidden,)
        actual = recurrent.cell(0, inputs, (hidden,))
    else:
        summed = from_input + from_hidden
        expected = (summed.relu() if recurrent.kind == "rnn-relu" else summed.tanh(),)
        actual = recurrent.cell(0, inputs, (hidden,))
    for value, reference in zip(actual, expected):
        same(value, reference)


def check_scan(model, batch, found):
    """Where nothing is fed, the decoder's loop equals PyTorch's layer over the whole sequence."""
    decoder = model.decoder
    embedded = decoder.embedding(batch["targetIn"])
    c = found["c"].unsqueeze(1).expand(-1, embedded.shape[1], -1)
    state = tuple(torch.stack(values) for values in zip(*found["initialStates"]))
    inputs = torch.cat([embedded, c], dim=-1) if decoder.every_step else embedded
    layers = plain_layers(model.model["decoder"], inputs.shape[-1], False)
    layers.load_state_dict(decoder.recurrent.state_dict())
    states, _ = layers(inputs, state if len(state) == 2 else state[0])
    same(found["states"], states)


def check_attention(decoder, batch, found):
    """Weights sum to 1 and are 0 on padding; scaled dots after the step equal PyTorch's own scaled dot-product attention."""
    query, values, mask = found["states"], found["outputs"], batch["sourceMask"]
    weights, attention = found["attention"], decoder.attention
    same(weights.sum(dim=-1), torch.ones(weights.shape[:-1]))
    assert (weights.masked_select(~mask.unsqueeze(1)) == 0).all()
    if isinstance(attention, Attention) and attention.kind == "scaled-dot" and not decoder.before:
        if attention.coverage is None:
            keys = values if attention.key is None else attention.key(values)
            expected = F.scaled_dot_product_attention(query, keys, values, attn_mask=mask.unsqueeze(1))
            same(weights @ values, expected)


def check_rows_alone(model, batch, found):
    """A padded batch gives each row what the row alone gives."""
    for row, (source, target) in enumerate(zip(batch["sourceMask"].sum(dim=1), batch["targetMask"].sum(dim=1))):
        mask = torch.ones(1, source, dtype=torch.bool)
        alone = model(batch["source"][row : row + 1, :source], mask, batch["targetIn"][row : row + 1, :target])
        same(alone["features"][0], found["features"][row, :target])
        same(alone["c"][0], found["c"][row])


def check_loss(model, batch, found):
    """The loss is the mean of −log p over real tokens; smoothed by ε: (1 − ε) (−log p) + ε mean over V of −log p_v."""
    target_out, mask = batch["targetOut"], batch["targetMask"]
    surprise = -model.decoder.output(found["features"]).log_softmax(dim=-1)
    right = surprise.gather(-1, target_out.unsqueeze(-1)).squeeze(-1)
    for epsilon in (0.0, 0.1):
        token = (1 - epsilon) * right + epsilon * surprise.mean(dim=-1)
        same(model.loss(found["features"], target_out, mask, epsilon), (token * mask).sum() / mask.sum())


def check_gradients(model, batch, step=1e-6):
    """The gradient along one direction equals the central difference of the loss."""

    def loss():
        found = model(batch["source"], batch["sourceMask"], batch["targetIn"])
        loss = model.loss(found["features"], batch["targetOut"], batch["targetMask"])
        if "guide" in batch:
            loss = loss + model.attention_losses(found["attention"], batch["targetMask"], batch["guide"])
        return loss

    parameters = list(model.parameters())
    directions = [torch.cos(torch.arange(value.numel()) + 1.0).reshape(value.shape) for value in parameters]
    slopes = torch.autograd.grad(loss(), parameters)
    slope = sum((gradient * direction).sum() for gradient, direction in zip(slopes, directions))
    with torch.no_grad():
        kept = [value.clone() for value in parameters]
        sides = []
        for sign in (1, -1):
            for value, origin, direction in zip(parameters, kept, directions):
                value.copy_(origin + sign * step * direction)
            sides.append(loss())
        for value, origin in zip(parameters, kept):
            value.copy_(origin)
    torch.testing.assert_close(slope, (sides[0] - sides[1]) / (2 * step), rtol=1e-6, atol=1e-8)
