import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { type Agent, nothingNeeded, type WorkerJob } from "../../../src/agents/agent.ts";
import { withOwnLogin } from "../../../src/engine/crew/own-login.ts";

const file = ".claude/.credentials.json";
const old = '{"token":"old","expires":1}';

type Homes = { person: string; worker: string };

function makeHomes(): Homes {
  const root = mkdtempSync(join(tmpdir(), "agentx-login-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const homes = { person: join(root, "person"), worker: join(root, "worker") };
  for (const home of Object.values(homes)) mkdirSync(home);
  put(join(homes.person, file), old);
  put(join(homes.person, ".claude/settings.json"), '{"hooks":{}}');
  return homes;
}

function put(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

/** Runs an agent that does `inside` in the worker's HOME. */
async function workWith({ person, worker }: Homes, inside: () => void): Promise<void> {
  const agent: Agent = {
    name: "claude",
    needs: nothingNeeded,
    work: async () => {
      inside();
      return { type: "finished", note: "" };
    },
  };
  const job: Partial<WorkerJob> = { home: worker };
  await withOwnLogin(agent, { files: [file], personHome: person }).work(job as WorkerJob);
}

describe("the person's own login", () => {
  test("is lent to the worker, readable for nobody else, and nothing beside it", async () => {
    const homes = makeHomes();
    await workWith(homes, () => {
      const lent = join(homes.worker, file);
      expect(readFileSync(lent, "utf8")).toBe(old);
      expect(statSync(lent).mode & 0o777).toBe(0o600);
      expect(() => statSync(join(homes.worker, ".claude/settings.json"))).toThrow("ENOENT");
    });
    expect(readFileSync(join(homes.person, file), "utf8")).toBe(old);
  });

  test("comes back when the program renewed it", async () => {
    const homes = makeHomes();
    const renewed = '{"token":"new","expires":2}';
    await workWith(homes, () => put(join(homes.worker, file), renewed));
    expect(readFileSync(join(homes.person, file), "utf8")).toBe(renewed);
    expect(statSync(join(homes.person, file)).mode & 0o777).toBe(0o600);
  });

  test.each([
    ["no JSON", "rubbish"],
    ["another form", '{"evil":true}'],
    ["far too large", `{"token":"${"x".repeat(70_000)}","expires":2}`],
  ])("is not replaced by %s", async (_name, text) => {
    const homes = makeHomes();
    await workWith(homes, () => put(join(homes.worker, file), text));
    expect(readFileSync(join(homes.person, file), "utf8")).toBe(old);
  });

  test("is not replaced where the person's own program renewed it meanwhile", async () => {
    const homes = makeHomes();
    const theirs = '{"token":"theirs","expires":3}';
    await workWith(homes, () => {
      put(join(homes.worker, file), '{"token":"new","expires":2}');
      put(join(homes.person, file), theirs);
    });
    expect(readFileSync(join(homes.person, file), "utf8")).toBe(theirs);
  });

  test("is never read or written through a link that a worker planted", async () => {
    const homes = makeHomes();
    const elsewhere = join(dirname(homes.worker), "elsewhere");
    put(join(elsewhere, ".credentials.json"), '{"token":"stolen","expires":9}');
    symlinkSync(elsewhere, join(homes.worker, ".claude"));
    await workWith(homes, () => {});
    expect(readFileSync(join(elsewhere, ".credentials.json"), "utf8")).toContain("stolen");
    expect(readFileSync(join(homes.person, file), "utf8")).toBe(old);

    const again = makeHomes();
    await workWith(again, () => {
      rmSync(join(again.worker, file));
      symlinkSync(join(elsewhere, ".credentials.json"), join(again.worker, file));
    });
    expect(readFileSync(join(again.person, file), "utf8")).toBe(old);
  });
});
