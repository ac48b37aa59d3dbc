/** The weather. */

import type { Draw } from "../../made-data/draw.js";
import { verbForms } from "../english.js";
import { cityNames, countryNames } from "../lexicon/places.js";
import { weatherQualities } from "../lexicon/qualities.js";
import { lexemes } from "../lexicon/table.js";
import { future, past, seasons, type Time } from "../lexicon/times.js";
import { lexeme } from "../phrase.js";
import { drawDegree } from "./degrees.js";
import { about, chineseOf, type Entry, type Template } from "./entry.js";

const near = (times: readonly Time[]) => times.filter(({ reach }) => reach !== "long").map(({ phrase }) => phrase);
const nearFuture = near(future);
/** Without 前天 and 星期天, which before 下 would read as 天下. */
const nearPast = near(past).filter((day) => !/前天|星期天/.test(chineseOf(day)));

const fallsNow: readonly Template[] = [
  ["falls now", "外面/outside 正在/be {it}", "it is/be {it:ing} outside/outside ."],
  ["falls now asked", "外面/outside 正在/be {it} 吗", "is/be it {it:ing} outside/outside ?"],
];
const willFall: readonly Template[] = [
  ["will fall", "{when} 会/will {it}", "it will/will {it} {when} ."],
  ["won't fall", "{when} 不会/not {it}", "it won't/not {it} {when} ."],
  ["will fall asked", "{when} 会/will {it} 吗", "will/will it {it} {when} ?"],
];
const fell: readonly Template[] = [
  ["fell", "{when} {it} 了", "it {it:past} {when} ."],
  ["fell not", "{when} 没/not {it}", "it didn't/not {it} {when} ."],
  ["fell asked", "{when} {it} 了 吗", "did it {it} {when} ?"],
];
const fallsIn: readonly Template[] = [
  ["falls now in", "{city} 正在/be {it}", "it is/be {it:ing} in {city} ."],
  ["will fall in", "{city} {later} 会/will {it}", "it will/will {it} in {city} {later} ."],
  ["will fall in asked", "{city} {later} 会/will {it} 吗", "will/will it {it} in {city} {later} ?"],
  ["fell in", "{city} {before} {it} 了", "it {it:past} in {city} {before} ."],
];
const snowless = /广州|深圳|香港|厦门/;

/** 外面正在下雪, 北京明天会下雨吗. */
function* rainAndSnow(draw: Draw): Generator<Entry> {
  for (const it of [lexeme("下雨", verbForms("rain")), lexeme("下雪", verbForms("snow"))]) {
    for (const template of fallsNow) yield about(template, it);
    for (const when of nearFuture) for (const template of willFall) yield about(template, it, { when });
    for (const when of nearPast) for (const template of fell) yield about(template, it, { when });
    for (const city of cityNames) {
      if (chineseOf(it) === "下雪" && snowless.test(chineseOf(city))) continue;
      const parts = { city, later: draw.pick(nearFuture), before: draw.pick(nearPast) };
      for (const template of fallsIn) yield about(template, it, parts);
    }
  }
}

const warmthThere: readonly Template[] = [
  ["weather is", "{there} {degree} {it}", "it is {degree} {it} {there} ."],
  ["weather is not", "{there} 不/not {it}", "it is not/not {it} {there} ."],
  ["weather is asked", "{there} {it} 吗", "is it {it} {there} ?"],
];
const warmthCompared: readonly Template[] = [
  ["today is more", "今天/today 比/than 昨天/before {it}", "today/today is {it:more} than/than yesterday/before ."],
  ["today is not so", "今天/today 没有/not 昨天/before {it}", "today/today is not/not as {it} as yesterday/before ."],
];
const warmthIn: Template = [
  "weather is in",
  "{city} 今天/today {degree} {it}",
  "it is {degree} {it} in {city} today/today .",
];
const seasonIs: Template = [
  "season is",
  "{city} 的/of {season} {degree} {it}",
  "{season} in/of {city} is {degree} {it} .",
];
const cityIsMore: Template = ["city is more", "{city} 比/than {other} {it}", "{city} is {it:more} than/than {other} ."];

/** What the weather may be like in a season. */
const usual = /春天(?:暖和|潮湿)|夏天(?:热|潮湿|凉快)|秋天(?:凉快|干燥)|冬天(?:冷|干燥)/;

/** 今天很热, 今天比昨天冷, 北京的冬天很冷. */
function* warmth(draw: Draw): Generator<Entry> {
  for (const it of weatherQualities) {
    for (const there of lexemes("今天 today, 现在 now, 这里 here, 外面 outside")) {
      for (const template of warmthThere) yield about(template, it, { there, degree: drawDegree(draw, it) });
    }
    for (const template of warmthCompared) yield about(template, it);
    for (const city of draw.sample(cityNames, 14)) {
      const [chinese, english] = draw.pick(seasons);
      const parts = { city, degree: drawDegree(draw, it), season: lexeme(chinese, english) };
      yield about(warmthIn, it, parts);
      if (usual.test(chinese + chineseOf(it))) yield about(seasonIs, it, parts);
    }
    for (const city of draw.sample(cityNames, 8)) {
      yield about(cityIsMore, it, { city, other: draw.pick(cityNames.filter((other) => other !== city)) });
    }
  }
}

const sky = lexeme("天气", "the weather");
const skyOver: readonly Template[] = [
  ["sky how in", "{city} 的/of {it} 怎么样/how", "how/how is {it} in/of {city} ?"],
  ["sky how in today", "{city} 今天/today {it} 怎么样/how", "how/how is {it} in {city} today/today ?"],
  ["sky good in", "{city} 的/of {it} 很/very 好/good", "{it} in/of {city} is very/very good/good ."],
];
const skyToday: readonly Template[] = [
  ["sky how", "今天/today {it} 怎么样/how", "how/how is {it} today/today ?"],
  ["sky good", "今天/today {it} 很/very 好/good", "{it} is very/very good/good today/today ."],
  ["sky not good", "今天/today {it} 不/not 好/good", "{it} is not/not good/good today/today ."],
  ["sky was good", "昨天/before {it} 很/very 好/good", "{it} was very/very good/good yesterday/before ."],
];

/** 今天天气很好, 北京明天会下雨吗, 今天比昨天冷. */
export function* weather(draw: Draw): Generator<Entry> {
  yield* rainAndSnow(draw);
  yield* warmth(draw);
  for (const city of [...cityNames, ...countryNames]) {
    for (const template of skyOver) yield about(template, sky, { city });
  }
  for (const template of skyToday) yield about(template, sky);
}
