/**
 * A command that shows something at once: what the port control unit at Laem Chabang has received. The first curl fetches the headers
 * that sign one request, the second sends them with it.
 */
export function exampleCurl(url: string): string {
  return `curl -s ${url}/demo/sign-in/TH-CUS-LCB | curl -s ${url}/graphql -H @- -H 'content-type: application/json' \\
  -d '{"query":"{ inbox(first: 5) { nodes { ref urgency title from receivedAt } } }"}'`;
}
