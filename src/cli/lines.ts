import { decodeUtf8, splitLines } from "../data/pairs.js";

const LINE_FEED = 0x0a;

/**
 * The lines of a stream in groups, each as soon as it has come: a pipe gets its answers at once, and never more than a
 * chunk is held. `name` is what messages call the stream.
 */
export async function* lineGroups(stream: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<string[]> {
  let rest: Uint8Array[] = [];
  let nextLine = 1;
  const decode = (bytes: Uint8Array): string[] => {
    const lines = splitLines(decodeUtf8(bytes, name, nextLine));
    nextLine += lines.length;
    return lines;
  };
  for await (const chunk of stream) {
    const end = chunk.lastIndexOf(LINE_FEED) + 1;
    if (end === 0) rest.push(chunk);
    else {
      yield decode(Buffer.concat([...rest, chunk.subarray(0, end)]));
      rest = [chunk.subarray(end)];
    }
  }
  const last = Buffer.concat(rest);
  if (last.length > 0) yield decode(last);
}
