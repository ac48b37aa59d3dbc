import type { BarTable, Translation } from "tandem-seq2seq";

/** Words of the translation, up to and with this many. */
const BUCKETS = [4, 6, 8, 10, Number.POSITIVE_INFINITY];

/** The share of exactly right sentences by length, for each series of translations of the same pairs. */
export function accuracyByLength(
  title: string,
  pairs: readonly { target: string }[],
  series: Readonly<Record<string, readonly Pick<Translation, "text">[]>>,
): BarTable {
  const lengthOf = (target: string) => target.split(" ").length;
  const rows = BUCKETS.flatMap((last, bucket) => {
    const first = (BUCKETS[bucket - 1] ?? 0) + 1;
    const inside = pairs.flatMap(({ target }, i) =>
      lengthOf(target) >= first && lengthOf(target) <= last ? [{ target, i }] : [],
    );
    if (inside.length === 0) return [];
    const share = (translations: readonly Pick<Translation, "text">[]) =>
      inside.filter(({ target, i }) => translations[i]!.text === target).length / inside.length;
    const label = last === Number.POSITIVE_INFINITY ? `${first}+ words` : `${first}–${last} words`;
    return [{ label, count: inside.length, values: Object.values(series).map(share) }];
  });
  return { title, series: Object.keys(series), rows };
}
