import { expect, test } from "vitest";
import {
  commitFiles,
  eventsOfType,
  git,
  modelEnv,
  type Project,
  serveModels,
  type Started,
} from "./project.ts";
import { smallProject } from "./small-run.ts";
import {
  aboutOf,
  approval,
  asks,
  calls,
  finishes,
  lastWords,
  planOf,
  requestsFor,
  writes,
  wrote,
} from "./turns.ts";

const config = `gates:
  check: sh check.sh
models:
  implement: anthropic/claude-opus-5-5
  review: openai/gpt-5.5
  resolve: google/gemini-3.8-flash
slots: 2
`;

/** Starts a run of tasks a and b in which b, which began with a, hands over only when a has landed. */
async function startSideBySide(
  project: Project,
  script: object,
): Promise<{ started: Started; server: Awaited<ReturnType<typeof serveModels>>["server"] }> {
  commitFiles(project.root, { "plan.md": planOf({ a: [], b: [] }) });
  const begun = { a: Promise.withResolvers<void>(), b: Promise.withResolvers<void>() };
  const landed = Promise.withResolvers<void>();
  const { server, env } = await serveModels(project, script, {
    instead: async (request) => {
      const { task, role } = aboutOf(request);
      if (role !== "implement") return null;
      begun[task === "a" ? "a" : "b"].resolve();
      await Promise.all([begun.a.promise, begun.b.promise]);
      if (task === "b") await landed.promise;
      return null;
    },
  });
  const started = project.start(["dispatch", "plan.md", "--yes", "--json"], { env });
  await started.event("task.merged", ({ task }) => task === "a");
  landed.resolve();
  return { started, server };
}

test("whoever resolves a conflict drops one side: two tasks that change one line meet in a resolve worker that sees both sides, and both are in the result", async () => {
  const project = smallProject({ "agentx.yaml": config, "words.txt": "one\ntwo\n" });
  const { started, server } = await startSideBySide(project, {
    tasks: {
      a: wrote({ "words.txt": "one from a\ntwo\n" }),
      b: {
        ...wrote({ "words.txt": "one from b\ntwo\n" }),
        resolve: [
          calls({ tool: "read", path: "words.txt" }),
          writes({ "words.txt": "one from a and b\ntwo\n" }),
          finishes("both"),
        ],
      },
    },
  });

  const ran = await started.ended;

  expect(ran.exitCode).toBe(0);
  expect(eventsOfType(ran.events, "merge.conflicted")).toMatchObject([{ task: "b", files: ["words.txt"] }]);
  const resolving = requestsFor(server, "b", "resolve");
  expect(resolving.map(({ model }) => model)).toEqual(Array(3).fill("gemini-3.8-flash"));
  const [first, second] = resolving.map(lastWords);
  expect(first).toContain("+one from a");
  expect(first).toContain("+one from b");
  expect(second).toMatch(/<<<<<<<[^]*one from a[^]*=======[^]*one from b[^]*>>>>>>>/);
  // What was resolved is gated and reviewed as any other work.
  expect(eventsOfType(ran.events, "review.finished").map(({ task }) => task)).toEqual(["a", "b", "b"]);
  expect(project.read("words.txt")).toBe("one from a and b\ntwo\n");
  expect(git(project.root, "log", "--format=%s", "-2")).toBe("Do b\nDo a");
});

test("whoever resolves a conflict drops one side: the person is asked, and what had landed stays", async () => {
  const project = smallProject({ "agentx.yaml": config, "words.txt": "one\ntwo\n" });
  const { started } = await startSideBySide(project, {
    tasks: {
      a: wrote({ "words.txt": "one from a\ntwo\n" }),
      b: {
        ...wrote({ "words.txt": "one by hook or crook\ntwo\n" }),
        resolve: [writes({ "words.txt": "one by hook or crook\ntwo\n" }), finishes("both")],
      },
    },
  });

  const ran = await started.ended;

  expect(ran.exitCode).toBe(3);
  expect(eventsOfType(ran.events, "change.flagged")[0]?.flags).toMatchObject([
    {
      kind: "badly-resolved",
      file: "words.txt",
      why: "has nothing left of what had landed there",
      quote: "from a",
    },
  ]);
  expect(eventsOfType(ran.events, "question.asked")[0]?.question.text).toContain(
    "nothing left of what had landed",
  );
  const integration = git(
    project.root,
    "for-each-ref",
    "--format=%(refname)",
    "refs/heads/agentx/*/integration",
  );
  expect(git(project.root, "show", `${integration}:words.txt`)).toBe("one from a\ntwo");
});

test("a conflict marker that is left is found by the gates, and goes back to the same worker", async () => {
  const project = smallProject({
    "agentx.yaml": config,
    "check.sh": "! grep -rnH '<<<<<<<' words.txt\n",
    "words.txt": "one\ntwo\n",
  });
  const { started, server } = await startSideBySide(project, {
    tasks: {
      a: wrote({ "words.txt": "one from a\ntwo\n" }),
      b: {
        ...wrote({ "words.txt": "one from b\ntwo\n" }),
        resolve: [finishes("left as it is"), writes({ "words.txt": "one from a and b\ntwo\n" }), finishes()],
      },
    },
  });

  const ran = await started.ended;

  expect(ran.exitCode).toBe(0);
  const [, again] = requestsFor(server, "b", "resolve").map(lastWords);
  expect(again).toContain("words.txt:1:<<<<<<<");
  expect(project.read("words.txt")).toBe("one from a and b\ntwo\n");
});

