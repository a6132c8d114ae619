import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { errors, Provider } from 'oidc-provider';
import { secondsOf } from '../../../protocol/timestamp.js';
import { secretIn } from '../cookies.js';
import type { BegunSignIns } from './begun-sign-ins.js';

/** What the hub's own provider waits for: that the officer in this browser shows a passkey. */
@Injectable()
export class OwnInteractions {
  constructor(
    private readonly provider: Provider,
    private readonly begun: BegunSignIns,
  ) {}

  /**
   * Whether the provider has sent this browser to the passkey page and waits. The provider's cookie alone says nothing: a neighbouring
   * host can set it, and whoever showed a passkey would sign in the browser that it was taken from. So the interaction must be of a
   * sign-in that this browser's own mark has begun.
   */
  async waits(request: FastifyRequest, reply: FastifyReply): Promise<boolean> {
    try {
      const { params } = await this.provider.interactionDetails(request.raw, reply.raw);
      return await this.begun.isOf(secretIn(request.headers, '__Host-liaison-login'), params['state']);
    } catch (error) {
      if (error instanceof errors.SessionNotFound) return false;
      throw error;
    }
  }

  /** Tells the provider who it was, and that it was now, however late the browser goes on; where it does. */
  async finish(request: FastifyRequest, reply: FastifyReply, accountId: string): Promise<string> {
    const login = { accountId, acr: 'phr', remember: false, ts: secondsOf(new Date()) };
    const address = await this.provider.interactionResult(request.raw, reply.raw, { login });
    return new URL(address).pathname;
  }
}
