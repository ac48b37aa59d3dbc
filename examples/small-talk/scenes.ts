/**
 * Kinds of conversation. A turn has slots, `{place}` or with an attribute `{goods.measure}`; in a scene of several turns they
 * alternate, the last one is answered. What the answer reckons is made by `reckon` from the slots.
 */
import * as slots from "./slots.js";

type Filled = Readonly<Record<string, slots.Slot>>;

export interface Scene {
  /** Scenes of one topic share what they hold out. */
  readonly topic: string;
  readonly language: "zh" | "en";
  readonly turns: readonly string[];
  readonly reply: string;
  readonly slots: Readonly<Record<string, readonly slots.Slot[]>>;
  /** The two slots whose values are a conversation's combination. */
  readonly held: readonly [first: string, second: string];
  /** Slots that follow from others; undefined where the numbers make no sense. */
  readonly reckon?: (filled: Filled) => Filled | undefined;
  /** The slots whose values a reckoning starts from. */
  readonly terms?: readonly string[];
}

/** Scenes of one topic, with the turns and the reply of each. */
function scenes(
  topic: string,
  shared: Pick<Scene, "slots" | "held" | "reckon" | "terms">,
  talks: Readonly<Record<"zh" | "en", readonly (readonly [...turns: string[], reply: string])[]>>,
): Scene[] {
  return (["zh", "en"] as const).flatMap((language) =>
    talks[language].map((talk): Scene => {
      const reply = talk.at(-1)!;
      return { topic, language, turns: talk.slice(0, -1), reply, ...shared };
    }),
  );
}

const appointment = scenes(
  "appointment",
  {
    slots: { time: slots.hours, place: slots.places, meeting: slots.meetings, later: slots.hours, other: slots.places },
    held: ["time", "place"],
    reckon: ({ time, place, later, other }) => (time === later || place === other ? undefined : {}),
  },
  {
    zh: [
      ["我{time}在{place}{meeting}", "好的，{time}在{place}{meeting}，我会提醒你。"],
      ["{time}我要去{place}{meeting}", "知道了，{time}去{place}，路上小心。"],
      ["我们{time}在{place}见", "好的，{time}在{place}见。"],
      [
        "我们{time}在{place}见",
        "好的，{time}在{place}见。",
        "对不起，我{later}才有空",
        "没关系，那就{later}在{place}见。",
      ],
      ["我们{time}在{place}见", "好的，{time}在{place}见。", "还是在{other}见吧", "没问题，那就{time}在{other}见。"],
      [
        "我{time}在{place}{meeting}",
        "好的，{time}在{place}{meeting}，我会提醒你。",
        "我在哪里{meeting}",
        "你在{place}{meeting}。",
      ],
      [
        "我{time}在{place}{meeting}",
        "好的，{time}在{place}{meeting}，我会提醒你。",
        "我几点{meeting}",
        "你{time}{meeting}。",
      ],
    ],
    en: [
      ["I have {meeting} at the {place} at {time}", "OK, {meeting} at the {place} at {time}."],
      ["Let's meet at the {place} at {time}", "Fine, see you at the {place} at {time}."],
      [
        "Let's meet at the {place} at {time}",
        "Fine, see you at the {place} at {time}.",
        "Sorry, I am free only at {later}",
        "No problem, then at the {place} at {later}.",
      ],
    ],
  },
);

const acquaintance = scenes(
  "acquaintance",
  { slots: { name: slots.names, city: slots.cities }, held: ["name", "city"] },
  {
    zh: [
      ["我叫{name}，住在{city}", "你好，{name}，{city}是个好地方。"],
      ["我是{name}，刚从{city}来", "欢迎你，{name}，{city}的天气怎么样？"],
      ["我叫{name}，住在{city}", "你好，{name}，{city}是个好地方。", "你还记得我叫什么吗", "当然记得，你叫{name}。"],
      ["我叫{name}，住在{city}", "你好，{name}，{city}是个好地方。", "我住在哪里", "你住在{city}。"],
      ["{name}在{city}吗", "在，{name}昨天到了{city}。"],
    ],
    en: [
      ["My name is {name} and I live in {city}", "Nice to meet you, {name}. How is life in {city}?"],
      [
        "My name is {name} and I live in {city}",
        "Nice to meet you, {name}. How is life in {city}?",
        "Do you remember my name",
        "Of course, you are {name}.",
      ],
      ["Say hello to {name} in {city}", "I will, {name} in {city} will be glad."],
    ],
  },
);

