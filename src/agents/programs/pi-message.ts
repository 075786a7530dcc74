import { z } from "zod";

/** What the model said in one call, whole or broken off. */
export type PiMessage = {
  role: "assistant";
  model: string;
  content: { type: string; text: string }[];
  /** `stop`, `length`, `toolUse`, `error`, `aborted`. */
  stopReason: string;
  errorMessage: string;
  usage: { input: number; output: number; cacheRead: number; cacheWrite: number; cost: { total: number } };
};

export const piMessage: z.ZodType<PiMessage> = z.object({
  role: z.literal("assistant"),
  model: z.string(),
  content: z.array(z.object({ type: z.string(), text: z.string().default("") })),
  stopReason: z.string(),
  errorMessage: z.string().default(""),
  usage: z.object({
    input: z.number(),
    output: z.number(),
    cacheRead: z.number(),
    cacheWrite: z.number(),
    cost: z.object({ total: z.number() }),
  }),
});
