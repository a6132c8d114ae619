import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { finalize, type Observable } from 'rxjs';

declare module 'fastify' {
  interface FastifyRequest {
    /** One of the caller's few turns with files; on their routes only. */
    fileTurn?: SharedTurn;
  }
}

/** A turn that is over, once and for all, when the last of those who hold it lets go. */
export class SharedTurn {
  private readonly holders = new Set<symbol>();
  private isOver = false;

  constructor(private readonly end: () => void) {}

  /** What lets go again. Throws when the turn is over. */
  hold(): () => void {
    if (this.isOver) throw new Error('The turn is over');
    const holder = Symbol('holder');
    this.holders.add(holder);
    return () => {
      if (!this.holders.delete(holder) || this.holders.size > 0) return;
      this.isOver = true;
      this.end();
    };
  }
}

/** The caller's turn lasts for as long as the hub works at a file: who hangs up after the last byte gets no other for it. */
@Injectable()
export class HoldsFileTurn implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const letGo = context.switchToHttp().getRequest<FastifyRequest>().fileTurn?.hold();
    return next.handle().pipe(finalize(() => letGo?.()));
  }
}
