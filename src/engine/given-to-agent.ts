import { toolsetFor } from "../agents/api/tools/catalog.ts";
import { renderGuestPrompt, renderGuestSystem } from "../agents/guest/guest-skill.ts";
import type { Context } from "../context/build-context.ts";
import { estimateTokens } from "../context/fit-tokens.ts";
import type { AgentSpec } from "../core/agent-spec.ts";
import type { Role } from "../core/plan.ts";
import { toolsFor } from "../stages/work/tools-for.ts";

/** @property tokens null where agentx cannot know: what a program of somebody else adds */
export type ShownPart = {
  part: string;
  source: string;
  tokens: number | null;
  budget: number | null;
  cut: boolean;
};

type Given = { system: string; prompt: string; parts: ShownPart[] };

/** All that an agent is given for a task's first attempt, in its order. Guests have tools, and mostly a prompt, of their own. */
export async function givenToAgent(
  { agent, spec }: { agent: string; spec: AgentSpec | null },
  { role, context }: { role: Role; context: Context },
): Promise<Given> {
  const parts = context.parts.map(({ name: part, source, tokens, budget, cut }): ShownPart => ({
    part,
    source,
    tokens,
    budget,
    cut,
  }));
  if (spec === null) {
    const { system, prompt } = context;
    return { system, prompt, parts: [toolsPart(role), systemPart(system, `the ${role} role`), ...parts] };
  }
  const system = await renderGuestSystem({ role, tools: toolsFor(role), submit: null });
  const added = { part: "program", source: `what ${agent} adds: not known to agentx`, tokens: null };
  const own = { part: "prompt", source: `programs.${agent}.prompt`, tokens: estimateTokens(spec.prompt) };
  return {
    system,
    prompt: renderGuestPrompt(spec, context.prompt),
    parts: [
      { ...added, budget: null, cut: false },
      systemPart(system, `the ${role} role, for programs`),
      ...(spec.prompt === "" ? [] : [{ ...own, budget: null, cut: false }]),
      ...parts,
    ],
  };
}

function systemPart(system: string, source: string): ShownPart {
  return { part: "system", source, tokens: estimateTokens(system), budget: null, cut: false };
}

function toolsPart(role: Role): ShownPart {
  const { specs } = toolsetFor({ tools: toolsFor(role), submit: null });
  const source = specs.map(({ name }) => name).join(" ");
  return { part: "tools", source, tokens: estimateTokens(JSON.stringify(specs)), budget: null, cut: false };
}
