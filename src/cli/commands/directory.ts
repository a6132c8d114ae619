import type { Command } from 'commander';
import type { Cli, Outcome } from '../cli.js';
import type { Directory, ListedAgency } from '../client-models.js';
import { example } from '../command.js';
import { EXIT, Failure } from '../failures.js';
import { connect } from '../profile.js';
import { table } from '../rendering.js';

/** Lists agencies and units with the codes by which they are addressed. */
export function define(command: Command, cli: Cli): void {
  example(command, cli, 'liaison directory', 'liaison directory VN-CUS')
    .argument('[agency]', cli.text('cli.directory.agency'))
    .action(cli.runs((agency: string | undefined) => directory(cli, agency)));
}

async function directory(cli: Cli, code?: string): Promise<Outcome> {
  const { client } = await connect(cli);
  const listed = await client.directory();
  if (code === undefined) return { document: listed, lines: [...everything(cli, listed)] };
  const agency = listed.agencies.find(({ id }) => id === code.toUpperCase());
  if (!agency) throw new Failure(EXIT.refused, 'cli.failure.noSuchAgency', { name: code });
  return { document: agency, lines: unitTable(cli, agency) };
}

function everything(cli: Cli, { agencies, agreements, communities }: Directory): string[] {
  const rows = agencies.flatMap((agency) => [
    [agency.id, nameOf(cli, agency)],
    ...agency.units.map((unit) => [`  ${unit.id}`, nameOf(cli, unit)]),
  ]);
  return [
    ...table([[cli.text('cli.directory.code'), cli.text('cli.directory.name')], ...rows]),
    ...headed(
      cli.text('cli.directory.agreements'),
      agreements.map(({ id, titleEn, titleVi, parties, articles }) => [
        `  ${id}/${articles.map((article) => article.id).join(',')}`,
        cli.language === 'vi' ? titleVi : titleEn,
        parties.join(', '),
      ]),
    ),
    ...headed(
      cli.text('cli.directory.communities'),
      communities.map(({ id, nameEn, nameVi }) => [`  community:${id}`, cli.language === 'vi' ? nameVi : nameEn]),
    ),
  ];
}

function headed(heading: string, rows: string[][]): string[] {
  return rows.length === 0 ? [] : [heading, ...table(rows)];
}

function unitTable(cli: Cli, agency: ListedAgency): string[] {
  const head = (['code', 'name', 'place', 'phone'] as const).map((name) => cli.text(`cli.directory.${name}`));
  const rows = agency.units.map((unit) => [unit.id, nameOf(cli, unit), unit.place ?? '', unit.phone24h ?? '']);
  return table([head, [agency.id, nameOf(cli, agency), '', ''], ...rows]);
}

/** The name, and what became of who is no more. */
function nameOf(cli: Cli, { nameEn, nameVi, validUntil, successorId }: Omit<ListedAgency, 'kind' | 'units'>): string {
  const name = cli.language === 'vi' ? nameVi : nameEn;
  if (validUntil === null) return name;
  const then = successorId === null ? [] : [cli.text('cli.directory.successor', { successor: successorId })];
  return `${name} (${[cli.text('cli.directory.dissolved'), ...then].join(', ')})`;
}
