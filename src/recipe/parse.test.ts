import { describe, expect, test } from "vitest";
import { RecipeError } from "../errors.js";
import { completeRecipe, parseRecipe } from "./parse.js";
import type { RecipeInput } from "./schema.js";

/** The message lines of the error that reading this recipe must end in. */
function mistakes(text: string, ...overrides: string[]): string[] {
  return linesOf(() => parseRecipe(text, "zh-en.yaml", overrides));
}

function linesOf(work: () => unknown): string[] {
  try {
    work();
  } catch (error) {
    expect(error).toBeInstanceOf(RecipeError);
    return (error as RecipeError).message.split("\n");
  }
  throw new Error("expected a RecipeError");
}

describe("parseRecipe", () => {
  test("fills in every default around what is given", () => {
    const recipe = parseRecipe("name: zh-en\nmodel: { encoder: { cell: lstm } }\n", "zh-en.yaml");
    expect(recipe.name).toBe("zh-en");
    expect(recipe.model.encoder).toEqual({
      cell: "lstm",
      hiddenSize: 256,
      layers: 1,
      bidirectional: true,
      dropout: 0,
      variational: false,
      residual: false,
      layerNorm: false,
      summary: "last",
    });
    expect(recipe.train).toMatchObject({ batchTokens: 2048, epochs: 10, seed: 1 });
    expect(recipe.decode.maxLength).toEqual({ timesSource: 2, plus: 10 });
  });

  test("reads the recipe of the documentation", () => {
    const text = `
name: zh-en
task: translate
data: { train: train.tsv, dev: dev.tsv, test: test.tsv, columns: { source: 1, target: 0 } }
source: { tokenizer: words, language: zh, vocabSize: 8000 }
target: { tokenizer: words, language: en, vocabSize: 8000 }
model:
  embeddingSize: 256
  encoder: { cell: gru, hiddenSize: 256, layers: 1, bidirectional: true }
  decoder: { cell: gru, hiddenSize: 256 }
  attention: { kind: scaled-dot }
train: { batchTokens: 2048, optimizer: adam, learningRate: 0.001, epochs: 10, seed: 1 }
`;
    expect(parseRecipe(text, "zh-en.yaml").data).toEqual({
      train: "train.tsv",
      dev: "dev.tsv",
      test: "test.tsv",
      columns: { source: 1, target: 0 },
      format: "auto",
      streaming: "auto",
      filters: {
        empty: "refuse",
        minWords: 0,
        wrongScript: "keep",
        copies: "keep",
        duplicates: "keep",
      },
      holdOut: 0.05,
    });
  });

  test("accepts a BOM, CRLF and anchors", () => {
    const text = "\ufeffsource: &side { tokenizer: chars }\r\ntarget: *side\r\n";
    expect(parseRecipe(text, "a.yaml").target.tokenizer).toBe("chars");
  });

  test("gives keys in the schema's order, whatever the order in the file", () => {
    const turned = parseRecipe("train: { steps: 7, batchSize: 3 }\nname: a\n", "a.yaml");
    const straight = parseRecipe("name: a\ntrain: { batchSize: 3, steps: 7 }\n", "a.yaml");
    expect(JSON.stringify(turned)).toBe(JSON.stringify(straight));
    expect(Object.keys(turned.train).slice(0, 4)).toEqual(["batchSize", "accumulate", "optimizer", "learningRate"]);
  });
});

