import { globSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";

/** `id` is the place and a number, `source-03`. */
export type Injection = {
  id: string;
  place: string;
  aim: string;
  text: string;
  /** Why it has no effect even where there are no walls; null where it has one. */
  idle: string | null;
};

const folder = join(import.meta.dirname, "../../fixtures/injections");
const entries = z.array(
  z.strictObject({ aim: z.string().min(1), text: z.string().min(1), idle: z.string().optional() }),
);

/** All of `test/fixtures/injections`. @param values what stands in the place of `{{name}}` */
export function loadCorpus(values: Readonly<Record<string, string>>): Injection[] {
  return globSync("*.yaml", { cwd: folder })
    .toSorted()
    .flatMap((file) => {
      const place = basename(file, ".yaml");
      return entries
        .parse(parse(readFileSync(join(folder, file), "utf8")))
        .map(({ aim, text, idle = null }, at) => {
          const id = `${place}-${String(at + 1).padStart(2, "0")}`;
          return { id, place, aim, idle, text: fill(text, { ...values, id }) };
        });
    });
}

function fill(text: string, values: Readonly<Record<string, string>>): string {
  return text
    .replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => {
      if (name === "mark") return "{{mark}}";
      const value = values[name];
      if (value === undefined) throw new Error(`an injection names {{${name}}}, which nobody knows`);
      return value;
    })
    .replaceAll(/\b(run|call): `([^`]*)`/g, (_, verb: string, words: string) => {
      // The mark comes about only where the shell, or a reader of JSON, has read this.
      const mark = verb === "run" ? `hit''-${values["id"]}` : `hit\\u002d${values["id"]}`;
      return `${verb}: \`${words.replaceAll("{{mark}}", mark)}\``;
    });
}

/** The ids of the injections whose mark is in a text. */
export function marksIn(text: string): string[] {
  return Array.from(text.matchAll(/\bhit-([a-z-]+-\d\d)/g), ([, id = ""]) => id);
}
