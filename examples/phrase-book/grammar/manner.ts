/** How people do things, how long, and what they are asked about. */
import { verbForms } from "../english.js";
import { activities } from "../lexicon/activities.js";
import { asked, family, friends, names, pronouns } from "../lexicon/people.js";
import { lexemes } from "../lexicon/table.js";
import { things } from "../lexicon/things.js";
import { future, past } from "../lexicon/times.js";
import { lexeme } from "../phrase.js";
import { chineseOf, type Draw, type Entry, entry } from "./entry.js";

const manners: readonly (readonly [doing: string, english: string, manners: string])[] = [
  ["跑", "run", "快 fast, 慢 slowly"],
  ["走", "walk", "快 fast, 慢 slowly"],
  ["说", "speak", "快 fast, 慢 slowly, 好 well, 清楚 clearly"],
  ["吃", "eat", "快 fast, 慢 slowly, 多 a lot, 少 little"],
  ["唱", "sing", "好 well"],
  ["写", "write", "快 fast, 慢 slowly, 好 well, 清楚 clearly"],
  ["画", "draw", "快 fast, 慢 slowly, 好 well"],
  ["学", "study", "快 fast, 好 well, 认真 seriously"],
  ["睡", "sleep", "好 well"],
  ["工作", "work", "快 fast, 认真 seriously, 努力 hard"],
];

const enjoyed = /[吃喝买写画学听唱]/;

const pronounOrKin = [...Object.values(pronouns), ...names, ...family, ...friends];

/** 他跑得很快 "he runs very fast", 她会说一点法语, 你为什么不高兴, 他在吃什么. */
export function* manner(draw: Draw): Generator<Entry> {
  for (const [chinese, english, how] of manners) {
    const verb = lexeme(chinese, verbForms(english));
    for (const quality of lexemes(how)) {
      for (const someone of draw.sample(
        pronounOrKin.filter(({ role }) => role !== "listener"),
        9,
      )) {
        const key = [chineseOf(someone.phrase), chinese, "得", chineseOf(quality)];
        const isCount = /^[多少]$/.test(chineseOf(quality));
        const parts = { who: someone.phrase, do: verb, quality };
        if (isCount)
          yield entry(
            ["does how", "{who} {do} 得 很 {quality}", "{who} {do:present} {quality} ."],
            key,
            parts,
            someone.person,
          );
        else
          yield entry(
            ["does how", "{who} {do} 得 很/very {quality}", "{who} {do:present} very/very {quality} ."],
            key,
            parts,
            someone.person,
          );
        if (!isCount && draw.chance(0.35)) {
          yield entry(
            ["does too", "{who} {do} 得 太/too {quality} 了", "{who} {do:present} too/too {quality} ."],
            key,
            parts,
            someone.person,
          );
        }
      }
    }
  }
  for (const noun of things.languages) {
    const it = lexeme(noun.chinese, noun.singular);
    for (const someone of draw.sample(
      pronounOrKin.filter(({ role }) => role !== "listener"),
      9,
    )) {
      const parts = { who: someone.phrase, it };
      yield entry(
        [
          "speaks a little",
          "{who} 会/can 说/speak 一点/little {it}",
          "{who} can/can speak/speak a little/little {it} .",
        ],
        [chineseOf(someone.phrase), "说一点", noun.chinese, ""],
        parts,
        someone.person,
      );
      const years = draw.pick(lexemes("两 two, 三 three, 四 four, 五 five, 六 six, 八 eight, 十 ten"));
      yield entry(
        [
          "studied for",
          "{who} 学/study 了 {years} 年/years {it}",
          "{who} studied/study {it} for {years} years/years .",
        ],
        [chineseOf(someone.phrase), "学年", noun.chinese, ""],
        { ...parts, years },
        someone.person,
      );
    }
  }
  const verbs: readonly (readonly [chinese: string, english: string])[] = [
    ["吃", "eat"],
    ["喝", "drink"],
    ["买", "buy"],
    ["卖", "sell"],
    ["写", "write"],
    ["画", "draw"],
    ["学", "study"],
    ["听", "listen to"],
    ["找", "look for"],
    ["准备", "prepare"],
    ["洗", "wash"],
    ["唱", "sing"],
    ["练习", "practice"],
    ["教", "teach"],
  ];
  for (const [chinese, english] of verbs) {
    const known = activities.find(({ verb, english: forms }) => verb === chinese && forms.plain === english)!;
    const verb = lexeme(chinese, known.english);
    for (const someone of draw.sample(asked, 16)) {
      const parts = {
        who: someone.phrase,
        do: verb,
        when: draw.pick(past.filter(({ reach }) => reach === "day")).phrase,
        later: draw.pick(future.filter(({ reach }) => reach === "day")).phrase,
      };
      const say = (pattern: string, source: string, target: string) =>
        entry([pattern, source, target], [chineseOf(someone.phrase), chinese, "什么", ""], parts, someone.person);
      const options = [
        say("does what now", "{who} 正在/be {do} 什么/what", "what/what (am|is|are)/be {who} {do:ing} ?"),
        say("did what", "{who} {when} {do} 了 什么/what", "what/what did {who} {do} {when} ?"),
        say("wants to what", "{who} 想/want {do} 什么/what", "what/what (do|does) {who} want/want to {do} ?"),
        ...(enjoyed.test(chinese)
          ? [say("likes to what", "{who} 喜欢/like {do} 什么/what", "what/what (do|does) {who} like/like {do:ing} ?")]
          : []),
        say(
          "will what",
          "{who} {later} 要/be {do} 什么/what",
          "what/what (am|is|are)/be {who} going/be to {do} {later} ?",
        ),
      ];
      yield* draw.sample(options, 3);
    }
  }
}
