// How many replies are right, letter by letter: those that copy from what was said, those that reckon, after one turn and more.
//   node build/examples/small-talk/measure.js runs/small-talk
import { outputsOf, percent } from "../made-data/measuring.js";
import { generateSmallTalk, type TalkPair } from "./generate.js";

const talks = generateSmallTalk().test;
const replies = await outputsOf(
  process.argv[2] ?? "runs/small-talk",
  talks.map(({ source }) => source),
);
const right = new Set(talks.filter(({ target }, i) => replies[i] === target));

const groups: readonly (readonly [name: string, belongs: (talk: TalkPair) => boolean])[] = [
  ["all", () => true],
  ["copied, one turn", ({ reckons, turnCount }) => !reckons && turnCount === 1],
  ["copied, three turns", ({ reckons, turnCount, detour }) => !reckons && turnCount > 1 && detour === "none"],
  ["copied, after a detour", ({ reckons, detour }) => !reckons && detour === "before"],
  ["copied, over a detour", ({ reckons, detour }) => !reckons && detour === "between"],
  ["reckoned", ({ reckons }) => reckons],
  ["Chinese", ({ language }) => language === "zh"],
  ["English", ({ language }) => language === "en"],
];
for (const [name, belongs] of groups) {
  const group = talks.filter(belongs);
  const share = percent(group.filter((talk) => right.has(talk)).length, group.length);
  console.log(`${name.padEnd(24)} ${share.padStart(7)}   of ${group.length}`);
}
