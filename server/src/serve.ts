import { createServer } from "./create-server.js";
import type { ServerOptions } from "./settings.js";

const SIGNALS = ["SIGINT", "SIGTERM"] as const;

/**
 * Serves until the process is told to end: what `tandem serve` does. The first SIGTERM or SIGINT lets it finish what it has
 * accepted, a second one ends it at once.
 *
 * @param say hears of the address and of the end, a line each
 */
export async function serve(options: ServerOptions, say: (line: string) => void): Promise<void> {
  const server = await createServer(options);
  let stop = () => {};
  const stopped = new Promise<void>((resolve) => {
    stop = resolve;
  });
  const onSignal = (signal: NodeJS.Signals) => {
    say(`${signal}: finishing what was accepted; once more ends it at once.`);
    for (const name of SIGNALS) process.off(name, onSignal);
    stop();
  };
  for (const name of SIGNALS) process.on(name, onSignal);
  try {
    const address = await server.listen();
    say(`${address} serves ${server.models.map(({ name }) => name).join(", ")}; its API: ${address}/docs/`);
    await stopped;
  } finally {
    await server.close();
  }
}
