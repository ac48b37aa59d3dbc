/** Shops and gifts. */
import { asked, pronouns, tellers } from "../lexicon/people.js";
import { lexemes } from "../lexicon/table.js";
import { type Noun, only, things } from "../lexicon/things.js";
import { past } from "../lexicon/times.js";
import { lexeme } from "../phrase.js";
import { drawTime } from "./actions.js";
import { about, chineseOf, type Draw, does, type Entry, entry } from "./entry.js";
import { counted, pointed } from "./noun-phrases.js";

const prices = lexemes(
  "五 five, 十 ten, 二十 twenty, 三十 thirty, 四十 forty, 五十 fifty, 六十 sixty, 一百 a hundred, 两百 two hundred, 三百 three hundred",
);

const wares: readonly Noun[] = [
  ...things.books.slice(0, 4),
  ...things.tops,
  ...things.skirts,
  ...things.trousers,
  ...things.shoes,
  ...things.glasses,
  ...things.hats,
  ...things.pens,
  ...things.small,
  ...things.cases,
  ...things.toys,
  ...only(things.umbrellas, "雨伞 椅子"),
  ...things.tickets,
];

/** 这件衬衫多少钱, 我要两杯咖啡, 请给我一杯茶. */
export function* shopping(draw: Draw): Generator<Entry> {
  for (const noun of wares) {
    for (const determiner of ["这", "那"] as const) {
      const it = pointed(noun, determiner);
      yield about(["how much", "{it} 多少/much 钱", "how/much much/much is {it} ?"], it);
      const price = draw.pick(prices);
      yield about(["costs", "{it} {price} 块/yuan 钱", "{it} costs {price} yuan/yuan ."], it, { price });
    }
    for (const someone of draw.sample(tellers, 3)) {
      const what = pointed(noun, draw.pick(["这", "那"] as const));
      yield does(
        ["likes this", "{who} 很/much 喜欢/like {what}", "{who} (like|likes)/like {what} very/much much/much ."],
        someone,
        "喜欢",
        { what },
        [what],
      );
      yield does(
        ["wants to buy", "{who} 想/want 买/buy {what}", "{who} (want|wants)/want to buy/buy {what} ."],
        someone,
        "买",
        { what },
        [what],
      );
    }
    for (const someone of draw.sample(asked, 2)) {
      const what = pointed(noun, draw.pick(["这", "那"] as const));
      yield does(
        ["likes this asked", "{who} 喜欢/like {what} 吗", "(do|does) {who} like/like {what} ?"],
        someone,
        "喜欢",
        { what },
        [what],
      );
    }
  }
  const served = [
    ...things.hotDrinks,
    ...things.coldDrinks,
    ...things.alcohol,
    ...things.rice,
    ...things.dumplings,
    ...things.bread.slice(0, 3),
    ...things.tickets,
    ...things.sweets,
  ];
  for (const noun of served) {
    for (const count of draw.sample([1, 2, 3, 4, 5], 4)) {
      const it = counted(noun, count);
      yield about(["I want", "我/I 要/want {it}", "I/I want/want {it} ."], it);
      if (draw.chance(0.6))
        yield about(["please give", "请/please 给/give 我/me {it}", "please/please give/give me/me {it} ."], it);
      if (draw.chance(0.4))
        yield about(["please give us", "请/please 给/give 我们/us {it}", "please/please give/give us/us {it} ."], it);
    }
    const word = lexeme(noun.chinese, noun.bare === "mass" ? noun.singular : noun.plural);
    yield about(["do you have", "你们/you 有/have {it} 吗", "do you/you have/have {it} ?"], word);
    yield about(["do you sell", "你们/you 卖/sell {it} 吗", "do you/you sell/sell {it} ?"], word);
  }
}

const presents: readonly Noun[] = [
  ...things.books.slice(0, 4),
  ...things.tops.slice(0, 3),
  ...things.skirts.slice(0, 3),
  ...things.hats,
  ...things.watches,
  ...things.phones,
  ...things.toys,
  ...things.flowers,
  ...things.gifts,
  ...things.cases.slice(2),
  ...things.pens.slice(1, 2),
  ...things.small.slice(4, 7),
  ...things.glasses,
  ...things.shoes.slice(0, 3),
  ...things.paintings.slice(1),
];

/** 我送了她一份礼物 "I gave her a gift", 爸爸给我买了一辆自行车. */
export function* gifts(draw: Draw): Generator<Entry> {
  const days = past.filter(({ dayPart, phrase }) => !dayPart && chineseOf(phrase) !== "刚才");
  const givers = tellers.filter(({ kind }) => kind !== "profession");
  for (const noun of presents) {
    for (let i = 0; i < 7; i++) {
      const someone = draw.pick(givers);
      const whom = draw.pick(
        Object.values(pronouns).filter(
          (each) =>
            each !== someone &&
            each !== someone.again &&
            chineseOf(each.phrase).slice(0, 1) !== chineseOf(someone.phrase).slice(0, 1),
        ),
      );
      const parts = {
        who: someone.phrase,
        whom: whom.phrase,
        what: counted(noun, draw.pick([1, 1, 1, 2])),
        when: drawTime(draw, days).phrase,
      };
      const key = [chineseOf(someone.phrase), "送", noun.chinese, chineseOf(whom.phrase)];
      yield draw.chance(0.5)
        ? entry(
            ["gave", "{who} {when} 送/give 给 {whom} {what}", "{who} gave/give {whom:object} {what} {when} ."],
            key,
            parts,
          )
        : entry(
            ["bought for", "{who} {when} 给 {whom} 买/buy 了 {what}", "{who} bought/buy {whom:object} {what} {when} ."],
            key,
            parts,
          );
    }
  }
}
