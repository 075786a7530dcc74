import type { EscapeProbe, Targets } from "./probe.ts";
import { node, perl, program, systemCall } from "./snippets.ts";

/** Other processes, and what this one was started with. */
export function processProbes({ canary, pid }: Targets): EscapeProbe[] {
  // Put together inside, so that the probe does not find itself.
  const needle = `["${canary.slice(0, 6)}", "${canary.slice(6)}"].join("")`;
  const everywhere = (file: string): string =>
    node(`const needle = ${needle};
      for (const name of fs.readdirSync("/proc").filter((name) => /^[0-9]+$/.test(name)))
        try { if (fs.readFileSync("/proc/" + name + "/${file}", "latin1").includes(needle)) { console.log(name); reached(); } } catch {}
      refused();`);
  const isIt = `const isIt = () => fs.readFileSync("/proc/${pid}/cmdline", "latin1").includes(${needle});`;
  return [
    {
      name: "find a secret in /proc/*/environ",
      why: "keys are handed to programs in their environment",
      command: everywhere("environ"),
      idle: null,
    },
    {
      name: "find a secret in /proc/*/cmdline",
      why: "some programs take keys as arguments",
      command: everywhere("cmdline"),
      idle: null,
    },
    {
      name: "read /proc/1/environ",
      why: "the sandbox's own first process must carry nothing",
      command: node(`fs.readFileSync("/proc/1/environ").length > 0 ? reached() : refused();`),
      idle: "process 1 of a machine may have no environment, and only root may read it",
    },
    {
      name: "signal a process of the machine",
      why: "it could be stopped or ended",
      command: node(`${isIt} process.kill(${pid}, 0); isIt() ? reached() : refused();`),
      idle: null,
    },
    {
      name: "open the memory of a process of the machine",
      why: "keys could be read and code put in",
      command: node(
        `${isIt} if (!isIt()) refused(); fs.closeSync(fs.openSync("/proc/${pid}/mem", "r+")); reached();`,
      ),
      idle: "the kernel may keep it from all but root (yama)",
    },
    {
      name: "trace a process of the machine",
      why: "it could be made to do anything",
      // PTRACE_SEIZE does not stop it, and ends with the tracer.
      command: systemCall(
        "ptrace",
        `0x4206, ${pid}, 0, 0`,
        `open(my $line, "<", "/proc/${pid}/cmdline") or exit 1; exit 1 unless index(<$line>, ${perlNeedle(canary)}) >= 0;`,
      ),
      idle: "the kernel may keep it from all but root (yama)",
    },
    {
      name: "read through a descriptor that was left open",
      why: "what the dispatcher has open would be open here",
      command: node(`for (const pid of ["1", "self", String(process.ppid)])
        for (const fd of fs.readdirSync("/proc/" + pid + "/fd")) {
          let to = ""; try { to = fs.readlinkSync("/proc/" + pid + "/fd/" + fd); } catch { continue; }
          const isHarmless = /^(socket|pipe|anon_inode):|^.dev.(null|pts|urandom)|^.proc.|^.memfd:|^.tmp.agentx-\\w+.[\\w-]+ \\(deleted\\)$/.test(to) || to.startsWith(process.cwd());
          if (!isHarmless) { console.log(to); reached(); }
        }
        refused();`),
      idle: "agentx covers what it was started with before it starts anything",
    },
    {
      name: "type into the terminal",
      why: "the person's shell would run it (TIOCSTI)",
      command: perl(`open(my $tty, "+<", "/dev/tty") or exit 1; print "there is a terminal"; exit 0;`),
      idle: "every command has a session of its own, without a terminal",
    },
    {
      name: "ask for the session's keyring",
      why: "logins keep tickets and keys there, and no namespace is around it",
      // KEYCTL_GET_KEYRING_ID of the session's, making none.
      command: systemCall("keyctl", "0, -3, 0"),
      idle: "the kernel may be without keyrings",
    },
    {
      name: "become root by a setuid program",
      why: "such programs are made to give rights",
      command: node(`const cp = require("child_process");
        for (const file of ["sudo", "su", "pkexec", "newgrp", "chfn", "passwd", "mount"]) {
          const at = ["/usr/bin/", "/bin/"].map((folder) => folder + file).find((path) => fs.existsSync(path));
          if (at === undefined) continue;
          const stat = fs.statSync(at);
          const may = fs.readFileSync("/proc/self/status", "utf8").includes("NoNewPrivs:\\t0");
          if ((stat.mode & 0o4000) !== 0 && stat.uid === 0 && may) { console.log(at); reached(); }
        }
        refused();`),
      idle: null,
    },
    {
      name: "have a capability",
      why: "each is a part of what root may",
      command: node(
        `/^Cap(Prm|Eff|Bnd|Amb):\\t0*[1-9a-f]/m.test(fs.readFileSync("/proc/self/status", "utf8")) ? reached() : refused();`,
      ),
      idle: null,
    },
    {
      name: "be root",
      why: "root of the caller is root of the machine",
      command: node(`process.getuid() === 0 ? reached() : process.setuid(0); reached();`),
      idle: "only root is",
    },
    {
      name: "enter the namespaces of a process of the machine",
      why: "its walls, or none, would be ours",
      command: program("nsenter", "-t", String(pid), "-u", "true"),
      idle: "only root may",
    },
  ];
}

function perlNeedle(canary: string): string {
  return `join("", "${canary.slice(0, 6)}", "${canary.slice(6)}")`;
}
