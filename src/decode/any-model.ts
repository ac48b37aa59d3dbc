import type { Backend } from "../kernels/kernels.js";
import type { AnyModel } from "../models/model-file.js";
import type { ClassificationModel } from "./classification-model.js";
import type { LanguageModel } from "./language-model.js";
import type { TaggingModel } from "./tagging-model.js";
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

/** The model that users hold; `ownBackend` ends with it. A page that only translates loads nothing of the other tasks. */
export async function modelOf(core: AnyModel, ownBackend?: Backend): Promise<TandemModel> {
  switch (core.task) {
    case "translate":
      return new TranslationModel(core, ownBackend);
    case "classify": {
      const { ClassificationModel } = await import("./classification-model.js");
      return new ClassificationModel(core, ownBackend);
    }
    case "tag": {
      const { TaggingModel } = await import("./tagging-model.js");
      return new TaggingModel(core, ownBackend);
    }
    case "language-model": {
      const { LanguageModel } = await import("./language-model.js");
      return new LanguageModel(core, ownBackend);
    }
  }
}
