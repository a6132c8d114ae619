import { createHash } from 'node:crypto';
import type { AgencyEnrolment, CommunityEnrolment, OfficerEnrolment, UnitEnrolment } from '../../operator/enrolment.js';
import type { Words } from './fictional.js';

/*
 * The agencies and units of the demonstration. The administrations and types of unit are real; connections, officers, telephone
 * numbers (country code, then zeros) and mailboxes are invented.
 */

type Agency = AgencyEnrolment['agency'];

/** An agency with its units and officers; keys are added by parties.ts. */
export interface WorldAgency {
  agency: Agency;
  units: UnitEnrolment[];
  officers: OfficerEnrolment[];
}

const CUSTOMS = { clearance: 1, maySeeNominal: true };
/** Partners facilitate: no personal details (domain.md 4.8, RILO_LIAISON and PARTNER_READER). */
const REGIONAL_PARTNER = { clearance: 1, maySeeNominal: false };
const PARTNER = { clearance: 0, maySeeNominal: false };

/**
 * Whose systems may send GraphQL texts of their own: that of the example at the start, and those that try forbidden reads in `npm run demo`.
 * All others send what the command line sends.
 */
const WITH_TEXTS = new Set([
  'TH-CUS-LCB',
  'VN-CUS-AS',
  'CN-CUS-AS',
  'PH-CUS-INV',
  'KR-RILOAP-LO',
  'LA-CUS-AS',
  'AT-UNODC-CCP',
]);

/** Posts of a unit: the end of the pseudonym's origin, title and roles. */
interface Post {
  post: string;
  title: Words;
  roles: string[];
  maySeeNominal: boolean;
  clearance: number;
}

const DUTY_OFFICER: Post = {
  post: 'duty',
  title: { en: 'Duty officer', vi: 'Cán bộ trực' },
  roles: ['PCU_MEMBER', 'FIELD_OFFICER'],
  maySeeNominal: true,
  clearance: 1,
};
const HEAD_OF_UNIT: Post = {
  post: 'head',
  title: { en: 'Head of unit', vi: 'Trưởng đơn vị' },
  roles: ['RELEASER'],
  maySeeNominal: true,
  clearance: 1,
};
const ANALYST: Post = {
  post: 'analyst',
  title: { en: 'Analyst', vi: 'Cán bộ phân tích' },
  roles: ['ANALYST', 'CASE_OWNER'],
  maySeeNominal: true,
  clearance: 1,
};
const CONTACT_OFFICER: Post = {
  post: 'contact',
  title: { en: 'National contact officer', vi: 'Cán bộ đầu mối liên lạc quốc gia' },
  roles: ['NCP_OFFICER', 'RELEASER'],
  maySeeNominal: true,
  clearance: 1,
};
const DATA_PROTECTION_OFFICER: Post = {
  post: 'privacy',
  title: { en: 'Data protection officer', vi: 'Cán bộ bảo vệ dữ liệu cá nhân' },
  roles: ['DATA_PROTECTION', 'AUDITOR'],
  maySeeNominal: true,
  clearance: 1,
};
/** Two of them: what gives a right takes both. They see no content. */
const ADMINISTRATORS: Post[] = [1, 2].map((number) => ({
  post: `admin${number}`,
  title: { en: `Administrator ${number}`, vi: `Quản trị viên ${number}` },
  roles: ['AGENCY_ADMIN'],
  maySeeNominal: false,
  clearance: 0,
}));
const REGIONAL_LIAISON: Post = {
  post: 'liaison',
  title: { en: 'Liaison officer', vi: 'Cán bộ liên lạc' },
  roles: ['RILO_LIAISON', 'RELEASER'],
  maySeeNominal: false,
  clearance: 1,
};
const PARTNER_READER: Post = {
  post: 'reader',
  title: { en: 'Programme officer', vi: 'Cán bộ chương trình' },
  roles: ['PARTNER_READER', 'RELEASER'],
  maySeeNominal: false,
  clearance: 0,
};

const PORT_POSTS = [DUTY_OFFICER, HEAD_OF_UNIT];
const INVESTIGATION_POSTS = [ANALYST, CONTACT_OFFICER];

