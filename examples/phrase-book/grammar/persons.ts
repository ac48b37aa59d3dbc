/** What people are like, what they are and where they are from. */
import { pluralOf } from "../english.js";
import { asked, family, names, professionWords, pronouns, type Someone, tellers } from "../lexicon/people.js";
import { cities, nationalities } from "../lexicon/places.js";
import { characters, moods } from "../lexicon/qualities.js";
import { lexeme, type Phrase } from "../phrase.js";
import { drawDegree } from "./degrees.js";
import { chineseOf, type Draw, type Entry, entry } from "./entry.js";

/** 我很累, 他今天不高兴, 你累吗, 我姐姐比我高. */
export function* qualitiesOfPeople(draw: Draw): Generator<Entry> {
  for (const quality of [...moods, ...characters]) {
    const isMood = moods.includes(quality);
    for (const someone of draw.sample(tellers, 22)) {
      const who = someone.phrase;
      const key = [chineseOf(who), "", chineseOf(quality), ""];
      const parts = { who, quality, degree: drawDegree(draw, quality) };
      const be = "(am|is|are)";
      const say = (name: string, chinese: string, english: string) =>
        entry([name, chinese, english], key, parts, someone.person);
      yield draw.chance(0.6) || chineseOf(quality).startsWith("有")
        ? say("person is", "{who} {degree} {quality}", `{who} ${be} {degree} {quality} .`)
        : say("person is not", "{who} 不/not {quality}", `{who} ${be} not/not {quality} .`);
      if (isMood && draw.chance(0.4)) {
        yield say(
          "person is today",
          "{who} 今天/today {degree} {quality}",
          `{who} ${be} {degree} {quality} today/today .`,
        );
      }
      if (isMood && draw.chance(0.2)) {
        yield say(
          "person was",
          "{who} 昨天/yesterday {degree} {quality}",
          "{who} (was|was|were) {degree} {quality} yesterday/yesterday .",
        );
      }
    }
    for (const someone of draw.sample(asked, 9)) {
      const key = [chineseOf(someone.phrase), "", chineseOf(quality), ""];
      yield entry(
        ["person is asked", "{who} {quality} 吗", "(am|is|are) {who} {quality} ?"],
        key,
        { who: someone.phrase, quality },
        someone.person,
      );
    }
    if (isMood) continue;
    for (const someone of draw.sample([...family, ...names], 6)) {
      const other = draw.pick([pronouns.我, pronouns.你, ...names].filter((each) => each !== someone));
      const key = [chineseOf(someone.phrase), "比", chineseOf(quality), chineseOf(other.phrase)];
      const parts = { who: someone.phrase, other: other.phrase, quality };
      yield draw.chance(0.6)
        ? entry(
            ["person is more", "{who} 比/than {other} {quality}", "{who} is {quality:more} than/than {other:object} ."],
            key,
            parts,
          )
        : entry(
            [
              "person is as",
              "{who} 跟/as {other} 一样/same {quality}",
              "{who} is as/same {quality} as/as {other:object} .",
            ],
            key,
            parts,
          );
    }
  }
}

/** 他是医生, 她不是老师, 你爸爸是律师吗, 我是中国人. */
export function* identities(draw: Draw): Generator<Entry> {
  const singles = tellers.filter(
    ({ kind, person }) => kind !== "profession" && kind !== "friend" && person !== "plural",
  );
  const say = (name: string, someone: Someone, what: Phrase, chinese: string, english: string) =>
    entry(
      [name, chinese, english],
      [chineseOf(someone.phrase), "是", chineseOf(what), ""],
      { who: someone.phrase, what },
      someone.person,
    );
  const be = "(am|is|are)/be";
  for (const [chinese, english] of professionWords) {
    const what = lexeme(chinese, `a ${english}`);
    for (const someone of draw.sample(singles, 10)) {
      yield draw.chance(0.7)
        ? say("is a", someone, what, "{who} 是/be {what}", `{who} ${be} {what} .`)
        : say("is not a", someone, what, "{who} 不/not 是/be {what}", `{who} ${be} not/not {what} .`);
    }
    for (const someone of draw.sample(
      asked.filter(
        ({ kind, person, phrase }) => kind !== "profession" && (person === "third" || phrase === pronouns.你.phrase),
      ),
      3,
    )) {
      yield say("is a asked", someone, what, "{who} 是/be {what} 吗", `${be} {who} {what} ?`);
    }
    for (const someone of [pronouns.我们, pronouns.你们, pronouns.他们, pronouns.她们]) {
      const several = lexeme(chinese, pluralOf(english));
      yield say("are both", someone, several, "{who} 都/all 是/be {what}", `{who} ${be} all/all {what} .`);
    }
  }
  const from = [
    ...nationalities.map(([chinese, english]) => lexeme(chinese, english)),
    ...cities.slice(0, 12).map(([chinese, english]) => lexeme(`${chinese}人`, `from ${english}`)),
  ];
  for (const what of from) {
    for (const someone of draw.sample(
      tellers.filter(({ kind }) => kind !== "profession"),
      8,
    )) {
      yield say("is from", someone, what, "{who} 是/be {what}", `{who} ${be} {what} .`);
    }
    for (const someone of draw.sample(
      asked.filter(({ kind }) => kind !== "profession"),
      3,
    )) {
      yield say("is from asked", someone, what, "{who} 是/be {what} 吗", `${be} {who} {what} ?`);
    }
  }
}
