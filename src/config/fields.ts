import { z } from "zod";

import { type Network, parseHostRule } from "../core/egress/allowlist.ts";
import { byteSizePattern, parseByteSize } from "../core/byte-size.ts";
import type { GateEntry, ModelsEntry, ProviderEntry, SetupEntry } from "./config-file.ts";
import { durationPattern } from "../core/duration.ts";

/*
 * Every message continues a sentence that begins with the key: `"slots" must be …`.
 */

export function duration(description: string): z.ZodType<string> {
  const error = "must be a time with its unit, such as 90s, 10m or 1h";
  return z.string({ error }).regex(durationPattern, { error }).describe(description);
}

function command(description = "Run by `sh -c` in the root of a checkout."): z.ZodType<string> {
  const error = "must be a command";
  return z.string({ error }).regex(/\S/, { error }).describe(description);
}

export function flag(description: string): z.ZodType<boolean> {
  return z.boolean({ error: "must be true or false" }).describe(description);
}

export function oneOf<const T extends string>(
  values: readonly [T, ...T[]],
  description: string,
): z.ZodType<T> {
  return z.enum(values, { error: `must be ${values.join(" or ")}` }).describe(description);
}

export function atLeastOne(description: string): z.ZodType<number> {
  const error = "must be a whole number of 1 or more";
  return z.int({ error }).min(1, { error }).describe(description);
}

export function countOrNull(description: string): z.ZodType<number | null> {
  const error = "must be a whole number of 1 or more, or null for no limit";
  return z.int({ error }).min(1, { error }).nullable().describe(description);
}

export function sizeOrNull(description: string): z.ZodType<string | null> {
  const error = "must be a size with its unit, such as 512m or 8g, or null for no limit";
  return z.string({ error }).regex(byteSizePattern, { error }).nullable().describe(description);
}

/** Node alone sets more than half a gigabyte of addresses aside, which counts where each process is held on its own. */
export function memoryOrNull(description: string): z.ZodType<string | null> {
  const error = "must be 1g or more";
  const isEnough = (text: string | null): boolean =>
    text === null || !byteSizePattern.test(text) || parseByteSize(text) >= 2 ** 30;
  return sizeOrNull(description).refine(isEnough, { error });
}

/** A letter first: a mapping's number-like keys would lose their place in the order. */
export function name(): z.ZodString {
  return z.string().regex(/^[A-Za-z][\w-]*$/, { error: "a letter, then letters, digits, - and _" });
}

export function port(description: string): z.ZodType<number> {
  const error = "must be a port from 1024 to 65535";
  return z.int({ error }).min(1024, { error }).max(65_535, { error }).describe(description);
}

export function minutes(description: string): z.ZodType<number> {
  const error = "must be a number of minutes above 0";
  return z.number({ error }).positive({ error }).describe(description);
}

export function dollars(description: string): z.ZodType<number | null> {
  const error = "must be an amount in US dollars above 0, such as 5 or 0.5, or null for no limit";
  return z.number({ error }).positive({ error }).nullable().describe(description);
}

export function model(): z.ZodString {
  const error = "must be a model as provider/id, such as anthropic/claude-opus-5-5";
  return z.string({ error }).regex(/^[^\s/]+\/\S+$/, { error });
}

export function models(description: string): z.ZodType<ModelsEntry> {
  const list = z.array(model()).min(1, { error: "must name at least one model" });
  return z.union([model(), list], { error: "must be a model or a list of models" }).describe(description);
}

export function readOnlyPaths(description: string): z.ZodType<string[]> {
  const error = "must be an absolute path, or one that begins with ~/";
  const path = z.string({ error }).regex(/^(\/|~\/)/, { error });
  return z.array(path, { error: "must be a list of paths" }).describe(description);
}

/** A name that begins with a dash would be a flag of the engine. */
export function image(description: string): z.ZodType<string> {
  const error = "must be the name of an image, such as node:24";
  return z
    .string({ error })
    .regex(/^[a-z0-9][\w./:@-]*$/i, { error })
    .describe(description);
}

export function globs(description: string): z.ZodType<string[]> {
  const error = "must be a path or glob from the repository's root, such as test/fixtures/**";
  const glob = z.string({ error }).regex(/^(?![/:!~]|\.{1,2}(\/|$))[^\0]+$/, { error });
  return z.array(glob, { error: "must be a list of paths" }).describe(description);
}

export function hosts(description: string): z.ZodType<string[]> {
  const error =
    "must be a host such as example.com, *.example.com or example.com:8443, without https://; one that has a private address is written as `example.com private`";
  const host = z.string({ error }).refine((entry) => parseHostRule(entry) !== null, { error });
  return z.array(host, { error: "must be a list of hosts" }).describe(description);
}

function network(description: string): z.ZodType<Network> {
  const error = "must be true, false or a list of hosts";
  return z.union([z.boolean({ error }), hosts(description)], { error }).describe(description);
}

export function gate(): z.ZodType<GateEntry> {
  const options = z.strictObject({
    command: command(),
    timeout: duration("How long it may take.").optional(),
    network: network("What it may reach: nothing, every public host, or just these.").optional(),
    prove: command("Plants a fault in a scratch checkout, for `agentx gates --prove`.").optional(),
    affected: affected().optional(),
  });
  const error = "must be a command, or a mapping with command, timeout, network, prove and affected";
  return z.union([command(), options], { error });
}

/** A name in place of `{files}` is quoted already, so quotes around it would end where the name begins. */
function affected(): z.ZodType<string> {
  const error = "must have {files} outside of quotes: each name is quoted for it";
  return command(
    "A quicker command for a worker's commit, run before the gate; `{files}` stands for the files that it changes.",
  ).refine(hasFilesUnquoted, { error });
}

function hasFilesUnquoted(text: string): boolean {
  const parts = text.split("{files}");
  return parts.every((_, at) => {
    const before = parts.slice(0, at).join("");
    return !/['"]/.test(before.replace(/\\[^]|'[^']*'|"(?:\\[^]|[^"\\])*"/g, ""));
  });
}

export function setup(description: string): z.ZodType<SetupEntry> {
  const options = z.strictObject({
    command: command(),
    timeout: duration("How long it may take.").optional(),
    network: network(
      "What it may reach; the registries of its package managers where it is left out.",
    ).optional(),
  });
  const error = "must be a command, false, or a mapping with command, timeout and network";
  return z.union([z.literal(false, { error }), command(), options], { error }).describe(description);
}

const apis = ["anthropic", "openai", "openai-chat", "google", "scripted"] as const;

export function provider(): z.ZodType<ProviderEntry> {
  const address = "must be an address that begins with https:// or http://";
  const variable =
    "must be the name of an environment variable, such as OLLAMA_API_KEY, never the key itself";
  return z.strictObject(
    {
      api: z
        .enum(apis, { error: `must be one of ${apis.join(", ")}` })
        .describe("The protocol it speaks; openai-chat is the one that most others imitate."),
      baseUrl: z
        .string({ error: address })
        .regex(/^https?:\/\/\S+$/, { error: address })
        .optional()
        .describe("Where it answers; the vendor's own address when it is left out."),
      keyEnv: z
        .string({ error: variable })
        .regex(/^[A-Z_][A-Z0-9_]*$/, { error: variable })
        .optional()
        .describe("Environment variable that holds the key; no key is sent when it is left out."),
    },
    { error: "must be a mapping with api, baseUrl and keyEnv" },
  );
}
