/** Sentences of two clauses. */
import { type Activity, activities } from "../lexicon/activities.js";
import { family, names, pronouns } from "../lexicon/people.js";
import type { Place } from "../lexicon/places.js";
import { moods } from "../lexicon/qualities.js";
import { lexemes } from "../lexicon/table.js";
import { future } from "../lexicon/times.js";
import { nothing } from "../phrase.js";
import { phrasesOf, verbPhrase } from "./actions.js";
import { drawDegree } from "./degrees.js";
import { chineseOf, type Draw, type Entry, entry } from "./entry.js";
import { bareNoun } from "./noun-phrases.js";

/** 因为下雨 … 所以 …, 如果 … 就 …, 我吃饭的时候喜欢看电视, 他说他很忙. */
export function* clauses(draw: Draw): Generator<Entry> {
  const taken = [...Object.values(pronouns), ...family, ...names].filter(({ role }) => role !== "listener");
  const plain = activities.filter(({ traits }) => !traits.has("lasting"));
  for (const [feeling, wish, verbs] of reasons) {
    for (const quality of moods.filter((mood) => feeling.test(chineseOf(mood)))) {
      for (let i = 0; i < 22; i++) {
        const someone = draw.pick(taken);
        const activity = draw.pick(plain.filter(({ verb, object }) => verbs.test(nameOf({ verb, object }))));
        const where = pickPlace(draw, activity);
        const degree = draw.pick(lexemes("很 very, 非常 extremely, 有点 a little").slice(0, wish ? 2 : 3));
        const parts = {
          who: someone.phrase,
          again: (someone.again ?? someone).phrase,
          quality,
          degree,
          ...phrasesOf(activity),
          where: where?.at,
        };
        const cause = "because/because {who} (am|is|are) {degree} {quality} , {again}";
        yield entry(
          wish ? "because" : "because not",
          [chineseOf(someone.phrase), activity.verb, activity.object?.chinese ?? "", where?.chinese ?? ""],
          wish
            ? [
                "因为/because {who} {degree} {quality} ， 所以 {again} 想/want {where?} {do} {what?}",
                `${cause} (want|wants)/want to {do} {what?} {where?} .`,
              ]
            : [
                "因为/because {who} {degree} {quality} ， 所以 {again} 不/not 想/want {where?} {do} {what?}",
                `${cause} (don't|doesn't)/not want/want to {do} {what?} {where?} .`,
              ],
          parts,
          someone.person,
        );
      }
    }
  }
  for (const quality of moods) {
    for (const someone of draw.sample(taken, 12)) {
      const parts = {
        who: someone.phrase,
        again: (someone.again ?? someone).phrase,
        quality,
        degree: drawDegree(draw, quality),
      };
      yield entry(
        [
          "says",
          "{who} 说/say {again} {degree} {quality}",
          "{who} (say|says)/say {again} (am|is|are) {degree} {quality} .",
        ],
        [chineseOf(someone.phrase), "说", chineseOf(quality), ""],
        parts,
        someone.person,
      );
    }
  }
  const outdoors = lexemes("下雨 rains, 下雪 snows");
  const days = future
    .filter(({ reach, dayPart, phrase }) => reach !== "long" && !dayPart && !/今天|后天|星期/.test(chineseOf(phrase)))
    .map(({ phrase }) => phrase);
  for (const activity of draw.sample(
    plain.filter(
      ({ places, traits }) =>
        places.some(({ chinese }) => chinese === "家") && (traits.has("liked") || traits.has("duty")),
    ),
    90,
  )) {
    for (const someone of draw.sample(
      taken.filter(({ again }) => !again),
      3,
    )) {
      const home = activity.places.find(({ chinese }) => chinese === "家")!;
      const parts = {
        who: someone.phrase,
        it: draw.pick(outdoors),
        when: draw.pick(days),
        where: home.at,
        ...phrasesOf(activity),
      };
      const key = [chineseOf(someone.phrase), activity.verb, activity.object?.chinese ?? "", "家"];
      yield entry(
        [
          "if it rains",
          "如果/if {when} {it} ， {who} 就 {where} {do} {what?}",
          "if/if it {it} {when} , {who} will {do} {what?} {where} .",
        ],
        key,
        parts,
        someone.person,
      );
    }
  }
  for (let i = 0; i < 400; i++) {
    const someone = draw.pick(taken);
    const [firsts, seconds] = draw.pick(whiles);
    const first = draw.pick(plain.filter((each) => firsts.test(nameOf(each))));
    const second = draw.pick(plain.filter((each) => seconds.test(nameOf(each)) && each.verb !== first.verb));
    const parts = {
      who: someone.phrase,
      again: (someone.again ?? someone).phrase,
      do: verbPhrase(first),
      what: first.object && bareNoun(first.object),
      also: verbPhrase(second),
      it: second.object ? bareNoun(second.object) : nothing,
    };
    const key = [chineseOf(someone.phrase), nameOf(first), nameOf(second), ""];
    yield entry(
      [
        "when doing",
        "{who} {do} {what?} 的/when 时候/when 喜欢/like {also} {it}",
        "{who} (like|likes)/like {also:ing} {it:all} when/when {again} {do:present} {what?:all} .",
      ],
      key,
      parts,
      someone.person,
    );
  }
}

function pickPlace(draw: Draw, activity: Activity): Place | undefined {
  return activity.places.length > 0 && draw.chance(0.5) ? draw.pick(activity.places) : undefined;
}

function nameOf({ verb, object }: Pick<Activity, "verb" | "object">): string {
  return verb + (object?.chinese ?? "");
}

/** A mood, whether it makes one want to or not want to, and what. */
const reasons: readonly (readonly [feeling: RegExp, wish: boolean, verbs: RegExp])[] = [
  [/饿/, true, /^[吃做点]/],
  [/渴/, true, /^喝/],
  [/累|困/, true, /^(?:休息|睡觉|洗澡)/],
  [/累|困/, false, /^(?:学习|工作|跑步|做饭|打扫|写|购物|锻炼|开会|跳舞|复习|参观|练习)/],
  [/高兴|激动/, true, /^(?:唱歌|跳舞|拍照|聊天|唱|购物|玩)/],
  [/孤单/, true, /^(?:聊天|看(?=电|动)|听|旅行|上网)/],
  [/生气|难过|担心|紧张/, false, /^(?:吃|学习|工作|睡觉|聊天|唱歌|跳舞|看|做饭|复习)/],
];

/** What goes on, and what one likes to do meanwhile. */
const whiles: readonly (readonly [first: RegExp, second: RegExp])[] = [
  [/^(?:学习|工作|做饭|画画|打扫.*|跑步|写.*|复习.*)$/, /^听(?!故事|新闻)/],
  [/^(?:学习|工作|画画|复习.*|写.*)$/, /^喝(?:茶|绿茶|红茶|咖啡|牛奶|果汁|水)$/],
  [/^(?:吃[早午晚][饭餐]|喝(?:茶|咖啡|绿茶|红茶|豆浆)|休息)$/, /^(?:看(?:电视|电影|新闻|报纸|杂志|小说|动画片)|听)/],
  [/^(?:散步|做饭|洗澡)$/, /^(?:唱(?:歌|老歌)|聊天)/],
];
