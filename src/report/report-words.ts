import type { Level } from "../check/finding.js";

/** The words of a report that are not the run's own. */
export interface ReportWords {
  readonly language: string;
  readonly report: string;
  readonly states: Readonly<Record<"running" | "finished" | "stopped early" | "aborted", string>>;
  readonly facts: Readonly<
    Record<"steps" | "epochs" | "best" | "test" | "parameters" | "time" | "speed" | "devLoss" | "resumed", string>
  >;
  readonly epochOf: (epoch: number) => string;
  readonly bestMark: string;
  readonly curves: string;
  readonly curveIntro: string;
  readonly curveHint: string;
  readonly step: string;
  readonly charts: Readonly<
    Record<
      "loss" | "scores" | "errors" | "learningRate" | "gradientNorm" | "speed",
      readonly [name: string, note: string]
    >
  >;
  readonly train: string;
  readonly dev: string;
  readonly samples: string;
  readonly samplesIntro: string;
  readonly expected: string;
  readonly epoch: string;
  readonly output: string;
  readonly attention: string;
  readonly attentionIntro: string;
  readonly epochs: string;
  readonly epochColumns: Readonly<Record<"trainLoss" | "devLoss" | "devPerplexity" | "seconds", string>>;
  readonly data: string;
  readonly dataColumns: Readonly<
    Record<"pairs" | "side" | "tokenizer" | "vocabulary" | "median" | "longest" | "unknown", string>
  >;
  readonly source: string;
  readonly target: string;
  readonly labels: string;
  readonly filters: (read: number) => string;
  readonly filterColumns: readonly [string, string, string, string, string];
  readonly findings: string;
  readonly noFindings: string;
  readonly levels: Readonly<Record<Level, string>>;
  readonly time: string;
  readonly shares: Readonly<Record<"training" | "evaluation" | "rest", string>>;
  readonly kernels: (steps: number, milliseconds: string) => string;
  readonly kernelColumns: readonly [string, string, string, string];
  readonly otherKernels: (count: number) => string;
  readonly betweenKernels: string;
  readonly environment: string;
  readonly environmentNames: Readonly<
    Record<"begun" | "tandem" | "node" | "platform" | "processor" | "cores" | "backend" | "threads" | "seed", string>
  >;
  readonly recipe: string;
  readonly nothingYet: string;
}

const english: ReportWords = {
  language: "en",
  report: "Training report",
  states: { running: "running", finished: "finished", "stopped early": "stopped early", aborted: "interrupted" },
  facts: {
    steps: "steps",
    epochs: "epochs",
    best: "best epoch",
    test: "test",
    parameters: "parameters",
    time: "time",
    speed: "tokens a second",
    devLoss: "dev loss",
    resumed: "resumed",
  },
  epochOf: (epoch) => `epoch ${epoch}`,
  bestMark: "best",
  curves: "Curves",
  curveIntro:
    "By step. A line is the mean of the steps around it, the band behind it their range. Axes whose values lie far apart are logarithmic.",
  curveHint: "Point at a curve, or focus it and use the arrow keys.",
  step: "step",
  charts: {
    loss: ["Loss", "nats for each target token or label"],
    scores: ["Measured on dev", "the higher the better"],
    errors: ["Errors on dev", "per cent, the lower the better"],
    learningRate: ["Learning rate", ""],
    gradientNorm: ["Gradient norm", "before clipping"],
    speed: ["Speed", "source and target tokens a second"],
  },
  train: "train",
  dev: "dev",
  samples: "Samples",
  samplesIntro: "What the model wrote for the first sentences of dev after each epoch; equal outputs are told once.",
  expected: "expected",
  epoch: "epoch",
  output: "output",
  attention: "Where it looked",
  attentionIntro: "Rows: what was written. Columns: what was read. The stronger the colour, the more it was looked at.",
  epochs: "Epochs",
  epochColumns: { trainLoss: "train loss", devLoss: "dev loss", devPerplexity: "dev ppl", seconds: "dev took" },
  data: "Data",
  dataColumns: {
    pairs: "examples",
    side: "side",
    tokenizer: "tokenizer",
    vocabulary: "vocabulary",
    median: "median length",
    longest: "longest",
    unknown: "unknown in",
  },
  source: "source",
  target: "target",
  labels: "labels",
  filters: (read) => `What filters took out of ${read} examples`,
  filterColumns: ["filter", "taken", "share", "which", "for instance"],
  findings: "What tandem check found",
  noFindings: "tandem check found nothing odd.",
  levels: { error: "error", warning: "warning", note: "note" },
  time: "Time",
  shares: { training: "training steps", evaluation: "measuring and writing on dev", rest: "saving and all else" },
  kernels: (steps, milliseconds) =>
    `By kernel, as measured in ${steps} ${steps === 1 ? "step" : "steps"} of ${milliseconds} each.`,
  kernelColumns: ["kernel", "ms a step", "calls a step", "share"],
  otherKernels: (count) => `${count} others`,
  betweenKernels: "between the kernels",
  environment: "Environment",
  environmentNames: {
    begun: "begun",
    tandem: "tandem",
    node: "Node.js",
    platform: "platform",
    processor: "processor",
    cores: "cores",
    backend: "backend",
    threads: "threads",
    seed: "seed",
  },
  recipe: "Recipe",
  nothingYet: "Nothing has been measured yet.",
};

