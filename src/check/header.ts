import { looksLikeHeader } from "../data/header.js";
import type { Recipe } from "../recipe/schema.js";
import { type CheckedData, exampleOf, type Finding, numbered, PARTS, SIDES } from "./finding.js";

const isFirstLine = (place = "") => place.endsWith(":1");

/** First lines of files that name the columns: they are read as pairs, like every other line. */
export function headerFindings({ task }: Recipe, data: CheckedData): Finding[] {
  return PARTS.flatMap((part) =>
    numbered(data[part])
      .filter(([, pair]) => isFirstLine(pair.place) && looksLikeHeader(SIDES.flatMap((side) => pair[side] || [])))
      // A label named "question" comes again, the name of a column hardly ever.
      .filter(([, pair]) => data[part].every((other) => other === pair || other.target !== pair.target))
      .map(([index, pair]): Finding => {
        const of = data[part].length;
        return {
          kind: "header",
          level: "warning",
          count: 1,
          of,
          share: 1 / of,
          what: "The first line of a file looks like the names of its columns and is read as an example",
          example: exampleOf(pair, index, part, task),
          advice: "Remove that line: files are read without a header.",
        };
      }),
  );
}
