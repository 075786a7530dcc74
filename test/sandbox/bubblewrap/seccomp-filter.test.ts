import { describe, expect, test } from "vitest";
import { seccompFilter } from "../../../src/sandbox/bubblewrap/seccomp-filter.ts";
import { describeSandboxed, openAt, run, worktree } from "../support.ts";

const allow = 0x7fff0000;
const notPermitted = 0x00050001;

/** Runs the program as the kernel would: `words` are the call's number, the architecture, and the low half of the first argument. */
function verdict(processor: string, words: { nr: number; arch: number; first?: number }): number {
  const bytes = seccompFilter(processor) ?? new Uint8Array();
  const view = new DataView(bytes.buffer);
  const data = new Map([
    [0, words.nr],
    [4, words.arch],
    [16, words.first ?? 0],
  ]);
  let loaded = 0;
  for (let at = 0; at < bytes.length; at += 8) {
    const [code, value] = [view.getUint16(at, true), view.getUint32(at + 4, true)];
    if (code === 0x06) return value;
    if (code === 0x20) loaded = data.get(value) ?? 0;
    else at += 8 * view.getUint8(at + ((code === 0x35 ? loaded >= value : loaded === value) ? 2 : 3));
  }
  throw new Error("the program runs off its end");
}

describe("the filter of system calls", () => {
  const [x64, i386, arm64, arm] = [0xc000003e, 0x40000003, 0xc00000b7, 0x40000028];
  test.each([
    ["keyctl", "x64", { nr: 250, arch: x64 }],
    ["io_uring_setup", "x64", { nr: 425, arch: x64 }],
    ["a vsock", "x64", { nr: 41, arch: x64, first: 40 }],
    ["anything of x32", "x64", { nr: 0x40000000 + 1, arch: x64 }],
    ["keyctl of i386", "x64", { nr: 288, arch: i386 }],
    ["socketcall of i386", "x64", { nr: 102, arch: i386 }],
    ["a vsock of i386", "x64", { nr: 359, arch: i386, first: 40 }],
    ["an unknown architecture", "x64", { nr: 1, arch: 7 }],
    ["keyctl", "arm64", { nr: 219, arch: arm64 }],
    ["a vsock", "arm64", { nr: 198, arch: arm64, first: 40 }],
    ["keyctl of arm", "arm64", { nr: 311, arch: arm }],
  ])("refuses %s on %s", (_, processor, call) => {
    expect(verdict(processor, call)).toBe(notPermitted);
  });

  test.each([
    ["read", "x64", { nr: 0, arch: x64 }],
    ["an internet socket", "x64", { nr: 41, arch: x64, first: 2 }],
    ["a unix socket", "x64", { nr: 41, arch: x64, first: 1 }],
    ["what has keyctl's number on x86-64, on i386", "x64", { nr: 250, arch: i386 }],
    ["clone3", "x64", { nr: 435, arch: x64 }],
    ["an internet socket", "arm64", { nr: 198, arch: arm64, first: 2 }],
  ])("lets %s be on %s", (_, processor, call) => {
    expect(verdict(processor, call)).toBe(allow);
  });

  test("is left out for processors whose numbers are not known", () => {
    expect(seccompFilter("riscv64")).toBeNull();
  });
});

describeSandboxed("the filter, in a sandbox", () => {
  test("holds for everything inside", async () => {
    using place = worktree();
    await using sandbox = await openAt(place.root);
    const status = await run(
      sandbox,
      "grep -h '^Seccomp:' /proc/self/status /proc/$PPID/status | sort -u | cut -f2",
    );
    expect(status.output.trim()).toBe(seccompFilter(process.arch) === null ? "0" : "2");
  });
});
