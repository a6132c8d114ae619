import type { AnswerBody } from '../../../requests/body/answer-body.js';
import type { FeedbackBody } from '../../../feedback/body/feedback-body.js';
import type { RequestBody } from '../../../requests/body/request-body.js';
import type { WorldLanguage } from '../fictional.js';

type Results = NonNullable<AnswerBody['results']>;
type Refused = NonNullable<AnswerBody['refusal']>;

/** What follows a request, so many hours after it. */
export type RequestStep = { after: number; text: string } & (
  | { act: 'ACKNOWLEDGEMENT' | 'NEGATIVE' | 'CLARIFICATION_REQUEST' | 'REVISION' | 'WITHDRAWAL' }
  | { act: 'INTERIM' | 'FINAL'; results: Results }
  | { act: 'REFUSAL'; ground: Refused['ground']; reason: string }
  | {
      act: 'CLOSING';
      disposition: NonNullable<FeedbackBody['disposition']>;
      contribution: NonNullable<FeedbackBody['contribution']>;
    }
);

/** One matter from its first request to the last step that has been taken. */
export interface RequestScenario {
  key: string;
  /** Unit that asks, agency that is asked, unit that answers. */
  unit: string;
  to: string;
  answers: string;
  language: WorldLanguage;
  hoursAgo: number;
  assistanceType: RequestBody['assistanceType'];
  object: string;
  measure: string;
  reason: string;
  facts: string;
  enquiries: string;
  questions: string[];
  link: string;
  offence: string;
  /** Hours from the request until the answer is needed. */
  neededWithin: number;
  /** With a reason, it is urgent. */
  urgencyReason?: string;
  hasContainer?: boolean;
  isForCourt?: boolean;
  steps: RequestStep[];
}

const FIRST_HAND = { scheme: '4X4', source: 'A', information: '1' } as const;
const FROM_RECORDS = { scheme: '4X4', source: 'A', information: '2' } as const;

const answered = (questionNo: number, text: string): Results[number] => ({
  questionNo,
  result: 'ANSWERED',
  text,
  evaluation: FIRST_HAND,
});
const nothingFound = (questionNo: number, text: string): Results[number] => ({
  questionNo,
  result: 'NEGATIVE',
  text,
  evaluation: FROM_RECORDS,
});

const TWENTY_DAYS = 480;

