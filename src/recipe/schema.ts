import * as z from "zod";
import {
  decodeDefaults,
  decodeRanges,
  LENGTH,
  type NumberRange,
  plusRange,
  STOPPING,
  timesSourceRange,
} from "./decode-options.js";
import { refusals, subwordRefusals, tieRefusals, vocabularyRefusals } from "./refusals.js";
import { taskRefusals } from "./task-refusals.js";
import { trainingRefusals } from "./training-refusals.js";
import { RECIPE_VERSION } from "./versions.js";

// The one place where the recipe's keys, values, ranges, defaults and descriptions stand. The types, the JSON Schema
// for editors and the messages to the user are all derived from here.

/** A default that depends on another key: shown in the JSON Schema, filled in by the section's `transform`. */
const conditional = <Schema extends z.ZodType>(schema: Schema, description: string, usualDefault: string | number) =>
  schema.optional().meta({ description, default: usualDefault });

/** Adds an issue whose message is a whole sentence. */
const refuse = (context: z.RefinementCtx, path: string[], message: string) =>
  context.addIssue({ code: "custom", path, message });

const size = z.int().min(1).max(4096);
const layerCount = z.int().min(1).max(16);
const dropoutRate = z.number().min(0).max(0.95);
const cellKind = z.enum(["gru", "lstm", "rnn", "rnn-relu"]);
const filePath = z.string().min(1);
/** Of a TSV a number, of JSON Lines the name of a field. */
const column = z.union([z.int().min(0).max(9999), z.string().min(1)]);

const columns = z
  .strictObject({
    source: column
      .default(0)
      .describe("Column of the source, counted from 0; in JSON Lines the name of its field, source unless given."),
    target: conditional(
      column,
      "Column or field of the target: what is to be written, the label or the tags. Of a language model, which has no source, the default is 0.",
      1,
    ),
    alignment: column
      .optional()
      .describe("Column or field of the alignment (0-0 1-2) that attention.guided follows, if there is one."),
  })
  .prefault({})
  .describe("Which columns of a TSV, or fields of JSON Lines, hold the source, the target and, if any, the alignment.");

const parallelFiles = z.strictObject({
  source: filePath.describe("File of the sources, a line each."),
  target: filePath.describe("File of their targets, line by line."),
});

const keepOrRemove = z.enum(["keep", "remove"]).default("keep");

const filters = z
  .strictObject({
    empty: z
      .enum(["refuse", "remove"])
      .default("refuse")
      .describe("What is done with a pair of which one side is empty: it is an error, or taken out."),
    minWords: z
      .int()
      .min(0)
      .max(1_000_000)
      .default(0)
      .describe("Fewest words of a side; words stand between spaces, and a Chinese or Japanese character is one."),
    maxWords: z.int().min(1).max(1_000_000).optional().describe("Most words of a side."),
    maxCharacters: z.int().min(1).max(10_000_000).optional().describe("Most characters of a side."),
    maxRatio: z
      .number()
      .min(1)
      .max(1000)
      .optional()
      .describe("How many times as many words the longer side may have as the shorter one."),
    wrongScript: keepOrRemove.describe(
      "What is done with a side less than half of whose letters are in the script of its language, where that is named.",
    ),
    copies: keepOrRemove.describe("What is done with a pair whose target is its source, but for case and width."),
    duplicates: z
      .enum(["keep", "pairs", "sources", "targets"])
      .default("keep")
      .describe("Keep all, or only the first of equal pairs, of pairs of one source, or of one target."),
  })
  .superRefine(({ minWords, maxWords }, context) => {
    if (maxWords !== undefined && minWords > maxWords)
      refuse(context, ["minWords"], `${minWords} is refused: it is more than maxWords ${maxWords}. Use less`);
  })
  .prefault({})
  .describe(
    "Which training pairs are taken out; how many, and one of them, is said at the start. Dev and test stay whole.",
  );

