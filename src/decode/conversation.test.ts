import { expect, it } from "vitest";
import { Conversation } from "./conversation.js";

it("joins the last exchanges and what is said now", () => {
  const talk = new Conversation(2);
  expect(talk.sourceOf("a")).toBe("a");
  talk.add("a", "A");
  expect(talk.sourceOf("b")).toBe("a ⏎ A ⏎ b");
  talk.add("b", "B");
  talk.add("c", "C");
  expect(talk.sourceOf("d")).toBe("b ⏎ B ⏎ c ⏎ C ⏎ d");
});

it("without a history reads only what is said now", () => {
  const talk = new Conversation(0);
  talk.add("a", "A");
  expect(talk.sourceOf("b")).toBe("b");
});

it("keeps fewer where more do not fit, the newest of them", () => {
  const talk = new Conversation(3, (source) => source.length < 12);
  for (const [line, reply] of ["aA", "bB", "cC"]) talk.add(line!, reply!);
  expect(talk.sourceOf("d")).toBe("c ⏎ C ⏎ d");
  expect(talk.sourceOf("long enough to stand alone")).toBe("long enough to stand alone");
});

it("parts turns where they end, whatever was typed", () => {
  const talk = new Conversation(1);
  talk.add("a ⏎ b", "A");
  expect(talk.sourceOf("c⏎d").split("⏎")).toHaveLength(3);
});
