import { Field, GraphQLISODateTime, ID, InputType, ObjectType } from '@nestjs/graphql';
import { Visible } from '../access/visibility.js';
import { ReplyInput } from '../exchange/composition.js';
import { PageInfo, SignedObject } from '../exchange/exchange.models.js';
import { NoteBody } from './body/note-body.js';

@InputType({
  description:
    'A note to be composed: on a request, to the other side; on an alert, to its sender, or from its sender to its addressees',
})
export class ComposeNoteInput extends ReplyInput {
  @Field(() => ID, { description: 'Id of the newest version of the alert or request' })
  object: string;

  @Field(() => [String], {
    nullable: true,
    description:
      'Whom it goes to; the other side when absent. The sender of an alert may name one agency or unit that has received it, and the others do not learn of the note.',
  })
  to?: string[] | null;

  @Field(() => NoteBody, { description: 'What it says' })
  body: NoteBody;
}

@ObjectType({ description: 'A note on an alert or a request, opened. The opening is recorded for its owner.' })
@Visible('released')
export class Note {
  @Field(() => ID)
  id: string;

  @Field(() => String, { description: 'Agency that wrote it, such as VN-CUS' })
  from: string;

  @Field(() => String, { description: 'Unit that wrote it, such as VN-CUS-AS' })
  unit: string;

  @Field(() => [String], { description: 'Addressees: the other side, or one recipient of an alert' })
  to: string[];

  @Field(() => GraphQLISODateTime, { description: 'When the hub accepted it' })
  at: Date;

  @Field(() => String, { description: 'Language of the note, ISO 639-1' })
  language: string;

  @Field(() => String, { description: 'What it says' })
  text: string;

  @Field(() => SignedObject, { description: 'The signed object that it is read from' })
  object: SignedObject;
}

@ObjectType({ description: 'A note with its place in the list' })
@Visible('list')
export class NoteEdge {
  @Field(() => String)
  cursor: string;

  @Field(() => Note)
  node: Note;
}

@ObjectType({ description: 'Oldest first' })
@Visible('list')
export class NoteConnection {
  @Field(() => [NoteEdge])
  edges: NoteEdge[];

  @Field(() => [Note])
  nodes: Note[];

  @Field(() => PageInfo)
  pageInfo: PageInfo;
}
