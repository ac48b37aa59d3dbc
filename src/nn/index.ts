export { type Attended, type AttentionMemory, ScaledDotAttention } from "./attention.js";
export { Dropout, type DropoutContext, Embedding, Linear } from "./layers.js";
export { Parameters } from "./parameters.js";
export { Recurrent, RecurrentCell, type RecurrentOptions } from "./recurrent.js";
