import type { Published } from "../made-data/files.js";

/** Pairs in each part and the SHA-256 of its file. */
export const published: Published = {
  train: { count: 10463, sha256: "62ca7b4679ff68b23f3da44fbaa20756fb856f0b8351bbcd06e0cbc954fabefc" },
  dev: { count: 503, sha256: "aea803302148409f86b9527442d246828bb264fd8359b483c0c094d49ae21197" },
  test: { count: 1215, sha256: "64676c89f7fe3f3ea23b5ce5fcd239f843de42c4ad043107e8b33dd0a979cfec" },
};
