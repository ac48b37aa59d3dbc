export type { Attended, Attention, AttentionMemory } from "./attention/attention.js";
export { type AttentionKind, type AttentionOptions, createAttention } from "./attention/kinds.js";
export { Dropout, type DropoutContext, Embedding, Linear } from "./layers.js";
export { Parameters, type StoredParameters } from "./parameters.js";
export { Recurrent, RecurrentCell, type RecurrentOptions } from "./recurrent.js";
