import type { AgreementEnrolment } from '../../operator/agreements.js';
import { MEKONG_MEMBERS } from './directory.js';

/*
 * The legal bases of the demonstration: invented, modelled on a multilateral customs agreement, a bilateral mutual-assistance agreement
 * and an operation's terms of reference. None exists; every title and article says so.
 */

const ADMINISTRATIONS = ['VN-CUS', 'CN-CUS', 'LA-CUS', 'TH-CUS', 'MM-CUS', 'KH-CUS', 'PH-CUS'];

const ASSISTANCE_TYPES = [
  'INFORMATION_LAW',
  'INFORMATION_VALUE',
  'INFORMATION_OFFENCE',
  'VERIFY_DOCUMENT',
  'VERIFY_EXPORT_IMPORT',
  'SURVEILLANCE_GOODS',
  'SURVEILLANCE_CONVEYANCE',
  'ENQUIRY',
  'COMMODITY_IDENTIFICATION',
];

export const MULTILATERAL = 'EXAMPLE-MULTILATERAL';
export const BILATERAL = 'EXAMPLE-VN-PH';
export const OPERATION = 'EXAMPLE-OPERATION';

export const AGREEMENTS: readonly AgreementEnrolment[] = [
  {
    id: MULTILATERAL,
    kind: 'MULTILATERAL',
    titleEn: 'Multilateral agreement on customs cooperation (example)',
    titleVi: 'Thỏa thuận đa phương về hợp tác hải quan (ví dụ)',
    isExample: true,
    validFrom: '2020-01-01T00:00:00Z',
    parties: ADMINISTRATIONS,
    articles: [
      { id: 'art4', titleEn: 'Assistance on request (example)', titleVi: 'Hỗ trợ theo yêu cầu (ví dụ)' },
      { id: 'art10', titleEn: 'Spontaneous assistance (example)', titleVi: 'Chủ động cung cấp thông tin (ví dụ)' },
      { id: 'art14', titleEn: 'Use of information (example)', titleVi: 'Sử dụng thông tin (ví dụ)' },
    ],
    assistanceTypes: ASSISTANCE_TYPES,
    languages: ['en', 'vi'],
    deadlineProfile: 'HUB_DEFAULT',
    nominalAllowed: true,
    evidenceRule: 'WITH_CONSENT',
    onwardRule: 'AGENCY',
  },
  {
    id: BILATERAL,
    kind: 'BILATERAL',
    titleEn: 'Agreement between Viet Nam and the Philippines on mutual assistance in customs matters (example)',
    titleVi: 'Hiệp định giữa Việt Nam và Phi-líp-pin về hỗ trợ hành chính lẫn nhau trong lĩnh vực hải quan (ví dụ)',
    isExample: true,
    validFrom: '2022-07-01T00:00:00Z',
    parties: ['VN-CUS', 'PH-CUS'],
    articles: [
      { id: 'art5', titleEn: 'Information on request (example)', titleVi: 'Cung cấp thông tin theo yêu cầu (ví dụ)' },
      { id: 'art6', titleEn: 'Spontaneous information (example)', titleVi: 'Chủ động cung cấp thông tin (ví dụ)' },
    ],
    assistanceTypes: ASSISTANCE_TYPES,
    languages: ['en'],
    deadlineProfile: 'HUB_DEFAULT',
    nominalAllowed: true,
    evidenceRule: 'YES',
    onwardRule: 'NATIONAL_CUSTOMS',
  },
  {
    id: OPERATION,
    kind: 'OPERATION',
    titleEn: 'Operation “Mekong Dragon”, terms of reference (example)',
    titleVi: 'Chiến dịch “Con rồng Mê Công”, điều khoản tham chiếu (ví dụ)',
    isExample: true,
    validFrom: '2024-01-01T00:00:00Z',
    parties: [...MEKONG_MEMBERS, 'AT-UNODC'],
    articles: [
      { id: 'par3', titleEn: 'Messages of the operation (example)', titleVi: 'Thông điệp của chiến dịch (ví dụ)' },
      { id: 'par5', titleEn: 'No personal details (example)', titleVi: 'Không chứa dữ liệu cá nhân (ví dụ)' },
    ],
    assistanceTypes: ['ENQUIRY'],
    languages: ['en', 'vi'],
    deadlineProfile: 'HUB_DEFAULT',
    nominalAllowed: false,
    evidenceRule: 'NO',
    onwardRule: 'NONE',
  },
];
