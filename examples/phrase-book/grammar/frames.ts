/**
 * The frames of a sentence about an activity: what stays when subject, verb, object, place and time change. One frame, one
 * word order on each side; the frame's words decide the tense and the form of the object.
 */
import type { Trait } from "../lexicon/activities.js";
import { future, habitual, past, type Time } from "../lexicon/times.js";
import { lexeme, type Phrase } from "../phrase.js";

/** Who may be the subject: one tells of others, asks the listener and others, or speaks of anyone. */
export type Speech = "tells" | "asks" | "anyone" | "we";

export interface Frame {
  readonly name: string;
  readonly speech: Speech;
  readonly templates: readonly [chinese: string, english: string];
  /** The activity has to have one of these; none given, any will do. */
  readonly traits: readonly Trait[];
  readonly times?: readonly Time[];
  /** How the place comes in: 在图书馆, after 去, or not at all; some frames stand with and without. */
  readonly place: "at" | "to" | "none" | "any";
  /** Adverbs, one of which fills `{how}`. */
  readonly how?: readonly Phrase[];
}

type Options = Partial<Omit<Frame, "name" | "templates">>;

function frame(name: string, chinese: string, english: string, options: Options = {}): Frame {
  return { name, templates: [chinese, english], speech: "tells", traits: [], place: "any", ...options };
}

const ask: Options = { speech: "asks" };
const adverbs = [
  lexeme("经常", "often"),
  lexeme("总是", "always"),
  lexeme("有时候", "sometimes"),
  lexeme("很少", "rarely"),
  lexeme("通常", "usually"),
];

