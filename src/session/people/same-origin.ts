import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Forbidden } from '../../common/errors.js';
import { HubIdentity } from '../../common/hub-identity.js';

const JSON_TYPE = /^application\/json(\s*;\s*charset=utf-8)?$/i;

/**
 * Whether a request that changes something comes from a page of this hub itself: JSON, which no form can send, and both of what the
 * browser says of its origin (Fetch Metadata; RFC 6454). One that says nothing is refused.
 */
export function isFromOwnPage(request: FastifyRequest, publicUrl: string): boolean {
  const isJson = request.method === 'POST' && JSON_TYPE.test(request.headers['content-type'] ?? '');
  return isJson && isOfOwnOrigin(request, publicUrl);
}

/** The same for a file, or a part of one, whose type is its own: the session's proof, which no form can send either, has to come with it. */
export function isOfOwnOrigin({ headers }: FastifyRequest, publicUrl: string): boolean {
  return headers['sec-fetch-site'] === 'same-origin' && headers.origin === new URL(publicUrl).origin;
}

/** Stands before the operations that nobody has signed in for yet. */
@Injectable()
export class OwnPageGuard implements CanActivate {
  constructor(private readonly hub: HubIdentity) {}

  canActivate(context: ExecutionContext): boolean {
    if (isFromOwnPage(context.switchToHttp().getRequest<FastifyRequest>(), this.hub.publicUrl)) return true;
    throw new Forbidden('error.notFromOwnPage', { params: { url: this.hub.publicUrl } });
  }
}
