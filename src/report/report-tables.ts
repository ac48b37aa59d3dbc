import type { Finding } from "../check/finding.js";
import type { FilterReport } from "../data/filters.js";
import type { KernelTime } from "../kernels/kernel-clock.js";
import { barCell, shareMarkup, table } from "../view/explain-page-parts.js";
import { formatCount, formatLoss, formatPerplexity, formatTime } from "../view/format-numbers.js";
import { escapeMarkup } from "../view/markup.js";
import { metricsOf } from "./report-charts.js";
import type { ReportWords } from "./report-words.js";
import { bestEpoch, endedEpochs, type RunLog } from "./run-log.js";

/** Kernels that are told one by one; the others take hardly any time. */
const LISTED_KERNELS = 12;

const row = (head: string, cells: readonly string[], classes = "") =>
  `<tr${classes}><th scope="row">${head}</th>${cells.map((cell) => `<td>${cell}</td>`).join("")}</tr>`;

/** Every epoch in numbers. */
export function epochTable(log: RunLog, words: ReportWords): string {
  const { epochs } = log;
  const best = bestEpoch(log);
  const metrics = metricsOf(epochs);
  const { trainLoss, devLoss, devPerplexity, seconds } = words.epochColumns;
  const or = (value: number | undefined, format: (value: number) => string) =>
    value === undefined ? "–" : escapeMarkup(format(value));
  const rows = epochs.map((epoch) =>
    row(
      `${epoch.epoch}${epoch === best ? " ★" : ""}`,
      [
        String(epoch.step),
        formatLoss(epoch.trainLoss),
        or(epoch.devLoss, formatLoss),
        or(epoch.devPerplexity, formatPerplexity),
        ...metrics.map((name) => or(epoch[name], (value) => value.toFixed(1))),
        formatTime(epoch.seconds),
      ],
      epoch === best ? ' class="best"' : "",
    ),
  );
  return table(words.epochs, [words.epoch, words.step, trainLoss, devLoss, devPerplexity, ...metrics, seconds], rows);
}

/** The data in numbers, and what a check found in it. */
export function dataSection({ start }: RunLog, words: ReportWords): string {
  if (start === undefined) return "";
  const { pairs, check, filtered } = start;
  const { pairs: examples, side, tokenizer, vocabulary, median, longest, unknown } = words.dataColumns;
  const counts = Object.entries(pairs)
    .filter(([, count]) => count > 0)
    .map(([part, count]) => `${part} ${count}`);
  const sides = (["source", "target"] as const).flatMap((name) => {
    const entry = start[name];
    const length = check?.statistics.lengths[name];
    const shares = check?.statistics.unknown[name];
    if (entry === undefined && length === undefined) return [];
    const parts = shares ? (["train", "dev", "test"] as const).filter((part) => pairs[part] > 0) : [];
    return row(words[name], [
      escapeMarkup(entry?.tokenizer ?? "–"),
      entry ? String(entry.vocabularySize) : "–",
      length ? String(length.median) : "–",
      length ? String(length.longest) : "–",
      parts.map((part) => `${part} ${shareMarkup(shares![part])}`).join(", ") || "–",
    ]);
  });
  const labels = check?.statistics.labels?.map(([label, count]) => `${escapeMarkup(label)} ${count}`).join(", ");
  return [
    `<p>${examples}: ${counts.join(", ")}</p>`,
    table(words.data, [side, tokenizer, vocabulary, median, longest, unknown], sides),
    ...(labels ? [`<p>${words.labels}: ${labels}</p>`] : []),
    ...(filtered ? [filterTable(filtered, words)] : []),
    `<h3>${words.findings}</h3>`,
    check && check.findings.length > 0
      ? `<ul class="findings">\n${check.findings.map((finding) => findingItem(finding, words)).join("\n")}\n</ul>`
      : `<p>${words.noFindings}</p>`,
  ].join("\n");
}

/** What each filter took out of train, with one of them; what it takes is said in English. */
function filterTable({ read, taken }: FilterReport, words: ReportWords): string {
  const rows = taken.map(({ filter, what, count, example }) =>
    row(`<code>data.filters.${filter}</code>`, [
      String(count),
      shareMarkup(count / read),
      `<span lang="en">${escapeMarkup(what)}</span>`,
      `<q>${escapeMarkup(example.text)}</q>`,
    ]),
  );
  return table(words.filters(read), words.filterColumns, rows);
}

/** The findings' own sentences are English. */
function findingItem({ level, what, example, advice }: Finding, words: ReportWords): string {
  const shown = example ? `<q>${escapeMarkup(example.text)}</q> ` : "";
  return `<li class="${level}"><b>${words.levels[level]}</b> <span lang="en">${escapeMarkup(what)}. ${shown}${escapeMarkup(advice)}</span></li>`;
}