interface UnitPlan {
  id: string;
  kind: string;
  place: string;
  name: Words;
  posts: Post[];
  connection?: UnitEnrolment['connection'];
}

const investigation = (id: string, place: string, name: Words, posts = INVESTIGATION_POSTS): UnitPlan => ({
  id,
  kind: 'ANTI_SMUGGLING',
  place,
  name,
  posts,
});

const portControl = (id: string, place: string, port: Words): UnitPlan => ({
  id,
  kind: 'PORT_CONTROL_UNIT',
  place,
  name: { en: `Port control unit ${port.en}`, vi: `Đơn vị kiểm soát cảng (PCU) ${port.vi}` },
  posts: PORT_POSTS,
});

const liaison = (
  id: string,
  place: string,
  name: Words,
  post: Post,
  connection: UnitEnrolment['connection'],
): UnitPlan => ({ id, kind: 'LIAISON_OFFICE', place, name, posts: [post], ...(connection && { connection }) });

/** Every agency, in the order in which they are enrolled. */
export const AGENCIES: readonly WorldAgency[] = [
  customs('VN-CUS', { en: 'Customs of Viet Nam', vi: 'Cục Hải quan (Việt Nam)' }, '84', [
    investigation(
      'VN-CUS-AS',
      'VNHAN',
      {
        en: 'Department of Customs – Anti-Smuggling Investigation Sub-department',
        vi: 'Cục Hải quan – Chi cục Điều tra chống buôn lậu',
      },
      [...INVESTIGATION_POSTS, DATA_PROTECTION_OFFICER, ...ADMINISTRATORS],
    ),
    portControl('VN-CUS-PCUHPH', 'VNHPH', { en: 'Hai Phong', vi: 'Hải Phòng' }),
    portControl('VN-CUS-PCUDAD', 'VNDAD', { en: 'Da Nang', vi: 'Đà Nẵng' }),
    portControl('VN-CUS-PCUSGN', 'VNSGN', { en: 'Ho Chi Minh City', vi: 'TP Hồ Chí Minh' }),
    portControl('VN-CUS-PCUVUT', 'VNVUT', { en: 'Ba Ria–Vung Tau', vi: 'Bà Rịa – Vũng Tàu' }),
  ]),
  customs('CN-CUS', { en: 'Customs of China', vi: 'Hải quan Trung Quốc' }, '86', [
    investigation('CN-CUS-AS', 'CNBJS', { en: 'Anti-Smuggling Bureau', vi: 'Cục Chống buôn lậu' }),
  ]),
  customs('LA-CUS', { en: 'Customs of Lao PDR', vi: 'Hải quan Lào' }, '856', [
    investigation('LA-CUS-AS', 'LAVTE', { en: 'Anti-smuggling division', vi: 'Phòng Chống buôn lậu' }),
  ]),
  customs('TH-CUS', { en: 'Customs of Thailand', vi: 'Hải quan Thái Lan' }, '66', [
    investigation('TH-CUS-ISD', 'THBKK', {
      en: 'Investigation and Suppression Division',
      vi: 'Bộ phận Điều tra và Trấn áp',
    }),
    portControl('TH-CUS-LCB', 'THLCH', { en: 'Laem Chabang', vi: 'Laem Chabang' }),
  ]),
  customs('MM-CUS', { en: 'Customs of Myanmar', vi: 'Hải quan Mi-an-ma' }, '95', [
    investigation('MM-CUS-INV', 'MMRGN', { en: 'Investigation division', vi: 'Phòng Điều tra' }),
  ]),
  customs('KH-CUS', { en: 'Customs of Cambodia', vi: 'Hải quan Cam-pu-chia' }, '855', [
    investigation('KH-CUS-INV', 'KHPNH', { en: 'Investigation division', vi: 'Phòng Điều tra' }),
  ]),
  customs('PH-CUS', { en: 'Customs of the Philippines', vi: 'Hải quan Phi-líp-pin' }, '63', [
    investigation('PH-CUS-INV', 'PHMNL', {
      en: 'Intelligence and investigation unit',
      vi: 'Đơn vị Tình báo và Điều tra',
    }),
  ]),
  agencyOf(
    {
      id: 'KR-RILOAP',
      kind: 'PARTNER',
      country: 'KR',
      nameEn: 'WCO Regional Intelligence Liaison Office for Asia and the Pacific (RILO A/P)',
      nameVi: 'Văn phòng Tình báo khu vực châu Á – Thái Bình Dương của WCO (RILO A/P)',
    },
    '82',
    [
      liaison(
        'KR-RILOAP-LO',
        'KRSEL',
        { en: 'Liaison office of RILO A/P', vi: 'Bộ phận liên lạc của RILO A/P' },
        REGIONAL_LIAISON,
        REGIONAL_PARTNER,
      ),
    ],
  ),
  agencyOf(
    {
      id: 'AT-UNODC',
      kind: 'PARTNER',
      country: 'AT',
      nameEn: 'United Nations Office on Drugs and Crime (UNODC)',
      nameVi: 'Cơ quan Phòng chống ma túy và tội phạm của Liên hợp quốc (UNODC)',
    },
    '43',
    [
      liaison(
        'AT-UNODC-CCP',
        'ATVIE',
        { en: 'Container Control Programme, liaison desk', vi: 'Chương trình kiểm soát container, bộ phận liên lạc' },
        PARTNER_READER,
        PARTNER,
      ),
    ],
  ),
];

