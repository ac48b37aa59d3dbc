/** What people do: a verb, the objects it takes, the places it happens at and the sentences it makes sense in. */
import { type VerbForms, verbForms } from "../english.js";
import { type Place, place } from "./places.js";
import { bareAs, type Noun, only, things } from "./things.js";

/**
 * habit: done again and again ("drinks tea every day"); skill: one can or cannot ("can swim"); tried: worth having done
 * ("has eaten roast duck"); duty: a task ("must review math"); good: one should do it often; soon: awaited, so already or
 * not yet done ("hasn't eaten dinner yet"); large: fits weeks and years ("last month"); counted: takes numbers ("three cups
 * of tea"); mutual: done together; liked: a pleasure or a dislike; lasting: how things are rather than what happens once;
 * brief: too small a thing to be remembered or planned beyond a day.
 */
export type Trait =
  | "habit"
  | "skill"
  | "tried"
  | "duty"
  | "good"
  | "soon"
  | "large"
  | "counted"
  | "mutual"
  | "liked"
  | "lasting"
  | "brief";

export interface Activity {
  readonly verb: string;
  readonly english: VerbForms;
  readonly object: Noun | undefined;
  readonly places: readonly Place[];
  readonly traits: ReadonlySet<Trait>;
}

export const activities: Activity[] = [];

/** `verb` is "喝 drink drank drunk": the Chinese, then plain, past and done, "_" for the space inside an English verb. */
function doing(verb: string, objects: readonly Noun[] | undefined, places: string, traits: string): void {
  const [chinese, ...english] = verb.split(" ").map((part) => part.replaceAll("_", " "));
  const [plain, past, done] = english;
  for (const object of objects ?? [undefined]) {
    activities.push({
      verb: chinese!,
      english: verbForms(plain!, past, done),
      object,
      places: places ? places.split(" ").map(place) : [],
      traits: new Set(traits.split(" ") as Trait[]),
    });
  }
}

// Eating and drinking
doing("吃 eat ate eaten", things.meals, "家 餐厅 食堂 酒店", "habit soon mutual good");
doing("吃 eat ate eaten", things.rice, "家 餐厅 食堂", "habit liked mutual counted brief");
doing("吃 eat ate eaten", things.dumplings, "家 食堂 餐厅", "habit tried liked mutual counted brief");
doing("吃 eat ate eaten", things.bread, "家 餐厅 厨房", "habit liked counted brief");
doing("吃 eat ate eaten", things.meat, "家 餐厅 酒店", "tried liked mutual brief");
doing("吃 eat ate eaten", things.sweets, "家 办公室 客厅 宿舍", "habit liked brief");
doing("吃 eat ate eaten", things.fruit, "家 办公室 厨房 宿舍", "habit liked counted brief good");
doing("吃 eat ate eaten", things.fruitInGeneral, "家 食堂 宿舍", "habit liked brief good");
doing("喝 drink drank drunk", things.hotDrinks, "家 办公室 餐厅 客厅", "habit liked counted brief");
doing("喝 drink drank drunk", only(things.hotDrinks, "茶 绿茶 红茶"), "茶馆 花园", "habit liked mutual counted brief");
doing("喝 drink drank drunk", only(things.hotDrinks, "咖啡"), "咖啡馆 公司 机场", "habit liked mutual counted brief");
doing("喝 drink drank drunk", things.coldDrinks, "家 教室 食堂 火车上", "habit liked counted brief good");
doing("喝 drink drank drunk", things.alcohol, "酒吧 餐厅 家", "liked mutual tried counted brief");
doing(
  "做 make made",
  [...things.meals, ...things.dumplings.slice(0, 3), ...only(things.bread, "蛋糕 面包")],
  "家 厨房",
  "skill liked mutual habit",
);
doing(
  "点 order ordered",
  [...things.meat.slice(2), ...things.hotDrinks.slice(0, 4), ...only(things.rice, "米饭 沙拉")],
  "餐厅",
  "soon brief",
);

