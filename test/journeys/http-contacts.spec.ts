import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ContactsStore } from '../../src/contacts/contacts.store.js';
import { systemClock } from '../../src/shared/clock.js';

describe('Personal data', () => {
  let folder: string;
  let contacts: ContactsStore;
  const ann = { name: 'Ann', email: 'ann@example.com', phone: null, address: null };
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'backhaul-contacts-'));
    contacts = new ContactsStore(folder, systemClock);
  });
  afterEach(async () => {
    contacts.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('has one reference per order, which tells nothing about the order', () => {
    expect(contacts.contactRefOf('1001')).toBe(contacts.contactRefOf('1001'));
    expect(contacts.contactRefOf('1001')).not.toBe(contacts.contactRefOf('1002'));
    expect(contacts.contactRefOf('1001')).not.toContain('1001');
  });

  it('is there again after a restart, in its latest form', async () => {
    const ref = contacts.contactRefOf('1001');
    await contacts.putContact(ref, ann);
    await contacts.putContact(ref, { ...ann, phone: '+49 30 1' });
    const noteRef = await contacts.putText(ref, 'Too small.\nSorry!');
    contacts.close();
    contacts = new ContactsStore(folder, systemClock);
    expect(await contacts.getContact(ref)).toEqual({ ...ann, phone: '+49 30 1' });
    expect(await contacts.getText(noteRef)).toBe('Too small.\nSorry!');
    expect(await contacts.getContact('nobody')).toBeUndefined();
    expect(await contacts.getText('nothing')).toBeUndefined();
  });

  it('keeps many texts written at the same moment, the same text once', async () => {
    const texts = Array.from({ length: 100 }, (_, n) => `Note ${n % 50}`);
    const refs = await Promise.all(texts.map((text) => contacts.putText('subject', text)));
    expect(new Set(refs).size).toBe(50);
    expect(await Promise.all(refs.map((ref) => contacts.getText(ref)))).toEqual(texts);
    expect(await contacts.putText('another subject', 'Note 1')).not.toBe(refs[1]);
  });
});