/** One file of pairs, two parallel ones, or several of these. */
const corpus = z.union([filePath, parallelFiles, z.array(z.union([filePath, parallelFiles])).min(1)]);

const data = z
  .strictObject({
    train: corpus
      .optional()
      .describe(
        "Training pairs, relative to the recipe: a TSV or JSON Lines file, parallel files, or a list; - is stdin.",
      ),
    dev: corpus
      .optional()
      .describe("Pairs that choose the best epoch, in files as train's; without it holdOut is used."),
    test: corpus.optional().describe("Pairs to evaluate the finished model on, in files as train's."),
    alignments: z
      .union([filePath, z.array(filePath).min(1)])
      .optional()
      .describe(
        "File with the alignment of each training pair, 0-0 1-2, line by line, one for each file of train: what attention.guided follows.",
      ),
    columns,
    format: z
      .enum(["auto", "tsv", "jsonl"])
      .default("auto")
      .describe(
        "What the lines of a file are: told by its name (auto; .jsonl and .ndjson are JSON Lines), or as said.",
      ),
    streaming: z
      .enum(["auto", "always", "never"])
      .default("auto")
      .describe("Whether training reads pairs from disk, a part at a time: if they are large (auto), always or never."),
    filters,
    holdOut: z
      .number()
      .min(0)
      .max(0.5)
      .default(0.05)
      .describe("Share of the training sources held out for dev when there is no dev file; at most 1000 pairs."),
  })
  .superRefine(({ train, alignments, columns }, context) => {
    if (alignments !== undefined && columns.alignment !== undefined)
      refuse(context, ["alignments"], "columns.alignment is given too; give one of the two");
    const countOf = (files: unknown) => (Array.isArray(files) ? files.length : 1);
    if (train !== undefined && alignments !== undefined && countOf(train) !== countOf(alignments)) {
      const counts = `${countOf(alignments)} for the ${countOf(train)} of train`;
      refuse(context, ["alignments"], `each file of train has a file of alignments, got ${counts}`);
    }
  })
  .prefault({})
  .describe("Where the pairs come from.");

const languageTag = /^(auto|[a-z]{2,3}(-[A-Za-z0-9]{1,8})*)$/;

const textSide = (side: "source" | "target") =>
  z
    .strictObject({
      tokenizer: z
        .enum(["words", "whitespace", "chars", "bytes", "bpe"])
        .default("words")
        .describe(
          "How a line is cut: into words (Chinese and Japanese too), at white space, into characters, bytes of UTF-8, or pieces of words (bpe).",
        ),
      tokenizerFile: filePath
        .optional()
        .describe(
          "A tokenizer.json for bpe or bytes, relative to the recipe, instead of one learnt from the training data; its own size, case and normalization hold.",
        ),
      language: z
        .string()
        .regex(languageTag, { error: 'expected "auto" or a language tag such as zh or pt-BR' })
        .default("auto")
        .describe('Language of the text as a BCP 47 tag, or "auto" to judge by its characters.'),
      vocabSize: z
        .int()
        .min(5)
        .max(1_000_000)
        .default(8000)
        .describe(
          "Most entries of the vocabulary, the four special ones included: the rarest tokens are left out; bpe merges until it is full, bytes are always 260.",
        ),
      minFrequency: z
        .int()
        .min(1)
        .max(1_000_000)
        .default(1)
        .describe(
          "How often a token must occur in the training data to enter the vocabulary; of bpe, a pair to be merged (at least 2).",
        ),
      characterCoverage: z
        .number()
        .min(0.5)
        .max(1)
        .default(1)
        .describe(
          "Of bpe: the share of the training text's characters that get pieces, the most frequent ones; others are unknown. 0.9995 suits Chinese and Japanese.",
        ),
      bpeDropout: dropoutRate
        .default(0)
        .describe(
          "Of bpe: the probability that a merge is left out in training, anew in every epoch (Provilkov et al. 2020).",
        ),
      lowercase: z.boolean().default(false).describe("Lower-case the text before it is cut."),
      normalization: z
        .enum(["NFC", "NFD", "NFKC", "none"])
        .default("NFC")
        .describe("Unicode normalization applied before the text is cut."),
    })
    .superRefine((value, context) => {
      for (const [path, message] of subwordRefusals(value)) refuse(context, path, message);
    })
    .prefault({})
    .describe(`How the ${side} text becomes tokens.`);