/** Where the time went: training, evaluation, the rest; and kernel by kernel. */
export function timeSection(log: RunLog, words: ReportWords): string {
  const { steps, epochs, kernels, seconds } = log;
  const training = steps.reduce((sum, entry) => sum + entry.steps * entry.secondsPerStep, 0);
  const evaluation = epochs.reduce((sum, epoch) => sum + epoch.seconds, 0);
  const rest = Math.max(0, seconds - training - evaluation);
  const parts = Object.entries({ training, evaluation, rest }) as [keyof ReportWords["shares"], number][];
  const whole = training + evaluation + rest;
  const shares =
    whole > 0 && steps.length > 0
      ? [
          table(
            words.time,
            ["", words.facts.time, words.kernelColumns[3], ""],
            parts.map(
              ([name, part]) =>
                `<tr><th scope="row">${words.shares[name]}</th><td>${formatTime(part)}</td><td>${shareMarkup(part / whole)}</td>${barCell(part / whole)}</tr>`,
            ),
          ),
        ]
      : [];
  if (kernels.steps === 0) return shares.join("\n");
  const inside = Object.values(kernels.kernels).reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  const between = { milliseconds: Math.max(0, kernels.milliseconds - inside), calls: 0 };
  const all = Math.max(kernels.milliseconds, inside);
  const sorted = Object.entries(kernels.kernels).sort(([, a], [, b]) => b.milliseconds - a.milliseconds);
  const others = sorted.slice(LISTED_KERNELS);
  const listed: (readonly [string, KernelTime])[] = sorted.slice(0, LISTED_KERNELS);
  if (others.length > 0) listed.push([words.otherKernels(others.length), sumOf(others.map(([, time]) => time))]);
  const rows = [...listed, [words.betweenKernels, between] as const].map(([name, { milliseconds, calls }]) => {
    const share = milliseconds / all;
    const perStep = calls === 0 ? "" : (calls / kernels.steps).toFixed(0);
    return `<tr><th scope="row">${escapeMarkup(name)}</th><td>${(milliseconds / kernels.steps).toFixed(3)}</td><td>${perStep}</td><td>${shareMarkup(share)}</td>${barCell(share)}</tr>`;
  });
  const perStep = `${(kernels.milliseconds / kernels.steps).toFixed(1)} ms`;
  return [...shares, table(words.kernels(kernels.steps, perStep), [...words.kernelColumns, ""], rows)].join("\n");
}

function sumOf(times: readonly KernelTime[]): KernelTime {
  const sum = { milliseconds: 0, calls: 0 };
  for (const { milliseconds, calls } of times) {
    sum.milliseconds += milliseconds;
    sum.calls += calls;
  }
  return sum;
}

/** What computed the run. */
export function environmentList({ start }: RunLog, words: ReportWords): string {
  if (start === undefined) return "";
  const { at, environment, seed } = start;
  const names = words.environmentNames;
  const facts: (readonly [string, string | number | undefined])[] = [
    [names.begun, at],
    [names.tandem, environment?.tandem],
    [names.node, environment?.node],
    [names.platform, environment?.platform],
    [names.processor, environment?.processor],
    [names.cores, environment?.cores],
    [names.backend, [start.backend, environment?.instructionSet].filter(Boolean).join(", ")],
    [names.threads, environment?.threads],
    [names.seed, seed],
  ];
  const shown = facts.flatMap(([name, value]) =>
    value === undefined ? [] : `<dt>${name}</dt><dd>${escapeMarkup(String(value))}</dd>`,
  );
  return `<dl>${shown.join("")}</dl>`;
}

/** The few numbers that one looks for first, each under its name. */
export function factTiles(log: RunLog, words: ReportWords): string {
  const { start, epochs, steps, end, seconds, resumed } = log;
  const best = bestEpoch(log);
  const { facts } = words;
  const tiles: (readonly [string, string])[] = [];
  if (best) tiles.push([facts.best, words.epochOf(best.epoch)]);
  if (best?.devLoss !== undefined) tiles.push([facts.devLoss, formatLoss(best.devLoss)]);
  for (const name of metricsOf(epochs)) if (best?.[name] !== undefined) tiles.push([name, best[name].toFixed(1)]);
  for (const [name, value] of Object.entries(end?.test ?? {}))
    if (name !== "count")
      tiles.push([`${facts.test} ${name}`, name === "ppl" ? formatPerplexity(value) : value.toFixed(1)]);
  const done = end?.step ?? steps.at(-1)?.step ?? epochs.at(-1)?.step;
  if (done !== undefined) tiles.push([facts.steps, String(done)]);
  const ended = endedEpochs(log);
  if (ended > 0) tiles.push([facts.epochs, String(ended)]);
  if (start) tiles.push([facts.parameters, formatCount(start.parameters)]);
  if (seconds > 0) tiles.push([facts.time, formatTime(seconds)]);
  const speed = meanSpeed(log);
  if (speed !== undefined) tiles.push([facts.speed, formatCount(speed)]);
  if (resumed > 0) tiles.push([facts.resumed, String(resumed)]);
  const items = tiles.map(
    ([name, value]) => `<div><dt>${escapeMarkup(name)}</dt><dd>${escapeMarkup(value)}</dd></div>`,
  );
  return `<dl class="tiles">${items.join("")}</dl>`;
}

/** Tokens a second in the steps of a run; undefined where no entry says it. */
export function meanSpeed({ steps }: RunLog): number | undefined {
  let [tokens, seconds] = [0, 0];
  for (const { tokensPerSecond, secondsPerStep, steps: count } of steps) {
    tokens += tokensPerSecond * secondsPerStep * count;
    seconds += secondsPerStep * count;
  }
  return seconds > 0 ? tokens / seconds : undefined;
}
