import type { AlertBody } from '../../../alerts/body/alert-body.js';
import type { Words } from '../fictional.js';

type Indicator = AlertBody['indicators'][number];

/** How each kind of circumstance is told, how much it counts, and the grade it usually has. */
export interface IndicatorPlan {
  text: Words;
  weight: Indicator['weight'];
  grade: Pick<Indicator['grade'], 'source' | 'information'>;
}

const MEASURED = { source: 'A', information: '1' } as const;
const RECORDED = { source: 'B', information: '2' } as const;
const REPORTED = { source: 'B', information: '3' } as const;
const UNTESTED = { source: 'X', information: '4' } as const;

export const INDICATORS: Readonly<Record<Indicator['type'], IndicatorPlan>> = {
  WEIGHT_MISMATCH: {
    text: {
      en: 'The mass measured does not fit the packing list.',
      vi: 'Trọng lượng cân được không khớp bản kê đóng gói.',
    },
    weight: 'HIGH',
    grade: MEASURED,
  },
  DESCRIPTION_VAGUE: {
    text: { en: 'The goods are described in general terms only.', vi: 'Hàng hóa chỉ được mô tả chung chung.' },
    weight: 'LOW',
    grade: MEASURED,
  },
  TARIFF_MISMATCH: {
    text: { en: 'The tariff code does not fit the description.', vi: 'Mã số hàng hóa không phù hợp với mô tả.' },
    weight: 'MEDIUM',
    grade: MEASURED,
  },
  VALUE_IMPLAUSIBLE: {
    text: {
      en: 'The value declared is not plausible for these goods.',
      vi: 'Trị giá khai báo bất hợp lý so với mặt hàng.',
    },
    weight: 'MEDIUM',
    grade: RECORDED,
  },
  ROUTE_UNUSUAL: {
    text: { en: 'The route makes no commercial sense.', vi: 'Tuyến vận chuyển không hợp lý về thương mại.' },
    weight: 'MEDIUM',
    grade: RECORDED,
  },
  ROUTE_CHANGED: {
    text: { en: 'The destination was changed on the way.', vi: 'Nơi đến bị thay đổi trong quá trình vận chuyển.' },
    weight: 'MEDIUM',
    grade: MEASURED,
  },
  TRADER_NEW: {
    text: { en: 'First consignment of this shipper.', vi: 'Lô hàng đầu tiên của người gửi này.' },
    weight: 'LOW',
    grade: RECORDED,
  },
  TRADER_UNFIT: {
    text: {
      en: 'The business of the consignee does not fit the goods.',
      vi: 'Ngành nghề của người nhận không phù hợp với hàng hóa.',
    },
    weight: 'MEDIUM',
    grade: RECORDED,
  },
  PARTY_KNOWN: {
    text: { en: 'A party appears in an earlier case.', vi: 'Một bên liên quan từng xuất hiện trong vụ việc trước.' },
    weight: 'HIGH',
    grade: RECORDED,
  },
  DOCUMENT_IRREGULAR: {
    text: { en: 'A document is missing or seems altered.', vi: 'Thiếu chứng từ hoặc chứng từ có dấu hiệu sửa chữa.' },
    weight: 'MEDIUM',
    grade: MEASURED,
  },
  SEAL_IRREGULAR: {
    text: { en: 'The seal does not match the documents.', vi: 'Số niêm phong không khớp chứng từ.' },
    weight: 'HIGH',
    grade: MEASURED,
  },
  CONTAINER_ALTERED: {
    text: { en: 'The container was repaired or altered recently.', vi: 'Container mới được sửa chữa hoặc cải tạo.' },
    weight: 'HIGH',
    grade: MEASURED,
  },
  SCAN_ANOMALY: {
    text: { en: 'The scan image shows an uneven density.', vi: 'Ảnh soi chiếu cho thấy mật độ không đều.' },
    weight: 'HIGH',
    grade: MEASURED,
  },
  RADIATION: {
    text: { en: 'The portal monitor measured radiation.', vi: 'Cổng đo phát hiện phóng xạ.' },
    weight: 'HIGH',
    grade: MEASURED,
  },
  PAYMENT_UNUSUAL: {
    text: { en: 'Payment was made in an unusual way.', vi: 'Việc thanh toán được thực hiện theo cách bất thường.' },
    weight: 'MEDIUM',
    grade: REPORTED,
  },
  LATE_AMENDMENT: {
    text: { en: 'The manifest was changed at the last moment.', vi: 'Bản khai hàng hóa được sửa vào phút chót.' },
    weight: 'MEDIUM',
    grade: MEASURED,
  },
  CONTROLLED_GOODS: {
    text: {
      en: 'The goods suspected need a permit; none is known.',
      vi: 'Hàng nghi vấn phải có giấy phép; chưa thấy giấy phép.',
    },
    weight: 'MEDIUM',
    grade: RECORDED,
  },
  END_USE_DOUBTFUL: {
    text: { en: 'The end use stated is doubtful.', vi: 'Mục đích sử dụng cuối được khai có nghi vấn.' },
    weight: 'MEDIUM',
    grade: REPORTED,
  },
  BEHAVIOUR: {
    text: { en: 'Somebody behaved in a conspicuous way.', vi: 'Có người biểu hiện bất thường.' },
    weight: 'LOW',
    grade: REPORTED,
  },
  CONCEALMENT_KNOWN: {
    text: {
      en: 'The packing resembles a known way of hiding goods.',
      vi: 'Cách đóng gói giống một phương thức cất giấu đã biết.',
    },
    weight: 'HIGH',
    grade: REPORTED,
  },
  OTHER: {
    text: { en: 'A circumstance told in the summary.', vi: 'Tình tiết khác nêu trong phần tóm tắt.' },
    weight: 'LOW',
    grade: UNTESTED,
  },
};
