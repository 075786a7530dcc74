import type { DatabaseSync } from "node:sqlite";

import { rowCheck } from "./row.ts";

/** What a journal says of itself: its schema, and the version of the agentx that opened it last for writing. */
export type About = { schema: number; writer: string };

/** Null where there is no row that is whole. */
export function readAbout(db: DatabaseSync): About | null {
  const row = db.prepare("SELECT schema, writer, sum FROM about").get();
  const [schema, writer] = [row?.["schema"], row?.["writer"]];
  if (typeof schema !== "number" || typeof writer !== "string") return null;
  return rowCheck([schema, writer]) === row?.["sum"] ? { schema, writer } : null;
}

export function writeAbout(db: DatabaseSync, { schema, writer }: About): void {
  db.exec("DELETE FROM about");
  db.prepare("INSERT INTO about (schema, writer, sum) VALUES (?, ?, ?)").run(
    schema,
    writer,
    rowCheck([schema, writer]),
  );
}
