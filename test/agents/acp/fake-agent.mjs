// A small agent that does what its argument says. Plain JavaScript: it runs inside the sandbox by itself.
import { createInterface } from "node:readline";

const part = process.argv[2];
const send = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
const update = (one) => send({ method: "session/update", params: { sessionId: "s1", update: one } });
const say = (text) => update({ sessionUpdate: "agent_message_chunk", content: { type: "text", text } });
const answers = new Map();
const ask = (id, method, params) =>
  new Promise((resolve) => {
    answers.set(id, resolve);
    send({ id, method, params: { sessionId: "s1", ...params } });
  });

const parts = {
  done: () => ({
    stopReason: "end_turn",
    usage: { totalTokens: 9, inputTokens: 4, outputTokens: 3, cachedReadTokens: 2 },
  }),
  refusal: () => ({ stopReason: "refusal" }),
  length: () => ({ stopReason: "max_tokens" }),
  turns: () => ({ stopReason: "max_turn_requests" }),
  garbage: () => {
    process.stdout.write("Warning: a word on stdout\n{ half a\n[1]\n");
    return { stopReason: "end_turn" };
  },
  flood: () => {
    process.stdout.write(`{"jsonrpc":"2.0","method":"x","params":"${"x".repeat(20_000_000)}"}\n`);
    return { stopReason: "end_turn" };
  },
  systemError: () => {
    say('{"error":{"code":429,"message":"rate limit reached"}}');
    update({
      sessionUpdate: "session_info_update",
      _meta: { codex: { threadStatus: { type: "systemError" } } },
    });
    return { stopReason: "end_turn", usage: null };
  },
  kind: () => ({
    error: { code: -32603, message: "Internal error: overdrawn", data: { errorKind: "billing_error" } },
  }),
  death: () => {
    process.stderr.write("out of luck\n");
    process.exit(3);
  },
  kill: () => process.kill(process.pid, "SIGKILL"),
  files: async () => {
    const answer = await ask("f1", "fs/write_text_file", { path: "/x", content: "x" });
    say(`answer ${answer.error?.code}`);
    return { stopReason: "end_turn" };
  },
  permission: async () => {
    const toolCall = { toolCallId: "t1", title: "Edit a.txt", kind: "edit" };
    const options = [
      { optionId: "no", name: "No", kind: "reject_once" },
      { optionId: "ever", name: "Always", kind: "allow_always" },
      { optionId: "yes", name: "Yes", kind: "allow_once" },
    ];
    const answer = await ask("p1", "session/request_permission", { toolCall, options });
    say(`answer ${answer.result.outcome.optionId}`);
    return { stopReason: "end_turn" };
  },
  hang: () => new Promise(() => undefined),
};

async function handle({ method, params }) {
  switch (method) {
    case "initialize":
      return part === "silent"
        ? new Promise(() => undefined)
        : { protocolVersion: 1, agentCapabilities: { loadSession: part !== "forgetful" } };
    case "session/new":
      if (part === "no-session") return new Promise(() => undefined);
      return part === "login" ? { error: { code: -32000, message: "Log in first" } } : { sessionId: "s1" };
    case "session/load":
      say("words of long ago");
      return {};
    case "session/prompt":
      update({
        sessionUpdate: "agent_message_chunk",
        content: { type: "text", text: params.prompt.map((one) => one.text).join("|") },
      });
      update({ sessionUpdate: "tool_call", toolCallId: "t0", title: "Look around", kind: "read" });
      return (parts[part] ?? parts.done)();
    default:
      return { error: { code: -32601, message: "no such method" } };
  }
}

createInterface({ input: process.stdin }).on("line", async (line) => {
  const message = JSON.parse(line);
  if (message.method === undefined) return answers.get(message.id)?.(message);
  if (message.id === undefined) return undefined;
  const value = await handle(message);
  send(value.error ? { id: message.id, error: value.error } : { id: message.id, result: value });
  return undefined;
});
// Some agents stay when nobody speaks to them any more.
if (part === "stays") setInterval(() => undefined, 1000);