/** What Viet Nam asks of others. */
const OUTGOING: readonly RequestScenario[] = [
  {
    key: 'invoice',
    unit: 'VN-CUS-AS',
    to: 'PH-CUS',
    answers: 'PH-CUS-INV',
    language: 'en',
    hoursAgo: 46,
    assistanceType: 'VERIFY_DOCUMENT',
    object: 'Invoice EX-4471 for steel structures, two versions',
    measure: 'Please find out whether the buyer received one or the other version of the invoice.',
    reason: 'The value declared at export differs from the value on a copy that the carrier kept.',
    facts: 'Two invoices with the same number and date state different amounts. The goods left for Manila.',
    enquiries: 'Exporter and carrier were heard; each points to the other.',
    questions: ['Which version did the buyer present at import?', 'Which amount was paid?'],
    link: 'The buyer is established in the Philippines and declared the goods there.',
    offence: 'False declaration of value',
    neededWithin: TWENTY_DAYS,
    isForCourt: true,
    hasContainer: true,
    steps: [
      { after: 2, act: 'ACKNOWLEDGEMENT', text: 'Received; the import file has been called up.' },
      {
        after: 25,
        act: 'FINAL',
        text: 'Both questions could be answered from the import file.',
        results: [
          answered(1, 'The version with the higher amount was presented at import.'),
          answered(2, 'The higher amount was paid, in two parts.'),
        ],
      },
      {
        after: 38,
        act: 'CLOSING',
        text: 'Proceedings for a false declaration were opened on this answer. Thank you.',
        disposition: 'CASE_OPENED',
        contribution: 'DECISIVE',
      },
    ],
  },
  {
    key: 'origin-certificate',
    unit: 'VN-CUS-AS',
    to: 'CN-CUS',
    answers: 'CN-CUS-AS',
    language: 'en',
    hoursAgo: 43,
    assistanceType: 'VERIFY_EXPORT_IMPORT',
    object: 'Export declarations of telephone accessories relabelled in a free zone',
    measure: 'Please compare the containers named with your export declarations.',
    reason: 'Goods left a free zone with a new label of origin one day after they came in.',
    facts: 'Three containers came in sealed and left with other labels; nothing was produced in the zone.',
    enquiries: 'The free zone was inspected and the warehouse records were copied.',
    questions: ['Were the containers declared at export?', 'Which origin was declared?', 'Who was the exporter?'],
    link: 'The containers were loaded in China.',
    offence: 'False declaration of origin',
    neededWithin: TWENTY_DAYS,
    hasContainer: true,
    steps: [
      { after: 3, act: 'ACKNOWLEDGEMENT', text: 'Received; the regional office has been asked.' },
      {
        after: 26,
        act: 'INTERIM',
        text: 'A first part; the name of the exporter needs another office.',
        results: [answered(1, 'Yes, all three.'), answered(2, 'China, for all three.')],
      },
    ],
  },
  {
    key: 'shell-company',
    unit: 'VN-CUS-AS',
    to: 'TH-CUS',
    answers: 'TH-CUS-ISD',
    language: 'vi',
    hoursAgo: 41,
    assistanceType: 'INFORMATION_OFFENCE',
    object: 'Xác minh công ty gửi hàng của ba lô ớt khô',
    measure: 'Đề nghị cung cấp thông tin về hoạt động xuất khẩu của công ty gửi hàng.',
    reason: 'Nghi công ty được lập ra để hợp thức hóa lô hàng cất giấu ma túy.',
    facts: 'Ba lô ớt khô có trọng lượng không khớp khai báo, cùng một công ty gửi hàng.',
    enquiries: 'Đã làm việc với người nhận và hãng tàu; chưa xác định được chủ hàng thực.',
    questions: ['Công ty có còn hoạt động không?', 'Công ty đã xuất khẩu những mặt hàng nào trong hai năm qua?'],
    link: 'Công ty đăng ký tại Thái Lan và hàng được xếp tại Laem Chabang.',
    offence: 'Vận chuyển trái phép chất ma túy',
    neededWithin: TWENTY_DAYS,
    hasContainer: true,
    steps: [
      { after: 1.5, act: 'ACKNOWLEDGEMENT', text: 'Đã nhận yêu cầu và đang xử lý.' },
      {
        after: 5,
        act: 'CLARIFICATION_REQUEST',
        text: 'Có hai công ty trùng tên. Đề nghị cho biết số vận đơn của lô hàng đầu tiên.',
      },
      { after: 9, act: 'REVISION', text: 'Bổ sung: lô hàng đầu tiên đi theo vận đơn EXMP00000001.' },
      {
        after: 30,
        act: 'FINAL',
        text: 'Đã trả lời cả hai câu hỏi.',
        results: [
          answered(1, 'Công ty đã ngừng hoạt động từ tháng 3, nhưng tên vẫn được sử dụng để đặt chỗ.'),
          answered(2, 'Chỉ xuất khẩu đồ gia dụng, chưa từng xuất khẩu thực phẩm.'),
        ],
      },
    ],
  },
  {
    key: 'timber-permit',
    unit: 'VN-CUS-AS',
    to: 'LA-CUS',
    answers: 'LA-CUS-AS',
    language: 'vi',
    hoursAgo: 34,
    assistanceType: 'VERIFY_EXPORT_IMPORT',
    object: 'Xác minh giấy phép xuất khẩu gỗ EX-0917',
    measure: 'Đề nghị xác nhận giấy phép có được cấp và được sử dụng cho lô hàng nào.',
    reason: 'Số giấy phép xuất hiện trên hai bộ hồ sơ khác nhau.',
    facts: 'Hai lô gỗ cách nhau bốn tháng sử dụng cùng một số giấy phép xuất khẩu.',
    enquiries: 'Đã kiểm tra hồ sơ nhập khẩu và giám định loài gỗ của lô thứ hai.',
    questions: ['Giấy phép có thật không?', 'Giấy phép được cấp cho lô hàng nào?'],
    link: 'Giấy phép ghi cơ quan cấp tại Lào.',
    offence: 'Buôn lậu gỗ',
    neededWithin: TWENTY_DAYS,
    steps: [{ after: 6, act: 'ACKNOWLEDGEMENT', text: 'Đã nhận yêu cầu; đang hỏi cơ quan cấp giấy phép.' }],
  },
  {
    key: 'gold-dealer',
    unit: 'VN-CUS-AS',
    to: 'KH-CUS',
    answers: 'KH-CUS-INV',
    language: 'vi',
    hoursAgo: 39,
    assistanceType: 'ENQUIRY',
    object: 'Xác minh cửa hàng mua vàng gần cửa khẩu',
    measure: 'Đề nghị xác minh cửa hàng có giao dịch với người đi bộ qua biên giới trong tháng trước không.',
    reason: 'Nghi vàng được mang qua biên giới nhiều lần với số lượng nhỏ.',
    facts: 'Một người qua lại nhiều lần trong ngày; lời khai nêu tên cửa hàng ở bên kia biên giới.',
    enquiries: 'Đã ghi nhận số lần qua lại trong hai tuần.',
    questions: ['Cửa hàng có ghi nhận giao dịch nào với khách này không?'],
    link: 'Cửa hàng nằm tại Cam-pu-chia.',
    offence: 'Vận chuyển trái phép vàng qua biên giới',
    neededWithin: TWENTY_DAYS,
    steps: [
      { after: 2, act: 'ACKNOWLEDGEMENT', text: 'Đã nhận yêu cầu.' },
      { after: 21, act: 'NEGATIVE', text: 'Đã kiểm tra sổ sách của cửa hàng, không phát hiện giao dịch nào.' },
      {
        after: 29,
        act: 'CLOSING',
        text: 'Kết quả giúp loại trừ một hướng điều tra. Xin cảm ơn.',
        disposition: 'NO_ACTION',
        contribution: 'SUPPORTING',
      },
    ],
  },
  {
    key: 'old-manifest',
    unit: 'VN-CUS-AS',
    to: 'MM-CUS',
    answers: 'MM-CUS-INV',
    language: 'en',
    hoursAgo: 32,
    assistanceType: 'INFORMATION_OFFENCE',
    object: 'Manifests of a coaster, four years ago',
    measure: 'Please send the manifests of the voyages named.',
    reason: 'An old line of cigarettes may have begun with this ship.',
    facts: 'The same name appears in a case of this year; its first voyage is believed to be four years old.',
    enquiries: 'Our own archives were searched.',
    questions: ['Which cargo was declared on the voyages named?'],
    link: 'The ship called at Yangon.',
    offence: 'Smuggling of cigarettes',
    neededWithin: TWENTY_DAYS,
    steps: [
      {
        after: 11,
        act: 'REFUSAL',
        text: 'We regret that we cannot help in this matter.',
        ground: 'R05',
        reason: 'Manifests are kept for three years and are no longer held.',
      },
    ],
  },
  {
    key: 'watch-lorry',
    unit: 'VN-CUS-AS',
    to: 'TH-CUS',
    answers: 'TH-CUS-ISD',
    language: 'en',
    hoursAgo: 28,
    assistanceType: 'SURVEILLANCE_CONVEYANCE',
    object: 'Lorry that changes its plates after the border',
    measure: 'Please report when and where the lorry is seen.',
    reason: 'Its trailer was used when pesticides were found last year.',
    facts: 'Two sets of plates are known; the second is put on after the border.',
    enquiries: 'Pictures of the cameras on our side were compared.',
    questions: ['Was the lorry seen, and where?'],
    link: 'The lorry stays in Thailand for two days of every week.',
    offence: 'Smuggling of pesticides',
    neededWithin: 120,
    urgencyReason: 'The next journey is expected within five days.',
    steps: [
      { after: 1, act: 'ACKNOWLEDGEMENT', text: 'Received; the posts have been told.' },
      {
        after: 20,
        act: 'WITHDRAWAL',
        text: 'The lorry was stopped on our side this morning; the request is settled. Thank you.',
      },
    ],
  },
  {
    key: 'sensor-maker',
    unit: 'VN-CUS-AS',
    to: 'CN-CUS',
    answers: 'CN-CUS-AS',
    language: 'en',
    hoursAgo: 37,
    assistanceType: 'COMMODITY_IDENTIFICATION',
    object: 'Pressure sensors: are they on a control list?',
    measure: 'Please tell us the technical class of the goods and to whom they were sold.',
    reason: 'The accuracy printed on the goods does not fit the trade of the buyer.',
    facts: 'A parcel of pressure sensors was declared as gauges for bakeries.',
    enquiries: 'The label was photographed; the importer was not heard yet.',
    questions: ['To which class of accuracy do the sensors belong?', 'To whom were they sold?'],
    link: 'The maker named on the label is established in China.',
    offence: 'Import of controlled goods without a licence',
    neededWithin: TWENTY_DAYS,
    steps: [
      { after: 4, act: 'ACKNOWLEDGEMENT', text: 'Received.' },
      {
        after: 27,
        act: 'FINAL',
        text: 'One question is answered, the other cannot be.',
        results: [
          answered(1, 'The type is below the thresholds of the control list; a licence was not needed.'),
          {
            questionNo: 2,
            result: 'REFUSED',
            ground: 'R03',
            reasonText: 'The names of customers are a commercial secret in this matter.',
          },
        ],
      },
    ],
  },
];

