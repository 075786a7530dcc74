import { readListed, type Project, type Toolset } from "./toolset.ts";

export async function detectRust(project: Project): Promise<Toolset | null> {
  const manifest = await readListed(project, "Cargo.toml");
  if (manifest === null) return null;
  const gates = [{ name: "test", command: "cargo test" }];
  const notes = ["The gate test runs `cargo test` (Cargo.toml)."];
  const clippy = ["clippy.toml", ".clippy.toml"].find((file) => project.files.includes(file));
  const because = clippy ?? (/^\s*\[(workspace\.)?lints\.clippy\]/m.test(manifest) ? "[lints.clippy]" : null);
  if (because !== null) {
    gates.unshift({ name: "lint", command: "cargo clippy --all-targets -- -D warnings" });
    notes.push(`The gate lint runs \`cargo clippy\` (${because}).`);
  }
  if (!hasDependencies(manifest)) return { language: "rust", setup: null, gates, notes };
  const setup = project.files.includes("Cargo.lock") ? "cargo fetch --locked" : "cargo fetch";
  return { language: "rust", setup, gates, notes: [...notes, `Crates come from \`${setup}\`.`] };
}

/** A workspace's members may have some of their own, which are not looked at. */
function hasDependencies(manifest: string): boolean {
  return /^\s*\[(workspace\]|([\w.'"()=, -]+\.)?((dev|build)-)?dependencies[\].])/m.test(manifest);
}
