import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { addonFolder, cacheFolder, nativeStatus } from "../kernels/native/native.js";
import { packageFolder } from "../node-package.js";
import { formatTime } from "../view/format-numbers.js";
import { exitCodes } from "./failure.js";

/** What scripts/native.js gives: plain JavaScript, because `npm ci` runs it before there is anything else. */
interface NativeScript {
  buildNative(folder: string): "built" | "up to date" | { why: string };
}

/** The errors of a folder that nobody may write to. */
const READ_ONLY = ["EACCES", "EPERM", "EROFS"];

/** Builds the native engine and tries it; returns the exit code. */
export async function buildNativeCommand(): Promise<number> {
  const script: NativeScript = await import(pathToFileURL(join(packageFolder()!, "scripts/native.js")).href);
  const start = performance.now();
  const result = build(script);
  if (typeof result !== "string") {
    console.error(`native engine: expected to be able to build it, got none: ${result.why}.`);
    return exitCodes.failed;
  }
  const status = nativeStatus();
  if ("why" in status) {
    console.error(`native engine: ${result}, and of no use: ${status.why}.`);
    return exitCodes.failed;
  }
  const took = result === "built" ? ` in ${formatTime((performance.now() - start) / 1000)}` : "";
  console.log(`native engine: ${result}${took}, for ${status.instructionSets.join(", ")}: ${status.path}`);
  return exitCodes.done;
}

/** In the package, else in the user's cache. */
function build({ buildNative }: NativeScript): ReturnType<NativeScript["buildNative"]> {
  try {
    return buildNative(addonFolder()!);
  } catch (error) {
    const { code = "", message } = error as NodeJS.ErrnoException;
    const cache = cacheFolder();
    if (!READ_ONLY.includes(code) || cache === undefined) return { why: message };
    try {
      return buildNative(cache);
    } catch (cause) {
      return { why: `neither the package's folder nor the cache can be written to: ${(cause as Error).message}` };
    }
  }
}
