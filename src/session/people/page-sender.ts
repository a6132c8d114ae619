import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { CallerSession } from '../../access/caller.js';
import { languageOf } from '../../common/messages/messages.js';
import { TrustedDocuments } from '../../edge/trusted-documents.js';
import { type Page, PAGE_HEADERS, renderPage } from './pages/page.js';
import { PEOPLE_OPTIONS, type PeopleOptions } from './people-options.js';

/** Answers with one of the hub's plain pages, in the language of its reader. */
@Injectable()
export class PageSender {
  private readonly documentIds: Readonly<Record<string, string>>;

  constructor(
    documents: TrustedDocuments,
    @Inject(PEOPLE_OPTIONS) private readonly options: PeopleOptions,
  ) {
    this.documentIds = documents.ids();
  }

  send(request: FastifyRequest, reply: FastifyReply, page: Page): void {
    const isDemonstration = this.options.demonstrationPage !== undefined;
    void reply.headers({ ...PAGE_HEADERS }).send(
      renderPage(page, languageOf(request.headers['accept-language']), {
        isDemonstration,
        documents: this.documentIds,
      }),
    );
  }

  /** The session of who asks; without one the reader is sent to sign in. */
  sessionOr(reply: FastifyReply, { caller }: FastifyRequest): CallerSession | undefined {
    if (!caller?.session) void reply.header('cache-control', 'no-store').redirect('/sign-in', 303);
    return caller?.session;
  }
}
