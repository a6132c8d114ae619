import { SHA256 } from '../../protocol/digest.js';
import { MEDIA_TYPE, SIZE } from '../../protocol/envelope.js';
import { BodyClass, BodyField } from './rules/body-class.js';
import { NestedList, UniqueBy } from './rules/nested.js';
import { Pattern } from './rules/text.js';

/** Name of the part. Its salt keeps even the digests of its files from who may not read it. */
export const NOMINAL_ATTACHMENTS = 'nominalAttachments';

@BodyClass('NominalAttachment', 'A file that shows who somebody is, as the answer to its upload describes it.')
export class NominalAttachment {
  @BodyField(() => String, { description: 'SHA-256 of the original bytes: 64 hexadecimal digits.' })
  @Pattern(SHA256, 'form.attachment')
  sha256: string;

  @BodyField(() => String, { description: 'Size of the original in bytes.' })
  @Pattern(SIZE, 'form.attachment')
  size: string;

  @BodyField(() => String, { description: 'Such as image/jpeg.' })
  @Pattern(MEDIA_TYPE, 'form.attachment')
  mediaType: string;
}

@BodyClass(
  'NominalAttachments',
  'The data of the part nominalAttachments: files that are personal details, such as a picture or a passport. Others see that the part is there.',
)
export class NominalAttachments {
  @BodyField(() => [NominalAttachment], { description: 'The files.' })
  @NestedList(() => NominalAttachment, 100)
  @UniqueBy('sha256')
  attachments: NominalAttachment[];
}
