/** What people have, and whose things are. */
import { asked, pronouns, tellers } from "../lexicon/people.js";
import { colors } from "../lexicon/qualities.js";
import { type Noun, only, things } from "../lexicon/things.js";
import { lexeme, type Phrase } from "../phrase.js";
import { chineseOf, type Draw, type Entry, entry } from "./entry.js";
import { counted, owned, pointed } from "./noun-phrases.js";

const belongings: readonly Noun[] = [
  ...things.books,
  ...things.tops,
  ...things.skirts,
  ...things.trousers,
  ...things.shoes.slice(0, 3),
  ...things.glasses,
  ...things.hats,
  ...things.umbrellas,
  ...things.pens,
  ...things.small,
  ...things.toys,
  ...things.watches,
  ...things.phones,
  ...things.machines,
  ...things.vehicles.slice(0, 3),
  ...things.cases,
  ...things.pets,
  ...things.dogs,
  ...things.paintings,
  ...things.tickets,
  ...things.gifts,
  ...things.furniture,
];

/** 我有一辆自行车, 他没有手机, 这是我的书, 这是谁的书, 她有三只猫. */
export function* possessions(draw: Draw): Generator<Entry> {
  for (const noun of belongings) {
    const name = lexeme(noun.chinese, { plain: `a ${noun.singular}`, any: noun.plural });
    const isPair = noun.bare === "mass";
    for (const someone of draw.sample(tellers, 7)) {
      const who = someone.phrase;
      const key = [chineseOf(who), "有", noun.chinese, ""];
      const say = (pattern: string, chinese: string, english: string, what: Phrase) =>
        entry([pattern, chinese, english], key, { who, what }, someone.person);
      yield draw.chance(0.7)
        ? say(
            "has",
            "{who} 有/have {what}",
            "{who} (have|has)/have {what} .",
            counted(noun, isLarge(noun) ? 1 : draw.pick([1, 1, 2, 3, 4, 5, 6])),
          )
        : say(
            "has not",
            "{who} 没有/not {what}",
            "{who} (don't|doesn't)/not have/not {what} .",
            isPair ? lexeme(noun.chinese, noun.singular) : name,
          );
    }
    for (const someone of draw.sample(asked, 2)) {
      const parts = { who: someone.phrase, what: isPair ? lexeme(noun.chinese, noun.singular) : name };
      const key = [chineseOf(someone.phrase), "有", noun.chinese, ""];
      yield entry(
        ["has asked", "{who} 有/have {what} 吗", "(do|does) {who} have/have {what} ?"],
        key,
        parts,
        someone.person,
      );
    }
    if (isPair) continue;
    const bare = { what: lexeme(noun.chinese, noun.singular) };
    for (const someone of draw.sample(Object.values(pronouns), 2)) {
      const mine = { what: owned(noun, someone) };
      const key = [chineseOf(someone.phrase), "的", noun.chinese, ""];
      yield entry(["this is", "这/this 是/be {what}", "this/this is/be {what} ."], key, mine);
      yield entry(["that is not", "那/that 不/not 是/be {what}", "that/that is not/not {what} ."], key, mine);
      yield entry(["is this", "这/this 是/be {what} 吗", "is/be this/this {what} ?"], key, mine);
      yield entry(["where is", "{what} 在 哪里/where", "where/where is {what} ?"], key, mine);
    }
    yield entry(
      ["whose", "这/this 是/be 谁/who 的/who {what}", "whose/who {what} is/be this/this ?"],
      ["谁", "的", noun.chinese, "这"],
      bare,
    );
    yield entry(
      ["whose", "那/that 是/be 谁/who 的/who {what}", "whose/who {what} is/be that/that ?"],
      ["谁", "的", noun.chinese, "那"],
      bare,
    );
    for (const color of draw.sample(colors, 4)) {
      if (!isColored(noun)) continue;
      const someone = draw.pick(tellers);
      const key = [chineseOf(someone.phrase), "颜色", noun.chinese, chineseOf(color)];
      const parts = {
        who: someone.phrase,
        what: counted(noun, draw.pick([1, 1, 2]), color),
        this: pointed(noun, draw.pick(["这", "那"] as const), color),
      };
      yield draw.chance(0.5)
        ? entry(["has colored", "{who} 有/have {what}", "{who} (have|has)/have {what} ."], key, parts, someone.person)
        : entry(
            ["likes colored", "{who} 喜欢/like {this}", "{who} (like|likes)/like {this} ."],
            key,
            parts,
            someone.person,
          );
    }
  }
}

function isLarge(noun: Noun): boolean {
  return [...things.machines, ...things.vehicles, ...things.furniture].includes(noun);
}

function isColored(noun: Noun): boolean {
  const { tops, skirts, hats, small, vehicles, cases, umbrellas, phones } = things;
  return [
    ...tops,
    ...skirts,
    ...hats,
    ...small,
    ...vehicles,
    ...cases,
    ...only(umbrellas, "雨伞 椅子"),
    ...phones,
  ].includes(noun);
}
