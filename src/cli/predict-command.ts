import type { TranslationModel } from "../decode/translation-model.js";
import { DataError } from "../errors.js";
import { openModels } from "./open-model.js";
import { predictClasses } from "./predict-classes.js";
import { predictLines } from "./predict-lines.js";
import { type PredictCommandOptions, refuseOptionsOfOtherTasks } from "./predict-options.js";
import { predictTags } from "./predict-tags.js";
import { predictTranslations } from "./predict-translations.js";

/** Predicts line by line what the task of the model is; several models are an ensemble of translators. */
export async function predictCommand(modelFiles: string, file: string | undefined, options: PredictCommandOptions) {
  const models = await openModels(modelFiles, options);
  const [model] = models;
  refuseOptionsOfOtherTasks(model!.task, options);
  if (models.length > 1) {
    const other = models.find(({ task }) => task !== "translate");
    if (other)
      throw new DataError(
        `ensemble ${modelFiles}: expected models of task translate, got one of task ${other.task}. Give one model.`,
      );
  }
  switch (model!.task) {
    case "translate":
      return predictTranslations(models as TranslationModel[], modelFiles, file, options);
    case "classify":
      return predictClasses(model!, file, options);
    case "tag":
      return predictTags(model!, file, options);
    case "language-model":
      return predictLines(model!, file, options);
  }
}
