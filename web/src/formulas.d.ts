export const formulas: Readonly<Record<string, string>>;
