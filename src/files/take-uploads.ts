import { UnsupportedMediaTypeException } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';

/**
 * Lets bodies of any type through to POST /files, which reads them as they come. Everywhere else a type that no parser knows is refused
 * (415).
 */
export function takeUploads(fastify: FastifyInstance): void {
  fastify.addContentTypeParser('*', (request, _body, done) => {
    const isUpload = request.routeOptions.url === '/files' && request.method === 'POST';
    if (isUpload || request.is404) return done(null);
    return done(new UnsupportedMediaTypeException());
  });
}
