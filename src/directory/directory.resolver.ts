import { Context, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import type { Caller } from '../access/caller.js';
import { CurrentCaller, type GraphqlContext } from '../access/current-caller.js';
import { Allow } from '../access/permission.js';
import { loaderOf } from '../common/loader.js';
import { Agency } from './agency.entity.js';
import { Me } from './directory.models.js';
import { DirectoryService } from './directory.service.js';
import { Unit } from './unit.entity.js';

@Resolver(() => Agency)
export class DirectoryResolver {
  constructor(private readonly service: DirectoryService) {}

  @Query(() => [Agency], { description: 'Every agency on this hub, also those that have been dissolved' })
  @Allow('directory.read')
  agencies(@CurrentCaller() caller: Caller): Promise<Agency[]> {
    return this.service.agencies(caller);
  }

  @Query(() => Me, { description: 'Who is asking, under which agreements and in which communities' })
  @Allow('directory.read')
  me(@CurrentCaller() caller: Caller): Promise<Me> {
    return this.service.me(caller);
  }

  @ResolveField(() => [Unit], { description: 'Its units, also those that have been dissolved' })
  units(@Parent() agency: Agency, @Context() context: GraphqlContext): Promise<Unit[]> {
    return loaderOf(context, 'units', async (ids: readonly string[]) => {
      const units = await this.service.units(context.caller!, ids);
      return ids.map((id) => units.filter((unit) => unit.agencyId === id));
    }).load(agency.id);
  }
}
