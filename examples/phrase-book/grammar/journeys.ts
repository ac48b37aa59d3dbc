/** Welcomes, journeys and directions. */

import type { Draw } from "../../made-data/draw.js";
import { asked, family, names, pronouns, tellers } from "../lexicon/people.js";
import { buildings, cityNames, countryNames, type Place, place } from "../lexicon/places.js";
import { lexemes } from "../lexicon/table.js";
import * as times from "../lexicon/times.js";
import { compose, type Phrase } from "../phrase.js";
import { about, chineseOf, does, type Entry, type Template } from "./entry.js";

const vehicles = lexemes(
  `坐火车 by train, 坐飞机 by plane, 开车 by car, 坐公共汽车 by bus, 坐地铁 by subway, 骑自行车 by bicycle,
  走路 on foot`,
);
const someYears = lexemes("两 two, 三 three, 四 four, 五 five, 六 six, 八 eight, 十 ten");

/** Long enough ago or ahead for a journey. */
const journeyPast = times.past.filter(({ dayPart, phrase }) => !dayPart && chineseOf(phrase) !== "刚才");
const journeyFuture = times.future.filter(({ dayPart }) => !dayPart);
const errandPast = times.past.filter(({ reach }) => reach !== "long");

/** 欢迎来北京 "Welcome to Beijing." */
export function* welcomes(): Generator<Entry> {
  for (const it of [...cityNames, ...countryNames, ...buildings.map(({ name }) => name)]) {
    yield about(["welcome", "欢迎/welcome 来/to {it}", "welcome/welcome to/to {it} ."], it);
  }
  const ours = lexemes(
    "公司 company, 村子 village, 大学 university, 家 home, 学校 school, 城市 city, 宿舍 dormitory, 工厂 factory",
  );
  for (const it of ours) {
    yield about(["welcome ours", "欢迎/welcome 来/to 我们/our {it}", "welcome/welcome to/to our/our {it} ."], it);
  }
}

/** What is told of people and far places, for how many people each. */
const toldOfTravel: readonly (readonly [count: number, template: Template])[] = [
  [3, ["has been", "{who} 去/be 过/have {it}", "{who} (have|has)/have been/be to {it} ."]],
  [2, ["has never been", "{who} 没/never 去/be 过/have {it}", "{who} (have|has)/have never/never been/be to {it} ."]],
  [2, ["wants to go", "{who} 想/want 去/go {it}", "{who} (want|wants)/want to go/go to {it} ."]],
  [2, ["went", "{who} {before} 去/go {it} 了", "{who} went/go to {it} {before} ."]],
  [3, ["is going", "{who} {later} 要/be 去/go {it}", "{who} (am|is|are)/be going/go to {it} {later} ."]],
];
const askedOfTravel: readonly (readonly [count: number, template: Template])[] = [
  [2, ["has been asked", "{who} 去/be 过/have {it} 吗", "(have|has)/have {who} ever been/be to {it} ?"]],
  [2, ["when goes", "{who} 什么时候/when 去/go {it}", "when/when will {who} go/go to {it} ?"]],
  [2, ["wants to go asked", "{who} 想/want 去/go {it} 吗", "(do|does) {who} want/want to go/go to {it} ?"]],
];
const toldOfLiving: readonly Template[] = [
  ["lives", "{who} 住/live 在/in {it}", "{who} (live|lives)/live in/in {it} ."],
  [
    "lived for",
    "{who} 在/in {it} 住/live 了 {years} 年/years",
    "{who} lived/live in/in {it} for {years} years/years .",
  ],
];
const distances: readonly Template[] = [
  ["how far", "从/from {it} 到/to {to} 有 多远/far", "how/far far/far is it from/from {it} to/to {to} ?"],
  [
    "how long",
    "从/from {it} 到/to {to} 要/take 多久/long",
    "how/long long/long does it take/take from/from {it} to/to {to} ?",
  ],
];

/** 我去过上海, 他住在广州, 从北京到上海有多远. */
export function* journeys(draw: Draw): Generator<Entry> {
  for (const it of [...cityNames, ...countryNames]) {
    const isCity = cityNames.includes(it);
    const parts = () => ({
      it,
      before: draw.pick(journeyPast).phrase,
      later: draw.pick(journeyFuture).phrase,
      years: draw.pick(someYears),
      by: draw.pick(vehicles.slice(0, 3)),
    });
    for (const [people, rows] of [
      [tellers, toldOfTravel],
      [asked, askedOfTravel],
    ] as const) {
      for (const [count, template] of rows) {
        for (const someone of draw.sample(people, count)) yield does(template, someone, "去", parts(), [it]);
      }
    }
    for (const someone of draw.sample(tellers, 3)) {
      for (const template of toldOfLiving) yield does(template, someone, "住", parts(), [it]);
      if (isCity) continue;
      const template: Template = ["comes from", "{who} 来自/from {it}", "{who} (come|comes)/from from/from {it} ."];
      yield does(template, someone, "来自", parts(), [it]);
    }
    for (const someone of draw.sample(asked, 2)) {
      const template: Template = [
        "lives asked",
        "{who} 住/live 在/in {it} 吗",
        "(do|does) {who} live/live in/in {it} ?",
      ];
      yield does(template, someone, "住", parts(), [it]);
    }
    if (!isCity) continue;
    const to = draw.pick(cityNames.filter((other) => other !== it));
    for (const template of distances) yield about(template, it, { to });
    for (const someone of draw.sample(tellers, 2)) {
      const template: Template = [
        "goes by",
        "{who} {later} 要/be {by} 去/go {it}",
        "{who} (am|is|are)/be going/go to {it} {by} {later} .",
      ];
      yield does(template, someone, "去", parts(), [it]);
    }
  }
}

