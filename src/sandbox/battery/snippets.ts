/** The Node that runs the helper, whose child every command is: another `node` may be on the PATH, or none. */
const nodeHere = '"/proc/$PPID/exe"';

/**
 * Node code that calls `reached()` when it got through. What the system refuses is an error with a code; any other error is a
 * fault of the code, and must not pass for a wall.
 */
export function node(script: string): string {
  const frame = `
    const reached = () => process.exit(0), refused = () => process.exit(1);
    const untried = (why) => { console.log(why); process.exit(3); };
    const end = (error) => typeof error?.code === "string" && /^E[A-Z]+$/.test(error.code) ? refused() : (console.log(error), process.exit(4));
    process.on("uncaughtException", end).on("unhandledRejection", end);
    (async () => { ${script} })().catch(end);`;
  return `${nodeHere} -e ${quoted(frame)}`;
}

export function readsCanary(path: string, canary: string): string {
  return node(
    `fs.readFileSync(${JSON.stringify(path)}, "latin1").includes("${canary}") ? reached() : refused();`,
  );
}

/** Never writes a byte, never makes a file. */
export function opensForWriting(...paths: string[]): string {
  return node(`
    let tried = 0;
    for (const path of ${JSON.stringify(paths)}) {
      try { fs.closeSync(fs.openSync(path, fs.constants.O_WRONLY | fs.constants.O_NONBLOCK)); console.log(path); reached(); }
      catch (error) { if (error.code !== "ENOENT") tried += 1; }
    }
    refused();`);
}

/** A program that must fail; one that is not installed was not tried. */
export function program(name: string, ...args: string[]): string {
  const words = [name, ...args.map(quoted)].join(" ");
  return `command -v ${name} >/dev/null || { echo "${name} is not installed"; exit 3; }; ${words} </dev/null && exit 0; exit 1`;
}

const numbers: Record<string, [x86: number, arm: number]> = {
  mount: [165, 40],
  umount2: [166, 39],
  pivot_root: [155, 41],
  sethostname: [170, 161],
  swapon: [167, 224],
  init_module: [175, 105],
  bpf: [321, 280],
  perf_event_open: [298, 241],
  userfaultfd: [323, 282],
  keyctl: [250, 219],
  ptrace: [101, 117],
  syslog: [103, 116],
};
const refusals = { EPERM: 1, ESRCH: 3, EACCES: 13, ENOSYS: 38, ENOKEY: 126 };

/**
 * A system call by its number, which Node has no way to make. The arguments are such that nothing would come of it: whoever is
 * allowed gets another error than "not permitted", and that counts as having got through.
 */
export function systemCall(name: keyof typeof numbers, args: string, before = ""): string {
  const [x86, arm] = numbers[name] ?? [0, 0];
  const script = `
    my %numbers = ("x86_64", ${x86}, "aarch64", ${arm});
    my $machine = \`uname -m\`; chomp $machine;
    if (!defined $numbers{$machine}) { print "the numbers of system calls are not known for $machine"; exit 3 }
    ${before}
    my $result = syscall($numbers{$machine}, ${args});
    if ($result >= 0) { print "it was done"; exit 0 }
    for my $refusal (${Object.values(refusals).join(", ")}) { exit 1 if $! == $refusal }
    print "allowed: $!"; exit 0;`;
  return perl(script);
}

export function perl(script: string): string {
  return `command -v perl >/dev/null || { echo "perl is not installed"; exit 3; }; perl -e ${quoted(script)}`;
}

export function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
