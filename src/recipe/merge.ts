import { trainAlternatives } from "./schema.js";

export type PlainMap = Readonly<Record<string, unknown>>;

export function isMap(value: unknown): value is PlainMap {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Lays one recipe over another: maps are merged key by key, any other value replaces what was below it. A key of
 * `train` also removes its alternative below (`steps` over `epochs`), or no one could choose `steps` over a default.
 */
export function layOver(base: unknown, over: unknown): unknown {
  if (over === undefined) return base;
  if (!isMap(base) || !isMap(over)) return over;
  const merged = mergeMaps(base, over);
  return isMap(merged.train) && isMap(over.train)
    ? { ...merged, train: dropReplaced(merged.train, over.train) }
    : merged;
}

function mergeMaps(base: PlainMap, over: PlainMap): PlainMap {
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const below = Object.hasOwn(base, key) ? base[key] : undefined;
    if (value !== undefined) merged[key] = isMap(below) && isMap(value) ? mergeMaps(below, value) : value;
  }
  return merged;
}

function dropReplaced(train: PlainMap, over: PlainMap): PlainMap {
  const replaced = trainAlternatives.flatMap(([first, second]) => {
    const [hasFirst, hasSecond] = [over[first] !== undefined, over[second] !== undefined];
    if (hasFirst === hasSecond) return [];
    return [hasFirst ? second : first];
  });
  return Object.fromEntries(Object.entries(train).filter(([key]) => !replaced.some((name) => name === key)));
}
