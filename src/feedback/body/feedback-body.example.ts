import { withOverrides, type Overrides } from '../../exchange/body/body.example.js';
import type { FeedbackBody } from './feedback-body.js';

/** The last report on `anAlertBody()`: checked, nothing found. */
export function aFeedbackBody(overrides: Overrides<FeedbackBody> = {}): FeedbackBody {
  return withOverrides<FeedbackBody>(
    {
      targetRef: 'VN-ALR-2026-KXQWPD',
      language: 'en',
      stage: 'CLOSED',
      disposition: 'CHECKED_NIL',
      text: 'Scanned and partly unloaded. The pallets are solid.',
      controlDetail: {
        methods: ['SCAN_XRAY', 'PHYSICAL'],
        at: '2026-12-02T01:30:00Z',
        office: 'Port of Manila',
        locode: 'PHMNL',
      },
      contribution: 'NONE',
      regrade: {
        evaluation: { scheme: '4X4', source: 'B', information: '4' },
        reason: 'The weight was a typing error.',
      },
      usefulness: 2,
      timeliness: 'IN_TIME',
      indicatorOutcomes: [
        { id: 'I1', outcome: 'FALSE' },
        { id: 'I2', outcome: 'TRUE' },
      ],
      publicUse: 'NO',
    },
    overrides,
  );
}
