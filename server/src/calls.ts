// What the calls of the API are on a model. Results leave as JSON, so that the server's own thread need not write it.
import { TandemError, type TandemModel, type TaskName } from "tandem-seq2seq";
import type { Call, CallOptions, Item, ModelFacts } from "./protocol.js";

/** Which tasks a call is for. */
export const TASKS_OF_CALL: Readonly<Record<keyof CallOptions, readonly TaskName[]>> = {
  translate: ["translate"],
  classify: ["classify"],
  tag: ["tag"],
  generate: ["language-model"],
  encode: ["translate", "classify", "tag"],
  trace: ["translate", "classify", "tag", "language-model"],
  stream: ["translate", "language-model"],
};

/** What a call is given besides itself. */
export interface Setting {
  signal: AbortSignal;
  /** Hears of each token of a stream. */
  tell: (json: string) => void;
}

/** The results of each item, as JSON with commas between them. */
export async function answer(
  model: TandemModel,
  call: Call,
  items: readonly Item[],
  { signal, tell }: Setting,
): Promise<string[]> {
  const texts = items.flatMap((item) => item.texts);
  const share = (results: readonly unknown[], write: (result: unknown) => string = JSON.stringify): string[] => {
    let next = 0;
    return items.map((item) =>
      results
        .slice(next, (next += item.texts.length))
        .map(write)
        .join(","),
    );
  };
  switch (call.name) {
    case "translate": {
      if (model.task !== "translate") break;
      return share(await model.translate(texts, { ...call.options, ...prefixesOf(items), signal }));
    }
    case "classify":
      if (model.task !== "classify") break;
      return share(await model.classify(texts, { ...call.options, signal }));
    case "tag":
      if (model.task !== "tag") break;
      return share(await model.tag(texts, { signal }));
    case "encode":
      if (model.task === "language-model") break;
      return share(await model.encode(texts, { signal }), (code) => vectorJson(code as Float32Array));
    case "generate": {
      if (model.task !== "language-model") break;
      // Which of several lines with the same beginning one is decides what is drawn: requests are not mixed.
      const { count, ...options } = call.options;
      const answers: string[] = [];
      for (const item of items) {
        const lines = await model.generate(count ?? item.texts, { ...options, signal });
        answers.push(lines.map((line) => JSON.stringify(line)).join(","));
      }
      return answers;
    }
    case "trace": {
      const [text = ""] = texts;
      const { beamSize } = call.options;
      const trace =
        model.task === "translate" && beamSize !== undefined ? model.trace(text, { beamSize }) : model.trace(text);
      return [JSON.stringify(trace)];
    }
    case "stream":
      if (model.task === "translate") {
        const [prefix = ""] = items[0]?.prefixes ?? [];
        for await (const step of model.stream(texts[0] ?? "", { ...call.options, prefix, signal }))
          if (step.translation) return [JSON.stringify(step.translation)];
          else tell(JSON.stringify(step));
      } else if (model.task === "language-model") {
        for await (const step of model.stream(texts[0] ?? "", { ...call.options, signal }))
          if (step.generation) return [JSON.stringify(step.generation)];
          else tell(JSON.stringify(step));
      }
      break;
  }
  throw new TandemError(
    `${call.name}: expected a model of task ${TASKS_OF_CALL[call.name].join(" or ")}, got one of task ${model.task}.`,
  );
}

/** One prefix for each text, where any request has one. */
function prefixesOf(items: readonly Item[]): { prefix?: string[] } {
  if (items.every(({ prefixes }) => prefixes === undefined)) return {};
  return { prefix: items.flatMap(({ texts, prefixes }) => prefixes ?? texts.map(() => "")) };
}

/** Numbers as short as they can be and still be the same float32. */
const vectorJson = (vector: Float32Array) =>
  `[${Array.from(vector, (value) => Number(value.toPrecision(9))).join(",")}]`;

/** What is said of a model without asking it anything. */
export function factsOf(name: string, model: TandemModel): ModelFacts {
  const { task, recipe, core } = model;
  const [source, target] = [recipe.source.language, recipe.target.language];
  const parameters = core.parameters.count;
  switch (model.task) {
    case "translate":
      return {
        ...{ name, task, languages: { source, target }, parameters },
        attention: model.recipe.model.attention.kind,
      };
    case "language-model":
      return { name, task, languages: { target }, parameters };
    default:
      return { name, task, languages: { source }, parameters, labels: [...model.labels] };
  }
}
