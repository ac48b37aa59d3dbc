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

RECURRENT = {"rnn": nn.RNN, "rnn-relu": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}
NONLINEARITY = {"rnn": {"nonlinearity": "tanh"}, "rnn-relu": {"nonlinearity": "relu"}}


def plain_layers(description, input_size, bidirectional):
    """nn.RNN, nn.LSTM or nn.GRU."""
    kind = description["cell"]
    return RECURRENT[kind](
        input_size,
        description["hiddenSize"],
        num_layers=description["layers"],
        bidirectional=bidirectional,
        batch_first=True,
        **NONLINEARITY.get(kind, {}),
    )


class Layers(nn.Module):
    """Stacked recurrent layers with residual connections and layer-normalised cells, one step after another.

    Parameters have the names of nn.RNN, nn.LSTM and nn.GRU. With `layerNorm` the products W_ih x and W_hh h are normalised (Ba et al. 2016, eqs. 20–22 and the GRU's after them), with
    gains norm_ih and norm_hh and the cell's own biases; an LSTM's cell state is normalised before it is shown.
    With `residual` what goes up from the second layer on is x + layer(x).
    """

    def __init__(self, description, input_size, bidirectional):
        super().__init__()
        kind, hidden_size = description["cell"], description["hiddenSize"]
        plain = plain_layers(description, input_size, bidirectional)
        self.kind, self.hidden_size, self.num_layers = kind, hidden_size, description["layers"]
        self.suffixes = ["", "_reverse"] if bidirectional else [""]
        self.residual, self.normalised = description.get("residual", False), description.get("layerNorm", False)
        for name, parameter in plain.named_parameters():
            self.register_parameter(name, parameter)
        gates = plain.weight_hh_l0.shape[0]
        for layer in range(self.num_layers if self.normalised else 0):
            for suffix in self.suffixes:
                sizes = {"norm_ih": gates, "norm_hh": gates}
                if kind == "lstm":
                    sizes |= {"norm_c": hidden_size, "bias_c": hidden_size}
                for part, size in sizes.items():
                    self.register_parameter(f"{part}_l{layer}{suffix}", nn.Parameter(torch.ones(size)))

    def part(self, name, layer, suffix):
        return getattr(self, f"{name}_l{layer}{suffix}")

    def cell(self, layer, inputs, state, suffix=""):
        """One step of one layer: PyTorch's own cell functions, or the layer-normalised equations written out."""
        parts = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
        parameters = [self.part(name, layer, suffix) for name in parts]
        if self.normalised:
            return self.normalised_cell(layer, inputs, state, suffix, *parameters)
        if self.kind == "lstm":
            return torch.lstm_cell(inputs, state, *parameters)
        step = {"gru": torch.gru_cell, "rnn": torch.rnn_tanh_cell, "rnn-relu": torch.rnn_relu_cell}[self.kind]
        return (step(inputs, state[0], *parameters),)

    def normalised_cell(self, layer, inputs, state, suffix, w_ih, w_hh, b_ih, b_hh):
        def norm(values, gain, bias):
            return F.layer_norm(values, values.shape[-1:], gain, bias)

        x, h = inputs @ w_ih.T, state[0] @ w_hh.T
        g_ih, g_hh = self.part("norm_ih", layer, suffix), self.part("norm_hh", layer, suffix)
        size = self.hidden_size
        if self.kind == "gru":
            two, one = slice(0, 2 * size), slice(2 * size, None)
            gates = norm(x[:, two], g_ih[two], b_ih[two]) + norm(h[:, two], g_hh[two], b_hh[two])
            r, z = gates.sigmoid().chunk(2, dim=-1)
            n = norm(x[:, one], g_ih[one], b_ih[one]) + r * norm(h[:, one], g_hh[one], b_hh[one])
            return ((1 - z) * n.tanh() + z * state[0],)
        gates = norm(x, g_ih, b_ih) + norm(h, g_hh, b_hh)
        if self.kind == "rnn":
            return (gates.tanh(),)
        i, f, g, o = gates.chunk(4, dim=-1)
        cell = f.sigmoid() * state[1] + i.sigmoid() * g.tanh()
        shown = norm(cell, self.part("norm_c", layer, suffix), self.part("bias_c", layer, suffix))
        return o.sigmoid() * shown.tanh(), cell

    def zero_state(self, batch):
        zeros = torch.zeros(batch, self.hidden_size)
        return (zeros, zeros) if self.kind == "lstm" else (zeros,)

    def forward(self, inputs, mask):
        """inputs [B, S, ·], mask [B, S] → outputs [B, S, C] (0 at padding), final states by layer and direction."""
        below, finals = inputs, []
        for layer in range(self.num_layers):
            outputs, states = [], []
            for suffix in self.suffixes:
                state, steps = self.zero_state(len(inputs)), [None] * inputs.shape[1]
                for t in reversed(range(inputs.shape[1])) if suffix else range(inputs.shape[1]):
                    real = mask[:, t : t + 1]
                    following = self.cell(layer, below[:, t], state, suffix)
                    state = tuple(torch.where(real, new, old) for new, old in zip(following, state))
                    steps[t] = following[0] * real
                outputs.append(torch.stack(steps, dim=1))
                states.append(state)
            read = torch.cat(outputs, dim=-1)
            below = below + read if self.residual and layer > 0 else read
            finals.append(states)
        return below, finals


