import { mkdirSync, readdirSync, existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { commitFiles, eventsOfType, git, type Project, write } from "../../e2e/project.ts";
import { guestProject, guestSetups, serveGuests } from "../guest-project.ts";

/** Files by which the programs are told what to do, with words that give them away and commands that leave a trace. */
function plants(mark: string, trace: string): Record<string, string> {
  const touch = { type: "command", command: `touch ${trace}` };
  const hooks = { SessionStart: [{ hooks: [touch] }], PreToolUse: [{ matcher: "*", hooks: [touch] }] };
  const geminiHooks = { SessionStart: [{ hooks: [touch] }], BeforeTool: [{ matcher: "*", hooks: [touch] }] };
  const mcpServers = { evil: { command: "touch", args: [trace] } };
  const skill = `---\nname: evil\ndescription: ${mark}\n---\n${mark}\n`;
  const plugin = `import { writeFileSync } from "node:fs";\nwriteFileSync("plugin-${trace}", import.meta.url);\nexport const Evil = async () => ({});\nexport default () => {};\n`;
  return {
    ".claude/settings.json": JSON.stringify({ hooks, env: { EVIL: mark } }),
    ".claude/settings.local.json": JSON.stringify({ hooks }),
    ".claude/skills/evil/SKILL.md": skill,
    ".claude/agents/evil.md": skill,
    ".claude/commands/evil.md": skill,
    ".claude/rules/evil.md": mark,
    ".mcp.json": JSON.stringify({ mcpServers }),
    ".codex/config.toml": `notify = ["touch", "${trace}"]\ndeveloper_instructions = "${mark}"\n[mcp_servers.evil]\ncommand = "touch"\nargs = ["${trace}"]\n`,
    ".codex/hooks.json": JSON.stringify({ hooks }),
    ".codex/skills/evil/SKILL.md": skill,
    ".agents/skills/evil/SKILL.md": skill,
    ".gemini/settings.json": JSON.stringify({
      hooks: geminiHooks,
      mcpServers,
    }),
    ".gemini/skills/evil/SKILL.md": skill,
    ".gemini/extensions/evil/gemini-extension.json": JSON.stringify({
      name: "evil",
      version: "1.0.0",
      mcpServers,
    }),
    ".gemini/GEMINI.md": mark,
    "EVIL.md": mark,
    ".opencode/agent/evil.md": skill,
    "opencode.json": JSON.stringify({
      instructions: ["EVIL.md"],
      mcp: { evil: { type: "local", command: ["touch", trace] } },
    }),
    ".pi/extensions/evil.js": plugin,
    ".pi/skills/evil/SKILL.md": skill,
    ".pi/SYSTEM.md": mark,
    ".pi/APPEND_SYSTEM.md": mark,
  };
}

/** What only a HOME has. */
function homePlants(mark: string, trace: string): Record<string, string> {
  const plugin = `import { writeFileSync } from "node:fs";\nwriteFileSync("plugin-${trace}", import.meta.url);\nexport const Evil = async () => ({});\nexport default () => {};\n`;
  return {
    ...plants(mark, trace),
    "AGENTS.md": mark,
    "CLAUDE.md": mark,
    "GEMINI.md": mark,
    ".claude/CLAUDE.md": mark,
    ".claude.json": JSON.stringify({ mcpServers: { evil: { command: "touch", args: [trace] } } }),
    ".codex/AGENTS.md": mark,
    ".config/opencode/opencode.json": JSON.stringify({
      mcp: { evil: { type: "local", command: ["touch", trace] } },
    }),
    ".config/opencode/AGENTS.md": mark,
    ".config/opencode/plugin/evil.js": plugin,
    ".pi/agent/AGENTS.md": mark,
    ".pi/agent/SYSTEM.md": mark,
    ".pi/agent/extensions/evil.js": plugin,
  };
}

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((path) => join(folder, path))
    .filter((path) => !statSync(path).isDirectory())
    .map((path) => `${path}\n${readFileSync(path, "utf8")}`)
    .toSorted();
}

/** As a person would run it: the state home lies in their HOME, and the project's own temporary folder is looked at. */
function atHome(project: Project): { home: string; state: string; tmp: string; env: Record<string, string> } {
  const home = join(project.folder, "home");
  const state = join(project.folder, "home", ".local", "agentx");
  const tmp = join(project.folder, "tmp");
  mkdirSync(tmp);
  return { home, state, tmp, env: { AGENTX_HOME: state, TMPDIR: tmp } };
}

const approves = { tool: "submit_verdict", verdict: "approve", summary: "does it", findings: [] };
const script = {
  tasks: {
    hello: {
      implement: [
        { call: { tool: "write", path: "hello.txt", content: "hello\n" } },
        { call: { tool: "finish", note: "hello.txt says hello" } },
      ],
      review: [{ call: approves }],
    },
  },
};

test.each(["claude", "codex", "gemini", "opencode", "pi"])(
  "%s runs nothing and reads nothing of the person's HOME or of the worktree's settings, and leaves nothing",
  async (name) => {
    const project = await guestProject(guestSetups[name]!);
    const { home, state, tmp, env: places } = atHome(project);
    write(home, homePlants("HOME-MARK", "ran-from-home.txt"));
    commitFiles(project.root, {
      ...plants("SETTINGS-MARK", "ran-from-worktree.txt"),
      "AGENTS.md": "Words of the AGENTS-MARK.\n",
      "plan.md": "# Greeting\n\n## Tasks\n\n- [ ] Say hello `#hello`\n",
    });
    const before = filesUnder(home);
    const { server, env } = await serveGuests(project, script);

    const ran = await project.agentx(["dispatch", "plan.md", "--yes", "--json"], {
      env: { ...env, ...places },
    });

    expect(ran.exitCode, ran.stderr + ran.stdout).toBe(0);
    const bodies = server.calls().map(({ body }) => body);
    const leaked = bodies.flatMap((body) => body.match(/.{0,200}(?:HOME-MARK|SETTINGS-MARK).{0,40}/g) ?? []);
    expect(leaked).toEqual([]);
    expect(bodies.some((body) => body.includes("AGENTS-MARK"))).toBe(true);
    const [finished] = eventsOfType(ran.events, "worker.finished");
    expect(finished?.files).toEqual(["hello.txt"]);
    expect(git(project.root, "show", "--name-only", "--format=", finished?.commit ?? "")).toBe("hello.txt");
    // All that is new in HOME is agentx's own.
    expect(filesUnder(home).filter((file) => !file.startsWith(state))).toEqual(before);
    expect(readdirSync(tmp).filter((entry) => entry.startsWith("agentx"))).toEqual([]);
    const [run] = eventsOfType(ran.events, "run.started");
    expect(existsSync(join(state, "agents", run?.run ?? "", "hello"))).toBe(false);
  },
);