/** What encoder and decoder have alike, beside their sizes. */
const recurrent = {
  dropout: dropoutRate.default(0).describe("Dropout between stacked layers."),
  variational: z
    .boolean()
    .default(false)
    .describe("One dropout mask for all tokens of a sentence (Gal and Ghahramani 2016), wherever this side drops."),
  residual: z
    .boolean()
    .default(false)
    .describe("From the second layer on, add a layer's input to its output (Wu et al. 2016)."),
  layerNorm: z.boolean().default(false).describe("Layer normalisation inside the cells (Ba et al. 2016)."),
};

/** Refuses what the recurrent layers of one side cannot be. */
const refuseLayers = (
  side: { cell: string; layers: number; residual: boolean; layerNorm: boolean },
  context: z.RefinementCtx,
) => {
  if (side.residual && side.layers === 1)
    refuse(
      context,
      ["residual"],
      "true is refused: residual connections begin at the second layer. Use layers: 2 or more",
    );
  if (side.layerNorm && side.cell === "rnn-relu")
    refuse(context, ["layerNorm"], "true is refused: rnn-relu has no layer-normalised form here. Use cell: rnn");
};

const encoder = z
  .strictObject({
    cell: cellKind.default("gru").describe("The recurrent cell; rnn is tanh, rnn-relu the rectifier."),
    hiddenSize: size.default(256).describe("Size of the hidden state, per direction."),
    layers: layerCount.default(1).describe("Number of stacked layers."),
    bidirectional: z.boolean().default(true).describe("Read the source in both directions."),
    ...recurrent,
    summary: z
      .enum(["last", "mean", "max", "attention"])
      .default("last")
      .describe(
        "How the sentence vector is made: of the final states, or of all states by mean, maximum or a learnt attention.",
      ),
  })
  .superRefine(refuseLayers)
  .prefault({})
  .describe("The part that reads the source.");

const decoder = z
  .strictObject({
    cell: cellKind.default("gru").describe("The recurrent cell; rnn is tanh, rnn-relu the rectifier."),
    hiddenSize: size.default(256).describe("Size of the hidden state."),
    layers: layerCount.default(1).describe("Number of stacked layers."),
    ...recurrent,
    bridge: z
      .enum(["dense", "zero", "copy", "mean"])
      .default("dense")
      .describe(
        "How the first state is made: a dense layer of the sentence vector, zero, the encoder's final states, or a dense layer of its states' mean.",
      ),
    context: conditional(
      z.enum(["initial", "every-step"]),
      "Where the sentence vector enters: the first state only, or every step. Without attention the default is every-step.",
      "initial",
    ),
    attend: z
      .enum(["after", "before"])
      .default("after")
      .describe(
        "When attention looks: after the cell's step, with its new state (Luong et al. 2015), or before it, with the last one (Bahdanau et al. 2015).",
      ),
    inputFeeding: conditional(
      z.enum(["attentional", "context", "none"]),
      "What a step is fed beside the last token: attentional state, context, or nothing. Without attention, and with attend: before, it is none.",
      "attentional",
    ),
  })
  .superRefine(refuseLayers)
  .prefault({})
  .describe("The part that writes the target.");

const defaultHeads = 4;

