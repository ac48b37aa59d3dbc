import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AnyModel } from "../models/model-file.js";
import { readSafetensors } from "../models/safetensors.js";
import type { Trainer } from "../train/trainer.js";
import { Checkpoints } from "./checkpoints.js";
import { exitCodes } from "./failure.js";

/** A model that has not been trained yet, and its trainer; each time the same. */
export type FreshTrainer = () => Promise<{ model: AnyModel; trainer: Trainer }>;

interface VerifyOptions {
  /** How many steps are trained whole, and in two halves. */
  steps: number;
  json: boolean;
}

/** Names of what differs that are said. */
const NAMED = 3;

/**
 * Trains some steps whole, and the same in two halves with a checkpoint between them, in a temporary folder; compares all that
 * training goes on from, bit for bit: parameters, moments, best epoch, position, history. Returns the exit code.
 */
export async function verifyResume(fresh: FreshTrainer, { steps, json }: VerifyOptions): Promise<number> {
  const whole = await trainTo(fresh, steps);
  const half = Math.floor(whole.step / 2);
  const folder = await mkdtemp(join(tmpdir(), "tandem-verify-"));
  let resumed: Stopped;
  try {
    const checkpoints = new Checkpoints(folder);
    const first = await trainTo(fresh, half);
    await checkpoints.write(first.step, first.bytes);
    const { bytes, file } = (await checkpoints.newest())!;
    resumed = await trainTo(fresh, steps, { bytes, file });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  const differences = differencesOf(whole.bytes, resumed.bytes);
  const isExact = differences.length === 0;
  if (json) console.log(JSON.stringify({ exact: isExact, steps: whole.step, half, differences }));
  else if (isExact)
    console.log(
      `Resume is exact: ${whole.step} steps whole and ${half} + ${whole.step - half} steps through a checkpoint end in the same ${whole.bytes.length} bytes.`,
    );
  else {
    const more = differences.length > NAMED ? ` and ${differences.length - NAMED} more` : "";
    console.log(
      `Resume is not exact: after ${half} + ${whole.step - half} steps through a checkpoint not what it is after ${whole.step} steps whole are ${differences.slice(0, NAMED).join("; ")}${more}.`,
    );
  }
  return isExact ? exitCodes.done : exitCodes.failed;
}

interface Stopped {
  /** Steps taken: fewer than were asked for where the recipe ends before. */
  step: number;
  /** Its checkpoint. */
  bytes: Uint8Array;
}

async function trainTo(
  fresh: FreshTrainer,
  stopAt: number,
  from?: { bytes: Uint8Array; file: string },
): Promise<Stopped> {
  const { model, trainer } = await fresh();
  try {
    if (from) trainer.restore(from.bytes, from.file);
    await trainer.run(() => {}, undefined, { stopAt });
    return { step: trainer.step, bytes: trainer.checkpoint() };
  } finally {
    trainer.dispose();
    model.dispose();
  }
}

/** What two checkpoints do not have alike, a phrase for each. */
function differencesOf(whole: Uint8Array, resumed: Uint8Array): string[] {
  const [a, b] = [readSafetensors(whole, "whole"), readSafetensors(resumed, "resumed")];
  const found: string[] = [];
  for (const key of new Set([...a.metadata.keys(), ...b.metadata.keys()]))
    if (a.metadata.get(key) !== b.metadata.get(key)) found.push(key);
  for (const name of new Set([...a.tensors.keys(), ...b.tensors.keys()])) {
    const [mine, other] = [a.tensors.get(name)?.data, b.tensors.get(name)?.data];
    if (!mine || !other || mine.length !== other.length) found.push(`${name} (in one of them only)`);
    else {
      const places = Array.from(mine.keys()).filter((i) => !Object.is(mine[i], other[i]));
      const [first] = places;
      if (first !== undefined)
        found.push(`${name} (${places.length} of ${mine.length} numbers, first ${mine[first]} and ${other[first]})`);
    }
  }
  return found;
}
