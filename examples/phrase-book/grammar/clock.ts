/** The clock. */

import type { Draw } from "../../made-data/draw.js";
import { verbForms } from "../english.js";
import { asked, type Someone, tellers } from "../lexicon/people.js";
import { cityNames, countryNames } from "../lexicon/places.js";
import { lexemes } from "../lexicon/table.js";
import { hours } from "../lexicon/times.js";
import { lexeme, type Phrase } from "../phrase.js";
import { about, chineseOf, does, type Entry, entry, type Template } from "./entry.js";
import { called } from "./talk.js";

const ask = "what/time time/time";
const excuse = "excuse/excuse me/excuse ,";
const whatTime: readonly Template[] = [
  ["what time", "现在/now 几点/time 了", `${ask} is it now/now ?`],
  ["what time", "现在/now 几点/time", `${ask} is it now/now ?`],
  ["what time", "几点/time 了", `${ask} is it ?`],
  ["what time", "请问/excuse 几点/time 了", `${excuse} ${ask} is it ?`],
  ["what time", "请问/excuse 现在/now 几点/time", `${excuse} ${ask} is it now/now ?`],
  ["what time", "请问/excuse 现在/now 几点/time 了", `${excuse} ${ask} is it now/now ?`],
  ["what time", "现在/now 是 几点/time", `${ask} is it now/now ?`],
  ["what time", "请问/excuse 现在/now 是 几点/time", `${excuse} ${ask} is it now/now ?`],
];
const whatTimeIn: readonly Template[] = [
  ["what time in", "{it} 现在/now 几点/time", `${ask} is it in {it} now/now ?`],
  ["what time in", "{it} 几点/time 了", `${ask} is it in {it} ?`],
];
const whatTimeCalled: readonly Template[] = [
  ["what time called", "{it} ， 几点/time 了", `${ask} is it , {it} ?`],
  ["what time called", "{it} ， 现在/now 几点/time", `${ask} is it now/now , {it} ?`],
  ["what time called", "{it} ， 现在/now 几点/time 了", `${ask} is it now/now , {it} ?`],
];
const timeIs: readonly Template[] = [
  ["time is", "现在/now {it}", "it is {it} now/now ."],
  ["time is", "现在/now {it} 了", "it is {it} now/now ."],
  ["time is already", "已经/already {it} 了", "it is already/already {it} ."],
  ["time is asked", "现在/now 是 {it} 吗", "is it {it} now/now ?"],
];
const timeIsIn: Template = ["time is in", "{it} 现在/now {time}", "it is {time} in {it} now/now ."];

const times = [
  ...hours.map(([chinese, english]) => lexeme(chinese, `${english} o'clock`)),
  ...hours.map(([chinese, english]) => lexeme(`${chinese}半`, `half past ${english}`)),
];

/** What has its hour, and the hours it may have. */
const routine: readonly { verb: Phrase; what: Phrase | undefined; when: RegExp }[] = (
  [
    ["起床", "get up", /^[五六七]/],
    ["睡觉", "go to bed", /^[九十]/],
    ["上班", "go to work", /^[七八九]/],
    ["下班", "get off work", /^[四五六]/],
    ["上课", "have class", /^[两八九]/],
    ["回家", "go home", /^[五六七]/],
    ["出门", "leave home", /^[六七八]/],
    ["吃", "eat", /^[六七八]/, "早饭 breakfast"],
    ["吃", "eat", /^[五六七]/, "晚饭 dinner"],
    ["吃", "eat", /^十[一二]/, "午饭 lunch"],
  ] as const
).map(([chinese, english, when, meal]) => ({
  verb: lexeme(chinese, verbForms(english)),
  what: meal ? lexemes(meal)[0] : undefined,
  when,
}));

const askedOfRoutine: readonly Template[] = [
  [
    "what time does",
    "{who} 每天/every 几点/time {do} {what?}",
    `${ask} (do|does) {who} {do} {what?} every/every day/every ?`,
  ],
  ["what time did", "{who} 昨天/before 几点/time {do} {what?}", `${ask} did {who} {do} {what?} yesterday/before ?`],
];
const toldOfRoutine: readonly Template[] = [
  ["at o'clock", "{who} {day} {hour} {do} {what?}", "{who} {do:present} {what?} at {hour} {day} ."],
  [
    "at o'clock usually",
    "{who} 通常/usually {hour} {do} {what?}",
    "{who} usually/usually {do:present} {what?} at {hour} .",
  ],
];

/** A day of the week before the hour would read as 三四点, "three or four o'clock". */
const everyDay = lexemes("每天 every day, 每个周末 every weekend");

/** 现在几点了, 北京现在几点, 现在三点半, 她每天七点起床. */
export function* clock(draw: Draw): Generator<Entry> {
  for (const template of whatTime) yield entry(template, ["几点", template[1]]);
  for (const name of called) for (const template of whatTimeCalled) yield about(template, name);
  for (const it of [...cityNames, ...countryNames]) for (const template of whatTimeIn) yield about(template, it);
  for (const time of times) {
    for (const template of timeIs) yield about(template, time);
    for (const city of draw.sample(cityNames, 4)) yield about(timeIsIn, city, { time });
  }
  for (const { verb, what, when } of routine) {
    const chinese = chineseOf(verb) + (what ? chineseOf(what) : "");
    const parts = { do: verb, what };
    const doers = (all: readonly Someone[]) => all.filter(({ kind }) => !/上/.test(chinese) || kind !== "profession");
    for (const someone of draw.sample(doers(asked), 10)) {
      for (const template of askedOfRoutine) yield does(template, someone, chinese, parts);
    }
    for (const someone of draw.sample(doers(tellers), 18)) {
      const hour = draw.pick(times.filter((time) => when.test(chineseOf(time))));
      const day = draw.pick(everyDay);
      yield does(draw.pick(toldOfRoutine), someone, chinese, { ...parts, hour, day }, [hour]);
    }
  }
}
