import { UnsupportedMediaTypeException } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import { UPLOAD_ROUTES } from '../edge/file-routes.js';

/**
 * Lets bodies of any type through to where files are uploaded, which is read as it comes. Everywhere else a type that no parser knows is refused
 * (415).
 */
export function takeUploads(fastify: FastifyInstance): void {
  fastify.addContentTypeParser('*', (request, _body, done) => {
    if (UPLOAD_ROUTES.has(request.routeOptions.url) || request.is404) return done(null);
    return done(new UnsupportedMediaTypeException());
  });
}
