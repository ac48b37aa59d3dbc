import type { Published } from "../made-data/files.js";

/** Pairs in each part and the SHA-256 of its file. */
export const published: Published = {
  train: { count: 21926, sha256: "bd367bb38d85318fd6c64d0c7f4b82cc2a476dd9b818eda7d68cf27d23afbb27" },
  dev: { count: 602, sha256: "e1712e115fb557f052d205aa783dbe42ac65bd9829e89ef69cef93cb49fdecad" },
  test: { count: 1506, sha256: "967cc53422e72a42e69fd53cf5ca1a89a5164e06d67d6398950de647f6db2ecd" },
};
