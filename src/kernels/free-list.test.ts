import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FreeList } from "./free-list.js";

/** A list that starts at 64 and notes how far it grew. */
function listOf(limit = Number.POSITIVE_INFINITY) {
  let end = 64;
  const list = new FreeList(64, (wanted) => {
    if (wanted > limit) throw new RangeError("full");
    end = Math.max(end, wanted);
  });
  return { list, end: () => end };
}

describe("FreeList", () => {
  it("rounds up to 64 bytes and starts on a multiple of 64", () => {
    const list = new FreeList(65, () => {});
    expect([list.reserve(1), list.reserve(65), list.reserve(64)]).toEqual([128, 192, 320]);
    expect(list.reservedBytes).toBe(256);
  });

  it.each([
    ["the left one first", [0, 1, 2]],
    ["the right one first", [2, 1, 0]],
    ["the middle one last", [0, 2, 1]],
    ["the middle one first", [1, 2, 0]],
  ])("joins released neighbours, %s", (_, order) => {
    const { list, end } = listOf();
    const ranges = [list.reserve(64), list.reserve(128), list.reserve(64)];
    list.reserve(64);
    const grown = end();
    for (const index of order) list.release(ranges[index]!, index === 1 ? 128 : 64);
    expect(list.reserve(256)).toBe(ranges[0]);
    expect(end()).toBe(grown);
  });

  it("keeps what is left of a range that was larger than wanted", () => {
    const { list } = listOf();
    const large = list.reserve(256);
    list.reserve(64);
    list.release(large, 256);
    expect([list.reserve(64), list.reserve(192)]).toEqual([large, large + 64]);
  });

  it("grows by the missing part only where the last range is free", () => {
    const { list, end } = listOf();
    const first = list.reserve(64);
    const last = list.reserve(128);
    list.release(last, 128);
    expect(list.reserve(192)).toBe(last);
    expect(end()).toBe(first + 64 + 192);
  });

  it("counts nothing as reserved when growing fails", () => {
    const { list } = listOf(1024);
    const pointer = list.reserve(512);
    expect(() => list.reserve(1024)).toThrow("full");
    expect(list.reservedBytes).toBe(512);
    list.release(pointer, 512);
    expect(list.reserve(960)).toBe(pointer);
  });

  it("never hands out the same byte twice, and is one range again after everything came back", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 1, max: 500 })), { maxLength: 60 }), (steps) => {
        const { list, end } = listOf();
        const live: { start: number; bytes: number }[] = [];
        for (const [give, bytes] of steps) {
          if (give || live.length === 0) live.push({ start: list.reserve(bytes), bytes });
          else {
            const [range] = live.splice(bytes % live.length, 1);
            list.release(range!.start, range!.bytes);
          }
          const sorted = live.toSorted((a, b) => a.start - b.start);
          for (const [i, range] of sorted.entries())
            expect(range.start + range.bytes).toBeLessThanOrEqual(sorted[i + 1]?.start ?? end());
        }
        for (const { start, bytes } of live) list.release(start, bytes);
        expect(list.reservedBytes).toBe(0);
        const all = end() - 64;
        if (all > 0) expect(list.reserve(all)).toBe(64);
        expect(end() - 64).toBe(all);
      }),
      { seed: 7, numRuns: 200 },
    );
  });
});
