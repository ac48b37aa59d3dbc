// A page that trains: every bundler has to take the recipe, and to leave alone what only Node.js has.
import { train } from "tandem-seq2seq";

const pairs = await (await fetch("/pairs.json")).json();
const options = await (await fetch("/options.json")).json();
train(pairs, options).then(
  async (model) =>
    globalThis.answer({ texts: (await model.translate(pairs.map(([source]) => source))).map(({ text }) => text) }),
  (error) => globalThis.answer({ error: String(error?.stack ?? error) }),
);