describe("defaults that depend on the attention", () => {
  const decoderOf = (input: RecipeInput) => completeRecipe(input).model.decoder;

  test("with attention the sentence vector starts the state and the attentional state is fed", () => {
    expect(decoderOf({})).toMatchObject({ context: "initial", inputFeeding: "attentional" });
  });

  test("without attention the sentence vector enters at every step and nothing is fed", () => {
    const model = { attention: { kind: "none" } } as const;
    expect(decoderOf({ model })).toMatchObject({ context: "every-step", inputFeeding: "none" });
    expect(decoderOf({ model: { ...model, decoder: { bridge: "zero" } } }).context).toBe("every-step");
  });

  test("attention before the step feeds nothing else, concat is additive, and heads belong to multi-head", () => {
    expect(decoderOf({ model: { decoder: { attend: "before" } } }).inputFeeding).toBe("none");
    expect(completeRecipe({ model: { attention: { kind: "concat" } } }).model.attention.kind).toBe("additive");
    expect(completeRecipe({ model: { attention: { kind: "multi-head" } } }).model.attention.heads).toBe(4);
    expect(completeRecipe({}).model.attention.heads).toBeUndefined();
  });

  test("what the user says stands", () => {
    const decoder = { context: "initial", inputFeeding: "none" } as const;
    expect(decoderOf({ model: { attention: { kind: "none" }, decoder } })).toMatchObject(decoder);
    expect(decoderOf({ model: { decoder: { context: "every-step" } } }).context).toBe("every-step");
  });
});

describe("unknown keys", () => {
  test("are named where they stand, with the key that was probably meant", () => {
    const text = `${"\n".repeat(11)}model:\n  encoder:\n      cel: gru\n`;
    expect(mistakes(text)).toEqual(['recipe zh-en.yaml:14:7: model.encoder.cel is no key; did you mean "cell"?']);
  });

  test.each([
    ["train: { learning_rate: 0.1 }", 'train.learning_rate is no key; did you mean "learningRate"?'],
    ["model: { embedding: 64 }", 'model.embedding is no key; did you mean "embeddingSize"?'],
    ["learningRate: 0.1", 'learningRate is no key; did you mean "train.learningRate"?'],
    ["cell: gru", 'cell is no key; did you mean "model.encoder.cell" or "model.decoder.cell"?'],
    [
      "model: { attention: { style: 4 } }",
      "model.attention.style is no key; model.attention has kind, heads, coverage, coverageLoss and guided",
    ],
    ["decode: { maxLength: { times: 3 } }", 'decode.maxLength.times is no key; did you mean "timesSource"?'],
    [
      "1: 2",
      "1 is no key; a recipe has name, version, task, data, source, target, jointVocabulary, model, train and decode",
    ],
  ])("%s", (text, sentence) => {
    expect(mistakes(text).map((line) => line.replace(/^recipe zh-en\.yaml:\d+:\d+: /, ""))).toEqual([sentence]);
  });
});

