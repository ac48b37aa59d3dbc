/**
 * Messages with names and numbers, and what is noted down of each. `{a}`, `{b}` are first names, `{A}`, `{B}` surnames, `{n}`, `{m}`
 * numbers; in Chinese `{a}`, `{b}` are whole names. A space stands between all tokens, in Chinese too.
 */
export type Frame = readonly [message: string, note: string];

export const english: readonly Frame[] = [
  ["my name is {a} {A} and my number is {n}", "{a} {A} , {n}"],
  ["this is {a} {A} , please call me back at {n}", "call {a} {A} at {n}"],
  ["{a} {A} ordered {n} boxes for {b} {B}", "{n} for {b} {B} from {a} {A}"],
  ["please transfer {n} from {a} {A} to {b} {B}", "{a} {A} pays {b} {B} {n}"],
  ["{b} {B} owes {n} to {a} {A}", "{b} {B} pays {a} {A} {n}"],
  ["room {n} is for {a} {A} and room {m} is for {b} {B}", "{a} {A} : {n} , {b} {B} : {m}"],
  ["{a} {A} has moved from house {n} to house {m}", "{a} {A} : {m} , not {n}"],
  ["ticket {n} belongs to {a} {A}", "{a} {A} has {n}"],
  ["I met {a} {A} and {b} {B} yesterday", "met {a} {A} , {b} {B}"],
  ["{a} {A} is the sister of {b} {B}", "{b} {B} and {a} {A} are siblings"],
  ["parcel {n} goes from {a} {A} to {b} {B}", "{n} : to {b} {B} , from {a} {A}"],
  ["the code is {n} , not {m} , says {a} {A}", "{n} ( {a} {A} )"],
  ["ask {a} {A} for {n} and {b} {B} for {m}", "{a} {A} : {n} , {b} {B} : {m}"],
  ["{a} {A} phoned about order {n}", "{a} {A} , order {n}"],
];

export const chinese: readonly Frame[] = [
  ["我 叫 {a} ， 电话 是 {n}", "{a} ， {n}"],
  ["请 把 {n} 元 从 {a} 转给 {b}", "{a} 付 {b} {n}"],
  ["{b} 欠 {a} {n} 元", "{b} 付 {a} {n}"],
  ["{a} 住 {n} 号 ， {b} 住 {m} 号", "{a} {n} ， {b} {m}"],
  ["{a} 从 {n} 号 搬到 了 {m} 号", "{a} {m} ， 不是 {n}"],
  ["昨天 我 见到 了 {a} 和 {b}", "见 {a} 、 {b}"],
  ["包裹 {n} 由 {a} 寄给 {b}", "{n} 给 {b} ， 来自 {a}"],
  ["请 让 {a} 给 {n} 回 电话", "{a} 打 {n}"],
  ["订单 {n} 是 {a} 的 ， {m} 是 {b} 的", "{a} {n} ， {b} {m}"],
  ["密码 不是 {m} ， 是 {n} ， {a} 说", "{n} （ {a} ）"],
];
