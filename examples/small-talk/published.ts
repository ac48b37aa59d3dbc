import type { Published } from "../made-data/files.js";

/** Pairs in each part and the SHA-256 of its file. */
export const published: Published = {
  train: { count: 14728, sha256: "9d1dde59ff1a716fb7ae93a2d656681ae476ebf7be81885bbb742f4aa7128a27" },
  dev: { count: 510, sha256: "ea8875b89c8e61187c1c1e2c52d7b1731246dbc86e3fdf3d336f44b0487b10ef" },
  test: { count: 1219, sha256: "f4b64d642791d0b4664588ef5af83ec596b4392f539deb40b101e88a4e1e84ad" },
};
