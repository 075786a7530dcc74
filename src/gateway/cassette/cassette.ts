import { z } from "zod";
import type { Role } from "../../core/plan.ts";
import type { RunSettings } from "../../core/run-settings.ts";
import type { GatewayApi } from "../upstream.ts";

/** What is kept of a request: enough to know it again, nothing of its text. */
export type RequestPrint = {
  /** The last word of the address: `messages`, `count_tokens`, `responses`, `streamGenerateContent`. */
  operation: string;
  /** Of the whole body, without what differs from run to run. */
  hash: string;
  /** The same of the last message alone. */
  tail: string;
  /** Messages in the conversation. */
  turns: number;
  tools: number;
  bytes: number;
};

/** One line of a cassette: the answer to one call. */
export type RecordedAnswer = {
  label: string;
  /** `provider/id`. */
  model: string;
  api: GatewayApi;
  request: RequestPrint;
  /** How often the run had been resumed when it was recorded; absent for never. */
  part?: number | undefined;
  status: number;
  contentType: string;
  /** Others that a client goes by. */
  headers?: Record<string, string> | undefined;
  /** Pieces as they came; a character that was cut in two is whole in the later one. */
  body: string[];
  /** The pieces are base64: together they were no valid UTF-8. */
  base64?: true | undefined;
  /** `cut`: the connection broke. `left`: the client went away before the end. */
  end: "complete" | "cut" | "left";
  /** Where these folders were when it was recorded. */
  paths?: Record<string, string> | undefined;
};

export const cassetteFormat = 1;

/** Who did what: a replay has no keys that its models would follow from. */
export type RecordedRoles = Pick<RunSettings, "models" | "agents">;

/** The first line. */
export type CassetteHeader = RecordedRoles & {
  format: typeof cassetteFormat;
  /** Version that recorded it. */
  agentx: string;
  run: string;
};

export type Cassette = {
  file: string;
  header: CassetteHeader;
  /** In the order in which the answers ended. */
  answers: RecordedAnswer[];
  /** Sentences for the person. */
  notes: string[];
};

const count = z.int().min(0);

const ofRoles = <T>(value: z.ZodType<T>): z.ZodType<Record<Role, T>> =>
  z.object({ plan: value, research: value, implement: value, review: value, resolve: value });

export const headerSchema: z.ZodType<CassetteHeader> = z.object({
  format: z.literal(cassetteFormat),
  agentx: z.string(),
  run: z.string(),
  models: ofRoles(z.array(z.string())),
  agents: ofRoles(z.string()),
});

export const answerSchema: z.ZodType<RecordedAnswer> = z.object({
  label: z.string(),
  model: z.string(),
  api: z.enum(["anthropic", "openai", "openai-chat", "google"]),
  request: z.object({
    operation: z.string(),
    hash: z.string(),
    tail: z.string(),
    turns: count,
    tools: count,
    bytes: count,
  }),
  part: count.optional(),
  status: z.int().min(200).max(599),
  contentType: z.string(),
  headers: z.record(z.string(), z.string()).optional(),
  body: z.array(z.string()),
  base64: z.literal(true).optional(),
  end: z.enum(["complete", "cut", "left"]),
  paths: z.record(z.string(), z.string()).optional(),
});
