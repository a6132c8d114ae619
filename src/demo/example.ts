/** A command that shows something at once: what the port control unit at Laem Chabang has received. */
export function exampleCurl(url: string): string {
  return `curl -s ${url}/graphql -H 'content-type: application/json' \\
  -H "authorization: Bearer $(curl -s ${url}/demo/token/TH-CUS-LCB)" \\
  -d '{"query":"{ inbox(first: 5) { nodes { ref urgency title from receivedAt } } }"}'`;
}
