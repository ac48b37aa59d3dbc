/** What decides whether the sections of a recipe go with its task. */
interface Sections {
  readonly task: string;
  readonly data: { readonly [part in "train" | "dev" | "test"]?: unknown } & {
    readonly filters: { readonly duplicates: string; readonly wrongScript: string };
  };
  readonly source: TextSection;
  readonly target: TextSection;
  readonly jointVocabulary: boolean;
  readonly model: {
    readonly encoder: object & { summary: string };
    readonly decoder: object;
    readonly attention: object;
    readonly copy: boolean;
    readonly pretrained: object;
    readonly tieEmbeddings: string;
  };
  readonly train: { readonly metric: string };
  readonly decode: object;
}

interface TextSection {
  readonly language: string;
  readonly tokenizer: string;
}

/** Which key, and the rest of the sentence about it. */
type Refusal = [path: string[], message: string];

/** Sections and keys that a task leaves without meaning, and why. */
const MEANINGLESS: Record<string, readonly (readonly [path: string, reason: string])[]> = {
  translate: [],
  classify: [
    ["model.decoder", "a classifier has no decoder"],
    ["model.attention", "a classifier has no decoder to attend; its encoder.summary can be attention"],
    ["model.tieEmbeddings", "a classifier writes no tokens"],
    ["model.copy", "a classifier writes no tokens"],
    ["model.pretrained.target", "a label has no embedding"],
    ["data.alignments", "a classifier has no attention to guide"],
    ["data.columns.alignment", "a classifier has no attention to guide"],
    ["data.filters.maxRatio", "a label is no sequence"],
    ["data.filters.copies", "a label is no sequence"],
    ["decode", "a classifier searches for nothing"],
    ["target.tokenizer", "a label is its column taken whole"],
    ["target.vocabSize", "every label is kept"],
    ["target.minFrequency", "every label is kept"],
    ["train.scheduledSampling", "a classifier writes no tokens"],
    ["jointVocabulary", "a classifier has one vocabulary"],
  ],
  tag: [
    ["model.decoder", "a tagger has no decoder"],
    ["model.attention", "a tagger has no decoder to attend"],
    ["model.tieEmbeddings", "a tagger writes no tokens"],
    ["model.copy", "a tagger writes no tokens"],
    ["model.pretrained.target", "a tag has no embedding"],
    ["data.alignments", "a tagger has no attention to guide"],
    ["data.columns.alignment", "a tagger has no attention to guide"],
    ["data.filters.maxRatio", "a tag is no word"],
    ["data.filters.copies", "a tag is no word"],
    ["model.encoder.summary", "a tagger reads each token's own state"],
    ["decode", "a tagger searches for nothing"],
    ["target.vocabSize", "every tag is kept"],
    ["target.minFrequency", "every tag is kept"],
    ["train.scheduledSampling", "a tagger reads no tokens of its own"],
    ["jointVocabulary", "a tagger has one vocabulary"],
  ],
  "language-model": [
    ["data.columns.source", "a language model reads no source; its lines are the target"],
    ["source", "a language model reads no source; its lines are the target"],
    ["model.encoder", "a language model has no encoder"],
    ["jointVocabulary", "a language model has one vocabulary"],
    ["model.attention", "a language model has nothing to attend to"],
    ["model.copy", "a language model has no source to copy from"],
    ["model.pretrained.source", "a language model reads no source"],
    ["data.alignments", "a language model has no attention to guide"],
    ["data.columns.alignment", "a language model has no attention to guide"],
    ["data.filters.maxRatio", "a language model reads no source"],
    ["data.filters.copies", "a language model reads no source"],
    ["decode.history", "a language model has no source to put it in"],
    ["model.decoder.bridge", "a language model starts from zero"],
    ["model.decoder.context", "a language model has no sentence vector"],
    ["model.decoder.attend", "a language model has nothing to attend to"],
    ["model.decoder.inputFeeding", "a language model has nothing to feed"],
    ["decode.coveragePenalty", "a language model has nothing to cover"],
    ["decode.length", "a language model has no source to be as long as"],
  ],
};

