import { Module } from '@nestjs/common';
import { NoticeSender } from './notice-sender.js';
import { NoticesResolver } from './notices.resolver.js';
import { NoticesService } from './notices.service.js';

/** Who is told by e-mail that something waits, without a word of what it is. Stands on duties. */
@Module({ providers: [NoticeSender, NoticesResolver, NoticesService] })
export class NoticesModule {}