const family = scenes(
  "family",
  { slots: { kin: slots.kin, city: slots.cities, job: slots.jobs }, held: ["kin", "city"] },
  {
    zh: [
      ["我{kin}在{city}工作", "你{kin}在{city}做什么工作？"],
      ["我{kin}在{city}当{job}", "当{job}忙不忙？你{kin}喜欢{city}吗？"],
      ["我想去{city}看我{kin}", "那太好了，你{kin}在{city}做什么？"],
      ["我{kin}在{city}工作", "你{kin}在{city}做什么工作？", "{kin.he}是{job}", "在{city}当{job}一定很有意思。"],
      ["我很想我{kin}，{kin.he}在{city}", "那就给你{kin}打个电话，{city}不远。"],
    ],
    en: [
      ["My {kin} works in {city}", "What does your {kin} do in {city}?"],
      ["I miss my {kin}, who lives in {city}", "Then call your {kin}, {city} is only a call away."],
      ["My {kin} is a {job} in {city}", "Does your {kin} like being a {job} in {city}?"],
    ],
  },
);

const journey = scenes(
  "journey",
  {
    slots: { day: slots.days, city: slots.cities, ticket: slots.tickets, time: slots.hours },
    held: ["city", "ticket"],
  },
  {
    zh: [
      ["帮我订一张{day}去{city}的{ticket}", "好的，{day}去{city}的{ticket}一张，您要几点的？"],
      [
        "帮我订一张{day}去{city}的{ticket}",
        "好的，{day}去{city}的{ticket}一张，您要几点的？",
        "{time}的",
        "订好了，{day}{time}去{city}的{ticket}。",
      ],
      ["还有{day}去{city}的{ticket}吗", "有，{day}去{city}的{ticket}还有几张。"],
      ["我买了{day}去{city}的{ticket}", "祝你{day}一路平安，{city}很漂亮。"],
    ],
    en: [
      ["I need a {ticket} to {city}", "A {ticket} to {city}, at what time?"],
      [
        "I need a {ticket} to {city}",
        "A {ticket} to {city}, at what time?",
        "At {time}",
        "Done, a {ticket} to {city} at {time}.",
      ],
    ],
  },
);

const weather = scenes(
  "weather",
  { slots: { sky: slots.skies, city: slots.cities, day: slots.days }, held: ["sky", "city"] },
  {
    zh: [
      ["听说{day}{city}{sky}", "那去{city}别忘了{sky.zhTake}。"],
      ["{day}我要去{city}，那里{sky}", "{city}{sky}，你要{sky.zhTake}。"],
    ],
    en: [["I hear it is {sky} in {city}", "Then take {sky.enTake} to {city}."]],
  },
);

const duration = scenes(
  "duration",
  {
    slots: { event: slots.events, start: slots.hours, long: slots.fewHours },
    held: ["event", "start"],
    terms: ["start", "long"],
    reckon: ({ start, long }) =>
      start!.value + long!.value > 12 || start!.value <= long!.value
        ? undefined
        : { end: slots.hour(start!.value + long!.value), early: slots.hour(start!.value - long!.value) },
  },
  {
    zh: [
      ["{event}{start}开始，{end}结束", "那{event}一共{long}个小时。"],
      ["{event}{start}开始，要{long}个小时", "那{event}{end}结束。"],
      ["{event}{start}开始，我想提前{long}个小时到", "那你{early}到就行。"],
      ["{event}本来是{start}，推迟了{long}个小时", "那{event}改到{end}了。"],
      ["现在{early}，{event}{start}开始", "离{event}还有{long}个小时。"],
      ["{event}几点开始", "{event}{start}开始。", "要{long}个小时吧", "对，{end}结束。"],
    ],
    en: [
      ["The {event} starts at {start} and ends at {end}", "So the {event} lasts {long} hours."],
      ["The {event} is put off from {start} to {end}", "So the {event} is {long} hours later."],
      ["It is {early} now and the {event} starts at {start}", "There are {long} hours to go before the {event}."],
    ],
  },
).map((scene): Scene => {
  // "One hours" is no English: only two and three there.
  const long = scene.language === "en" ? slots.fewHours.slice(1) : slots.fewHours;
  return { ...scene, slots: { ...scene.slots, long } };
});

