import { expect, it } from "vitest";
import { wasm } from "../../test/support/backends.js";
import { letters, untrainedModel } from "../../test/support/untrained-model.js";
import { AbortedError } from "../errors.js";
import { encodeLines } from "./encode.js";
import { traceLine } from "./trace.js";

it("gives the code of every line in order, the same in company as alone; an empty line has none", async () => {
  const model = await untrainedModel(wasm);
  const line = (i: number) => Array.from({ length: 1 + ((i * 5) % 9) }, (_, j) => letters[(i * 7 + j) % 11]).join(" ");
  const lines = ["", ...Array.from({ length: 300 }, (_, i) => line(i)), "  ", "世 a"];
  const codes = await encodeLines(model, lines);
  expect(codes.map(({ length }) => length)).toEqual(lines.map((text) => (text.trim() === "" ? 0 : 10)));
  for (const at of [1, 2, 150, 300, 302]) {
    expect((await encodeLines(model, [lines[at]!]))[0]).toEqual(codes[at]);
    expect([...codes[at]!]).toEqual(traceLine(model, lines[at]!).code);
  }
  expect(await encodeLines(model, [])).toEqual([]);
  await expect(encodeLines(model, ["a"], { signal: AbortSignal.abort() })).rejects.toThrow(AbortedError);
});
