/** Who acts: pronouns, family, friends, names and professions. */
import { compose, lexeme, type Person, type Phrase } from "../phrase.js";
import { entries } from "./table.js";

/** Someone who can be the subject of a sentence; `phrase` has the forms plain, object (him) and their (his). */
export interface Someone {
  readonly phrase: Phrase;
  readonly person: Person;
  readonly kind: "pronoun" | "family" | "friend" | "name" | "profession" | "question";
  /** Says where the sentence is one that only the listener or only the speaker would say. */
  readonly role: "speaker" | "listener" | "other";
  /** Whose: 我 of 我妈妈. */
  readonly owner?: keyof typeof pronouns;
  /** How a second clause takes the person up again: 他 "he"; absent where Chinese or English leaves it open. */
  readonly again?: Someone;
}

type PronounRow = readonly [
  chinese: string,
  plain: string,
  object: string,
  their: string,
  person: Person,
  role: Someone["role"],
];

function pronoun([chinese, plain, object, their, person, role]: PronounRow): Someone {
  return { phrase: lexeme(chinese, { plain, object, their }), person, kind: "pronoun", role };
}

export const pronouns = {
  我: pronoun(["我", "I", "me", "my", "first", "speaker"]),
  你: pronoun(["你", "you", "you", "your", "plural", "listener"]),
  他: pronoun(["他", "he", "him", "his", "third", "other"]),
  她: pronoun(["她", "she", "her", "her", "third", "other"]),
  我们: pronoun(["我们", "we", "us", "our", "plural", "speaker"]),
  你们: pronoun(["你们", "you", "you", "your", "plural", "listener"]),
  他们: pronoun(["他们", "they", "them", "their", "plural", "other"]),
  她们: pronoun(["她们", "they", "them", "their", "plural", "other"]),
} as const;

export const who: Someone = { phrase: lexeme("谁", "who"), person: "third", kind: "question", role: "other" };

const kin = {
  he: "爸爸 father, 爷爷 grandfather, 哥哥 older brother, 弟弟 younger brother, 叔叔 uncle, 儿子 son",
  she: "妈妈 mother, 奶奶 grandmother, 姐姐 older sister, 妹妹 younger sister, 阿姨 aunt, 女儿 daughter",
};

/** 我妈妈 "my mother": family needs no 的. */
export const family: readonly Someone[] = (["我", "你", "他", "她"] as const).flatMap((owner) =>
  (["he", "she"] as const).flatMap((gender) =>
    entries(kin[gender]).map(
      ([chinese, english]): Someone => ({
        phrase: compose("{owner} {kin}", "{owner:their} {kin}", {
          owner: pronouns[owner].phrase,
          kin: lexeme(chinese, english),
        }),
        person: "third",
        kind: "family",
        role: owner === "我" ? "speaker" : owner === "你" ? "listener" : "other",
        owner,
        again: pronouns[gender === "he" ? "他" : "她"],
      }),
    ),
  ),
);

const circle =
  "朋友 friend, 同学 classmate, 同事 colleague, 邻居 neighbor, 老师 teacher, 老板 boss, 室友 roommate, 学生 student";

/** 我的朋友 "my friend". */
export const friends: readonly Someone[] = (["我", "你", "他", "她"] as const).flatMap((owner) =>
  entries(circle).map(([chinese, english]) => ({
    phrase: compose("{owner} 的/own {friend}", "{owner:their} {friend}", {
      owner: pronouns[owner].phrase,
      friend: lexeme(chinese, english),
    }),
    person: "third" as const,
    kind: "friend" as const,
    owner,
    role: owner === "我" ? "speaker" : owner === "你" ? "listener" : "other",
  })),
);

const givenNames = {
  he: "小明 Xiaoming, 大卫 David, 约翰 John, 汤姆 Tom, 杰克 Jack",
  she: "露西 Lucy, 丽丽 Lili, 玛丽 Mary, 安娜 Anna",
};

export const names: readonly Someone[] = (["he", "she"] as const).flatMap((gender) =>
  entries(givenNames[gender]).map(([chinese, english]) => ({
    phrase: lexeme(chinese, english),
    person: "third" as const,
    kind: "name" as const,
    role: "other" as const,
    again: pronouns[gender === "he" ? "他" : "她"],
  })),
);

export const professionWords = entries(
  `老师 teacher, 学生 student, 医生 doctor, 护士 nurse, 司机 driver, 警察 police officer, 厨师 chef, 工人 worker,
  农民 farmer, 服务员 waiter, 经理 manager, 律师 lawyer, 记者 reporter, 画家 painter, 作家 writer, 歌手 singer,
  演员 actor, 工程师 engineer, 科学家 scientist, 导游 tour guide, 教练 coach, 校长 principal, 秘书 secretary,
  运动员 athlete, 教授 professor, 理发师 barber`,
);

/** A person one meets; 男孩 and 女孩 are pointed at, the others are known: 经理 "the manager". */
const known = new Set([
  "老师",
  "医生",
  "护士",
  "司机",
  "厨师",
  "服务员",
  "经理",
  "律师",
  "记者",
  "导游",
  "教练",
  "校长",
  "秘书",
  "教授",
]);

export const professionals: readonly Someone[] = [
  ...professionWords
    .filter(([chinese]) => known.has(chinese))
    .map(([chinese, english]) => ({
      phrase: lexeme(chinese, `the ${english}`),
      person: "third" as const,
      kind: "profession" as const,
      role: "other" as const,
    })),
  ...entries(
    "男孩 boy, 女孩 girl, 孩子 child, 老人 old man, 学生 student, 警察 police officer, 工人 worker, 客人 guest",
  ).flatMap(([chinese, english]) =>
    (["这个 this", "那个 that"] as const).map((pointing) => ({
      phrase: compose("{this} {one}", "{this} {one}", {
        this: lexeme(...(pointing.split(" ") as [string, string])),
        one: lexeme(chinese, english),
      }),
      person: "third" as const,
      kind: "profession" as const,
      role: "other" as const,
    })),
  ),
  ...entries("孩子们 children, 学生们 students, 老师们 teachers").map(([chinese, english]) => ({
    phrase: lexeme(chinese, `the ${english}`),
    person: "plural" as const,
    kind: "profession" as const,
    role: "other" as const,
    again: pronouns.他们,
  })),
];

export const everyone: readonly Someone[] = [
  ...Object.values(pronouns),
  ...family,
  ...friends,
  ...names,
  ...professionals,
];

/** Whom one tells of, and whom one asks about. */
export const tellers: readonly Someone[] = everyone.filter(({ role }) => role !== "listener");
export const asked: readonly Someone[] = everyone.filter(({ role }) => role !== "speaker");
