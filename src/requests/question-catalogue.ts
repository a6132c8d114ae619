import type { AssistanceType } from '../common/codes/request-codes.js';

export interface CataloguedQuestion {
  /** The kinds of assistance for which it is offered first; a request of another kind may ask it all the same. */
  for: readonly AssistanceType[];
  /** English, the meaning of the code. Each slot stands once: {CONTAINER}. */
  en: string;
  vi: string;
}

/**
 * Questions that customs officers ask each other again and again, in the words of each reader.
 *
 * What a code means never changes, because signed requests name the code alone: change no English text, no slot, and take no code away.
 * A better question gets a new code. A translation may be corrected as long as it says what the English says.
 */
export const QUESTION_CATALOGUE: Readonly<Record<string, CataloguedQuestion>> = {
  'Q-LAW-TEXT': {
    for: ['INFORMATION_LAW'],
    en: 'Which provisions of your law apply to {SUBJECT}, and where is their text published?',
    vi: 'Những quy định nào trong pháp luật của nước quý cơ quan áp dụng đối với {SUBJECT} và văn bản được công bố ở đâu?',
  },
  'Q-DUTY-RATE': {
    for: ['INFORMATION_LAW', 'INFORMATION_VALUE'],
    en: 'Which duties and taxes applied on {DATE} to goods of tariff code {HS_CODE} that originate in {COUNTRY}?',
    vi: 'Vào ngày {DATE}, hàng hóa thuộc mã số HS {HS_CODE} có xuất xứ từ {COUNTRY} chịu những loại thuế nào, với thuế suất bao nhiêu?',
  },
  'Q-EXPORT-LICENCE-NEEDED': {
    for: ['INFORMATION_LAW', 'COMMODITY_IDENTIFICATION'],
    en: 'Did the export of {GOODS} from your country need a licence or permit on {DATE}, and which authority issues it?',
    vi: 'Vào ngày {DATE}, việc xuất khẩu {GOODS} từ nước quý cơ quan có cần giấy phép không và cơ quan nào cấp giấy phép đó?',
  },
  'Q-VALUE-DECLARED-AT-EXPORT': {
    for: ['INFORMATION_VALUE'],
    en: 'Which value was declared at export for the goods of invoice {INVOICE}? Here {AMOUNT} was declared.',
    vi: 'Trị giá khai báo khi xuất khẩu của hàng hóa theo hóa đơn {INVOICE} là bao nhiêu? Tại nước chúng tôi, trị giá khai báo là {AMOUNT}.',
  },
  'Q-PRICE-PAID': {
    for: ['INFORMATION_VALUE'],
    en: 'Which price did {BUSINESS} really receive for the goods of invoice {INVOICE}, and how was it paid?',
    vi: '{BUSINESS} đã thực nhận bao nhiêu tiền cho hàng hóa theo hóa đơn {INVOICE} và việc thanh toán được thực hiện bằng cách nào?',
  },
  'Q-USUAL-PRICE': {
    for: ['INFORMATION_VALUE'],
    en: 'At which unit prices were goods of tariff code {HS_CODE}, described as {GOODS}, exported from your country in the period {PERIOD}?',
    vi: 'Trong thời gian {PERIOD}, hàng hóa thuộc mã số HS {HS_CODE}, được mô tả là {GOODS}, được xuất khẩu từ nước quý cơ quan với đơn giá bao nhiêu?',
  },
  'Q-BUSINESSES-RELATED': {
    for: ['INFORMATION_VALUE', 'INFORMATION_OFFENCE'],
    en: 'Are {BUSINESS} and {OTHER_BUSINESS} related, and what is the relation?',
    vi: '{BUSINESS} và {OTHER_BUSINESS} có quan hệ đặc biệt với nhau không, và đó là quan hệ gì?',
  },
  'Q-FREIGHT-COST': {
    for: ['INFORMATION_VALUE'],
    en: 'Which freight and insurance were charged for the goods of bill of lading {BILL_OF_LADING}, and who paid them?',
    vi: 'Cước vận chuyển và phí bảo hiểm của hàng hóa theo vận đơn {BILL_OF_LADING} là bao nhiêu và ai đã trả?',
  },
  'Q-BUSINESS-KNOWN': {
    for: ['INFORMATION_OFFENCE', 'ENQUIRY'],
    en: 'Is {BUSINESS} known to you from breaches of customs law in the period {PERIOD}, and from which?',
    vi: '{BUSINESS} có từng vi phạm pháp luật hải quan trong thời gian {PERIOD} không, và đó là những vi phạm nào?',
  },
  'Q-PARTY-KNOWN': {
    for: ['INFORMATION_OFFENCE'],
    en: 'Is party {PARTY} of this request known to you from breaches of customs law, and from which?',
    vi: 'Đối tượng {PARTY} trong yêu cầu này có từng vi phạm pháp luật hải quan không, và đó là những vi phạm nào?',
  },
  'Q-SEIZURES-OF-GOODS': {
    for: ['INFORMATION_OFFENCE'],
    en: 'Which seizures of {GOODS} that travelled from {LOADING_PLACE} to {DISCHARGE_PLACE} were made in the period {PERIOD}?',
    vi: 'Trong thời gian {PERIOD}, đã có những vụ thu giữ {GOODS} nào được vận chuyển từ {LOADING_PLACE} đến {DISCHARGE_PLACE}?',
  },
  'Q-CONTAINER-MOVEMENTS': {
    for: ['INFORMATION_OFFENCE', 'SURVEILLANCE_GOODS'],
    en: 'Which movements of container {CONTAINER} in the period {PERIOD} are known to you, and where was it opened or loaded anew?',
    vi: 'Trong thời gian {PERIOD}, quý cơ quan biết những lần di chuyển nào của container {CONTAINER}, và container đã được mở hoặc đóng hàng lại ở đâu?',
  },
  'Q-CONTAINER-SEALS': {
    for: ['INFORMATION_OFFENCE', 'VERIFY_EXPORT_IMPORT'],
    en: 'Which seals did container {CONTAINER} bear when it left {LOADING_PLACE}, and what was its gross mass?',
    vi: 'Khi rời {LOADING_PLACE}, container {CONTAINER} mang những số niêm phong nào và có khối lượng cả bì là bao nhiêu?',
  },
  'Q-PARTY-TRAVELLED': {
    for: ['INFORMATION_OFFENCE', 'SURVEILLANCE_PERSON'],
    en: 'When did party {PARTY} of this request enter or leave your country in the period {PERIOD}, and what was declared?',
    vi: 'Trong thời gian {PERIOD}, đối tượng {PARTY} trong yêu cầu này đã nhập cảnh hoặc xuất cảnh nước quý cơ quan khi nào và đã khai báo những gì?',
  },
  'Q-INVOICE-GENUINE': {
    for: ['VERIFY_DOCUMENT', 'INFORMATION_VALUE'],
    en: 'Was invoice {INVOICE} of {DATE} issued by {BUSINESS}, and does the attached copy agree with the records of the seller?',
    vi: 'Hóa đơn {INVOICE} ngày {DATE} có phải do {BUSINESS} phát hành không, và bản sao kèm theo có khớp với sổ sách của người bán không?',
  },
  'Q-ORIGIN-CERTIFICATE-GENUINE': {
    for: ['VERIFY_DOCUMENT'],
    en: 'Was certificate of origin {CERTIFICATE} issued by your competent authority on {DATE}, and is what it states right?',
    vi: 'Giấy chứng nhận xuất xứ {CERTIFICATE} có phải do cơ quan có thẩm quyền của nước quý cơ quan cấp ngày {DATE} không, và nội dung ghi trên đó có đúng không?',
  },
  'Q-ORIGIN-RULE-MET': {
    for: ['VERIFY_DOCUMENT'],
    en: 'Do the goods of certificate of origin {CERTIFICATE} meet the rule of origin that it names? Please state materials and processes.',
    vi: 'Hàng hóa theo giấy chứng nhận xuất xứ {CERTIFICATE} có đáp ứng tiêu chí xuất xứ ghi trên đó không? Đề nghị nêu rõ nguyên liệu và quy trình sản xuất.',
  },
  'Q-PERMIT-GENUINE': {
    for: ['VERIFY_DOCUMENT'],
    en: 'Was licence or permit {CERTIFICATE} issued to {BUSINESS} for {GOODS}, and is it still valid?',
    vi: 'Giấy phép {CERTIFICATE} có được cấp cho {BUSINESS} đối với {GOODS} không, và giấy phép còn hiệu lực không?',
  },
  'Q-BILL-OF-LADING-GENUINE': {
    for: ['VERIFY_DOCUMENT'],
    en: 'Was bill of lading {BILL_OF_LADING} issued by the carrier, and does the attached copy agree with the cargo manifest?',
    vi: 'Vận đơn {BILL_OF_LADING} có phải do người vận chuyển phát hành không, và bản sao kèm theo có khớp với bản lược khai hàng hóa không?',
  },
  'Q-STAMP-GENUINE': {
    for: ['VERIFY_DOCUMENT'],
    en: 'Are the customs stamp and the signature on the attached document {DOCUMENT} genuine?',
    vi: 'Dấu hải quan và chữ ký trên chứng từ kèm theo {DOCUMENT} có thật không?',
  },
  'Q-END-USE': {
    for: ['VERIFY_DOCUMENT', 'COMMODITY_IDENTIFICATION'],
    en: 'Did {BUSINESS} sign end-user certificate {CERTIFICATE}, did it receive {GOODS}, and what does it use them for?',
    vi: '{BUSINESS} có ký giấy chứng nhận người sử dụng cuối cùng {CERTIFICATE} không, có nhận {GOODS} không và sử dụng vào mục đích gì?',
  },
  'Q-EXPORT-DECLARED': {
    for: ['VERIFY_EXPORT_IMPORT'],
    en: 'Were the goods in container {CONTAINER} declared for export in your country? Please state number and date of the declaration, goods, quantity and value.',
    vi: 'Hàng hóa trong container {CONTAINER} có được khai báo xuất khẩu tại nước quý cơ quan không? Đề nghị cho biết số và ngày tờ khai, tên hàng, lượng và trị giá.',
  },
  'Q-IMPORT-DECLARED': {
    for: ['VERIFY_EXPORT_IMPORT'],
    en: 'Were the goods in container {CONTAINER} declared for import in your country? Please state number and date of the declaration, goods, quantity and value.',
    vi: 'Hàng hóa trong container {CONTAINER} có được khai báo nhập khẩu tại nước quý cơ quan không? Đề nghị cho biết số và ngày tờ khai, tên hàng, lượng và trị giá.',
  },
  'Q-DECLARATION-AGREES': {
    for: ['VERIFY_EXPORT_IMPORT', 'VERIFY_DOCUMENT'],
    en: 'Is declaration {DECLARATION} of {DATE} in your records, and does the attached copy agree with it?',
    vi: 'Tờ khai {DECLARATION} ngày {DATE} có trong hồ sơ của quý cơ quan không, và bản sao kèm theo có khớp với tờ khai đó không?',
  },
  'Q-QUANTITY-DECLARED': {
    for: ['VERIFY_EXPORT_IMPORT'],
    en: 'Which quantity was declared in declaration {DECLARATION}? Here {QUANTITY} was found.',
    vi: 'Lượng hàng khai báo trên tờ khai {DECLARATION} là bao nhiêu? Tại nước chúng tôi, lượng hàng thực tế là {QUANTITY}.',
  },
  'Q-GOODS-LEFT': {
    for: ['VERIFY_EXPORT_IMPORT'],
    en: 'Did the goods of bill of lading {BILL_OF_LADING} leave your customs territory through {LOADING_PLACE}, on which day and by which means of transport?',
    vi: 'Hàng hóa theo vận đơn {BILL_OF_LADING} có rời lãnh thổ hải quan của nước quý cơ quan qua {LOADING_PLACE} không, vào ngày nào và bằng phương tiện nào?',
  },
  'Q-GOODS-ARRIVED': {
    for: ['VERIFY_EXPORT_IMPORT'],
    en: 'Did the goods of bill of lading {BILL_OF_LADING} arrive at {DISCHARGE_PLACE}, and under which customs procedure were they placed?',
    vi: 'Hàng hóa theo vận đơn {BILL_OF_LADING} có đến {DISCHARGE_PLACE} không, và đã được làm thủ tục hải quan theo loại hình nào?',
  },
  'Q-AIR-CONSIGNMENT': {
    for: ['VERIFY_EXPORT_IMPORT'],
    en: 'Which goods were declared under air waybill {AIR_WAYBILL}, and who are shipper and consignee? Please give names of persons in the personal details alone.',
    vi: 'Những hàng hóa nào được khai báo theo vận đơn hàng không {AIR_WAYBILL}, người gửi và người nhận là ai? Đề nghị chỉ nêu họ tên cá nhân trong phần dữ liệu cá nhân.',
  },
  'Q-POSTAL-ITEM': {
    for: ['VERIFY_EXPORT_IMPORT'],
    en: 'Which contents and value were declared for postal item {POSTAL_ITEM}, and was it opened?',
    vi: 'Bưu gửi {POSTAL_ITEM} được khai báo nội dung và trị giá như thế nào, và đã được mở kiểm tra chưa?',
  },
  'Q-TRANSIT-ENDED': {
    for: ['VERIFY_EXPORT_IMPORT'],
    en: 'Was transit under declaration {DECLARATION} ended at {PLACE}, on which day, and were seals and quantity in order?',
    vi: 'Việc quá cảnh theo tờ khai {DECLARATION} có kết thúc tại {PLACE} không, vào ngày nào, niêm phong và lượng hàng có đúng không?',
  },
  'Q-TRADE-OF-BUSINESS': {
    for: ['VERIFY_EXPORT_IMPORT', 'INFORMATION_OFFENCE', 'ENQUIRY'],
    en: 'Which exports and imports of goods of tariff code {HS_CODE} did {BUSINESS} declare in the period {PERIOD}?',
    vi: 'Trong thời gian {PERIOD}, {BUSINESS} đã khai báo những lô hàng xuất khẩu, nhập khẩu nào thuộc mã số HS {HS_CODE}?',
  },
  'Q-WATCH-PARTY': {
    for: ['SURVEILLANCE_PERSON'],
    en: 'Can you watch the entries and exits of party {PARTY} of this request in the period {PERIOD} and report each of them?',
    vi: 'Quý cơ quan có thể giám sát việc nhập cảnh, xuất cảnh của đối tượng {PARTY} trong yêu cầu này trong thời gian {PERIOD} và thông báo từng lần không?',
  },
  'Q-WATCH-PLACE': {
    for: ['SURVEILLANCE_PLACE'],
    en: 'Can you watch the place {SUBJECT} near {PLACE} in the period {PERIOD} and report what is brought there and taken away?',
    vi: 'Quý cơ quan có thể giám sát địa điểm {SUBJECT} gần {PLACE} trong thời gian {PERIOD} và thông báo hàng hóa được đưa vào, đưa ra không?',
  },
  'Q-WATCH-GOODS': {
    for: ['SURVEILLANCE_GOODS'],
    en: 'Can you watch movements of {GOODS} from {LOADING_PLACE} to {DISCHARGE_PLACE} in the period {PERIOD} and report each of them?',
    vi: 'Quý cơ quan có thể giám sát việc vận chuyển {GOODS} từ {LOADING_PLACE} đến {DISCHARGE_PLACE} trong thời gian {PERIOD} và thông báo từng lần không?',
  },
  'Q-WATCH-VESSEL': {
    for: ['SURVEILLANCE_CONVEYANCE'],
    en: 'Can you watch the calls of the ship IMO {VESSEL} at {PLACE} in the period {PERIOD} and report what is loaded and discharged?',
    vi: 'Quý cơ quan có thể giám sát các lần cập cảng {PLACE} của tàu IMO {VESSEL} trong thời gian {PERIOD} và thông báo hàng hóa được xếp, dỡ không?',
  },
  'Q-WATCH-VEHICLE': {
    for: ['SURVEILLANCE_CONVEYANCE'],
    en: 'Can you watch the border crossings of the vehicle with plate {VEHICLE} in the period {PERIOD} and report each of them?',
    vi: 'Quý cơ quan có thể giám sát các lần qua biên giới của xe mang biển số {VEHICLE} trong thời gian {PERIOD} và thông báo từng lần không?',
  },
  'Q-CHECK-FLIGHT': {
    for: ['SURVEILLANCE_CONVEYANCE', 'ENQUIRY'],
    en: 'Can you check cargo and baggage of flight {FLIGHT} of {DATE} for {GOODS} and report what was found?',
    vi: 'Quý cơ quan có thể kiểm tra hàng hóa và hành lý của chuyến bay {FLIGHT} ngày {DATE} để tìm {GOODS} và thông báo kết quả không?',
  },
  'Q-CONTROLLED-DELIVERY': {
    for: ['CONTROLLED_DELIVERY'],
    en: 'Can you let the consignment in container {CONTAINER} pass under watch from {LOADING_PLACE} to {DISCHARGE_PLACE}, and under which conditions?',
    vi: 'Quý cơ quan có thể thực hiện vận chuyển có kiểm soát đối với lô hàng trong container {CONTAINER} từ {LOADING_PLACE} đến {DISCHARGE_PLACE} không, và với những điều kiện nào?',
  },
  'Q-BUSINESS-EXISTS': {
    for: ['ENQUIRY', 'INFORMATION_OFFENCE', 'RECOVERY'],
    en: 'Is {BUSINESS} registered, is it active at its registered address, and what is its line of business?',
    vi: '{BUSINESS} có đăng ký kinh doanh không, có hoạt động tại địa chỉ đã đăng ký không và kinh doanh ngành nghề gì?',
  },
  'Q-BUSINESS-OWNERS': {
    for: ['ENQUIRY', 'INFORMATION_OFFENCE'],
    en: 'Who owns and who directs {BUSINESS}? Please give names of persons in the personal details alone.',
    vi: 'Ai là chủ sở hữu và ai điều hành {BUSINESS}? Đề nghị chỉ nêu họ tên cá nhân trong phần dữ liệu cá nhân.',
  },
  'Q-PARTY-HEARD': {
    for: ['ENQUIRY'],
    en: 'Can you hear party {PARTY} of this request about {SUBJECT} and send the record?',
    vi: 'Quý cơ quan có thể lấy lời khai của đối tượng {PARTY} trong yêu cầu này về {SUBJECT} và gửi biên bản không?',
  },
  'Q-BOOKS-INSPECTED': {
    for: ['ENQUIRY', 'INFORMATION_VALUE'],
    en: 'Which deliveries to {OTHER_BUSINESS} in the period {PERIOD} stand in the books of {BUSINESS}? Please send copies.',
    vi: 'Sổ sách của {BUSINESS} ghi nhận những lần giao hàng nào cho {OTHER_BUSINESS} trong thời gian {PERIOD}? Đề nghị gửi bản sao.',
  },
  'Q-SERVE-DOCUMENT': {
    for: ['NOTIFICATION'],
    en: 'Can you serve the attached document {DOCUMENT} on party {PARTY} of this request by {DATE} and send proof of it?',
    vi: 'Quý cơ quan có thể tống đạt văn bản kèm theo {DOCUMENT} cho đối tượng {PARTY} trong yêu cầu này chậm nhất vào ngày {DATE} và gửi giấy xác nhận không?',
  },
  'Q-EXPERT-AVAILABLE': {
    for: ['EXPERT_WITNESS'],
    en: 'Can an officer who knows of {SUBJECT} appear as expert or witness before {AUTHORITY} on {DATE}?',
    vi: 'Cán bộ nắm rõ về {SUBJECT} có thể có mặt với tư cách chuyên gia hoặc người làm chứng trước {AUTHORITY} vào ngày {DATE} không?',
  },
  'Q-OFFICERS-PRESENT': {
    for: ['PRESENCE_OF_OFFICERS'],
    en: 'May our officers be present at enquiries about {SUBJECT} in the period {PERIOD}, and under which conditions?',
    vi: 'Cán bộ của chúng tôi có thể có mặt khi quý cơ quan xác minh về {SUBJECT} trong thời gian {PERIOD} không, và với những điều kiện nào?',
  },
  'Q-GOODS-IDENTIFIED': {
    for: ['COMMODITY_IDENTIFICATION'],
    en: 'What are the goods in the attached files, here described as {GOODS}, what are they used for, and which tariff code do they have?',
    vi: 'Hàng hóa trong các tệp kèm theo, được chúng tôi mô tả là {GOODS}, là gì, dùng để làm gì và thuộc mã số HS nào?',
  },
  'Q-STRATEGIC-GOODS': {
    for: ['COMMODITY_IDENTIFICATION'],
    en: 'Are {GOODS} of tariff code {HS_CODE} strategic or dual-use goods under your control list, and under which entry?',
    vi: '{GOODS} thuộc mã số HS {HS_CODE} có phải là hàng chiến lược hoặc hàng lưỡng dụng theo danh mục kiểm soát của nước quý cơ quan không, và thuộc mục nào?',
  },
  'Q-CLAIM-ASSETS': {
    for: ['RECOVERY'],
    en: 'Does {BUSINESS} have property in your country from which a customs claim of {AMOUNT} could be recovered?',
    vi: '{BUSINESS} có tài sản tại nước quý cơ quan để có thể thu hồi khoản nợ thuế hải quan {AMOUNT} không?',
  },
  'Q-CLAIM-RECOVER': {
    for: ['RECOVERY'],
    en: 'Can you recover the customs claim of {AMOUNT} from party {PARTY} of this request on the ground of the attached document {DOCUMENT}?',
    vi: 'Quý cơ quan có thể thu hồi khoản nợ thuế hải quan {AMOUNT} từ đối tượng {PARTY} trong yêu cầu này trên cơ sở văn bản kèm theo {DOCUMENT} không?',
  },
};
