/**
 * What a sentence does, said in both languages. `{do}` is an activity, `{who}` someone, `{name}` someone spoken to. In English an
 * activity has the forms `{do}`, `{did}`, `{doing}`, `{done}`; `(is|are)` agrees with `{who}`.
 *
 * No word alone gives a kind away: 吗 and "could you" also ask for something to be done, 不 and "don't" also ask and forbid,
 * 什么时候 and "why" also stand inside a statement.
 */

export const kinds = [
  "question",
  "request",
  "statement",
  "negation",
  "exclamation",
  "greeting",
  "thanks",
  "apology",
] as const;
export type SentenceKind = (typeof kinds)[number];

export const chinese: Readonly<Record<SentenceKind, readonly string[]>> = {
  question: [
    "{who}喜欢{do}吗",
    "{who}今天想{do}吗",
    "{who}想不想{do}",
    "{who}什么时候{do}",
    "{who}为什么要{do}",
    "{who}在哪儿{do}",
    "谁想和{who}一起{do}",
    "{who}不喜欢{do}吗",
    "{who}怎么还没{do}",
    "难道没有人想{do}吗",
    "{who}是不是又去{do}了",
  ],
  request: [
    "请{do}",
    "请你明天{do}",
    "别{do}了",
    "不要在这里{do}",
    "麻烦你去{do}",
    "快去{do}",
    "能帮我{do}吗",
    "可以请你替{who}{do}吗",
    "请告诉我{who}什么时候{do}",
    "请不要让{who}{do}",
  ],
  statement: [
    "{who}喜欢{do}",
    "{who}正在{do}",
    "{who}每天都{do}",
    "{who}昨天{do}了",
    "{who}明天要{do}",
    "我知道{who}为什么{do}",
    "老师告诉我们什么时候{do}",
    "谁都知道{who}喜欢{do}",
    "{who}请朋友一起{do}",
  ],
  negation: [
    "{who}不喜欢{do}",
    "{who}没{do}",
    "{who}从来不{do}",
    "{who}今天不想{do}",
    "没有人想{do}",
    "{who}还没有{do}",
    "{who}再也不{do}了",
    "谁也不想和{who}一起{do}",
    "我不知道{who}什么时候{do}",
  ],
  exclamation: [
    "{do}真有意思啊",
    "{who}多么喜欢{do}啊",
    "太好了，我们可以{do}了",
    "{who}终于能{do}了，太棒了",
    "哇，{who}这么爱{do}",
    "原来{who}这么喜欢{do}啊",
    "能和{who}一起{do}真是太好了",
    "没想到{who}也喜欢{do}，太好了",
  ],
  greeting: [
    "{name}早，又去{do}啊",
    "{name}你好，今天也来{do}啊",
    "早上好，{name}，听说你喜欢{do}",
    "{name}，好久不见，还常常{do}吗",
    "嗨，{name}，在{do}呢",
    "大家好，今天我们一起{do}",
    "欢迎你，{name}，快来和我们{do}",
  ],
  thanks: [
    "谢谢你陪我{do}",
    "多谢{name}帮我{do}",
    "谢谢你昨天请我{do}",
    "感谢{name}和我们一起{do}",
    "{name}，谢谢你没有忘记{do}",
    "太谢谢你了，我终于能{do}了",
  ],
  apology: [
    "对不起，我忘了{do}",
    "不好意思，我不能和你{do}了",
    "抱歉，{name}，我没{do}",
    "请原谅我昨天没去{do}",
    "真对不起，让你一个人{do}",
    "{name}，不好意思，我不知道你在{do}",
  ],
};

