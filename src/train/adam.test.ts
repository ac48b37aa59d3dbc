import { describe, expect, it } from "vitest";
import { BACKENDS } from "../../test/support/backends.js";
import { Parameters } from "../nn/index.js";
import { RandomStream } from "../random.js";
import { backward, ints, Scope, selectRows, sum, tanh } from "../tensor/index.js";
import { Adam } from "./adam.js";
import { clippingScale } from "./clipping.js";

const [VOCABULARY, SIZE] = [23, 5];

describe.each(BACKENDS)("%s", (_, backend) => {
  /** Trains a table on a few of its rows at each step; `byRows`: steps of rows that were not read are put off. */
  function trainedTable(byRows: boolean, steps: number, look?: (step: number, table: ArrayLike<number>) => void) {
    const parameters = new Parameters(new Scope(backend), 3);
    const table = parameters.normal("table", [VOCABULARY, SIZE], 0.5);
    table.readByRows = byRows;
    const adam = new Adam(backend, parameters);
    const scope = new Scope(backend, { gradients: true });
    for (let step = 1; step <= steps; step++) {
      scope.reset();
      parameters.clearGradients();
      scope.run(() => {
        const random = new RandomStream(1, "rows", "", step);
        // Rows 0 … 3 are never read.
        const ids = Array.from({ length: 6 }, (_, i) => 4 + (random.at(i) % (VOCABULARY - 4)));
        backward(sum(tanh(selectRows(table, ints(ids, [6])))));
        adam.step(0.01 + 0.001 * (step % 3), 0.5);
      });
      look?.(step, table.toArray());
    }
    adam.dispose();
    const bits = Array.from(table.toArray());
    scope.dispose();
    return bits;
  }

  it("a table whose rows catch up when they are read is the dense table, bit for bit", () => {
    expect(trainedTable(true, 60)).toEqual(trainedTable(false, 60));
  });

  it("the same past the end of its history of steps", () => {
    expect(trainedTable(true, 1100)).toEqual(trainedTable(false, 1100));
  });

  it("shows an up-to-date table to whoever reads it whole", () => {
    const dense: ArrayLike<number>[] = [];
    trainedTable(false, 20, (_, table) => dense.push(table));
    trainedTable(true, 20, (step, table) => expect(table).toEqual(dense[step - 1]));
  });

  it("a gradient of rows has the norm of the whole gradient", () => {
    const norms = [true, false].map((byRows) => {
      const parameters = new Parameters(new Scope(backend), 3);
      const table = parameters.normal("table", [VOCABULARY, SIZE], 0.5);
      table.readByRows = byRows;
      const scope = new Scope(backend, { gradients: true });
      return scope.run(() => {
        backward(sum(tanh(selectRows(table, ints([4, 9, 4, 22], [4])))));
        expect(table.rowGradient !== undefined).toBe(byRows);
        return clippingScale(parameters, 0.1).norm;
      });
    });
    expect(norms[0]).toBeCloseTo(norms[1]!, 5);
  });
});