class Encoder(nn.Module):
    """Embedding → recurrent layers over the real tokens → c, a summary of the outputs h.

    last:       [forward state at the last real token; backward state at the first], top layer
    mean, max:  over the real tokens
    attention:  Σ α_t h_t with α = softmax(q · tanh(W h_t + b)) (Yang et al. 2016, eqs. 5–7)
    """

    def __init__(self, description, embedding_size, vocab_size):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embedding_size)
        bidirectional = description["bidirectional"]
        self.is_plain = not (description.get("residual") or description.get("layerNorm"))
        layers = plain_layers if self.is_plain else Layers
        self.recurrent = layers(description, embedding_size, bidirectional)
        self.output_size = description["hiddenSize"] * (2 if bidirectional else 1)
        self.kind = description.get("summary", "last")
        if self.kind == "attention":
            size = self.output_size
            self.summary = nn.ModuleDict({"hidden": nn.Linear(size, size), "query": nn.Linear(size, 1, bias=False)})

    def forward(self, source, mask, dropout):
        """source [B, S], mask [B, S] → outputs [B, S, C] (0 at padding), final states, c [B, C]."""
        embedded = dropout(self.embedding(source))
        outputs, finals = self.packed(embedded, mask) if self.is_plain else self.recurrent(embedded, mask)
        return outputs, finals, self.code(outputs, finals, mask.unsqueeze(-1))

    def packed(self, embedded, mask):
        """PyTorch's own module over the real tokens only; final states by layer and direction."""
        lengths = mask.sum(dim=1).cpu()
        packed = pack_padded_sequence(embedded, lengths, batch_first=True, enforce_sorted=False)
        outputs, final = self.recurrent(packed)
        outputs, _ = pad_packed_sequence(outputs, batch_first=True, total_length=embedded.shape[1])
        states = list(zip(*final)) if isinstance(final, tuple) else [(state,) for state in final]
        directions = 2 if self.recurrent.bidirectional else 1
        return outputs, [states[i : i + directions] for i in range(0, len(states), directions)]

    def code(self, outputs, finals, real):
        if self.kind == "mean":
            return mean(outputs, real)
        if self.kind == "max":
            return outputs.masked_fill(~real, -math.inf).amax(dim=1)
        if self.kind == "attention":
            scores = self.summary["query"](self.summary["hidden"](outputs).tanh())
            return (scores.masked_fill(~real, -math.inf).softmax(dim=1) * outputs).sum(dim=1)
        return torch.cat([state[0] for state in finals[-1]], dim=-1)


def mean(outputs, real):
    """outputs [B, S, C], real [B, S, 1] → [B, C]."""
    return (outputs * real).sum(dim=1) / real.sum(dim=1)


def bare(inputs, outputs):
    return nn.Linear(inputs, outputs, bias=False)