const shopping = scenes(
  "shopping",
  {
    slots: { goods: slots.goods, count: slots.counts, price: slots.prices },
    held: ["goods", "price"],
    terms: ["count", "price"],
    reckon: ({ count, price }) => ({ total: slots.number(count!.value * price!.value) }),
  },
  {
    zh: [
      [
        "{goods}{price}块钱一{goods.measure}，我要{count}{goods.measure}",
        "{count}{goods.measure}{goods}一共{total}块。",
      ],
      [
        "{goods}多少钱一{goods.measure}",
        "{goods}一{goods.measure}{price}块。",
        "我买{count}{goods.measure}",
        "一共{total}块。",
      ],
      ["一{goods.measure}{goods}{price}块，贵不贵", "不贵，别的地方的{goods}要{price}块多。"],
    ],
    en: [],
  },
);

const order = scenes(
  "order",
  {
    slots: { goods: slots.goods, more: slots.goods, count: slots.counts, second: slots.counts },
    held: ["goods", "more"],
    reckon: ({ goods, more }) => (goods === more ? undefined : {}),
  },
  {
    zh: [
      [
        "我要{count}{goods.measure}{goods}和{second}{more.measure}{more}",
        "好的，{count}{goods.measure}{goods}，{second}{more.measure}{more}。",
      ],
      [
        "来{count}{goods.measure}{goods}",
        "好的，{count}{goods.measure}{goods}，还要别的吗？",
        "再来{second}{more.measure}{more}",
        "好的，一共{count}{goods.measure}{goods}和{second}{more.measure}{more}。",
      ],
      [
        "来{count}{goods.measure}{goods}",
        "好的，{count}{goods.measure}{goods}，还要别的吗？",
        "不要{goods}了，换成{more}",
        "没问题，换成{count}{more.measure}{more}。",
      ],
      ["你们有{goods}和{more}吗", "{goods}卖完了，{more}还有。"],
    ],
    en: [
      ["I would like {goods} and {more}", "Sure, {goods} and {more}, anything else?"],
      ["Do you have {goods} or {more}", "We are out of {goods}, but we do have {more}."],
    ],
  },
);

const age = scenes(
  "age",
  {
    slots: { elder: slots.elders, age: slots.ages, more: slots.yearsMore, name: slots.names },
    held: ["name", "age"],
    terms: ["age", "more"],
    reckon: ({ age, more }) => ({ older: slots.number(age!.value + more!.value) }),
  },
  {
    zh: [
      ["{name}今年{age}岁，{elder}比{name}大{more}岁", "那{name}的{elder}今年{older}岁。"],
      ["{name}今年{age}岁", "{name}{age}岁了，上几年级？"],
      ["{name}今年{age}岁", "{name}{age}岁了，上几年级？", "{name}的{elder}大{more}岁", "那{elder}{older}岁了。"],
    ],
    en: [["{name} is {age} and the {elder} is {older}", "So {name} is younger than the {elder}."]],
  },
);

