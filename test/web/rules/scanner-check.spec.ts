import { describe, expect, it } from '@jest/globals';
import { TEST_CODE } from '../../../src/shared/keyboard-layouts';
import { checked } from '../../../web/src/warehouse/codes/scanner-check';

describe('The test code tells of a scanner', () => {
  it('that it is right, with or without the kind of code before it', () => {
    expect([TEST_CODE, ` ${TEST_CODE}\n`, `]C1${TEST_CODE}`].map((typed) => checked(typed).isRight)).toEqual([true, true, true]);
  });

  it.each([
    ['BHßTESTßAQWMZY-0123456789', 'Another keyboard layout', /as for a US keyboard, this computer has a German one/],
    ['BH)TEST)QAZ?YW!à&é"\'(-è_ç', 'Another keyboard layout', /country French/],
    ['bh-test-aqwmyz/0123456789', 'Caps Lock is on', /exchanged/],
    ['BH_TEST_AQWMYZ?)!@#$%^&*(', 'Shift is held down', /Caps Lock/],
    ['BH-TEST-AQW', 'Not complete', /delay between characters/],
    ['4006381333931', 'Not the test code', /4006381333931/],
  ])('what is wrong: %s', (typed, title, text) => {
    expect(checked(typed)).toMatchObject({ isRight: false, title, text: expect.stringMatching(text) });
  });
});
