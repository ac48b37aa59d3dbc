/** Where things happen, where one goes, and what is where. */
import { compose, lexeme, type Phrase } from "../phrase.js";
import { entries } from "./table.js";

export interface Place {
  readonly chinese: string;
  /** 在图书馆 "at the library". */
  readonly at: Phrase;
  /** 图书馆 "to the library", for after 去; absent where one does not go. */
  readonly to: Phrase | undefined;
  /** 图书馆 "the library". */
  readonly name: Phrase;
}

/** One is there already, so one does not go there in order to do something. */
const indoors = new Set("家 厨房 客厅 卧室 房间 宿舍 办公室 教室 阳台 公司 火车上 飞机上".split(" "));

const places = new Map<string, Place>();

for (const [chinese, english] of entries(
  `家 at home, 学校 at school, 网上 online, 图书馆 at the library, 公园 in the park, 公司 at the company,
  办公室 in the office, 餐厅 at the restaurant, 咖啡馆 at the cafe, 茶馆 at the teahouse, 超市 at the supermarket,
  商店 at the store, 市场 at the market, 书店 at the bookstore, 商场 at the mall, 医院 at the hospital,
  药店 at the pharmacy, 银行 at the bank, 邮局 at the post office, 机场 at the airport, 火车站 at the train station,
  地铁站 at the subway station, 公共汽车站 at the bus stop, 酒店 at the hotel, 体育馆 at the gym,
  游泳池 at the swimming pool, 操场 on the playground, 教室 in the classroom, 食堂 at the cafeteria,
  厨房 in the kitchen, 客厅 in the living room, 卧室 in the bedroom, 房间 in the room, 花园 in the garden,
  博物馆 at the museum, 电影院 at the cinema, 动物园 at the zoo, 海边 at the seaside, 河边 by the river,
  湖边 by the lake, 宿舍 in the dormitory, 实验室 in the laboratory, 大学 at the university,
  音乐厅 at the concert hall, 剧院 at the theater, 火车上 on the train, 飞机上 on the plane, 阳台 on the balcony,
  广场 on the square, 酒吧 at the bar, 停车场 in the parking lot, 面包店 at the bakery, 水果店 at the fruit shop,
  花店 at the flower shop, 鞋店 at the shoe store, 农村 in the countryside, 森林 in the forest, 工厂 at the factory,
  派出所 at the police station, 寺庙 at the temple, 村子 in the village`,
)) {
  const [preposition, ...words] = english.split(" ");
  const noun = words.join(" ") || preposition!;
  const goes = words.length > 0 && !indoors.has(chinese);
  places.set(chinese, {
    chinese,
    at: words.length
      ? compose("在/at {name}", `${preposition}/at {name}`, { name: lexeme(chinese, noun) })
      : compose("在 {name}", "{name}", { name: lexeme(chinese, noun) }),
    to: goes ? compose("{name}", "to {name}", { name: lexeme(chinese, noun) }) : undefined,
    name: lexeme(chinese, noun === "school" ? "the school" : noun),
  });
}

export function isPlace(chinese: string): boolean {
  return places.has(chinese);
}

export function place(chinese: string): Place {
  const found = places.get(chinese);
  if (!found) throw new Error(`phrase book: ${chinese} is no place. Add it to lexicon/places.ts.`);
  return found;
}

/** Where people meet, in the order that directions name them. */
export const buildings: readonly Place[] =
  "学校 图书馆 公园 餐厅 咖啡馆 超市 书店 医院 药店 银行 邮局 火车站 地铁站 酒店 体育馆 博物馆 电影院 动物园 商场 面包店 派出所 市场 剧院"
    .split(" ")
    .map(place);

export const cities = entries(
  `北京 Beijing, 上海 Shanghai, 广州 Guangzhou, 深圳 Shenzhen, 成都 Chengdu, 西安 Xi'an, 杭州 Hangzhou, 南京 Nanjing,
  苏州 Suzhou, 天津 Tianjin, 重庆 Chongqing, 武汉 Wuhan, 香港 Hong Kong, 昆明 Kunming, 大连 Dalian, 青岛 Qingdao,
  哈尔滨 Harbin, 桂林 Guilin, 厦门 Xiamen, 伦敦 London, 巴黎 Paris, 纽约 New York, 东京 Tokyo`,
);

export const countries = entries(
  `中国 China, 美国 the United States, 英国 Britain, 法国 France, 德国 Germany, 日本 Japan, 韩国 Korea, 俄罗斯 Russia,
  加拿大 Canada, 澳大利亚 Australia, 意大利 Italy, 西班牙 Spain, 印度 India, 泰国 Thailand, 巴西 Brazil, 埃及 Egypt`,
);

export const nationalities = entries(
  "中国人 Chinese, 美国人 American, 英国人 British, 法国人 French, 德国人 German, 日本人 Japanese, 韩国人 Korean, 加拿大人 Canadian",
);

/** Words after a noun that say where: 桌子上 "on the table". */
export const sides = entries("旁边 next to, 对面 across from, 后面 behind, 前面 in front of, 附近 near");

export const cityNames: readonly Phrase[] = cities.map(([chinese, english]) => lexeme(chinese, english));
export const countryNames: readonly Phrase[] = countries.map(([chinese, english]) => lexeme(chinese, english));
