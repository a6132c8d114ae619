import { Reflector } from '@nestjs/core';

/** Every permission of the hub; a typo does not compile. */
export type Permission =
  | 'directory.read'
  | 'objects.read'
  | 'objects.submit'
  | 'desk.work'
  | 'keys.publish'
  | 'session.own'
  | 'officers.enrol'
  | 'agency.administer'
  | 'hub.administer';

/** The permission that a caller needs for this operation. */
export const Allow = Reflector.createDecorator<Permission>();

/** Anyone may call this operation, signed in or not. */
export const Public = Reflector.createDecorator<true>();

/** An officer needs a passkey used within the last five minutes for this operation; a unit's system has its own rules. */
export const StepUp = Reflector.createDecorator<true>();
