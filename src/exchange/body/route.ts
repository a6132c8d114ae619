import { RouteCertainty, RouteRole } from '../../common/codes/movement-codes.js';
import { BodyClass, BodyField } from './rules/body-class.js';
import { CodeOf } from './rules/code.js';
import { Country, UnLocode } from './rules/identifier.js';
import { Optional } from './rules/presence.js';
import { Check } from './rules/rule.js';
import { ShortText } from './rules/text.js';
import { LocalDate } from './rules/time.js';

@BodyClass('RouteStop', 'One place on a route. Stops stand in the order of travel.')
export class RouteStop {
  @BodyField(() => RouteRole, { description: 'What the place is on this route.' })
  @CodeOf(RouteRole)
  @Check<RouteStop>(
    'placed',
    'problem.placed',
    ({ locode, place, country }) => locode !== undefined || place !== undefined || country !== undefined,
  )
  role: RouteRole;

  @BodyField(() => String, { nullable: true, description: 'UN/LOCODE of the port, airport or place.' })
  @Optional()
  @UnLocode()
  locode?: string;

  @BodyField(() => String, { nullable: true, description: 'The place in words, when it has no UN/LOCODE.' })
  @Optional()
  @ShortText(120)
  place?: string;

  @BodyField(() => String, { nullable: true, description: 'Country, ISO 3166-1 alpha-2, when no more is known.' })
  @Optional()
  @Country()
  country?: string;

  @BodyField(() => RouteCertainty, { description: 'How sure the stop is.' })
  @CodeOf(RouteCertainty)
  certainty: RouteCertainty;

  @BodyField(() => String, {
    nullable: true,
    description: 'Day of arrival (of departure, at the first stop) as planned; date at the place.',
  })
  @Optional()
  @LocalDate()
  plannedOn?: string;

  @BodyField(() => String, {
    nullable: true,
    description: 'Day on which it really arrived (or departed); date at the place.',
  })
  @Optional()
  @LocalDate()
  actualOn?: string;
}
