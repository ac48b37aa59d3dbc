// A thread that does what its texts say: die, hang, or answer.
import { parentPort, workerData } from "node:worker_threads";

const facts = { task: "tag", languages: {}, parameters: 0 };
parentPort.on("message", ({ kind, id, job }) => {
  if (kind !== "run") return;
  const [{ texts }] = job.items;
  if (texts[0] === "die") process.exit(1);
  if (texts[0] === "throw") throw new Error("thrown");
  while (texts[0] === "hang");
  parentPort.postMessage({
    kind: "done",
    id,
    outcomes: job.items.map(({ texts }) => ({ json: JSON.stringify(texts[0]) })),
  });
});
parentPort.postMessage({ kind: "ready", models: workerData.models.map(({ name }) => ({ name, ...facts })) });
