import type { BundleNote, ObjectVerdict } from '../protocol/bundle.js';
import type { Cli } from './cli.js';
import { attachmentText } from './rendering.js';

/** Whether an object stands: signed by a key that was good when the hub received it. */
export function isGood({ verdict }: ObjectVerdict): boolean {
  return verdict === 'VALID' || verdict === 'VALID_RETIRED';
}

/** The judgement of one object in a line. */
export function verdictLine(cli: Cli, judged: ObjectVerdict, unspoken: readonly BundleNote[] = []): string {
  const { verdict, kind, id, from, error } = judged;
  const notes = judged.notes.filter((note) => !unspoken.includes(note)).map((note) => cli.text(`cli.note.${note}`));
  const faults = error === undefined ? [] : [`${error}: ${cli.text(`cli.fault.${error}`)}`];
  return cli.text('cli.verdict.line', {
    verdict: cli.text(`cli.verdict.${verdict}`),
    kind: kind ?? '?',
    id: id ?? '?',
    from: from ?? '?',
    remarks: [...faults, ...notes].map((remark) => ` – ${remark}`).join(''),
  });
}

/** The files that an object names, a line each. */
export function attachmentLines(cli: Cli, { attachments }: Pick<ObjectVerdict, 'attachments'>): string[] {
  return attachments.map((each) => `  ${cli.text('cli.field.attachment', { value: attachmentText(each) })}`);
}
