/** Who this hub is, for whatever is signed for it or by it. */
export class HubIdentity {
  constructor(
    /** HUB_ID, such as hub.example. */
    readonly id: string,
    /** The address by which clients reach it, without a slash at the end. */
    readonly publicUrl: string,
  ) {}
}
