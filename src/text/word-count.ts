const word =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]|[^\s\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]+/gu;

/** Words of a line by a rule that needs no tokeniser: stretches between white space; a Chinese or Japanese character is one. */
export function countWords(line: string): number {
  return line.match(word)?.length ?? 0;
}

/** Characters of a line, by code points. */
export function countCharacters(line: string): number {
  let count = 0;
  for (const _ of line) count++;
  return count;
}
