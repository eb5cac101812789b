import { describe, expect, it } from '@jest/globals';
import { hasOffset, isDateFormat, readInstant } from '../../src/shared/instants.js';

describe('a point in time, as people and programs write it', () => {
  it.each([
    ['2026-11-20T14:32:05Z', 'Europe/Berlin', '2026-11-20T14:32:05.000Z'],
    ['2026-11-20 14:32:05', 'Europe/Berlin', '2026-11-20T13:32:05.000Z'],
    ['2026-11-20 14:32:05 +0100', 'America/New_York', '2026-11-20T13:32:05.000Z'],
    ['2026-11-20 14:32:05 -0500', 'Europe/Berlin', '2026-11-20T19:32:05.000Z'],
    ['2026-11-20T14:32:05+01:00', 'UTC', '2026-11-20T13:32:05.000Z'],
    ['2026-11-20T14:32:05+01', 'UTC', '2026-11-20T13:32:05.000Z'],
    ['2026-11-20 14:32:05 UTC', 'Europe/Berlin', '2026-11-20T14:32:05.000Z'],
    ['2026-11-20T14:32:05.123456Z', 'UTC', '2026-11-20T14:32:05.123Z'],
    ['2026-11-20T14:32:05,9', 'UTC', '2026-11-20T14:32:05.900Z'],
    ['2026-11-20 14:32', 'Asia/Kolkata', '2026-11-20T09:02:00.000Z'],
    ['2026-10-31', 'America/New_York', '2026-10-31T04:00:00.000Z'],
    ['2026-11-02', 'America/New_York', '2026-11-02T05:00:00.000Z'],
  ])('%s in %s is %s', (text, timeZone, expected) => {
    expect(readInstant(text, timeZone)).toBe(expected);
  });

  it.each([
    ['a time that the clocks skip, as if they had not been turned yet', '2026-03-29 02:30', 'Europe/Berlin', '2026-03-29T01:30:00.000Z'],
    ['a time that happens twice, the first of the two', '2026-10-25 02:30', 'Europe/Berlin', '2026-10-25T00:30:00.000Z'],
    ['the same west of Greenwich', '2026-11-01 01:30', 'America/New_York', '2026-11-01T05:30:00.000Z'],
    ['a day that begins at one', '2018-11-04', 'America/Sao_Paulo', '2018-11-04T03:00:00.000Z'],
    ['half an hour that happens twice', '2026-04-05 01:45', 'Australia/Lord_Howe', '2026-04-04T14:45:00.000Z'],
    ['a day that a country left out', '2011-12-30', 'Pacific/Apia', '2011-12-30T10:00:00.000Z'],
  ])('is %s', (_, text, timeZone, expected) => {
    expect(readInstant(text, timeZone)).toBe(expected);
  });

  it.each([
    '',
    'tomorrow',
    '2026-02-30',
    '2026-13-01',
    '2026-11-20 24:00',
    '2026-11-20 14:60',
    '2026-11-20T14:32:05+15:00',
    '20.11.2026',
    '45384.3478',
    '2026-11-20Z',
    '1026-11-20',
  ])('is not %p', (text) => {
    expect(readInstant(text, 'UTC')).toBeUndefined();
  });

  it('says its offset or not', () => {
    expect(['2026-11-20T14:32:05Z', '2026-11-20 14:32 +0100', '2026-11-20 14:32', '2026-11-20', 'x'].map(hasOffset)).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
  });
});

describe('a date in a format of its own', () => {
  it.each([
    ['11/8/16', 'M/D/YY', '2016-11-08T00:00:00.000Z'],
    ['1/2/69', 'M/D/YY', '1969-01-02T00:00:00.000Z'],
    ['08.11.2016', 'DD.MM.YYYY', '2016-11-08T00:00:00.000Z'],
    ['20.11.2026 14:32', 'DD.MM.YYYY HH:mm', '2026-11-20T14:32:00.000Z'],
    ['20.11.2026', 'DD.MM.YYYY HH:mm', '2026-11-20T00:00:00.000Z'],
    ['20.11.2026 14:32 +0100', 'DD.MM.YYYY HH:mm', '2026-11-20T13:32:00.000Z'],
    ['11/20/2026 2:32 PM', 'M/D/YYYY h:mm A', '2026-11-20T14:32:00.000Z'],
    ['11/20/2026 12:05 am', 'M/D/YYYY h:mm A', '2026-11-20T00:05:00.000Z'],
    ['11/20/2026 14:32:05', 'MM/DD/YYYY HH:mm:ss', '2026-11-20T14:32:05.000Z'],
  ])('reads %s by %s', (text, format, expected) => {
    expect(readInstant(text, 'UTC', format)).toBe(expected);
  });

  it.each([
    ['2/30/16', 'M/D/YY'],
    ['13/1/16', 'M/D/YY'],
    ['8.11.2016', 'DD.MM.YYYY'],
    ['2016-11-08', 'DD.MM.YYYY'],
    ['11/20/2026 14:32 PM', 'M/D/YYYY h:mm A'],
  ])('refuses %s by %s', (text, format) => {
    expect(readInstant(text, 'UTC', format)).toBeUndefined();
  });

  it('names year, month and day once, and a time in full', () => {
    expect(['iso', 'M/D/YY', 'YYYY-MM-DD', 'DD.MM.YYYY HH:mm', 'M/D/YYYY h:mm A'].map(isDateFormat)).toEqual([
      true,
      true,
      true,
      true,
      true,
    ]);
    expect(['', 'M/D', 'M/D/YY/YY', 'MM/DD/YYYY HH', 'M(D)YY', 'DD.MM.YYYY h:mm'].map(isDateFormat)).toEqual([
      false,
      false,
      false,
      false,
      false,
      false,
    ]);
  });
});
