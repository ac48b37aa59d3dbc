/** Sentences of two clauses. */

import type { Draw } from "../../made-data/draw.js";
import { type Activity, activities } from "../lexicon/activities.js";
import { family, names, pronouns } from "../lexicon/people.js";
import type { Place } from "../lexicon/places.js";
import { moods } from "../lexicon/qualities.js";
import { lexemes } from "../lexicon/table.js";
import { nothing } from "../phrase.js";
import { phrasesOf } from "./actions.js";
import { drawDegree } from "./degrees.js";
import { chineseOf, does, type Entry, entry, type Template } from "./entry.js";

/** Whom a second clause can take up: 我妈妈 … 她 …, "my mother … she …". */
const people = [...Object.values(pronouns), ...family, ...names].filter(({ role }) => role !== "listener");
const happening = activities.filter(({ traits }) => !traits.has("lasting"));

function nameOf({ verb, object }: Activity): string {
  return verb + (object?.chinese ?? "");
}

/** A mood, whether it makes one want to or not want to, and what. */
const reasons: readonly (readonly [mood: RegExp, wish: "wants" | "wants not", activities: RegExp])[] = [
  [/饿/, "wants", /^[吃做点]/],
  [/渴/, "wants", /^喝/],
  [/累|困/, "wants", /^(?:休息|睡觉|洗澡)/],
  [/累|困/, "wants not", /^(?:学习|工作|跑步|做饭|打扫|写|购物|锻炼|开会|跳舞|复习|参观|练习)/],
  [/高兴|激动/, "wants", /^(?:唱歌|跳舞|拍照|聊天|唱|购物|玩)/],
  [/孤单/, "wants", /^(?:聊天|看(?=电|动)|听|旅行|上网)/],
  [/生气|难过|担心|紧张/, "wants not", /^(?:吃|学习|工作|睡觉|聊天|唱歌|跳舞|看|做饭|复习)/],
];
const because: Record<"wants" | "wants not", Template> = {
  wants: [
    "because",
    "因为/because {who} {degree} {mood} ， 所以 {again} 想/want {where?} {do} {what?}",
    "because/because {who} (am|is|are) {degree} {mood} , {again} (want|wants)/want to {do} {what?} {where?} .",
  ],
  "wants not": [
    "because not",
    "因为/because {who} {degree} {mood} ， 所以 {again} 不/not 想/want {where?} {do} {what?}",
    "because/because {who} (am|is|are) {degree} {mood} , {again} (don't|doesn't)/not want/want to {do} {what?} {where?} .",
  ],
};
const degrees = lexemes("很 very, 非常 extremely");

function placeOf(draw: Draw, { places }: Activity): Place | undefined {
  return places.length > 0 && draw.chance(0.5) ? draw.pick(places) : undefined;
}

/** 因为他很累，所以他不想做饭 "Because he is very tired, he doesn't want to cook." */
function* reasoned(draw: Draw): Generator<Entry> {
  for (const [feeling, wish, fitting] of reasons) {
    const fit = happening.filter((activity) => fitting.test(nameOf(activity)));
    for (const mood of moods.filter((each) => feeling.test(chineseOf(each)))) {
      for (let i = 0; i < 22; i++) {
        const someone = draw.pick(people);
        const again = (someone.again ?? someone).phrase;
        const activity = draw.pick(fit);
        const where = placeOf(draw, activity);
        yield entry(
          because[wish],
          [chineseOf(someone.phrase), activity.verb, activity.object?.chinese ?? "", where?.chinese ?? ""],
          { who: someone.phrase, again, mood, degree: draw.pick(degrees), ...phrasesOf(activity), where: where?.at },
          someone.person,
        );
      }
    }
  }
}

const says: Template = [
  "says",
  "{who} 说/say {again} {degree} {mood}",
  "{who} (say|says)/say {again} (am|is|are) {degree} {mood} .",
];

/** 他妈妈说她很忙 "His mother says she is very busy." */
function* said(draw: Draw): Generator<Entry> {
  for (const mood of moods) {
    for (const someone of draw.sample(people, 12)) {
      const again = (someone.again ?? someone).phrase;
      yield does(says, someone, "说", { again, mood, degree: drawDegree(draw, mood) }, [mood]);
    }
  }
}

const ifItRains: Template = [
  "if it rains",
  "如果/if {when} {it} ， {who} 就 {where} {do} {what?}",
  "if/if it {it} {when} , {who} will {do} {what?} {where} .",
];

/** 如果明天下雨，我们就在家看电影 "If it rains tomorrow, we will watch a movie at home." */
function* supposed(draw: Draw): Generator<Entry> {
  const days = lexemes("明天 tomorrow, 这个周末 this weekend, 下个周末 next weekend");
  const weather = lexemes("下雨 rains, 下雪 snows");
  const worthwhile = happening.filter(({ traits }) => traits.has("liked") || traits.has("duty"));
  const domestic = worthwhile.filter(({ places }) => places.some(({ chinese }) => chinese === "家"));
  for (const activity of draw.sample(domestic, 90)) {
    const home = activity.places.find(({ chinese }) => chinese === "家")!;
    for (const someone of draw.sample(
      people.filter(({ kind }) => kind === "pronoun"),
      3,
    )) {
      yield entry(
        ifItRains,
        [chineseOf(someone.phrase), activity.verb, activity.object?.chinese ?? "", home.chinese],
        { who: someone.phrase, it: draw.pick(weather), when: draw.pick(days), where: home.at, ...phrasesOf(activity) },
        someone.person,
      );
    }
  }
}

/** What goes on, and what one likes to do meanwhile. */
const whiles: readonly (readonly [first: RegExp, second: RegExp])[] = [
  [/^(?:学习|工作|做饭|画画|打扫.*|跑步|写.*|复习.*)$/, /^听(?!故事|新闻)/],
  [/^(?:学习|工作|画画|复习.*|写.*)$/, /^喝(?:茶|绿茶|红茶|咖啡|牛奶|果汁|水)$/],
  [/^(?:吃[早午晚][饭餐]|喝(?:茶|咖啡|绿茶|红茶|豆浆)|休息)$/, /^(?:看(?:电视|电影|新闻|报纸|杂志|小说|动画片)|听)/],
  [/^(?:散步|做饭|洗澡)$/, /^(?:唱(?:歌|老歌)|聊天)/],
];
const whenDoing: Template = [
  "when doing",
  "{who} {do} {what?} 的/when 时候/when 喜欢/like {also} {it}",
  "{who} (like|likes)/like {also:ing} {it:all} when/when {again} {do:present} {what?:all} .",
];

/** 她做饭的时候喜欢听音乐 "She likes listening to music when she cooks." */
function* meanwhile(draw: Draw): Generator<Entry> {
  for (let i = 0; i < 400; i++) {
    const someone = draw.pick(people);
    const [firsts, seconds] = draw.pick(whiles);
    const first = draw.pick(happening.filter((each) => firsts.test(nameOf(each))));
    const second = draw.pick(happening.filter((each) => seconds.test(nameOf(each)) && each.verb !== first.verb));
    const { do: also, what: it = nothing } = phrasesOf(second);
    yield entry(
      whenDoing,
      [chineseOf(someone.phrase), nameOf(first), nameOf(second), ""],
      { who: someone.phrase, again: (someone.again ?? someone).phrase, ...phrasesOf(first), also, it },
      someone.person,
    );
  }
}

export function* clauses(draw: Draw): Generator<Entry> {
  yield* reasoned(draw);
  yield* said(draw);
  yield* supposed(draw);
  yield* meanwhile(draw);
}
