import type { AlertBody } from '../../../alerts/body/alert-body.js';
import type { Party } from '../../../exchange/body/party.js';
import type { Words } from '../fictional.js';

/** An alert about a person. Who it is stands in the nominal part, under an invented name that says that it is an example. */
export interface PersonScenario {
  key: string;
  unit: string;
  to: string;
  group: AlertBody['commodityGroups'][number];
  severity: AlertBody['severity'];
  title: Words;
  summary: Words;
  party: Pick<Party, 'role' | 'sex' | 'nationality' | 'warningCodes' | 'suggestedAction'> & { basis: Words };
  name: string;
  travels: 'AIR' | 'ROAD' | 'SEA' | 'ON_FOOT';
  indicator: AlertBody['indicators'][number]['type'];
  action: AlertBody['requestedAction'];
  safety?: Words;
  isRestricted: boolean;
}

export const PERSONS: readonly PersonScenario[] = [
  {
    key: 'swallower',
    unit: 'TH-CUS-ISD',
    to: 'VN-CUS',
    group: 'DRUGS',
    severity: 'CRITICAL',
    title: {
      en: 'Courier expected by air, drugs inside the body',
      vi: 'Đối tượng vận chuyển đi đường hàng không, nghi giấu ma túy trong cơ thể',
    },
    summary: {
      en: 'One passenger of a group of four, booked and paid together with two who were arrested in October, did not travel then and is now booked again.',
      vi: 'Một hành khách trong nhóm bốn người, đặt chỗ và thanh toán cùng hai người bị bắt hồi tháng 10; khi đó không bay, nay đặt chỗ trở lại.',
    },
    party: {
      role: 'COURIER',
      sex: 'M',
      nationality: 'TH',
      warningCodes: ['DRUG_SWALLOWER'],
      suggestedAction: 'SPECIFIC_CHECK',
      basis: {
        en: 'Booked and paid together with two persons who were arrested on the same line.',
        vi: 'Đặt chỗ và thanh toán cùng hai người đã bị bắt trên cùng đường dây.',
      },
    },
    name: 'EXAMPLE PERSON ONE',
    travels: 'AIR',
    indicator: 'PARTY_KNOWN',
    action: 'OPEN',
    safety: {
      en: 'Danger to the life of the courier: call a doctor first.',
      vi: 'Nguy hiểm đến tính mạng của đối tượng: gọi bác sĩ trước.',
    },
    isRestricted: true,
  },
  {
    key: 'cigar-passenger',
    unit: 'CN-CUS-AS',
    to: 'VN-CUS',
    group: 'TOBACCO',
    severity: 'LOW',
    title: {
      en: 'Frequent passenger with heavy luggage, suspected cigars',
      vi: 'Hành khách thường xuyên mang hành lý nặng, nghi giấu xì gà',
    },
    summary: {
      en: 'Eleven journeys in four months, always with two checked bags and a stay of one night. Nothing was ever declared.',
      vi: 'Mười một chuyến đi trong bốn tháng, luôn có hai kiện ký gửi và lưu trú một đêm. Chưa lần nào khai báo hải quan.',
    },
    party: {
      role: 'PASSENGER',
      sex: 'M',
      nationality: 'CN',
      suggestedAction: 'SPECIFIC_CHECK',
      basis: {
        en: 'Pattern of travel and weight of luggage over four months.',
        vi: 'Quy luật đi lại và trọng lượng hành lý trong bốn tháng.',
      },
    },
    name: 'EXAMPLE PERSON TWO',
    travels: 'AIR',
    indicator: 'BEHAVIOUR',
    action: 'OPEN',
    isRestricted: false,
  },
  {
    key: 'driver',
    unit: 'LA-CUS-AS',
    to: 'VN-CUS',
    group: 'WILDLIFE',
    severity: 'MEDIUM',
    title: {
      en: 'Lorry driver, suspected transport of live animals',
      vi: 'Lái xe tải, nghi vận chuyển động vật hoang dã sống',
    },
    summary: {
      en: 'The driver was seen at two places where live pangolins were handed over. Next crossing expected at the weekend.',
      vi: 'Lái xe có mặt tại hai địa điểm giao tê tê sống. Dự kiến qua cửa khẩu vào cuối tuần.',
    },
    party: {
      role: 'DRIVER',
      sex: 'M',
      nationality: 'LA',
      warningCodes: ['ESCAPES'],
      suggestedAction: 'DISCREET_SURVEILLANCE',
      basis: {
        en: 'Observed at two places where animals were handed over.',
        vi: 'Bị quan sát thấy tại hai địa điểm giao nhận động vật.',
      },
    },
    name: 'EXAMPLE PERSON THREE',
    travels: 'ROAD',
    indicator: 'PARTY_KNOWN',
    action: 'MONITOR_ONLY',
    isRestricted: true,
  },
  {
    key: 'gold-courier',
    unit: 'VN-CUS-AS',
    to: 'KH-CUS',
    group: 'CASH_GOLD',
    severity: 'MEDIUM',
    title: { en: 'Courier on foot, suspected gold', vi: 'Người đi bộ qua biên giới, nghi mang vàng' },
    summary: {
      en: 'Crosses the border on foot several times a day with a tool box. The market on the other side opens only in the evening.',
      vi: 'Đi bộ qua biên giới nhiều lần trong ngày, mang hộp dụng cụ. Chợ bên kia chỉ họp buổi tối.',
    },
    party: {
      role: 'COURIER',
      sex: 'F',
      nationality: 'VN',
      suggestedAction: 'SIGHTING_REPORT',
      basis: {
        en: 'Crossings counted by the post over two weeks.',
        vi: 'Số lần qua lại do chốt kiểm soát ghi nhận trong hai tuần.',
      },
    },
    name: 'EXAMPLE PERSON FOUR',
    travels: 'ON_FOOT',
    indicator: 'BEHAVIOUR',
    action: 'OPEN',
    isRestricted: false,
  },
  {
    key: 'seafarer',
    unit: 'VN-CUS-PCUSGN',
    to: 'PH-CUS',
    group: 'DRUGS',
    severity: 'HIGH',
    title: {
      en: 'Member of a crew, suspected to throw packets overboard',
      vi: 'Thuyền viên nghi thả gói hàng xuống biển',
    },
    summary: {
      en: 'Packets with floats were found twice after the ship had passed. The same member of the crew was on watch both times.',
      vi: 'Hai lần phát hiện gói hàng có phao sau khi tàu đi qua. Cả hai lần cùng một thuyền viên trực ca.',
    },
    party: {
      role: 'SUSPECT',
      sex: 'M',
      nationality: 'PH',
      suggestedAction: 'SPECIFIC_CHECK',
      basis: {
        en: 'On watch both times when packets were left behind.',
        vi: 'Trực ca cả hai lần gói hàng bị thả lại.',
      },
    },
    name: 'EXAMPLE PERSON FIVE',
    travels: 'SEA',
    indicator: 'PARTY_KNOWN',
    action: 'OPEN',
    isRestricted: true,
  },
];

