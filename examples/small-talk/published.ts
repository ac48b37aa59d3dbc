import type { Published } from "../made-data/files.js";

/** Pairs in each part and the SHA-256 of its file. */
export const published: Published = {
  train: { count: 14728, sha256: "d0b14f7d14b9fef643d1d2c2a21d7450a23f5f1bc5589eeca043ae0e8795ec5e" },
  dev: { count: 510, sha256: "d992d1abfe3b57451c7ace3301b3662cfba4f3ffc817152c093af8686d881177" },
  test: { count: 1219, sha256: "5a73226648a83020466ce325488b037a4df8efcbf7baa29bbd471dc999d3e1ed" },
};
