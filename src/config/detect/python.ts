import { readListed, type FoundGate, type Project, type Toolset } from "./toolset.ts";

type Runner = { name: string; install: string | null; run: (command: string) => string; because: string };

export async function detectPython(project: Project): Promise<Toolset | null> {
  const pyproject = await readListed(project, "pyproject.toml");
  const hasOther = ["setup.py", "setup.cfg", "requirements.txt"].some((file) => project.files.includes(file));
  if (pyproject === null && !hasOther) return null;
  const runner = findRunner(project, pyproject ?? "");
  const gates = await findGates(project, { pyproject: pyproject ?? "", runner });
  const notes = gates.map(
    ({ gate, because }) => `The gate ${gate.name} runs \`${gate.command}\` (${because}).`,
  );
  if (runner.install === null) notes.unshift(`Python packages are not installed (${runner.because}).`);
  else notes.unshift(`Python packages come from \`${runner.install}\` (${runner.because}).`);
  return { language: "python", setup: runner.install, gates: gates.map(({ gate }) => gate), notes };
}

function findRunner({ files }: Project, pyproject: string): Runner {
  const hasUvLock = files.includes("uv.lock");
  if (hasUvLock || hasTable(pyproject, "uv")) {
    return {
      name: "uv",
      // --frozen leaves the lock file as it is: a gate must not change what it judges.
      install: hasUvLock ? "uv sync --frozen" : "uv sync",
      run: (command) => `uv run --no-sync ${command}`,
      because: hasUvLock ? "uv.lock" : "[tool.uv] in pyproject.toml",
    };
  }
  if (files.includes("poetry.lock") || hasTable(pyproject, "poetry")) {
    return {
      name: "poetry",
      install: "poetry install --no-interaction",
      run: (command) => `poetry run ${command}`,
      because: files.includes("poetry.lock") ? "poetry.lock" : "[tool.poetry] in pyproject.toml",
    };
  }
  if (files.includes("requirements.txt")) {
    return {
      name: "venv",
      install: "python3 -m venv .venv && .venv/bin/pip install -r requirements.txt",
      run: (command) => `.venv/bin/python -m ${command}`,
      because: "requirements.txt",
    };
  }
  const because = "neither uv.lock, poetry.lock nor requirements.txt";
  return { name: "python3", install: null, run: (command) => `python3 -m ${command}`, because };
}

type Reason = { gate: FoundGate; because: string };

async function findGates(
  project: Project,
  { pyproject, runner }: { pyproject: string; runner: Runner },
): Promise<Reason[]> {
  const { files } = project;
  const setupCfg = (await readListed(project, "setup.cfg")) ?? "";
  const gate = (name: string, command: string, because: string | undefined): Reason[] =>
    because === undefined ? [] : [{ gate: { name, command: runner.run(command) }, because }];
  const configured = (tool: string, own: readonly string[]): string | undefined => {
    if (hasTable(pyproject, tool)) return `[tool.${tool}] in pyproject.toml`;
    if (new RegExp(`^\\[(tool:)?${tool}\\]`, "m").test(setupCfg)) return "setup.cfg";
    return own.find((file) => files.includes(file));
  };
  const types = [
    ...gate("typecheck", "mypy .", configured("mypy", ["mypy.ini", ".mypy.ini"])),
    ...gate("typecheck", "pyright", configured("pyright", ["pyrightconfig.json"])),
  ];
  const testFile = files.find((file) => /(^|\/)(test_[^/]*|[^/]*_test)\.py$/.test(file));
  return [
    ...types.slice(0, 1),
    ...gate("lint", "ruff check .", configured("ruff", ["ruff.toml", ".ruff.toml"])),
    ...gate("test", "pytest", configured("pytest", ["pytest.ini"]) ?? testFile),
  ];
}

/** `[tool.ruff]`, `[tool.ruff.lint]`, `[[tool.mypy.overrides]]`: enough TOML for a yes or no. */
function hasTable(toml: string, tool: string): boolean {
  return new RegExp(`^\\s*\\[\\[?tool\\.${tool}[\\].]`, "m").test(toml);
}
