import { expect, test } from "vitest";
import { EventStream } from "./event-stream.js";

test("a reader that keeps up hears of every token, and of the result at last", async () => {
  const stream = new EventStream();
  const heard: string[] = [];
  stream.setEncoding("utf8").on("data", (event: string) => heard.push(event));
  for (const text of ["a", "ab"]) {
    stream.tell(`"${text}"`);
    await new Promise(setImmediate);
  }
  stream.finish("result", '"ab."');
  await new Promise((resolve) => stream.on("end", resolve));
  expect(heard).toEqual([
    'event: token\ndata: "a"\n\n',
    'event: token\ndata: "ab"\n\n',
    'event: result\ndata: "ab."\n\n',
  ]);
});

test("a reader that does not finds the newest only, and nothing piles up", async () => {
  const stream = new EventStream();
  const events = stream[Symbol.asyncIterator]();
  const first = events.next();
  stream.tell('"0"');
  expect(String((await first).value)).toContain('"0"');
  for (let i = 1; i <= 1000; i++) stream.tell(`"${i}"`);
  expect(stream.readableLength).toBeLessThan(100);
  stream.finish("result", '"end"');
  const rest: string[] = [];
  for await (const event of { [Symbol.asyncIterator]: () => events }) rest.push(String(event));
  expect(rest.join("")).toContain('"1000"');
  expect(rest.join("")).not.toContain('"500"');
  expect(rest.at(-1)).toContain('event: result\ndata: "end"');
});
