import { Logger } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { CloseCode } from 'graphql-ws';
import type { WebSocket } from 'ws';
import type { Caller } from '../access/caller.js';
import type { ScopedDatabase } from '../access/scoped-database.js';
import { sightOf } from '../access/sight.js';
import { type Limits, principalOf } from '../edge/limits.js';

/** A socket, and who opened it. */
export interface OpenSocket {
  readonly socket: WebSocket;
  readonly request: FastifyRequest;
  readonly caller: Caller;
  /** What the caller may do and see, as it was when the socket was opened. */
  readonly rights: Promise<string>;
}

/** Close codes of RFC 6455 section 7.4.1. */
const GOING_AWAY = 1001;
const TRY_AGAIN_LATER = 1013;

const ROUND_MS = 1_000;
/** Rounds after which a peer that has not answered a ping is gone. */
const ROUNDS_BETWEEN_PINGS = 20;
const LAST_WORDS_MS = 1_000;

/**
 * Sockets stay open only as long as nothing about their callers changes: every second each caller is looked up anew, as for a request.
 * A socket is closed with 4401 when its token has expired or its session has ended, when connection, key, unit, agency, officer or
 * account are no longer in force, and when roles, scopes, clearance or communities have changed: whoever comes back has the rights of
 * that moment. Who cannot be looked up is told to try again later.
 */
export class OpenSockets {
  private readonly logger = new Logger('Sockets');
  private readonly open = new Map<WebSocket, OpenSocket>();
  private readonly alive = new WeakSet<WebSocket>();
  private timer: NodeJS.Timeout | undefined;
  private round = 0;

  /** `again` gives a caller with the rights of this moment, undefined when it has none any more. */
  constructor(
    private readonly limits: Limits,
    private readonly database: ScopedDatabase,
    private readonly again: (caller: Caller) => Promise<Caller | undefined>,
  ) {}

  /** Keeps a socket that was just opened, undefined when its caller has too many. */
  take(socket: WebSocket, request: FastifyRequest): OpenSocket | undefined {
    const caller = request.caller!;
    const { key } = principalOf(request);
    try {
      this.limits.sockets.enter(key);
    } catch {
      socket.close(TRY_AGAIN_LATER, 'Too many sockets');
      return undefined;
    }
    const open = { socket, request, caller, rights: this.rightsOf(caller) };
    open.rights.catch(() => undefined); // whoever compares with them hears of it
    this.open.set(socket, open);
    this.alive.add(socket);
    socket.on('pong', () => this.alive.add(socket));
    socket.once('close', () => {
      this.open.delete(socket);
      this.limits.sockets.leave(key);
    });
    this.timer ??= setTimeout(() => void this.lookAtAll(), ROUND_MS).unref();
    return open;
  }

  /** Whether the caller may do and see what it could when it opened the socket. Otherwise the socket is closed. */
  async check({ socket, caller, rights }: OpenSocket): Promise<boolean> {
    try {
      const now = await this.again(caller);
      if (now && (await this.rightsOf(now)) === (await rights)) return true;
      socket.close(CloseCode.Unauthorized, 'Unauthorized');
    } catch (error) {
      this.logger.error({ err: error }, 'The caller of a socket could not be looked up; the socket was closed');
      socket.close(TRY_AGAIN_LATER, 'Try again later');
    }
    return false;
  }

  closeAll(): void {
    clearTimeout(this.timer);
    for (const socket of this.open.keys()) {
      socket.close(GOING_AWAY, 'Going away');
      setTimeout(() => socket.terminate(), LAST_WORDS_MS).unref();
    }
  }

  /** One look after another, so that many sockets are never many questions at once. */
  private async lookAtAll(): Promise<void> {
    this.round += 1;
    for (const open of this.open.values()) {
      if (this.round % ROUNDS_BETWEEN_PINGS === 0) this.ping(open.socket);
      if (open.socket.readyState === open.socket.OPEN) await this.check(open);
    }
    this.timer = this.open.size === 0 ? undefined : setTimeout(() => void this.lookAtAll(), ROUND_MS).unref();
  }

  private ping(socket: WebSocket): void {
    if (this.alive.delete(socket)) socket.ping();
    else socket.terminate();
  }

  private async rightsOf(caller: Caller): Promise<string> {
    const { agencyId, unitId, officer, clearance, maySeeNominal, permissions, sending, session, token } = caller;
    const sight = await this.database.as(caller, sightOf);
    const kinds = sending && [...sending.kinds];
    // A passkey that is no longer fresh is no loss of rights, and a socket shows no personal details.
    const isCleared = maySeeNominal || session?.nominalNeedsStepUp === true;
    const given = [agencyId, unitId, officer, clearance, isCleared, [...permissions], kinds, sending?.addressees];
    return JSON.stringify([...given, token?.isBoundToDocuments, session?.roles, sight]);
  }
}
