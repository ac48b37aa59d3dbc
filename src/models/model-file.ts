import { ModelFileError, TandemError } from "../errors.js";
import type { Backend } from "../kernels/kernels.js";
import type { StoredParameters } from "../nn/index.js";
import type { Recipe } from "../recipe/schema.js";
import { Labels } from "../text/labels.js";
import { type TokenizerData, tokenizerFromJSON } from "../text/tokenizer.js";
import { Vocabulary } from "../text/vocabulary.js";
import { Classifier } from "./classifier.js";
import { DecoderOnly } from "./decoder-only.js";
import { FORMAT, FORMAT_VERSION, type TextSide, type TrainingHistory } from "./model.js";
import { int8WeightsOf } from "./quantize.js";
import { readSafetensors } from "./safetensors.js";
import { Seq2Seq } from "./seq2seq.js";
import { storedRecipe } from "./stored-recipe.js";
import { Tagger } from "./tagger.js";

/** The model of any task; `task` tells which. */
export type AnyModel = Seq2Seq | Classifier | Tagger | DecoderOnly;

/** Opens a model file. `name` is its name for messages. */
export function modelOfFile(backend: Backend, bytes: Uint8Array, name: string): AnyModel {
  const { metadata, tensors } = readSafetensors(bytes, name);
  const field = (key: string): string => {
    const value = metadata.get(key);
    if (value === undefined)
      throw new ModelFileError(
        `model ${name}: expected a ${key} in its metadata, got none. Give a model made by tandem train.`,
      );
    return value;
  };
  if (metadata.get("format") !== FORMAT)
    throw new ModelFileError(
      `model ${name}: expected a Tandem model, got another safetensors file. Give a model made by tandem train.`,
    );
  const version = field("formatVersion");
  if (!Object.values(FORMAT_VERSION).map(String).includes(version))
    throw new ModelFileError(
      `model ${name}: expected format version ${FORMAT_VERSION.int8} or older, got ${version}. Update tandem-seq2seq.`,
    );
  const parse = <Value>(key: string): Value => parsed<Value>(field(key), key, name);
  try {
    const int8 = int8WeightsOf(tensors, name);
    return fromMetadata(backend, name, parse, (parameter) => {
      const tensor = int8.get(parameter) ?? tensors.get(parameter);
      if (tensor === undefined)
        throw new ModelFileError(
          `model ${name}: expected the parameter ${parameter} its recipe asks for, got none. The file is damaged.`,
        );
      return tensor;
    });
  } catch (cause) {
    throw damaged(name, cause);
  }
}

/** What is wrong with a file whose parts do not fit together; an error that says so itself stays as it is. */
function damaged(name: string, cause: unknown): ModelFileError {
  if (cause instanceof ModelFileError) return cause;
  const detail = cause instanceof TandemError ? ` (${cause.message})` : "";
  return new ModelFileError(
    `model ${name}: expected what its own recipe describes, got something else${detail}. The file is damaged.`,
    { cause },
  );
}

/** The recipe in a model file's metadata. `name` is its name for messages. */
export function recipeOf(metadata: ReadonlyMap<string, string>, name: string): Recipe {
  const recipe = metadata.get("recipe");
  if (metadata.get("format") !== FORMAT || recipe === undefined)
    throw new ModelFileError(
      `model ${name}: expected a Tandem model, got another safetensors file. Give a model made by tandem train.`,
    );
  try {
    return storedRecipe(parsed<unknown>(recipe, "recipe", name));
  } catch (cause) {
    throw damaged(name, cause);
  }
}

function parsed<Value>(json: string, key: string, name: string): Value {
  try {
    return JSON.parse(json) as Value;
  } catch (cause) {
    throw new ModelFileError(`model ${name}: expected JSON in ${key}, got something else. Train the model again.`, {
      cause,
    });
  }
}

/** The model its metadata describe, of stored parameters. */
function fromMetadata(
  backend: Backend,
  name: string,
  parse: <Value>(key: string) => Value,
  stored: StoredParameters,
): AnyModel {
  const recipe = storedRecipe(parse<unknown>("recipe"));
  const side = (which: "source" | "target"): TextSide => ({
    tokenizer: tokenizerFromJSON(parse<TokenizerData>(`${which}.tokenizer`)),
    vocabulary: Vocabulary.fromJSON(parse<string[]>(`${which}.vocabulary`)),
  });
  const labels = () => Labels.fromJSON(parse<string[]>("labels"));
  const common = { recipe, history: parse<TrainingHistory>("history"), stored };
  switch (recipe.task) {
    case "translate":
      return new Seq2Seq(backend, { ...common, source: side("source"), target: side("target") });
    case "classify":
      return new Classifier(backend, { ...common, source: side("source"), labels: labels() });
    case "tag": {
      const tagTokenizer = tokenizerFromJSON(parse<TokenizerData>("target.tokenizer"));
      return new Tagger(backend, { ...common, source: side("source"), tagTokenizer, labels: labels() });
    }
    case "language-model":
      return new DecoderOnly(backend, { ...common, target: side("target") });
    default:
      throw new ModelFileError(
        `model ${name}: expected a task this version knows, got ${JSON.stringify(recipe.task)}. Update tandem-seq2seq.`,
      );
  }
}
