import type { AlertBody } from '../../../alerts/body/alert-body.js';
import { TO_MEKONG_GROUP } from '../directory.js';
import type { Words } from '../fictional.js';

/** A note about a method: nothing has to be done, everybody should know. */
export interface MethodScenario {
  key: string;
  unit: string;
  /** One object for all of them, who then see each other. */
  to: string[];
  group: AlertBody['commodityGroups'][number];
  title: Words;
  summary: Words;
  indicator: AlertBody['indicators'][number]['type'];
  /** Hours for which it can be read; for good when absent. */
  readableHours?: number;
}

export const METHODS: readonly MethodScenario[] = [
  {
    key: 'pallet-plates',
    unit: 'VN-CUS-AS',
    to: [TO_MEKONG_GROUP],
    group: 'DRUGS',
    title: { en: 'Drugs in the base plates of steel pallets', vi: 'Giấu ma túy trong tấm đế pa-lét thép' },
    summary: {
      en: 'Hollow plates are welded under pallets; the weld is ground flat and painted. The scan from above shows nothing, the scan from the side does.',
      vi: 'Tấm rỗng được hàn dưới pa-lét, mối hàn được mài phẳng và sơn. Soi từ trên không thấy, soi ngang thì thấy.',
    },
    indicator: 'CONCEALMENT_KNOWN',
  },
  {
    key: 'copied-seals',
    unit: 'TH-CUS-LCB',
    to: [TO_MEKONG_GROUP],
    group: 'OTHER',
    title: {
      en: 'Copied seals of one batch (note for one day)',
      vi: 'Niêm phong giả cùng một lô (tin dùng trong một ngày)',
    },
    summary: {
      en: 'Seals whose numbers begin with 0042 were found twice with the same number. Genuine ones have a raised edge. The note ends when the batch has been called back.',
      vi: 'Niêm phong có số bắt đầu bằng 0042 bị phát hiện hai chiếc trùng số. Hàng thật có gờ nổi. Tin hết hiệu lực khi lô niêm phong được thu hồi.',
    },
    indicator: 'SEAL_IRREGULAR',
    readableHours: 34,
  },
  {
    key: 'relabelled-drums',
    unit: 'KR-RILOAP-LO',
    to: [TO_MEKONG_GROUP],
    group: 'DRUG_PRECURSORS',
    title: {
      en: 'Precursors in relabelled drums: what reports have in common',
      vi: 'Tiền chất trong thùng phuy dán lại nhãn: điểm chung từ các báo cáo',
    },
    summary: {
      en: 'Nine reports from three years show new labels over old ones, drums of mixed colours in one box and an importer younger than six months. No report names a person.',
      vi: 'Chín báo cáo trong ba năm cho thấy nhãn mới dán đè nhãn cũ, thùng nhiều màu trong một container và người nhập khẩu thành lập chưa đầy sáu tháng. Không báo cáo nào nêu tên cá nhân.',
    },
    indicator: 'CONTROLLED_GOODS',
  },
  {
    key: 'reefer-insulation',
    unit: 'AT-UNODC-CCP',
    to: ['VN-CUS', 'TH-CUS', 'KH-CUS', 'LA-CUS'],
    group: 'DRUGS',
    title: {
      en: 'Training note: insulation of refrigerated containers',
      vi: 'Tin phục vụ đào tạo: lớp cách nhiệt của container lạnh',
    },
    summary: {
      en: 'Where to look on an empty refrigerated container: rivets, foam of another colour, a ceiling that is too low. From training material for port control units.',
      vi: 'Những vị trí cần kiểm tra trên container lạnh rỗng: đinh tán, bọt cách nhiệt khác màu, trần thấp hơn bình thường. Trích tài liệu đào tạo cho các đơn vị kiểm soát cảng.',
    },
    indicator: 'CONTAINER_ALTERED',
  },
  {
    key: 'wildlife-routes',
    unit: 'VN-CUS-AS',
    to: ['AT-UNODC', 'KR-RILOAP'],
    group: 'WILDLIFE',
    title: {
      en: 'Wildlife hidden among cashew nuts: method, without names',
      vi: 'Giấu động vật hoang dã trong lô hạt điều: phương thức, không nêu tên',
    },
    summary: {
      en: 'The first three rows hold nuts, the fourth sacks of another weave. Buyers are companies that never bought food. Sent for programmes of training.',
      vi: 'Ba hàng đầu là hạt điều, hàng thứ tư là bao dệt khác loại. Người mua là công ty chưa từng mua thực phẩm. Gửi để phục vụ các chương trình đào tạo.',
    },
    indicator: 'CONCEALMENT_KNOWN',
  },
];