const chinese: ReportWords = {
  language: "zh",
  report: "训练报告",
  states: { running: "训练中", finished: "已完成", "stopped early": "提前停止", aborted: "已中断" },
  facts: {
    steps: "步",
    epochs: "轮",
    best: "最佳轮次",
    test: "测试",
    parameters: "参数",
    time: "用时",
    speed: "词元／秒",
    devLoss: "验证集损失",
    resumed: "续训次数",
  },
  epochOf: (epoch) => `第 ${epoch} 轮`,
  bestMark: "最佳",
  curves: "曲线",
  curveIntro: "横轴为步数。线是附近各步的平均值，线后的色带是它们的范围。数值相差悬殊时纵轴取对数。",
  curveHint: "指向曲线，或选中此图后按左右方向键。",
  step: "步",
  charts: {
    loss: ["损失", "每个目标词元或标签，单位奈特"],
    scores: ["验证集指标", "越高越好"],
    errors: ["验证集错误率", "百分比，越低越好"],
    learningRate: ["学习率", ""],
    gradientNorm: ["梯度范数", "裁剪之前"],
    speed: ["速度", "每秒处理的源与目标词元"],
  },
  train: "训练",
  dev: "验证",
  samples: "样例",
  samplesIntro: "每轮之后模型对验证集前几句写出的结果；相同的结果只列一次。",
  expected: "应为",
  epoch: "轮次",
  output: "输出",
  attention: "注意力看向哪里",
  attentionIntro: "每行是写出的词，每列是读到的词；颜色越鲜明，注意力越大。",
  epochs: "各轮",
  epochColumns: { trainLoss: "训练损失", devLoss: "验证损失", devPerplexity: "验证困惑度", seconds: "验证用时" },
  data: "数据",
  dataColumns: {
    pairs: "样本数",
    side: "一侧",
    tokenizer: "分词",
    vocabulary: "词表",
    median: "长度中位数",
    longest: "最长",
    unknown: "未知词：",
  },
  source: "源",
  target: "目标",
  labels: "标签",
  filters: (read) => `过滤器从 ${read} 个样本中去掉的`,
  filterColumns: ["过滤器", "去掉", "占比", "哪些", "例如"],
  findings: "tandem check 的发现",
  noFindings: "tandem check 没有发现异常。",
  levels: { error: "错误", warning: "警告", note: "提示" },
  time: "时间",
  shares: { training: "训练步", evaluation: "在验证集上评测与生成", rest: "保存及其他" },
  kernels: (steps, milliseconds) => `按内核统计：取自 ${steps} 步，每步 ${milliseconds}。`,
  kernelColumns: ["内核", "毫秒／步", "调用／步", "占比"],
  otherKernels: (count) => `其余 ${count} 个`,
  betweenKernels: "内核之间",
  environment: "环境",
  environmentNames: {
    begun: "开始于",
    tandem: "tandem",
    node: "Node.js",
    platform: "平台",
    processor: "处理器",
    cores: "核心数",
    backend: "后端",
    threads: "线程",
    seed: "种子",
  },
  recipe: "配方",
  nothingYet: "还没有测得任何数据。",
};

/** The languages of a report's own words. */
export const REPORT_LANGUAGES = ["en", "zh"] as const;
export type ReportLanguage = (typeof REPORT_LANGUAGES)[number];

export const reportWords: Readonly<Record<ReportLanguage, ReportWords>> = { en: english, zh: chinese };