/** Sent by mistake: it names the wrong person, and is recalled. */
export const MISTAKEN_PERSON: PersonScenario = {
  key: 'mistaken',
  unit: 'VN-CUS-AS',
  to: 'TH-CUS',
  group: 'DRUG_PRECURSORS',
  severity: 'MEDIUM',
  title: { en: 'Buyer of precursors travelling by air', vi: 'Người mua tiền chất đi đường hàng không' },
  summary: {
    en: 'The person is believed to have ordered precursors for a laboratory abroad and travels tomorrow.',
    vi: 'Người này được cho là đã đặt mua tiền chất cho cơ sở sản xuất ở nước ngoài và sẽ bay vào ngày mai.',
  },
  party: {
    role: 'SUSPECT',
    sex: 'F',
    nationality: 'VN',
    suggestedAction: 'SPECIFIC_CHECK',
    basis: { en: 'Named as the buyer on an order.', vi: 'Được nêu tên là người mua trong đơn đặt hàng.' },
  },
  name: 'EXAMPLE PERSON SIX',
  travels: 'AIR',
  indicator: 'PARTY_KNOWN',
  action: 'OPEN',
  isRestricted: false,
};

export const RECALL_TEXT: Words = {
  en: 'The passport number belongs to another traveller of the same name. Please delete what you noted and tell those whom you told.',
  vi: 'Số hộ chiếu thuộc về một hành khách khác trùng tên. Đề nghị xóa những gì đã ghi và thông báo cho những người đã nhận tin.',
};
