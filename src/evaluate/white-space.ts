/** White space as Python's `str.split` sees it; JavaScript's `\s` has U+FEFF instead of U+001C to U+001F and U+0085. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the four separators are white space in Python
const spaces = /[\p{White_Space}\u001c-\u001f]+/gu;
const leadingSpaces = new RegExp(`^${spaces.source}`, "u");
const trailingSpaces = new RegExp(`${spaces.source}$`, "u");

/** What stands between white space. */
export function splitSpaces(text: string): string[] {
  return text.split(spaces).filter(Boolean);
}

export function withoutSpaces(text: string): string {
  return text.replace(spaces, "");
}

export function trimStart(text: string): string {
  return text.replace(leadingSpaces, "");
}

/** A regular expression alone would try every run of white space within the text. */
export function trimEnd(text: string): string {
  return trailingSpaces.test(text.slice(-1)) ? text.replace(trailingSpaces, "") : text;
}