describe("wrong values", () => {
  test.each([
    ["model: { encoder: { layers: two } }", 'model.encoder.layers: expected a whole number from 1 to 16, got "two"'],
    [
      "model: { encoder: { hiddenSize: 0 } }",
      "model.encoder.hiddenSize: expected a whole number from 1 to 4096, got 0",
    ],
    ["train: { epochs: 1.5 }", "train.epochs: expected a whole number from 1 to 100000, got 1.5"],
    ["train: { learningRate: 0 }", "train.learningRate: expected a number above 0, at most 1, got 0"],
    ["train: { learningRate: .nan }", "train.learningRate: expected a number above 0, at most 1, got NaN"],
    ["data: { holdOut: 0.6 }", "data.holdOut: expected a number from 0 to 0.5, got 0.6"],
    ["source: { lowercase: yes }", 'source.lowercase: expected true or false, got "yes"'],
    ["source: { tokenizer: bpe, bpeDropout: 1 }", "source.bpeDropout: expected a number from 0 to 0.95, got 1"],
    ["jointVocabulary: both", 'jointVocabulary: expected true or false, got "both"'],
    [
      "source: { tokenizer: char }",
      'source.tokenizer: expected one of words, whitespace, chars, bytes, bpe, got "char"; did you mean "chars"?',
    ],
    [
      "source: { language: Chinese }",
      'source.language: expected "auto" or a language tag such as zh or pt-BR, got "Chinese"',
    ],
    [
      "model: { attention: { kind: local } }",
      'model.attention.kind: expected one of scaled-dot, dot, general, additive, concat, multi-head, none, got "local"',
    ],
    [
      "model: { attention: none }",
      'model.attention: expected a map with kind, heads, coverage, coverageLoss and guided, got "none". Write { kind: none }',
    ],
    [
      "model: { decoder: { cell: GRU } }",
      'model.decoder.cell: expected one of gru, lstm, rnn, rnn-relu, got "GRU"; did you mean "gru"?',
    ],
    ["task: classified", 'task: expected one of translate, classify, tag, language-model, got "classified"'],
    ["name: 2024", 'name: expected text, got 2024. Put it in quotes: "2024"'],
    ["name: runs/a", 'name: expected a name for a folder, not beginning with a dot and without slashes, got "runs/a"'],
    [
      "model:",
      "model: expected a map with embeddingSize, encoder, decoder, attention, copy, tieEmbeddings and pretrained, got nothing",
    ],
    [
      "model: []",
      "model: expected a map with embeddingSize, encoder, decoder, attention, copy, tieEmbeddings and pretrained, got a list",
    ],
    [
      "decode: { maxLength: many }",
      'decode.maxLength: expected a whole number from 1 to 100000 or a map with timesSource and plus, got "many"',
    ],
    [
      "decode: { maxLength: 0 }",
      "decode.maxLength: expected a whole number from 1 to 100000 or a map with timesSource and plus, got 0",
    ],
    ["decode: { sample: true, beamSize: 2 }", "decode.beamSize: 2 is refused: sampling searches no beam. Use 1"],
    ["decode: { lengthPenalty: mean }", 'decode.lengthPenalty: expected a number from 0 to 10 or average, got "mean"'],
    ["decode: { beam: 5 }", 'decode.beam is no key; did you mean "beamSize"?'],
    ["decode: { maxLength: { plus: -1 } }", "decode.maxLength.plus: expected a whole number from 0 to 100000, got -1"],
  ])("%s", (text, sentence) => {
    expect(mistakes(text).map((line) => line.replace(/^recipe zh-en\.yaml:1:\d+: /, ""))).toEqual([sentence]);
  });

  test("stand in the order of the file, one line each, at the value", () => {
    const text = "train:\n  seed: one\nmodel:\n  encoder: { cel: gru, layers: 99 }\ntask: chat\n";
    expect(mistakes(text)).toEqual([
      'recipe zh-en.yaml:2:9: train.seed: expected a whole number from 0 to 4294967295, got "one"',
      'recipe zh-en.yaml:4:14: model.encoder.cel is no key; did you mean "cell"?',
      "recipe zh-en.yaml:4:32: model.encoder.layers: expected a whole number from 1 to 16, got 99",
      'recipe zh-en.yaml:5:7: task: expected one of translate, classify, tag, language-model, got "chat"',
    ]);
  });

  test("are shortened when long", () => {
    expect(mistakes(`task: ${"long ".repeat(30)}`)[0]).toMatch(/got "long long .{20,30}…"$/);
  });
});

