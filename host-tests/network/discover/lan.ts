import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from '../../../build/root';
import { inNamespaces } from '../../support/system-programs';

/** A host of the network: its last byte, and the ports on which something listens. */
export interface LanHost {
  host: number;
  ports: number[];
  /** It drops every packet for its own ports unread, but for ARP and what these say. */
  silent?: boolean;
}

export const lanSubnet = '10.77.0.0/24';

/** Whether this computer lets the test make a network of its own. */
export function lanIsPossible(): boolean {
  return inNamespaces('ip');
}

/**
 * Runs `command` on the host 10.77.0.1 of a network that exists for it alone: namespaces joined by a bridge, all of which vanish with
 * the process. The output ends with a line `packets <sent> <received>` of the host that the command ran on.
 */
export async function onLan(
  hosts: readonly LanHost[],
  command: readonly string[],
): Promise<{ stdout: string; packets: number }> {
  const script = [
    'set -e',
    // What `ip netns` mounts is seen by nobody else.
    'mount --make-rprivate / && mount -t tmpfs none /run && mkdir -p /run/netns',
    'ip link set lo up && ip link add br0 type bridge && ip link set br0 up',
    'ip link add scan0 type veth peer name scan1 && ip link set scan1 master br0 up',
    'ip addr add 10.77.0.1/24 dev scan0 && ip link set scan0 up',
    'ip route add default via 10.77.0.254 dev scan0',
    ...hosts.flatMap(({ host, ports, silent }) => [
      `ip netns add h${host} && ip link add v${host} type veth peer name eth0 netns h${host}`,
      `ip link set v${host} master br0 up`,
      `ip -n h${host} addr add 10.77.0.${host}/24 dev eth0 && ip -n h${host} link set eth0 up && ip -n h${host} link set lo up`,
      // A blackhole for the way back: nothing that this host would answer leaves it.
      ...(silent ? [`ip -n h${host} route add blackhole 10.77.0.1/32`] : []),
      ...(ports.length > 0
        ? [
            `ip netns exec h${host} "$NODE" -e 'for (const p of [${ports.join()}]) require("net").createServer((s) => s.on("error", () => {})).listen(p)' & pids="$pids $!"`,
          ]
        : []),
    ]),
    // Listeners are up when their ports are.
    ...hosts.flatMap(({ host, ports }) =>
      ports.map(
        (port) =>
          `for i in $(seq 200); do ip netns exec h${host} grep -qi ":${port.toString(16).padStart(4, '0')} " /proc/net/tcp /proc/net/tcp6 && break; sleep 0.05; done`,
      ),
    ),
    `packets() { awk '/scan0:/ { print $11 }' /proc/net/dev; }; sent=$(packets)`,
    'set +e; "$@"; code=$?',
    'echo "packets $(($(packets) - sent))"',
    'kill $pids 2>/dev/null; wait; exit $code',
  ].join('\n');
  const { stdout } = await promisify(execFile)(
    'unshare',
    // When unshare ends, for whatever reason, everything in there does.
    [
      '--net',
      '--mount',
      '--pid',
      '--fork',
      '--mount-proc',
      '--kill-child',
      'sh',
      '-c',
      script,
      'sh',
      ...command,
    ],
    { env: { ...process.env, NODE: process.execPath }, cwd: root, timeout: 50_000, killSignal: 'SIGKILL' },
  );
  const packets = Number(/^packets (\d+)$/m.exec(stdout)?.[1]);
  return { stdout: stdout.replace(/^packets \d+\n/m, ''), packets };
}

/** `lamplighter ...` */
export function lamplighter(...args: string[]): string[] {
  return [process.execPath, '--import', 'tsx', join(root, 'cli', 'lamplighter.ts'), ...args];
}
