import { z } from "zod";

import { programNames } from "../core/agent-spec.ts";
import type { ProgramEntry } from "./config-file.ts";
import { hosts, model } from "./fields.ts";

/*
 * Every message continues a sentence that begins with the key, as in fields.ts.
 */

/** Dots too: people call an agent after its model. */
const namePattern = /^[A-Za-z][\w.-]*$/;

export function agent(description: string): z.ZodType<string> {
  const error = "must be the name of an agent, such as api or claude";
  return z.string({ error }).regex(namePattern, { error }).describe(description);
}

export function agentName(): z.ZodString {
  return z.string().regex(namePattern, { error: "a letter, then letters, digits, -, _ and ." });
}

export function program(): z.ZodType<ProgramEntry> {
  const text = (error: string): z.ZodString => z.string({ error }).regex(/\S/, { error });
  const variable = "a variable's name is made of letters, digits and _";
  const acp = z.strictObject(
    {
      command: text("must be a program's name or absolute path").describe(
        "The program, without a shell and without its arguments.",
      ),
      args: z
        .array(z.string({ error: "must be text; put numbers in quotes" }), {
          error: "must be a list of texts",
        })
        .optional()
        .describe("Its arguments."),
    },
    { error: "must be a mapping with command and args" },
  );
  return z.strictObject(
    {
      program: z
        .enum(programNames, { error: `must be one of ${programNames.join(", ")}` })
        .optional()
        .describe("A program that agentx knows; a known program's own name needs no `program`."),
      acp: acp.optional().describe("A program that speaks the Agent Client Protocol on stdin and stdout."),
      command: text("must be a command")
        .optional()
        .describe(
          "Run by `sh -c`; {prompt_file} and {model} are replaced. The change that it leaves is the result.",
        ),
      model: model().optional().describe("Instead of the role's models."),
      prompt: z.string({ error: "must be text" }).optional().describe("Put before every prompt."),
      credentials: z
        .enum(["gateway", "own", "none"], { error: "must be gateway, own or none" })
        .optional()
        .describe(
          "gateway: your key, counted and held to the budget. own: the program's own login, and every public host. none: a command that asks no model and needs no network.",
        ),
      network: hosts("Further hosts for a program with its own login, such as private ones.").optional(),
      web: z
        .boolean({ error: "must be true or false" })
        .optional()
        .describe("Whether the model's vendor may look things up in the web for it."),
      env: z
        .record(
          z.string().regex(/^[A-Za-z_]\w*$/, { error: variable }),
          z.string({ error: "must be text; put numbers and true or false in quotes" }),
          { error: "must be a mapping of variables to texts" },
        )
        .optional()
        .describe("Added to the program's environment; never a secret."),
    },
    { error: "must be a mapping with one of program, acp and command" },
  );
}
