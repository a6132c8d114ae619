import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

/** One change that makes the hub worse; a test must notice it. */
export interface Mutation {
  /** The same in every run, as long as the line is the same: `src/a.ts "the line" what is done`. */
  id: string;
  file: string;
  start: number;
  end: number;
  replacement: string;
}

/** In place of a check that refuses, and of a condition that lets pass. */
export const NEVER = 'false as boolean';
export const ALWAYS = '(true as boolean)';

/** Whose checks are taken out: where it is decided what is genuine and who may do what. */
const CHECKING = [
  'protocol',
  'access',
  'edge',
  'audit',
  'trust',
  'directory',
  'session',
  'files',
  'exchange',
  'alerts',
  'requests',
  'sockets',
  'administration',
  'operator',
  'common',
];
/** Where a function that answers yes or no lets a caller in. */
const ASKING = /^src\/(access|edge|session|sockets)\//;
const LIMIT =
  /MAX|MOST|LIMIT|LEAST|_MS$|SECONDS|MINUTES|HOURS|LIFETIME|TOLERANCE|_AGE$|DEPTH|WAITING|PLACES|TRIES|AT_ONCE|TOKENS|PER_MINUTE|OPERATIONS/;

/** How often or how soon the hub does something of its own, which refuses nobody anything. */
const PACE = /RECONNECT|GATHER|INTERVAL|LOOK_AGAIN|ABANDONED|CHECK_MS|PAUSE/;

const SIGNED_IN = '((SELECT cmd.my_agency()) IS NOT NULL)';

/** Every mutation of the sources under this folder. */
export function mutationsOf(folder: string): Mutation[] {
  const sources = ['src', 'config', 'migrations'].flatMap((name) =>
    readdirSync(join(folder, name), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !/\.(spec|example)\.ts$|testing\.ts$/.test(file))
      .map((file) => join(name, file)),
  );
  return sources.sort().flatMap((file) => mutationsIn(file, readFileSync(join(folder, file), 'utf8')));
}

