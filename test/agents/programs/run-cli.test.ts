import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { openScene } from "./a-program.ts";

const tell = `const tell = (event) => console.log(JSON.stringify(event));
const done = () => tell({ type: "ended", end: { type: "done" } });
const say = (text) => tell({ type: "said", text });
`;
const readInput = `let input = ""; process.stdin.setEncoding("utf8"); process.stdin.on("data", (text) => { input += text; });\n`;

it("gives files, environment and a long prompt", async () => {
  const script = `${tell}${readInput} process.stdin.on("end", () => {
    say(input.length + " " + input.slice(-3) + " " + process.env.FROM + " " + process.env.MORE);
    say(require("fs").readFileSync(process.env.HOME + "/.x/config", "utf8"));
    done();
  });`;
  await using scene = await openScene(script, { files: { ".x/config": "settings" } });
  const end = await scene.run({ prompt: `${"p".repeat(300_000)}end`, env: { MORE: "spec" } });
  expect(end).toEqual({ type: "done" });
  expect(scene.events.slice(0, 2)).toEqual([
    { type: "said", text: "300003 end start spec" },
    { type: "said", text: "settings" },
  ]);
  expect(await readFile(join(scene.home, ".x/config"), "utf8")).toBe("settings");
});

it("keeps the end of stderr and of lines that are no events", async () => {
  const script = `${tell} console.log("a stray line"); tell({ type: "denied", tool: "Bash" });
    console.error("e".repeat(9000) + "last"); process.exitCode = 3;`;
  await using scene = await openScene(script);
  await scene.run();
  const [exit] = scene.exits;
  expect(exit).toMatchObject({ how: { type: "exited", exitCode: 3 }, told: null, denied: ["Bash"] });
  expect(exit?.stderr.length).toBeLessThanOrEqual(4_000);
  expect(exit?.stderr).toContain("last");
});

it("reads a last line without an end", async () => {
  await using scene = await openScene(`process.stdout.write('{"type":"ended","end":{"type":"done"}}')`);
  expect(await scene.run()).toEqual({ type: "done" });
});

it("drops a line of 20 MB and says so", async () => {
  await using scene = await openScene(`${tell} say("x".repeat(20_000_000)); done();`);
  expect(await scene.run()).toEqual({ type: "done" });
  expect(scene.events[0]).toMatchObject({
    type: "activity",
    text: expect.stringMatching(/^dropped a line of 20 MB/),
  });
});

// These wait by the clock.
it.concurrent("passes notes to a quiet program, and none after its end", async () => {
  const script = `${tell} ${readInput} process.stdin.on("data", () => { if (input.includes("note: two")) { say(input); done(); } });
    process.stdin.on("end", () => setTimeout(() => process.exit(), 1500));`;
  await using scene = await openScene(script, { keepsInput: true });
  let [asked, isOver, askedLate] = [0, false, 0];
  const takeNotes = (): string[] => {
    asked += 1;
    if (isOver) askedLate += 1;
    return asked === 2 ? ["one", "two"] : [];
  };
  const end = await scene.run({
    prompt: "prompt\n",
    takeNotes,
    onEvent: (event) => {
      scene.events.push(event);
      isOver ||= event.type === "ended";
    },
  });
  expect(end).toEqual({ type: "done" });
  expect(scene.events[0]).toEqual({ type: "said", text: "prompt\nnote: one\nnote: two\n" });
  expect(askedLate).toBe(0);
});

it.concurrent("takes no notes for a program that reads none while it works", async () => {
  const script = `${tell} setTimeout(done, 1500);`;
  await using scene = await openScene(script, { notes: "next-start", keepsInput: true });
  const takeNotes = (): string[] => {
    throw new Error("taken");
  };
  expect(await scene.run({ takeNotes })).toEqual({ type: "done" });
});

it.concurrent("waits with closing the input until the program is over", async () => {
  const script = `${tell} ${readInput} done(); setTimeout(() => { say("more"); done(); console.log("over"); }, 500);
    process.stdin.on("end", () => { say("closed"); process.exit(); });`;
  await using scene = await openScene(script, { keepsInput: true, isOver: (line) => line === "over" });
  expect(await scene.run()).toEqual({ type: "done" });
  expect(scene.events.map((event) => (event.type === "said" ? event.text : event.type))).toEqual([
    "ended",
    "more",
    "ended",
    "closed",
  ]);
});

it.concurrent("stops a program that told its end and does not exit, and believes it", async () => {
  await using scene = await openScene(`${tell} done(); setInterval(() => {}, 1000);`);
  const begun = performance.now();
  expect(await scene.run()).toEqual({ type: "done" });
  expect(performance.now() - begun).toBeGreaterThan(9_000);
  expect(performance.now() - begun).toBeLessThan(16_000);
});

it.concurrent("stops a program that does not listen, and its children", async () => {
  const script = `${tell} process.on("SIGTERM", () => {});
    const child = require("child_process").spawn("sleep", ["1000"]); say(String(child.pid)); setInterval(() => {}, 1000);`;
  await using scene = await openScene(script);
  const controller = new AbortController();
  const running = scene.run({ signal: controller.signal });
  while (scene.events.length === 0) await sleep(10);
  const begun = performance.now();
  controller.abort();
  expect(await running).toMatchObject({ type: "failed", why: "killed" });
  expect(performance.now() - begun).toBeLessThan(4_000);
  const [said] = scene.events;
  expect(() => process.kill(Number(said?.type === "said" ? said.text : 0), 0)).toThrow("ESRCH");
});

it("starts nothing where it was stopped before", async () => {
  await using scene = await openScene(`${tell} say("started");`);
  expect(await scene.run({ signal: AbortSignal.abort() })).toMatchObject({ type: "failed", why: "killed" });
  expect(scene.events).toEqual([]);
});

it("says how to install what is not there", async () => {
  await using scene = await openScene("", { file: "/nowhere/pi" });
  expect(await scene.run()).toMatchObject({
    type: "failed",
    why: "start",
    message: expect.stringContaining("npm install -g it"),
  });
});

it("throws when the sandbox goes", async () => {
  await using scene = await openScene(`${tell} say("started"); setInterval(() => {}, 1000);`);
  const running = scene.run();
  running.catch(() => undefined);
  while (scene.events.length === 0) await sleep(10);
  await scene.sandbox.close();
  await expect(running).rejects.toMatchObject({ code: "SANDBOX_CLOSED" });
});
