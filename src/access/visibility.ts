import { Extensions } from '@nestjs/graphql';

/**
 * Who may see a field of the API; a typo does not compile. Each is enforced by row-level security, which this names for readers and for
 * the test that wants it of every field:
 * - `signedIn`: every signed-in caller, such as the directory
 * - `caller`: the caller alone: its session, and what it has just composed, sent or published
 * - `released`: those to whom the object was released, and the agency that sent it
 * - `nominal`: of these, who is cleared for personal details; to others null, with the reason beside it
 * - `owner`: the agency that sent the object; each reader sees its own acts
 * - `ownAgency`: one's own agency, as far as its unit sees what it is about
 * - `administrator`: the administrators of one's own agency; the hub's, for what they decide themselves
 * - `operator`: the hub's administrators: that agencies and units exist and take part, nothing of what is inside
 * - `list`: whoever may see what stands in the list
 */
export type Visibility =
  'signedIn' | 'caller' | 'released' | 'nominal' | 'owner' | 'ownAgency' | 'administrator' | 'operator' | 'list';

/** Says who may see the fields of a GraphQL type, or one field of it. */
export function Visible(to: Visibility): ClassDecorator & PropertyDecorator {
  return Extensions({ visibility: to });
}
