import { ConfigError } from './config-error';
import type { Classroom } from './kit-settings';
import { secretReader, type TextReader } from './secrets';
import { ssidRule, type TextRule, wifiPasswordRule } from './texts';

/** A network of the classroom, in UTF-8, with its password. */
export interface ClassroomNetwork {
  ssid: string;
  password?: string;
  /** 0 to 100, the highest first. */
  priority: number;
  hidden: boolean;
}

/** The shared networks, the first to try first, and the country that they name, if any. Throws a ConfigError. */
export function classroomNetworks({ file, config }: Classroom): {
  networks: ClassroomNetwork[];
  country?: string;
} {
  const problems: string[] = [];
  const read: TextReader = secretReader(file);
  const networks = config.networks.map(({ ssid, password, priority = 0, hidden = false }, index) => {
    const text = (value: typeof ssid, key: string, rule: TextRule) =>
      Buffer.from(read(value, `networks[${index}].${key}`, rule, problems), 'latin1').toString('utf8');
    return {
      ssid: text(ssid, 'ssid', ssidRule),
      ...(password !== undefined && { password: text(password, 'password', wifiPasswordRule) }),
      priority,
      hidden,
    };
  });
  if (problems.length > 0) throw new ConfigError(problems);
  const country = config.networks.find((network) => network.country !== undefined)?.country;
  return {
    networks: networks.sort((a, b) => b.priority - a.priority),
    ...(country !== undefined && { country }),
  };
}
