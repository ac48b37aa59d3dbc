import type { Recipe } from "tandem-seq2seq";

/** The languages of both sides for `lang` attributes; where the recipe leaves them open, none. */
export const languageOf = ({ source, target }: Recipe): { source: string | undefined; target: string | undefined } => ({
  source: source.language === "auto" ? undefined : source.language,
  target: target.language === "auto" ? undefined : target.language,
});
