import { z } from "zod";

import { configSchema } from "./schema.ts";

/** The JSON Schema of agentx.yaml, for editors: what schema/agentx.schema.json holds, byte for byte. */
export function renderJsonSchema(): string {
  const schema = z.toJSONSchema(configSchema, { io: "input" });
  return `${JSON.stringify({ title: "agentx.yaml", ...schema }, null, 2)}\n`;
}