const askedOfPeople: readonly (readonly [share: number, verb: string, template: Template])[] = [
  [1, "住", ["lives where", "{who} 住/live 在 哪里/where", "where/where (do|does) {who} live/live ?"]],
  [
    0.5,
    "来自",
    ["comes from where", "{who} 来自/from 哪里/where", "where/where (do|does) {who} come/from from/from ?"],
  ],
  [0.5, "工作", ["works where", "{who} 在 哪里/where 工作/work", "where/where (do|does) {who} work/work ?"]],
];
const askedOfPlaces: readonly Template[] = [
  ["how to get", "去/get {it} 怎么/how 走", "how/how do I get/get to {it} ?"],
  [
    "how to get please",
    "请问/excuse 去/get {it} 怎么/how 走",
    "excuse/excuse me/excuse , how/how do I get/get to {it} ?",
  ],
  ["where is place", "{it} 在 哪里/where", "where/where is {it} ?"],
  ["where is place please", "请问/excuse {it} 在 哪里/where", "excuse/excuse me/excuse , where/where is {it} ?"],
  ["is far", "{it} 离 这里/here 远/far 吗", "is {it} far/far from here/here ?"],
  ["is close", "{it} 离 这里/here 很/very 近/close", "{it} is very/very close/close to here/here ."],
  ["knows where", "你/you 知道/know {it} 在 哪里/where 吗", "do you/you know/know where/where {it} is ?"],
  ["knows not where", "我/I 不/not 知道/know {it} 在 哪里/where", "I/I don't/not know/know where/where {it} is ."],
];
const goesByEveryDay: Template = [
  "goes by every day",
  "{who} 每天/every {by} 去/go {goal}",
  "{who} (go|goes)/go {goal} {by} every/every day/every .",
];
const homeIsFar: Template = [
  "home is far",
  "{who} 家/home 离/from {it} 很/very 远/far",
  "{who:their} home/home is very/very far/far from/from {it} .",
];
const askedOfErrands: readonly Template[] = [
  ["how goes", "{who} 怎么/how 去/go {goal}", "how/how (do|does) {who} go/go {goal} ?"],
  ["went asked", "{who} {before} 去/go {goal} 了 吗", "did {who} go/go {goal} {before} ?"],
];
const toldOfErrands: readonly (readonly [verb: string, template: Template])[] = [
  ["去", ["went", "{who} {before} 去/go {goal} 了", "{who} went/go {goal} {before} ."]],
  ["在", ["is at", "{who} 现在/now {at}", "{who} (am|is|are) {at} now/now ."]],
];

/** 图书馆 "to the library", also of what one does not go to in order to do something. */
function goalOf({ to, name }: Place): Phrase {
  return to ?? compose("{it}", "to {it}", { it: name });
}

/** 去火车站怎么走, 你怎么去学校, 我家离公园很远. */
export function* directions(draw: Draw): Generator<Entry> {
  for (const someone of asked) {
    for (const [share, verb, template] of askedOfPeople) {
      if (draw.chance(share)) yield does(template, someone, verb, {}, []);
    }
  }
  const speakers = Object.values(pronouns).filter(({ role }) => role !== "listener");
  for (const destination of [...buildings, place("公司"), place("大学"), place("机场"), place("海边")]) {
    const { name: it, at } = destination;
    const goal = goalOf(destination);
    const parts = () => ({ it, at, goal, by: draw.pick(vehicles.slice(2)), before: draw.pick(errandPast).phrase });
    for (const template of askedOfPlaces) yield about(template, it);
    for (const someone of draw.sample(tellers, 4)) yield does(goesByEveryDay, someone, "去", parts(), [it]);
    for (const { phrase } of draw.sample(speakers, 3)) yield about(homeIsFar, it, { who: phrase });
    for (const someone of draw.sample(asked, 3)) {
      for (const template of askedOfErrands) yield does(template, someone, "去", parts(), [it]);
    }
    for (const someone of draw.sample([...speakers, ...names, ...family.slice(0, 6)], 5)) {
      for (const [verb, template] of toldOfErrands) yield does(template, someone, verb, parts(), [it]);
    }
  }
}