/** The one that waits in the queue of Viet Nam. */
export const WAITING: RequestScenario = {
  key: 'waiting',
  unit: 'PH-CUS-INV',
  to: 'VN-CUS',
  answers: 'VN-CUS-AS',
  language: 'en',
  hoursAgo: 3.2,
  assistanceType: 'VERIFY_DOCUMENT',
  object: 'Export declaration and packing list of a container held in Manila',
  measure: 'Please compare the packing list with your export declaration and tell us who loaded the container.',
  reason: 'The container weighs more than both documents say; it is held for the time being.',
  facts: 'The scan shows blocks between pallets of tiles. The packing list bears a stamp that we do not know.',
  enquiries: 'The importer says that it ordered tiles only.',
  questions: [
    'Is the packing list the one presented at export?',
    'Which gross mass was declared at export?',
    'Where and by whom was the container loaded?',
  ],
  link: 'The container was loaded and declared in Viet Nam.',
  offence: 'Importation of prohibited drugs',
  neededWithin: 48,
  urgencyReason: 'The container can be held for two days only.',
  hasContainer: true,
  steps: [],
};

/** What others ask of Viet Nam. */
const INCOMING: readonly RequestScenario[] = [
  WAITING,
  {
    key: 'precursor-buyer',
    unit: 'CN-CUS-AS',
    to: 'VN-CUS',
    answers: 'VN-CUS-AS',
    language: 'en',
    hoursAgo: 18,
    assistanceType: 'INFORMATION_OFFENCE',
    object: 'Importer of cleaning agents, licence for precursors',
    measure: 'Please tell us whether the importer holds a licence and uses the quantity it imports.',
    reason: 'Drums declared as a cleaning agent left without hazard labels.',
    facts: 'Four consignments within two months; the end user was not found at the address given.',
    enquiries: 'The exporter named a broker as the real buyer.',
    questions: ['Does the importer hold a licence?', 'Is there a plant at the address?'],
    link: 'The importer is established in Viet Nam.',
    offence: 'Diversion of precursors',
    neededWithin: TWENTY_DAYS,
    steps: [
      {
        after: 2,
        act: 'ACKNOWLEDGEMENT',
        text: 'Received; the regional office has been asked to look at the address.',
      },
    ],
  },
  {
    key: 'cigarette-transit',
    unit: 'TH-CUS-ISD',
    to: 'VN-CUS',
    answers: 'VN-CUS-AS',
    language: 'en',
    hoursAgo: 45,
    assistanceType: 'VERIFY_EXPORT_IMPORT',
    object: 'Cigarettes declared for transit: did they leave?',
    measure: 'Please confirm whether the goods left Viet Nam, and where.',
    reason: 'The transit document came back with a stamp of a post that was closed that day.',
    facts: 'Two containers of cigarettes were declared for transit and never arrived at the destination.',
    enquiries: 'The carrier showed a receipt of the warehouse.',
    questions: ['Did the containers arrive?', 'Did they leave, and when?'],
    link: 'The route led through Viet Nam.',
    offence: 'Evasion of excise duty',
    neededWithin: TWENTY_DAYS,
    hasContainer: true,
    steps: [
      { after: 1, act: 'ACKNOWLEDGEMENT', text: 'Received; the port control unit has been asked.' },
      {
        after: 22,
        act: 'FINAL',
        text: 'Both containers can be traced.',
        results: [
          answered(1, 'Both arrived on the day stated in the manifest.'),
          nothingFound(2, 'No record of a departure; the seals were found in a warehouse.'),
        ],
      },
      {
        after: 35,
        act: 'CLOSING',
        text: 'Used to select the next consignments of this carrier. Thank you.',
        disposition: 'USED_IN_TARGETING',
        contribution: 'SUBSTANTIAL',
      },
    ],
  },
  {
    key: 'lorry-owner',
    unit: 'LA-CUS-AS',
    to: 'VN-CUS',
    answers: 'VN-CUS-AS',
    language: 'vi',
    hoursAgo: 24,
    assistanceType: 'ENQUIRY',
    object: 'Xác minh chủ sở hữu xe tải và rơ-moóc',
    measure: 'Đề nghị cung cấp thông tin về chủ sở hữu xe tải đã qua cửa khẩu.',
    reason: 'Trong rơ-moóc phát hiện khoang rỗng có mùi hóa chất.',
    facts: 'Xe tải không chở hàng, khoang rỗng dưới sàn rơ-moóc có dấu vết hóa chất.',
    enquiries: 'Lái xe khai chỉ được thuê chở một chuyến.',
    questions: ['Ai là chủ sở hữu xe tải?', 'Rơ-moóc có được đăng ký cùng chủ không?'],
    link: 'Xe tải đăng ký tại Việt Nam.',
    offence: 'Vận chuyển trái phép tiền chất',
    neededWithin: TWENTY_DAYS,
    steps: [
      {
        after: 4,
        act: 'CLARIFICATION_REQUEST',
        text: 'Biển số rơ-moóc thiếu một chữ số. Đề nghị bổ sung ảnh chụp hoặc số khung.',
      },
    ],
  },
  {
    key: 'tax-claim',
    unit: 'KH-CUS-INV',
    to: 'VN-CUS',
    answers: 'VN-CUS-AS',
    language: 'vi',
    hoursAgo: 36,
    assistanceType: 'INFORMATION_VALUE',
    object: 'Trị giá bán lẻ của đồ nội thất để truy thu thuế nội địa',
    measure: 'Đề nghị cung cấp giá bán lẻ của các mặt hàng trong ba năm.',
    reason: 'Phục vụ việc truy thu thuế nội địa, không phải thuế hải quan.',
    facts: 'Một cửa hàng khai giá bán thấp hơn giá nhập khẩu.',
    enquiries: 'Đã kiểm tra sổ sách của cửa hàng.',
    questions: ['Giá bán lẻ bình quân là bao nhiêu?'],
    link: 'Nhà sản xuất ở Việt Nam.',
    offence: 'Trốn thuế nội địa',
    neededWithin: TWENTY_DAYS,
    steps: [
      { after: 3, act: 'ACKNOWLEDGEMENT', text: 'Đã nhận yêu cầu và đang xem xét.' },
      {
        after: 19,
        act: 'REFUSAL',
        text: 'Rất tiếc chúng tôi không thể hỗ trợ trong vụ việc này.',
        ground: 'R11',
        reason: 'Thỏa thuận chỉ áp dụng cho lĩnh vực hải quan, không bao gồm thuế nội địa.',
      },
    ],
  },
  {
    key: 'shoe-labels',
    unit: 'PH-CUS-INV',
    to: 'VN-CUS',
    answers: 'VN-CUS-AS',
    language: 'en',
    hoursAgo: 33,
    assistanceType: 'INFORMATION_OFFENCE',
    object: 'Maker of labels found apart from unbranded shoes',
    measure: 'Please find out who ordered the labels and how many were made.',
    reason: 'Shoes and labels arrive in different consignments and are joined here.',
    facts: 'Six parcels of labels and two containers of shoes have the same notify party.',
    enquiries: 'The right holder was heard and confirms that the labels are false.',
    questions: ['Who ordered the labels?', 'How many were made?'],
    link: 'The labels bear the mark of a printer in Viet Nam.',
    offence: 'Import of counterfeit goods',
    neededWithin: TWENTY_DAYS,
    steps: [
      { after: 2, act: 'ACKNOWLEDGEMENT', text: 'Received; the market surveillance office has been asked.' },
      {
        after: 24,
        act: 'INTERIM',
        text: 'The first answer; the other follows when the books have been read.',
        results: [answered(1, 'A trading company that was closed in summer.')],
      },
    ],
  },
];

