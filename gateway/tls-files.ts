import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';

/** Both PEM; the certificate with its chain. */
export interface TlsPair {
  cert: string;
  key: string;
}

export interface TlsFilesOptions {
  tlsCert: string;
  tlsKey: string;
  /** Told in one sentence of a certificate that was renewed, and of one that cannot be taken. */
  onTaken: (sentence: string) => void;
  onRefused: (sentence: string) => void;
}

/** How often the files are looked at, in milliseconds: who renews a certificate does it weeks before its end. */
const lookMs = 5000;

/** A certificate and its key in two files, read again whenever they change. */
export class TlsFiles {
  pair: TlsPair;
  onChange: (pair: TlsPair) => void = () => undefined;
  /** What was wrong at the last look. */
  #problem: string | undefined;
  #said: string | undefined;

  /** Throws one sentence when the files are not what they should be. */
  constructor(private readonly options: TlsFilesOptions) {
    this.pair = readPair(options);
    checkPair(this.pair, options);
  }

  /**
   * Takes over what the files hold now. What cannot be used is refused at the second look that finds it: there are two
   * files, and between the first and the second of them they do not belong together.
   */
  look(): void {
    try {
      const pair = readPair(this.options);
      if (pair.cert !== this.pair.cert || pair.key !== this.pair.key) this.#take(pair);
      this.#problem = this.#said = undefined;
    } catch (error) {
      const { message } = error as Error;
      if (message === this.#problem && message !== this.#said) {
        this.#said = message;
        this.options.onRefused(`${message}; the certificate that was read before stays in use`);
      }
      this.#problem = message;
    }
  }

  /** Looks at the files again and again; returns what ends it. */
  watch(): () => void {
    const timer = setInterval(() => this.look(), lookMs).unref();
    return () => clearInterval(timer);
  }

  #take(pair: TlsPair): void {
    const { validTo } = checkPair(pair, this.options);
    this.pair = pair;
    this.onChange(pair);
    this.options.onTaken(`${this.options.tlsCert} was renewed: from now on it is valid until ${validTo}`);
  }
}

type Files = Pick<TlsFilesOptions, 'tlsCert' | 'tlsKey'>;

function readPair({ tlsCert, tlsKey }: Files): TlsPair {
  return { cert: readPem(tlsCert, '--tls-cert'), key: readPem(tlsKey, '--tls-key') };
}

function checkPair({ cert, key }: TlsPair, { tlsCert, tlsKey }: Files): X509Certificate {
  const certificate = parsed(
    () => new X509Certificate(cert),
    `--tls-cert: ${tlsCert} is no certificate, PEM`,
  );
  const privateKey = parsed(
    () => createPrivateKey(key),
    `--tls-key: ${tlsKey} is no private key without password, PEM`,
  );
  if (!certificate.checkPrivateKey(privateKey))
    throw new Error(`--tls-key: ${tlsKey} is not the key of the certificate ${tlsCert}`);
  // What follows the certificate in its file, and what OpenSSL thinks too weak.
  parsed(
    () => createSecureContext({ cert, key }),
    `--tls-cert: ${tlsCert} is no certificate with its chain that TLS takes`,
  );
  return certificate;
}

/** OpenSSL says neither which file it means nor what it should be. */
function parsed<T>(parse: () => T, sentence: string): T {
  try {
    return parse();
  } catch {
    throw new Error(sentence);
  }
}

/** Throws one sentence that begins with the option. */
export function readPem(file: string, option: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new Error(`${option}: cannot read ${file}: ${(error as Error).message}`);
  }
}
