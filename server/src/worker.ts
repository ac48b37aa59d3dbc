// A thread that holds the models and answers jobs; the thread of the server never computes.
import { parentPort, workerData } from "node:worker_threads";
import { AbortedError, loadModel, TandemError, type TandemModel } from "tandem-seq2seq";
import { answer, factsOf } from "./calls.js";
import type { FromWorker, Job, Outcome, ToWorker, WorkerData } from "./protocol.js";

const port = parentPort;
if (port === null) throw new Error("worker: expected a thread of the server, got a process of its own.");

const say = (message: FromWorker) => port.postMessage(message);
const { models: files, ...place } = workerData as WorkerData;
const models = new Map<string, TandemModel>();
const running = new Map<number, AbortController>();

function outcomeOf(error: unknown): Outcome {
  if (error instanceof AbortedError) return { code: "aborted", message: error.message };
  if (error instanceof TandemError) return { code: "invalid_request", message: error.message };
  return { code: "internal", message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}

async function outcomesOf(id: number, { model: name, call, items }: Job, signal: AbortSignal): Promise<Outcome[]> {
  const model = models.get(name)!;
  const tell = (json: string) => say({ kind: "event", id, json });
  const attempt = async (some: Job["items"]): Promise<Outcome[]> => {
    try {
      return (await answer(model, call, some, { signal, tell })).map((json) => ({ json }));
    } catch (error) {
      return some.map(() => outcomeOf(error));
    }
  };
  const together = await attempt(items);
  const mayBeOneOfThem =
    items.length > 1 && together.some((outcome) => "code" in outcome && outcome.code !== "aborted");
  if (!mayBeOneOfThem) return together;
  // What is wrong with one request must not become the answer of the others.
  const alone: Outcome[] = [];
  for (const item of items) alone.push(...(await attempt([item])));
  return alone;
}

async function run(id: number, job: Job): Promise<void> {
  const controller = new AbortController();
  running.set(id, controller);
  const outcomes = await outcomesOf(id, job, controller.signal);
  running.delete(id);
  say({ kind: "done", id, outcomes });
}

port.on("message", (message: ToWorker) => {
  if (message.kind === "run") void run(message.id, message.job);
  else running.get(message.id)?.abort();
});

try {
  for (const { name, path } of files) models.set(name, await loadModel(path, place));
  say({ kind: "ready", models: Array.from(models, ([name, model]) => factsOf(name, model)) });
} catch (error) {
  say({ kind: "refused", message: error instanceof Error ? error.message : String(error) });
}
