import type { EpochProgress, Sample, StepProgress, TrainingProgress } from "../train/progress.js";
import { tokenLabel } from "../view/attention-map.js";
import { displayWidth, truncateToWidth } from "../view/display-width.js";
import { formatCount, formatLoss, formatPerplexity, formatTime } from "../view/format-numbers.js";

/** Where the progress goes: `process.stderr`, or anything that takes text. */
export interface ProgressStream {
  /** Takes text as it is, line ends and cursor codes included. */
  write(text: string): unknown;
  /** A terminal: the bar is drawn over itself. Elsewhere a plain line appears now and then. */
  isTTY?: boolean;
  columns?: number;
}

/** Where progress is shown, and in colour or not. */
export interface ProgressOptions {
  stream: ProgressStream;
  color?: boolean;
}

/** Give it to `train` as `onProgress`. */
export interface ProgressReporter {
  (progress: TrainingProgress): void;
  /** Takes the bar away, so that other text can follow. */
  clear(): void;
}

const WIDEST = 80;
const BAR_WIDTH = 20;
const MILLISECONDS_BETWEEN_LINES = 10_000;
const CLEAR_LINE = "\r\u001b[2K";

/**
 * Shows training as it goes: a bar with epoch, loss, speed and time left, and after every epoch its numbers and the same
 * few sentences, so that one watches the model learn. No line is wider than 80 cells.
 */
export function progressReporter({ stream, color = false }: ProgressOptions): ProgressReporter {
  const paint = (code: number, text: string) => (color ? `\u001b[${code}m${text}\u001b[0m` : text);
  const onTerminal = stream.isTTY === true;
  let barShown = false;
  let lastLine = performance.now();

  function clear(): void {
    if (barShown) stream.write(CLEAR_LINE);
    barShown = false;
  }

  function onProgress(progress: TrainingProgress): void {
    const width = Math.min(WIDEST, stream.columns ?? WIDEST);
    if (progress.kind === "epoch") {
      clear();
      const lines = [epochLine(progress, width), ...progress.samples.map((sample) => sampleLine(sample, width))];
      const painted = lines.map((line, i) =>
        i === 0 ? line : paint(isRight(progress.samples[i - 1]!) ? 32 : 2, line),
      );
      stream.write(`${painted.join("\n")}\n`);
      lastLine = performance.now();
    } else if (onTerminal) {
      // A cell is left free: some terminals begin a new line after the last one.
      stream.write(CLEAR_LINE + stepLine(progress, width - 1, true));
      barShown = true;
    } else if (performance.now() - lastLine >= MILLISECONDS_BETWEEN_LINES) {
      stream.write(`${stepLine(progress, width, false)}\n`);
      lastLine = performance.now();
    }
  }
  return Object.assign(onProgress, { clear });
}

function stepLine(progress: StepProgress, width: number, withBar: boolean): string {
  const { epoch, epochs, step, totalSteps, loss, tokensPerSecond, secondsLeft } = progress;
  const done = step / totalSteps;
  const numbers = `${Math.floor(100 * done)} %  loss ${formatLoss(loss)}  ${formatCount(tokensPerSecond)} tok/s`;
  const [before, after] = [`epoch ${epoch}/${epochs} `, ` ${numbers}  ${formatTime(secondsLeft)} left`];
  if (!withBar) return truncateToWidth(before + after.trimStart(), width);
  const barWidth = Math.min(BAR_WIDTH, width - displayWidth(before + after));
  if (barWidth < 3) return truncateToWidth(before + after.trimStart(), width);
  const filled = Math.round(barWidth * done);
  return before + "█".repeat(filled) + "░".repeat(barWidth - filled) + after;
}

function epochLine(progress: EpochProgress, width: number): string {
  const { epoch, epochs, trainLoss, devPerplexity, exact, bleu, accuracy, f1, best } = progress;
  const { chrf, "chrf++": chrfWords, wer, per, cer } = progress;
  const parts = [`epoch ${epoch}/${epochs}`, `train loss ${formatLoss(trainLoss)}`];
  if (devPerplexity !== undefined) parts.push(`dev ppl ${formatPerplexity(devPerplexity)}`);
  if (accuracy !== undefined) parts.push(`accuracy ${accuracy.toFixed(1)} %`);
  if (f1 !== undefined) parts.push(`f1 ${f1.toFixed(1)} %`);
  if (exact !== undefined) parts.push(`exact ${exact.toFixed(1)} %`);
  if (bleu !== undefined) parts.push(`bleu ${bleu.toFixed(1)}`);
  for (const [name, value] of Object.entries({ chrf, "chrf++": chrfWords }))
    if (value !== undefined) parts.push(`${name} ${value.toFixed(1)}`);
  for (const [name, value] of Object.entries({ wer, per, cer }))
    if (value !== undefined) parts.push(`${name} ${value.toFixed(1)} %`);
  if (best) parts.push("★ best");
  const line = parts.join("  ");
  // What matters most stands last, so words and spaces go before numbers do.
  const short = line.replace("train loss", "loss").replace("★ best", "★").replaceAll(" %", "%");
  return displayWidth(line) <= width ? line : truncateToWidth(short, width);
}

const isRight = ({ output, reference }: Sample) => output === reference;

/** `✓ source → output`; a long source leaves the output half of the line. */
function sampleLine(sample: Sample, width: number): string {
  const start = isRight(sample) ? "  ✓ " : "    ";
  const room = width - displayWidth(start) - 3;
  const [source, output] = [oneLine(sample.source), oneLine(sample.output)];
  const outputWidth = Math.min(displayWidth(output), Math.ceil(room / 2));
  const shownSource = truncateToWidth(source, room - outputWidth);
  return `${start}${shownSource} → ${truncateToWidth(output, room - displayWidth(shownSource))}`;
}

/** Control characters as pictures: what a model writes must not steer a terminal. */
const oneLine = (text: string) => (text === "" ? "" : tokenLabel(text));
