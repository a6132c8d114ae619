/** A page of a list as the API gives it. */
export interface Connection<Node> {
  edges: { cursor: string; node: Node }[];
  nodes: Node[];
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
}

/** A page of `first` rows, of which one more was read to know whether there are any after it. */
export function connectionOf<Row, Node>(
  rows: readonly Row[],
  first: number,
  shown: (row: Row) => { cursor: string; node: Node },
): Connection<Node> {
  const edges = rows.slice(0, first).map(shown);
  return {
    edges,
    nodes: edges.map(({ node }) => node),
    pageInfo: { hasNextPage: rows.length > first, endCursor: edges.at(-1)?.cursor ?? null },
  };
}
