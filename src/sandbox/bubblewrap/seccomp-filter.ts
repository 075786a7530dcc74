/** One way of calling the kernel: what it is called in <linux/audit.h>, and its numbers. */
type Abi = { arch: number; refused: number[]; socket: number };

/*
 * Refused, because no namespace is around them: the keyrings, where logins keep tickets and keys (add_key, request_key, keyctl),
 * and the socket to the hypervisor (AF_VSOCK). Refused as well, because they are large and no build needs them: perf_event_open,
 * bpf, userfaultfd, io_uring_setup. The order of the numbers is this one. Numbers are from the kernel's tables.
 */
const abis: Readonly<Record<string, Abi[]>> = {
  x64: [
    { arch: 0xc000003e, refused: [248, 249, 250, 298, 321, 323, 425], socket: 41 },
    // i386; with 102, socketcall, whose arguments a filter cannot see.
    { arch: 0x40000003, refused: [286, 287, 288, 336, 357, 374, 425, 102], socket: 359 },
  ],
  arm64: [
    { arch: 0xc00000b7, refused: [217, 218, 219, 241, 280, 282, 425], socket: 198 },
    { arch: 0x40000028, refused: [309, 310, 311, 364, 386, 388, 425], socket: 281 },
  ],
};

const vsock = 40;
/** On x86-64, the first number of x32, which calls the same by other numbers; no other ABI has as many calls. */
const x32 = 0x40000000;
const load = 0x20;
const ifEqual = 0x15;
const ifAtLeast = 0x35;
const answer = 0x06;
const allow = 0x7fff0000;
const notPermitted = 0x00050000 + 1;
/** Where <linux/seccomp.h> has them. */
const numberAt = 0;
const archAt = 4;
const firstArgumentAt = 16;

type Step = [code: number, then: number, otherwise: number, value: number];

/** A classic BPF program for bubblewrap, as bytes; null for a processor whose numbers are not known here. */
export function seccompFilter(processor: string): Uint8Array | null {
  const known = abis[processor];
  if (known === undefined) return null;
  const steps: Step[] = [[load, 0, 0, archAt]];
  for (const abi of known) {
    const block = blockOf(abi);
    steps.push([ifEqual, 0, block.length, abi.arch], ...block);
  }
  return bytesOf([...steps, [answer, 0, 0, notPermitted]]);
}

/** Ends with the two answers, to which the steps before it jump. */
function blockOf({ refused, socket }: Abi): Step[] {
  const tests: Step[] = [[ifAtLeast, 0, 0, x32], ...refused.map((number): Step => [ifEqual, 0, 0, number])];
  // After the tests: is it a socket, load the family, is it vsock, allow, refuse.
  const jumping = tests.map(([code, , , value], index): Step => [code, tests.length - index + 3, 0, value]);
  return [
    [load, 0, 0, numberAt],
    ...jumping,
    [ifEqual, 0, 2, socket],
    [load, 0, 0, firstArgumentAt],
    [ifEqual, 1, 0, vsock],
    [answer, 0, 0, allow],
    [answer, 0, 0, notPermitted],
  ];
}

function bytesOf(steps: Step[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(steps.length * 8));
  for (const [index, [code, then, otherwise, value]] of steps.entries()) {
    view.setUint16(index * 8, code, true);
    view.setUint8(index * 8 + 2, then);
    view.setUint8(index * 8 + 3, otherwise);
    view.setUint32(index * 8 + 4, value, true);
  }
  return new Uint8Array(view.buffer);
}
