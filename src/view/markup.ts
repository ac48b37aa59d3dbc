const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** Text made safe inside an element or an attribute, in XML and in HTML. */
export function escapeMarkup(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character]!);
}

/** A `lang` attribute, or nothing. */
export function langAttribute(language: string | undefined): string {
  return language === undefined ? "" : ` lang="${escapeMarkup(language)}"`;
}