class Attention(nn.Module):
    """weights = softmax(score) over real tokens,   context = Σ_s weights_s state_s.

    scaled-dot: query · key_s / √d with the states as keys where their size is the query's d, else key_s = W_key state_s
    dot:        query · state_s                general: query · W_key state_s
    additive:   v · tanh(W_q query + W_k state_s)
    coverage:   u · past_s is added (inside the tanh for additive), past = the sum of earlier weights
    """

    def __init__(self, kind, query_size, encoder_size, coverage):
        super().__init__()
        self.kind, self.context_size = kind, encoder_size
        projected = kind in ("general", "additive") or (kind == "scaled-dot" and query_size != encoder_size)
        self.key = bare(encoder_size, query_size) if projected else None
        if kind == "additive":
            self.query, self.score = bare(query_size, query_size), bare(query_size, 1)
        self.coverage = bare(1, query_size if kind == "additive" else 1) if coverage else None

    def forward(self, query, outputs, mask, past):
        """query [B, H], outputs [B, S, C], mask [B, S], past [B, S] → context [B, C], weights [B, S]."""
        keys = outputs if self.key is None else self.key(outputs)
        covered = 0 if self.coverage is None else self.coverage(past.unsqueeze(-1))  # [B, S, ·]
        if self.kind == "additive":
            scores = self.score(torch.tanh(self.query(query).unsqueeze(1) + keys + covered))
        else:
            scale = math.sqrt(query.shape[-1]) if self.kind == "scaled-dot" else 1
            scores = keys @ query.unsqueeze(-1) / scale + covered
        weights = scores.squeeze(-1).masked_fill(~mask, -math.inf).softmax(dim=-1)
        return (weights.unsqueeze(1) @ outputs).squeeze(1), weights


class MultiHeadAttention(nn.Module):
    """nn.MultiheadAttention without biases, one query, its weights averaged over heads; named as that module names them."""

    def __init__(self, query_size, encoder_size, heads):
        super().__init__()
        self.heads, self.context_size = heads, query_size
        self.q_proj_weight = nn.Parameter(torch.empty(query_size, query_size))
        self.k_proj_weight = nn.Parameter(torch.empty(query_size, encoder_size))
        self.v_proj_weight = nn.Parameter(torch.empty(query_size, encoder_size))
        self.out_proj = bare(query_size, query_size)

    def forward(self, query, outputs, mask, past):
        states = outputs.transpose(0, 1)  # [S, B, C]
        context, weights = F.multi_head_attention_forward(
            query.unsqueeze(0), states, states, query.shape[-1], self.heads,
            in_proj_weight=None, in_proj_bias=None, bias_k=None, bias_v=None, add_zero_attn=False, dropout_p=0.0,
            out_proj_weight=self.out_proj.weight, out_proj_bias=None, key_padding_mask=~mask,
            use_separate_proj_weight=True, q_proj_weight=self.q_proj_weight, k_proj_weight=self.k_proj_weight,
            v_proj_weight=self.v_proj_weight, average_attn_weights=True,
        )
        return context.squeeze(0), weights.squeeze(1)