export const frames: readonly Frame[] = [
  // It happened
  frame("past", "{who} {when} {where?} {do} {what?} 了", "{who} {do:past} {what?} {where?} {when} .", { times: past }),
  frame("past count", "{who} {when} {where?} {do} 了 {count}", "{who} {do:past} {count} {where?} {when} .", {
    times: past,
    traits: ["counted"],
  }),
  frame("past not", "{who} {when} 没/not {where?} {do} {what?}", "{who} didn't/not {do} {what?} {where?} {when} .", {
    times: past,
    traits: ["habit", "duty", "soon", "liked"],
  }),
  frame("past asked", "{who} {when} {where?} {do} {what?} 了 吗", "did {who} {do} {what?} {where?} {when} ?", {
    ...ask,
    times: past,
  }),
  frame("past time first", "{when} {who} {where?} {do} {what?} 了", "{when} , {who} {do:past} {what?} {where?} .", {
    times: past,
  }),
  frame(
    "past why not",
    "{who} {when} 为什么/why 没/not {where?} {do} {what?}",
    "why/why didn't/not {who} {do} {what?} {where?} {when} ?",
    { ...ask, times: past, traits: ["duty", "soon"] },
  ),
  frame("went to", "{who} {when} 去/go {to} {do} {what?} 了", "{who} went/go {to} to {do} {what?} {when} .", {
    times: past,
    place: "to",
  }),
  frame(
    "went to asked",
    "{who} {when} 去/go {to} {do} {what?} 了 吗",
    "did {who} go/go {to} to {do} {what?} {when} ?",
    {
      ...ask,
      times: past,
      place: "to",
    },
  ),
  frame("already", "{who} 已经/already {do} {what?} 了", "{who} (have|has) already/already {do:done} {what?} .", {
    traits: ["soon"],
    place: "none",
  }),
  frame("not yet", "{who} 还/yet 没/not {do} {what?}", "{who} (haven't|hasn't)/not {do:done} {what?} yet/yet .", {
    traits: ["soon"],
    place: "none",
  }),
  frame("ever", "{who} {do} 过/have {what?}", "{who} (have|has)/have {do:done} {what?:all} .", {
    traits: ["tried"],
    place: "none",
  }),
  frame(
    "never yet",
    "{who} 没/never {do} 过/have {what?}",
    "{who} (have|has)/have never/never {do:done} {what?:all} .",
    {
      traits: ["tried"],
      place: "none",
    },
  ),
  frame("ever asked", "{who} {do} 过/have {what?} 吗", "(have|has)/have {who} ever {do:done} {what?:all} ?", {
    ...ask,
    traits: ["tried"],
    place: "none",
  }),

  // It is happening
  frame("now", "{who} 正在/be {do} {what?}", "{who} (am|is|are)/be {do:ing} {what?} .", { place: "none" }),
  frame("now at", "{who} 正/be {where} {do} {what?}", "{who} (am|is|are)/be {do:ing} {what?} {where} .", {
    place: "at",
  }),
  frame("now asked", "{who} 正在/be {do} {what?} 吗", "(am|is|are)/be {who} {do:ing} {what?} ?", {
    ...ask,
    place: "none",
  }),
  frame("now at asked", "{who} 正/be {where} {do} {what?} 吗", "(am|is|are)/be {who} {do:ing} {what?} {where} ?", {
    ...ask,
    place: "at",
  }),

  // It will happen
  frame("will", "{who} {when} 会/will {where?} {do} {what?}", "{who} will/will {do} {what?} {where?} {when} .", {
    times: future,
  }),
  frame("won't", "{who} {when} 不会/not {where?} {do} {what?}", "{who} won't/not {do} {what?} {where?} {when} .", {
    times: future,
    traits: ["habit", "liked", "duty"],
  }),
  frame(
    "will asked",
    "{who} {when} 会/will {where?} {do} {what?} 吗",
    "will/will {who} {do} {what?} {where?} {when} ?",
    {
      ...ask,
      times: future,
    },
  ),
  frame(
    "going to",
    "{who} {when} 要/going {where?} {do} {what?}",
    "{who} (am|is|are) going/going to {do} {what?} {where?} {when} .",
    { times: future },
  ),
  frame(
    "going to time first",
    "{when} {who} 要/going {where?} {do} {what?}",
    "{when} , {who} (am|is|are) going/going to {do} {what?} {where?} .",
    { times: future },
  ),
  frame(
    "going to go",
    "{who} {when} 要/be 去/go {to} {do} {what?}",
    "{who} (am|is|are)/be going/go {to} to {do} {what?} {when} .",
    { times: future, place: "to" },
  ),
  frame(
    "plans",
    "{who} 打算/plan {when} {where?} {do} {what?}",
    "{who} (plan|plans)/plan to {do} {what?} {where?} {when} .",
    { times: future, traits: ["large", "duty", "soon", "mutual"] },
  ),
  frame(
    "when plans",
    "{who} 打算/plan 什么时候/when {do} {what?}",
    "when/when (do|does) {who} plan/plan to {do} {what?} ?",
    {
      ...ask,
      traits: ["large", "duty", "soon"],
      place: "none",
    },
  ),

  // It is wanted or liked
  frame("wants", "{who} 想/want {where?} {do} {what?}", "{who} (want|wants)/want to {do} {what?} {where?} ."),
  frame(
    "wants when",
    "{who} {when} 想/want {where?} {do} {what?}",
    "{who} (want|wants)/want to {do} {what?} {where?} {when} .",
    {
      times: future,
    },
  ),
  frame(
    "wants not",
    "{who} 不/not 想/want {where?} {do} {what?}",
    "{who} (don't|doesn't)/not want/want to {do} {what?} {where?} .",
  ),
  frame(
    "wants asked",
    "{who} 想/want {where?} {do} {what?} 吗",
    "(do|does) {who} want/want to {do} {what?} {where?} ?",
    ask,
  ),
  frame(
    "wants to go",
    "{who} 想/want 去/go {to} {do} {what?}",
    "{who} (want|wants)/want to go/go {to} to {do} {what?} .",
    {
      place: "to",
    },
  ),
  frame(
    "wants where",
    "{who} 想/want 在 哪里/where {do} {what?}",
    "where/where (do|does) {who} want/want to {do} {what?} ?",
    {
      ...ask,
      place: "none",
    },
  ),
  frame("loves", "{who} 爱/love {do} {what?}", "{who} (love|loves)/love {do:ing} {what?:all} .", {
    traits: ["liked"],
    place: "none",
  }),
  frame("likes", "{who} 喜欢/like {where?} {do} {what?}", "{who} (like|likes)/like {do:ing} {what?:all} {where?} .", {
    traits: ["liked"],
  }),
  frame(
    "likes also",
    "{who} 也/also 喜欢/like {where?} {do} {what?}",
    "{who} also/also (like|likes)/like {do:ing} {what?:all} {where?} .",
    {
      traits: ["liked"],
    },
  ),
  frame(
    "likes not",
    "{who} 不/not 喜欢/like {where?} {do} {what?}",
    "{who} (don't|doesn't)/not like/like {do:ing} {what?:all} {where?} .",
    {
      traits: ["liked"],
    },
  ),
  frame(
    "likes asked",
    "{who} 喜欢/like {where?} {do} {what?} 吗",
    "(do|does) {who} like/like {do:ing} {what?:all} {where?} ?",
    {
      ...ask,
      traits: ["liked"],
    },
  ),
  frame(
    "likes why",
    "{who} 为什么/why 喜欢/like {where?} {do} {what?}",
    "why/why (do|does) {who} like/like {do:ing} {what?:all} {where?} ?",
    {
      ...ask,
      traits: ["liked"],
    },
  ),
  frame(
    "likes most",
    "{who} 最/most 喜欢/like {do} {what?}",
    "{who} (like|likes)/like {do:ing} {what?:all} most/most .",
    {
      traits: ["liked"],
      place: "none",
    },
  ),

  // It happens
  frame("every", "{who} {when} {where?} {do} {what?}", "{who} {do:present} {what?:all} {where?} {when} .", {
    times: habitual,
    traits: ["habit"],
  }),
  frame("every both", "{who} {when} 都 {where?} {do} {what?}", "{who} {do:present} {what?:all} {where?} {when} .", {
    times: habitual,
    traits: ["habit"],
  }),
  frame(
    "every asked",
    "{who} {when} 都 {where?} {do} {what?} 吗",
    "(do|does) {who} {do} {what?:all} {where?} {when} ?",
    {
      ...ask,
      times: habitual,
      traits: ["habit"],
    },
  ),
  frame(
    "goes every",
    "{who} {when} 都 去/go {to} {do} {what?}",
    "{who} (go|goes)/go {to} to {do} {what?:all} {when} .",
    {
      times: habitual,
      traits: ["habit"],
      place: "to",
    },
  ),
  frame("often", "{who} {how} {where?} {do} {what?}", "{who} {how} {do:present} {what?:all} {where?} .", {
    traits: ["habit"],
    how: adverbs,
  }),
  frame("often goes", "{who} {how} 去/go {to} {do} {what?}", "{who} {how} (go|goes)/go {to} to {do} {what?:all} .", {
    traits: ["habit"],
    place: "to",
    how: adverbs,
  }),
  frame(
    "never",
    "{who} 从来/never 不/never {where?} {do} {what?}",
    "{who} never/never {do:present} {what?:all} {where?} .",
    {
      traits: ["habit"],
    },
  ),
  frame(
    "usually where",
    "{who} 通常/usually 在 哪里/where {do} {what?}",
    "where/where (do|does) {who} usually/usually {do} {what?:all} ?",
    {
      ...ask,
      traits: ["habit"],
      place: "none",
    },
  ),

  // One can, should, must
  frame("can", "{who} 会/can {do} {what?}", "{who} can/can {do} {what?:all} .", { traits: ["skill"], place: "none" }),
  frame("can't", "{who} 不会/can {do} {what?}", "{who} can't/can {do} {what?:all} .", {
    traits: ["skill"],
    place: "none",
  }),
  frame("can asked", "{who} 会/can {do} {what?} 吗", "can/can {who} {do} {what?:all} ?", {
    ...ask,
    traits: ["skill"],
    place: "none",
  }),
  frame("may", "{who} 可以/can {where} {do} {what?}", "{who} can/can {do} {what?} {where} .", {
    speech: "anyone",
    traits: ["liked", "habit", "soon"],
    place: "at",
  }),
  frame("may asked", "{who} 可以/can {where} {do} {what?} 吗", "can/can {who} {do} {what?} {where} ?", {
    speech: "anyone",
    traits: ["liked", "habit", "soon"],
    place: "at",
  }),
  frame("should", "{who} 应该/should {how} {do} {what?}", "{who} should/should {how} {do} {what?:all} .", {
    speech: "anyone",
    traits: ["good"],
    place: "none",
    how: [lexeme("经常", "often")],
  }),
  frame("must", "{who} {when} 必须/must {where?} {do} {what?}", "{who} must/must {do} {what?} {where?} {when} .", {
    speech: "anyone",
    times: future,
    traits: ["duty"],
  }),
  frame(
    "needn't",
    "{who} {when} 不用/not {where?} {do} {what?}",
    "{who} (don't|doesn't)/not need/not to {do} {what?} {where?} {when} .",
    {
      speech: "anyone",
      times: future,
      traits: ["duty"],
    },
  ),

  // Together
  frame("let's", "我们/us {where?} {do} {what?} 吧/us", "let's/us {do} {what?} {where?} .", {
    speech: "we",
    traits: ["mutual"],
  }),
  frame("let's when", "我们/us {when} {where?} {do} {what?} 吧/us", "let's/us {do} {what?} {where?} {when} .", {
    speech: "we",
    times: future,
    traits: ["mutual"],
  }),
  frame("let's go", "我们/us 去/go {to} {do} {what?} 吧/us", "let's/us go/go {to} to {do} {what?} .", {
    speech: "we",
    traits: ["mutual"],
    place: "to",
  }),
  frame(
    "with past",
    "{who} {when} 跟/with {mate} 一起 {where?} {do} {what?} 了",
    "{who} {do:past} {what?} {where?} with/with {mate:object} {when} .",
    { times: past, traits: ["mutual"] },
  ),
  frame(
    "with wants",
    "{who} 想/want 跟/with {mate} 一起 {where?} {do} {what?}",
    "{who} (want|wants)/want to {do} {what?} {where?} with/with {mate:object} .",
    { traits: ["mutual"] },
  ),
  frame(
    "with often",
    "{who} {how} 跟/with {mate} 一起 {where?} {do} {what?}",
    "{who} {how} {do:present} {what?:all} {where?} with/with {mate:object} .",
    { traits: ["mutual"], how: adverbs },
  ),
];
