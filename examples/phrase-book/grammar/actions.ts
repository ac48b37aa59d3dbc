/** Sentences about activities: subject, verb, object and place in every frame that suits them. */

import type { Draw } from "../../made-data/draw.js";
import { type Activity, activities } from "../lexicon/activities.js";
import { family, friends, names, professionals, pronouns, type Someone, who } from "../lexicon/people.js";
import type { Place } from "../lexicon/places.js";
import { habitual, type Time } from "../lexicon/times.js";
import { lexeme, type Phrase } from "../phrase.js";
import { chineseOf, type Entry, entry } from "./entry.js";
import { type Frame, frames } from "./frames.js";
import { bareNoun, counted, isCounted } from "./noun-phrases.js";

export function verbPhrase(activity: Activity): Phrase {
  return lexeme(activity.verb, activity.english);
}

/** Pronouns carry most talk; the rest share what is left. */
export function drawSomeone(draw: Draw): Someone {
  if (draw.chance(0.45)) return draw.pick(Object.values(pronouns));
  return draw.pick(draw.pick([family, family, friends, names, professionals]));
}

/** Work of one's own: a waiter does not teach law, nor a judge sell plums. */
const trades = new Set("教 卖 复习 养 借 喂 种".split(" "));

export function mayDo(someone: Someone, activity: Activity): boolean {
  return someone.kind !== "profession" || !trades.has(activity.verb);
}

export function mayBeSubject(someone: Someone, frame: Frame): boolean {
  if (someone === who) return frame.speech === "tells" && !frame.name.endsWith("time first");
  if (frame.speech === "tells") return someone.role !== "listener";
  if (frame.speech === "asks") return someone.role !== "speaker";
  return frame.speech === "anyone" || someone === pronouns.我们;
}

export function fits(activity: Activity, frame: Frame): boolean {
  if (frame.name === "past count" && !(activity.object && isCounted(activity.object))) return false;
  if (activity.traits.has("lasting")) {
    if (frame.times && frame.times !== habitual) return false;
    if (frame.traits.length === 0 && !activity.traits.has("habit")) return false;
  }
  return frame.traits.length === 0 || frame.traits.some((trait) => activity.traits.has(trait));
}

export function happensAt(activity: Activity, time: Time): boolean {
  if (time.reach === "long" && !activity.traits.has("large")) return false;
  if (time.reach === "week" && activity.traits.has("brief")) return false;
  if (chineseOf(time.phrase) === "刚才" && !activity.traits.has("habit")) return false;
  const dayPart = activity.object?.dayPart;
  return !dayPart || !time.dayPart || dayPart === time.dayPart;
}

/** The days of the week are many and share a quarter of the draws. */
export function drawTime(draw: Draw, times: readonly Time[]): Time {
  const isWeekday = ({ phrase }: Time) => chineseOf(phrase).includes("星期");
  const weekdays = times.filter(isWeekday);
  return draw.pick(weekdays.length > 0 && draw.chance(0.25) ? weekdays : times.filter((time) => !isWeekday(time)));
}

/** Someone to do it with: a name, or one of the subject's own people. */
function drawMate(draw: Draw, subject: Someone): Someone {
  const own = subject.again ?? subject;
  const people = [...family, ...friends.filter(({ phrase }) => !/老师|老板|学生/.test(chineseOf(phrase)))].filter(
    ({ owner }) => owner !== undefined && pronouns[owner] === own,
  );
  return people.length > 0 && draw.chance(0.7)
    ? draw.pick(people)
    : draw.pick(names.filter((name) => name !== subject));
}

/** Nobody buys four beds, nor reads five books in an afternoon. */
function drawCount(draw: Draw, { traits }: Activity): number {
  if (traits.has("large")) return 1;
  return draw.pick(traits.has("brief") ? [1, 1, 2, 2, 3, 4, 5] : [1, 1, 2]);
}

function sentence(draw: Draw, frame: Frame, subject: Someone, activity: Activity, where?: Place): Entry {
  const [chinese, english] = frame.templates;
  const { object } = activity;
  const times = frame.times?.filter((time) => happensAt(activity, time));
  return entry(
    [frame.name, chinese, subject === who ? english.replace(/\.$/, "?") : english],
    [chineseOf(subject.phrase), activity.verb, object?.chinese ?? "", where?.chinese ?? ""],
    {
      who: subject.phrase,
      do: verbPhrase(activity),
      what: object && bareNoun(object),
      count: object && isCounted(object) ? counted(object, drawCount(draw, activity)) : undefined,
      where: where?.at,
      to: where?.to,
      when: times && drawTime(draw, times).phrase,
      how: frame.how && draw.pick(frame.how),
      mate: frame.name.startsWith("with") ? drawMate(draw, subject).phrase : undefined,
    },
    subject.person,
  );
}

function suits(frame: Frame, where: Place | undefined): boolean {
  if (frame.place === "any") return true;
  if (frame.place === "none") return where === undefined;
  return where !== undefined && (frame.place === "at" || where.to !== undefined);
}

/** Every activity at every place it fits, and without one, with some subjects in some frames each. */
export function* actions(draw: Draw): Generator<Entry> {
  for (const activity of activities) {
    for (const where of [undefined, ...activity.places]) {
      const fitting = frames.filter((frame) => suits(frame, where) && fits(activity, frame));
      for (let i = 0; i < (where ? 4 : 5); i++) {
        const subject = draw.chance(0.06) ? who : drawSomeone(draw);
        if (!mayDo(subject, activity)) continue;
        const speakable = fitting.filter((frame) => mayBeSubject(subject, frame));
        for (const frame of draw.sample(speakable, 2)) yield sentence(draw, frame, subject, activity, where);
      }
    }
  }
}

/** The shortest sentences, 我爱学习, are there for every pronoun where the verb needs no object. */
export function* loves(draw: Draw): Generator<Entry> {
  const frame = frames.find(({ name }) => name === "loves")!;
  const speakers = Object.values(pronouns).filter((someone) => mayBeSubject(someone, frame));
  const others = [...names, ...family.filter(({ role }) => role !== "listener")];
  for (const activity of activities.filter((each) => fits(each, frame))) {
    const subjects = activity.object
      ? draw.sample([...speakers, ...others], 2)
      : [...speakers, ...draw.sample(others, 4)];
    for (const subject of subjects) yield sentence(draw, frame, subject, activity);
  }
}

export function phrasesOf(activity: Activity): { do: Phrase; what: Phrase | undefined } {
  return { do: verbPhrase(activity), what: activity.object && bareNoun(activity.object) };
}
