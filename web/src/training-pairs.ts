/** Pairs to train on in the page: small, with a known answer, learnt within a minute or two. A target may be a label. */
export type Pairs = [string, string][];

const MONTHS = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];

/** Days spread over a century: 3 May 2026 → 2026-05-03. */
export function dates(count = 600): Pairs {
  return Array.from({ length: count }, (_, i): [string, string] => {
    // Steps that share no factor with the months, days and years reach all of them.
    const [month, day, year] = [(i * 7) % 12, ((i * 11) % 28) + 1, 1950 + ((i * 37) % 100)];
    const two = (number: number) => String(number).padStart(2, "0");
    const text = i % 2 === 0 ? `${day} ${MONTHS[month]} ${year}` : `${MONTHS[month]} ${day}, ${year}`;
    return [text, `${year}-${two(month + 1)}-${two(day)}`];
  });
}

/** Words of four to seven letters, written backwards: attention learns to run from right to left. */
export function reversed(count = 600): Pairs {
  const letters = "abcdefgh";
  return Array.from({ length: count }, (_, i): [string, string] => {
    let rest = (i * 7919 + 12_345) % letters.length ** 6;
    const word = Array.from({ length: 4 + (i % 4) }, () => {
      const letter = letters[rest % letters.length]!;
      rest = (Math.floor(rest / letters.length) * 31 + 17 * i) % letters.length ** 6;
      return letter;
    });
    return [word.join(""), word.reverse().join("")];
  });
}

const LANGUAGES = {
  "en-GB": "English",
  de: "Deutsch",
  es: "español",
  fr: "français",
  it: "italiano",
  nl: "Nederlands",
  pl: "polski",
  zh: "中文",
};

/** Days as eight languages write them, and the name of the language: mardi 3 mai 2016 → français. */
export function dateLanguages(count = 600): Pairs {
  const languages = Object.entries(LANGUAGES).map(([locale, name]) => ({
    name,
    format: new Intl.DateTimeFormat(locale, { dateStyle: "full", timeZone: "UTC" }),
  }));
  return Array.from({ length: count }, (_, i): [string, string] => {
    const { name, format } = languages[i % languages.length]!;
    const round = Math.floor(i / languages.length);
    const [month, day, year] = [(round * 7) % 12, ((round * 11) % 28) + 1, 1950 + ((round * 37) % 100)];
    return [format.format(Date.UTC(year, month, day)), name];
  });
}

/** `source TAB target` lines; says which line is none. */
export function parsePairs(text: string): { pairs: Pairs; wrong: number | undefined } {
  const lines = text.split(/\r?\n/);
  const pairs: Pairs = [];
  for (const [i, line] of lines.entries()) {
    if (line.trim() === "") continue;
    const [source, target, ...more] = line.split("\t");
    if (source === undefined || target === undefined || more.length > 0 || source.trim() === "" || target.trim() === "")
      return { pairs, wrong: i + 1 };
    pairs.push([source.trim(), target.trim()]);
  }
  return { pairs, wrong: undefined };
}