/** What a completed recipe of such a task has in these places, or a defaulted one without attention; else it is someone's wish. */
const COMPLETED: Record<string, readonly unknown[]> = {
  "model.attention.kind": ["none"],
  "model.decoder.bridge": ["zero"],
  "model.decoder.context": ["initial", "every-step"],
  "model.decoder.inputFeeding": ["none"],
};

/** What `train.metric` can be: the loss, and what a model of the task is evaluated by. */
export const DEV_METRICS: Record<string, readonly string[]> = {
  translate: ["loss", "exact", "accuracy", "ppl", "bleu", "chrf", "chrf++", "wer", "per", "cer"],
  classify: ["loss", "accuracy", "f1", "ppl"],
  tag: ["loss", "accuracy", "exact", "f1", "ppl"],
  "language-model": ["loss", "ppl"],
};

/** Tokenisers whose tokens a person would count: one tag for each makes sense. */
const COUNTABLE = ["words", "whitespace", "chars"];

/** What a recipe asks for and its task has not; `untouched` is a recipe in which nothing was asked for. */
export function taskRefusals(recipe: Sections, untouched: Sections): Refusal[] {
  const { task, source, target, train, model } = recipe;
  const found: Refusal[] = [];
  const metrics = DEV_METRICS[task]!;
  if (!metrics.includes(train.metric))
    found.push([
      ["train", "metric"],
      `${train.metric} is refused: task ${task} has no such measure. Use ${metrics.join(", ")}`,
    ]);
  for (const [path, reason] of MEANINGLESS[task]!) {
    const keys = path.split(".");
    for (const leaf of differences(valueAt(recipe, keys), valueAt(untouched, keys), keys))
      if (!COMPLETED[leaf.path.join(".")]?.includes(leaf.value))
        found.push([leaf.path, `${leaf.value} is refused with task ${task}: ${reason}. Leave it out`]);
  }
  const { duplicates, wrongScript } = recipe.data.filters;
  if (task === "language-model" && (duplicates === "sources" || duplicates === "targets"))
    found.push([
      ["data", "filters", "duplicates"],
      `${duplicates} is refused with task language-model: its lines have one side. Use pairs`,
    ]);
  else if (task !== "translate" && duplicates === "targets")
    found.push([
      ["data", "filters", "duplicates"],
      `targets is refused with task ${task}: ${task === "tag" ? "tags" : "labels"} are meant to recur. Use pairs or sources`,
    ]);
  if (wrongScript === "remove" && source.language === "auto" && target.language === "auto")
    found.push([
      ["data", "filters", "wrongScript"],
      "remove is refused: with source.language and target.language auto no script is wrong. Name a language",
    ]);
  if (task === "language-model")
    for (const part of ["train", "dev", "test"] as const)
      if ([recipe.data[part] ?? []].flat().some((file) => typeof file !== "string")) {
        const reason = "parallel files are refused with task language-model: its lines have no partners";
        found.push([["data", part], `${reason}. Name one file, or a list`]);
      }
  if (task === "language-model" && model.tieEmbeddings === "all")
    found.push([["model", "tieEmbeddings"], "all is refused with task language-model: there is one side. Use target"]);
  if (task === "tag")
    for (const [side, { tokenizer }] of Object.entries({ source, target }))
      if (!COUNTABLE.includes(tokenizer)) {
        const reason = "a tag belongs to a whole token, and subwords are parts of one";
        found.push([
          [side, "tokenizer"],
          `${tokenizer} is refused with task tag: ${reason}. Use ${COUNTABLE.join(", ")}`,
        ]);
      }
  return found;
}

function valueAt(value: unknown, keys: readonly string[]): unknown {
  return keys.reduce<unknown>((inner, key) => (inner as Record<string, unknown>)[key], value);
}

/** The innermost values that are not those of `usual`. */
function differences(value: unknown, usual: unknown, path: string[]): { path: string[]; value: unknown }[] {
  const isMap = (one: unknown): one is Record<string, unknown> => typeof one === "object" && one !== null;
  if (isMap(value) && isMap(usual))
    return Object.keys({ ...usual, ...value }).flatMap((key) => differences(value[key], usual[key], [...path, key]));
  return value === usual || value === undefined ? [] : [{ path, value: isMap(value) ? JSON.stringify(value) : value }];
}
