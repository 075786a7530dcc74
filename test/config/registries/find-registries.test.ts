import { expect, test } from "vitest";
import { findRegistries } from "../../../src/config/registries/find-registries.ts";
import { ownNpmrc } from "../../../src/config/registries/own-npmrc.ts";
import { parseHostRule } from "../../../src/core/egress/allowlist.ts";

type Texts = Record<string, string>;

async function hostsFor(
  command: string,
  { env = {}, base = {}, own = {} }: { env?: Texts; base?: Texts; own?: Texts },
) {
  const registriesOf = await findRegistries({
    env,
    files: Object.keys(base),
    readAtBase: async (path) => base[path] ?? null,
    readOwn: async (path) => own[path] ?? null,
  });
  const entries = registriesOf(command);
  expect(entries.filter((entry) => parseHostRule(entry) === null)).toEqual([]);
  return entries.map((entry) => entry.replace(/ private$/, ""));
}

const npm = [...["npmjs.org", "yarnpkg.com"].map((domain) => `registry.${domain}`), "repo.yarnpkg.com"];
const python = ["pypi.org", "files.pythonhosted.org"];

test.each([
  ["npm ci --ignore-scripts", npm],
  ["corepack enable && /usr/bin/pnpm install", npm],
  ["python3 -m venv .venv && .venv/bin/pip install -r requirements.txt", python],
  ["uv sync --frozen", python],
  ["cargo fetch --locked", ["index.crates.io", "static.crates.io", "crates.io"]],
  ["npm ci && go mod download", [...npm, "proxy.golang.org", "sum.golang.org", "storage.googleapis.com"]],
  ["make deps", []],
])("%s asks the registries of its package managers", async (command, hosts) => {
  expect(await hostsFor(command, {})).toEqual(hosts);
});

test("a command that names none asks those of the files in the root", async () => {
  expect(await hostsFor("make deps", { base: { "requirements.txt": "", Makefile: "" } })).toEqual(python);
});

test("registries of the base, the person and the environment are added, and nothing else of these files", async () => {
  const base = {
    "package.json": "{}",
    ".npmrc":
      "registry=https://npm.base.example/x/\n@a:registry = http://10.0.0.9:4873\n; registry=https://no.example\n//t.example/:_authToken=abc\nproxy=http://evil.example",
    ".yarnrc.yml": 'npmRegistryServer: "https://yarn.base.example"\nnodeLinker: node-modules\n',
    "pyproject.toml":
      '[project]\nurl = "https://homepage.example"\n[[tool.uv.index]]\nname = "x"\nurl = "https://pypi.base.example/simple"\n[tool.other]\nurl = "https://no.example"\n',
    "requirements.txt": "--index-url https://pip.base.example/simple\nrequests\n",
    ".cargo/config.toml": '[registries.x]\nindex = "sparse+https://cargo.base.example/index/"\n',
  };
  const own = {
    ".npmrc": "registry=https://user:secret@npm.own.example\n",
    ".config/pip/pip.conf": "index-url = https://pip.own.example\n",
  };
  const env = { npm_config_registry: "http://127.0.0.1:4873/", GOPROXY: "https://go.env.example,direct" };
  const found = { base, own, env };
  expect(await hostsFor("npm ci", found)).toEqual([
    ...npm,
    "127.0.0.1:4873",
    "npm.base.example",
    "10.0.0.9:4873",
    "yarn.base.example",
    "npm.own.example",
  ]);
  expect(await hostsFor("uv sync && cargo fetch", found)).toEqual([
    ...python,
    "pip.base.example",
    "pypi.base.example",
    "pip.own.example",
    "index.crates.io",
    "static.crates.io",
    "crates.io",
    "cargo.base.example",
  ]);
  expect((await hostsFor("go mod download", found)).at(-1)).toBe("go.env.example");
});

test("of the person's ~/.npmrc only the registries go along, without what logs in", () => {
  const text =
    "registry=https://me:secret@npm.own.example/x\n@a:registry=https://a.example/\n//npm.own.example/:_authToken=abc\n_password=abc\nregistry=${SECRET}\n";
  expect(ownNpmrc(text)).toBe("registry=https://npm.own.example/x\n@a:registry=https://a.example/\n");
});
