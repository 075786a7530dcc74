import type { Guest } from "../guest/guest.ts";
import { knownCredentialEnv, knownCredentialFiles } from "./known-programs.ts";
import type { AcpPatience } from "./open-session.ts";
import { runAcp } from "./run-acp.ts";

export type AcpOptions = {
  /** As the person wrote it: its name for people. */
  command: string;
  args: string[];
  /** Found on the sandbox's PATH, or an absolute path. */
  file: string;
  /** Absolute paths that it lies in. */
  readOnly: string[];
};

const usualPatience: AcpPatience = { greetingMs: 60_000, sessionMs: 180_000 };

/** Any agent that speaks the Agent Client Protocol, version 1. */
export function createAcpGuest(
  { command, args, file, readOnly }: AcpOptions,
  patience: AcpPatience = usualPatience,
): Guest {
  const name = command.split("/").at(-1) ?? command;
  return {
    name,
    readOnly,
    apis: [],
    // The protocol has no way to add to a prompt that is being worked on.
    notes: "next-start",
    // Whether this one can is only known once it runs; one that cannot says `no-session`.
    resumes: true,
    credentialFiles: knownCredentialFiles,
    credentialEnv: knownCredentialEnv,
    run: (turn) => runAcp({ name, file, args, patience }, turn),
  };
}
