import type { EscapeProbe, Targets } from "./probe.ts";
import { node, perl } from "./snippets.ts";

/** Documentation addresses and the clouds' metadata address. They are only looked up in the routes: no packet is sent. */
const routes: [name: string, address: string, why: string][] = [
  ["a public address", "192.0.2.1", "what was read inside would be sent there"],
  ["a public address by IPv6", "2001:db8::1", "the same, where somebody forgot that there are two"],
  ["the metadata address of clouds", "169.254.169.254", "it hands out the machine's own keys"],
  ["a machine of the private network", "10.255.255.1", "what is behind the firewall trusts it"],
  ["all machines at once", "224.0.0.251", "names of the neighbourhood are asked there"],
];

export function networkProbes(targets: Targets): EscapeProbe[] {
  const { canary, tcp, tcp6, udp, socket, abstractSocket } = targets;
  return [
    ...routes.map(([name, address, why]) => ({
      name: `have a way to ${name}`,
      why,
      command: hasRoute(address),
      idle: "the machine may have no such way itself",
    })),
    {
      name: "see a network card",
      why: "there is a network where there is one",
      command: node(
        `Object.values(require("os").networkInterfaces()).flat().some(({ internal }) => !internal) ? reached() : refused();`,
      ),
      idle: "the machine may have none itself",
    },
    {
      name: "ask the machine's name server",
      why: "names can carry what was read",
      command: node(`let text = ""; try { text = fs.readFileSync("/etc/resolv.conf", "utf8"); } catch {}
        const server = /^nameserver\\s+(\\S+)/m.exec(text)?.[1] ?? "192.0.2.53";
        ${connectsUdp("server", 53)}`),
      idle: "the machine may have none itself",
    },
    hits("a service on loopback (TCP)", connects(`{ host: "127.0.0.1", port: ${tcp} }`, canary)),
    hits(
      "it by the IPv6 form of the address",
      connects(`{ host: "::ffff:127.0.0.1", port: ${tcp} }`, canary),
    ),
    hits("it by the unspecified address", connects(`{ host: "0.0.0.0", port: ${tcp} }`, canary)),
    hits("it by the name localhost", connects(`{ host: "localhost", port: ${tcp}, family: 4 }`, canary)),
    hits(
      "a service on loopback (IPv6)",
      tcp6 === null
        ? untried("the machine has no IPv6 loopback")
        : connects(`{ host: "::1", port: ${tcp6} }`, canary),
    ),
    hits(
      "a service on loopback (UDP)",
      node(`
      const socket = require("dgram").createSocket("udp4");
      socket.on("message", (text) => String(text).includes("${canary}") ? reached() : refused());
      socket.send("hello", ${udp}, "127.0.0.1", (error) => error && refused());
      setTimeout(refused, 700);`),
    ),
    hits("a service at a unix socket", connects(`{ path: ${JSON.stringify(socket)} }`, canary)),
    hits(
      "a service at an abstract unix socket",
      connects(`{ path: "\\0" + ${JSON.stringify(abstractSocket)} }`, canary),
    ),
    hits(
      "it through a proxy of the environment",
      node(`
      const found = Object.keys(process.env).filter((name) => /^(https?|all|ftp|socks)_proxy$/i.test(name));
      if (found.length > 0) { console.log(found.join()); reached(); } refused();`),
      "only where the person has a proxy",
    ),
    {
      name: "find a socket of a service",
      why: "whoever speaks to docker, systemd or the message bus is root, or the person",
      command:
        node(`const found = ["/var/run/docker.sock", "/run/docker.sock", "/run/podman/podman.sock", "/run/containerd/containerd.sock", "/run/dbus/system_bus_socket",
          "/run/systemd/private", "/run/systemd/notify", "/run/systemd/journal/socket", "/run/snapd.socket", "/run/libvirt/libvirt-sock", "/dev/log", "/tmp/.X11-unix",
          "/run/user", "/run/udev", "/var/run/nscd"].filter((path) => fs.existsSync(path));
        const named = ["SSH_AUTH_SOCK", "DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR", "DOCKER_HOST", "WAYLAND_DISPLAY", "DISPLAY", "GPG_AGENT_INFO"].filter((name) => process.env[name]);
        if (found.length + named.length > 0) { console.log([...found, ...named].join()); reached(); } refused();`),
      idle: "the machine may have no such service",
    },
    {
      name: "see the machine's abstract unix sockets",
      why: "they have no file that could be hidden",
      command: node(
        `fs.readFileSync("/proc/net/unix", "utf8").includes(${JSON.stringify(abstractSocket)}) ? reached() : refused();`,
      ),
      idle: null,
    },
    {
      name: "open a socket to the hypervisor (vsock)",
      why: "no network namespace is around it",
      command: perl(`if (socket(my $socket, 40, 1, 0)) { print "there is one"; exit 0 } exit 1;`),
      idle: "the kernel may be without it",
    },
    {
      name: "open a raw socket",
      why: "it reads and forges what others send",
      command: perl(
        `for my $way ([2, 3, 1], [17, 3, 768]) { my ($domain, $type, $protocol) = @$way; if (socket(my $raw, $domain, $type, $protocol)) { print "domain $domain"; exit 0 } } exit 1;`,
      ),
      idle: "only root may",
    },
    {
      name: "listen on a port for root's services",
      why: "in a network of our own it harms nobody; in the machine's it takes a service's place",
      command: node(
        `require("net").createServer().on("error", refused).listen(913, "127.0.0.1", () => reached());`,
      ),
      idle: "only root may",
    },
  ];
}

function hits(name: string, command: string, idle: string | null = null): EscapeProbe {
  return { name: `reach ${name}`, why: "the machine's own services ask no questions", command, idle };
}

function untried(reason: string): string {
  return `echo "${reason}"; exit 3`;
}

function connects(to: string, canary: string): string {
  return node(`
    const socket = require("net").connect(${to});
    socket.on("data", (text) => String(text).includes("${canary}") ? reached() : refused());
    socket.on("error", refused).on("end", refused);
    socket.setTimeout(3000, refused);`);
}

function hasRoute(address: string): string {
  return node(connectsUdp(JSON.stringify(address), 9));
}

/** Connecting a datagram socket asks the kernel for a way, and sends nothing. */
function connectsUdp(address: string, port: number): string {
  return `const to = ${address};
    const socket = require("dgram").createSocket(to.includes(":") ? "udp6" : "udp4");
    socket.on("error", refused);
    socket.connect(${port}, to, (error) => error ? refused() : reached());`;
}
