import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { findBwrap, probeBubblewrap } from "../../src/sandbox/bubblewrap/probe-bubblewrap.ts";
import { journalRun } from "../cli/a-journal.ts";
import { task } from "../support/core-run.ts";
import { program } from "../support/program.ts";
import { approves, commitFiles, git, makeProject, modelEnv, serveModels } from "./project.ts";
import { subPlan } from "./small-run.ts";

const here = import.meta.dirname;
const fixtures = join(here, "../fixtures/disks");
const megabytes = (count: number): string => String(count * 1024 * 1024);
const bubblewrap = await probeBubblewrap(findBwrap(process.env["PATH"] ?? ""));

/** In a mount namespace of its own any user can have small and read-only disks. */
async function inNamespace(
  args: string[],
  env: Record<string, string>,
): Promise<{ code: number; stderr: string }> {
  const child = spawn(
    bubblewrap.type === "works" ? bubblewrap.file : "",
    ["--dev-bind", "/", "/", "--die-with-parent", ...args],
    {
      env,
      stdio: ["ignore", "ignore", "pipe"],
    },
  );
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const [code] = (await once(child, "close")) as [number];
  return { code, stderr };
}

test.skipIf(bubblewrap.type !== "works")(
  "a full disk under worktrees is the worker's trouble; under the journal and git agentx stops, and resumes with nothing lost",
  async () => {
    const project = makeProject({ "readme.md": "hello\n", "plan.md": subPlan });
    const at = (name: string): string => join(project.folder, name);
    const [disk, homes, out] = [at("disk"), at("homes"), at("out")];
    for (const folder of [disk, homes, out]) mkdirSync(folder);
    // A gate has an environment of its own.
    const gate = `OUT=${out} DISK=${disk} sh ${join(fixtures, "gate.sh")}`;
    commitFiles(project.root, { "agentx.yaml": `gates:\n  check: ${gate}\n` }, "gate");
    const { server, env } = await serveModels(
      project,
      `tasks:
  sub:
    implement:
      - call: { tool: shell, command: "cat /dev/zero > ${homes}/fill" }
      - call: { tool: write, path: big.txt, content: "${"x".repeat(10_000)}" }
      - call: { tool: shell, command: "rm -f ${homes}/fill big.txt" }
      - call: { tool: write, path: sub.txt, content: "sub\\n" }
      - call: { tool: finish, note: done }
    review:${approves}
`,
    );
    const small = [
      "--size",
      megabytes(6),
      "--tmpfs",
      disk,
      "--size",
      megabytes(2),
      "--tmpfs",
      `${disk}/.agentx`,
    ];
    const places = { DISK: disk, HOMES: homes, OUT: out, PROJECT: project.root };
    await inNamespace([...small, "--size", megabytes(2), "--tmpfs", homes, "sh", join(fixtures, "full.sh")], {
      ...project.env,
      ...env,
      ...places,
      AGENTX: `${process.execPath} ${program}`,
      AGENTX_HOME: join(homes, "state"),
    });
    const said = (name: string): string => readFileSync(join(out, name), "utf8");

    expect(said("journal.code")).toBe("2\n");
    expect(said("journal.err")).toContain("JOURNAL_FULL");
    expect(said("journal.err")).toContain("agentx resume");
    expect(JSON.parse(said("journal-status.out"))).toMatchObject({ tasks: [{ id: "sub", state: "gating" }] });
    expect(said("git.code")).toBe("2\n");
    expect(said("git.err")).toContain("DISK_FULL");
    expect(JSON.parse(said("git-status.out"))).toMatchObject({ tasks: [{ id: "sub", state: "merging" }] });
    expect([said("end.code"), said("end.err")]).toEqual(["0\n", ""]);
    expect(said("history")).toBe("Add subtraction\ngate\nstart\n");
    expect([said("repair.code"), said("repair.out")]).toEqual(["0\n", "nothing is to be mended\n"]);
    expect(said("fsck")).toBe("");
    // The worker heard of its disk, and no model was asked anything twice.
    expect(JSON.stringify(server.calls().at(2)?.messages)).toContain("full");
    expect(server.calls()).toHaveLength(6);
  },
);

test.skipIf(bubblewrap.type !== "works")(
  "on a read-only disk nothing is started, and what is there is left alone",
  async () => {
    const project = makeProject({ "readme.md": "hello\n", "plan.md": subPlan });
    const folder = join(project.root, ".agentx");
    const run = async (readOnly: string, ...args: string[]): Promise<{ code: number; stderr: string }> =>
      inNamespace(
        ["--ro-bind", readOnly, readOnly, "--chdir", project.root, process.execPath, program, ...args],
        {
          ...project.env,
          ...modelEnv("http://127.0.0.1:9"),
        },
      );
    const dispatch = ["dispatch", "plan.md", "--yes", "--no-gates", "--unsafe-no-sandbox"];
    const refused = await run(project.root, ...dispatch);
    expect(refused.stderr).toContain("its disk is read-only");
    expect(refused.code).toBe(2);
    expect(existsSync(folder)).toBe(false);

    journalRun(project.root, {
      tasks: [task("sub")],
      base: git(project.root, "rev-parse", "HEAD"),
      events: [],
    });
    const before = readFileSync(join(folder, "journal.db"));
    for (const args of [["resume"], ["status"], ["doctor", "--repair", "--yes"]]) {
      const { code, stderr } = await run(folder, ...args);
      expect(stderr).toContain("JOURNAL_UNWRITABLE");
      expect(code).toBe(2);
    }
    expect(readFileSync(join(folder, "journal.db"))).toEqual(before);
  },
);
