import type { StartOptions } from "../../../src/agents/programs/program.ts";
import { doorUrls } from "../../../src/agents/guest/door.ts";

/** A start as a worker has it; tests change what they are about. */
export function someOptions(changes: Partial<StartOptions> = {}): StartOptions {
  return {
    role: "implement",
    system: "The rules.",
    prompt: "Do it.",
    session: null,
    newSession: "6f1c3a52-93a3-4b4c-8b53-000000000001",
    model: { id: "anthropic/claude-opus-5-5", name: "claude-opus-5-5", api: "anthropic" },
    credentials: "gateway",
    web: false,
    urls: doorUrls("http://127.0.0.1:4000"),
    readOnly: false,
    home: "/home/agent",
    root: "/work",
    ...changes,
  };
}

/** The word after a flag. */
export function argAfter(args: readonly string[], flag: string): string | undefined {
  return args.includes(flag) ? args[args.indexOf(flag) + 1] : undefined;
}