describe("values that do not go together", () => {
  const nowhere = "without attention and with bridge: zero the sentence would reach the decoder nowhere";
  test.each([
    [
      "model: { attention: { kind: none }, decoder: { bridge: zero, context: initial } }",
      `1:71: model.decoder.context: initial is refused: ${nowhere}. Use every-step, or bridge: dense`,
    ],
    [
      "model: { attention: { kind: none }, decoder: { inputFeeding: context } }",
      "1:62: model.decoder.inputFeeding: context is refused: with attention.kind: none there is nothing to feed. Use none",
    ],
    [
      "model: { attention: { kind: none }, decoder: { attend: before } }",
      "1:56: model.decoder.attend: before is refused: with attention.kind: none there is nothing to attend to. Leave it out",
    ],
    [
      "model: { decoder: { attend: before, inputFeeding: context } }",
      "1:51: model.decoder.inputFeeding: context is refused: with attend: before the context enters the very step it belongs to. Use none",
    ],
    [
      "model: { attention: { heads: 4 } }",
      "1:30: model.attention.heads: 4 is refused: scaled-dot has no heads. Use kind: multi-head",
    ],
    [
      "model: { attention: { kind: multi-head, heads: 3 } }",
      "1:48: model.attention.heads: 3 is refused: 3 heads do not divide decoder.hiddenSize 256. Use a divisor",
    ],
    [
      "model: { attention: { kind: dot } }",
      "1:29: model.attention.kind: dot is refused: it compares states of one size, not decoder.hiddenSize 256 and the encoder's 512. Use general, or decoder.hiddenSize: 512",
    ],
    [
      "model: { decoder: { bridge: copy, layers: 2 } }",
      "1:29: model.decoder.bridge: copy is refused: each layer starts from the encoder's, so layers and sizes must agree, not layers 2 and 1, decoder.hiddenSize 256 and the encoder's 512. Use dense, or make them equal",
    ],
    [
      "model: { attention: { kind: none, coverage: true } }",
      "1:45: model.attention.coverage: true is refused: with kind: none there is nothing to cover. Choose another kind",
    ],
    [
      "model: { attention: { kind: multi-head, coverage: true } }",
      "1:51: model.attention.coverage: true is refused: each head looks elsewhere on purpose. Use a kind without heads",
    ],
    [
      "model: { attention: { kind: none, guided: 0.5 } }",
      "1:43: model.attention.guided: 0.5 is refused: with kind: none there is nothing to guide. Choose another kind",
    ],
    [
      "model: { encoder: { residual: true } }",
      "1:31: model.encoder.residual: true is refused: residual connections begin at the second layer. Use layers: 2 or more",
    ],
    [
      "model: { decoder: { layerNorm: true, cell: rnn-relu } }",
      "1:32: model.decoder.layerNorm: true is refused: rnn-relu has no layer-normalised form here. Use cell: rnn",
    ],
    [
      "model: { encoder: { summary: max }, decoder: { bridge: zero } }",
      "1:30: model.encoder.summary: max is refused: with bridge: zero and context: initial nothing reads the sentence vector. Use bridge: dense, or context: every-step",
    ],
    [
      "model: { embeddingSize: 64, tieEmbeddings: target }",
      "1:44: model.tieEmbeddings: target is refused: the output's weight is the embedding, so embeddingSize 64 must be decoder.hiddenSize 256. Make them equal",
    ],
    [
      "model: { tieEmbeddings: target, attention: { kind: none } }",
      "1:25: model.tieEmbeddings: target is refused: without attention and with context: every-step the output reads more than a state. Use context: initial, or attention",
    ],
    [
      "{ model: { tieEmbeddings: all }, source: { vocabSize: 99 } }",
      "1:27: model.tieEmbeddings: all is refused: one vocabulary has one vocabSize, not source.vocabSize 99 and target.vocabSize 8000. Make them equal",
    ],
    [
      "model: { attention: { kind: none }, copy: true }",
      "1:43: model.copy: true is refused: with attention.kind: none there is nothing that points at the source. Choose another kind",
    ],
    [
      "{ model: { copy: true }, train: { labelSmoothing: 0.1 } }",
      "1:51: train.labelSmoothing: 0.1 is refused: with model.copy each source has words of its own, so there is no one vocabulary to spread it over. Use 0",
    ],
    [
      "{ jointVocabulary: true, source: { tokenizer: bpe }, target: { tokenizer: words } }",
      "1:20: jointVocabulary: true is refused: one vocabulary has one tokenizer, not source.tokenizer bpe and target.tokenizer words. Make them equal",
    ],
    [
      "{ jointVocabulary: true, source: { tokenizer: bpe, tokenizerFile: a.json }, target: { tokenizer: bpe } }",
      "1:20: jointVocabulary: true is refused: one vocabulary has one tokenizerFile, not source.tokenizerFile a.json and target.tokenizerFile (none). Make them equal",
    ],
    [
      "target: { tokenizer: chars, bpeDropout: 0.1 }",
      "1:41: target.bpeDropout: 0.1 is refused: chars merges nothing that could be left out. Use tokenizer: bpe",
    ],
    [
      "target: { characterCoverage: 0.99 }",
      "1:30: target.characterCoverage: 0.99 is refused: of words, vocabSize and minFrequency choose what is known. Use tokenizer: bpe",
    ],
    [
      "source: { tokenizerFile: a.json }",
      "1:26: source.tokenizerFile: a file is refused: it holds bpe or bytes, not words. Use tokenizer: bpe",
    ],
    [
      "{ source: { tokenizer: bpe, bpeDropout: 0.1 }, model: { attention: { guided: 1 } } }",
      "1:41: source.bpeDropout: 0.1 is refused with model.attention.guided: alignments count tokens, and these change with every epoch. Leave out one of the two",
    ],
    [
      "train: { batchTokens: 512, batchSize: 16 }",
      "1:39: train.batchSize: batchTokens is given too; give one of the two",
    ],
    ["train: { steps: 90, epochs: 3 }", "1:17: train.steps: epochs is given too; give one of the two"],
    [
      "train: { steps: 9, warmupSteps: 9 }",
      "1:33: train.warmupSteps: 9 of 9 steps would leave none at the full learning rate; use fewer",
    ],
    [
      "data: { columns: { source: 1 } }",
      "1:18: data.columns.target: source and target are both column 1; the model would only learn to copy",
    ],
    [
      "data: { columns: { alignment: 1 } }",
      "1:31: data.columns.alignment: target and alignment are both column 1; give the one that has 0-0 1-2",
    ],
    [
      "data: { alignments: a.align, columns: { alignment: 2 } }",
      "1:21: data.alignments: columns.alignment is given too; give one of the two",
    ],
    [
      "data: { columns: { source: en, target: en } }",
      "1:40: data.columns.target: source and target are both field en; the model would only learn to copy",
    ],
    [
      "data: { train: [a.tsv, b.tsv], alignments: a.align }",
      "1:44: data.alignments: each file of train has a file of alignments, got 1 for the 2 of train",
    ],
    [
      "data: { train: { source: a.de } }",
      "1:16: data.train: expected text or a map with source and target or a list of them, got a map",
    ],
    [
      "data: { dev: [] }",
      "1:14: data.dev: expected text or a map with source and target or a list of them, got a list",
    ],
    [
      "data: { filters: { minWords: 5, maxWords: 3 } }",
      "1:30: data.filters.minWords: 5 is refused: it is more than maxWords 3. Use less",
    ],
    [
      "data: { filters: { wrongScript: remove } }",
      "1:33: data.filters.wrongScript: remove is refused: with source.language and target.language auto no script is wrong. Name a language",
    ],
    [
      "{ task: classify, data: { filters: { maxRatio: 3 } } }",
      "1:48: data.filters.maxRatio: 3 is refused with task classify: a label is no sequence. Leave it out",
    ],
    [
      "{ task: tag, data: { filters: { duplicates: targets } } }",
      "1:45: data.filters.duplicates: targets is refused with task tag: tags are meant to recur. Use pairs or sources",
    ],
    [
      "{ task: language-model, data: { filters: { duplicates: sources } } }",
      "1:56: data.filters.duplicates: sources is refused with task language-model: its lines have one side. Use pairs",
    ],
    [
      "{ task: language-model, data: { train: { source: a.de, target: a.en } } }",
      "1:40: data.train: parallel files are refused with task language-model: its lines have no partners. Name one file, or a list",
    ],
  ])("%s", (text, sentence) => {
    expect(mistakes(text)).toEqual([`recipe zh-en.yaml:${sentence}`]);
  });
});

