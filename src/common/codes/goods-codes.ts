import { codeList, type Code } from './code-list.js';

/** `source`: the hub's own list; each group maps to one of the CEN groups and to a section of the Illicit Trade Report. */
export const CommodityGroup = codeList('CommodityGroup', 'The kind of goods or offence.', {
  DRUGS: 'Narcotic drugs and psychotropic substances under international control.',
  NPS: 'New psychoactive substances.',
  MEDICINES: 'Medicines, falsified or smuggled.',
  DRUG_PRECURSORS: 'Chemicals for making drugs.',
  EXPLOSIVE_PRECURSORS: 'Chemicals for making explosives (Programme Global Shield).',
  EXPLOSIVES_DETONATORS: 'Explosives, detonators and fuses.',
  STRATEGIC_DUAL_USE: 'Strategic and dual-use goods.',
  WEAPONS: 'Weapons, parts and ammunition.',
  NUCLEAR_RADIOACTIVE: 'Nuclear and other radioactive material.',
  WILDLIFE: 'Protected animals and plants, and what is made of them.',
  TIMBER: 'Timber.',
  WASTE: 'Waste.',
  ODS_FGAS: 'Substances that deplete the ozone layer, and fluorinated gases.',
  PESTICIDES: 'Pesticides.',
  TOBACCO: 'Tobacco.',
  ALCOHOL: 'Alcohol.',
  FUEL: 'Fuel and mineral oil.',
  COUNTERFEIT: 'Goods that infringe intellectual property.',
  CASH_GOLD: 'Cash, bearer instruments, gold and gems.',
  CULTURAL: 'Cultural goods.',
  VEHICLES: 'Stolen or smuggled vehicles and parts.',
  FRAUD_VALUE_ORIGIN: 'Fraud over value, origin, classification or duty.',
  OTHER: 'Anything else.',
});
export type CommodityGroup = Code<typeof CommodityGroup>;

/** `source`: UNECE Recommendation 20 from memory, unverified. */
export const MeasureUnit = codeList(
  'MeasureUnit',
  'Unit of a quantity, UNECE Recommendation 20. Kilograms and pieces are never added together.',
  {
    KGM: 'Kilogram.',
    GRM: 'Gram.',
    TNE: 'Tonne (1,000 kg).',
    LTR: 'Litre.',
    MLT: 'Millilitre.',
    MTQ: 'Cubic metre.',
    MTR: 'Metre.',
    H87: 'Piece.',
  },
);
export type MeasureUnit = Code<typeof MeasureUnit>;
