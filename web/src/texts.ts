/** The page's languages. */
export const LANGUAGES = ["en", "zh"] as const;
export type Language = (typeof LANGUAGES)[number];

/** What the other language must have: the same names, texts where there are texts, functions of the same values. */
type Same<Texts> = {
  [Name in keyof Texts]: Texts[Name] extends (...values: infer Values) => string
    ? (...values: Values) => string
    : Texts[Name] extends string
      ? string
      : Same<Texts[Name]>;
};

/** The texts of a view in both languages; a text missing in one of them is an error of types. */
export const bilingual = <Texts>(en: Texts, zh: Same<Texts>): Record<Language, Same<Texts>> => ({
  en: en as Same<Texts>,
  zh,
});
