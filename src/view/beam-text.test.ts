import { expect, test } from "vitest";
import { beamText } from "./beam-text.js";

test("shows every candidate behind what it goes on from, with its fate", () => {
  const candidate = (
    token: string,
    parent: number,
    score: number,
    fate: "kept" | "finished" | "dropped" | "stopped",
  ) => ({
    ...{ token, parent, score, fate },
    logProbability: -0.25,
  });
  const shown = beamText({
    beamSize: 2,
    steps: [
      {
        candidates: [
          candidate("I", 0, -0.25, "kept"),
          candidate("You", 0, -1, "kept"),
          candidate("He", 0, -3, "dropped"),
        ],
      },
      { candidates: [candidate("</s>", 1, -1.25, "finished"), candidate("love", 0, -2, "stopped")] },
    ],
    outputs: [{ text: "You", score: -1.25, ranking: -1.25, finished: true }],
  });
  const lines = shown.split("\n").map((line) => line.replace(/ +/g, " ").trim());
  expect(lines).toEqual([
    "A beam of 2 │ kept ■ finished × dropped ○ not wanted any more",
    "",
    "Step 1",
    "│ I -0.250 (-0.250)",
    "│ You -1.000 (-0.250)",
    "× He -3.000 (-0.250)",
    "",
    "Step 2",
    "■ You </s> -1.250 (-0.250)",
    "○ I love -2.000 (-0.250)",
    "",
    "Outputs, best first",
    "You -1.250",
  ]);
});