const attention = z
  .strictObject({
    kind: z
      .enum(["scaled-dot", "dot", "general", "additive", "concat", "multi-head", "none"])
      .default("scaled-dot")
      .describe(
        "How states are compared: softmax(QKᵀ/√d)V, qᵀk, qᵀWk, vᵀtanh(Wq + Uk) (also called concat), by several heads, or no attention.",
      ),
    heads: z
      .int()
      .min(1)
      .max(64)
      .optional()
      .describe(`Heads of multi-head, ${defaultHeads} unless given; they divide decoder.hiddenSize.`),
    coverage: z
      .boolean()
      .default(false)
      .describe("Let scores see what was attended to before, and penalise attending to it again (See et al. 2017)."),
    coverageLoss: z
      .number()
      .min(0)
      .max(100)
      .default(1)
      .describe("Weight of the coverage loss, a mean over target tokens; only with coverage."),
    guided: z
      .number()
      .min(0)
      .max(100)
      .default(0)
      .describe("Weight of the loss that pulls attention to given alignments; 0 is off."),
  })
  .superRefine(({ kind, heads, coverage, guided }, context) => {
    if (heads !== undefined && kind !== "multi-head")
      refuse(context, ["heads"], `${heads} is refused: ${kind} has no heads. Use kind: multi-head`);
    if (coverage && kind === "none")
      refuse(context, ["coverage"], "true is refused: with kind: none there is nothing to cover. Choose another kind");
    if (coverage && kind === "multi-head")
      refuse(context, ["coverage"], "true is refused: each head looks elsewhere on purpose. Use a kind without heads");
    if (guided > 0 && kind === "none")
      refuse(
        context,
        ["guided"],
        `${guided} is refused: with kind: none there is nothing to guide. Choose another kind`,
      );
  })
  .transform(({ kind, heads, ...rest }) => ({
    kind: kind === "concat" ? ("additive" as const) : kind,
    heads: kind === "multi-head" ? (heads ?? defaultHeads) : undefined,
    ...rest,
  }))
  .prefault({})
  .describe("What ties each written token to what was read.");

const model = z
  .strictObject({
    embeddingSize: size.default(256).describe("Size of the token embeddings, source and target."),
    encoder,
    decoder,
    attention,
    copy: z
      .boolean()
      .default(false)
      .describe("Let a step copy a source token instead of writing one of the vocabulary (See et al. 2017)."),
    tieEmbeddings: z
      .enum(["none", "target", "all"])
      .default("none")
      .describe(
        "Which tables are one: the target's embedding and the output's weight (target), and the source's too, with one vocabulary (all).",
      ),
    pretrained: z
      .strictObject({
        source: filePath
          .optional()
          .describe("File of vectors for the source's words, as text (.vec) or packed (.vec.gz)."),
        target: filePath.optional().describe("File of vectors for the target's words."),
        freeze: z.boolean().default(false).describe("Keep the tables that got vectors as they are in training."),
      })
      .prefault({})
      .describe("Embeddings to begin with: files of word2vec's text format, of embeddingSize numbers a word."),
  })
  .superRefine((model, context) => {
    const { pretrained, tieEmbeddings } = model;
    if (pretrained.freeze && pretrained.source === undefined && pretrained.target === undefined) {
      const reason = "neither source nor target has a file of vectors";
      refuse(context, ["pretrained", "freeze"], `true is refused: ${reason}. Name one, or leave it out`);
    }
    if (pretrained.source !== undefined && pretrained.target !== undefined && tieEmbeddings === "all") {
      const reason = "with tieEmbeddings: all both sides have one table, which cannot come from two files";
      refuse(context, ["pretrained", "target"], `${pretrained.target} is refused: ${reason}. Leave it out`);
    }
  })
  .transform(({ decoder, ...rest }) => {
    const attends = rest.attention.kind !== "none";
    const context = decoder.context ?? (attends ? "initial" : "every-step");
    const inputFeeding = decoder.inputFeeding ?? (attends && decoder.attend === "after" ? "attentional" : "none");
    return { ...rest, decoder: { ...decoder, context, inputFeeding } };
  })
  .prefault({})
  .describe("The network.");

/** Keys of `train` of which at most one may be given; the first one has the default. */
export const trainAlternatives = [
  ["batchTokens", "batchSize"],
  ["epochs", "steps"],
] as const;

