import type { Command } from 'commander';
import { encodeBase64url } from '../../protocol/base64url.js';
import { canonicalize, type JsonObject, parseCanonical } from '../../protocol/canonical.js';
import { ProtocolError } from '../../protocol/errors.js';
import { readKeySet } from '../../protocol/key-set.js';
import { algorithmOf, rawVerify } from '../../protocol/keys.js';
import { assemble, prepare, type SignatureMember, typeOf } from '../../protocol/signing.js';
import { encodeUtf8 } from '../../protocol/utf8.js';
import type { Cli, Outcome } from '../cli.js';
import { example } from '../command.js';
import { EXIT, Failure, refusing } from '../failures.js';
import { besides, PUBLIC, readText, writeWhole } from '../files.js';
import { keySetLines } from '../key-set-lines.js';
import { openSigner } from '../raw-signers.js';
import type { RawSigner } from '../sign-composition.js';

export function defineSign(command: Command, cli: Cli): void {
  example(
    command,
    cli,
    'liaison keyset sign keyset-1.payload.json --root root.key.json --out keyset-1.json',
    'liaison keyset sign keyset-7.payload.json --enrol enrol.key.json --out keyset-7.json',
    'liaison keyset sign keyset-1.payload.json --root root.pub.json --signer exec:"pkcs11-tool --sign -m EDDSA --id 01" --out keyset-1.json',
  )
    .argument('<file>', cli.text('cli.keyset.signFile'))
    .option('--root <file>', cli.text('cli.keyset.signRoot'))
    .option('--enrol <file>', cli.text('cli.keyset.signEnrol'))
    .option('--signer <exec>', cli.text('cli.option.signer'))
    .option('--out <file>', cli.text('cli.keyset.signOut'))
    .option('--yes', cli.text('cli.option.yes'))
    .action(cli.runs((file: string, options: Options) => sign(cli, file, options)));
}

interface Options {
  root?: string;
  enrol?: string;
  signer?: string;
  out?: string;
  yes?: boolean;
}

/** Signs with one root or enrolment key; a set that another has signed already gets a further signature. */
async function sign(cli: Cli, file: string, { root, enrol, signer, out, yes = false }: Options): Promise<Outcome> {
  const keyFile = root ?? enrol;
  if (keyFile === undefined || (root !== undefined && enrol !== undefined)) {
    throw new Failure(EXIT.usage, 'cli.failure.oneSigner');
  }
  const draft = await refusing(() => readDraft(file));
  const key = await openSigner(keyFile, root === undefined ? 'enrol' : 'root', signer);
  const text = await addSignature(draft, key);
  const set = await refusing(() => readKeySet(text, { hub: draft.hub }));
  const lines = await keySetLines(cli, set);
  // What is asked about is what was read back from the bytes; without consent nothing is written.
  const wasShown = await cli.confirm(lines, { isGiven: yes });
  const target = out ?? besides(file, 'signed');
  writeWhole(target, text, PUBLIC);
  return {
    document: { file: target, agency: set.agency, seq: set.seq, digest: set.digest, signedBy: key.kid },
    lines: [
      ...(wasShown ? [] : lines),
      cli.text('cli.keyset.signed', { file: target, kid: key.kid, digest: set.digest }),
    ],
  };
}

interface Draft {
  hub: string;
  text: string;
  payload: JsonObject;
  signatures: SignatureMember[];
}

function readDraft(file: string): Draft {
  const outer = parseCanonical(encodeUtf8(readText(file).trim()));
  const { payload, signatures } = outer as { payload?: unknown; signatures?: unknown };
  if (typeof payload !== 'string' || !Array.isArray(signatures)) return draftOf(file, outer as JsonObject, []);
  const inner = parseCanonical(Buffer.from(payload, 'base64url'));
  return draftOf(file, inner as JsonObject, signatures);
}

function draftOf(file: string, payload: JsonObject, signatures: SignatureMember[]): Draft {
  const { kind, hub } = payload;
  if (kind === 'keyset' && typeof hub === 'string') return { hub, text: canonicalize(payload), payload, signatures };
  throw new Failure(EXIT.usage, 'cli.failure.wrongFile', { file, kind: 'keyset' });
}

async function addSignature({ hub, text, payload, signatures }: Draft, signer: RawSigner): Promise<string> {
  const { kid, publicJwk } = signer;
  const iat = Math.floor(Date.now() / 1000);
  const prepared = prepare(payload, { alg: algorithmOf(publicJwk), hub, iat, kid, typ: typeOf('keyset') });
  const signature = await signer.sign(prepared.signingInput);
  if (!(await rawVerify(publicJwk, prepared.signingInput, signature))) throw new ProtocolError('SIGNATURE');
  return assemble(text, [...signatures, { protected: prepared.protected, signature: encodeBase64url(signature) }]);
}