/** Every mutation of one source. */
export function mutationsIn(file: string, text: string): Mutation[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const found: Mutation[] = [];
  const add = (what: string, start: number, end: number, replacement: string): void => {
    const line = text
      .slice(text.lastIndexOf('\n', start) + 1)
      .split('\n')[0]!
      .trim();
    const name = `${file} "${line.slice(0, 90)}" ${what}`;
    const same = found.filter(({ id }) => id === name || id.startsWith(`${name} #`)).length;
    found.push({ id: same === 0 ? name : `${name} #${same + 1}`, file, start, end, replacement });
  };
  const visit = (node: ts.Node): void => {
    // The way back of a migration protects nobody.
    if (ts.isMethodDeclaration(node) && node.name.getText() === 'down' && file.startsWith('migrations/')) return;
    if (ts.isDecorator(node)) decorator(node, add);
    const isChecking = CHECKING.some((name) => file.startsWith(`src/${name}/`));
    if (ts.isPropertyDeclaration(node) && file.startsWith('config/')) limit(node, add);
    if (ts.isVariableDeclaration(node) && isChecking) limit(node, add);
    if (ts.isIfStatement(node) && isChecking) check(node, add);
    if (ASKING.test(file)) condition(node, add);
    if (ts.isNoSubstitutionTemplateLiteral(node) && file.startsWith('migrations/')) {
      policies(node, text, add);
      refusals(node, text, add);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

type Add = (what: string, start: number, end: number, replacement: string) => void;

/** An operation that declares another right, or asks for no passkey. */
function decorator(node: ts.Decorator, add: Add): void {
  if (!ts.isCallExpression(node.expression)) return;
  const name = node.expression.expression.getText();
  const [argument] = node.expression.arguments;
  if (name === 'Allow') {
    add('open to everybody', node.getStart(), node.getEnd(), '');
    const weaker = argument?.getText() === "'directory.read'" ? "'session.own'" : "'directory.read'";
    add('with another right', node.getStart(), node.getEnd(), `@Allow(${weaker} as never)`);
  }
  if (name === 'StepUp') add('without passkey', node.getStart(), node.getEnd(), '');
  if (name === 'Public') add('not public', node.getStart(), node.getEnd(), '');
}

/** A limit a thousand times as large. */
function limit(node: ts.VariableDeclaration | ts.PropertyDeclaration, add: Add): void {
  const { initializer } = node;
  if (!initializer || !LIMIT.test(node.name.getText()) || PACE.test(node.name.getText())) return;
  if (ts.isNumericLiteral(initializer) || isProduct(initializer)) {
    add('a thousand times as large', initializer.getStart(), initializer.getEnd(), `(${initializer.getText()}) * 1000`);
  }
}

function isProduct(node: ts.Expression): boolean {
  return (
    ts.isBinaryExpression(node) &&
    node.operatorToken.kind === ts.SyntaxKind.AsteriskToken &&
    [node.left, node.right].every((side) => ts.isNumericLiteral(side) || isProduct(side))
  );
}

/** A check that never refuses: `if (…) throw …` where there is no more to it. What passes on an error that it was given checks nothing. */
function check(node: ts.IfStatement, add: Add): void {
  const only = ts.isBlock(node.thenStatement) ? node.thenStatement.statements[0] : node.thenStatement;
  const isAlone = !ts.isBlock(node.thenStatement) || node.thenStatement.statements.length === 1;
  if (only && isAlone && ts.isThrowStatement(only) && only.expression.getText() !== 'error' && !node.elseStatement) {
    add('not checked', node.expression.getStart(), node.expression.getEnd(), NEVER);
  }
}

/** One of the conditions that a function asks for together, where its name says that it answers a question: `return a && b`. */
function condition(node: ts.Node, add: Add): void {
  if (!ts.isFunctionDeclaration(node) && !ts.isMethodDeclaration(node)) return;
  if (!node.name || !/^(is|may|has|can|sees)[A-Z]/.test(node.name.getText())) return;
  for (const statement of node.body?.statements ?? []) {
    if (!ts.isReturnStatement(statement) || !statement.expression) continue;
    for (const each of conjuncts(statement.expression)) {
      add(`without ${each.getText().slice(0, 60)}`, each.getStart(), each.getEnd(), ALWAYS);
    }
  }
}

/** What stands between `&&`, where there is any. */
function conjuncts(node: ts.Expression): ts.Expression[] {
  if (ts.isParenthesizedExpression(node)) return conjuncts(node.expression);
  if (!ts.isBinaryExpression(node) || node.operatorToken.kind !== ts.SyntaxKind.AmpersandAmpersandToken) return [];
  return [node.left, node.right].flatMap((side) => {
    const inner = conjuncts(side);
    return inner.length > 0 ? inner : [side];
  });
}

/** A command of the database that never refuses: `IF … THEN RAISE EXCEPTION`. */
function refusals(node: ts.NoSubstitutionTemplateLiteral, text: string, add: Add): void {
  const sql = text.slice(node.getStart(), node.getEnd());
  for (const match of sql.matchAll(/\b(?:ELS)?IF\s+((?:(?!\bTHEN\b)[^;])+?)\s+THEN\s+RAISE EXCEPTION/g)) {
    const start = node.getStart() + match.index + match[0].indexOf(match[1]!, 2);
    add('not refused', start, start + match[1]!.length, 'false');
  }
}

/**
 * A policy for the server's role that lets through whoever is signed in, which the check at start cannot notice; and whoever asks, where
 * it was for all who are signed in.
 */
function policies(node: ts.NoSubstitutionTemplateLiteral, text: string, add: Add): void {
  const sql = text.slice(node.getStart(), node.getEnd());
  for (const match of sql.matchAll(/CREATE POLICY \w+ ON [\w.]+[^;]*?TO hub_app\b[^;]*?(USING|WITH CHECK) \(/g)) {
    const open = match.index + match[0].length - 1;
    const close = closing(sql, open);
    if (close === -1) continue;
    const isOpen = sql.slice(open, close + 1) === SIGNED_IN;
    const [who, condition] = isOpen ? ['whoever asks', '(true)'] : ['whoever is signed in', SIGNED_IN];
    add(`${match[1]} ${who}`, node.getStart() + open, node.getStart() + close + 1, condition);
  }
}

function closing(text: string, open: number): number {
  let depth = 0;
  for (let i = open; i < text.length; i += 1) {
    if (text[i] === '(') depth += 1;
    if (text[i] === ')') depth -= 1;
    if (depth === 0) return i;
  }
  return -1;
}
