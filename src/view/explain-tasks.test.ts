import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { wasm } from "../../test/support/backends.js";
import { parseTags, tableRows } from "../../test/support/markup.js";
import type { ClassificationModel } from "../decode/classification-model.js";
import type { LanguageModel } from "../decode/language-model.js";
import type { TaggingModel } from "../decode/tagging-model.js";
import { train } from "../train/train.js";
import { displayWidth } from "./display-width.js";
import { explainHtml } from "./explain-page.js";
import { formatShare } from "./explain-stages.js";
import { type AnyTrace, explainText } from "./explain-text.js";

const line = "a 世 <b> & internationalization-of-words";
const whitespace = { tokenizer: "whitespace" } as const;
const options = { backend: wasm, dev: [], train: { epochs: 1 } };
let classifier: ClassificationModel;
let tagger: TaggingModel;
let poet: LanguageModel;

beforeAll(async () => {
  const sizes = { embeddingSize: 7, encoder: { hiddenSize: 5, summary: "attention" } } as const;
  const labels = Array.from({ length: 25 }, (_, i) => ["a b", `<kind> & ${i}`] as const);
  classifier = await train(labels, { ...options, task: "classify", source: whitespace, model: sizes });
  tagger = await train([["a <b> &", "N <V> &"] as const], {
    ...{ ...options, task: "tag", source: whitespace, target: whitespace },
    model: { embeddingSize: 7, encoder: { hiddenSize: 5 } },
  });
  poet = await train(["a <b> &"], {
    ...{ ...options, task: "language-model", target: whitespace },
    model: { embeddingSize: 7, decoder: { hiddenSize: 5 } },
  });
});
afterAll(() => {
  for (const model of [classifier, tagger, poet]) model.dispose();
});

/** Fits its width; the page is well-formed and needs nothing else. */
function expectSound(trace: AnyTrace): { text: string; page: string } {
  const text = explainText(trace);
  for (const row of text.split("\n")) expect([row, displayWidth(row) <= 80]).toEqual([row, true]);
  for (const row of explainText(trace, { width: 50 }).split("\n")) expect(displayWidth(row)).toBeLessThanOrEqual(50);
  expect(text).not.toContain("\u001b");
  expect(explainText(trace, { color: true })).toContain("\u001b[");
  expect(text).toContain("〔世〕");
  const page = explainHtml(trace);
  parseTags(page);
  expect(page).not.toMatch(/https?:\/\/(?!www\.w3\.org\/2000\/svg)|url\(|@import/);
  return { text, page };
}

describe("explain", () => {
  it("a classification: every label's probability and both reasons are the trace's", async () => {
    const trace = classifier.trace(line);
    const { text, page } = expectSound(trace);
    const [result] = await classifier.classify([line]);
    expect(trace.output).toBe(result!.label);
    expect(trace.probabilities).toEqual(result!.probabilities);
    expect(trace.reasons.map(({ by }) => by)).toEqual(["attention", "gradient"]);
    expect(trace.reasons[0]).toEqual(result!.reason);
    expect(text).toContain("… 5 more");
    expect(text).toContain(`→ ${trace.output}`);
    expect(tableRows(page, "Labels").map((cells) => cells[1])).toEqual(
      trace.probabilities.map(({ probability }) => formatShare(probability)),
    );
    for (const { by, weights } of trace.reasons)
      expect(tableRows(page, `Reason by ${by}`).map((cells) => cells[1])).toEqual(weights.map(formatShare));
    expect(classifier.trace("").source).toHaveLength(1);
  });

  it("a tagging: every token's tags", async () => {
    const trace = tagger.trace(line);
    const { page } = expectSound(trace);
    const [result] = await tagger.tag([line]);
    expect(trace.output).toBe(result!.text);
    expect(trace.tags.map(([best]) => best)).toEqual(
      result!.tokens.map(({ tag, probability }) => ({ label: tag, probability })),
    );
    expect(tableRows(page, "Tags").map((cells) => cells[2])).toEqual(
      trace.tags.map(([best]) => formatShare(best!.probability)),
    );
    expect(tagger.trace("").tags).toEqual([]);
  });

  it("a line: how probable each token was", () => {
    const trace = poet.trace(line);
    const { page } = expectSound(trace);
    expect(tableRows(page, "Tokens").map((cells) => [cells[1], cells[3]])).toEqual(
      trace.tokens.map(({ probability, rank }) => [formatShare(probability), String(rank)]),
    );
    for (const { candidates, probability, rank } of trace.tokens)
      if (rank === 1) expect(candidates[0]!.probability).toBe(probability);
  });
});
