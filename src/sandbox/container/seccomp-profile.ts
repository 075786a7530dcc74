import { z } from "zod";

/**
 * Calls that make or enter namespaces and mounts, and large parts of the kernel that builds do not need. docker refuses them to
 * whom has no capability; podman lets containers be nested.
 */
const refused = new Set(
  [
    "unshare setns mount umount umount2 pivot_root mount_setattr open_tree move_mount fsopen fsconfig fsmount fspick",
    "clone clone3 bpf perf_event_open userfaultfd io_uring_setup io_uring_enter io_uring_register",
    "keyctl add_key request_key",
  ].flatMap((names) => names.split(" ")),
);

/** All of CLONE_NEW…, as docker's own profile has it; the flags come first on x86-64 and ARM64. */
const anyNamespace = 0x7e020000;
const noSuchCall = 38;

const ruleSchema = z.looseObject({ names: z.array(z.string()), action: z.string() });
const profileSchema = z.looseObject({ syscalls: z.array(ruleSchema) });

/** The engine's own profile without those. Null where the text is none. */
export function tightened(text: string): string | null {
  const parsed = profileSchema.safeParse(readJson(text));
  if (!parsed.success) return null;
  const kept = parsed.data.syscalls.flatMap((rule) => {
    const names =
      rule.action === "SCMP_ACT_ALLOW" ? rule.names.filter((name) => !refused.has(name)) : rule.names;
    return names.length === 0 ? [] : [{ ...rule, names }];
  });
  const args = [{ index: 0, value: anyNamespace, valueTwo: 0, op: "SCMP_CMP_MASKED_EQ" }];
  const syscalls = [
    ...kept,
    { names: ["clone"], action: "SCMP_ACT_ALLOW", args },
    // Its flags lie in memory, where a filter cannot look; who gets this answer takes `clone`.
    { names: ["clone3"], action: "SCMP_ACT_ERRNO", errnoRet: noSuchCall },
  ];
  return JSON.stringify({ ...parsed.data, syscalls });
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
