/** Shops and gifts. */

import type { Draw } from "../../made-data/draw.js";
import { asked, pronouns, type Someone, tellers } from "../lexicon/people.js";
import { lexemes } from "../lexicon/table.js";
import { type Noun, only, things } from "../lexicon/things.js";
import { past } from "../lexicon/times.js";
import { lexeme } from "../phrase.js";
import { drawTime } from "./actions.js";
import { about, chineseOf, does, type Entry, entry, type Template } from "./entry.js";
import { counted, pointed } from "./noun-phrases.js";

const prices = lexemes(
  `五 five, 十 ten, 二十 twenty, 三十 thirty, 四十 forty, 五十 fifty, 六十 sixty, 一百 a hundred, 两百 two hundred,
  三百 three hundred`,
);
const wares: readonly Noun[] = [
  things.books.slice(0, 4),
  things.tops,
  things.skirts,
  things.trousers,
  things.shoes,
  things.glasses,
  things.hats,
  things.pens,
  things.small,
  things.cases,
  things.toys,
  only(things.umbrellas, "雨伞 椅子"),
  things.tickets,
].flat();
const served: readonly Noun[] = [
  things.hotDrinks,
  things.coldDrinks,
  things.alcohol,
  things.rice,
  things.dumplings,
  things.bread.slice(0, 3),
  things.tickets,
  things.sweets,
].flat();

const priced: readonly Template[] = [
  ["how much", "{it} 多少/much 钱", "how/how much/much is {it} ?"],
  ["costs", "{it} {price} 块/yuan 钱", "{it} costs {price} yuan/yuan ."],
];
const wanted: readonly Template[] = [
  ["likes this", "{who} 很/much 喜欢/like {it}", "{who} (like|likes)/like {it} very/much much/much ."],
  ["wants to buy", "{who} 想/want 买/buy {it}", "{who} (want|wants)/want to buy/buy {it} ."],
];
const likesThisAsked: Template = ["likes this asked", "{who} 喜欢/like {it} 吗", "(do|does) {who} like/like {it} ?"];
const ordered: readonly (readonly [share: number, template: Template])[] = [
  [1, ["I want", "我/I 要/want {it}", "I/I want/want {it} ."]],
  [0.6, ["please give", "请/please 给/give 我/me {it}", "please/please give/give me/me {it} ."]],
  [0.4, ["please give us", "请/please 给/give 我们/us {it}", "please/please give/give us/us {it} ."]],
];
const offered: readonly Template[] = [
  ["do you have", "你们/you 有/have {it} 吗", "do you/you have/have {it} ?"],
  ["do you sell", "你们/you 卖/sell {it} 吗", "do you/you sell/sell {it} ?"],
];

/** 这件衬衫多少钱, 我要两杯咖啡, 请给我一杯茶. */
export function* shopping(draw: Draw): Generator<Entry> {
  const determiners = ["这", "那"] as const;
  for (const noun of wares) {
    for (const determiner of determiners) {
      const price = draw.pick(prices);
      for (const template of priced) yield about(template, pointed(noun, determiner), { price });
    }
    for (const someone of draw.sample(tellers, 3)) {
      const it = pointed(noun, draw.pick(determiners));
      for (const template of wanted) yield does(template, someone, "买", { it }, [it]);
    }
    for (const someone of draw.sample(asked, 2)) {
      const it = pointed(noun, draw.pick(determiners));
      yield does(likesThisAsked, someone, "买", { it }, [it]);
    }
  }
  for (const noun of served) {
    for (const count of draw.sample([1, 2, 3, 4, 5], 4)) {
      for (const [share, template] of ordered) if (draw.chance(share)) yield about(template, counted(noun, count));
    }
    const word = lexeme(noun.chinese, noun.bare === "mass" ? noun.singular : noun.plural);
    for (const template of offered) yield about(template, word);
  }
}

const presents: readonly Noun[] = [
  things.books.slice(0, 4),
  things.tops.slice(0, 3),
  things.skirts.slice(0, 3),
  things.hats,
  things.watches,
  things.phones,
  things.toys,
  things.flowers,
  things.gifts,
  only(things.cases, "背包"),
  only(things.pens, "钢笔"),
  only(things.small, "书包 钱包 闹钟"),
  things.glasses,
  things.shoes.slice(0, 3),
  things.paintings.slice(1),
].flat();
const given: readonly Template[] = [
  ["gave", "{who} {when} 送/give 给 {whom} {what}", "{who} gave/give {whom:object} {what} {when} ."],
  ["bought for", "{who} {when} 给 {whom} 买/buy 了 {what}", "{who} bought/buy {whom:object} {what} {when} ."],
];

/** Somebody else, and not 我们 after 我. */
function drawReceiver(draw: Draw, giver: Someone): Someone {
  const first = ({ phrase }: Someone) => chineseOf(phrase).slice(0, 1);
  const others = Object.values(pronouns).filter((each) => each !== giver.again && first(each) !== first(giver));
  return draw.pick(others);
}

/** 我昨天送给她一份礼物 "I gave her a gift yesterday.", 我爸爸上个周末给我买了一块手表. */
export function* gifts(draw: Draw): Generator<Entry> {
  const days = past.filter(({ dayPart, phrase }) => !dayPart && chineseOf(phrase) !== "刚才");
  const givers = tellers.filter(({ kind }) => kind !== "profession");
  for (const noun of presents) {
    for (let i = 0; i < 7; i++) {
      const giver = draw.pick(givers);
      const { phrase: whom } = drawReceiver(draw, giver);
      const what = counted(noun, draw.pick([1, 1, 1, 2]));
      yield entry(
        draw.pick(given),
        [chineseOf(giver.phrase), "送", noun.chinese, chineseOf(whom)],
        { who: giver.phrase, whom, what, when: drawTime(draw, days).phrase },
        giver.person,
      );
    }
  }
}