describe("text that is no recipe", () => {
  test.each([
    ["", "recipe zh-en.yaml: expected keys such as data and model, got an empty file"],
    ["# later\n", "recipe zh-en.yaml: expected keys such as data and model, got an empty file"],
    ["- a\n- b\n", "recipe zh-en.yaml:1:1: expected keys such as data and model, got a list"],
    ["source\ttarget\n", 'recipe zh-en.yaml:1:1: expected keys such as data and model, got "source\\ttarget"'],
    ["name: a\nname: b\n", "recipe zh-en.yaml:2:1: the key name stands twice in the same map. Remove one"],
    ["name: a\n---\n", "recipe zh-en.yaml:2:1: a second document begins here. Remove it: a file holds one recipe"],
    ["model:\n\tencoder: {}\n", "recipe zh-en.yaml:2:1: this is not YAML: Tabs are not allowed as indentation"],
    ["name: [a\n", /^recipe zh-en\.yaml:2:1: this is not YAML: Flow sequence .* end with a \]$/],
    ["name: *nobody\n", /^recipe zh-en\.yaml: this is not YAML: Unresolved alias .*nobody$/],
  ])("%j", (text, sentence) => {
    const [line, ...more] = mistakes(text);
    expect(line).toEqual(typeof sentence === "string" ? sentence : expect.stringMatching(sentence));
    expect(more).toEqual([]);
  });
});

