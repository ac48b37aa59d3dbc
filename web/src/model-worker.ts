/// <reference lib="webworker" />
// The Worker: models and everything that computes with them.
import {
  AbortedError,
  type Backend,
  createWasmBackend,
  loadModel,
  type ModelOfTask,
  TandemError,
  type TandemModel,
  type TaskName,
  type TrainOptions,
  train,
} from "tandem-seq2seq";
import kernelsUrl from "tandem-seq2seq/kernels.wasm?url";
import threadedKernelsUrl from "tandem-seq2seq/kernels-threads.wasm?url";
import { attend, type Meeting, normalMeetings, saturation, sensitivities, sizesUpTo } from "./mechanism.js";
import type {
  Answer,
  CallName,
  Input,
  LearnedTask,
  MeetingSource,
  ModelSummary,
  Part,
  Request,
  Response,
} from "./protocol.js";

const models = new Map<string, { model: TandemModel; summary: ModelSummary }>();
const running = new Map<number, AbortController>();
let backend: Promise<Backend> | undefined;
/** The queries and keys asked for last. */
let met: { source: string; meetings: Meeting[] } | undefined;
/** Resolves when training may go on. */
let paused: { promise: Promise<void>; resume: () => void } | undefined;

const place = () =>
  (backend ??= createWasmBackend({ wasmUrl: crossOriginIsolated ? threadedKernelsUrl : kernelsUrl }).catch((error) => {
    backend = undefined; // the next call tries again
    throw error;
  }));

function keep(key: string, model: TandemModel, bytes: number): ModelSummary {
  models.get(key)?.model.dispose();
  const { task, recipe, core } = model;
  const summary: ModelSummary = { key, task: task as TaskName, recipe, bytes, weights: core.weights };
  models.set(key, { model, summary });
  return summary;
}

function open<Task extends TaskName>(key: string, task: Task): ModelOfTask[Task] {
  const model = models.get(key)?.model;
  if (model === undefined) throw new TandemError(`model ${key}: expected an open model, got none. Open it first.`);
  if (model.task !== task)
    throw new TandemError(`model ${key}: expected one of task ${task}, got one of task ${model.task}. Choose another.`);
  return model as ModelOfTask[Task];
}

function reading(key: string): Exclude<TandemModel, ModelOfTask["language-model"]> {
  const model = models.get(key)?.model;
  if (model === undefined || model.task === "language-model")
    throw new TandemError(`model ${key}: expected an open model that reads a source, got none. Choose another.`);
  return model;
}

const RANDOM = { count: 200, keyCount: 8, size: 512 } as const;

function meetingsOf(source: MeetingSource): Meeting[] {
  const name = JSON.stringify(source);
  if (met?.source !== name)
    met = {
      source: name,
      meetings:
        "seed" in source
          ? normalMeetings(source.seed, RANDOM.count, RANDOM.keyCount, RANDOM.size)
          : source.lines.flatMap((line) => {
              const trace = open(source.model, "translate").trace(line);
              const keys = trace.source.map(({ state }) => state);
              return trace.steps.map(({ state }) => ({ query: state, keys }));
            }),
    };
  return met.meetings;
}

interface Context<Name extends CallName> {
  signal: AbortSignal;
  tell: (part: Part<Name>) => void;
}

type Handlers = { [Name in CallName]: (input: Input<Name>, context: Context<Name>) => Promise<Answer<Name>> };

