import type { Published } from "../made-data/files.js";

/** Pairs in each part and the SHA-256 of its file. */
export const published: Published = {
  train: { count: 21926, sha256: "1848361935039dbacb4caf70269d03bd575adb9dd37dc9cc77d8953225cc8cda" },
  dev: { count: 602, sha256: "6c21ec3dc26c5d0fff4657d16396bbd1384db22262d8fc46a625c81075a4a24b" },
  test: { count: 1506, sha256: "406de80ab43d7a5bd0aef075b65c37e5d39bc3902840380229684d349be552af" },
};
