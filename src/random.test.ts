import { describe, expect, it } from "vitest";
import { philox, RandomStream } from "./random.js";

const hex = (words: Uint32Array) => [...words].map((word) => word.toString(16).padStart(8, "0")).join(" ");

describe("philox", () => {
  // Known answers published with Random123 (kat_vectors, philox4x32, 10 rounds).
  it.each([
    [[0, 0, 0, 0, 0, 0], "6627e8d5 e169c58d bc57ac4c 9b00dbd8"],
    [[0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff], "408f276d 41c83b0e a20bc7c6 6d5451fd"],
    [[0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xa4093822, 0x299f31d0], "d16cfe09 94fdcceb 5001e420 24126ea1"],
  ] as const)("gives the published words for %j", ([c0, c1, c2, c3, k0, k1], expected) => {
    const out = new Uint32Array(4);
    philox(out, c0, c1, c2, c3, k0, k1);
    expect(hex(out)).toBe(expected);
  });
});

describe("RandomStream", () => {
  it("depends on each part of its name and on nothing drawn before", () => {
    const base = new RandomStream(1, "dropout", "encoder", 7);
    const first = base.at(5, 3);
    base.at(6, 3);
    expect(base.at(5, 3)).toBe(first);
    const others = [
      new RandomStream(2, "dropout", "encoder", 7),
      new RandomStream(1, "shuffle", "encoder", 7),
      new RandomStream(1, "dropout", "decoder", 7),
      new RandomStream(1, "dropout", "encoder", 8),
    ].map((stream) => stream.at(5, 3));
    expect(new Set([first, base.at(5, 4), base.at(4, 3), ...others]).size).toBe(7);
  });

  it("fills with the same words that it gives one by one", () => {
    const stream = new RandomStream(5, "bootstrap");
    const words = new Uint32Array(11);
    stream.fill(words, 3);
    expect([...words]).toEqual([...words.keys()].map((element) => stream.at(element, 3)));
  });

  it("permutes without losing anyone", () => {
    const order = new RandomStream(3, "shuffle").permutation(1000);
    expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, i) => i));
    expect([...order.slice(0, 5)]).not.toEqual([0, 1, 2, 3, 4]);
  });

  it("is uniform: the mean of 10,000 draws is within 4 standard errors of 1/2", () => {
    const stream = new RandomStream(4, "test");
    let sum = 0;
    for (let i = 0; i < 10_000; i++) sum += stream.uniform(i);
    expect(Math.abs(sum / 10_000 - 0.5)).toBeLessThan(4 * Math.sqrt(1 / 12 / 10_000));
  });
});
