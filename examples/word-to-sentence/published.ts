import type { Published } from "../made-data/files.js";

/** Pairs in each part and the SHA-256 of its file. */
export const published: Published = {
  train: { count: 4699, sha256: "b600acb31a2745f0911679e7434199ca274fc5af311d5c0cb18427328baf8f4e" },
  dev: { count: 188, sha256: "6501031b0b735c5b866321ab4bdd98d6471f5156992554dd1eea5ee5ee9b6644" },
  test: { count: 644, sha256: "195db498f5491db278430ee4e189be103fe2afb9d1d7fb21428ae7c47239b44a" },
};
