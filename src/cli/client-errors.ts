/** Why a hub did not do what it was asked, as the caller of HubClient has to tell apart. */

/** One fault in the input: where (JSON pointer), the broken rule, and a sentence. */
export interface ReportedProblem {
  pointer: string;
  rule: string;
  message: string;
}

/** The hub understood and refused. Asking again will not help. */
export class HubRefused extends Error {
  override readonly name = 'HubRefused';

  constructor(
    message: string,
    readonly code: string,
    readonly sub?: string,
    readonly pointer?: string,
    readonly problems: readonly ReportedProblem[] = [],
  ) {
    super(message);
  }
}

/** The hub does not know the caller: wrong unit, key or address, or a connection that is suspended. */
export class NotSignedIn extends Error {
  override readonly name = 'NotSignedIn';
}

/** No answer came, or one that is not the hub's. Asking again later may help. */
export class HubUnreachable extends Error {
  override readonly name = 'HubUnreachable';

  constructor(
    readonly url: string,
    readonly reason: string,
  ) {
    super(`${url}: ${reason}`);
  }
}
