import type { Backend } from "../kernels/kernels.js";
import type { AnyModel } from "../models/model-file.js";
import { ClassificationModel } from "./classification-model.js";
import { LanguageModel } from "./language-model.js";
import { TaggingModel } from "./tagging-model.js";
import { TranslationModel } from "./translation-model.js";

/** The trained model of each task. */
export interface ModelOfTask {
  translate: TranslationModel;
  classify: ClassificationModel;
  tag: TaggingModel;
  "language-model": LanguageModel;
}

/** What a model can have learnt to do. */
export type TaskName = keyof ModelOfTask;

/** A trained model of any task: `model.task` narrows the type. */
export type TandemModel = ModelOfTask[TaskName];

/** The model that users hold; `ownBackend` ends with it. */
export function modelOf(core: AnyModel, ownBackend?: Backend): TandemModel {
  switch (core.task) {
    case "translate":
      return new TranslationModel(core, ownBackend);
    case "classify":
      return new ClassificationModel(core, ownBackend);
    case "tag":
      return new TaggingModel(core, ownBackend);
    case "language-model":
      return new LanguageModel(core, ownBackend);
  }
}