test("two changes that are green alone and red together are made to work together before anything lands", async () => {
  const project = smallProject({
    "agentx.yaml": config,
    "check.sh":
      "if test -e a.txt && test -e b.txt && ! test -e glue.txt; then echo 'check.sh:1: error: a and b without glue'; exit 1; fi\n",
  });
  const { started, server } = await startSideBySide(project, {
    tasks: {
      a: wrote({ "a.txt": "a\n" }),
      b: {
        ...wrote({ "b.txt": "b\n" }),
        resolve: [
          calls({ tool: "read", path: "a.txt" }, { tool: "read", path: "b.txt" }),
          writes({ "glue.txt": "glue\n" }),
          finishes("glued"),
        ],
      },
    },
  });

  const ran = await started.ended;

  expect(ran.exitCode).toBe(0);
  expect(
    eventsOfType(ran.events, "gates.finished").map(({ task, on, verdicts }) => [task, on, verdicts[0]?.type]),
  ).toEqual([
    ["a", "task", "passed"],
    ["a", "merge", "passed"],
    ["b", "task", "passed"],
    ["b", "merge", "failed"],
    ["b", "merge", "failed"],
    ["b", "task", "passed"],
    ["b", "merge", "passed"],
  ]);
  expect(eventsOfType(ran.events, "merge.ejected")).toMatchObject([{ task: "b", landed: ["a"] }]);
  const [told, read] = requestsFor(server, "b", "resolve").map(lastWords);
  expect(told).toContain("a and b without glue");
  expect(read).toContain("a");
  expect(read).not.toContain("no such file");
  expect(git(project.root, "ls-tree", "--name-only", "HEAD").split("\n")).toEqual(
    expect.arrayContaining(["a.txt", "b.txt", "glue.txt"]),
  );
});

test("tasks over the same files conflict: those that declare the same file are not worked on side by side", async () => {
  const project = smallProject({ "agentx.yaml": config });
  commitFiles(project.root, {
    "plan.md": planOf({ a: ["touches: words.txt"], b: ["touches: words.txt"] }),
  });
  const { env } = await serveModels(project, {
    tasks: {
      a: wrote({ "words.txt": "a\n" }),
      b: {
        implement: [
          calls({ tool: "edit", path: "words.txt", old_text: "a\n", new_text: "a\nb\n" }),
          finishes(),
        ],
        review: [approval],
      },
    },
  });

  const ran = await project.agentx(["dispatch", "plan.md", "--yes", "--json"], { env });

  expect(ran.exitCode).toBe(0);
  expect(eventsOfType(ran.events, "merge.conflicted")).toEqual([]);
  expect(project.read("words.txt")).toBe("a\nb\n");
});

test("a resolve worker may ask which side is right, and goes on with the answer and both sides", async () => {
  const project = smallProject({ "agentx.yaml": config, "words.txt": "one\ntwo\n" });
  const { started, server } = await startSideBySide(project, {
    tasks: {
      a: wrote({ "words.txt": "one from a\ntwo\n" }),
      b: {
        ...wrote({ "words.txt": "one from b\ntwo\n" }),
        resolve: [
          asks("Whose line is it?"),
          calls({ tool: "read", path: "words.txt" }),
          writes({ "words.txt": "one from a, then b\ntwo\n" }),
          finishes("both"),
        ],
      },
    },
  });
  expect((await started.ended).exitCode).toBe(3);

  await project.agentx(["answer", "1", "a's first"]);
  const ran = await project.agentx(["resume", "--json"], { env: modelEnv(server.url) });

  expect(ran.exitCode).toBe(0);
  const [, answered, read] = requestsFor(server, "b", "resolve").map(lastWords);
  expect(answered).toContain("The person answers: a's first");
  expect(read).toMatch(/one from a[^]*=======[^]*one from b/);
  expect(project.read("words.txt")).toBe("one from a, then b\ntwo\n");
});

test("what landed while a conflict was being resolved is met by a second resolve worker", async () => {
  const project = smallProject({ "agentx.yaml": config, "words.txt": "one\ntwo\n" });
  commitFiles(project.root, { "plan.md": planOf({ a: [], b: [], c: ["needs: a"] }) });
  const begun = Promise.withResolvers<void>();
  const landed = { a: Promise.withResolvers<void>(), c: Promise.withResolvers<void>() };
  const { server, env } = await serveModels(
    project,
    {
      tasks: {
        a: wrote({ "words.txt": "a\ntwo\n" }),
        b: {
          ...wrote({ "words.txt": "b\ntwo\n" }),
          "resolve@2": [writes({ "words.txt": "a b\ntwo\n" }), finishes()],
          "resolve@3": [writes({ "words.txt": "a b c\ntwo\n" }), finishes()],
        },
        c: wrote({ "words.txt": "a c\ntwo\n" }),
      },
    },
    {
      instead: async (request) => {
        const { task, role, attempt } = aboutOf(request);
        if (task === "b") begun.resolve();
        if (task === "a") await begun.promise;
        if (task === "b" && role === "implement") await landed.a.promise;
        if (task === "b" && role === "resolve" && attempt === 2) await landed.c.promise;
        return null;
      },
    },
  );
  const started = project.start(["dispatch", "plan.md", "--yes", "--json"], { env });
  await started.event("task.merged", ({ task }) => task === "a");
  landed.a.resolve();
  await started.event("task.merged", ({ task }) => task === "c");
  landed.c.resolve();
  const ran = await started.ended;

  expect(ran.exitCode).toBe(0);
  expect(eventsOfType(ran.events, "merge.conflicted").map(({ task }) => task)).toEqual(["b", "b"]);
  const last = requestsFor(server, "b", "resolve").findLast(({ messages }) => messages.length === 1);
  expect(last && lastWords(last)).toContain("+a b");
  expect(last && lastWords(last)).toContain("+a c");
  expect(project.read("words.txt")).toBe("a b c\ntwo\n");
  expect(git(project.root, "log", "--format=%s", "-3")).toBe("Do b\nDo c\nDo a");
});
