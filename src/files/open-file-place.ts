import type { Environment } from '../../config/environment.js';
import type { SecretsFolder } from '../database/secrets.js';
import type { BucketKey } from './file-bucket.js';
import { FileFolder } from './file-folder.js';
import type { FilePlace } from './file-place.js';

const SECRET = 's3';

/** The folder, or the bucket where the environment names one. Throws when the secret file with its key is missing or has another form. */
export async function openFilePlace(environment: Environment, secrets: SecretsFolder): Promise<FilePlace> {
  const { S3_ADDRESS: address, S3_BUCKET: bucket, S3_REGION: region, S3_PATH_STYLE: isPathStyle } = environment;
  if (address === undefined || bucket === undefined) return new FileFolder(environment.filesFolder);
  const key = secrets.read<Partial<BucketKey>>(SECRET);
  if (typeof key?.accessKeyId !== 'string' || typeof key.secretAccessKey !== 'string') {
    throw new Error(
      `S3_ADDRESS needs ${secrets.folder}/${SECRET}.json (mode 0600) with the members accessKeyId and secretAccessKey`,
    );
  }
  const { accessKeyId, secretAccessKey } = key;
  // The library is large, and wanted here alone.
  const { FileBucket } = await import('./file-bucket.js');
  const at = { address, bucket, region, isPathStyle, prefix: `${environment.HUB_ID}/` };
  return new FileBucket(at, { accessKeyId, secretAccessKey });
}