// Shopping
doing("买 buy bought", [...things.fruit, ...things.vegetables], "超市 市场", "counted mutual brief");
doing("买 buy bought", things.fruitInGeneral, "超市 水果店 市场", "habit mutual brief good");
doing("买 buy bought", [...things.bread.slice(0, 3), ...things.sweets], "超市 面包店", "counted soon brief");
doing("买 buy bought", [...things.coldDrinks, ...things.alcohol], "超市 商店", "counted brief");
doing("买 buy bought", [...things.books, ...things.newspapers.slice(0, 1)], "书店 网上", "counted liked");
doing(
  "买 buy bought",
  [...things.tops, ...things.clothes, ...things.skirts, ...things.trousers, ...things.glasses, ...things.hats],
  "商场 商店 网上",
  "counted liked mutual",
);
doing("买 buy bought", things.shoes.slice(0, 3), "鞋店 商场 网上", "counted liked");
doing("买 buy bought", [...things.phones, ...things.watches, ...things.machines], "商场 网上", "large soon counted");
doing(
  "买 buy bought",
  [...things.furniture, ...things.lamps, ...things.vehicles.slice(0, 3)],
  "商场 网上",
  "large counted",
);
doing(
  "买 buy bought",
  [...things.pens, ...things.small, ...things.umbrellas.slice(0, 3), ...things.cases, ...things.toys],
  "商店 超市",
  "counted",
);
doing("买 buy bought", things.flowers, "花店 市场", "counted liked");
doing("买 buy bought", things.medicine, "药店 医院", "soon duty counted brief");
doing("买 buy bought", things.tickets.slice(0, 4), "网上", "soon counted duty");
doing("买 buy bought", only(things.tickets, "火车票"), "火车站", "soon counted duty");
doing("买 buy bought", only(things.tickets, "飞机票"), "机场", "soon counted duty");
doing("买 buy bought", only(things.tickets, "电影票"), "电影院", "soon counted");
doing("卖 sell sold", [...things.fruit, ...things.fruitInGeneral], "市场 水果店", "habit lasting");
doing(
  "卖 sell sold",
  bareAs("many", [...things.flowers, ...things.books, ...things.toys]),
  "市场 商店 网上",
  "habit lasting",
);
doing("卖 sell sold", [...things.clothes, ...things.shoes], "市场 商店 网上", "habit lasting");

// Reading, watching, listening, writing
doing("看 read read", only(things.books, "小说 杂志 故事书"), "家 图书馆 咖啡馆 公园 宿舍 房间", "habit liked counted");
doing("看 read read", only(things.books, "书 课本"), "家 图书馆 学校 宿舍 房间", "habit liked counted good");
doing("看 read read", things.newspapers, "家 办公室 咖啡馆 火车上 客厅", "habit liked");
doing("看 watch", things.films, "家 客厅 宿舍 飞机上", "habit liked counted mutual");
doing("看 watch", only(things.films, "电影"), "电影院", "liked counted mutual");
doing("看 watch", [...things.games, ...things.shows], "家 客厅 宿舍 酒店", "habit liked mutual");
doing("看 watch", things.opera, "剧院", "liked tried mutual");
doing(
  "听 listen_to",
  [...things.songs, ...only(things.subjects, "音乐")],
  "家 房间 公园 火车上 音乐厅",
  "habit liked mutual brief",
);
doing(
  "听 listen_to",
  [...only(things.stories, "故事"), ...only(things.shows, "新闻")],
  "家 教室 客厅",
  "liked habit brief",
);
doing(
  "写 write wrote written",
  [...things.letters, ...things.writings],
  "家 办公室 图书馆 教室 宿舍",
  "habit liked soon counted",
);
doing("写 write wrote written", only(things.newspapers, "报告"), "公司 办公室 大学", "duty soon counted");
doing("写 write wrote written", only(things.books, "小说 故事书"), "家", "liked tried counted large");
doing(
  "画 draw drew drawn",
  [...things.animals, ...things.horses, ...things.bigAnimals.slice(0, 2), ...things.trees, ...things.flowers],
  "家 公园 教室 花园 动物园",
  "liked skill counted",
);
doing("讲 tell told", things.stories, "家 教室 客厅", "liked skill counted brief");
doing("唱 sing sang sung", things.songs.slice(1), "家 教室 酒吧 音乐厅", "liked skill mutual counted brief");

// Study and work
doing(
  "学 study",
  [...things.languages, ...things.subjects],
  "学校 大学 家 图书馆",
  "liked large duty mutual habit tried good",
);
doing(
  "教 teach taught",
  [...things.languages, ...things.subjects, ...things.arts.slice(0, 2)],
  "学校 大学",
  "liked large",
);
doing("说 speak spoke spoken", things.languages, "家 学校 公司", "skill liked habit");
doing(
  "练习 practice",
  [...things.arts, ...things.instruments, ...things.languages.slice(0, 3)],
  "家 学校 公园",
  "habit duty liked mutual large good",
);
doing(
  "复习 review",
  [...things.subjects.slice(0, 8), ...things.languages.slice(0, 3)],
  "家 图书馆 宿舍 教室",
  "duty habit mutual good",
);
doing(
  "准备 prepare",
  [...things.meals.slice(0, 3), ...things.gifts, ...only(things.newspapers, "报告")],
  "家 公司 酒店",
  "duty soon",
);
doing("借 borrow", things.books, "图书馆 学校", "counted duty");
doing("用 use", only(things.machines, "电脑 打印机"), "家 办公室 学校 图书馆", "skill habit brief");
doing("用 use", [...things.phones, ...only(things.shoes, "筷子")], "家 餐厅", "skill brief");

