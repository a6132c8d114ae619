import { codeList, type Code } from './code-list.js';

export const TransportMode = codeList('TransportMode', 'How goods or persons move.', {
  SEA: 'By sea.',
  INLAND_WATERWAY: 'By river or canal.',
  AIR: 'By air.',
  ROAD: 'By road.',
  RAIL: 'By rail.',
  POST: 'By post.',
  EXPRESS: 'By an express courier.',
  PIPELINE: 'By pipeline.',
  ON_FOOT: 'On foot.',
  UNKNOWN: 'Not known.',
});
export type TransportMode = Code<typeof TransportMode>;

export const RouteRole = codeList('RouteRole', 'What a place is on a route.', {
  DEPARTURE: 'Where the journey begins.',
  TRANSIT: 'Passed without unloading.',
  TRANSHIPMENT: 'Loaded from one conveyance to another.',
  DESTINATION: 'Where the journey ends.',
});
export type RouteRole = Code<typeof RouteRole>;

export const RouteCertainty = codeList('RouteCertainty', 'How sure a stop on a route is.', {
  CONFIRMED: 'Stands in documents or was observed.',
  SUSPECTED: 'Is assumed.',
});
export type RouteCertainty = Code<typeof RouteCertainty>;

export const ContainerCheck = codeList(
  'ContainerCheck',
  'Whether the check digit of a container number fits (ISO 6346).',
  {
    OK: 'The check digit is right.',
    OVERRIDDEN: 'The check digit is wrong and the sender means this number all the same; the reason stands beside it.',
  },
);
export type ContainerCheck = Code<typeof ContainerCheck>;
