import type { BrokerAddress } from './start-options';

/**
 * Command lines that show a kit at work, fit for sh, cmd.exe and PowerShell alike; the last is for who has no
 * mosquitto. Passwords are left out.
 */
export function tryLines({ host, port, user, password }: BrokerAddress, kit: number): string[] {
  const login = (user ? ` -u ${user}` : '') + (password ? ' -P PASSWORD' : '');
  const where = `-h ${host} -p ${port}${login}`;
  return [
    `mosquitto_pub ${where} -t iot/${kit} -m USBLED/ON`,
    `mosquitto_sub ${where} -v -t "iot/#"`,
    `npx mqtt pub ${where} -t iot/${kit} -m USBLED/ON`,
  ];
}
