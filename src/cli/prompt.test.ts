import { PassThrough } from "node:stream";
import { afterEach, expect, test, vi } from "vitest";
import { Conversation } from "../decode/conversation.js";
import type { Translation } from "../decode/translation.js";
import { prompt, unknownNote } from "./prompt.js";

afterEach(() => vi.restoreAllMocks());

test("a conversation is read with each line, and only unknown words of the line are marked", async () => {
  const typed = new PassThrough();
  vi.spyOn(process, "stdin", "get").mockReturnValue(typed as unknown as typeof process.stdin);
  let written = "";
  for (const stream of [process.stdout, process.stderr])
    vi.spyOn(stream, "write").mockImplementation((text) => {
      written += text;
      return true;
    });
  const read: string[] = [];
  const model = {
    translate: async ([source]: readonly string[]) => {
      read.push(source!);
      const tokens = source!.split(" ");
      const unknown = tokens.map((token) => token.startsWith("x"));
      return [{ text: `re:${tokens.at(-1)}`, source: { tokens, unknown }, alternatives: [] } as unknown as Translation];
    },
  };
  typed.end("hello xa\nagain\nxb there\n\nnever read\n");
  await prompt(model, { conversation: new Conversation(1) });
  expect(read).toEqual(["hello xa", "hello xa ⏎ re:xa ⏎ again", "again ⏎ re:again ⏎ xb there"]);
  expect(written.match(/〔\w+〕/gu)).toEqual(["〔xa〕", "〔xb〕"]);
  expect(written).toContain("re:there\n");
});

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