const handlers: Handlers = {
  async open({ key, place: from }, { signal }) {
    const known = models.get(key);
    if (known) return known.summary;
    const bytes = "bytes" in from ? from.bytes : await fetchBytes(from.url, signal);
    return keep(key, await loadModel(bytes, { backend: await place(), signal }), bytes.length);
  },
  translate: async ({ model, lines, options }, { signal }) =>
    open(model, "translate").translate(lines, { ...options, signal }),
  async stream({ model, line, options }, { signal, tell }) {
    for await (const part of open(model, "translate").stream(line, { ...options, signal })) tell(part);
  },
  // By traces, for these take tokens: a text could be cut in other places than the model cut it.
  async alternatives({ model, line, prefix }) {
    const translator = open(model, "translate");
    const { candidates } = translator.trace(line, { prefix: [...prefix, "</s>"] }).steps[prefix.length]!;
    return candidates.map(({ token, probability }) => ({
      token,
      probability,
      text: translator.trace(line, { prefix: [...prefix, token] }).output,
    }));
  },
  trace: async ({ model, line, options }) => open(model, "translate").trace(line, options),
  traceClass: async ({ model, line }) => open(model, "classify").trace(line),
  beam: async ({ model, line, beamSize }) => open(model, "translate").trace(line, { beamSize }).beam!,
  encode: async ({ model, lines }, { signal }) => reading(model).encode(lines, { signal }),
  attend: async ({ meeting, values, scaled }) => attend(await place(), meeting, values, scaled),
  async saturation({ source }) {
    const computes = await place();
    const meetings = meetingsOf(source);
    const sizes = sizesUpTo(meetings[0]!.query.length);
    return {
      count: meetings.length,
      plain: saturation(computes, meetings, sizes, false),
      scaled: saturation(computes, meetings, sizes, true),
    };
  },
  async meet({ source, number, size, scaled }) {
    const meetings = meetingsOf(source);
    return sensitivities(await place(), [meetings[number % meetings.length]!], size, scaled)[0]!;
  },
  async train({ pairs, task, recipe, watch, from, key }, { signal, tell }) {
    const stop = Promise.withResolvers<void>();
    signal.addEventListener("abort", () => stop.resolve());
    let best: Uint8Array<ArrayBuffer> | undefined;
    const options: TrainOptions<LearnedTask> = {
      ...recipe,
      task,
      ...(from !== undefined && { from: open(from, task) }),
      backend: await place(),
      signal,
      onProgress: async (progress, model) => {
        tell({ progress, ...(progress.kind === "epoch" && { watched: model.trace(watch) }) });
        if (progress.kind === "epoch" && progress.best) best = model.toBytes();
        await (paused && Promise.race([paused.promise, stop.promise]));
      },
    };
    let trained: TandemModel;
    let isStopped = false;
    try {
      trained = await train<LearnedTask>(pairs, options);
    } catch (error) {
      if (!(error instanceof AbortedError) || best === undefined) throw error;
      isStopped = true;
      trained = await loadModel(best, { backend: await place() });
    }
    const bytes = trained.toBytes();
    const { source = 0, target = 0, labels = 0 } = trained.core.history.added ?? {};
    return { summary: keep(key, trained, bytes.length), bytes, added: source + target + labels, isStopped };
  },
  async pause({ on }) {
    paused?.resume();
    const { promise, resolve } = Promise.withResolvers<void>();
    paused = on ? { promise, resume: resolve } : undefined;
  },
};

async function fetchBytes(url: string, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetch(url, { signal });
  if (!response.ok)
    throw new TandemError(`model ${url}: expected a file, got HTTP status ${response.status}. Check the address.`);
  return new Uint8Array(await response.arrayBuffer());
}

const post = (response: Response) => postMessage(response);

async function answer<Name extends CallName>(id: number, call: Name, input: Input<Name>): Promise<void> {
  const controller = new AbortController();
  running.set(id, controller);
  try {
    const handler = handlers[call] as (input: Input<Name>, context: Context<Name>) => Promise<Answer<Name>>;
    const context = { signal: controller.signal, tell: (part: Part<Name>) => post({ id, part }) };
    post({ id, answer: await handler(input, context) });
  } catch (error) {
    const isStop = error instanceof AbortedError || controller.signal.aborted;
    post({ id, error: error instanceof Error ? error.message : String(error), isStop });
  } finally {
    running.delete(id);
  }
}

addEventListener("message", ({ data }: MessageEvent<Request>) => {
  if ("stop" in data) running.get(data.id)?.abort();
  else void answer(data.id, data.call, data.input);
});
