import { RecipeError, TandemError } from "../errors.js";

export const exitCodes = { done: 0, failed: 1, usedWrongly: 2, interrupted: 130 } as const;

/** Says on standard error what went wrong, in one sentence, and returns the exit code. TANDEM_DEBUG=1 adds the stack. */
export function reportFailure(error: unknown): number {
  const message = error instanceof Error ? error.message : String(error);
  const sentence =
    error instanceof TandemError
      ? message
      : `tandem: expected to go on, got ${message.split("\n")[0]}. Run it again with TANDEM_DEBUG=1 to see where.`;
  process.stderr.write(`${sentence}\n`);
  if (process.env["TANDEM_DEBUG"] === "1") console.error(error);
  return error instanceof RecipeError ? exitCodes.usedWrongly : exitCodes.failed;
}
