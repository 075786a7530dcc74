import {
  methods,
  PROTOCOL_VERSION,
  RequestError,
  type ClientContext,
  type InitializeResponse,
  type McpServer,
  type SessionModeState,
} from "@agentclientprotocol/sdk/unstable";
import type { GuestEnd, GuestTurn } from "../guest/guest.ts";
import { readError } from "./acp-end.ts";
import { chooseLogin } from "./choose-login.ts";
import { chooseMode } from "./choose-mode.ts";

const authRequired = -32000;
const cancelled = -32800;

export type OpenedSession = { type: "opened"; id: string } | { type: "failed"; end: GuestEnd };

/** How long an answer is waited for. */
export type AcpPatience = {
  /** An agent that says nothing for this long is taken for none. */
  greetingMs: number;
  /** Of each step to a session: servers are connected to and a history is read meanwhile. */
  sessionMs: number;
};

export type Opening = Pick<GuestTurn, "session" | "credentials" | "urls" | "readOnly"> & {
  root: string;
  patience: AcpPatience;
};
type Begun = { sessionId: string; modes?: SessionModeState | null | undefined };

/** From the first greeting to a session that takes a prompt and asks as little as possible. */
export async function openSession(agent: ClientContext, opening: Opening): Promise<OpenedSession> {
  let greeting: InitializeResponse;
  try {
    greeting = await greet(agent, opening.patience.greetingMs);
  } catch (error) {
    return { type: "failed", end: startFailure(error) };
  }
  const { session } = opening;
  if (session !== null && greeting.agentCapabilities?.loadSession !== true) {
    const message = "This agent cannot go on with an earlier session.";
    return { type: "failed", end: { type: "failed", why: "no-session", message } };
  }
  try {
    const begun = await loggedIn(agent, { greeting, opening }, () => begin(agent, greeting, opening));
    await setMode(agent, begun, opening);
    return { type: "opened", id: begun.sessionId };
  } catch (error) {
    const told = isSilence(error) ? "It opens no session: nothing came." : error;
    return { type: "failed", end: readError(told, session === null ? "start" : "load") };
  }
}

async function greet(agent: ClientContext, greetingMs: number): Promise<InitializeResponse> {
  const greeting = await agent.request(
    methods.agent.initialize,
    {
      protocolVersion: PROTOCOL_VERSION,
      // It has the sandbox's own files and commands; through us they would be outside of it.
      clientCapabilities: { fs: { readTextFile: false, writeTextFile: false }, terminal: false },
      clientInfo: { name: "agentx", version: "1" },
    },
    within(greetingMs),
  );
  if (greeting.protocolVersion !== PROTOCOL_VERSION)
    throw new Error(
      `It speaks version ${greeting.protocolVersion} of the protocol, agentx ${PROTOCOL_VERSION}.`,
    );
  return greeting;
}

async function loggedIn(
  agent: ClientContext,
  { greeting, opening }: { greeting: InitializeResponse; opening: Opening },
  begun: () => Promise<Begun>,
): Promise<Begun> {
  try {
    return await begun();
  } catch (error) {
    if (!(error instanceof RequestError) || error.code !== authRequired) throw error;
    const login = chooseLogin(greeting.authMethods ?? [], opening);
    if (login === null) throw error;
    await agent.request(methods.agent.authenticate, login, within(opening.patience.sessionMs));
    return begun();
  }
}

async function begin(agent: ClientContext, greeting: InitializeResponse, opening: Opening): Promise<Begun> {
  const { root: cwd, session, patience } = opening;
  const params = { cwd, mcpServers: [desk(greeting, opening)] };
  const options = within(patience.sessionMs);
  if (session === null) return agent.request(methods.agent.session.new, params, options);
  const loaded = await agent.request(methods.agent.session.load, { ...params, sessionId: session }, options);
  return { ...loaded, sessionId: session };
}

function desk({ agentCapabilities }: InitializeResponse, { urls }: Opening): McpServer {
  if (agentCapabilities?.mcpCapabilities?.http === true)
    return { type: "http", name: "agentx", url: urls.mcp, headers: [] };
  const env = [{ name: "AGENTX_DOOR", value: urls.base }];
  return { name: "agentx", command: "agentx", args: ["mcp"], env };
}

async function setMode(
  agent: ClientContext,
  { sessionId, modes }: Begun,
  { readOnly, patience }: Opening,
): Promise<void> {
  const modeId = chooseMode(modes, readOnly);
  if (modeId === null) return;
  try {
    await agent.request(methods.agent.session.setMode, { sessionId, modeId }, within(patience.sessionMs));
  } catch {
    // It stays in a mode that asks, and its requests are answered.
  }
}

function within(ms: number): { cancellationSignal: AbortSignal; stopWaitingOnCancel: true } {
  return { cancellationSignal: AbortSignal.timeout(ms), stopWaitingOnCancel: true };
}

function isSilence(error: unknown): boolean {
  return error instanceof RequestError && error.code === cancelled;
}

function startFailure(error: unknown): GuestEnd {
  const told = error instanceof Error ? error.message : String(error);
  const message = isSilence(error) ? "nothing came" : told;
  return { type: "failed", why: "start", message: `It does not answer as an ACP agent: ${message}` };
}
