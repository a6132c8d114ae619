import type { FastifyRequest } from 'fastify';
import type { Language } from './messages/messages.js';

/** A page as it is sent. */
export interface ErrorPage {
  headers: Readonly<Record<string, string>>;
  html: string;
}

/** How errors look where a person opens an address in a browser. Which addresses these are, and how pages look, is known to those who make pages. */
export abstract class ErrorPages {
  /** The page that says this sentence; undefined where programs ask. */
  abstract pageFor(request: FastifyRequest, sentence: string, language: Language): ErrorPage | undefined;
}