export const english: Readonly<Record<SentenceKind, readonly string[]>> = {
  question: [
    "(does|do) {who} like {doing}",
    "when will {who} {do}",
    "why did {who} {do}",
    "where did {who} {do}",
    "who wants to {do} with me",
    "(doesn't|don't) {who} like {doing}",
    "(is|are) {who} going to {do}",
    "(has|have) {who} ever {done}",
    "does nobody want to {do}",
    "could {who} {do} when (he was|they were) young",
  ],
  request: [
    "please {do}",
    "please don't {do} now",
    "don't {do} here",
    "could you please {do}",
    "would you mind {doing} tomorrow",
    "stop {doing}",
    "never {do} here again",
    "please tell me when to {do}",
    "can you help me {do}",
    "remind me to {do} tomorrow",
  ],
  statement: [
    "{who} (likes|like) {doing}",
    "{who} (is|are) {doing} now",
    "{who} {did} yesterday",
    "{who} (has|have) to {do} every day",
    "{who} will {do} tomorrow",
    "I know why {who} {did}",
    "the teacher told us when to {do}",
    "everybody knows who likes {doing}",
    "{who} asked me to {do}",
  ],
  negation: [
    "{who} (doesn't|don't) like {doing}",
    "{who} didn't {do} yesterday",
    "{who} (has|have) never {done}",
    "nobody wants to {do}",
    "{who} can't {do} today",
    "{who} no longer (wants|want) to {do}",
    "I don't know when {who} will {do}",
    "it is not true that {who} {did}",
  ],
  exclamation: [
    "what fun it is to {do}",
    "how {who} (loves|love) {doing}",
    "wow, {who} really can {do}",
    "at last {who} can {do}, how wonderful",
    "what a great day for {doing}",
    "hooray, nobody has to {do} today",
    "who would have thought that {who} (likes|like) {doing}, how nice",
  ],
  greeting: [
    "good morning, {name}, off to {do} again",
    "hello, {name}, nice to see you {doing} here",
    "hi, {name}, so you are {doing} too",
    "welcome, {name}, come and {do} with us",
    "good evening, everyone, tonight we {do} together",
    "{name}, long time no see, do you still like {doing}",
  ],
  thanks: [
    "thank you for {doing} with me",
    "thanks, {name}, for helping me {do}",
    "many thanks to {name} for {doing} with us",
    "thank you, {name}, for not {doing} without me",
    "I am grateful that you {did} with me",
    "thanks to you I can {do} now",
  ],
  apology: [
    "sorry, I forgot to {do}",
    "I am sorry that I didn't {do} yesterday",
    "I apologize for {doing} without you",
    "forgive me, {name}, for not {doing}",
    "sorry, {name}, I can't {do} with you",
    "sorry, I didn't know that you were {doing}",
  ],
};

/**
 * What may come before the sentence without changing what it does: asking somebody begins with an apology or a greeting as
 * often as not, so that 不好意思 alone is no apology and "hello" no greeting.
 */
export const openers: Readonly<Record<"zh" | "en", Partial<Record<SentenceKind, readonly string[]>>>> = {
  zh: {
    question: ["不好意思，", "你好，", "{name}，", "对了，", "谢谢，还有，"],
    request: ["不好意思，", "你好，", "{name}，", "对了，", "谢谢，还有，"],
    statement: ["{name}，", "对了，", "其实，", "我告诉你，"],
    negation: ["{name}，", "对了，", "其实，", "我告诉你，"],
    exclamation: ["{name}，", "大家听好，", "哎呀，"],
  },
  en: {
    question: ["Sorry, ", "Hello, ", "{name}, ", "By the way, ", "Thanks, and "],
    request: ["Sorry, ", "Hello, ", "{name}, ", "By the way, ", "Thanks, and "],
    statement: ["{name}, ", "By the way, ", "Actually, ", "I tell you, "],
    negation: ["{name}, ", "By the way, ", "Actually, ", "I tell you, "],
    exclamation: ["{name}, ", "Listen, ", "Oh, "],
  },
};

export interface Somebody {
  readonly chinese: string;
  readonly english: string;
  /** Whether the English verb takes its -s. */
  readonly third: boolean;
}

/** "他 he, 他们 they*": a star where the English verb takes no -s. */
function people(text: string): Somebody[] {
  return text.split(",").map((row) => {
    const [chinese, ...words] = row.trim().split(" ");
    const english = words.join(" ");
    return { chinese: chinese!, english: english.replace("*", ""), third: !english.endsWith("*") };
  });
}

export const somebody = people(
  `他 he, 她 she, 他们 they*, 他们 your friends*, 我妈妈 my mother, 我爸爸 my father, 我哥哥 my brother, 她妹妹 her sister,
  小明 Xiaoming, 丽丽 Lili, 汤姆 Tom, 安娜 Anna, 学生们 the students*, 孩子们 the children*, 邻居 the neighbor,
  我的同学 my classmate, 他的老板 his boss`,
);

export const named = people(
  `小明 Xiaoming, 丽丽 Lili, 汤姆 Tom, 安娜 Anna, 王老师 Mrs. Wang, 李先生 Mr. Li, 张阿姨 Aunt Zhang, 陈医生 Dr. Chen, 大卫 David,
  玛丽 Mary`,
);
