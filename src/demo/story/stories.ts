import { BILATERAL, MULTILATERAL, OPERATION } from '../world/agreements.js';
import type { Exchanged } from './exchanged.js';
import type { Party } from './party.js';
import {
  acknowledgement,
  answersTo,
  cigarsAlert,
  clarificationWanted,
  closingReport,
  ketamineAlert,
  noticeTo218,
  questionsAbout,
  refusalWhileInvestigating,
} from './texts.js';

/** Everyone who takes part, each in a process of its own. */
export interface Cast {
  vietNam: Party;
  china: Party;
  philippines: Party;
  rilo: Party;
  /** Look on and may see nothing of it. */
  laos: Party;
  unodc: Party;
}

export type Tell = (text: string) => void;

const handling = (agreement: string, article: string, codes: string[]): object => ({
  codes,
  classification: 'UNCLASSIFIED',
  onwardRule: 'NONE',
  evidenceUse: codes.includes('H1') ? 'WITH_CONSENT' : 'NO',
  legalBasis: { agreement, article },
});

/**
 * Story 1, M918: a partner's alert on a drug line; Viet Nam asks back; China wants it clearer, then answers. The consent for the police
 * unit, the seizure and the feedback follow with their modules.
 */
export async function storyM918({ vietNam, china }: Cast, tell: Tell): Promise<Exchanged[]> {
  const between = [vietNam, china];
  const objects: Exchanged[] = [];
  const keep = (kind: string, sender: Party, id: string): string => {
    objects.push({ id, kind, sender, readers: between });
    return id;
  };
  tell('Story 1 · M918: one administration warns another of a drug line');
  const [alert] = await china.send('alert', {
    to: ['VN-CUS'],
    handling: handling(MULTILATERAL, 'art10', ['H2']),
    body: ketamineAlert(),
  });
  keep('alert', china, alert!);
  tell('  China composes an alert, signs it with its own key and sends it; only Viet Nam receives it.');
  const read = await vietNam.ask<{ alert: { state: string; body: { title: string } } }>(
    'query($id: ID!) { alert(id: $id) { state body { title } } }',
    { id: alert },
  );
  tell(`  Viet Nam reads: “${read.alert.body.title}”.`);

  const [request] = await vietNam.send('request', {
    to: ['CN-CUS'],
    handling: handling(MULTILATERAL, 'art4', ['H2']),
    body: questionsAbout('the consignments of the line', 'VN'),
  });
  keep('request', vietNam, request!);
  tell('  Viet Nam asks two questions back: a mutual-assistance request.');
  await answer(china, request!, acknowledgement(), keep);
  await answer(china, request!, clarificationWanted(), keep);
  tell('  China acknowledges, and asks which bookings are meant.');

  const [clarified] = await vietNam.send('request', {
    to: ['CN-CUS'],
    handling: handling(MULTILATERAL, 'art4', ['H2']),
    body: questionsAbout('the bookings of the vessel EXAMPLE STAR since 1 October', 'VN'),
    supersedes: request,
  });
  keep('request', vietNam, clarified!);
  tell('  Viet Nam makes it clear: the next version of the request.');
  await answer(china, clarified!, answersTo('INTERIM', [1]), keep);
  await answer(china, clarified!, answersTo('FINAL', [1, 2]), keep);
  tell('  China answers the first question, then both.');
  keep('feedback', vietNam, (await vietNam.send('feedback', { object: clarified, body: closingReport() }))[0]!);
  const closed = await china.ask<{ request: { state: string } }>('query($id: ID!) { request(id: $id) { state } }', {
    id: clarified,
  });
  tell(`  Viet Nam closes it. Both sides see: ${closed.request.state}.`);
  return objects;
}

/** Story 2, 218 LP: after a seizure Viet Nam warns the Philippines of its own accord, corrects the notice and takes a mistaken one back. */
export async function story218LP({ vietNam, philippines }: Cast, tell: Tell): Promise<Exchanged[]> {
  const objects: Exchanged[] = [];
  tell('Story 2 · 218 LP: a seizure here becomes a warning there');
  const input = { to: ['PH-CUS'], handling: handling(BILATERAL, 'art6', ['H1', 'H2']) };
  const [first] = await vietNam.send('alert', { ...input, body: noticeTo218('250') });
  const [second] = await vietNam.send('alert', { ...input, body: noticeTo218('276'), supersedes: first });
  tell('  Viet Nam warns the Philippines, and sends a corrected version an hour later.');
  objects.push({ id: first!, kind: 'alert', sender: vietNam, readers: [vietNam, philippines] });
  objects.push({ id: second!, kind: 'alert', sender: vietNam, readers: [vietNam, philippines] });

  const [request] = await philippines.send('request', {
    to: ['VN-CUS-AS'],
    handling: handling(BILATERAL, 'art5', ['H2']),
    body: questionsAbout('the shipper of the first consignment', 'PH'),
  });
  objects.push({ id: request!, kind: 'request', sender: philippines, readers: [vietNam, philippines] });
  const keep = (kind: string, sender: Party, id: string): string => {
    objects.push({ id, kind, sender, readers: [vietNam, philippines] });
    return id;
  };
  await answer(vietNam, request!, acknowledgement(), keep);
  await answer(vietNam, request!, refusalWhileInvestigating(), keep);
  tell('  The Philippines ask for the shipper; Viet Nam refuses for now, with ground and reason.');

  const [mistaken] = await vietNam.send('alert', { ...input, body: noticeTo218('1') });
  const [recall] = await vietNam.send('recall', {
    object: mistaken,
    body: { reason: 'WRONG_FACTS', text: 'It named the wrong container. Do not act on it. Fictional example.' },
  });
  objects.push({ id: mistaken!, kind: 'alert', sender: vietNam, readers: [vietNam] });
  objects.push({ id: recall!, kind: 'recall', sender: vietNam, readers: [vietNam, philippines] });
  tell('  A mistaken notice is recalled: for the Philippines it is gone, the recall has arrived.');
  return objects;
}

/** Story 3, Cuban cigars: RILO A/P passes on a tip about luggage by way of Moscow, without personal details. */
export async function storyCigars({ vietNam, rilo }: Cast, tell: Tell): Promise<Exchanged[]> {
  tell('Story 3 · Cuban cigars: a tip about luggage, Havana – Moscow – Tan Son Nhat');
  const [alert] = await rilo.send('alert', {
    to: ['VN-CUS'],
    handling: handling(OPERATION, 'par3', ['H0']),
    body: cigarsAlert(),
  });
  tell('  RILO A/P passes the tip on to Viet Nam; the route shows where the luggage changes planes.');
  return [{ id: alert!, kind: 'alert', sender: rilo, readers: [rilo, vietNam] }];
}

async function answer(
  party: Party,
  request: string,
  body: object,
  keep: (kind: string, sender: Party, id: string) => string,
): Promise<void> {
  keep('answer', party, (await party.send('answer', { request, body }))[0]!);
}