// At home
doing(
  "洗 wash",
  [
    ...things.clothes,
    ...things.trousers,
    ...only(things.fruitInGeneral, "水果 蔬菜"),
    ...bareAs("the", things.small.slice(0, 3)),
  ],
  "家 厨房",
  "duty soon habit brief good",
);
doing("打扫 clean", things.rooms, "", "duty soon habit mutual good");
doing("修 repair", bareAs("the", [...things.vehicles.slice(0, 3), ...things.machines]), "", "skill soon duty");
doing(
  "找 look_for",
  bareAs("the", [...things.phones, ...things.small.slice(4, 7), ...only(things.umbrellas, "钥匙 雨伞")]),
  "家 房间 办公室",
  "brief",
);
doing("喂 feed fed", [...things.pets, ...things.dogs], "家 公园 花园", "habit duty soon brief");
doing(
  "种 plant",
  [...things.flowers, ...things.trees, ...things.vegetables, ...only(things.fruitInGeneral, "蔬菜 西瓜 葡萄 草莓")],
  "花园 农村 阳台",
  "liked skill",
);
doing(
  "养 keep kept",
  bareAs("many", [...things.pets, ...things.dogs, ...things.bigAnimals.slice(2), ...things.horses]),
  "家 农村",
  "liked tried lasting",
);

// Out and about
doing("参观 visit", things.sights, "", "tried mutual large");
doing(
  "寄 mail",
  [...things.letters.slice(0, 1), ...things.gifts, ...only(things.paintings, "明信片")],
  "邮局",
  "soon counted duty",
);
doing("等 wait_for", [...only(things.vehicles, "出租车"), ...things.people, ...things.staff], "机场 火车站 酒店", "");
doing("见 meet met", [...things.people, ...things.staff], "咖啡馆 餐厅 酒店 公司", "");
doing(
  "骑 ride rode ridden",
  [...things.vehicles.slice(0, 1), ...only(things.vehicles, "摩托车"), ...things.horses],
  "公园 农村 海边",
  "skill liked tried mutual",
);
doing("放 fly flew flown", only(things.toys, "风筝"), "公园 广场 海边", "skill liked tried mutual");
doing("打 play", things.balls, "体育馆 公园 学校", "skill liked habit mutual tried");
doing("踢 play", things.football, "操场 公园 学校", "skill liked habit mutual");
doing("弹 play", things.instruments, "家 教室 音乐厅", "skill liked habit good");
doing("打 practice", things.arts.slice(1, 2), "公园 广场 湖边 体育馆", "skill liked habit mutual good");

// Without an object
doing("学习 study", undefined, "家 图书馆 教室 大学 宿舍 房间 学校", "habit liked duty mutual large good");
doing("工作 work", undefined, "家 公司 办公室 医院 工厂 银行 农村", "habit liked duty large");
doing("休息 rest", undefined, "家 公园 海边 酒店 宿舍 房间", "habit duty liked mutual brief good");
doing("睡觉 sleep slept", undefined, "家 火车上 飞机上 宿舍 卧室 酒店", "habit liked brief good");
doing("跑步 run ran run", undefined, "公园 操场 河边 海边 学校 体育馆 湖边", "habit liked mutual good");
doing("游泳 swim swam swum", undefined, "游泳池 体育馆 海边 酒店", "habit liked skill mutual");
doing("唱歌 sing sang sung", undefined, "家 公园 酒吧 教室 广场", "habit liked skill mutual");
doing("跳舞 dance", undefined, "公园 广场 体育馆 酒吧 学校", "habit liked skill mutual");
doing("做饭 cook", undefined, "家 厨房 餐厅 宿舍", "habit liked skill mutual duty good");
doing("散步 take_a_walk took taken", undefined, "公园 河边 湖边 海边 花园 森林 村子", "habit liked mutual good");
doing("拍照 take_photos took taken", undefined, "公园 海边 广场 动物园 森林 博物馆", "liked mutual");
doing("画画 paint", undefined, "家 公园 湖边 教室 花园", "habit liked skill mutual");
doing("锻炼 exercise", undefined, "公园 体育馆 家 操场", "habit duty mutual liked good");
doing("钓鱼 fish", undefined, "河边 湖边 海边", "liked skill mutual habit");
doing("聊天 chat", undefined, "咖啡馆 公园 网上 客厅 茶馆 宿舍", "habit liked mutual brief");
doing("开会 have_a_meeting had", undefined, "公司 办公室 酒店", "habit");
doing("上网 go_online went gone", undefined, "家 咖啡馆 宿舍 办公室", "habit liked brief");
doing("玩 play", undefined, "家 公园 海边 花园 村子 操场", "habit mutual liked");
doing("旅行 travel", undefined, "", "liked mutual large");
doing("购物 shop", undefined, "网上 商场 超市", "liked mutual habit");
doing("滑冰 skate", undefined, "湖边 体育馆", "liked skill mutual");
doing("滑雪 ski", undefined, "", "liked skill mutual");
doing("洗澡 take_a_shower took taken", undefined, "家 酒店 宿舍 体育馆", "habit duty soon brief good");
