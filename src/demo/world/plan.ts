import type { WorldAct } from './acts.js';
import { AlertPlan } from './alerts.js';
import { Chance } from './random.js';
import { planRequests } from './requests.js';

/** Everything that happens in the two days before `now`, not yet in order. The same seed and time give the same acts. */
export function planWorld(seed: string, now: Date): WorldAct[] {
  return [
    ...new AlertPlan(new Chance(`${seed} alerts`), now).make(),
    ...planRequests(new Chance(`${seed} requests`), now),
  ];
}
