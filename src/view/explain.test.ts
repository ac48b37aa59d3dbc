import { describe, expect, it } from "vitest";
import { wasm } from "../../test/support/backends.js";
import { parseTags, tableRows } from "../../test/support/markup.js";
import { letters, untrainedModel } from "../../test/support/untrained-model.js";
import { type Trace, traceLine } from "../decode/trace.js";
import type { RecipeInput } from "../recipe/index.js";
import { displayWidth } from "./display-width.js";
import { explainHtml } from "./explain-page.js";
import { formatNumber, formatShare, norm } from "./explain-stages.js";
import { explainText } from "./explain-text.js";

const kinds: [name: string, model: RecipeInput["model"]][] = [
  ["scaled-dot attention", {}],
  [
    "two LSTM layers, multi-head",
    { decoder: { cell: "lstm", layers: 2, hiddenSize: 12 }, attention: { kind: "multi-head", heads: 3 } },
  ],
  ["copying", { copy: true }],
  ["attention before the step", { decoder: { attend: "before" }, attention: { kind: "additive", coverage: true } }],
  [
    "no attention, c at every step",
    { attention: { kind: "none" }, encoder: { cell: "rnn", bidirectional: false, layers: 2 } },
  ],
  [
    "a normalised cell, c the largest state",
    { encoder: { layerNorm: true, summary: "max" }, decoder: { bridge: "mean", context: "every-step" } },
  ],
];

const traceOf = async (model: RecipeInput["model"], line: string): Promise<Trace> =>
  traceLine(await untrainedModel(wasm, model), line);

describe.each(kinds)("explain: %s", (_, model) => {
  const line = `a 世 <b> & ${letters.join(" ")} internationalization-of-words`;

  it("fits 80 columns, plain without colour, every number the trace's", async () => {
    const trace = await traceOf(model, line);
    const text = explainText(trace);
    for (const row of text.split("\n")) expect([row, displayWidth(row) <= 80]).toEqual([row, true]);
    expect(text).not.toContain("\u001b");
    expect(explainText(trace, { color: true }).split("\u001b[").length).toBeGreaterThan(20);
    for (const stage of ["Encoder 1", "Encoder 6", "Decoder 1", "Decoder 7"])
      expect(text).toContain(`\n${stage}  `.trimStart());
    expect(text).toContain("〔世〕 1");
    expect(text).toContain(`|${formatNumber(norm(trace.code))}|`);
    for (const { generation } of trace.steps)
      if (generation !== undefined) expect(text).toContain(`p_gen ${formatShare(generation)}`);
    for (const { token, probability } of trace.steps) expect(text).toContain(`→ ${token}  ${formatShare(probability)}`);
    for (const row of explainText(trace, { width: 50 }).split("\n")) expect(displayWidth(row)).toBeLessThanOrEqual(50);
  });

  it("is one well-formed page that needs nothing else, with the trace's numbers", async () => {
    const trace = await traceOf(model, line);
    const page = explainHtml(trace);
    const tags = parseTags(page);
    for (const { attributes } of tags) expect(Object.keys(attributes)).not.toEqual(expect.arrayContaining(["src"]));
    expect(page).not.toMatch(/https?:\/\/(?!www\.w3\.org\/2000\/svg)|url\(|@import/);
    expect(tags.filter(({ name }) => name === "h1")).toHaveLength(1);
    for (const { name, attributes } of tags) {
      if (name === "svg") expect(attributes["aria-label"] ?? attributes["aria-labelledby"]).toBeTruthy();
      if (name === "th") expect(["row", "col"]).toContain(attributes["scope"]);
    }
    expect(page).toContain("prefers-color-scheme: dark");

    expect(tableRows(page, "How c grows").map((cells) => cells[1])).toEqual(
      trace.source.map(({ similarityToCode }) => formatNumber(similarityToCode, 3)),
    );
    for (const [i, step] of trace.steps.entries()) {
      expect(tableRows(page, `Best candidates of step ${i + 1}`).map((cells) => cells[1])).toEqual(
        step.candidates.map(({ probability }) => formatShare(probability)),
      );
      if (step.generation !== undefined) {
        expect(tableRows(page, `Best candidates of step ${i + 1}`).map((cells) => cells[2])).toEqual(
          step.candidates.map(({ copied }) => formatShare(copied!)),
        );
        expect(page).toContain(`p_gen = ${formatShare(step.generation)} writes`);
      }
      expect(tableRows(page, `Gates of step ${i + 1}`).map(([name]) => name)).toEqual(Object.keys(step.gates));
      if (step.weights === undefined) continue;
      const rows = tableRows(page, `Where step ${i + 1} looks`);
      expect(rows.map((cells) => cells[1])).toEqual(step.scores!.map((score) => formatNumber(score)));
      expect(rows.map((cells) => cells[2])).toEqual(step.weights.map(formatShare));
    }
    expect(page.includes("Where step 1 looks")).toBe(trace.model.attention.kind !== "none");
    expect(page.includes("cell state")).toBe(trace.model.decoder.cell === "lstm");
    expect(page.includes("head 3")).toBe(trace.model.attention.kind === "multi-head");
  });
});

it("shares are never rounded to what they are not", () => {
  expect([0, 1e-9, 0.0004, 0.5, 0.9999, 1].map(formatShare)).toEqual([
    ...["0.0 %", "< 0.1 %", "< 0.1 %", "50.0 %", "> 99.9 %", "100.0 %"],
  ]);
  expect([-0.001, -0.5, 2].map((value) => formatNumber(value))).toEqual(["0.00", "−0.50", "2.00"]);
});
