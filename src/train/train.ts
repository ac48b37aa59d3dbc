import { type FilterReport, refuseNothingKept } from "../data/filters.js";
import { asExamples } from "../data/pairs.js";
import { type ModelOfTask, modelOf, type TandemModel, type TaskName } from "../decode/any-model.js";
import type { ExampleInput } from "../decode/task-model.js";
import { AbortedError, RecipeError } from "../errors.js";
import { openBackend, type PlaceOptions } from "../kernels/backend.js";
import type { AnyModel } from "../models/model-file.js";
import type { RecipeInput } from "../recipe/index.js";
import type { GivenTokenizers } from "./prepare.js";
import type { TrainingProgress } from "./progress.js";

/** A recipe's keys, and what belongs to a call: where it computes, who listens, what stops it. */
export interface TrainOptions<Task extends TaskName = "translate"> extends Omit<RecipeInput, "task">, PlaceOptions {
  /** What is learned; the type of the model follows from it. */
  task?: Task | undefined;
  /** Examples that choose the best epoch; without them `data.holdOut` of those of training are taken. */
  dev?: readonly ExampleInput<Task>[];
  /**
   * A model to go on from (fine-tuning): its weights, vocabularies and architecture, of which the options need say nothing
   * but a task other than translate. It stays as it is.
   */
  from?: ModelOfTask[Task];
  /** Tokenizers of `bpe` or `bytes` to take as they are, say of `fromHuggingFace`, instead of learning new ones. */
  tokenizers?: GivenTokenizers;
  /** Is told once, before training, what `data.filters` took out. */
  onFiltered?: (report: FilterReport) => void;
  /**
   * Is told of every step (ten times a second at most) and every epoch, and given the model as it stands, which computes until
   * what this returns has settled: traces, translations, `toBytes()`. Training waits for it.
   */
  onProgress?: (progress: TrainingProgress, model: ModelOfTask[Task]) => void | Promise<void>;
  /** Stops training; `train` then rejects with AbortedError. */
  signal?: AbortSignal | undefined;
}

/**
 * Trains a model on pairs of strings, or a language model on lines. Options are those of a recipe; what is not given is
 * chosen by the data's size.
 *
 *   const model = await train([["3 May 2026", "2026-05-03"], …], { source: { tokenizer: "chars" } });
 *   const kinds = await train([["what time is it", "question"], …], { task: "classify" });
 *   const poet = await train(["床前明月光", …], { task: "language-model", target: { tokenizer: "chars" } });
 */
export async function train<Task extends TaskName = "translate">(
  examples: readonly ExampleInput<Task>[],
  options: TrainOptions<Task> = {},
): Promise<ModelOfTask[Task]> {
  // Programs that only use models need not load the trainer, nor zod and yaml.
  const [
    { averageLengths, completeRecipe, defaultsForSize, defaultsOfModel, TASKS },
    { holdOutFor, prepareModel },
    { Trainer },
    { pairFilter },
    { continueModel },
  ] = await Promise.all([
    import("../recipe/index.js"),
    import("./prepare.js"),
    import("./trainer.js"),
    import("./pair-filter.js"),
    import("./continue-model.js"),
  ]);
  const {
    dev,
    backend: place,
    threads,
    wasmUrl,
    onProgress = () => {},
    onFiltered,
    signal,
    tokenizers,
    from,
    ...rest
  } = options;
  const input: RecipeInput = rest;
  const task = input.task ?? from?.task ?? "translate";
  // A name that is none is refused with the rest of the recipe.
  const all = asExamples(examples, task);
  const lengths = averageLengths(all.map((pair) => [pair.source, pair.target] as const));
  const ofSize = TASKS.includes(task) ? defaultsForSize(all.length, lengths, task) : {};
  const defaults = from ? { ...defaultsOfModel(from.core.recipe, task), train: ofSize.train } : ofSize;
  const recipe = completeRecipe(input, { defaults });
  if (recipe.train.from !== undefined)
    throw new RecipeError(
      `train.from: ${recipe.train.from} is refused: only the command reads it. Give from: await loadModel(${JSON.stringify(recipe.train.from)}).`,
    );
  if (from && tokenizers)
    throw new RecipeError("tokenizers: expected none with from, whose tokenizers hold, got some. Leave them out.");
  if (recipe.train.keepBest > 0)
    throw new RecipeError(
      `train.keepBest: ${recipe.train.keepBest} is refused: only the command has a run folder to keep models in. Leave it out.`,
    );
  const filter = pairFilter(recipe);
  const kept = all.filter((pair) => filter.keeps(pair));
  refuseNothingKept(filter.report(), "train");
  onFiltered?.(filter.report());
  const split = dev ? { train: kept, dev: asExamples(dev, task) } : holdOutFor(recipe, kept);
  const stopped = (steps: number) =>
    new AbortedError(`train: stopped by its signal after ${steps} steps.`, { cause: signal?.reason });
  if (signal?.aborted) throw stopped(0);
  const { backend, isOwn } = await openBackend({ backend: place, threads, wasmUrl, signal });
  let model: AnyModel | undefined;
  try {
    model = from
      ? await continueModel(backend, recipe, from.core, split.train)
      : await prepareModel(backend, recipe, split.train, tokenizers);
    const trainer = Trainer.onPairs(model, split.train, split.dev);
    try {
      const onTheWay = (await modelOf(model)) as ModelOfTask[TaskName] as ModelOfTask[Task];
      const tell = (progress: TrainingProgress) => onProgress(progress, onTheWay);
      if ((await trainer.run(tell, signal)) === "aborted") throw stopped(trainer.step);
    } finally {
      trainer.dispose();
    }
    const trained: TandemModel = await modelOf(model, isOwn ? backend : undefined);
    return trained as ModelOfTask[Task];
  } catch (error) {
    model?.dispose();
    if (isOwn) backend.dispose?.();
    throw error;
  }
}
