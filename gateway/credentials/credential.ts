import type { Identity, Role } from '../broker/access';
import { isSensorId } from '../reading';

/** An entry of the file of credentials. */
export interface Credential {
  /** The same object as long as nothing of the entry changes. */
  identity: Identity;
  /** 16 random bytes, base64. */
  salt: string;
  /** scrypt of the password, N = 16384, r = 8, p = 1, 32 bytes, base64. */
  hash: string;
}

export const roles: readonly Role[] = ['kit', 'kits', 'controller', 'sensor'];

/** Bytes that a name or a password may have at most: as in kit.config.ts. */
const bytesMax = 64;
const passwordCharactersMin = 8;
const kitMax = 9999;
const sensorsMax = 64;

/** What is said of a user beside the name. */
export interface Given {
  role?: string | undefined;
  kit?: number | undefined;
  sensors?: readonly string[] | undefined;
}

/** One text for what can be typed in two ways: ö and o with dots, a Korean syllable and its letters. */
export function plainText(text: string): string {
  return text.normalize('NFC');
}

/** What is wrong with a name, or undefined. */
export function nameProblem(name: string): string | undefined {
  const expected = `expected 1 to ${bytesMax} bytes of letters, digits and _ . @ -, beginning with a letter or digit`;
  const fits = /^[\p{L}\p{N}][\p{L}\p{N}\p{M}_.@-]*$/u.test(name) && Buffer.byteLength(name) <= bytesMax;
  // JSON and JavaScript have their own idea of this one.
  return fits && name !== 'constructor'
    ? undefined
    : `name: ${expected}, got ${JSON.stringify(name.slice(0, bytesMax))}`;
}

/** What is wrong with a password that is to be set, or undefined; never holds it. */
export function passwordProblem(password: string): string | undefined {
  const bytes = Buffer.byteLength(password);
  if (/[\u0000-\u001f\u007f]/.test(password)) return 'password: expected no control characters';
  if ([...password].length < passwordCharactersMin || bytes > bytesMax)
    return `password: expected at least ${passwordCharactersMin} characters and at most ${bytesMax} bytes, got ${[...password].length} characters in ${bytes} bytes`;
  return undefined;
}

/** Who it is to be: as given, else as before, else as the name says: `kit2` and `kit_2` are kit 2, `kits` is the role kits. */
export function identityFor(name: string, given: Given, former?: Identity): Identity {
  const named = /^kit_?([1-9]\d{0,3})$/.exec(name)?.[1];
  const implied: Role | undefined = named !== undefined ? 'kit' : name === 'kits' ? 'kits' : undefined;
  const meant = given.kit !== undefined ? 'kit' : given.sensors && 'sensor';
  const role = given.role ?? meant ?? former?.role ?? implied;
  if (role === undefined)
    throw new Error(
      `role: ${JSON.stringify(name)} does not say what it is for: expected --role ${roles.join(', --role ')}, or a name such as kit2`,
    );
  if (!roles.includes(role as Role))
    throw new Error(`role: expected ${roles.join(', ')}, got ${JSON.stringify(role)}`);
  if (role !== 'kit' && given.kit !== undefined)
    throw new Error(`kit: only the role kit has a number, not ${role}`);
  if (role !== 'sensor' && given.sensors)
    throw new Error(`sensor-id: only the role sensor is bound to some, not ${role}`);
  if (role === 'sensor') {
    const sensors = given.sensors ?? former?.sensors;
    const problem = sensors && sensorsProblem(sensors);
    if (problem !== undefined) throw new Error(`sensor-id: ${problem}`);
    return { name, role, ...(sensors && { sensors }) };
  }
  if (role !== 'kit') return { name, role: role as Role };
  const kit = given.kit ?? former?.kit ?? (named === undefined ? undefined : Number(named));
  if (kit === undefined) throw new Error('kit: the role kit needs the number of its kit: expected --kit 2');
  if (!Number.isInteger(kit) || kit < 1 || kit > kitMax)
    throw new Error(`kit: expected a number from 1 to ${kitMax}, got ${kit}`);
  return { name, role, kit };
}

/** What is wrong with the sensors that a user may report as, or undefined. */
export function sensorsProblem(sensors: readonly string[]): string | undefined {
  if (sensors.length < 1 || sensors.length > sensorsMax)
    return `expected 1 to ${sensorsMax} sensors, got ${sensors.length}`;
  const wrong = sensors.find((id) => !isSensorId(id));
  return wrong === undefined
    ? undefined
    : `expected 1 to 64 letters, digits or _ - . :, got ${JSON.stringify(wrong.slice(0, 64))}`;
}
