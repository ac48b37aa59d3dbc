// Trains, has `tandem serve` answer, show its page and end, and writes both.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { train } from "tandem-seq2seq";

const model = await train(
  [
    ["eins", "1"],
    ["zwei", "2"],
  ],
  { dev: [], train: { epochs: 1 } },
);
await model.save("numbers.safetensors");
model.dispose();
const server = spawn(process.execPath, [
  process.argv[2],
  "serve",
  "numbers.safetensors",
  "--port",
  "0",
  "--log-level",
  "silent",
]);
const [line] = await once(createInterface({ input: server.stderr }), "line");
const [address] = /^http:\S+/.exec(line) ?? [];
if (address === undefined) throw new Error(line);
const ended = once(server, "exit");
const headers = { "content-type": "application/json" };
const answer = await fetch(`${address}/v1/translate`, {
  method: "POST",
  headers,
  body: JSON.stringify({ text: "eins" }),
});
const page = await fetch(`${address}/`);
process.stdout.write(JSON.stringify({ answer: await answer.json(), page: await page.text() }));
server.kill("SIGTERM");
const [code] = await ended;
process.exit(code);
