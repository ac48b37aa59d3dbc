import type { Published } from "../made-data/files.js";

/** Pairs in each part and the SHA-256 of its file. */
export const published: Published = {
  train: { count: 11928, sha256: "fa5892da977654051e96e6972cab492fd3fcec28449c106bf13395478db16c57" },
  dev: { count: 512, sha256: "192c2318af8d2e524f192561a8950b047a2e9f22d2e0c58b4be71e72de7ce127" },
  test: { count: 1314, sha256: "900f3c545a2bc301754871334dd052a6d85972f35ccd01531e5ef88ff7f391f2" },
};
