import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

/** What a test may make an authenticator do wrong. */
export interface Misconduct {
  /** Signs another challenge than it was given. */
  challenge?: string;
  /** As a page of another site would. */
  origin?: string;
  rpId?: string;
  /** Does not ask for PIN, finger or face. */
  userVerified?: boolean;
  /** Claims this counter. */
  counter?: number;
  /** Names another credential. */
  id?: string;
  userHandle?: string;
  /** A broken signature. */
  forged?: boolean;
}

interface CreationOptions {
  challenge: string;
  rp: { id?: string };
  user: { id: string };
  pubKeyCredParams: { alg: number }[];
}

/** A software passkey with a real key: what a browser and a security key do together (WebAuthn level 3, sections 5.1 and 6.3). */
export class SoftwareAuthenticator {
  readonly id = randomBytes(32).toString('base64url');
  private readonly keys: { publicKey: KeyObject; privateKey: KeyObject };
  private counter = 0;
  private userHandle = '';

  constructor(
    private readonly origin: string,
    private readonly alg: 'ES256' | 'EdDSA' = 'ES256',
  ) {
    this.keys = alg === 'ES256' ? generateKeyPairSync('ec', { namedCurve: 'P-256' }) : generateKeyPairSync('ed25519');
  }

  /** navigator.credentials.create(), with attestation "none". */
  create(options: CreationOptions, wrong: Misconduct = {}): object {
    this.userHandle = options.user.id;
    const attestation = new Map<string, unknown>([
      ['fmt', 'none'],
      ['attStmt', new Map()],
      ['authData', this.authenticatorData(wrong, true)],
    ]);
    return {
      id: this.id,
      rawId: this.id,
      type: 'public-key',
      clientExtensionResults: {},
      authenticatorAttachment: 'cross-platform',
      response: {
        clientDataJSON: this.clientData('webauthn.create', options.challenge, wrong),
        attestationObject: cbor(attestation).toString('base64url'),
        transports: ['usb'],
      },
    };
  }

  /** navigator.credentials.get(). */
  get(options: { challenge: string }, wrong: Misconduct = {}): object {
    this.counter = wrong.counter ?? this.counter + 1;
    const clientDataJSON = this.clientData('webauthn.get', options.challenge, wrong);
    const authenticatorData = this.authenticatorData(wrong, false);
    const signed = Buffer.concat([authenticatorData, sha256(Buffer.from(clientDataJSON, 'base64url'))]);
    const signature = sign(this.alg === 'ES256' ? 'sha256' : null, signed, this.keys.privateKey);
    if (wrong.forged) signature[signature.length - 1]! ^= 1;
    return {
      id: wrong.id ?? this.id,
      rawId: wrong.id ?? this.id,
      type: 'public-key',
      clientExtensionResults: {},
      response: {
        clientDataJSON,
        authenticatorData: authenticatorData.toString('base64url'),
        signature: signature.toString('base64url'),
        userHandle: wrong.userHandle ?? this.userHandle,
      },
    };
  }

  private clientData(type: string, challenge: string, wrong: Misconduct): string {
    const data = {
      type,
      challenge: wrong.challenge ?? challenge,
      origin: wrong.origin ?? this.origin,
      crossOrigin: false,
    };
    return Buffer.from(JSON.stringify(data)).toString('base64url');
  }

  private authenticatorData({ rpId, userVerified = true }: Misconduct, isNew: boolean): Buffer {
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(this.counter);
    const flags = 0x01 | (userVerified ? 0x04 : 0) | (isNew ? 0x40 : 0);
    const head = Buffer.concat([sha256(rpId ?? new URL(this.origin).hostname), Buffer.from([flags]), counter]);
    if (!isNew) return head;
    const id = Buffer.from(this.id, 'base64url');
    const length = Buffer.alloc(2);
    length.writeUInt16BE(id.length);
    return Buffer.concat([head, Buffer.alloc(16), length, id, cbor(this.coseKey())]);
  }

  /** The public key as COSE_Key (RFC 9053 section 7). */
  private coseKey(): Map<number, unknown> {
    const { x, y } = this.keys.publicKey.export({ format: 'jwk' });
    if (this.alg === 'EdDSA') {
      return new Map<number, unknown>([
        [1, 1],
        [3, -8],
        [-1, 6],
        [-2, bytesOf(x)],
      ]);
    }
    return new Map<number, unknown>([
      [1, 2],
      [3, -7],
      [-1, 1],
      [-2, bytesOf(x)],
      [-3, bytesOf(y)],
    ]);
  }
}

/** As much of CBOR (RFC 8949) as an attestation needs: integers, bytes, texts and maps. */
function cbor(value: unknown): Buffer {
  if (typeof value === 'number') return value < 0 ? head(1, -1 - value) : head(0, value);
  if (value instanceof Uint8Array) return Buffer.concat([head(2, value.length), value]);
  if (typeof value === 'string') return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)]);
  if (value instanceof Map) {
    const entries = [...value].flatMap(([key, item]) => [cbor(key), cbor(item)]);
    return Buffer.concat([head(5, value.size), ...entries]);
  }
  throw new Error('Not needed here');
}

function head(major: number, length: number): Buffer {
  if (length < 24) return Buffer.from([(major << 5) | length]);
  if (length < 256) return Buffer.from([(major << 5) | 24, length]);
  return Buffer.from([(major << 5) | 25, length >> 8, length & 0xff]);
}

function bytesOf(text: string | undefined): Buffer {
  return Buffer.from(text!, 'base64url');
}

function sha256(data: string | Uint8Array): Buffer {
  return createHash('sha256').update(data).digest();
}
