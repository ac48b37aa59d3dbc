import type { Backend } from "../kernels/kernels.js";
import type { Parameters } from "../nn/index.js";
import type { Recipe } from "../recipe/index.js";
import { Adam } from "./adam.js";
import type { Optimizer } from "./optimizer.js";
import { Sgd } from "./sgd.js";

/** The optimiser that a recipe names, with nothing kept yet. */
export function createOptimizer(backend: Backend, parameters: Parameters, train: Recipe["train"]): Optimizer {
  switch (train.optimizer) {
    case "adam":
    case "adamw":
      return new Adam(backend, parameters, train);
    case "sgd":
      return new Sgd(backend, parameters, train);
  }
}
