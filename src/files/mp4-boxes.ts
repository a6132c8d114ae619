/** A box of an ISO base media file (ISO/IEC 14496-12, 4.2), by offsets in bytes. */
export interface Box {
  type: string;
  at: number;
  /** Of what follows size and type. */
  contentAt: number;
  /** Of the first byte after it. */
  end: number;
}

/** The bytes of a size and a type; 8 more where the size is a large one. */
export const HEADER_BYTES = 8;
const IS_LARGE = 1;

/**
 * The box whose header this is. Throws unless it ends within its parent. A size of zero, "up to the end of the file", is refused: nobody
 * could tell what was written after it.
 */
export function boxOf(header: Buffer, at: number, limit: number): Box {
  const isLarge = isLargeHeader(header);
  const size = isLarge ? Number(header.readBigUInt64BE(HEADER_BYTES)) : header.readUInt32BE(0);
  const box = {
    type: header.toString('latin1', 4, 8),
    at,
    contentAt: at + (isLarge ? 2 : 1) * HEADER_BYTES,
    end: at + size,
  };
  if (box.end < box.contentAt || box.end > limit) throw new Error('A box does not fit into what it is in');
  return box;
}

export function isLargeHeader(header: Buffer): boolean {
  return header.readUInt32BE(0) === IS_LARGE;
}

/** The boxes between two offsets, which they fill to the last byte. */
export function* boxesIn(bytes: Buffer, from: number, to: number): Generator<Box> {
  for (let at = from; at < to;) {
    const box = boxOf(bytes.subarray(at, to), at, to);
    yield box;
    at = box.end;
  }
}

/** A stream that is read in order, of which no more is held than was asked for. */
export class StreamReader {
  private readonly source: AsyncIterator<Buffer>;
  private held: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Buffer>) {
    this.source = source[Symbol.asyncIterator]();
  }

  /** The next bytes. Throws when there are fewer. */
  async read(count: number): Promise<Buffer> {
    const chunks: Buffer[] = [this.held];
    for (let length = this.held.length; length < count;) {
      const chunk = await this.next();
      chunks.push(chunk);
      length += chunk.length;
    }
    const all = chunks.length === 1 ? this.held : Buffer.concat(chunks);
    this.held = all.subarray(count);
    return all.subarray(0, count);
  }

  async skip(count: number): Promise<void> {
    let left = count;
    while (left > this.held.length) {
      left -= this.held.length;
      this.held = await this.next();
    }
    this.held = this.held.subarray(left);
  }

  private async next(): Promise<Buffer> {
    const { value, done } = await this.source.next();
    if (done) throw new Error('The stream ends too early');
    return value;
  }
}
