/** What conversations are filled with: times, places, people, things and numbers, in Chinese and English. */

/** Something that can be said in either language; `value` where one reckons with it. */
export interface Slot {
  readonly zh: string;
  readonly en: string;
  readonly value: number;
  readonly [attribute: string]: string | number;
}

/** "三点 three" or, with more attributes, "咖啡 coffee 杯"; "_" is a space inside a word. */
function slots(text: string, attributes: readonly string[] = []): readonly Slot[] {
  return text.split(",").map((row, value) => {
    const [zh, en, ...rest] = row
      .trim()
      .split(" ")
      .map((word) => word.replaceAll("_", " "));
    const extra = Object.fromEntries(attributes.map((name, i) => [name, rest[i]!]));
    return { zh: zh!, en: en!, value, ...extra };
  });
}

const digits = "零一二三四五六七八九";

/** 7 → 七, 12 → 十二, 40 → 四十. */
export function numeral(value: number): string {
  const [tens, ones] = [Math.floor(value / 10), value % 10];
  if (tens === 0) return digits[ones]!;
  return `${tens > 1 ? digits[tens] : ""}十${ones > 0 ? digits[ones] : ""}`;
}

/** A number before a measure word: 两杯, 两个小时. */
export function counted(value: number): string {
  return value === 2 ? "两" : numeral(value);
}

const numbersInEnglish = "zero one two three four five six seven eight nine ten eleven twelve".split(" ");

export function hour(value: number): Slot {
  return { zh: `${counted(value)}点`, en: numbersInEnglish[value]!, value };
}

export function count(value: number): Slot {
  return { zh: counted(value), en: numbersInEnglish[value]!, value };
}

export function number(value: number): Slot {
  return { zh: numeral(value), en: String(value), value };
}

const range = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, i) => first + i);

export const hours = range(1, 12).map(hour);
export const fewHours = range(1, 3).map(count);
export const counts = range(2, 6).map(count);
export const prices = range(2, 10).map(count);
export const ages = range(6, 20).map(number);
export const yearsMore = range(2, 6).map(count);

export const weekdays = slots(
  "星期一 Monday, 星期二 Tuesday, 星期三 Wednesday, 星期四 Thursday, 星期五 Friday, 星期六 Saturday, 星期天 Sunday",
);
export const days = slots(
  "今天 today, 明天 tomorrow, 后天 the_day_after_tomorrow, 星期六 on_Saturday, 下个星期一 next_Monday",
);

export const cities = slots(
  `北京 Beijing, 上海 Shanghai, 广州 Guangzhou, 西安 Xi'an, 杭州 Hangzhou, 成都 Chengdu, 南京 Nanjing, 昆明 Kunming, 大连 Dalian,
  青岛 Qingdao, 桂林 Guilin, 伦敦 London, 巴黎 Paris, 东京 Tokyo, 纽约 New_York`,
);

export const places = slots(
  `图书馆 library, 咖啡馆 cafe, 公园 park, 学校 school, 火车站 station, 电影院 cinema, 博物馆 museum, 餐厅 restaurant, 书店 bookstore,
  体育馆 gym, 机场 airport, 办公室 office, 超市 supermarket, 酒店 hotel`,
);

export const activities = slots(
  `喝咖啡 drink_coffee, 打篮球 play_basketball, 看电影 watch_movies, 学习 study, 唱歌 sing, 跳舞 dance, 游泳 swim, 爬山 climb_mountains,
  画画 paint, 钓鱼 fish, 下棋 play_chess, 跑步 run, 听音乐 listen_to_music, 看书 read, 做饭 cook, 骑自行车 ride_a_bike`,
);

export const meetings = slots(
  "开会 a_meeting, 上课 a_class, 吃饭 dinner, 见朋友 a_date, 面试 an_interview, 排练 a_rehearsal, 拍照 a_photo_shoot",
);
export const events = slots(
  "会议 meeting, 电影 movie, 比赛 game, 音乐会 concert, 晚会 party, 考试 exam, 婚礼 wedding, 讲座 lecture",
);

export const names = slots(
  `小明 Tom, 丽丽 Lily, 大卫 David, 安娜 Anna, 小红 Rose, 玛丽 Mary, 建国 Jack, 志强 Peter, 美玲 Emma, 海燕 Grace, 文静 Lucy, 国华 Henry`,
);

export const kin = slots(
  "哥哥 brother 他, 姐姐 sister 她, 爸爸 father 他, 妈妈 mother 她, 叔叔 uncle 他, 阿姨 aunt 她, 朋友 friend 他, 同学 classmate 他",
  ["he"],
);
export const elders = slots("哥哥 brother, 姐姐 sister, 表哥 cousin, 表姐 cousin");
export const jobs = slots(
  "老师 teacher, 医生 doctor, 司机 driver, 厨师 cook, 律师 lawyer, 记者 reporter, 护士 nurse, 画家 painter",
);

export const goods = slots(
  `咖啡 coffee 杯, 茶 tea 杯, 牛奶 milk 瓶, 果汁 juice 瓶, 啤酒 beer 瓶, 米饭 rice 碗, 面条 noodles 碗, 饺子 dumplings 盘, 蛋糕 cake 块,
  面包 bread 块, 苹果 apples 斤, 鸡蛋 eggs 斤, 冰淇淋 ice_cream 个, 汉堡包 burgers 个`,
  ["measure"],
);

export const belongings = slots(
  "钥匙 keys, 手机 phone, 钱包 wallet, 雨伞 umbrella, 眼镜 glasses, 护照 passport, 词典 dictionary, 帽子 hat, 手套 gloves, 相机 camera",
);
export const spots = slots(
  `桌子上 on_the_table, 抽屉里 in_the_drawer, 书包里 in_the_bag, 床下面 under_the_bed, 门后面 behind_the_door, 沙发上 on_the_sofa,
  书架上 on_the_shelf, 车里 in_the_car, 箱子里 in_the_box, 窗台上 by_the_window`,
);

export const tickets = slots("火车票 train_ticket, 飞机票 plane_ticket, 汽车票 bus_ticket");
export const skies = slots(
  "会下雨 rainy 带雨伞 an_umbrella, 会下雪 snowy 穿大衣 a_coat, 很热 hot 戴帽子 a_hat, 很冷 cold 戴手套 gloves, 会刮风 windy 围围巾 a_scarf",
  ["zhTake", "enTake"],
);
