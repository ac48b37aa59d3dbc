"""Tandem's encoder and decoders written once more in plain PyTorch: the oracle the TypeScript is compared with.

Names and shapes follow the design's model definitions, so `state_dict()` has the names of a Tandem model file.
B = batch, S = sourceTime, T = targetTime, E = embeddingSize, H = decoder hidden size, V = target vocabulary size,
C = encoderSize = encoder hidden size × directions.
"""

import math

import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

RECURRENT = {"rnn": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}


class Encoder(nn.Module):
    """Embedding → recurrent layers over the real tokens only (packed), zero initial state."""

    def __init__(self, description, embedding_size, vocab_size):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embedding_size)
        self.recurrent = RECURRENT[description["cell"]](
            embedding_size,
            description["hiddenSize"],
            num_layers=description["layers"],
            bidirectional=description["bidirectional"],
            batch_first=True,
        )
        self.output_size = description["hiddenSize"] * (2 if description["bidirectional"] else 1)

    def forward(self, source, lengths, dropout):
        """source [B, S], lengths [B] → outputs [B, S, C] (0 at padding), c [B, C].

        c = [forward state at the last real token; backward state at the first], top layer.
        """
        embedded = dropout(self.embedding(source))
        packed = pack_padded_sequence(embedded, lengths, batch_first=True, enforce_sorted=False)
        outputs, final = self.recurrent(packed)
        hidden = final[0] if isinstance(final, tuple) else final  # [layers · directions, B, hidden]
        outputs, _ = pad_packed_sequence(outputs, batch_first=True, total_length=source.shape[1])
        directions = 2 if self.recurrent.bidirectional else 1
        return outputs, torch.cat(list(hidden[-directions:]), dim=-1)


class ScaledDotAttention(nn.Module):
    """score_s = query · key_s / √d,   weights = softmax(score) over real tokens,   context = Σ_s weights_s value_s.

    d is the query's size. Values are the encoder's outputs. Keys are the same outputs where their size is d,
    else key_s = W_key output_s (no bias).
    """

    def __init__(self, query_size, encoder_size):
        super().__init__()
        self.key = None if query_size == encoder_size else nn.Linear(encoder_size, query_size, bias=False)

    def keys(self, outputs):
        return outputs if self.key is None else self.key(outputs)

    @staticmethod
    def attend(query, keys, values, mask):
        """query [B, H], keys [B, S, H], values [B, S, C], mask [B, S] → context [B, C], weights [B, S]."""
        scores = (keys @ query.unsqueeze(-1)).squeeze(-1) / math.sqrt(query.shape[-1])
        weights = scores.masked_fill(~mask, -math.inf).softmax(dim=-1)
        return (weights.unsqueeze(1) @ values).squeeze(1), weights


class Decoder(nn.Module):
    """One target token after another (teacher forcing).

    Without attention, context every-step:  s_t = cell([embed(y_{t−1}); c], s_{t−1}),
                                            features = [s_t; c; embed(y_{t−1})]
    Without attention, context initial:     s_t = cell(embed(y_{t−1}), s_{t−1}),  features = s_t
    With attention:  s_t = cell([embed(y_{t−1}); c where every-step; fed], s_{t−1}),
                     h̃_t = tanh(W [context_t; s_t]),  features = h̃_t,
                     fed = h̃_{t−1} (attentional), context_{t−1} (context), nothing (none); zeros at the first step.
    All:             logits = W_out features + b_out.
    """

    def __init__(self, description, attention, embedding_size, encoder_size, vocab_size):
        super().__init__()
        hidden_size = description["hiddenSize"]
        self.every_step = description["context"] == "every-step"
        self.feeding = description["inputFeeding"] if attention else "none"
        self.embedding = nn.Embedding(vocab_size, embedding_size)
        fed_size = {"attentional": hidden_size, "context": encoder_size, "none": 0}[self.feeding]
        input_size = embedding_size + (encoder_size if self.every_step else 0) + fed_size
        self.recurrent = RECURRENT[description["cell"]](
            input_size, hidden_size, num_layers=description["layers"], batch_first=True
        )
        if attention:
            self.attention = ScaledDotAttention(hidden_size, encoder_size)
            self.attentional = nn.Linear(encoder_size + hidden_size, hidden_size, bias=False)
            feature_size = hidden_size
        else:
            self.attention = None
            feature_size = hidden_size + (encoder_size + embedding_size if self.every_step else 0)
        self.output = nn.Linear(feature_size, vocab_size)

    def cell(self, layer, inputs, state):
        """One step of one layer, by PyTorch's own cell functions on the layer's parameters."""
        parts = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
        parameters = [getattr(self.recurrent, f"{part}_l{layer}") for part in parts]
        if self.recurrent.mode == "LSTM":
            return torch.lstm_cell(inputs, state, *parameters)
        step = torch.gru_cell if self.recurrent.mode == "GRU" else torch.rnn_tanh_cell
        return (step(inputs, state[0], *parameters),)

    def features(self, target_in, states, outputs, c, mask, dropout):
        """target_in [B, T] → features [B, T, ·], top states [B, T, H], weights [B, T, S] or None.

        states: one tuple a layer, (hidden,) or (hidden, cell), each [B, H].
        """
        embedded = dropout(self.embedding(target_in))
        keys = None if self.attention is None else self.attention.keys(outputs)
        fed = {
            "attentional": outputs.new_zeros(len(c), self.recurrent.hidden_size),
            "context": torch.zeros_like(c),
            "none": None,
        }[self.feeding]
        steps = []
        for embed in embedded.unbind(1):
            inputs = torch.cat([embed] + ([c] if self.every_step else []) + ([] if fed is None else [fed]), dim=-1)
            below, next_states = inputs, []
            for layer, state in enumerate(states):
                next_states.append(self.cell(layer, below, state))
                below = next_states[-1][0]
            states, top, weights = next_states, below, None
            if self.attention is not None:
                context, weights = self.attention.attend(top, keys, outputs, mask)
                feature = torch.tanh(self.attentional(torch.cat([context, top], dim=-1)))
                fed = {"attentional": feature, "context": context, "none": None}[self.feeding]
            else:
                feature = torch.cat([top, c, embed], dim=-1) if self.every_step else top
            steps.append((feature, top, weights))
        features, tops, weights = zip(*steps)
        joined = None if self.attention is None else torch.stack(weights, dim=1)
        return torch.stack(features, dim=1), torch.stack(tops, dim=1), joined


