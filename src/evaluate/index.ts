export { exactMatch, exactMetric, tokenAccuracy } from "./accuracy.js";
export { type BleuOptions, type BleuScore, type BleuSmoothing, bleu, bleuMetric, sentenceBleu } from "./bleu.js";
export { BLEU_TOKENIZERS, type BleuTokenizer, bleuTokenizerFor, bleuTokens } from "./bleu-tokenizers.js";
export { type BootstrapOptions, type Estimate, type PairedBootstrap, pairedBootstrap } from "./bootstrap.js";
export { type ChrfOptions, chrf, chrfMetric, sentenceChrf } from "./chrf.js";
export { type ClassificationReport, type ClassReport, classificationReport } from "./classification.js";
export {
  type ErrorRateKind,
  type ErrorRateOptions,
  type ErrorRateScore,
  errorRate,
  errorRateMetric,
} from "./error-rates.js";
export { corpusScore, corpusStatistics, type Metric, type Score, sentenceScore } from "./metric.js";
export { perplexity } from "./perplexity.js";
export { TASK_METRICS, type TaskMetric } from "./task-metrics.js";
export {
  METRICS,
  type MetricName,
  TEXT_METRICS,
  type TextMetric,
  type Tokenization,
  textMetric,
} from "./text-metrics.js";
export { type Alignment, type AlignmentScore, alignmentErrorRate, parseAlignment } from "./word-alignment.js";
