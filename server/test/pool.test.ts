import { afterEach, expect, test } from "vitest";
import { type PoolOptions, WorkerPool } from "../src/pool.js";

const script = new URL("./support/stubborn-worker.js", import.meta.url);
let pool: WorkerPool;
const reasons: string[] = [];
afterEach(() => pool.close());

async function start(options: Partial<PoolOptions> = {}) {
  reasons.length = 0;
  const models = [{ name: "m", path: "m" }];
  pool = new WorkerPool({ models, workers: 1, script, onRestart: (reason) => reasons.push(reason), ...options });
  return pool.start();
}

const ask = (text: string, signal = new AbortController().signal) =>
  pool.run("batch", { model: "m", call: { name: "tag", options: {} }, items: [{ texts: [text] }] }, { signal });

test("a thread that dies fails its jobs with a sentence and is started again", async () => {
  await start();
  for (const way of ["die", "throw"]) {
    await expect(ask(way)).rejects.toMatchObject({
      code: "worker_died",
      statusCode: 503,
      message: expect.stringMatching(/^The thread .* ended before it was done .*Send the request again\.$/),
    });
    expect(pool.hasRoom("batch")).toBe(false);
    const room = new Promise<void>((resolve) => pool.onRoom(resolve));
    await room;
    expect(await ask("two")).toEqual([{ json: '"two"' }]);
  }
  expect(reasons).toEqual(["it ended", "thrown"]);
});

test("a thread that does not stop when it is told to is replaced", async () => {
  await start({ stuckAfter: 100 });
  const controller = new AbortController();
  const answer = ask("hang", controller.signal);
  controller.abort();
  await expect(answer).rejects.toMatchObject({ code: "worker_died" });
  await new Promise<void>((resolve) => pool.onRoom(resolve));
  expect(await ask("two")).toEqual([{ json: '"two"' }]);
});

test("batches go to the thread that is free", async () => {
  await start({ workers: 2 });
  const controller = new AbortController();
  const stuck = ask("hang", controller.signal);
  expect(pool.hasRoom("batch")).toBe(true);
  const answer = ask("two");
  expect(pool.hasRoom("batch")).toBe(false);
  expect(await answer).toEqual([{ json: '"two"' }]);
  const failed = expect(stuck).rejects.toMatchObject({ code: "worker_died" });
  await pool.close();
  await failed;
});
