import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Batcher, type BatcherOptions } from "./batcher.js";
import type { Outcome } from "./protocol.js";

/** A batcher whose batches end when they are told to. */
function batcherOf(options: Partial<BatcherOptions<string>> = {}) {
  const batches: { loads: string[]; signal: AbortSignal; end: (failure?: Error) => void }[] = [];
  let room = 1;
  const batcher = new Batcher<string>({
    ...{ window: 5, batchSize: 4, queueLimit: 8 },
    hasRoom: () => room > 0,
    run: (works, signal) => {
      room--;
      const loads = works.map(({ load }) => load);
      return new Promise<Outcome[]>((resolve, reject) => {
        const end = (failure?: Error) => {
          room++;
          if (failure) reject(failure);
          else resolve(loads.map((load) => ({ json: load.toUpperCase() })));
        };
        batches.push({ loads, signal, end });
      });
    },
    ...options,
  });
  const submit = (load: string, { key = "k", size = 1, signal = new AbortController().signal } = {}) =>
    batcher.submit({ load, key, size, signal });
  return { batcher, batches, submit };
}

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] }));
afterEach(() => void vi.useRealTimers());

describe("requests", () => {
  test("that come within the window share a batch, in their order, and each gets its own outcome", async () => {
    const { submit, batches } = batcherOf();
    const answers = [submit("a"), submit("b")];
    vi.advanceTimersByTime(4);
    expect(batches).toHaveLength(0);
    answers.push(submit("c"));
    vi.advanceTimersByTime(2);
    expect(batches.map(({ loads }) => loads)).toEqual([["a", "b", "c"]]);
    batches[0]!.end();
    expect(await Promise.all(answers)).toEqual([{ json: "A" }, { json: "B" }, { json: "C" }]);
  });

  test("that fill a batch do not wait", () => {
    const { submit, batches } = batcherOf();
    for (const load of "abcd") void submit(load);
    expect(batches.map(({ loads }) => loads.join(""))).toEqual(["abcd"]);
  });

  test("of other keys have batches of their own, the oldest first", async () => {
    const { submit, batches, batcher } = batcherOf();
    void submit("a", { key: "x" });
    void submit("b", { key: "y" });
    void submit("c", { key: "x" });
    vi.advanceTimersByTime(6);
    expect(batches.map(({ loads }) => loads.join(""))).toEqual(["ac"]);
    batches[0]!.end();
    batcher.pump();
    expect(batches.map(({ loads }) => loads.join(""))).toEqual(["ac", "b"]);
  });

  test("that wait for a worker gather, and begin at once when it is free", () => {
    const { submit, batches, batcher } = batcherOf();
    void submit("a", { size: 4 });
    for (const load of "bcde") void submit(load);
    vi.advanceTimersByTime(50);
    expect(batches).toHaveLength(1);
    batches[0]!.end();
    batcher.pump();
    expect(batches[1]!.loads.join("")).toBe("bcde");
  });

  test("with many texts are not split, and larger than a batch are one", () => {
    const { submit, batches, batcher } = batcherOf();
    void submit("a", { size: 3 });
    void submit("b", { size: 3 });
    vi.advanceTimersByTime(6);
    expect(batches[0]!.loads).toEqual(["a"]);
    batches[0]!.end();
    batcher.pump();
    expect(batches[1]!.loads).toEqual(["b"]);
    batches[1]!.end();
    void submit("c", { size: 7 });
    expect(batches[2]!.loads).toEqual(["c"]);
  });

  test("that are too many are refused, with the seconds after which to come again", async () => {
    const { submit, batches } = batcherOf();
    void submit("a", { size: 4 });
    void submit("b", { size: 6 });
    await expect(submit("c", { size: 3 })).rejects.toMatchObject({ code: "queue_full", retryAfter: 1 });
    vi.advanceTimersByTime(8000);
    batches[0]!.end();
    await vi.waitFor(() => expect(batches).toHaveLength(1));
    // A fifth of the 2 s that each text took, for 6 texts.
    await expect(submit("d", { size: 3 })).rejects.toMatchObject({ retryAfter: 3 });
  });
});

describe("a caller that goes", () => {
  test("leaves the queue", async () => {
    const { submit, batches, batcher } = batcherOf();
    const controller = new AbortController();
    const answer = submit("a", { signal: controller.signal });
    void submit("b");
    controller.abort(new Error("gone"));
    await expect(answer).rejects.toThrow("gone");
    expect(batcher.waiting).toBe(1);
    vi.advanceTimersByTime(6);
    expect(batches[0]!.loads).toEqual(["b"]);
  });

  test("stops a batch only when nobody waits for it any more", async () => {
    const { submit, batches } = batcherOf();
    const controllers = [new AbortController(), new AbortController()] as const;
    const answers = controllers.map(({ signal }, i) => submit(`${i}`, { signal }));
    vi.advanceTimersByTime(6);
    controllers[0].abort(new Error("gone"));
    await expect(answers[0]).rejects.toThrow("gone");
    expect(batches[0]!.signal.aborted).toBe(false);
    controllers[1].abort(new Error("gone too"));
    expect(batches[0]!.signal.aborted).toBe(true);
    await expect(answers[1]).rejects.toThrow("gone too");
  });
});

test("a batch that fails fails its requests alone", async () => {
  const { submit, batches, batcher } = batcherOf();
  const answer = submit("a");
  vi.advanceTimersByTime(6);
  batches[0]!.end(new Error("died"));
  await expect(answer).rejects.toThrow("died");
  const next = submit("b");
  vi.advanceTimersByTime(6);
  batcher.pump();
  batches[1]!.end();
  expect(await next).toEqual({ json: "B" });
});
