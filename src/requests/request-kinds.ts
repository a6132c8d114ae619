import { Injectable, type OnModuleInit } from '@nestjs/common';
import { ObjectKinds } from '../exchange/object-kind.js';
import { ANSWER_KIND } from './answer-kind.js';
import { ORAL_KIND } from './oral-kind.js';
import { REQUEST_KIND } from './request-kind.js';

/**
 * Tells the exchange of requests, answers and notes of what was asked by word of mouth. Withdrawing needs no kind: it is a recall, which
 * PostgreSQL carries over to the request; closing is the last feedback.
 */
@Injectable()
export class RequestKinds implements OnModuleInit {
  constructor(private readonly kinds: ObjectKinds) {}

  onModuleInit(): void {
    this.kinds.register(REQUEST_KIND);
    this.kinds.register(ANSWER_KIND);
    this.kinds.register(ORAL_KIND);
  }
}
