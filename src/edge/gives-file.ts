import { applyDecorators, Header, UseInterceptors } from '@nestjs/common';
import { HoldsFileTurn } from './file-turns.js';

/** A route that gives out a file: nothing in it is run, framed, guessed or kept by a browser. It stands in DOWNLOAD_ROUTES as well. */
export function GivesFile(): MethodDecorator {
  return applyDecorators(
    UseInterceptors(HoldsFileTurn),
    Header('x-content-type-options', 'nosniff'),
    Header('content-security-policy', "sandbox; default-src 'none'; frame-ancestors 'none'"),
    Header('cross-origin-resource-policy', 'same-origin'),
    Header('cache-control', 'no-store'),
  );
}
