// The certificate of the practice cluster's API servers: made anew at each start, for this computer alone, and trusted by nothing but the
// kubeconfig that carries it. It is written field by field (X.509 in DER): a library for all that certificates can be would be a tenth of the
// process' memory, for this one.
import { generateKeyPair, randomBytes, sign } from 'node:crypto';
import { promisify } from 'node:util';

export interface Certificate {
  /** PEM; also its own authority. */
  readonly cert: string;
  readonly key: string;
}

const DAY = 24 * 60 * 60 * 1000;

/** Valid for 127.0.0.1 and localhost, from yesterday (a clock may be a little off) for a year (RFC 5280). */
export async function createCertificate(): Promise<Certificate> {
  const { privateKey, publicKey } = await promisify(generateKeyPair)('ec', { namedCurve: 'P-256' });
  const name = sequence(der(SET, sequence(COMMON_NAME, der(UTF8_STRING, Buffer.from('practice cluster')))));
  const signed = sequence(
    der(0xa0, der(INTEGER, Buffer.of(2))), // the third version
    der(INTEGER, Buffer.concat([Buffer.of(1), randomBytes(15)])), // a positive number of at most 20 octets
    ECDSA_WITH_SHA256,
    name,
    sequence(time(new Date(Date.now() - DAY)), time(new Date(Date.now() + 365 * DAY))),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(
      critical(BASIC_CONSTRAINTS, sequence(TRUE)), // an authority
      critical(KEY_USAGE, der(BIT_STRING, Buffer.of(2, 0b1000_0100))), // digitalSignature and keyCertSign, two bits unused
      sequence(ALTERNATIVE_NAME, der(OCTET_STRING, sequence(der(0x87, Buffer.of(127, 0, 0, 1)), der(0x82, Buffer.from('localhost'))))),
    )),
  );
  const signature = sign('sha256', signed, privateKey);
  const certificate = sequence(signed, ECDSA_WITH_SHA256, der(BIT_STRING, Buffer.of(0), signature));
  const lines = certificate.toString('base64').match(/.{1,64}/g) ?? [];
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

// Tags (X.690).
const INTEGER = 0x02;
const BIT_STRING = 0x03;
const OCTET_STRING = 0x04;
const UTF8_STRING = 0x0c;
const UTC_TIME = 0x17;
const GENERALIZED_TIME = 0x18;
const SET = 0x31;
const TRUE = Buffer.of(0x01, 1, 0xff);

/** Tag, length, value. */
function der(tag: number, ...contents: Buffer[]): Buffer {
  const value = Buffer.concat(contents);
  const length = value.length < 128 ? [value.length] : value.length < 256 ? [0x81, value.length] : [0x82, value.length >> 8, value.length & 255];
  return Buffer.concat([Buffer.of(tag, ...length), value]);
}

function sequence(...contents: Buffer[]): Buffer {
  return der(0x30, ...contents);
}

/** An extension that a reader has to understand. */
function critical(id: Buffer, value: Buffer): Buffer {
  return sequence(id, TRUE, der(OCTET_STRING, value));
}

/** To 2049 with two digits for the year, then with four (RFC 5280, 4.1.2.5). */
function time(date: Date): Buffer {
  const digits = `${date.toISOString().slice(0, 19).replace(/\D/g, '')}Z`;
  return date.getUTCFullYear() < 2050 ? der(UTC_TIME, Buffer.from(digits.slice(2))) : der(GENERALIZED_TIME, Buffer.from(digits));
}

// Object identifiers in their encoded form.
const id = (hex: string): Buffer => der(0x06, Buffer.from(hex, 'hex'));
const COMMON_NAME = id('550403');
const KEY_USAGE = id('551d0f');
const ALTERNATIVE_NAME = id('551d11');
const BASIC_CONSTRAINTS = id('551d13');
const ECDSA_WITH_SHA256 = sequence(id('2a8648ce3d040302'));
