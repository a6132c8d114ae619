import { Injectable } from '@nestjs/common';
import type { Caller } from '../access/caller.js';
import { ScopedDatabase } from '../access/scoped-database.js';
import { NotFound } from '../common/errors.js';
import type { Language } from '../common/messages/messages.js';
import { checkUuid } from '../common/uuid.js';
import type { Handling } from '../exchange/body/handling.js';
import { ComposerService } from '../exchange/composer.service.js';
import type { Composition } from '../exchange/composition.js';
import type { OpenedRow } from '../exchange/object-pages.js';
import { ObjectsService } from '../exchange/objects.service.js';
import { payloadOf } from '../exchange/payload.js';
import type { ConsentBody } from './body/consent-body.js';
import type {
  ComposeConsentAnswerInput,
  ComposeConsentRequestInput,
  ComposeConsentRevocationInput,
  ConsentInput,
} from './consent.inputs.js';
import { type ConsentRow, readConsent } from './consent-rows.js';

/** Texts to sign, for both sides of a consent. Like every composition it writes nothing but the opening of what it quotes. */
@Injectable()
export class ConsentComposer {
  constructor(
    private readonly database: ScopedDatabase,
    private readonly composer: ComposerService,
    private readonly objects: ObjectsService,
  ) {}

  async request(
    caller: Caller,
    { object, body, ...input }: ComposeConsentRequestInput,
    language: Language,
  ): Promise<Composition> {
    const target = await this.objects.open(caller, checkUuid(object, '/object'));
    const question = { ...body, act: 'ASK', targetId: target.id, targetDigest: target.digest } as const;
    return this.reply(caller, { to: target.from_agency, answers: target, body: question, input }, language);
  }

  async answer(
    caller: Caller,
    { consent, body, ...input }: ComposeConsentAnswerInput,
    language: Language,
  ): Promise<Composition> {
    const row = await this.consent(caller, consent);
    const answers = await this.objects.open(caller, row.ask_id, 'consent');
    return this.reply(caller, { to: row.from_agency, answers, body: { ...scopeOf(row), ...body }, input }, language);
  }

  async revocation(
    caller: Caller,
    { consent, body, ...input }: ComposeConsentRevocationInput,
    language: Language,
  ): Promise<Composition> {
    const row = await this.consent(caller, consent);
    // Where nothing was granted, the rules of the kind say so of the question.
    const answers = await this.objects.open(caller, row.answer_id ?? row.ask_id, 'consent');
    const revocation = { ...scopeOf(row), ...body, act: 'REVOKE' } as const;
    return this.reply(caller, { to: row.from_agency, answers, body: revocation, input }, language);
  }

  private async consent(caller: Caller, id: string): Promise<ConsentRow> {
    checkUuid(id, '/consent');
    const row = await this.database.as(caller, (tx) => readConsent(tx, id));
    if (!row) throw new NotFound();
    return row;
  }

  private async reply(
    caller: Caller,
    { to, answers, body, input }: { to: string; answers: OpenedRow; body: Partial<ConsentBody>; input: ConsentInput },
    language: Language,
  ): Promise<Composition> {
    const handling = input.handling ?? (payloadOf(answers.text).handling as unknown as Handling);
    const [composition] = await this.composer.compose(
      caller,
      {
        kind: 'consent',
        body,
        input: { ...input, to: [to], addresseesSeeEachOther: true, handling },
        parts: {},
        inReplyTo: answers.id,
        isReply: true,
      },
      language,
    );
    return composition!;
  }
}

/** What was asked, as every later object of the consent repeats it. */
function scopeOf(row: ConsentRow): Partial<ConsentBody> {
  return {
    targetId: row.object_id,
    targetDigest: row.object_digest,
    for: row.for_what,
    ...(row.for_agency === null ? {} : { forAgency: row.for_agency }),
    ...(row.for_unit === null ? {} : { forUnit: row.for_unit }),
  };
}
