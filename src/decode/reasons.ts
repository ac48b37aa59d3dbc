/** By what the reason of a label can be found. Apart, because the command line lists them before it loads a model. */
export const REASONS = ["attention", "gradient"] as const;

/** A name of `REASONS`. */
export type ReasonKind = (typeof REASONS)[number];
