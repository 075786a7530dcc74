import { join } from "node:path";
import type { EscapeProbe, Targets } from "./probe.ts";
import { node, opensForWriting, program, quoted, systemCall } from "./snippets.ts";

const onlyRoot = "only root may without walls, or the kernel is without it";

/** The kernel's settings, its devices, and the calls that change the machine. Opened, or called so that nothing comes of it. */
export function kernelProbes({ root }: Targets): EscapeProbe[] {
  const folder = quoted(join(root, "mountpoint"));
  const open = (name: string, why: string, ...paths: string[]): EscapeProbe => ({
    name: `open ${name}`,
    why,
    command: opensForWriting(...paths),
    idle: onlyRoot,
  });
  const call = (name: string, why: string, command: string): EscapeProbe => ({
    name,
    why,
    command,
    idle: onlyRoot,
  });
  return [
    {
      name: "open any of /proc/sys for writing",
      why: "the kernel's settings are the machine's; one of them names a program that the kernel runs as root",
      command: node(`let tried = 0;
        const visit = (folder) => { for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
          const path = folder + "/" + entry.name;
          if (entry.isDirectory()) { try { visit(path); } catch {} continue; }
          tried += 1;
          try { fs.closeSync(fs.openSync(path, fs.constants.O_WRONLY | fs.constants.O_NONBLOCK)); console.log(path); reached(); } catch {}
        } };
        visit("/proc/sys");
        if (tried < 200) untried("/proc/sys has only " + tried + " settings"); else refused();`),
      idle: onlyRoot,
    },
    open("/proc/sysrq-trigger", "one letter restarts the machine", "/proc/sysrq-trigger"),
    open(
      "/proc/sys/kernel/core_pattern",
      "it names a program that the kernel runs as root",
      "/proc/sys/kernel/core_pattern",
    ),
    {
      name: "open /proc/kcore or /dev/mem",
      why: "they are the machine's memory",
      command: node(`for (const path of ["/proc/kcore", "/dev/mem", "/dev/kmem", "/dev/port"])
        try { fs.closeSync(fs.openSync(path, "r")); console.log(path); reached(); } catch {}
        refused();`),
      idle: onlyRoot,
    },
    open(
      "interrupts, memory or scheduling of the machine",
      "it would slow or stop the machine",
      "/proc/irq/default_smp_affinity",
      "/proc/mtrr",
      "/proc/bus/pci/devices",
      "/proc/acpi/wakeup",
    ),
    {
      name: "open a disk",
      why: "it has everything of everybody",
      command:
        node(`const names = fs.readdirSync("/dev", { recursive: true }).filter((name) => { try { return fs.lstatSync("/dev/" + name).isBlockDevice(); } catch { return false; } });
        for (const name of names) try { fs.closeSync(fs.openSync("/dev/" + name, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK)); console.log(name); reached(); } catch {}
        refused();`),
      idle: onlyRoot,
    },
    {
      name: "see a device of the machine",
      why: "kvm, fuse, tun and the like are large parts of the kernel",
      command:
        node(`for (const name of ["kvm", "fuse", "net/tun", "vhost-net", "loop-control", "mapper/control", "uinput", "snapshot", "vsock", "kmsg"])
        if (fs.existsSync("/dev/" + name)) { console.log(name); reached(); }
        refused();`),
      idle: null,
    },
    {
      name: "open any of /sys for writing",
      why: "it has the switches of the machine's devices, and its cgroups",
      command:
        node(`const visit = (folder, depth) => { for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
          const path = folder + "/" + entry.name;
          if (entry.isDirectory()) { if (depth > 0) try { visit(path, depth - 1); } catch {} continue; }
          if (!entry.isFile() || !["cgroup.procs", "tasks", "uevent", "state", "disk", "profiling", "wake_lock", "core_id"].includes(entry.name)) continue;
          try { fs.closeSync(fs.openSync(path, fs.constants.O_WRONLY | fs.constants.O_NONBLOCK)); console.log(path); reached(); } catch {}
        } };
        visit("/sys", 5); refused();`),
      idle: onlyRoot,
    },
    call(
      "mount a file system",
      "what is mounted hides what was there",
      `mkdir -p ${folder}; ${systemCallThen("mount", `mount -t tmpfs none ${folder}`, folder)}`,
    ),
    call(
      "bind a folder over another",
      "the same",
      `mkdir -p ${folder}; ${systemCallThen("mount", `mount --bind /tmp ${folder}`, folder)}`,
    ),
    // The flags say "private and slave at once", which nobody may have: only the right to try is seen.
    call(
      "remount the root for writing",
      "system folders could be changed",
      systemCall(
        "mount",
        `$none, $at, $none, 0x${(0x40000 | 0x80000).toString(16)}, 0`,
        'my ($none, $at) = ("none", "/");',
      ),
    ),
    // No mount is there, which is only said to those who may unmount.
    call(
      "unmount a folder",
      "what lies under it can be written",
      systemCall("umount2", "$at, 0", 'my $at = "/usr/bin";'),
    ),
    call(
      "change the root of the namespace",
      "the walls are the mounts",
      systemCall("pivot_root", "$new, $new", 'my $new = "/nonexistent-agentx";'),
    ),
    call(
      "change the root",
      "what is outside of it is found by a known trick",
      program("chroot", "/", "true"),
    ),
    call(
      "make a device",
      "it is a disk by another name",
      `command -v mknod >/dev/null || { echo "mknod is not installed"; exit 3; }; mknod ${quoted(join(root, "device"))} c 1 3 && { rm -f ${quoted(join(root, "device"))}; exit 0; }; exit 1`,
    ),
    {
      ...call(
        "make a user namespace",
        "all capabilities again, over a large part of the kernel",
        program("unshare", "-U", "true"),
      ),
      idle: "the machine may forbid it to all",
    },
    call("make a mount namespace", "mounts could be changed", program("unshare", "-m", "true")),
    call("make a network namespace", "the same for the network", program("unshare", "-n", "true")),
    call(
      "name the machine",
      "the machine's name is not ours",
      systemCall("sethostname", "$name, 1000", 'my $name = "x" x 1000;'),
    ),
    call("load a kernel module", "it is the kernel", systemCall("init_module", "0, 0, 0")),
    call(
      "add swap",
      "it opens a disk",
      systemCall("swapon", "$path, 0", 'my $path = "/nonexistent-agentx";'),
    ),
    call(
      "load a program into the kernel (bpf)",
      "it sees everything",
      systemCall("bpf", "5, $attributes, 48", 'my $attributes = pack("LL", 17, 1) . ("\\0" x 40);'),
    ),
    {
      ...call(
        "watch the whole machine (perf)",
        "it sees what all programs do",
        systemCall(
          "perf_event_open",
          "$attributes, -1, 0, -1, 0",
          'my $attributes = pack("LLQ", 1, 64, 0) . ("\\0" x 48);',
        ),
      ),
      idle: "the machine may have no counters, or forbid them to all but root",
    },
    {
      ...call(
        "handle faults of the kernel (userfaultfd)",
        "it stops the kernel in the middle",
        systemCall("userfaultfd", "0"),
      ),
      idle: "only root may, or the kernel is without it",
    },
    {
      ...call(
        "read the kernel's log",
        "it has addresses and names",
        systemCall("syslog", "3, $buffer, 100", 'my $buffer = "\\0" x 100;'),
      ),
      idle: "the machine may keep it from all but root (dmesg_restrict)",
    },
  ];
}

function systemCallThen(name: string, command: string, folder: string): string {
  return `command -v ${name} >/dev/null || { echo "${name} is not installed"; exit 3; }; ${command} && { umount ${folder}; exit 0; }; exit 1`;
}
