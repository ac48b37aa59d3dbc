import { describe, expect, test } from "vitest";
import golden from "../../test/golden/tensorboard.json" with { type: "json" };
import { scalarRecord, scalarsOf, versionRecord } from "./tensorboard.js";

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

describe("event files", () => {
  test("are byte for byte what TensorBoard's own writer makes of the same events", () => {
    expect(hex(versionRecord(golden.version.at))).toBe(golden.version.bytes);
    expect(golden.events.length).toBeGreaterThan(3);
    for (const { at, step, scalars, bytes } of golden.events) expect(hex(scalarRecord(at, step, scalars))).toBe(bytes);
  });

  test("have what the log has, and nothing for what was not measured", () => {
    const entry = { kind: "step", epoch: 1, step: 7, steps: 1, loss: 2, learningRate: 0.1, gradientNorm: 3 } as const;
    expect(scalarsOf({ ...entry, tokensPerSecond: 4, secondsPerStep: 1, seconds: 1 }).map(({ name }) => name)).toEqual([
      ...["train/loss", "train/gradientNorm", "train/learningRate", "train/tokensPerSecond"],
    ]);
    const epoch = {
      kind: "epoch",
      epoch: 1,
      epochs: 2,
      step: 7,
      trainLoss: 1,
      samples: [],
      best: true,
      score: 1,
      seconds: 1,
    } as const;
    expect(scalarsOf({ ...epoch, samples: [], devLoss: 0.5, bleu: 30 })).toEqual([
      { name: "dev/loss", value: 0.5 },
      { name: "dev/bleu", value: 30 },
    ]);
    expect(scalarsOf({ ...epoch, samples: [] })).toEqual([]);
    const end = { kind: "end", outcome: "finished", step: 9, seconds: 1 } as const;
    expect(scalarsOf({ ...end, test: { exact: 50, count: 8 } })).toEqual([{ name: "test/exact", value: 50 }]);
  });
});
