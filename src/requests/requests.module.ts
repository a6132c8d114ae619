import { Module } from '@nestjs/common';
import { ExchangeModule } from '../exchange/exchange.module.js';
import { OralRequestsResolver } from './oral.resolver.js';
import { RequestComposer } from './request-composer.service.js';
import { RequestKinds } from './request-kinds.js';
import {
  AnswerOfStepResolver,
  AnswerToQuestionResolver,
  RequestOfObjectResolver,
  RequestOfOpenedResolver,
  RequestsResolver,
} from './requests.resolver.js';
import { RequestsService } from './requests.service.js';

/**
 * Requests for assistance: one object with two queues, and everything that answers it. Stands on exchange; withdrawal is a recall,
 * closing is the last feedback.
 */
@Module({
  imports: [ExchangeModule],
  providers: [
    AnswerOfStepResolver,
    AnswerToQuestionResolver,
    OralRequestsResolver,
    RequestComposer,
    RequestKinds,
    RequestOfObjectResolver,
    RequestOfOpenedResolver,
    RequestsResolver,
    RequestsService,
  ],
})
export class RequestsModule {}
