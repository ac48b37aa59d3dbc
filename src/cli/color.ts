/** Whether colours are wanted there: on a terminal, unless NO_COLOR is set (no-color.org). */
export function wantsColor(stream: { isTTY?: boolean }): boolean {
  return stream.isTTY === true && !process.env["NO_COLOR"];
}
