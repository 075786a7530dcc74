import type {
  RequestPermissionOutcome,
  RequestPermissionRequest,
  ToolKind,
} from "@agentclientprotocol/sdk/unstable";

export type PermissionAnswer = { outcome: RequestPermissionOutcome; isDenied: boolean };

const changing: readonly ToolKind[] = ["edit", "delete", "move"];

/**
 * The sandbox is the wall, so whatever may be asked for may be done; once is enough, as the next request is answered too.
 * Where files may not be changed, saying so at once is kinder than the error that would come of it.
 */
export function answerPermission(
  { options, toolCall }: Pick<RequestPermissionRequest, "options" | "toolCall">,
  readOnly: boolean,
): PermissionAnswer {
  const find = (kind: string): string | undefined => options.find((option) => option.kind === kind)?.optionId;
  const isChange = toolCall.kind !== undefined && toolCall.kind !== null && changing.includes(toolCall.kind);
  const allow = readOnly && isChange ? undefined : (find("allow_once") ?? find("allow_always"));
  if (allow !== undefined) return { outcome: { outcome: "selected", optionId: allow }, isDenied: false };
  const reject = find("reject_once") ?? find("reject_always");
  if (reject !== undefined) return { outcome: { outcome: "selected", optionId: reject }, isDenied: true };
  return { outcome: { outcome: "cancelled" }, isDenied: true };
}
