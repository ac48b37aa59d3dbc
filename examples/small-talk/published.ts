import type { Published } from "../made-data/files.js";

/** Pairs in each part and the SHA-256 of its file. */
export const published: Published = {
  train: { count: 18457, sha256: "ea81534b627d140ba3c1a99df21d18b2e12d982a65e8512e6ac592dc1aaa4a25" },
  dev: { count: 612, sha256: "dddc57181f5a40cb93fa80b946c0dc3516f492908dca9a481624e6cd45023688" },
  test: { count: 1529, sha256: "8226c98e9b6929d4437508039e329e18c2a0333a0f45852f47397ed51ff2f40c" },
};
