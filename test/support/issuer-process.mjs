import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { SignJWT, UnsecuredJWT, decodeJwt, generateKeyPair, importJWK } from 'jose';
import { OAuth2Server } from 'oauth2-mock-server';

/**
 * A national sign-in service as a process of its own: oauth2-mock-server, with a key of its own. Its parent says who signs in next and what
 * the service does wrong; it acknowledges each. Tells its address first and ends with its parent.
 */
let said = {};
/** How often the hub has asked for the keys. */
let asked = 0;

const server = new OAuth2Server();
const own = await server.issuer.keys.generate('ES256', { kid: 'first' });
const strangers = {
  ES256: (await generateKeyPair('ES256')).privateKey,
  RS256: (await generateKeyPair('RS256')).privateKey,
};
const { service } = server;

service.on('beforeTokenSigning', ({ payload }) => {
  const claims = { sub: 'subject', acr: 'urn:example:phr', auth_time: Math.floor(Date.now() / 1000), ...said.claims };
  Object.assign(payload, claims);
  for (const name of said.without ?? []) delete payload[name];
});

service.on('beforeAuthorizeRedirect', ({ url }) => {
  for (const [name, value] of Object.entries(said.redirect ?? {})) {
    if (value === null) url.searchParams.delete(name);
    else url.searchParams.set(name, value);
  }
});

service.on('beforeWellKnownOpenIdConfiguration', (answer) => Object.assign(answer.body, said.metadata ?? {}));

service.on('beforeResponse', (answer) => {
  if (said.status) answer.statusCode = said.status;
  if (said.padding) answer.body.padding = 'x'.repeat(said.padding);
});

/** Before the service, for what it cannot do wrong by itself: ID tokens signed anew, keys that are elsewhere. */
const handler = service.requestHandler;
const front = createServer((request, response) => {
  if (request.url.startsWith('/jwks')) asked += 1;
  if (request.url.startsWith('/jwks') && said.keysElsewhere) {
    response.writeHead(302, { location: said.keysElsewhere }).end();
    return;
  }
  if (!said.signed || request.url !== '/token') {
    handler(request, response);
    return;
  }
  const end = response.end.bind(response);
  response.end = (text) => {
    response.removeHeader('content-length');
    void signedAnew(JSON.parse(text)).then((body) => end(JSON.stringify(body)));
    return response;
  };
  handler(request, response);
});
front.listen(0, '127.0.0.1', () => {
  const url = `http://localhost:${front.address().port}`;
  server.issuer.url = url;
  process.send({ url });
});

async function signedAnew(body) {
  const { alg, key, header, atHash } = said.signed;
  const payload = decodeJwt(body.id_token);
  if (atHash === 'right') payload.at_hash = halfHash(body.access_token);
  if (atHash === 'wrong') payload.at_hash = halfHash('another token');
  if (alg === 'none') return { ...body, id_token: new UnsecuredJWT(payload).encode() };
  const protectedHeader = { alg: alg ?? 'ES256', kid: 'first', ...header };
  const signer = new SignJWT(payload).setProtectedHeader(protectedHeader);
  return { ...body, id_token: await signer.sign(await keyFor(alg, key), { crit: { 'unheard-of': true } }) };
}

async function keyFor(alg = 'ES256', key = 'own') {
  if (alg === 'HS256') return new TextEncoder().encode(JSON.stringify(server.issuer.keys.toJSON()[0]));
  return key === 'own' && alg === 'ES256' ? importJWK(own, 'ES256') : strangers[alg];
}

function halfHash(text) {
  return createHash('sha256').update(text).digest().subarray(0, 16).toString('base64url');
}

process.on('message', (message) => {
  said = message;
  process.send({ asked });
});
process.on('disconnect', () => process.exit());
