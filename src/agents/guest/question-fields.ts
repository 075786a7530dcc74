import { z } from "zod";

/** What a worker sends with a question, over HTTP and as the tool of the MCP server. */
export const questionFields: {
  text: z.ZodType<string>;
  options: z.ZodType<string[]>;
  default: z.ZodType<string | null>;
} = {
  text: z.string().trim().min(1).max(8_000),
  options: z.array(z.string().trim().min(1).max(500)).max(8).default([]),
  default: z.string().trim().min(1).max(2_000).nullable().default(null),
};

export const nobodyAnswers =
  "nobody answers questions in this job: say in the result what you could not find out";
