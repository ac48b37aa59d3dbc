// Ways to spoil a file. `random` gives uniform numbers in [0, 1).

export const below = (random, count) => Math.floor(random() * count);
export const pick = (random, list) => list[below(random, list.length)];

/** Texts that readers of text trip over: other types, limits, marks, escapes, other scripts, what stands for nothing. */
const TEXTS = [
  ..."\t\n\r\0\\\"'{}[]:,-#&*!|>%@`~",
  ...[
    "\r\n",
    "\n\n",
    "\t\t",
    "  ",
    "\ufeff",
    "\u2028",
    "\ud800",
    "é",
    "e\u0301",
    "你好",
    "👩‍👩‍👧",
    "\u202e",
    "__proto__",
  ],
  ...[
    "-1",
    "0",
    "1e9",
    "1e400",
    "-0",
    ".5",
    "0x10",
    "NaN",
    "null",
    "true",
    "~",
    "[]",
    "{}",
    "<<: *a",
    "&a [*a]",
    "!!binary x",
  ],
  ...["constructor", "2147483648", "9007199254740993", "0-0", "0-9 9-0", "1-", "<pad>", "</s>", "x".repeat(300)],
];

/** Values of another kind, or out of range. */
const VALUES = [
  null,
  true,
  "",
  "x",
  0,
  -1,
  1,
  0.5,
  3,
  1e9,
  -1e9,
  2 ** 53,
  [],
  {},
  [null],
  [[]],
  ["a", "a"],
  { a: 1 },
  "__proto__",
];

/** Some bytes turned, dropped, doubled, moved or put in. */
export function mutateBytes(bytes, random) {
  let out = Buffer.from(bytes);
  for (let i = 1 + below(random, 4); i > 0; i--) {
    const at = below(random, out.length + 1);
    const length = below(random, random() < 0.2 ? out.length - at + 1 : 9);
    const put = (middle, end) => Buffer.concat([out.subarray(0, at), middle, out.subarray(end)]);
    switch (below(random, 6)) {
      case 0:
        if (at < out.length) out[at] ^= 1 << below(random, 8);
        break;
      case 1:
        out = put(Buffer.alloc(0), at + length);
        break;
      case 2:
        out = put(Buffer.from(pick(random, TEXTS)), at);
        break;
      case 3:
        out = put(Buffer.from(pick(random, TEXTS)), at + length);
        break;
      case 4:
        out = put(out.subarray(at, at + length), at);
        break;
      default:
        out = out.subarray(0, at);
    }
  }
  return out;
}

/** Some lines dropped, doubled, swapped or indented, then perhaps some bytes. */
export function mutateText(text, random) {
  const lines = text.split("\n");
  for (let i = below(random, 3); i > 0; i--) {
    const [a, b] = [below(random, lines.length), below(random, lines.length)];
    const kind = below(random, 5);
    if (kind === 0) lines.splice(a, 1);
    else if (kind === 1) lines.splice(b, 0, lines[a] ?? "");
    else if (kind === 2) [lines[a], lines[b]] = [lines[b] ?? "", lines[a] ?? ""];
    else if (kind === 3) lines[a] = `  ${lines[a] ?? ""}`;
    else lines[a] = (lines[a] ?? "").replace(/:.*/u, `: ${pick(random, TEXTS)}`);
  }
  const changed = lines.join("\n");
  return random() < 0.7 ? mutateBytes(Buffer.from(changed), random).toString("utf8") : changed;
}

/** One value somewhere inside replaced by another kind of value, dropped, or moved. The value itself is changed. */
export function mutateValue(value, random) {
  const places = [];
  const visit = (node) => {
    if (typeof node !== "object" || node === null) return;
    for (const key of Object.keys(node)) {
      places.push([node, key]);
      visit(node[key]);
    }
  };
  visit(value);
  if (places.length === 0) return pick(random, VALUES);
  for (let i = 1 + below(random, 2); i > 0; i--) {
    const [node, key] = pick(random, places);
    const kind = below(random, 5);
    if (kind === 0) delete node[key];
    else if (kind === 1) {
      const [other, otherKey] = pick(random, places);
      // A value may not come to hold itself.
      node[key] = structuredClone(other[otherKey] ?? null);
    } else if (kind === 2 && typeof node[key] === "number")
      node[key] = pick(random, [-node[key], node[key] + 1, node[key] * 1e6]);
    else node[key] = structuredClone(pick(random, VALUES));
  }
  return value;
}

/** A safetensors file with its header spoilt, or the JSON in its metadata, or any bytes of it. */
export function mutateSafetensors(bytes, random) {
  if (random() < 0.3) return mutateBytes(bytes, random);
  const headerBytes = Number(bytes.readBigUInt64LE());
  const header = JSON.parse(bytes.toString("utf8", 8, 8 + headerBytes));
  const { __metadata__: metadata } = header;
  if (random() < 0.7) {
    const key = pick(random, Object.keys(metadata));
    let value = metadata[key];
    try {
      value = JSON.stringify(mutateValue(JSON.parse(value), random)) ?? "";
    } catch {
      value = mutateText(value, random);
    }
    if (random() < 0.05) delete metadata[key];
    else metadata[key] = value;
  } else mutateValue(header, random);
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([length, json, bytes.subarray(8 + headerBytes)]);
}
