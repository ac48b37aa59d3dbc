/** HTML's elements without an end. */
const VOID = new Set(["meta", "br"]);

/** Every tag of a page in order, its attributes by name; throws where elements are not closed in order or text is not escaped. */
export function parseTags(page: string): { name: string; attributes: Record<string, string> }[] {
  const tags: { name: string; attributes: Record<string, string> }[] = [];
  const open: string[] = [];
  const body = page.replace(/^<!doctype html>/, "").replace(/<(style|script)>[\s\S]*?<\/\1>/g, "");
  const rest = body.replace(
    /<(\/?)([a-z][a-z0-9]*)((?: [\w:-]+(?:="[^"<]*")?)*)(\/?)>/g,
    (_, end, name, text, empty) => {
      if (end) {
        const last = open.pop();
        if (last !== name) throw new Error(`markup: expected </${last}>, got </${name}>.`);
        return "";
      }
      const attributes = Object.fromEntries(
        [...text.matchAll(/ ([\w:-]+)(?:="([^"]*)")?/g)].map(([, key, value = ""]) => [key, value]),
      );
      tags.push({ name, attributes });
      if (!empty && !VOID.has(name)) open.push(name);
      return "";
    },
  );
  if (open.length > 0) throw new Error(`markup: expected everything closed, got ${open.join(" ")} open.`);
  const stray = /<|&(?!(?:amp|lt|gt|quot|#39);)/.exec(rest);
  if (stray) throw new Error(`markup: expected escaped text, got ${rest.slice(stray.index, stray.index + 40)}.`);
  return tags;
}

/** The rows of the table with this caption, each cell as text. */
export function tableRows(page: string, caption: string): string[][] {
  const [, table] = page.split(`<caption>${caption}</caption>`);
  if (table === undefined) throw new Error(`markup: expected a table ${caption}, got none.`);
  const [, body] = /<tbody>([\s\S]*?)<\/tbody>/.exec(table)!;
  return [...body!.matchAll(/<tr[^>]*>(.*?)<\/tr>/g)].map(([, row]) =>
    [...row!.matchAll(/<t[hd][^>]*>(.*?)<\/t[hd]>/g)].map(([, cell]) => cell!.replace(/<[^>]*>/g, "")),
  );
}
