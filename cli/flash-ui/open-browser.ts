import { spawn } from 'node:child_process';

/** What opens an address in the user's browser, by process.platform. */
export function openerOf(platform: string, address: string): [command: string, args: string[]] {
  switch (platform) {
    case 'darwin':
      return ['open', [address]];
    case 'win32':
      return ['rundll32', ['url.dll,FileProtocolHandler', address]];
    default:
      return ['xdg-open', [address]];
  }
}

/** Opens it, or does not: who has no such program has the address on the screen. */
export function openBrowser(address: string): void {
  const [command, args] = openerOf(process.platform, address);
  const child = spawn(command, args, { stdio: 'ignore', detached: true });
  child.on('error', () => {});
  child.unref();
}
