import type { MetricName } from "./text-metrics.js";

/** What a model of each task is measured by, all of them unless some are asked for. */
export const TASK_METRICS = {
  translate: ["exact", "accuracy", "ppl", "bleu", "chrf", "chrf++", "wer", "per", "cer"],
  classify: ["accuracy", "f1", "ppl"],
  tag: ["accuracy", "exact", "f1", "ppl"],
  "language-model": ["ppl"],
} as const satisfies Record<string, readonly MetricName[]>;

/** A metric of the models of one task. */
export type TaskMetric<Task extends keyof typeof TASK_METRICS> = (typeof TASK_METRICS)[Task][number];
