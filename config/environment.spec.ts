import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { BadConfiguration, readEnvironment } from './environment.js';

describe('the environment', () => {
  it('is a demonstration on loopback when nothing is set', () => {
    const environment = readEnvironment({});
    expect(environment).toMatchObject({ HOST: '127.0.0.1', PORT: 3000, isDemonstration: true });
    expect(environment.DATABASE_URL).toBeUndefined();
    expect(environment.DATA_FOLDER).toMatch(/\/data$/);
  });

  it('names every bad value at once', () => {
    const bad = { HUB_ID: 'Not A Host', PORT: '70000', DATABASE_URL: 'mysql://x/y', LOG_LEVEL: 'loud' };
    expect(() => readEnvironment(bad)).toThrow(BadConfiguration);
    try {
      readEnvironment(bad);
    } catch (error) {
      expect((error as BadConfiguration).problems).toHaveLength(4);
    }
  });

  it('takes addresses and networks of proxies, and limits that are whole numbers', () => {
    expect(proxies('10.0.0.0/8, ::1')).toEqual(['10.0.0.0/8', '::1']);
    expect(readEnvironment({}).TRUSTED_PROXIES).toEqual([]);
    for (const bad of ['proxy.example', '10.0.0.0/33', '1', '10.0.0.1,', 'loopback', '::1/', '10.0.0.0/8/8']) {
      expect(() => proxies(bad)).toThrow(/TRUSTED_PROXIES must be/);
    }
    expect(readEnvironment({ POINTS_PER_MINUTE: '5000' }).POINTS_PER_MINUTE).toBe(5000);
    for (const bad of ['0', '1.5', 'many', '-1']) {
      expect(() => readEnvironment({ POINTS_PER_MINUTE: bad })).toThrow(
        'POINTS_PER_MINUTE must be a whole number from 1 to',
      );
    }
  });

  it('has the limits that config/example.env tells the operator', () => {
    const told = [...readFileSync('config/example.env', 'utf8').matchAll(/^(\w+)=(\d+)$/gm)];
    const limits = Object.fromEntries(told.map(([, name, value]) => [name, Number(value)]));
    expect(Object.keys(limits).length).toBeGreaterThan(9);
    expect(readEnvironment({})).toMatchObject(limits);
  });

  it('takes a store of files whole, and over TLS alone unless it is on this machine', () => {
    const store = { S3_ADDRESS: 'https://s3.example', S3_BUCKET: 'files' };
    expect(readEnvironment(store)).toMatchObject({ ...store, S3_REGION: 'us-east-1', S3_PATH_STYLE: true });
    expect(readEnvironment({ ...store, S3_PATH_STYLE: 'false' }).S3_PATH_STYLE).toBe(false);
    expect(readEnvironment({ ...store, S3_ADDRESS: 'http://127.0.0.1:9000' }).S3_ADDRESS).toBe('http://127.0.0.1:9000');
    for (const [bad, problem] of [
      [{ S3_BUCKET: '' }, /must be set together/],
      [{ S3_ADDRESS: '' }, /must be set together/],
      [{ S3_ADDRESS: 'http://s3.example' }, /must begin with https/],
      [{ S3_ADDRESS: 's3.example' }, /S3_ADDRESS must be/],
      [{ S3_ADDRESS: 'https://key:secret@s3.example' }, /S3_ADDRESS must be/],
      [{ S3_BUCKET: '../files' }, /S3_BUCKET must be/],
      [{ S3_REGION: 'a/b' }, /S3_REGION must be/],
      [{ S3_PATH_STYLE: 'yes' }, /S3_PATH_STYLE must be/],
    ] as const) {
      expect(() => readEnvironment({ ...store, ...bad })).toThrow(problem);
    }
  });

  it('takes a mail server with the address that notices come from, and without a password', () => {
    const mail = { SMTP_URL: 'smtp://mail.example:587', SMTP_FROM: 'hub@customs.example' };
    expect(readEnvironment(mail)).toMatchObject(mail);
    for (const [bad, problem] of [
      [{ SMTP_FROM: '' }, /must be set together/],
      [{ SMTP_URL: '' }, /must be set together/],
      [{ SMTP_URL: 'smtp://hub:secret@mail.example' }, /SMTP_URL must be/],
      [{ SMTP_URL: 'http://mail.example' }, /SMTP_URL must be/],
      [{ SMTP_URL: 'smtp://mail.example?tls.rejectUnauthorized=false' }, /SMTP_URL must be/],
      [{ SMTP_FROM: 'Hub <hub@customs.example>' }, /SMTP_FROM must be/],
      [{ SMTP_FROM: 'hub@customs.example\r\nBcc: x@elsewhere.example' }, /SMTP_FROM must be/],
    ] as const) {
      expect(() => readEnvironment({ ...mail, ...bad })).toThrow(problem);
    }
  });

  it('keeps a demonstration on this machine', () => {
    expect(() => readEnvironment({ HOST: '0.0.0.0' })).toThrow(/this machine only/);
    expect(readEnvironment({ HOST: '0.0.0.0', HUB_ID: 'hub.example' }).HOST).toBe('0.0.0.0');
  });

  it('keeps the sign-in of a demonstration from being published', () => {
    for (const local of ['http://localhost:3000', 'http://127.0.0.1', 'http://[::1]:3000/', 'https://localhost']) {
      expect(readEnvironment({ PUBLIC_URL: local }).PUBLIC_URL).toBe(local);
    }
    for (const foreign of ['https://demo.example', 'https://localhost.example', 'https://127.0.0.1.example']) {
      expect(() => readEnvironment({ PUBLIC_URL: foreign })).toThrow(/must name this machine/);
    }
  });

  it('has others reached over TLS alone', () => {
    const hub = { HUB_ID: 'hub.example' };
    expect(readEnvironment({ ...hub, PUBLIC_URL: 'https://hub.example' }).PUBLIC_URL).toBe('https://hub.example');
    expect(() => readEnvironment({ ...hub, PUBLIC_URL: 'http://hub.example' })).toThrow(/must begin with https/);
  });

  it('counts an empty variable as unset', () => {
    expect(readEnvironment({ PORT: '' }).PORT).toBe(3000);
  });
});

function proxies(text: string): string[] {
  return readEnvironment({ TRUSTED_PROXIES: text }).TRUSTED_PROXIES;
}
