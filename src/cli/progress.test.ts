import { describe, expect, test } from "vitest";
import type { EpochProgress, StepProgress } from "../train/progress.js";
import { displayWidth } from "../view/display-width.js";
import { formatTime } from "../view/format-numbers.js";
import { progressReporter } from "./progress.js";

const step: StepProgress = {
  kind: "step",
  epoch: 3,
  epochs: 10,
  step: 45,
  totalSteps: 100,
  loss: 1.2341,
  learningRate: 0.001,
  tokensPerSecond: 12_345,
  secondsLeft: 41.2,
  recent: { steps: 1, loss: 60, predicted: 50, gradientNorm: 2, tokens: 90, seconds: 0.01 },
};
const epoch: EpochProgress = {
  kind: "epoch",
  score: 0.5,
  epoch: 3,
  epochs: 10,
  step: 45,
  trainLoss: 1.2,
  devLoss: 1.1,
  devPerplexity: 3.004,
  samples: [
    { source: "我爱学习", reference: "I love studying", output: "I love studying" },
    { source: "我爱学习。".repeat(30), reference: "x", output: "I love studying, ".repeat(30) },
    { source: "a\u001b[31m\tb", reference: "b", output: "" },
  ],
  best: true,
  seconds: 1,
};

function reported(isTTY: boolean, columns: number, ...progress: (StepProgress | EpochProgress)[]): string {
  let text = "";
  const reporter = progressReporter({ stream: { isTTY, columns, write: (piece: string) => (text += piece) } });
  for (const one of progress) reporter(one);
  reporter.clear();
  return text;
}

/** What stands on each line, the bar's redrawing taken apart. */
const lines = (text: string) =>
  text
    .replaceAll("\r\u001b[2K", "\n")
    .split("\n")
    .filter((line) => line !== "");

describe("progressReporter", () => {
  test("on a terminal: a bar drawn over itself, then the epoch and its sentences", () => {
    expect(lines(reported(true, 80, step, epoch))).toEqual([
      "epoch 3/10 █████████░░░░░░░░░░░ 45 %  loss 1.234  12.3k tok/s  0:42 left",
      "epoch 3/10  train loss 1.200  dev ppl 3.00  ★ best",
      "  ✓ 我爱学习 → I love studying",
      expect.stringMatching(/^ {4}我爱学习。.+… → I love studying, .+…$/),
      expect.stringMatching(/^ {4}a␛\[31m␉b → $/),
    ]);
  });

  test("many measures: words are shortened before a number or the star is lost", () => {
    const measured = { ...epoch, accuracy: 99.2, f1: 98, exact: 98.5 };
    const [line] = lines(reported(false, 80, measured));
    expect(line).toBe("epoch 3/10  loss 1.200  dev ppl 3.00  accuracy 99.2%  f1 98.0%  exact 98.5%  ★");
  });

  test("elsewhere: no bar, no escape sequences", () => {
    const text = reported(false, 80, step, epoch);
    for (const drawn of ["\r", "\u001b", "█"]) expect(text).not.toContain(drawn);
    expect(lines(text)[0]).toBe("epoch 3/10  train loss 1.200  dev ppl 3.00  ★ best");
  });

  test.each([20, 40, 60, 80, 200])("no line is wider than 80 cells or the terminal: %i", (columns) => {
    const huge = { epoch: 99_999, epochs: 100_000, secondsLeft: 1e6, loss: 1e9, tokensPerSecond: 9.9e9 };
    const worst = { ...epoch, ...huge, trainLoss: 1e9, devPerplexity: 1e30, exact: 100, bleu: 100 };
    for (const isTTY of [true, false])
      for (const line of lines(reported(isTTY, columns, step, { ...step, ...huge }, epoch, worst)))
        expect(displayWidth(line)).toBeLessThanOrEqual(Math.min(columns, 80));
  });
});

test("formatTime", () => {
  expect([0, 9.2, 75, 3675, Number.NaN].map(formatTime)).toEqual(["0:00", "0:10", "1:15", "1:01:15", "?"]);
});
