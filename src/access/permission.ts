import { Reflector } from '@nestjs/core';

/** Every permission of the hub; a typo does not compile. */
export type Permission = 'directory.read' | 'objects.read' | 'objects.submit' | 'keys.publish';

/** The permission that a caller needs for this operation. */
export const Allow = Reflector.createDecorator<Permission>();

/** Anyone may call this operation, signed in or not. */
export const Public = Reflector.createDecorator<true>();