class Decoder(nn.Module):
    """One target token after another (teacher forcing).

    Without attention, context every-step:  s_t = cell([embed(y_{t−1}); c], s_{t−1}),
                                            features = [s_t; c; embed(y_{t−1})]
    Without attention, context initial:     s_t = cell(embed(y_{t−1}), s_{t−1}),  features = s_t
    attend: after    s_t = cell([embed(y_{t−1}); c where every-step; fed], s_{t−1}),
                     h̃_t = tanh(W [context_t; s_t]),  features = h̃_t,
                     fed = h̃_{t−1} (attentional), context_{t−1} (context), nothing (none); zeros at the first step.
    attend: before   context_t from the query s_{t−1},  s_t = cell([embed(y_{t−1}); c where every-step; context_t], s_{t−1}),
                     features = tanh(W [s_t; context_t; embed(y_{t−1})])
    All:             logits = W_out features + b_out; tied: W_out is the embedding.
    """

    def __init__(self, model, encoder_size, vocab_size):
        super().__init__()
        description, attention, embedding_size = model["decoder"], model["attention"], model["embeddingSize"]
        hidden_size, kind = description["hiddenSize"], attention["kind"]
        self.every_step = description["context"] == "every-step"
        self.before = kind != "none" and description["attend"] == "before"
        self.feeding = description["inputFeeding"] if kind != "none" else "none"
        self.embedding = nn.Embedding(vocab_size, embedding_size)
        context_size = {"none": 0, "multi-head": hidden_size}.get(kind, encoder_size)
        fed_size = {"attentional": hidden_size, "context": context_size, "none": 0}[self.feeding]
        fed_size = context_size if self.before else fed_size
        self.recurrent = Layers(
            description, embedding_size + (encoder_size if self.every_step else 0) + fed_size, False
        )
        if kind == "none":
            self.attention = None
        elif kind == "multi-head":
            self.attention = MultiHeadAttention(hidden_size, encoder_size, attention["heads"])
        else:
            self.attention = Attention(kind, hidden_size, encoder_size, attention.get("coverage", False))
        if self.attention is not None:
            self.attentional = bare(context_size + hidden_size + (embedding_size if self.before else 0), hidden_size)
            feature_size = hidden_size
        else:
            feature_size = hidden_size + (encoder_size + embedding_size if self.every_step else 0)
        self.output = nn.Linear(feature_size, vocab_size)
        if model.get("tieEmbeddings", "none") != "none":
            self.output.weight = self.embedding.weight

    def features(self, target_in, states, outputs, c, mask, dropout):
        """target_in [B, T] → features [B, T, ·], top states [B, T, H], weights [B, T, S] or None.

        states: one tuple a layer, (hidden,) or (hidden, cell), each [B, H].
        """
        embedded = dropout(self.embedding(target_in))
        past = torch.zeros(mask.shape)
        fed = None
        if self.feeding == "attentional":
            fed = outputs.new_zeros(len(c), self.recurrent.hidden_size)
        elif self.feeding == "context":
            fed = outputs.new_zeros(len(c), self.attention.context_size)
        steps = []
        for embed in embedded.unbind(1):
            weights = None
            if self.before:
                fed, weights = self.attention(states[-1][0], outputs, mask, past)
            inputs = torch.cat([embed] + ([c] if self.every_step else []) + ([] if fed is None else [fed]), dim=-1)
            below, next_states = inputs, []
            for layer, state in enumerate(states):
                next_states.append(self.recurrent.cell(layer, below, state))
                read = next_states[-1][0]
                below = below + read if self.recurrent.residual and layer > 0 else read
            states, top = next_states, below
            if self.before:
                feature = torch.tanh(self.attentional(torch.cat([top, fed, embed], dim=-1)))
            elif self.attention is not None:
                context, weights = self.attention(top, outputs, mask, past)
                feature = torch.tanh(self.attentional(torch.cat([context, top], dim=-1)))
                fed = {"attentional": feature, "context": context, "none": None}[self.feeding]
            else:
                feature = torch.cat([top, c, embed], dim=-1) if self.every_step else top
            past = past if weights is None else past + weights
            steps.append((feature, top, weights))
        features, tops, weights = zip(*steps)
        joined = None if self.attention is None else torch.stack(weights, dim=1)
        return torch.stack(features, dim=1), torch.stack(tops, dim=1), joined


