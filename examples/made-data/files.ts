/** What every data set made here shares: three parts, files of `source TAB target`, and their published checksums. */
import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Pair } from "tandem-seq2seq";

export const splits = ["train", "dev", "test"] as const;
export type Split = (typeof splits)[number];
export type MadeData<Item extends Pair = Pair> = Readonly<Record<Split, readonly Item[]>>;

/** Pairs in each part and the SHA-256 of its file. */
export type Published = Readonly<Record<Split, { count: number; sha256: string }>>;

export function toTsv(pairs: readonly Pair[]): string {
  return pairs.map(({ source, target }) => `${source}\t${target}\n`).join("");
}

/** What `published.ts` of a data set should say. */
export function summarize(data: MadeData): Published {
  const entries = splits.map((split) => {
    const sha256 = createHash("sha256").update(toTsv(data[split])).digest("hex");
    return [split, { count: data[split].length, sha256 }];
  });
  return Object.fromEntries(entries) as Published;
}

/** Writes train.tsv, dev.tsv and test.tsv into `folder`, which is made if need be, once their checksums are the published ones. */
export async function writeMadeData(
  name: string,
  data: MadeData,
  published: Published,
  folder: string,
): Promise<Published> {
  const made = summarize(data);
  for (const split of splits) {
    if (made[split].sha256 !== published[split].sha256) {
      throw new Error(
        `${name} ${split}.tsv: expected SHA-256 ${published[split].sha256}, got ${made[split].sha256}. ` +
          `If the generator was changed on purpose, put the new checksums into examples/${name}/published.ts.`,
      );
    }
  }
  await mkdir(folder, { recursive: true });
  for (const split of splits) await writeFile(join(folder, `${split}.tsv`), toTsv(data[split]));
  return made;
}
