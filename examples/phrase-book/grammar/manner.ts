/** How people do things, for how long, and what they do them to. */

import type { Draw } from "../../made-data/draw.js";
import { verbForms } from "../english.js";
import { activities } from "../lexicon/activities.js";
import { asked, family, friends, names, pronouns } from "../lexicon/people.js";
import { lexemes } from "../lexicon/table.js";
import { things } from "../lexicon/things.js";
import { future, past } from "../lexicon/times.js";
import { lexeme } from "../phrase.js";
import { does, type Entry, type Template } from "./entry.js";

const manners: readonly (readonly [verb: string, english: string, manners: string])[] = [
  ["跑", "run", "快 fast, 慢 slowly"],
  ["走", "walk", "快 fast, 慢 slowly"],
  ["说", "speak", "快 fast, 慢 slowly, 好 well, 清楚 clearly"],
  ["吃", "eat", "快 fast, 慢 slowly"],
  ["唱", "sing", "好 well"],
  ["写", "write", "快 fast, 慢 slowly, 好 well, 清楚 clearly"],
  ["画", "draw", "快 fast, 慢 slowly, 好 well"],
  ["学", "study", "认真 seriously, 努力 hard"],
  ["睡", "sleep", "好 well"],
  ["工作", "work", "快 fast, 认真 seriously, 努力 hard"],
];
const doesHow: Template = ["does how", "{who} {do} 得 很/very {how}", "{who} {do:present} very/very {how} ."];
const doesTooMuch: Template = ["does too", "{who} {do} 得 太/too {how} 了", "{who} {do:present} too/too {how} ."];

const speaksLittle: Template = [
  "speaks a little",
  "{who} 会/can 说/speak 一点/little {it}",
  "{who} can/can speak/speak a little/little {it} .",
];
const studiedFor: Template = [
  "studied for",
  "{who} 学/study 了 {years} 年/years {it}",
  "{who} studied/study {it} for {years} years/years .",
];
const someYears = lexemes("两 two, 三 three, 四 four, 五 five, 六 six, 八 eight, 十 ten");

const speakers = [...Object.values(pronouns), ...names, ...family, ...friends].filter(
  ({ role }) => role !== "listener",
);

/** 他跑得很快 "He runs very fast.", 她会说一点法语. */
export function* manner(draw: Draw): Generator<Entry> {
  for (const [chinese, english, hows] of manners) {
    const parts = { do: lexeme(chinese, verbForms(english)) };
    for (const how of lexemes(hows)) {
      for (const someone of draw.sample(speakers, 9)) yield does(doesHow, someone, chinese, { ...parts, how }, [how]);
      if (!/fast|slowly/.test(hows)) continue;
      for (const someone of draw.sample(speakers, 3))
        yield does(doesTooMuch, someone, chinese, { ...parts, how }, [how]);
    }
  }
  for (const it of things.languages.map((noun) => lexeme(noun.chinese, noun.singular))) {
    for (const someone of draw.sample(speakers, 9)) {
      yield does(speaksLittle, someone, "说一点", { it }, [it]);
      yield does(studiedFor, someone, "学", { it, years: draw.pick(someYears) }, [it]);
    }
  }
}

const askedWhat: readonly Template[] = [
  ["does what now", "{who} 正在/be {do} 什么/what", "what/what (am|is|are)/be {who} {do:ing} ?"],
  ["did what", "{who} {before} {do} 了 什么/what", "what/what did {who} {do} {before} ?"],
  ["wants to what", "{who} 想/want {do} 什么/what", "what/what (do|does) {who} want/want to {do} ?"],
  ["will what", "{who} {later} 要/be {do} 什么/what", "what/what (am|is|are)/be {who} going/be to {do} {later} ?"],
];
const likesWhat: Template = [
  "likes to what",
  "{who} 喜欢/like {do} 什么/what",
  "what/what (do|does) {who} like/like {do:ing} ?",
];

/** Of these one may ask 什么: the same English verb whatever the object. */
const askable = "吃 喝 买 卖 写 画 学 听 找 准备 洗 唱 练习 教".split(" ");
const enjoyed = /[吃喝买写画学听唱]/;

const soon = future.filter(({ reach }) => reach === "day");
const recently = past.filter(({ reach }) => reach === "day");

/** 他正在吃什么, 你想买什么. */
export function* questions(draw: Draw): Generator<Entry> {
  for (const chinese of askable) {
    const { english } = activities.find(({ verb }) => verb === chinese)!;
    const templates = enjoyed.test(chinese) ? [...askedWhat, likesWhat] : askedWhat;
    for (const someone of draw.sample(asked, 16)) {
      const parts = {
        do: lexeme(chinese, english),
        before: draw.pick(recently).phrase,
        later: draw.pick(soon).phrase,
      };
      for (const template of draw.sample(templates, 3)) yield does(template, someone, chinese, parts);
    }
  }
}
