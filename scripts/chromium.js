// The browser of the checks.
import { existsSync } from "node:fs";

export const CHROMIUM_ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
];

/** Where Chromium is, or nothing. */
export function findChromium() {
  const asked = process.env.CHROMIUM_PATH;
  if (asked !== undefined && !existsSync(asked))
    throw new Error(`CHROMIUM_PATH: expected a browser, got ${asked}, which does not exist. Correct or unset it.`);
  return [asked, "/usr/bin/chromium", "/usr/bin/chromium-browser"].find((path) => path && existsSync(path));
}
