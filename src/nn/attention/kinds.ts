import type { Parameters } from "../parameters.js";
import { AdditiveAttention } from "./additive.js";
import type { Attention } from "./attention.js";
import { DotProductAttention } from "./dot-product.js";
import { MultiHeadAttention } from "./multi-head.js";

/** How queries and keys are compared. */
export type AttentionKind = "scaled-dot" | "dot" | "general" | "additive" | "multi-head";

/** Which attention is made, and for which sizes. */
export interface AttentionOptions {
  kind: AttentionKind;
  querySize: number;
  encoderSize: number;
  /** Of multi-head; divides `querySize`. */
  heads?: number | undefined;
  coverage: boolean;
}

/** The attention a recipe names, with its parameters. */
export function createAttention(parameters: Parameters, name: string, options: AttentionOptions): Attention {
  const { querySize, encoderSize } = options;
  switch (options.kind) {
    case "scaled-dot": {
      const dotOptions = { ...options, scale: 1 / Math.sqrt(querySize), projected: querySize !== encoderSize };
      return new DotProductAttention(parameters, name, dotOptions);
    }
    case "dot":
      return new DotProductAttention(parameters, name, { ...options, projected: false });
    case "general":
      return new DotProductAttention(parameters, name, { ...options, projected: true });
    case "additive":
      return new AdditiveAttention(parameters, name, options);
    case "multi-head":
      return new MultiHeadAttention(parameters, name, { ...options, heads: options.heads ?? 1 });
  }
}
