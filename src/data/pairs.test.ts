import { describe, expect, it } from "vitest";
import { DataError } from "../errors.js";
import { decodeUtf8 } from "./pairs.js";
import { parseTsv } from "./tsv.js";

const bytes = (text: string) => new TextEncoder().encode(text);
const utf16 = (text: string, mark: string) =>
  new Uint8Array(Uint16Array.from(mark + text, (unit) => unit.charCodeAt(0)).buffer);
const columns = { source: 0, target: 1 };

describe("parseTsv", () => {
  it("reads LF and CRLF, with and without a byte order mark or a last line end", () => {
    const pairs = [
      { source: "我爱学习", target: "I love learning" },
      { source: "你好", target: "hello" },
    ];
    for (const [text, lines] of [
      ["我爱学习\tI love learning\n你好\thello", [1, 2]],
      ["\uFEFF我爱学习\tI love learning\r\n\r\n你好\thello\r\n", [1, 3]],
    ] as const) {
      const numbered = pairs.map((pair, i) => ({ ...pair, place: `a.tsv:${lines[i]}` }));
      expect(parseTsv(bytes(text), "a.tsv", columns)).toEqual(numbered);
    }
  });

  it("takes the columns asked for and keeps inner spaces", () => {
    expect(parseTsv(bytes("1\t a \tb\tc\n"), "a.tsv", { source: 2, target: 1 })).toEqual([
      { source: "b", target: " a ", place: "a.tsv:1" },
    ]);
  });

  it("takes one column where no source is asked for", () => {
    expect(parseTsv(bytes("床前明月光\n\n疑是地上霜\n"), "a.tsv", { target: 0 })).toEqual([
      { source: "", target: "床前明月光", place: "a.tsv:1" },
      { source: "", target: "疑是地上霜", place: "a.tsv:3" },
    ]);
  });

  it("takes a NUL for a character, and does not mistake a text with one for UTF-16", () => {
    expect(parseTsv(bytes("i lov\0e you all\tand so on\n"), "a.tsv", columns)).toEqual([
      { source: "i lov\0e you all", target: "and so on", place: "a.tsv:1" },
    ]);
  });

  it("takes alignments from a column, or line by line from another file, blank lines skipped together", () => {
    const text = "a\tb\t0-0\n\nc d\te f\t\n";
    expect(parseTsv(bytes(text), "a.tsv", { ...columns, alignment: 2 })).toEqual([
      { source: "a", target: "b", place: "a.tsv:1", alignment: "0-0" },
      { source: "c d", target: "e f", place: "a.tsv:3", alignment: "" },
    ]);
    const alignments = { bytes: bytes("0-0\r\n\r\n0-1 1-0\r\n"), name: "a.align" };
    expect(
      parseTsv(bytes(text), "a.tsv", columns, alignments).map((pair) => [pair.alignment, pair.alignmentPlace]),
    ).toEqual([
      ["0-0", "a.align:1"],
      ["0-1 1-0", "a.align:3"],
    ]);
  });

  it("wants an alignment for each line", () => {
    const read = (text: string) =>
      parseTsv(bytes("a\tb\nc\td\n"), "a.tsv", columns, { bytes: bytes(text), name: "a.align" });
    expect(() => read("0-0\n")).toThrow(
      "a.align: expected 2 lines, one for each line of a.tsv, got 1. Leave a line empty where nothing is aligned.",
    );
    expect(() => parseTsv(bytes("a\tb\n"), "a.tsv", { ...columns, alignment: 2 })).toThrow(
      "a.tsv:1: expected at least 3 columns separated by a tab, got 2.",
    );
    expect(() => parseTsv(bytes("a\tb\n"), "a.tsv", { ...columns, alignment: -1 })).toThrow(
      "a.tsv: expected columns counted from 0, got source 0 and target 1 and alignment -1.",
    );
  });

  it.each([
    [
      "a\tb\n\nc\n",
      columns,
      "t.tsv:3: expected at least 2 columns separated by a tab, got 1. Complete or remove the line, or choose other columns.",
    ],
    ["a\tb\n", { source: 0, target: 3 }, "t.tsv:1: expected at least 4 columns separated by a tab, got 2."],
    [
      "a\tb\nc\t \n",
      columns,
      "t.tsv:2: expected a text in the target column (1), got nothing. Complete or remove the line.",
    ],
    ["\tb\n", columns, "t.tsv:1: expected a text in the source column (0), got nothing."],
    ["", columns, "t.tsv: expected at least one line with a source and a target, got an empty file. Check the path."],
    ["\uFEFF\n \n", columns, "t.tsv: expected at least one line with a source and a target, got only blank lines."],
    ["\n", { target: 0 }, "t.tsv: expected at least one line with a text, got only blank lines."],
    ["a\n", { target: 1 }, "t.tsv:1: expected at least 2 columns separated by a tab, got 1."],
    ["a\tb", { source: -1, target: 1 }, "t.tsv: expected columns counted from 0, got source -1 and target 1."],
  ])("names what is wrong with %j", (text, chosen, message) => {
    expect(() => parseTsv(bytes(text), "t.tsv", chosen)).toThrow(DataError);
    expect(() => parseTsv(bytes(text), "t.tsv", chosen)).toThrow(message);
  });
});

describe("decodeUtf8", () => {
  it.each<[string, Uint8Array, string]>([
    [
      "UTF-16 with a mark",
      utf16("a\tb\n", "\uFEFF"),
      "t.tsv: expected UTF-8 text, got UTF-16. Convert it: iconv -f UTF-16 -t UTF-8.",
    ],
    ["UTF-16 without a mark", utf16("我\t爱\n", ""), "got UTF-16LE."],
    ["UTF-32", Uint8Array.of(0xff, 0xfe, 0, 0, 0x61, 0, 0, 0), "got UTF-32."],
    ["gzip", Uint8Array.of(0x1f, 0x8b, 8, 0), "got a gzip archive. Unpack it first: gunzip."],
    ["binary data", Uint8Array.of(0, 0, 0, 1), "got binary data."],
    [
      "GB 18030",
      Uint8Array.of(0x61, 0x0a, 0x0a, 0xce, 0xd2, 0x0a),
      "t.tsv:3: expected UTF-8 text, got bytes that are none.",
    ],
    ["a character cut off", bytes("a\n我").subarray(0, 4), "t.tsv:2: expected UTF-8 text"],
  ])("names %s", (_, content, message) => {
    expect(() => decodeUtf8(content, "t.tsv")).toThrow(DataError);
    expect(() => decodeUtf8(content, "t.tsv")).toThrow(message);
  });
});
