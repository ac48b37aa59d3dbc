import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { articleBefore, compare, pluralOf, verbForms } from "./english.js";
import {
  checksumOf,
  generatePhraseBook,
  type PhrasePair,
  phraseBookFiles,
  showcase,
  writePhraseBook,
} from "./generate.js";
import { isPlace } from "./lexicon/places.js";
import { compose, lexeme, writeOut } from "./phrase.js";
import { checksums } from "./published.js";
import { FEWEST_IN_TRAINING } from "./split.js";

const book = generatePhraseBook();
const heldOut = [...book.dev, ...book.test];
const everything = [...book.train, ...heldOut];
const english = new Map(everything.map(({ source, target }) => [source, target]));

function countOf(pairs: readonly PhrasePair[], words: (pair: PhrasePair) => readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const pair of pairs) for (const word of new Set(words(pair))) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}

const isWord = (text: string) => /\p{Letter}/u.test(text);
const sourceWords = ({ sourceWords: words }: PhrasePair) => words.filter(isWord);
const targetWords = ({ targetWords: words }: PhrasePair) => words.filter(isWord);

describe("the book", () => {
  test("has its size", () => {
    expect(book.train.length).toBeGreaterThanOrEqual(28_000);
    expect(book.dev.length).toBeGreaterThanOrEqual(1000);
    expect(book.test.length).toBeGreaterThanOrEqual(1500);
    expect(countOf(everything, sourceWords).size).toBeGreaterThanOrEqual(600);
    expect(countOf(everything, targetWords).size).toBeGreaterThanOrEqual(600);
  });

  test("has one English for each Chinese", () => {
    expect(english.size).toBe(everything.length);
  });

  test("has short and long sentences", () => {
    const long = everything.filter((pair) => targetWords(pair).length >= 9).length;
    const short = everything.filter((pair) => targetWords(pair).length <= 5).length;
    expect(long / everything.length).toBeGreaterThan(0.2);
    expect(short / everything.length).toBeGreaterThan(0.2);
  });

  test("uses every word often enough to learn it", () => {
    for (const words of [sourceWords, targetWords]) {
      expect(Math.min(...countOf(everything, words).values())).toBeGreaterThanOrEqual(6);
    }
  });

  test.each([
    ["我爱学习", "I love studying."],
    ["欢迎来北京", "Welcome to Beijing."],
    ["现在几点了", "What time is it now?"],
    ["几点了", "What time is it?"],
    ["欢迎来上海", "Welcome to Shanghai."],
    ["她爱学习", "She loves studying."],
    ["北京现在几点", "What time is it in Beijing now?"],
    ["谢谢你", "Thank you."],
    ["老师，早上好", "Good morning, teacher."],
    ["外面正在下雨", "It is raining outside."],
    ["今天是星期一吗", "Is today Monday?"],
    ["请打开窗户", "Please open the window."],
    ["我要两杯咖啡", "I want two cups of coffee."],
    ["这件衬衫多少钱", "How much is this shirt?"],
    ["请问银行在哪里", "Excuse me, where is the bank?"],
    ["今天比昨天冷", "Today is colder than yesterday."],
    ["我的头很疼", "My head hurts badly."],
  ])("%s is %s", (source, target) => {
    expect(english.get(source)).toBe(target);
  });

  test.each([
    [
      "agreement with one",
      /^(?:He|She|My (?:father|mother|friend)|Tom) (?:go|eat|like|love|want|have|do|don't|are|am)\b/,
    ],
    ["agreement with I", /\bI (?:is|are|likes|wants|has|doesn't)\b/],
    ["agreement with many", /\b(?:we|they|you) (?:is|am|likes|wants|has|doesn't)\b/i],
    ["a before a vowel", /(?:^| )a [aeio]/i],
    ["an before a consonant", /(?:^| )an [^aeiouh]/i],
    ["one after a number", /\b(?:two|three|four|five|six) (?:book|cup|piece|pair|ticket|bowl|bottle|shirt|cat|box)\b/],
    ["a word twice", /\b(\w+) \1\b/i],
    ["another form after to", /\bto (?:went|eating|drinks|bought)\b/],
    ["what templates leave behind", /undefined|[/{}|_]| [.,?]| {2}/],
    ["no capital or no end", /^[^A-Z]|[^.?]$/],
  ])("has no mistake such as %s", (_, mistake) => {
    expect(everything.filter(({ target }) => mistake.test(target)).map(({ target }) => target)).toEqual([]);
  });

  test("asks in English exactly where it asks in Chinese", () => {
    const asks = /吗$|什么|谁|哪里|几点|星期几|怎么|多少|多大|多远|多久|麻烦|能不能/;
    const differing = everything.filter(
      ({ source, target }) => (asks.test(source) && !source.startsWith("我不知道")) !== target.endsWith("?"),
    );
    expect(differing.map(({ source, target }) => [source, target])).toEqual([]);
  });

  test("writes Chinese without a final mark", () => {
    const written = /^[\p{Script=Han}，]+\p{Script=Han}$/u;
    expect(everything.filter(({ source }) => !written.test(source))).toEqual([]);
  });
});

describe("what is held out", () => {
  test("is a whole combination of content", () => {
    const trained = new Set(book.train.map(({ combination }) => combination));
    const developed = new Set(book.dev.map(({ combination }) => combination));
    expect(heldOut.filter(({ combination }) => trained.has(combination))).toEqual([]);
    expect(book.test.filter(({ combination }) => developed.has(combination))).toEqual([]);
  });

  test("is for the most part subject, verb, object and place", () => {
    const placed = book.test.filter(({ combination }) => isPlace(combination.split("|")[3] ?? ""));
    expect(placed.length).toBeGreaterThanOrEqual(1000);
  });

  test("is in no trained sentence, whatever the tense: judged by the words, not by the key", () => {
    const withWord = new Map<string, PhrasePair[]>();
    for (const pair of book.train) {
      for (const word of new Set(pair.sourceWords)) {
        const pairs = withWord.get(word);
        if (pairs) pairs.push(pair);
        else withWord.set(word, [pair]);
      }
    }
    const owned = /^(?:们|的|爸爸|妈妈|爷爷|奶奶|哥哥|姐姐|弟弟|妹妹|叔叔|阿姨|儿子|女儿)/;
    const actions = heldOut.filter(
      ({ pattern, combination }) => /^(?:past|will|wants|now at)$/.test(pattern) && !combination.endsWith("|"),
    );
    expect(actions.length).toBeGreaterThan(100);
    for (const { combination } of actions) {
      const [subject, verb, object, place] = combination.split("|") as [string, string, string, string];
      const joining = (withWord.get(place) ?? []).filter(
        ({ source, sourceWords: words }) =>
          source.startsWith(subject) &&
          !owned.test(source.slice(subject.length)) &&
          words.includes(verb) &&
          (object === "" || words.includes(object)),
      );
      expect(joining.map(({ source }) => source)).toEqual([]);
    }
  });

  test("has the showcase, which training has not", () => {
    for (const source of showcase) {
      expect(book.test.map((pair) => pair.source)).toContain(source);
      expect([...book.train, ...book.dev].map((pair) => pair.source)).not.toContain(source);
    }
  });

  test("uses only words that training has often", () => {
    for (const words of [sourceWords, targetWords]) {
      const trained = countOf(book.train, words);
      const seldom = [...countOf(heldOut, words).keys()].filter(
        (word) => (trained.get(word) ?? 0) < FEWEST_IN_TRAINING,
      );
      expect(seldom).toEqual([]);
    }
  });
});

describe("the alignments", () => {
  test("point at whole words of both sides", () => {
    const isWhole = ({ source, target, links, sourceWords: words }: PhrasePair) =>
      words.join("") === source &&
      links.every(
        ([targetStart, targetEnd, sourceStart, sourceEnd, content]) =>
          /^[A-Za-z][A-Za-z'-]*$/.test(target.slice(targetStart, targetEnd)) &&
          /^[ .,?]$/.test(target.charAt(targetEnd)) &&
          /^\p{Script=Han}+$/u.test(source.slice(sourceStart, sourceEnd)) &&
          sourceEnd <= source.length &&
          (content === 0 || content === 1),
      );
    expect(everything.filter((pair) => !isWhole(pair))).toEqual([]);
  });

  test("cover the content words", () => {
    let linked = 0;
    let all = 0;
    for (const { target, links, targetWords: words } of everything) {
      const starts = new Set(links.map(([start]) => start));
      let position = 0;
      for (const word of words) {
        position = target.toLowerCase().indexOf(word.toLowerCase(), position);
        if (isContent(word)) {
          all++;
          if (starts.has(position)) linked++;
        }
        position += word.length;
      }
    }
    expect(linked / all).toBeGreaterThan(0.98);
  });

  test("say what one would say by hand", () => {
    const { target, source, links } = everything.find(({ source }) => source === "我要两杯咖啡")!;
    const read = links.map(([a, b, c, d, content]) => [target.slice(a, b), source.slice(c, d), content]);
    expect(read).toEqual([
      ["I", "我", 0],
      ["want", "要", 1],
      ["two", "两", 1],
      ["cups", "杯", 1],
      ["coffee", "咖啡", 1],
    ]);
  });

  test("follow words that change places and words that stand apart", () => {
    const past = compose("{who} 在/at {where} {do} 了", "{who} {do:past} at/at {where} .", {
      who: lexeme("我", "I"),
      do: lexeme("散步", { plain: "take a walk", past: "took a walk" }),
      where: lexeme("公园", "the park"),
    });
    expect(writeOut(past)).toEqual({
      source: "我在公园散步了",
      target: "I took a walk at the park.",
      sourceWords: ["我", "在", "公园", "散步", "了"],
      targetWords: ["I", "took", "a", "walk", "at", "the", "park", "."],
      links: [
        [0, 1, 0, 1, 0],
        [2, 6, 4, 6, 1],
        [9, 13, 4, 6, 1],
        [14, 16, 1, 2, 0],
        [21, 25, 2, 4, 1],
      ],
    });
  });
});

/** Open-class words, judged here by ending and by a list of its own, not by the grammar's. */
function isContent(word: string): boolean {
  return (
    /^\p{Letter}{4,}/u.test(word) &&
    !/^(?:does|didn't|don't|doesn't|isn't|will|won't|have|haven't|hasn't|with|from|that|this|these|those|their|your|what|where|when|they|them|there|ever|most|more|than|into|been|were|because|badly)$/i.test(
      word,
    )
  );
}

describe("English forms", () => {
  test.each([
    ["apple", "an"],
    ["university", "a"],
    ["umbrella", "an"],
    ["hour", "an"],
    ["useful", "a"],
    ["one", "a"],
    ["book", "a"],
  ])("before %s comes %s", (word, article) => expect(articleBefore(word)).toBe(article));

  test.each([
    ["box", "boxes"],
    ["diary", "diaries"],
    ["toy", "toys"],
    ["knife", "knives"],
    ["tomato", "tomatoes"],
    ["movie ticket", "movie tickets"],
    ["coach", "coaches"],
  ])("%s, many %s", (one, many) => expect(pluralOf(one)).toBe(many));

  test.each([
    ["watch", undefined, "watches", "watched", "watching"],
    ["study", undefined, "studies", "studied", "studying"],
    ["run", "ran", "runs", "ran", "running"],
    ["take a walk", "took", "takes a walk", "took a walk", "taking a walk"],
    ["see", "saw", "sees", "saw", "seeing"],
    ["dance", undefined, "dances", "danced", "dancing"],
    ["go online", undefined, "goes online", "went online", "going online"],
  ])("to %s", (verb, given, third, past, ing) => {
    expect(verbForms(verb, given)).toMatchObject({ plain: verb, third, past, ing });
  });

  test.each([
    ["big", "bigger", "biggest"],
    ["easy", "easier", "easiest"],
    ["nice", "nicer", "nicest"],
    ["good", "better", "best"],
    ["tired", "more tired", "most tired"],
    ["expensive", "more expensive", "most expensive"],
    ["friendly", "friendlier", "friendliest"],
    ["quiet", "quieter", "quietest"],
  ])("%s, %s, %s", (adjective, more, most) => expect(compare(adjective)).toEqual([more, most]));
});

describe("the files", () => {
  test("have the published checksums", () => {
    const written = Object.fromEntries(Array.from(phraseBookFiles(book), ([name, text]) => [name, checksumOf(text)]));
    expect(written).toEqual(checksums);
  });

  test("are written with a line for each pair", async () => {
    const folder = await mkdtemp(join(tmpdir(), "phrase-book-"));
    try {
      await writePhraseBook(join(folder, "made"));
      const pairs = (await readFile(join(folder, "made", "test.tsv"), "utf8")).split("\n");
      const links = (await readFile(join(folder, "made", "test.alignments.jsonl"), "utf8")).split("\n");
      expect(pairs.pop()).toBe("");
      expect(links.pop()).toBe("");
      expect(pairs).toEqual(book.test.map(({ source, target }) => `${source}\t${target}`));
      expect(links.map((line) => JSON.parse(line))).toEqual(book.test.map((pair) => pair.links));
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
