import S3rver from '@20minutes/s3rver';
import v4 from '@20minutes/s3rver/lib/signature/v4.js';

/**
 * An S3-compatible store as a process of its own, with one bucket, `files`, and one key, which checks every signature. What it holds is
 * in a folder and outlives it. Tells its port on standard output and ends with its parent.
 */
const [, , port, directory] = process.argv;
const BUCKET = 'files';

// Clients sign a bucket's address with the slash that they send; this server forgets it.
const { getStringToSign } = v4;
v4.getStringToSign = (asked, request) =>
  getStringToSign(asked.uri === `/${BUCKET}` ? { ...asked, uri: `/${BUCKET}/` } : asked, request);

const store = new S3rver({
  address: '127.0.0.1',
  port: Number(port),
  directory,
  silent: true,
  configureBuckets: [{ name: BUCKET }],
});
// Whoever signs nothing would be let in.
store.middleware.unshift((context, next) => (context.get('authorization') ? next() : context.throw(403)));
await store.run();
console.log(port);
process.on('disconnect', () => process.exit());
