import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { errors, Provider } from 'oidc-provider';

/** What the hub's own provider waits for: that the officer in this browser shows a passkey. */
@Injectable()
export class OwnInteractions {
  constructor(private readonly provider: Provider) {}

  /** Whether the provider has sent this browser to the passkey page and waits. */
  async waits(request: FastifyRequest, reply: FastifyReply): Promise<boolean> {
    try {
      await this.provider.interactionDetails(request.raw, reply.raw);
      return true;
    } catch (error) {
      if (error instanceof errors.SessionNotFound) return false;
      throw error;
    }
  }

  /** Tells the provider who it was; where the browser goes on. */
  async finish(request: FastifyRequest, reply: FastifyReply, accountId: string): Promise<string> {
    const login = { accountId, acr: 'phr', remember: false };
    const address = await this.provider.interactionResult(request.raw, reply.raw, { login });
    return new URL(address).pathname;
  }
}
