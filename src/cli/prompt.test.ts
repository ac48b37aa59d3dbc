import { expect, test } from "vitest";
import { unknownNote } from "./prompt.js";

const note = (line: string, tokens: string[], unknown: boolean[], color = false) =>
  unknownNote(line, { source: { tokens, unknown } }, color);

test("words the model does not know are marked where they stand", () => {
  expect(note("我爱量子", ["我", "爱", "量子"], [false, false, true])).toBe(
    "  我爱〔量子〕  (marked: unknown to the model)",
  );
  expect(note("我爱量子", ["我", "爱", "量子"], [false, false, true], true)).toContain("我爱\u001b[4m量子\u001b[24m");
  expect(note("see the the", ["see", "the", "the"], [false, false, true])).toContain("see the 〔the〕");
  expect(note("SEE it", ["see", "it"], [true, false])).toContain("〔see〕 it");
  expect(note("我爱你", ["我", "爱", "你"], [false, false, false])).toBeUndefined();
});