const leisure = scenes(
  "leisure",
  {
    slots: { likes: slots.activities, dislikes: slots.activities, friend: slots.names },
    held: ["likes", "dislikes"],
    reckon: ({ likes, dislikes }) => (likes === dislikes ? undefined : {}),
  },
  {
    zh: [
      ["我喜欢{likes}，不喜欢{dislikes}", "我也喜欢{likes}，你常常和谁一起{likes}？"],
      [
        "我喜欢{likes}，不喜欢{dislikes}",
        "我也喜欢{likes}，你常常和谁一起{likes}？",
        "和{friend}",
        "你和{friend}去哪里{likes}？",
      ],
      ["我不想{dislikes}，我想{likes}", "好，那我们就去{likes}，不{dislikes}。"],
      ["{friend}爱{dislikes}，我爱{likes}", "那你{likes}，让{friend}{dislikes}吧。"],
    ],
    en: [
      ["I like to {likes} but not to {dislikes}", "Then let's {likes} together."],
      [
        "I like to {likes} but not to {dislikes}",
        "Then let's {likes} together.",
        "Can {friend} come too",
        "Sure, {friend} can {likes} with us.",
      ],
      ["{friend} wants to {dislikes} and I want to {likes}", "You {likes}, and {friend} can {dislikes}."],
    ],
  },
);

const finding = scenes(
  "finding",
  {
    slots: { thing: slots.belongings, spot: slots.spots, other: slots.belongings, there: slots.spots },
    held: ["thing", "spot"],
    reckon: ({ thing, other, spot, there }) => (thing === other || spot === there ? undefined : {}),
  },
  {
    zh: [
      ["我的{thing}在{spot}吗", "对，你的{thing}在{spot}。"],
      ["我把{thing}放在{spot}了", "好，{thing}在{spot}，我记住了。"],
      ["{thing}在{spot}，{other}在{there}", "记住了。", "{thing}在哪里", "{thing}在{spot}。"],
      ["{other}在{there}，{thing}在{spot}", "记住了。", "{thing}在哪里", "{thing}在{spot}。"],
      ["{thing}在{spot}，{other}在{there}", "记住了。", "{there}有什么", "{there}有{other}。"],
    ],
    en: [
      ["I put my {thing} {spot}", "OK, {thing} {spot}, I will remember."],
      [
        "The {thing} {spot}, the {other} {there}",
        "I see.",
        "Where did I put the {thing}",
        "You put the {thing} {spot}.",
      ],
    ],
  },
);

const week = scenes(
  "week",
  {
    slots: { today: slots.weekdays, inDays: slots.counts, city: slots.cities },
    held: ["today", "city"],
    terms: ["today", "inDays"],
    reckon: ({ today, inDays }) => ({ leaving: slots.weekdays[(today!.value + inDays!.value) % 7]! }),
  },
  {
    zh: [
      ["今天{today}，{inDays}天以后我去{city}", "那你{leaving}去{city}。"],
      ["{city}我{today}到，住{inDays}天", "那你{leaving}离开{city}。"],
    ],
    en: [["I come to {city} on {today} for {inDays} days", "So you leave {city} on {leaving}."]],
  },
);

export const conversations: readonly Scene[] = [
  ...appointment,
  ...acquaintance,
  ...family,
  ...journey,
  ...weather,
  ...duration,
  ...shopping,
  ...order,
  ...age,
  ...leisure,
  ...finding,
  ...week,
];

/** Set phrases, learned as they are. */
export const setPhrases: readonly (readonly [utterance: string, reply: string])[] = [
  ["你好", "你好，有什么事吗？"],
  ["早上好", "早上好，今天过得怎么样？"],
  ["晚安", "晚安，做个好梦。"],
  ["谢谢", "不客气。"],
  ["谢谢你", "不客气。"],
  ["对不起", "没关系。"],
  ["再见", "再见，祝你愉快。"],
  ["你是谁", "我是一个小小的聊天程序。"],
  ["你叫什么名字", "我没有名字，你可以给我起一个。"],
  ["你会做什么", "我会聊天，会记时间和地点。"],
  ["现在几点了", "我没有手表，你看看墙上的钟吧。"],
  ["我爱学习", "我也爱学习，我们一起学吧。"],
  ["欢迎来北京", "谢谢，我早就想来北京了。"],
  ["Hello", "Hello, what can I do for you?"],
  ["Good morning", "Good morning, how are you today?"],
  ["Thank you", "You are welcome."],
  ["Sorry", "Never mind."],
  ["Goodbye", "Goodbye, have a nice day."],
  ["Who are you", "I am a small program that talks."],
  ["What time is it", "I have no watch, please look at the clock."],
];
