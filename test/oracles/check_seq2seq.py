"""Checks of the PyTorch oracle itself, run on every model before its golden values are written."""

import torch
import torch.nn.functional as F

TOLERANCE = 1e-12


def check(model, batch):
    """Everything below on one model and batch; raises AssertionError."""
    with torch.no_grad():
        found = model(batch["source"], batch["sourceMask"], batch["targetIn"])
        check_cells(model.decoder)
        check_rows_alone(model, batch, found)
        check_loss(model, batch, found)
        if model.decoder.feeding == "none":
            check_scan(model, batch, found)
        if model.decoder.attention is not None:
            check_attention(model.decoder.attention, batch, found)
    check_gradients(model, batch)


def same(actual, expected):
    torch.testing.assert_close(actual, expected, rtol=TOLERANCE, atol=TOLERANCE)


def check_cells(decoder):
    """The cell functions are the textbook equations in PyTorch's gate order.

    LSTM:  i, f, o = σ(·), g = tanh(·);  c' = f c + i g;  h' = o tanh(c')
    GRU:   r, z = σ(·), n = tanh(W_n x + b_n + r (U_n h + d_n));  h' = (1 − z) n + z h
    """
    recurrent = decoder.recurrent
    inputs = torch.linspace(-1, 1, 3 * recurrent.input_size).reshape(3, -1)
    hidden = torch.linspace(1, -1, 3 * recurrent.hidden_size).reshape(3, -1)
    cell = hidden.square()
    from_input = inputs @ recurrent.weight_ih_l0.T + recurrent.bias_ih_l0
    from_hidden = hidden @ recurrent.weight_hh_l0.T + recurrent.bias_hh_l0
    if recurrent.mode == "LSTM":
        i, f, g, o = (from_input + from_hidden).chunk(4, dim=-1)
        next_cell = f.sigmoid() * cell + i.sigmoid() * g.tanh()
        expected = (o.sigmoid() * next_cell.tanh(), next_cell)
        actual = decoder.cell(0, inputs, (hidden, cell))
    elif recurrent.mode == "GRU":
        (x_r, x_z, x_n), (h_r, h_z, h_n) = from_input.chunk(3, dim=-1), from_hidden.chunk(3, dim=-1)
        r, z = (x_r + h_r).sigmoid(), (x_z + h_z).sigmoid()
        expected = ((1 - z) * (x_n + r * h_n).tanh() + z * hidden,)
        actual = decoder.cell(0, inputs, (hidden,))
    else:
        expected = ((from_input + from_hidden).tanh(),)
        actual = decoder.cell(0, inputs, (hidden,))
    for value, reference in zip(actual, expected):
        same(value, reference)


def check_scan(model, batch, found):
    """Without feeding, the decoder's loop equals PyTorch's layer over the whole sequence."""
    decoder = model.decoder
    embedded = decoder.embedding(batch["targetIn"])
    c = found["c"].unsqueeze(1).expand(-1, embedded.shape[1], -1)
    state = tuple(torch.stack(values) for values in zip(*model.initial_states(found["c"])))
    inputs = torch.cat([embedded, c], dim=-1) if decoder.every_step else embedded
    states, _ = decoder.recurrent(inputs, state if len(state) == 2 else state[0])
    same(found["states"], states)


def check_attention(attention, batch, found):
    """Weights sum to 1, are 0 on padding, and the context equals PyTorch's own scaled dot-product attention."""
    query, values, mask = found["states"], found["outputs"], batch["sourceMask"]
    weights = found["attention"]
    same(weights.sum(dim=-1), torch.ones(weights.shape[:-1]))
    assert (weights.masked_select(~mask.unsqueeze(1)) == 0).all()
    expected = F.scaled_dot_product_attention(query, attention.keys(values), values, attn_mask=mask.unsqueeze(1))
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
        features = model(batch["source"], batch["sourceMask"], batch["targetIn"])["features"]
        return model.loss(features, batch["targetOut"], batch["targetMask"])

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