describe("--set", () => {
  const set = (...overrides: string[]) => parseRecipe("name: a\ntrain: { epochs: 3 }\n", "zh-en.yaml", overrides);

  test("overrides values, adds keys and takes any YAML value", () => {
    const recipe = set("model.attention.kind=none", "name=b=c", "decode.maxLength={ timesSource: 1 }", "train.seed=7");
    expect(recipe.model.attention.kind).toBe("none");
    expect(recipe.name).toBe("b=c");
    expect(recipe.decode.maxLength).toEqual({ timesSource: 1, plus: 10 });
    expect(recipe.train).toMatchObject({ seed: 7, epochs: 3 });
  });

  test("the last of two wins", () => {
    expect(set("train.seed=7", "train.seed=8").train.seed).toBe(8);
  });

  test("steps replaces the file's epochs", () => {
    expect(set("train.steps=50").train).toMatchObject({ steps: 50 });
    expect(set("train.steps=50").train).not.toHaveProperty("epochs");
  });

  test.each([
    ["model.attention.knd=none", 'model.attention.knd is no key; did you mean "kind"?'],
    ["modl.attention.kind=none", 'modl is no key; did you mean "model"?'],
    ["train.epochs=-1", "train.epochs: expected a whole number from 1 to 100000, got -1"],
    ["train.epochs.most=3", "train.epochs: expected a whole number from 1 to 100000, got a map"],
    ["train.seed=", "train.seed: expected a whole number from 0 to 4294967295, got nothing"],
    ["train.seed", "expected path=value, such as train.epochs=20"],
    ["=3", "expected path=value, such as train.epochs=20"],
    ["train.seed={", "the value is not YAML. Put it in quotes"],
  ])("%s is named with what is wrong", (override, sentence) => {
    expect(linesOf(() => set(override))).toEqual([`--set ${override}: ${sentence}`]);
  });

  test("is not blamed for the file's mistakes, which come first", () => {
    expect(mistakes("x: 1\ntask: chat\n", "train.seed=a", "name=b")).toEqual([
      expect.stringMatching(/^recipe zh-en.yaml:1:1: x is no key/),
      'recipe zh-en.yaml:2:7: task: expected one of translate, classify, tag, language-model, got "chat"',
      '--set train.seed=a: train.seed: expected a whole number from 0 to 4294967295, got "a"',
    ]);
  });
});

describe("completeRecipe", () => {
  test("names options instead of a file", () => {
    const options = { source: { tokeniser: "chars" } } as RecipeInput;
    expect(linesOf(() => completeRecipe(options))).toEqual([
      'options: source.tokeniser is no key; did you mean "tokenizer"?',
    ]);
  });

  test("lays the input over the defaults, key by key", () => {
    const defaults: RecipeInput = { model: { embeddingSize: 64, encoder: { hiddenSize: 64 } }, train: { epochs: 40 } };
    const input: RecipeInput = { model: { encoder: { hiddenSize: 32, cell: undefined } }, train: { steps: 5 } };
    const recipe = completeRecipe(input, { defaults, overrides: ["train.seed=3"] });
    expect(recipe.model).toMatchObject({ embeddingSize: 64, encoder: { hiddenSize: 32, cell: "gru" } });
    expect(recipe.train).toMatchObject({ steps: 5, seed: 3 });
    expect(recipe.train).not.toHaveProperty("epochs");
  });

  test("completes a complete recipe to itself", () => {
    const recipe = completeRecipe({ model: { attention: { kind: "none" } }, train: { batchSize: 4 } });
    expect(completeRecipe(recipe)).toEqual(recipe);
  });

  test("refuses what is no map", () => {
    expect(linesOf(() => completeRecipe(null as unknown as RecipeInput))[0]).toMatch(
      /^options: the recipe: expected a map with name, .*, got nothing$/,
    );
  });
});
