import type { IncomingMessage, ServerResponse } from "node:http";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";

/** A desk in the place of agentx's: an MCP server with one tool, `notes`, that answers `text`. */
export function mcpDesk(text: string): (request: IncomingMessage, response: ServerResponse) => boolean {
  return (request, response) => {
    if (new URL(request.url ?? "/", "http://localhost").pathname !== "/mcp") return false;
    void answer(text, request, response);
    return true;
  };
}

async function answer(text: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method !== "POST") {
    response.writeHead(405).end();
    return;
  }
  const server = new McpServer({ name: "agentx", version: "1" });
  server.registerTool("notes", { description: "Notes.", inputSchema: {} }, () => ({
    content: [{ type: "text", text }],
  }));
  const transport = new StreamableHTTPServerTransport({ enableJsonResponse: false });
  response.once("close", () => void server.close());
  // The SDK's type says `undefined` where ours says absent.
  await server.connect(transport as Parameters<McpServer["connect"]>[0]);
  await transport.handleRequest(request, response);
}
