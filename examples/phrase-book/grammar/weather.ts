/** The weather. */
import { cityNames, countryNames } from "../lexicon/places.js";
import { weatherQualities } from "../lexicon/qualities.js";
import { lexemes } from "../lexicon/table.js";
import * as times from "../lexicon/times.js";
import { lexeme } from "../phrase.js";
import { drawDegree } from "./degrees.js";
import { about, chineseOf, type Draw, type Entry } from "./entry.js";

/** The weather that a season may have, and the cities that see no snow. */
const usual = /春天(?:暖和|潮湿)|夏天(?:热|潮湿|凉快)|秋天(?:凉快|干燥)|冬天(?:冷|干燥)/;

const snowless = /广州|深圳|香港|厦门/;

/** 今天天气很好, 北京明天会下雨吗, 外面正在下雪, 今天比昨天冷. */
export function* weather(draw: Draw): Generator<Entry> {
  const falling: readonly (readonly [chinese: string, forms: Record<string, string> & { plain: string }])[] = [
    ["下雨", { plain: "rain", ing: "raining", past: "rained", third: "rains" }],
    ["下雪", { plain: "snow", ing: "snowing", past: "snowed", third: "snows" }],
  ];
  const near = (all: readonly times.Time[]) => all.filter(({ reach }) => reach !== "long").map(({ phrase }) => phrase);
  const sky = lexeme("天气", "the weather");
  for (const [chinese, forms] of falling) {
    const it = lexeme(chinese, forms);
    yield about(["falls now", "外面/outside 正在/be {it}", "it is/be {it:ing} outside/outside ."], it);
    yield about(["falls now", "外面/outside 正在/be {it} 吗", "is/be it {it:ing} outside/outside ?"], it);
    for (const when of near(times.future)) {
      yield about(["will fall", "{when} 会/will {it}", "it will/will {it} {when} ."], it, { when });
      yield about(["will fall", "{when} 不会/not {it}", "it won't/not {it} {when} ."], it, { when });
      yield about(["will fall asked", "{when} 会/will {it} 吗", "will/will it {it} {when} ?"], it, { when });
    }
    // 前天 and 星期天 before 下 would read as 天下.
    const days = times.past.filter(({ phrase }) => !/前天|星期天/.test(chineseOf(phrase)));
    for (const when of near(days)) {
      yield about(["fell", "{when} {it} 了", "it {it:past} {when} ."], it, { when });
      yield about(["fell", "{when} 没/not {it}", "it didn't/not {it} {when} ."], it, { when });
      yield about(["fell asked", "{when} {it} 了 吗", "did it {it} {when} ?"], it, { when });
    }
    for (const city of cityNames) {
      if (chinese === "下雪" && snowless.test(chineseOf(city))) continue;
      const when = draw.pick(near(times.future));
      const then = draw.pick(near(days));
      const parts = { city, when };
      yield about(["falls now in", "{city} 正在/be {it}", "it is/be {it:ing} in {city} ."], it, { city });
      yield about(["will fall in", "{city} {when} 会/will {it}", "it will/will {it} in {city} {when} ."], it, parts);
      yield about(
        ["will fall in asked", "{city} {when} 会/will {it} 吗", "will/will it {it} in {city} {when} ?"],
        it,
        parts,
      );
      yield about(["fell in", "{city} {when} {it} 了", "it {it:past} in {city} {when} ."], it, { city, when: then });
    }
  }
  for (const it of weatherQualities) {
    for (const when of lexemes("今天 today, 现在 now, 这里 here, 外面 outside")) {
      yield about(["weather is", "{when} {degree} {it}", "it is {degree} {it} {when} ."], it, {
        when,
        degree: drawDegree(draw, it),
      });
      yield about(["weather is not", "{when} 不/not {it}", "it is not/not {it} {when} ."], it, { when });
      yield about(["weather is asked", "{when} {it} 吗", "is it {it} {when} ?"], it, { when });
    }
    for (const city of draw.sample(cityNames, 14)) {
      const degree = drawDegree(draw, it);
      yield about(
        ["weather is in", "{city} 今天/today {degree} {it}", "it is {degree} {it} in {city} today/today ."],
        it,
        { city, degree },
      );
      const season = draw.pick(times.seasons.map(([chinese, english]) => lexeme(chinese, english)));
      if (usual.test(chineseOf(season) + chineseOf(it))) {
        yield about(
          ["season is", "{city} 的/of {season} {degree} {it}", "{season} in/of {city} is {degree} {it} ."],
          it,
          { city, season, degree },
        );
      }
    }
    yield about(
      ["today is more", "今天/today 比/than 昨天/then {it}", "today/today is {it:more} than/than yesterday/then ."],
      it,
    );
    for (const city of draw.sample(cityNames, 8)) {
      const other = draw.pick(cityNames.filter((each) => each !== city));
      const parts = { city, other };
      yield about(
        ["city is more", "{city} 比/than {other} {it}", "{city} is {it:more} than/than {other} ."],
        it,
        parts,
      );
    }
    yield about(
      ["today is not so", "今天/today 没有/not 昨天/then {it}", "today/today is not/not as {it} as yesterday/then ."],
      it,
    );
  }
  for (const city of [...cityNames, ...countryNames]) {
    yield about(["weather how", "{it} 的/of {sky} 怎么样/how", "how/how is {sky} in/of {it} ?"], city, { sky });
    yield about(
      ["weather how today", "{it} 今天/today {sky} 怎么样/how", "how/how is {sky} in {it} today/today ?"],
      city,
      { sky },
    );
    yield about(
      ["weather good", "{it} 的/of {sky} 很/very 好/good", "{sky} in/of {it} is very/very good/good ."],
      city,
      {
        sky,
      },
    );
  }
  yield about(["weather how today", "今天/today {it} 怎么样/how", "how/how is {it} today/today ?"], sky);
  yield about(
    ["weather good today", "今天/today {it} 很/very 好/good", "{it} is very/very good/good today/today ."],
    sky,
  );
  yield about(["weather good today", "今天/today {it} 不/not 好/good", "{it} is not/not good/good today/today ."], sky);
  yield about(
    ["weather good today", "昨天/then {it} 很/very 好/good", "{it} was very/very good/good yesterday/then ."],
    sky,
  );
}
