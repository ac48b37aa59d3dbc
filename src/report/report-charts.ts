import type { EpochProgress } from "../train/progress.js";
import { escapeMarkup } from "../view/markup.js";
import { type Curve, type CurveChart, curvesSvg } from "../view/svg-curves.js";
import type { ReportWords } from "./report-words.js";
import { bestEpoch, type RunLog } from "./run-log.js";

const SCORES = ["accuracy", "exact", "f1", "bleu", "chrf", "chrf++"] as const;
const ERRORS = ["wer", "per", "cer"] as const;
type Metric = (typeof SCORES)[number] | (typeof ERRORS)[number];

/** What was measured on dev in some epoch. */
export function metricsOf(epochs: readonly EpochProgress[]): Metric[] {
  return [...SCORES, ...ERRORS].filter((name) => epochs.some((epoch) => epoch[name] !== undefined));
}

/** A picture of each thing that was measured along the way, as figures. */
export function chartFigures(log: RunLog, words: ReportWords): string[] {
  const { steps, epochs } = log;
  const best = bestEpoch(log);
  const marks = best && epochs.length > 1 ? [{ x: best.step, name: words.bestMark }] : [];
  const bySteps = (name: string, value: (entry: RunLog["steps"][number]) => number): Curve => ({
    name,
    points: steps.map((entry) => [entry.step, value(entry)] as const),
  });
  const byEpochs = (name: string, value: (epoch: EpochProgress) => number | undefined): Curve => ({
    name,
    dots: true,
    points: epochs.flatMap((epoch) => {
      const y = value(epoch);
      return y === undefined ? [] : [[epoch.step, y] as const];
    }),
  });
  const trainLoss =
    steps.length > 0 ? bySteps(words.train, ({ loss }) => loss) : byEpochs(words.train, (epoch) => epoch.trainLoss);
  const measured = metricsOf(epochs);
  const metricCurves = (names: readonly Metric[]) =>
    names.filter((name) => measured.includes(name)).map((name) => byEpochs(name, (epoch) => epoch[name]));
  const charts: [keyof ReportWords["charts"], Omit<CurveChart, "title">][] = [
    ["loss", { curves: [trainLoss, byEpochs(words.dev, ({ devLoss }) => devLoss)], marks }],
    ["scores", { curves: metricCurves(SCORES), marks, scale: "linear" }],
    ["errors", { curves: metricCurves(ERRORS), marks, scale: "linear" }],
    [
      "learningRate",
      { curves: [bySteps(words.charts.learningRate[0], ({ learningRate }) => learningRate)], scale: "linear" },
    ],
    ["gradientNorm", { curves: [bySteps(words.charts.gradientNorm[0], ({ gradientNorm }) => gradientNorm)] }],
    ["speed", { curves: [bySteps(words.charts.speed[0], ({ tokensPerSecond }) => tokensPerSecond)], scale: "linear" }],
  ];
  return charts.flatMap(([name, chart]) => {
    const curves = chart.curves.filter(({ points }) => points.length > 0);
    return curves.length === 0 ? [] : [chartFigure(name, { ...chart, curves }, words)];
  });
}

function chartFigure(name: keyof ReportWords["charts"], chart: Omit<CurveChart, "title">, words: ReportWords): string {
  const [title, note] = words.charts[name];
  const keys = chart.curves.map((curve, i) => `<li><i class="c${i}"></i>${escapeMarkup(curve.name)}</li>`);
  return `<figure>
<h3>${escapeMarkup(title)}${note ? ` <small>${escapeMarkup(note)}</small>` : ""}</h3>
${keys.length > 1 ? `<ul class="key">${keys.join("")}</ul>\n` : ""}<div class="chart" tabindex="0" role="group" aria-label="${escapeMarkup(title)}" data-x="${escapeMarkup(words.step)}">
${curvesSvg({ title, ...chart }, `chart-${name}`)}
</div>
<output>${escapeMarkup(words.curveHint)}</output>
</figure>`;
}
