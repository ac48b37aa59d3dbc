type PlainMap = Readonly<Record<string, unknown>>;

/** Turns a recipe of one version into the next one's. */
export type Migration = (recipe: PlainMap) => PlainMap;

/** The migration at place n leads from version n + 1 to n + 2. A key that is new, and has a default, needs none. */
const MIGRATIONS: readonly Migration[] = [];

/** The version of recipes that this package writes; it reads all versions before. */
export const RECIPE_VERSION = MIGRATIONS.length + 1;

/** A recipe of an older version as one of the newest; what names no version is of the newest, what is no recipe stays as it is. */
export function migrated(recipe: unknown, migrations = MIGRATIONS): unknown {
  if (typeof recipe !== "object" || recipe === null || Array.isArray(recipe)) return recipe;
  const newest = migrations.length + 1;
  const { version = newest } = recipe as PlainMap;
  if (!Number.isInteger(version) || (version as number) < 1 || (version as number) >= newest) return recipe;
  const upToDate = migrations
    .slice((version as number) - 1)
    .reduce((older, migrate) => migrate(older), recipe as PlainMap);
  return { ...upToDate, version: newest };
}
