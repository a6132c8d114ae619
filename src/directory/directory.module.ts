import { Module } from '@nestjs/common';
import { DirectoryResolver } from './directory.resolver.js';
import { DirectoryService } from './directory.service.js';

/** Agencies, units, communities and agreements. Read by everyone; written by the operator's commands. */
@Module({ providers: [DirectoryResolver, DirectoryService] })
export class DirectoryModule {}
