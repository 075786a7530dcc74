/** What an installed agentx has Node start with: docs/decisions/0027-node-is-started-with-a-flag.md. */
export const nodeFlags: readonly string[] = ["--max-semi-space-size=4"];
