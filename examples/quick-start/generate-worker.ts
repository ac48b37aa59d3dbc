// Writes an example's data in a thread of its own, whose memory goes with it.
import { parentPort, workerData } from "node:worker_threads";
import { writeDates } from "../dates/generate.js";
import { writePhraseBook } from "../phrase-book/generate.js";

const { example, folder } = workerData as { example: "dates" | "phrase-book"; folder: string };
if (example === "dates") parentPort!.postMessage((await writeDates(folder)).note);
else {
  await writePhraseBook(folder);
  parentPort!.postMessage(undefined);
}
