import type { Published } from "../made-data/files.js";

/** Pairs in each part and the SHA-256 of its file. */
export const published: Published = {
  train: { count: 10473, sha256: "156a29b4fd52ef25a160d6c98761fa456e2eba89136069b1cc14f618048b9479" },
  dev: { count: 502, sha256: "7d6a69bc3a5be4b132c606976db09c6a74a8b76857f883f461d0eb0832cbb8e5" },
  test: { count: 1215, sha256: "714c8c97e91bc4e6da66e553736c6ca6f44791fc8733e01f4adb065668ae0bb2" },
};
