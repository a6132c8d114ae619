import { Controller, Get, Header, Param } from '@nestjs/common';
import { Public } from '../access/permission.js';
import { NotFound } from '../common/errors.js';
import { HubIdentity } from '../common/hub-identity.js';
import { jsonSchemaOf } from './body/json-schema.js';
import { Handling } from './body/handling.js';
import { ObjectKinds } from './object-kind.js';

const FILE = /^([a-z]+)\.v1\.json$/;

/** JSON Schemas of the bodies of every kind, from the classes that check them. Open to all: they are the protocol, not data. */
@Controller('schemas')
export class SchemasController {
  /** Making one takes 10 ms, and anybody may ask. */
  private readonly made = new Map<string, object>();

  constructor(
    private readonly kinds: ObjectKinds,
    private readonly hub: HubIdentity,
  ) {}

  @Get()
  @Public(true)
  list(): { schemas: string[] } {
    const names = ['handling', ...this.kinds.all().map((kind) => kind.kind)].sort();
    return { schemas: names.map((name) => `${this.hub.publicUrl}/schemas/${name}.v1.json`) };
  }

  @Get(':file')
  @Public(true)
  @Header('content-type', 'application/schema+json')
  schema(@Param('file') file: string): object {
    const name = FILE.exec(file)?.[1] ?? '';
    const form = name === 'handling' ? Handling : this.kinds.get(name)?.body;
    if (!form) throw new NotFound();
    const schema = this.made.get(name) ?? jsonSchemaOf(form);
    this.made.set(name, schema);
    return schema;
  }
}
