import type { Published } from "../made-data/files.js";

/** Pairs in each part and the SHA-256 of its file. */
export const published: Published = {
  train: { count: 11928, sha256: "8f384c6f5a12801709ea15d9fcbfcb0d11ea09cb59eeea9f2463570c0bcd5732" },
  dev: { count: 512, sha256: "ee1cb79b6e4aa365d2c3717ca5c50dab13b453858bdcb1528ec5b9aebb498418" },
  test: { count: 1314, sha256: "b46ab7033657a7e9fb648322696b3ee54f45562e97ba9977b85f8d1bc6e5469b" },
};
