/**
 * The errors a user may meet. Each message is one sentence of the form
 * `<what>: expected <rule>, got <values>. <what to do>`.
 */
export class TandemError extends Error {
  override name = "TandemError";
}

/** Two tensors, or a tensor and an operation, whose shapes do not go together. */
export class ShapeError extends TandemError {
  override name = "ShapeError";
}

/** A recipe (or an option of `train` or `translate`) with an unknown key, a wrong type or a value out of range. */
export class RecipeError extends TandemError {
  override name = "RecipeError";
}

/** Text data that cannot be read: missing, empty, another encoding, too few columns. */
export class DataError extends TandemError {
  override name = "DataError";
}

/** A model file that is truncated, of another format, or newer than this version. */
export class ModelFileError extends TandemError {
  override name = "ModelFileError";
}

/** The work was stopped by the caller's AbortSignal. */
export class AbortedError extends TandemError {
  override name = "AbortedError";
}
