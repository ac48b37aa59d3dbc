/** A line as the bytes of its UTF-8, for any text in any script with 256 tokens. */

/** The token of each byte: printable ASCII as it is, the others as `<0x00>` to `<0xFF>`, which no single byte can spell. */
export const BYTE_TOKENS: readonly string[] = Array.from({ length: 256 }, (_, byte) =>
  byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`,
);

const byteOf: ReadonlyMap<string, number> = new Map(BYTE_TOKENS.map((token, byte) => [token, byte]));
const encoder = new TextEncoder();

/** The bytes of a line as tokens. */
export function encodeBytes(line: string): string[] {
  return Array.from(encoder.encode(line), (byte) => BYTE_TOKENS[byte]!);
}

/** The text of such tokens; bytes that are no UTF-8 become �, a token that is no byte stands for its own text. */
export function decodeBytes(tokens: readonly string[]): string {
  const bytes = tokens.flatMap((token) => byteOf.get(token) ?? [...encoder.encode(token)]);
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(Uint8Array.from(bytes));
}
