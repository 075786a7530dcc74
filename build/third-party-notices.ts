import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "rolldown";

type Manifest = { name: string; version: string; license?: string };

/** Writes `third-party-notices.txt` beside the chunks: the licence of every package of which something is in them. */
export function thirdPartyNotices(): Plugin {
  return {
    name: "third-party-notices",
    generateBundle(_options, bundle) {
      const chunks = Object.values(bundle).filter((file) => file.type === "chunk");
      const folders = new Set(chunks.flatMap(({ moduleIds }) => moduleIds.flatMap(packageFolder)));
      const source = [...folders].sort().map(noticeOf).join("\n");
      this.emitFile({ type: "asset", fileName: "third-party-notices.txt", source });
    },
  };
}

/** The innermost package that a file belongs to; none for our own. */
function packageFolder(file: string): string[] {
  return /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(file.replace(/^\0/, "")) ?? [];
}

/** A package without a licence file says at least which one it has; one that says nothing must not be shipped. */
function noticeOf(folder: string): string {
  const { name, version, license } = JSON.parse(
    readFileSync(join(folder, "package.json"), "utf8"),
  ) as Manifest;
  const files = readdirSync(folder).filter((file) => /^(licen[cs]e|notice|copying)/i.test(file));
  if (license === undefined && files.length === 0) throw new Error(`${folder} has no licence`);
  const texts = files.map((file) => readFileSync(join(folder, file), "utf8").trim());
  return `${[`${name} ${version} (${license ?? "see below"})`, ...texts].join("\n\n")}\n\n${"-".repeat(80)}\n`;
}