/** What goes past Viet Nam. */
const BETWEEN_OTHERS: readonly RequestScenario[] = [
  {
    key: 'ship-calls',
    unit: 'TH-CUS-ISD',
    to: 'PH-CUS',
    answers: 'PH-CUS-INV',
    language: 'en',
    hoursAgo: 30,
    assistanceType: 'INFORMATION_OFFENCE',
    object: 'Calls of a ship whose crew is suspected to throw packets overboard',
    measure: 'Please list the calls of the ship in the last year and the findings on board.',
    reason: 'Packets with floats were found on its course.',
    facts: 'Packets were found twice, each time some hours after the ship had passed.',
    enquiries: 'Positions were compared with the drift of the packets.',
    questions: ['On which days did the ship call?', 'Was anything found on board?'],
    link: 'The ship calls at Manila every month.',
    offence: 'Trafficking in drugs',
    neededWithin: TWENTY_DAYS,
    steps: [
      { after: 2, act: 'ACKNOWLEDGEMENT', text: 'Received.' },
      {
        after: 20,
        act: 'FINAL',
        text: 'The list of calls is complete.',
        results: [
          answered(1, 'Eleven calls, on the first Monday of each month but August.'),
          nothingFound(2, 'Searched three times, nothing found.'),
        ],
      },
    ],
  },
];

/** Every request of the demonstration, in both directions. */
export const REQUESTS: readonly RequestScenario[] = [...OUTGOING, ...INCOMING, ...BETWEEN_OTHERS];
