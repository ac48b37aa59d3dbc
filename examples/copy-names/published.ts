import type { Published } from "../made-data/files.js";

/** Pairs in each part and the SHA-256 of its file. */
export const published: Published = {
  train: { count: 8000, sha256: "f41f06df66ec684edff5b891d4310e8760bbc5ac6fe3e5c86d74ffc0b2496d1a" },
  dev: { count: 400, sha256: "7e97094876a3af673f16bbe706ec98df0d2ffee4114a113fe8f84c89b40f250f" },
  test: { count: 1000, sha256: "13beb928bd8490eac2f73cce983c7dc8f5cd271d4cf922a970d853e1bc11258d" },
};