/** Of adamw, as PyTorch has it. */
const defaultWeightDecay = 0.01;
const defaultBatchTokens = 2048;
const defaultEpochs = 10;

const train = z
  .strictObject({
    batchTokens: conditional(
      z.int().min(1).max(1_000_000),
      "Tokens in a batch: rows × the longer side's longest. Either this or batchSize.",
      defaultBatchTokens,
    ),
    batchSize: z.int().min(1).max(65_536).optional().describe("Pairs in a batch, instead of batchTokens."),
    accumulate: z
      .int()
      .min(1)
      .max(1000)
      .default(1)
      .describe("Batches whose gradients are added up to one step: a larger batch in the memory of a small one."),
    optimizer: z
      .enum(["adam", "adamw", "sgd"])
      .default("adam")
      .describe(
        "The optimiser: Adam (Kingma and Ba 2015), Adam with decoupled weight decay (Loshchilov and Hutter 2019), or gradient descent.",
      ),
    learningRate: z.number().gt(0).max(1).default(0.001).describe("Learning rate, reached after the warm-up."),
    beta1: z
      .number()
      .min(0)
      .max(0.9999)
      .default(0.9)
      .describe("Of adam and adamw: how long the mean of gradients remembers."),
    beta2: z.number().min(0).max(0.999999).default(0.999).describe("Of adam and adamw: the same of their squares."),
    epsilon: z
      .number()
      .gt(0)
      .max(1)
      .default(1e-8)
      .describe("Of adam and adamw: keeps the division by small squares finite."),
    momentum: z
      .number()
      .min(0)
      .max(0.9999)
      .default(0)
      .describe("Of sgd: the share of the last step's velocity that goes on."),
    nesterov: z.boolean().default(false).describe("Of sgd: look ahead along the momentum (Sutskever et al. 2013)."),
    weightDecay: conditional(
      z.number().min(0).max(1),
      "Times the learning rate: the share by which weights (not biases) shrink at a step. Of adamw the default is 0.01; adam has none.",
      0,
    ),
    schedule: z
      .enum(["constant", "cosine", "linear", "inverse-sqrt", "plateau"])
      .default("constant")
      .describe(
        "How the learning rate goes on after the warm-up: as it is, to zero along a cosine or a line, with 1/√step, or down when dev gets no better.",
      ),
    warmupSteps: z
      .int()
      .min(0)
      .max(1_000_000)
      .default(0)
      .describe("Steps over which the learning rate rises from zero."),
    plateau: z
      .strictObject({
        factor: z.number().gt(0).max(0.99).default(0.5).describe("What the learning rate is multiplied by."),
        patience: z
          .int()
          .min(0)
          .max(100_000)
          .default(2)
          .describe("Epochs without improvement on dev that are let pass before that."),
        minimum: z.number().min(0).max(1).default(0).describe("The least learning rate."),
      })
      .prefault({})
      .describe("Of schedule: plateau."),
    epochs: conditional(
      z.int().min(1).max(100_000),
      "Passes over the training data. Either this or steps.",
      defaultEpochs,
    ),
    steps: z.int().min(1).max(100_000_000).optional().describe("Optimiser steps, instead of epochs."),
    clipNorm: z.number().min(0).max(1_000_000).default(5).describe("Largest norm of the whole gradient; 0 is off."),
    ema: z
      .number()
      .min(0)
      .max(0.999999)
      .default(0)
      .describe(
        "Decay of a moving average of the weights, which is what dev measures and the file holds, say 0.999; 0 is off.",
      ),
    labelSmoothing: z
      .number()
      .min(0)
      .max(0.9)
      .default(0)
      .describe("Probability mass moved from the right token to all tokens alike."),
    scheduledSampling: z
      .strictObject({
        probability: z
          .number()
          .min(0)
          .max(1)
          .default(0)
          .describe(
            "The most of the tokens that a decoder reads which are its own instead of the right ones; 0 is off.",
          ),
        schedule: z
          .enum(["constant", "linear", "exponential", "inverse-sigmoid"])
          .default("constant")
          .describe("How that is reached: at once, in so many steps, or as 1 − k^step or 1 − k / (k + exp(step / k))."),
        steps: z.int().min(1).max(100_000_000).optional().describe("Of linear: the step from which on it is reached."),
        k: z
          .number()
          .gt(0)
          .max(1_000_000)
          .optional()
          .describe("Of exponential, below 1, or of inverse-sigmoid, from 1 on."),
      })
      .prefault({})
      .describe("Lets a decoder read what it wrote itself, as it will have to (Bengio et al. 2015)."),
    dropout: dropoutRate.default(0.1).describe("Dropout on the embeddings and before the output projection."),
    wordDropout: dropoutRate
      .default(0)
      .describe("Probability that a word is read as <unk> in training, on both sides (Bowman et al. 2016)."),
    patience: z
      .int()
      .min(0)
      .max(100_000)
      .default(0)
      .describe(
        "Epochs (with evaluateEvery, measurements) without improvement on dev after which training stops; 0 is off.",
      ),
    evaluateEvery: z
      .int()
      .min(1)
      .max(100_000_000)
      .optional()
      .describe(
        "Steps after which dev is measured within an epoch too: each time it may choose the model; patience counts.",
      ),
    metric: z
      .enum(["loss", "ppl", "exact", "accuracy", "f1", "bleu", "chrf", "chrf++", "wer", "per", "cer"])
      .default("loss")
      .describe(
        "What chooses the best epoch, measured on dev: the loss, or a metric that tandem evaluate has for the task.",
      ),
    keepBest: z
      .int()
      .min(0)
      .max(100)
      .default(0)
      .describe(
        "How many of the best models the run folder keeps, for tandem average; 0 keeps model.safetensors alone.",
      ),
    from: filePath
      .optional()
      .describe(
        "A model to go on from (fine-tuning), a file or a run folder, relative to the recipe: its weights, vocabularies and architecture.",
      ),
    extendVocabulary: z
      .boolean()
      .default(false)
      .describe("With from: add the words and labels that only the new data has, up to vocabSize."),
    checkpointEvery: z
      .strictObject({
        minutes: z.number().min(0.01).max(100_000).default(10).describe("Minutes since the last one."),
        steps: z.int().min(1).max(100_000_000).optional().describe("Steps since the last one."),
      })
      .prefault({})
      .describe("When a checkpoint is written, besides at the end of every epoch: whichever comes first."),
    seed: z.int().min(0).max(4_294_967_295).default(1).describe("Seed of everything random."),
    samples: z.int().min(0).max(100).default(3).describe("How many dev sentences are shown after each epoch."),
  })
  .superRefine((value, context) => {
    for (const [first, second] of trainAlternatives) {
      if (value[first] !== undefined && value[second] !== undefined) {
        refuse(context, [second], `${first} is given too; give one of the two`);
      }
    }
    if (value.steps !== undefined && value.warmupSteps >= value.steps) {
      const message = `${value.warmupSteps} of ${value.steps} steps would leave none at the full learning rate; use fewer`;
      refuse(context, ["warmupSteps"], message);
    }
    for (const [path, message] of trainingRefusals(value)) refuse(context, path, message);
  })
  .transform(({ batchTokens, batchSize, epochs, steps, weightDecay, ...rest }) => {
    const batch =
      batchSize === undefined
        ? { batchTokens: batchTokens ?? defaultBatchTokens, batchSize }
        : { batchTokens: undefined, batchSize };
    const duration = steps === undefined ? { epochs: epochs ?? defaultEpochs, steps } : { epochs: undefined, steps };
    const usualDecay = rest.optimizer === "adamw" ? defaultWeightDecay : 0;
    return { ...batch, ...duration, ...rest, weightDecay: weightDecay ?? usualDecay };
  })
  .prefault({})
  .describe("How the model is trained.");

