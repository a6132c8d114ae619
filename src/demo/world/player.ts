import { HubClient } from '../../cli/client.js';
import type { Composition } from '../../cli/client-models.js';
import { keepObject } from '../../cli/object-store.js';
import { checkComposition, signComposition } from '../../cli/sign-composition.js';
import { rawSign } from '../../protocol/keys.js';
import type { WorldAct } from './acts.js';
import type { WorldParty } from './parties.js';

/** What a player needs to know of the hub it plays on. */
export interface Stage {
  url: string;
  hubId: string;
  /** Sets the hub's simulated clock. */
  setClock: (instant: Date) => void;
  onPlayed?: (played: number, total: number) => void;
}

/**
 * Plays acts in the order of their times, each as its unit would do it from outside: compose, check, sign with the unit's own key,
 * submit. Each sender keeps what it sent with the receipt.
 */
export class Player {
  private readonly clients = new Map<string, HubClient>();
  private readonly ids = new Map<string, string>();

  constructor(
    private readonly stage: Stage,
    private readonly parties: ReadonlyMap<string, WorldParty>,
  ) {}

  /** The id of what this act has sent. */
  readonly idOf = (key: string): string => {
    const id = this.ids.get(key);
    if (id === undefined) throw new Error(`Nothing was sent yet for “${key}”`);
    return id;
  };

  clientOf(unit: string): HubClient {
    const known = this.clients.get(unit);
    if (known) return known;
    const { client } = this.partyOf(unit);
    const made = new HubClient({ url: this.stage.url, unit, clientKey: client.privateJwk });
    this.clients.set(unit, made);
    return made;
  }

  async play(acts: readonly WorldAct[]): Promise<void> {
    await Promise.all([...new Set(acts.map(({ unit }) => unit))].map((unit) => this.clientOf(unit).signIn()));
    const inOrder = acts.toSorted((a, b) => a.at.getTime() - b.at.getTime());
    for (const [i, act] of inOrder.entries()) {
      this.stage.setClock(act.at);
      // The hub has one clock: what happened later is sent later.
      await this.send(act);
      this.stage.onPlayed?.(i + 1, inOrder.length);
    }
  }

  /** Sends what this act says, at the time that the hub has; its id is that of the act from now on. */
  async send({ key, unit, kind, input }: WorldAct): Promise<string> {
    const party = this.partyOf(unit);
    const client = this.clientOf(unit);
    const composed = input(this.idOf);
    await heed(client, composed);
    const compositions = await client.compose(kind, composed);
    if (compositions.length !== 1) throw new Error(`“${key}” makes ${compositions.length} objects, not one`);
    const signed = await this.sign(key, party, compositions[0]!);
    const { id, receipt } = await client.submit(signed);
    keepObject(party.home, id, { ...signed, receipt });
    this.ids.set(key, id);
    return id;
  }

  private async sign(key: string, { agency, unit, signing }: WorldParty, composition: Composition) {
    const { refusals } = composition.preview;
    if (refusals.length > 0)
      throw new Error(`“${key}” may not be sent: ${refusals.map(({ message }) => message).join(' ')}`);
    const checked = await checkComposition(composition, { hub: this.stage.hubId, agency, unit });
    const { kid, publicJwk, privateJwk } = signing;
    return signComposition(checked, { kid, publicJwk, sign: (signingInput) => rawSign(privateJwk, signingInput) });
  }

  private partyOf(unit: string): WorldParty {
    const party = this.parties.get(unit);
    if (!party) throw new Error(`The demonstration has no unit ${unit}`);
    return party;
  }
}

/** Reads the sender's own condition on what this is about, as every unit must before it opens it. */
async function heed(client: HubClient, input: object): Promise<void> {
  const { request, object } = input as { request?: string; object?: string };
  const about = request ?? object;
  if (about !== undefined) await readCondition(client, about);
}

/** Reads the condition on an object, if it has one, and says so. */
export async function readCondition(client: HubClient, id: string): Promise<void> {
  const condition = await client.restriction(id);
  if (condition && condition.acknowledgedAt === null) await client.acknowledgeRestriction(id, condition.digest);
}