/** The six administrations of the Mekong subregion that the seeds name, with RILO A/P. */
export const MEKONG_MEMBERS = ['VN-CUS', 'CN-CUS', 'LA-CUS', 'TH-CUS', 'MM-CUS', 'KH-CUS', 'KR-RILOAP'];

export const MEKONG_GROUP: CommunityEnrolment = {
  id: '6d656b6f-6e67-4d72-8261-676f6e000001',
  nameEn: 'Mekong Dragon – example group',
  nameVi: 'Con rồng Mê Công – nhóm ví dụ',
  members: MEKONG_MEMBERS,
};

/** The group as an addressee. */
export const TO_MEKONG_GROUP = `community:${MEKONG_GROUP.id}`;

/** The agency of a unit's code. */
export function agencyOfUnit(unit: string): string {
  return unit.split('-').slice(0, 2).join('-');
}

/** The unit as the directory enrols it. */
export function unitById(id: string): UnitEnrolment {
  const unit = AGENCIES.flatMap((each) => each.units).find((each) => each.id === id);
  if (!unit) throw new Error(`The demonstration has no unit ${id}`);
  return unit;
}

/** Who writes and who releases for a unit: pseudonyms. The same officer where there is only one. */
export function officersOf(unit: string): { author: string; releaser: string } {
  const officers = AGENCIES.flatMap((each) => each.officers).filter((officer) => officer.unit === unit);
  const releaser = officers.find(({ roles }) => roles.includes('RELEASER'))!;
  return { author: officers[0]!.pseudonym, releaser: releaser.pseudonym };
}

/** Stable, and telling nothing of who it is. */
function pseudonymOf(unit: string, post: string): string {
  return `p:${createHash('sha256').update(`${unit} ${post}`).digest('hex').slice(0, 10)}`;
}

function customs(id: string, name: Words, countryCode: string, plans: UnitPlan[]): WorldAgency {
  const agency: Agency = { id, kind: 'CUSTOMS', country: id.slice(0, 2), nameEn: name.en, nameVi: name.vi };
  return agencyOf(agency, countryCode, plans);
}

function agencyOf(agency: Agency, countryCode: string, plans: UnitPlan[]): WorldAgency {
  const units = plans.map(({ id, kind, place, name, connection = CUSTOMS }, i) => ({
    id,
    kind,
    place,
    nameEn: name.en,
    nameVi: name.vi,
    phone24h: `+${countryCode}00000010${i}`,
    mailbox: `duty.${id.toLowerCase()}@demo.example`,
    connection: { ...connection, adhoc: WITH_TEXTS.has(id) },
  }));
  const officers = plans.flatMap(({ id, name, posts }) =>
    posts.map(({ post, title, roles, maySeeNominal, clearance }) => ({
      pseudonym: pseudonymOf(id, post),
      unit: id,
      titleEn: `${title.en}, ${name.en}`,
      titleVi: `${title.vi}, ${name.vi}`,
      roles,
      maySeeNominal,
      clearance,
    })),
  );
  return { agency, units, officers };
}
