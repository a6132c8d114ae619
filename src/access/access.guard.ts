import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { Forbidden, Unauthenticated } from '../common/errors.js';
import { checkFresh } from './check-fresh.js';
import { callerOf } from './current-caller.js';
import { Allow, Public, StepUp } from './permission.js';

/** Stands before every operation, GraphQL or HTTP. One that declares neither @Allow nor @Public is refused. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const operation = context.getHandler();
    if (this.reflector.get(Public, operation)) return true;

    const permission = this.reflector.get(Allow, operation);
    const caller = callerOf(context);
    if (!caller) throw new Unauthenticated();
    if (!permission || !caller.permissions.has(permission)) throw new Forbidden();
    if (this.reflector.get(StepUp, operation)) checkFresh(caller);
    return true;
  }
}
