/** What people have, and whose things are. */

import type { Draw } from "../../made-data/draw.js";
import { asked, pronouns, tellers } from "../lexicon/people.js";
import { colors } from "../lexicon/qualities.js";
import { type Noun, only, things } from "../lexicon/things.js";
import { lexeme } from "../phrase.js";
import { about, does, type Entry, type Template } from "./entry.js";
import { bareNoun, counted, owned, pointed } from "./noun-phrases.js";

const { books, tops, skirts, trousers, shoes, glasses, hats, umbrellas, pens, small, toys, watches, phones } = things;
const { machines, vehicles, cases, pets, dogs, paintings, tickets, gifts, furniture } = things;

/** What comes in pairs has no "a" and no "whose" of its own. */
const pairs: readonly Noun[] = [trousers, shoes.slice(0, 3), glasses].flat();
const colored: readonly Noun[] = [tops, skirts, hats, small, cases, only(umbrellas, "雨伞 椅子"), phones].flat();
const handy: readonly Noun[] = [books, pens, toys, watches, pets, dogs, paintings, tickets, gifts].flat();
const large: readonly Noun[] = [machines, vehicles.slice(0, 3), furniture].flat();
const single: readonly Noun[] = [...colored, ...only(umbrellas, "刀 钥匙 勺子"), ...handy, ...large];

const has: Template = ["has", "{who} 有/have {it}", "{who} (have|has)/have {it} ."];
const hasNot: Template = ["has not", "{who} 没有/not {it}", "{who} (don't|doesn't)/not have/not {it} ."];
const hasAsked: Template = ["has asked", "{who} 有/have {it} 吗", "(do|does) {who} have/have {it} ?"];
const ownerships: readonly Template[] = [
  ["this is", "这/this 是/be {it}", "this/this is/be {it} ."],
  ["that is not", "那/that 不/not 是/be {it}", "that/that is/be not/not {it} ."],
  ["is this", "这/this 是/be {it} 吗", "is/be this/this {it} ?"],
  ["where is", "{it} 在 哪里/where", "where/where is {it} ?"],
];
const whose: readonly Template[] = [
  ["whose is this", "这/this 是/be 谁/who 的/who {it}", "whose/who {it} is/be this/this ?"],
  ["whose is that", "那/that 是/be 谁/who 的/who {it}", "whose/who {it} is/be that/that ?"],
];
const likesIt: Template = ["likes colored", "{who} 喜欢/like {it}", "{who} (like|likes)/like {it} ."];

/** 我有一辆自行车, 他没有手机, 你有钥匙吗. */
function* having(draw: Draw, noun: Noun): Generator<Entry> {
  const word = lexeme(noun.chinese, pairs.includes(noun) ? noun.singular : `a ${noun.singular}`);
  for (const someone of draw.sample(tellers, 7)) {
    const it = counted(noun, large.includes(noun) ? 1 : draw.pick([1, 1, 2, 3, 4, 5, 6]));
    yield draw.chance(0.7)
      ? does(has, someone, "有", { it }, [word])
      : does(hasNot, someone, "有", { it: word }, [word]);
  }
  for (const someone of draw.sample(asked, 2)) yield does(hasAsked, someone, "有", { it: word }, [word]);
}

/** 我有一辆自行车, 这是我的书, 这是谁的书, 她有一件红色的毛衣. */
export function* possessions(draw: Draw): Generator<Entry> {
  for (const noun of [...single, ...pairs]) yield* having(draw, noun);
  for (const noun of single) {
    for (const someone of draw.sample(Object.values(pronouns), 2)) {
      const it = owned(noun, someone);
      for (const template of ownerships) yield does(template, someone, "的", { it }, [bareNoun(noun)]);
    }
    for (const template of whose) yield about(template, lexeme(noun.chinese, noun.singular));
  }
  for (const noun of [...colored, ...only(vehicles, "自行车 汽车 摩托车")]) {
    for (const color of draw.sample(colors, 4)) {
      const someone = draw.pick(tellers);
      const held = [bareNoun(noun), color];
      yield draw.chance(0.5)
        ? does(has, someone, "颜色", { it: counted(noun, draw.pick([1, 1, 2]), color) }, held)
        : does(likesIt, someone, "颜色", { it: pointed(noun, draw.pick(["这", "那"] as const), color) }, held);
    }
  }
}
