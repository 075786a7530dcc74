import { reservedIds } from "../core/validate-plan.ts";

/** Where a slug from a title is cut: it must still be typed on a command line. */
const maxSlug = 48;

/** `Ünïcode & Co.` → `unicode-co`; empty when no letter or digit of ASCII is left. */
export function slugOf(text: string): string {
  return text
    .normalize("NFKD")
    .replace(/\p{Mark}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");
}

/**
 * An id for each task: its own where it has one, else the slug of its title, made unique by a number
 * (`login-2`). Own ids are kept as they are, also when they are wrong: the validation names them.
 */
export function assignIds(tasks: readonly { id: string | null; title: string }[]): string[] {
  const taken = new Set<string>(reservedIds);
  for (const { id } of tasks) if (id !== null) taken.add(id);
  const next = new Map<string, number>();
  return tasks.map(({ id, title }, index) => {
    if (id !== null) return id;
    const base = shorten(slugOf(title)) || `task-${index + 1}`;
    let free = base;
    let number = next.get(base) ?? 2;
    while (taken.has(free)) free = `${base}-${number++}`;
    next.set(base, number);
    taken.add(free);
    return free;
  });
}

function shorten(slug: string): string {
  if (slug.length <= maxSlug) return slug;
  const cut = slug.lastIndexOf("-", maxSlug);
  return slug.slice(0, cut > 0 ? cut : maxSlug);
}
