// The library without anything that knows Node: for browsers, and the base of the Node entry.
export type { Batch, BatchPlanOptions, Example } from "./data/batches.js";
export { makeBatch, planBatches } from "./data/batches.js";
export type { Pair, PairColumns, PairInput } from "./data/pairs.js";
export { parseTsv } from "./data/pairs.js";
export { type LoadOptions, loadModel } from "./decode/load.js";
export type { EvaluateOptions } from "./decode/measure.js";
export type { TranslateOptions } from "./decode/options.js";
export type { EncodeOptions } from "./decode/sentence-codes.js";
export type { Trace, TracedState, TracedStep, TracedToken } from "./decode/trace.js";
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
export type { SaveOptions } from "./models/seq2seq.js";
export * from "./nn/index.js";
export { hashText, RandomStream } from "./random.js";
export type { LengthRule } from "./recipe/decode-options.js";
export { parseRecipe, type Recipe, type RecipeInput, recipeJsonSchema } from "./recipe/index.js";
export * from "./tensor/index.js";
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
export { END, PAD, START, UNKNOWN, Vocabulary, type VocabularyOptions } from "./text/vocabulary.js";
export { type TrainOptions, train } from "./train/train.js";
export type { EpochProgress, ProgressListener, Sample, StepProgress, TrainingProgress } from "./train/trainer.js";
export { type AttentionMap, strongestColumn } from "./view/attention-map.js";
export { type BarRow, type BarTable, barTable } from "./view/bars.js";
export { explainHtml } from "./view/explain-page.js";
export { explainText } from "./view/explain-text.js";
export { type AttentionPage, attentionHtml } from "./view/html-page.js";
export { attentionSvg, type SvgOptions } from "./view/svg-heat-map.js";
export { attentionText, type TerminalOptions } from "./view/terminal-heat-map.js";
