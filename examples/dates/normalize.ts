/** Marks that tell a bidirectional layout where to turn; they hold no text: LRM, RLM, ALM, embeddings, isolates. */
const DIRECTION_MARKS = /[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]/gu;

/**
 * The one spelling a model of dates learns: every kind of space (no-break, narrow, ideographic, several) is one plain
 * space, direction marks are gone, characters are composed (NFC). What a user types goes through it too.
 */
export function normalizeDate(text: string): string {
  return text.normalize("NFC").replace(DIRECTION_MARKS, "").replace(/\s+/gu, " ").trim();
}
