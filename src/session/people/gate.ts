import { Injectable } from '@nestjs/common';
import { WaitingRoom } from '../../common/waiting-room.js';

/** Sign-ins that are checked at once in a process: fewer than the pool has connections, so that whoever is signed in goes on working. */
export const PLACES = 4;
/** Sign-ins that wait for a place; more are turned away, so that a flood costs neither memory nor the database. */
export const WAITING = 60;

/** Lets a few sign-ins in at once, of officers and of units' systems, from whatever address (the edge counts failures by address). */
@Injectable()
export class SignInGate extends WaitingRoom {
  constructor() {
    super(PLACES, WAITING);
  }
}