/** A number of the range that `translate` holds its options to as well. */
const within = ({ minimum, maximum, whole }: NumberRange) => (whole ? z.int() : z.number()).min(minimum).max(maximum);

/** Tokens of an output: a number, or relative to the source. */
const lengthRule = (range: NumberRange, usual: { timesSource: number; plus: number }) =>
  z.union([
    within(range),
    z.strictObject({
      timesSource: within(timesSourceRange).default(usual.timesSource).describe("Tokens for each token of the source."),
      plus: within(plusRange).default(usual.plus).describe("Tokens added to that."),
    }),
  ]);

const decode = z
  .strictObject({
    beamSize: within(decodeRanges.beamSize)
      .default(decodeDefaults.beamSize)
      .describe("Unfinished outputs kept after every step; 1 is greedy search."),
    stopping: z
      .enum(STOPPING)
      .default(decodeDefaults.stopping)
      .describe(
        "When a beam ends: beamSize outputs are finished (full), no unfinished one can still win (certain), or at the longest length (never).",
      ),
    lengthPenalty: z
      .union([within(decodeRanges.lengthPenalty), z.enum(["average"])])
      .default(decodeDefaults.lengthPenalty)
      .describe(
        "A beam divides log-probabilities of len tokens (with </s>) by ((5 + len) / 6)^lengthPenalty (Wu et al. 2016; 0 is off), or by len (average).",
      ),
    coveragePenalty: within(decodeRanges.coveragePenalty)
      .default(decodeDefaults.coveragePenalty)
      .describe(
        "Weight of the sum over the source tokens of log min(attention received, 1), which a beam adds (Wu et al. 2016); 0 is off.",
      ),
    maxLength: lengthRule(decodeRanges.maxLength, { timesSource: 2, plus: 10 })
      .default(decodeDefaults.maxLength)
      .describe("Most tokens of an output: a number, or timesSource × the source's tokens + plus."),
    minLength: lengthRule(decodeRanges.minLength, { timesSource: 0, plus: 0 })
      .default(decodeDefaults.minLength)
      .describe("Fewest tokens of an output: a number, or timesSource × the source's tokens + plus."),
    length: z
      .enum(LENGTH)
      .default(decodeDefaults.length)
      .describe("Whether the model ends an output when it likes, or at exactly as many tokens as the source has."),
    noRepeatNgram: within(decodeRanges.noRepeatNgram)
      .default(decodeDefaults.noRepeatNgram)
      .describe("No sequence of this many tokens is written twice; 0 is off."),
    repetitionPenalty: within(decodeRanges.repetitionPenalty)
      .default(decodeDefaults.repetitionPenalty)
      .describe("Times which the log-probability of a token already written counts when the next is chosen; 1 is off."),
    sample: z
      .boolean()
      .default(decodeDefaults.sample)
      .describe("Draw each token at random by its probability instead of searching."),
    temperature: within(decodeRanges.temperature)
      .default(decodeDefaults.temperature)
      .describe("Of sampling: log-probabilities are divided by it; below 1 likely tokens become likelier."),
    topK: within(decodeRanges.topK)
      .default(decodeDefaults.topK)
      .describe("Of sampling: draw from this many most probable tokens; 0 is all."),
    topP: within(decodeRanges.topP)
      .default(decodeDefaults.topP)
      .describe("Of sampling: draw from the fewest tokens that together have this probability; 1 is all."),
    history: z
      .int()
      .min(0)
      .max(100)
      .default(0)
      .describe("Exchanges (a line and its reply) before a line that a prompt reads with it, parted by ⏎; 0 is none."),
  })
  .superRefine(({ sample, beamSize }, context) => {
    if (sample && beamSize > 1)
      refuse(context, ["beamSize"], `${beamSize} is refused: sampling searches no beam. Use 1`);
  })
  .prefault({})
  .describe("How an output is searched for.");

