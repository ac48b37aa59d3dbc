import type { Published } from "../made-data/files.js";

/** Pairs in each part and the SHA-256 of its file. */
export const published: Published = {
  train: { count: 11929, sha256: "af8b992262af0f846a87118676249f89ca70f570023347adcef6431d8bf8e145" },
  dev: { count: 512, sha256: "32082516850936f8e198767122c8d6ce8e2ba0d5f6aab7df5aa01ba80e121b92" },
  test: { count: 1313, sha256: "288772e31b0e2c19de87a09b6aa65c56d775c443685ad2f19227c497f4c415a4" },
};
