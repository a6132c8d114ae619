import type { AlertBody, Safety } from '../../../alerts/body/alert-body.js';
import type { GoodsLine } from '../../../exchange/body/goods.js';
import type { Quantity } from '../../../exchange/body/quantity.js';
import type { Words } from '../fictional.js';

export type Mode = 'SEA' | 'AIR' | 'ROAD' | 'POST';
type IndicatorCode = AlertBody['indicators'][number]['type'];

/** Goods that are suspected in a consignment. */
export interface SuspectedGoods extends Pick<GoodsLine, 'hsCode' | 'casNumber' | 'scientificName'> {
  description: Words;
  packaging?: Words;
  unit: Quantity['unit'];
  /** Least and most. */
  quantity: [number, number];
}

/** What an alert about a consignment can be about, before ship, box, route and date are chosen. */
export interface ConsignmentScenario {
  key: string;
  modes: Mode[];
  group: GoodsLine['commodityGroup'];
  severity: AlertBody['severity'];
  title: Words;
  summary: Words;
  declared: Words;
  declaredHs: string;
  goods: SuspectedGoods;
  indicators: IndicatorCode[];
  action: AlertBody['requestedAction'];
  doNot?: NonNullable<AlertBody['doNot']>;
  safety?: Omit<Safety, 'text'> & { text: Words };
}