const folderName = /^[^/\\.][^/\\]*$/;

export const TASKS = ["translate", "classify", "tag", "language-model"] as const;

const whole = z.strictObject({
  name: z
    .string()
    .regex(folderName, { error: "expected a name for a folder, not beginning with a dot and without slashes" })
    .optional()
    .describe("Name of the model and of its run folder; default: the file's name."),
  version: z
    .int()
    .min(1)
    .max(9999)
    .refine((version) => version <= RECIPE_VERSION, {
      error: ({ input }) => `expected ${RECIPE_VERSION} or older, got ${input}. Update tandem-seq2seq`,
    })
    .default(RECIPE_VERSION)
    .describe("Version of the recipe's format; a recipe without it is of the newest."),
  task: z
    .enum(TASKS)
    .default("translate")
    .describe(
      "What is learned: a sequence from another (translate), a label of a sequence (classify), a tag for each token (tag), or how lines go on (language-model).",
    ),
  data,
  source: textSide("source"),
  target: textSide("target"),
  jointVocabulary: z
    .boolean()
    .default(false)
    .describe("One vocabulary for both sides, of bpe learnt from both; model.tieEmbeddings: all has it anyway."),
  model,
  train,
  decode,
});

/** What stands where a recipe says nothing, by which a section that a task does not have is known. */
const untouched = whole.parse({});