class Seq2Seq(nn.Module):
    """Encoder, bridge, decoder.

    Bridge `dense`: s_0 = tanh(W c + b), one W and b a decoder layer, all from the same c; `mean`: the same from the mean of
    the encoder's outputs; `copy`: the encoder's final states of the same layer; `zero`: s_0 = 0. An LSTM's cell state starts
    at 0, but `copy` takes it from an encoder that is an LSTM too.
    Dropout acts on both sides' embeddings and on the attentional features before the output projection; what is fed
    back stays undropped. `dropout` is a function of a tensor, the identity where none is given.
    """

    def __init__(self, model, source_vocab_size, target_vocab_size):
        super().__init__()
        refuse_unsupported(model)
        decoder = model["decoder"]
        self.model = model
        self.encoder = Encoder(model["encoder"], model["embeddingSize"], source_vocab_size)
        encoder_size = self.encoder.output_size
        if decoder["bridge"] in ("dense", "mean"):
            layers = range(decoder["layers"])
            self.bridge = nn.ModuleList(nn.Linear(encoder_size, decoder["hiddenSize"]) for _ in layers)
        self.decoder = Decoder(model, encoder_size, target_vocab_size)
        if model.get("tieEmbeddings") == "all":
            self.decoder.embedding.weight = self.encoder.embedding.weight
            self.decoder.output.weight = self.encoder.embedding.weight

    def initial_states(self, outputs, finals, c, mask):
        """s_0 by layer."""
        recurrent, bridge = self.decoder.recurrent, self.model["decoder"]["bridge"]
        zeros = recurrent.zero_state(len(c))
        if bridge == "copy":
            copied = [tuple(torch.cat(part, dim=-1) for part in zip(*states)) for states in finals]
            return [(state + zeros[len(state) :])[: len(zeros)] for state in copied]
        if bridge == "zero":
            return [zeros] * recurrent.num_layers
        start = c if bridge == "dense" else mean(outputs, mask.unsqueeze(-1))
        return [(torch.tanh(dense(start)), *zeros[1:]) for dense in self.bridge]

    def forward(self, source, mask, target_in, dropout=lambda values: values):
        """Everything a comparison needs, by name; project `features` with `decoder.output` for the logits."""
        outputs, finals, c = self.encoder(source, mask, dropout)
        states = self.initial_states(outputs, finals, c, mask)
        features, tops, weights = self.decoder.features(target_in, states, outputs, c, mask, dropout)
        initial = torch.stack([state[0] for state in states])  # [layers, B, H]
        return {
            "outputs": outputs,
            "c": c,
            "initialStates": states,
            "initialState": initial,
            "states": tops,
            "features": features if self.decoder.attention is None else dropout(features),
            "attention": weights,
        }

    def loss(self, features, target_out, target_mask, label_smoothing=0.0, reduction="mean"):
        """Cross-entropy over the real target tokens, </s> among them; only their features are projected."""
        logits = self.decoder.output(features[target_mask])
        return F.cross_entropy(logits, target_out[target_mask], label_smoothing=label_smoothing, reduction=reduction)

    def attention_losses(self, weights, target_mask, guide):
        """Coverage: Σ_s min(weights_ts, Σ_{t' < t} weights_t's), a mean over target tokens (See et al. 2017, eq. 12).
        Guided: −log of the mass on aligned source tokens, a mean over the target tokens that have any."""
        attention = self.model["attention"]
        total = torch.zeros(())
        if attention.get("coverage"):
            past = weights.cumsum(dim=1) - weights
            each = torch.minimum(weights, past).sum(dim=-1)
            total = total + attention["coverageLoss"] * (each * target_mask).sum() / target_mask.sum()
        if attention.get("guided"):
            aligned = guide.any(dim=-1)
            mass = (weights * guide).sum(dim=-1)[aligned] + 1e-8
            total = total - attention["guided"] * mass.log().mean()
        return total


def refuse_unsupported(model):
    """Stop at a description this oracle would silently compute otherwise."""
    supported = {
        "encoder.cell": tuple(RECURRENT),
        "decoder.cell": tuple(RECURRENT),
        "decoder.bridge": ("dense", "zero", "copy", "mean"),
        "decoder.context": ("initial", "every-step"),
        "decoder.attend": ("after", "before"),
        "decoder.inputFeeding": ("attentional", "context", "none"),
        "attention.kind": ("scaled-dot", "dot", "general", "additive", "multi-head", "none"),
    }
    for path, values in supported.items():
        part, key = path.split(".")
        if model[part][key] not in values:
            raise ValueError(f"model.{path}: expected one of {', '.join(values)}, got {model[part][key]}.")
    if model["encoder"].get("dropout") or model["decoder"].get("dropout"):
        raise ValueError("model: dropout between layers is not in this oracle; use 0.")
