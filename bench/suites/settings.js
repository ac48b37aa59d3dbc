// How the peers were started, as lines under a table.
import { UNSET } from "../contenders.js";
import { threadsText, wrapped } from "../report.js";

/** Variables that steer the peers' libraries or ours. */
const STEERING = /^(OPENBLAS|OMP|MKL|KMP|GOMP|ATEN|TANDEM_ISA)/;

/** @param {readonly import("../contenders.js").Contender[]} contenders */
export function settingsLines(contenders) {
  const lines = contenders
    .filter(({ settings }) => settings)
    .map(({ name, threads, settings }) => `${name}, ${threadsText(threads)}: ${settings}`);
  const inherited = Object.entries(process.env)
    .filter(([name]) => STEERING.test(name) && !UNSET.includes(name))
    .map(([name, value]) => `${name}=${value}`);
  if (inherited.length > 0) lines.push(`From the environment, for all: ${inherited.join(" ")}`);
  return lines.length > 0 ? `\n${lines.map(wrapped).join("\n")}` : "";
}
