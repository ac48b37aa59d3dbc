import { type BackendName, nearest, RecipeError } from "tandem-seq2seq";

/** Levels of the log, the most talkative first. */
export const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "silent"] as const;
/** A name of `LOG_LEVELS`. */
export type LogLevel = (typeof LOG_LEVELS)[number];

/** How a server runs; only the models have to be said. */
export interface ServerOptions {
  /** Model files or run folders; the name of each is its own or, as in `NAME=PATH`, said. */
  models: readonly string[];
  /** Where it listens; the loopback unless given, which nobody else reaches. */
  host?: string;
  /** 0: a free one. 8770 unless given. */
  port?: number;
  /** Threads that hold the models, each its own copy. 1 unless given. */
  workers?: number;
  /** Threads that compute in each worker. The cores shared out among the workers unless given. */
  threads?: number;
  /** The fastest unless given. */
  backend?: BackendName;
  /** Most texts of a batch. 64 unless given. */
  batchSize?: number;
  /** Milliseconds for which a request waits for others that can share its batch. 3 unless given. */
  batchWindow?: number;
  /** Most texts that wait; what comes then is answered with 429. 1024 unless given. */
  queueLimit?: number;
  /** Seconds from a request's arrival to its answer. 30 unless given. */
  timeLimit?: number;
  /** Seconds in which a request has to have arrived. 15 unless given. */
  receiveLimit?: number;
  /** Bytes of a request's body. 1 MiB unless given. */
  bodyLimit?: number;
  /** Texts of a request. 256 unless given. */
  textsLimit?: number;
  /** Characters (UTF-16 units) of a text. 2000 unless given. */
  lengthLimit?: number;
  /** Characters of a text to be traced, whose answer is large. 200 unless given. */
  traceLimit?: number;
  /** Tokens that a request may ask an output to have at most. 4096 unless given. */
  outputLimit?: number;
  /** Beams of a request. 64 unless given. */
  beamLimit?: number;
  /** Origins whose pages may ask, such as `https://example.org`, or `*`. None unless given. */
  cors?: readonly string[];
  /** A folder with the page, or false for none. The page that comes with the package unless given. */
  page?: string | false;
  /** What is logged, as JSON Lines. `info` unless given. */
  logLevel?: LogLevel;
  /** Where the log goes; standard output unless given. */
  logStream?: { write(line: string): void };
}

/** Every option with its value; what may be absent stands for a choice made later. */
export type Settings = Required<Omit<ServerOptions, "models" | "threads" | "backend" | "page" | "logStream">> &
  Pick<ServerOptions, "threads" | "backend" | "page" | "logStream">;

/** What numbers may be. */
const RANGES = {
  port: [0, 65_535],
  workers: [1, 64],
  threads: [1, 64],
  batchSize: [1, 1024],
  batchWindow: [0, 1000],
  queueLimit: [1, 1_000_000],
  timeLimit: [1, 3600],
  receiveLimit: [1, 3600],
  bodyLimit: [1024, 1 << 28],
  textsLimit: [1, 100_000],
  lengthLimit: [1, 1_000_000],
  traceLimit: [1, 100_000],
  outputLimit: [1, 100_000],
  beamLimit: [1, 256],
} as const satisfies Partial<Record<keyof ServerOptions, readonly [number, number]>>;

const DEFAULTS = {
  ...{ host: "127.0.0.1", port: 8770, workers: 1, batchSize: 64, batchWindow: 3, queueLimit: 1024 },
  ...{ timeLimit: 30, receiveLimit: 15, bodyLimit: 1 << 20, textsLimit: 256, lengthLimit: 2000, traceLimit: 200 },
  ...{ outputLimit: 4096, beamLimit: 64, cors: [] as readonly string[], logLevel: "info" as LogLevel },
};

const OTHERS = ["models", "host", "backend", "cors", "page", "logLevel", "logStream"];

/** Checks the options and puts the defaults below them. */
export function settingsOf(options: ServerOptions): Settings {
  const { models: _, ...rest } = options;
  const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
  const complain = (sentence: string): never => {
    throw new RecipeError(`serve: ${sentence}`);
  };
  const names = [...Object.keys(RANGES), ...OTHERS];
  const stray = Object.keys(given).find((name) => !names.includes(name));
  if (stray !== undefined) {
    const meant = nearest(stray, names);
    complain(`${stray} is no option; ${meant ? `did you mean "${meant}"?` : `there are ${names.join(", ")}.`}`);
  }
  for (const [name, [least, most]] of Object.entries(RANGES)) {
    const value: unknown = given[name];
    if (value === undefined || (Number.isInteger(value) && Number(value) >= least && Number(value) <= most)) continue;
    complain(`${name}: expected a whole number from ${least} to ${most}, got ${String(value)}.`);
  }
  const settings: Settings = { ...DEFAULTS, ...given };
  if (settings.textsLimit > settings.queueLimit)
    complain(`textsLimit: expected at most queueLimit, ${settings.queueLimit}, got ${settings.textsLimit}.`);
  if (!LOG_LEVELS.includes(settings.logLevel))
    complain(`logLevel: expected one of ${LOG_LEVELS.join(", ")}, got ${String(settings.logLevel)}.`);
  for (const origin of settings.cors)
    if (origin !== "*" && !isOrigin(origin))
      complain(`cors: expected an origin such as https://example.org, or *, got ${JSON.stringify(origin)}.`);
  return settings;
}

function isOrigin(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url !== undefined && /^https?:$/.test(url.protocol) && url.origin === text;
}