const columnName = (column: number | string) => `${typeof column === "number" ? "column" : "field"} ${column}`;

export const recipeSchema = whole
  .superRefine((recipe, context) => {
    const { model, train, data, task } = recipe;
    for (const [path, message] of taskRefusals(recipe, untouched)) refuse(context, path, message);
    const ofTask = {
      translate: () => refusals(model),
      "language-model": () => tieRefusals({ ...model, ...attentionless(model) }),
      classify: () => [],
      tag: () => [],
    };
    for (const [path, message] of ofTask[task]()) refuse(context, ["model", ...path], message);
    if (task !== "language-model" && data.columns.source === (data.columns.target ?? 1)) {
      const message = `source and target are both ${columnName(data.columns.source)}; the model would only learn to copy`;
      refuse(context, ["data", "columns", "target"], message);
    }
    const { alignment } = data.columns;
    const sides = { source: data.columns.source, target: data.columns.target ?? 1 };
    for (const side of ["source", "target"] as const)
      if (alignment !== undefined && alignment === sides[side]) {
        const message = `${side} and alignment are both ${columnName(alignment)}; give the one that has 0-0 1-2`;
        refuse(context, ["data", "columns", "alignment"], message);
      }
    if (model.copy && train.labelSmoothing > 0) {
      const reason =
        "with model.copy each source has words of its own, so there is no one vocabulary to spread it over";
      refuse(context, ["train", "labelSmoothing"], `${train.labelSmoothing} is refused: ${reason}. Use 0`);
    }
    for (const [path, message] of vocabularyRefusals(recipe)) refuse(context, path, message);
  })
  .transform((recipe) => {
    const { data, model, task } = recipe;
    const target = data.columns.target ?? (task === "language-model" ? 0 : 1);
    return {
      ...recipe,
      data: { ...data, columns: { ...data.columns, target } },
      model: task === "translate" ? model : { ...model, ...attentionless(model) },
    };
  });

/** Of a model without an encoder's sentence vector to read, or without a decoder to read it. */
function attentionless({ attention, decoder }: z.output<typeof model>) {
  return {
    attention: { ...attention, kind: "none" as const, heads: undefined },
    decoder: { ...decoder, bridge: "zero" as const, context: "initial" as const, inputFeeding: "none" as const },
  };
}

/** A complete recipe: every default filled in, and of `batchTokens`/`batchSize` and `epochs`/`steps` exactly one each. */
export type Recipe = z.output<typeof recipeSchema>;

/** What a user may give: any part of a recipe. */
export type RecipeInput = z.input<typeof recipeSchema>;
