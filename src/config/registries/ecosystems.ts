/** How one language's package managers say where packages come from. */
export type Ecosystem = {
  /** Programs in a setup command. */
  programs: readonly string[];
  /** Files in the root that tell of it where the command names no program. */
  manifests: readonly string[];
  /** Hosts that are asked where nothing else is said. */
  hosts: readonly string[];
  /** Variables with addresses in them. */
  variables: readonly string[];
  /** Of the base commit, from the repository's root. */
  files: readonly string[];
  /** Of the person, from HOME. */
  ownFiles: readonly string[];
};

export const ecosystems: readonly Ecosystem[] = [
  {
    programs: ["npm", "npx", "pnpm", "pnpx", "yarn", "bun", "bunx", "corepack"],
    manifests: ["package.json"],
    hosts: [...["npmjs.org", "yarnpkg.com"].map((domain) => `registry.${domain}`), "repo.yarnpkg.com"],
    variables: [
      "npm_config_registry",
      "NPM_CONFIG_REGISTRY",
      "YARN_REGISTRY",
      "YARN_NPM_REGISTRY_SERVER",
      "BUN_CONFIG_REGISTRY",
    ],
    files: [".npmrc", ".yarnrc", ".yarnrc.yml", "bunfig.toml", "pnpm-workspace.yaml"],
    ownFiles: [".npmrc", ".yarnrc", ".yarnrc.yml", ".bunfig.toml"],
  },
  {
    programs: ["pip", "pip3", "uv", "poetry", "pdm", "pipenv"],
    manifests: ["pyproject.toml", "requirements.txt", "setup.py"],
    hosts: ["pypi.org", "files.pythonhosted.org"],
    variables: [
      "PIP_INDEX_URL",
      "PIP_EXTRA_INDEX_URL",
      "UV_INDEX_URL",
      "UV_EXTRA_INDEX_URL",
      "UV_DEFAULT_INDEX",
      "UV_INDEX",
    ],
    files: ["requirements.txt", "pyproject.toml", "uv.toml"],
    ownFiles: [".config/pip/pip.conf", ".pip/pip.conf", ".config/uv/uv.toml"],
  },
  {
    programs: ["cargo"],
    manifests: ["Cargo.toml"],
    hosts: ["index.crates.io", "static.crates.io", "crates.io"],
    variables: ["CARGO_REGISTRIES_CRATES_IO_INDEX"],
    files: [".cargo/config.toml"],
    ownFiles: [".cargo/config.toml"],
  },
  {
    programs: ["go"],
    manifests: ["go.mod"],
    hosts: ["proxy.golang.org", "sum.golang.org", "storage.googleapis.com"],
    variables: ["GOPROXY", "GOSUMDB"],
    files: [],
    ownFiles: [],
  },
];
