/**
 * The same text, or a map of texts, in memory of its own. Engines make a part of a text point into the whole, so that a word
 * that is kept keeps all that was read from the file with it.
 */
export const inOwnMemory = <Texts extends string | object>(texts: Texts): Texts => JSON.parse(JSON.stringify(texts));
