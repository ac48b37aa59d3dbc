// The library without anything that knows Node: for browsers, and the base of the Node entry.
export type { Batch, BatchCopy, BatchPlanOptions, CopyIds, Example } from "./data/batches.js";
export { makeBatch, planBatches } from "./data/batches.js";
export type { FilterCount, FilterOptions, FilterReport } from "./data/filters.js";
export type { Pair, PairColumns, PairInput } from "./data/pairs.js";
export { type AlignmentLines, parseTsv } from "./data/tsv.js";
export type { ModelOfTask, TandemModel, TaskName } from "./decode/any-model.js";
export type { BeamFate, BeamTrace, TracedBeamStep, TracedCandidate } from "./decode/beam-trace.js";
export type { Classification, ClassifyOptions, LabelProbability, Reason } from "./decode/classification.js";
export type { ClassificationModel } from "./decode/classification-model.js";
export { Conversation, TURN } from "./decode/conversation.js";
export type { GenerateOptions, Generation, StreamedLine } from "./decode/generation.js";
export type { ClassificationTrace, TaggingTrace } from "./decode/label-trace.js";
export type { LanguageModel } from "./decode/language-model.js";
export type { LineTrace, TracedLineToken } from "./decode/line-trace.js";
export { type LoadOptions, loadModel } from "./decode/load.js";
export type { EvaluateOptions } from "./decode/measure.js";
export { optionChoices, optionRanges, type TranslateOptions } from "./decode/options.js";
export { REASONS, type ReasonKind } from "./decode/reasons.js";
export type { EncodeOptions } from "./decode/sentence-codes.js";
export type { SourceTrace, TracedToken } from "./decode/source-trace.js";
export type { TaggedToken, Tagging, TagOptions } from "./decode/tagging.js";
export type { TaggingModel } from "./decode/tagging-model.js";
export type { ExampleInput, TaskModel } from "./decode/task-model.js";
export type { Trace, TracedState, TracedStep, TraceOptions } from "./decode/trace.js";
export type { Alternative, Output, StreamedText, Translation } from "./decode/translation.js";
export { TranslationModel } from "./decode/translation-model.js";
export { type AlternativesOptions, ensemble, Translator } from "./decode/translator.js";
export * from "./errors.js";
export * from "./evaluate/index.js";
export {
  BACKEND_NAMES,
  type BackendName,
  type BackendOptions,
  createBackend,
  type PlaceOptions,
} from "./kernels/backend.js";
export type { Backend, Elements, Flag, Int8Elements, Kernels, Memory, Pointer } from "./kernels/kernels.js";
export { createWasmBackend, type WasmOptions } from "./kernels/wasm/wasm.js";
export type { SaveOptions } from "./models/model.js";
export * from "./nn/index.js";
export { hashText, RandomStream } from "./random.js";
export type { LengthRule, NumberRange } from "./recipe/decode-options.js";
export type { Recipe, RecipeInput } from "./recipe/index.js";
export { nearest } from "./recipe/nearest.js";
export { parseRecipe, recipeJsonSchema } from "./recipe/on-demand.js";
export * from "./tensor/index.js";
export type { BpeData, MergeDropout } from "./text/bpe.js";
export type { BpeOptions } from "./text/bpe-trainer.js";
export { fromHuggingFace, toHuggingFace } from "./text/hugging-face.js";
export type { WordProposer } from "./text/segmenter.js";
export {
  fitTokenizer,
  type Normalization,
  type Tokenizer,
  type TokenizerData,
  type TokenizerKind,
  type TokenizerOptions,
  tokenizerFromJSON,
} from "./text/tokenizer.js";
export { END, PAD, START, type TokenCounter, UNKNOWN, Vocabulary, type VocabularyOptions } from "./text/vocabulary.js";
export type { GivenTokenizers } from "./train/prepare.js";
export type {
  DevProgress,
  EpochProgress,
  EvaluationProgress,
  ProgressListener,
  Sample,
  StepProgress,
  TrainingProgress,
} from "./train/progress.js";
export type { StepSums } from "./train/step-sums.js";
export { type TrainOptions, train } from "./train/train.js";
export { type AttentionMap, strongestColumn } from "./view/attention-map.js";
export { type BarRow, type BarTable, barTable } from "./view/bars.js";
export { explainHtml } from "./view/explain-page.js";
export { type AnyTrace, explainText } from "./view/explain-text.js";
export { type AttentionPage, attentionHtml } from "./view/html-page.js";
export { attentionSvg, type SvgOptions } from "./view/svg-heat-map.js";
export { attentionText, type TerminalOptions } from "./view/terminal-heat-map.js";
