import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { SecretsFolder } from '../database/secrets.js';
import { WrappingKeys } from '../database/wrapping-keys.js';
import { PartVault } from './part-vault.js';

const vault = (): PartVault =>
  new PartVault(new WrappingKeys(new SecretsFolder(mkdtempSync(join(tmpdir(), 'vault ')))));

describe('the part vault', () => {
  it('gives the text back to an agency it was sealed for, under its own key', async () => {
    const v = vault();
    const sealed = await v.seal('tên người', 'object-1', ['VN-CUS', 'TH-CUS']);
    expect(sealed.ciphertext.includes(Buffer.from('tên người'))).toBe(false);
    expect(sealed.keys['VN-CUS']).not.toEqual(sealed.keys['TH-CUS']);
    expect(await v.open(sealed, 'object-1', 'TH-CUS', sealed.keys['TH-CUS']!)).toBe('tên người');
  });

  it('refuses another agency, another object and an altered text', async () => {
    const v = vault();
    const sealed = await v.seal('x', 'object-1', ['VN-CUS']);
    const wrapped = sealed.keys['VN-CUS']!;
    await expect(v.open(sealed, 'object-1', 'LA-CUS', wrapped)).rejects.toThrow();
    await expect(v.open(sealed, 'object-2', 'VN-CUS', wrapped)).rejects.toThrow();
    const altered = Buffer.from(sealed.ciphertext);
    altered[0]! ^= 1;
    await expect(v.open({ ...sealed, ciphertext: altered }, 'object-1', 'VN-CUS', wrapped)).rejects.toThrow();
  });

  it('refuses a text whose seal was cut short, so that it cannot be guessed', async () => {
    const v = vault();
    const sealed = await v.seal('', 'object-1', ['VN-CUS']);
    const cut = { ...sealed, ciphertext: sealed.ciphertext.subarray(0, 4) };
    await expect(v.open(cut, 'object-1', 'VN-CUS', sealed.keys['VN-CUS']!)).rejects.toThrow();
  });

  it('keeps its wrapping keys between processes', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'vault '));
    const sealed = await new PartVault(new WrappingKeys(new SecretsFolder(folder))).seal('x', 'o', ['VN-CUS']);
    const again = new PartVault(new WrappingKeys(new SecretsFolder(folder)));
    expect(await again.open(sealed, 'o', 'VN-CUS', sealed.keys['VN-CUS']!)).toBe('x');
  });
});
