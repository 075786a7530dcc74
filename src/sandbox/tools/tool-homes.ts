import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

type ToolHome = { folders: string[]; env: Record<string, string> };

/**
 * What a folder of PATH needs around it. Real paths in, candidates out: the caller drops what does not exist.
 * Left out on purpose: `~/.cargo` but its bin (credentials), `etc` of a Node prefix (npmrc), Homebrew's `etc` and `var`.
 */
export function foldersOf(bin: string, home: string): ToolHome {
  const is = (folder: string): boolean => bin === folder || bin.startsWith(`${folder}/`);
  const whole = (folder: string, variable: string): ToolHome => ({
    folders: [folder],
    env: { [variable]: folder },
  });
  const brew = /^(\/home\/linuxbrew\/\.linuxbrew|\/opt\/homebrew)(\/|$)/.exec(bin)?.[1];
  if (brew !== undefined) return { folders: brewParts.map((part) => join(brew, part)), env: {} };
  if (is("/nix/store")) return { folders: ["/nix/store"], env: {} };
  if (is(join(home, ".cargo", "bin"))) {
    const rustup = join(home, ".rustup");
    return { folders: [bin, rustup], env: existsSync(rustup) ? { RUSTUP_HOME: rustup } : {} };
  }
  if (is(join(home, ".pyenv"))) return whole(join(home, ".pyenv"), "PYENV_ROOT");
  if (is(join(home, ".asdf"))) return whole(join(home, ".asdf"), "ASDF_DATA_DIR");
  if (is(join(home, ".volta"))) return whole(join(home, ".volta"), "VOLTA_HOME");
  const mise = join(home, ".local", "share", "mise");
  if (is(mise)) return whole(mise, "MISE_DATA_DIR");
  // `go` finds its library and `rustc` its own from where the binary lies.
  const prefix = dirname(bin);
  if (existsSync(join(bin, "go")) && existsSync(join(prefix, "src", "runtime"))) {
    return { folders: [prefix], env: {} };
  }
  if (existsSync(join(bin, "node"))) {
    return { folders: [bin, join(prefix, "lib", "node_modules"), join(prefix, "include", "node")], env: {} };
  }
  return { folders: [bin], env: {} };
}

const brewParts = [
  "bin",
  "sbin",
  "lib",
  "libexec",
  "opt",
  "Cellar",
  "Caskroom",
  "include",
  "share",
  "etc/ca-certificates",
];
