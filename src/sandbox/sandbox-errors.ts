import { AgentxError, exitCodes } from "../core/error.ts";

/** @param reason what the sandbox's program said, or an empty text */
export function notOpened(root: string, reason: string): AgentxError {
  const what = `the sandbox could not be opened (${reason === "" ? "no reason given" : reason})`;
  return failure("SANDBOX_OPEN", {
    where: root,
    what,
    hint: "run `agentx doctor` to see what this machine allows",
  });
}

/** From here nobody can see who ended it: the system does so to whatever takes its last memory. */
const lostHint =
  "try again; where it dies again, look for want of memory (`journalctl -k`), and lower `slots`";

export function lost(root: string, reason: string): AgentxError {
  return failure("SANDBOX_LOST", { where: root, what: `the sandbox has died: ${reason}`, hint: lostHint });
}

export function closed(root: string): AgentxError {
  return failure("SANDBOX_CLOSED", { where: root, what: "the sandbox was closed", hint: "" });
}

/** A door was asked for where the spec has none. */
export function doorlessError(root: string): AgentxError {
  return failure("SANDBOX_DOOR", {
    where: root,
    what: "this sandbox was opened without a door",
    hint: "",
  });
}

function failure(code: string, problem: ConstructorParameters<typeof AgentxError>[1]): AgentxError {
  return new AgentxError(code, problem, exitCodes.someNotMerged);
}