class Seq2Seq(nn.Module):
    """Encoder, bridge, decoder.

    Bridge `dense`: s_0 = tanh(W c + b), one W and b a decoder layer, all from the same c; `zero`: s_0 = 0. An LSTM's
    cell state starts at 0 with either.
    Dropout acts on both sides' embeddings and on the attentional features before the output projection; what is fed
    back stays undropped. `dropout` is a function of a tensor, the identity where none is given.
    """

    def __init__(self, model, source_vocab_size, target_vocab_size):
        super().__init__()
        refuse_unsupported(model)
        decoder = model["decoder"]
        attention = model["attention"]["kind"] == "scaled-dot"
        self.encoder = Encoder(model["encoder"], model["embeddingSize"], source_vocab_size)
        encoder_size = self.encoder.output_size
        if decoder["bridge"] == "dense":
            layers = range(decoder["layers"])
            self.bridge = nn.ModuleList(nn.Linear(encoder_size, decoder["hiddenSize"]) for _ in layers)
        else:
            self.bridge = None
        self.decoder = Decoder(decoder, attention, model["embeddingSize"], encoder_size, target_vocab_size)

    def initial_states(self, c):
        """s_0 by layer."""
        recurrent = self.decoder.recurrent
        zeros = c.new_zeros(len(c), recurrent.hidden_size)
        if self.bridge is None:
            hidden = [zeros] * recurrent.num_layers
        else:
            hidden = [torch.tanh(dense(c)) for dense in self.bridge]
        return [(state, zeros) if recurrent.mode == "LSTM" else (state,) for state in hidden]

    def forward(self, source, mask, target_in, dropout=lambda values: values):
        """Everything a comparison needs, by name; project `features` with `decoder.output` for the logits."""
        outputs, c = self.encoder(source, mask.sum(dim=1).cpu(), dropout)
        states = self.initial_states(c)
        features, tops, weights = self.decoder.features(target_in, states, outputs, c, mask, dropout)
        initial = torch.stack([state[0] for state in states])  # [layers, B, H]
        return {
            "outputs": outputs,
            "c": c,
            "initialState": initial,
            "states": tops,
            "features": features if self.decoder.attention is None else dropout(features),
            "attention": weights,
        }

    def loss(self, features, target_out, target_mask, label_smoothing=0.0, reduction="mean"):
        """Cross-entropy over the real target tokens, </s> among them; only their features are projected."""
        logits = self.decoder.output(features[target_mask])
        return F.cross_entropy(logits, target_out[target_mask], label_smoothing=label_smoothing, reduction=reduction)


def refuse_unsupported(model):
    """Stop at a description this oracle would silently compute otherwise."""
    supported = {
        "encoder.cell": tuple(RECURRENT),
        "decoder.cell": tuple(RECURRENT),
        "decoder.bridge": ("dense", "zero"),
        "decoder.context": ("initial", "every-step"),
        "decoder.attend": ("after",),
        "decoder.inputFeeding": ("attentional", "context", "none"),
        "attention.kind": ("scaled-dot", "none"),
    }
    for path, values in supported.items():
        part, key = path.split(".")
        if model[part][key] not in values:
            raise ValueError(f"model.{path}: expected one of {', '.join(values)}, got {model[part][key]}.")
    if model["encoder"].get("dropout") or model["decoder"].get("dropout"):
        raise ValueError("model: dropout between layers is not in this oracle; use 0.")
