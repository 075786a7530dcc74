/** Files that decide over gates, dependencies, agents or CI. A change to one may be right, and is always shown as such. */
const patterns: readonly RegExp[] = [
  /(^|\/)(package\.json|package-lock\.json|npm-shrinkwrap\.json|pnpm-lock\.yaml|yarn\.lock|bun\.lockb?)$/,
  /(^|\/)(Cargo\.(toml|lock)|go\.(mod|sum)|pyproject\.toml|uv\.lock|poetry\.lock|requirements[^/]*\.txt)$/,
  /(^|\/)(tsconfig[^/]*\.json|jsconfig\.json|(GNU)?[Mm]akefile|tox\.ini|setup\.(cfg|py)|\.?pytest\.(ini|toml)|\.?mypy\.ini|\.?ruff\.toml)$/,
  /(^|\/)([Jj]ustfile|Taskfile\.ya?ml|noxfile\.py|turbo\.json|nx\.json|deno\.jsonc?|bunfig\.toml|pnpm-workspace\.yaml|\.pnpmfile\.c?js|\.yarnrc(\.yml)?)$/,
  /(^|\/)(rust-toolchain(\.toml)?|\.cargo\/config(\.toml)?|\.nvmrc|\.node-version|\.python-version|\.tool-versions|mise\.toml)$/,
  /(^|\/)(\.?eslint[^/]*|\.oxlintrc[^/]*|biome\.jsonc?|\.prettierrc[^/]*|\.golangci\.ya?ml|\.?clippy\.toml|\.?rustfmt\.toml|\.oxfmtrc[^/]*|\.prettierignore|prettier\.config\.[a-z]+|\.flake8|\.?pylintrc|pyrightconfig\.json)$/,
  /(^|\/)(vitest|vite|jest|mocha|playwright|cypress|karma|ava|babel)\.config\.[a-z]+$/,
  /(^|\/)(vitest\.(workspace|projects)\.[a-z]+|karma\.conf\.[a-z]+|\.babelrc[^/]*|\.swcrc|\.taprc|\.nycrc[^/]*|\.c8rc[^/]*)$/,
  /(^|\/)(\.mocharc[^/]*|\.npmrc|\.gitattributes|\.gitmodules|\.worktreeinclude|agentx\.ya?ml)$/,
  /(^|\/)((AGENTS|CLAUDE|GEMINI)(\.local|\.override)?\.md|\.cursorrules|\.windsurfrules|\.mcp\.json|opencode\.jsonc?)$/,
  /(^|\/)(\.claude|\.agents|\.cursor|\.opencode|\.pi|\.codex|\.gemini|\.github|\.gitlab|\.circleci|\.husky|\.vscode|\.ci)\//,
  /(^|\/)(\.gitlab-ci\.yml|Jenkinsfile|azure-pipelines\.yml|\.travis\.yml|bitbucket-pipelines\.yml|lefthook\.ya?ml|\.pre-commit-config\.yaml)$/,
  /(^|\/)skills\/.*SKILL\.md$/,
];

/** @param path relative to the repository's root */
export function isProtected(path: string): boolean {
  return patterns.some((pattern) => pattern.test(path));
}
