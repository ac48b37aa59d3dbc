/** The notation of the tables: "苹果 apple, 香蕉 banana". */
import { lexeme, type Phrase } from "../phrase.js";

/** Splits "苹果 apple, 香蕉 banana" into `[chinese, english]`. */
export function entries(text: string): [chinese: string, english: string][] {
  return text
    .trim()
    .split(/\s*,\s*/)
    .map((entry) => {
      const space = entry.indexOf(" ");
      return [entry.slice(0, space), entry.slice(space + 1)];
    });
}

export function lexemes(text: string): Phrase[] {
  return entries(text).map(([chinese, english]) => lexeme(chinese, english));
}
