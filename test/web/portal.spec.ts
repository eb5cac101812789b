/** The customer's way from the sign-in to the money, in a real browser. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Browser, Locator } from 'playwright-core';
import { de } from '../../web/src/portal/words/de.js';
import { en } from '../../web/src/portal/words/en.js';
import { jpeg } from '../support/photos.js';
import { soon, waitFor } from '../support/wait-for.js';
import { describePages, DESK, expectPictures, launchBrowser, PHONE, visit } from './browser.js';
import { atStep, looksGood, PortalShop } from './portal-shop.js';

describePages('A customer files a return', () => {
  let shop: PortalShop;
  let browser: Browser;
  beforeAll(async () => {
    [shop, browser] = await Promise.all([PortalShop.open(), launchBrowser()]);
    await shop.policy({ returnShipping: { feeMinor: 490, freeFromMinor: 15_000 }, storeCreditBonusBp: 500 });
  });
  afterAll(async () => {
    await browser.close();
    await shop.close();
  });

  it.each([
    ['refuses', "get() { throw new DOMException('The operation is insecure.', 'SecurityError'); }"],
    ['has none', 'value: null'],
  ])('also in a browser that %s to keep anything', async (_how, property) => {
    const order = await shop.order();
    // Who signs out at once may leave the label's picture under way.
    const { page, context, leave } = await visit(browser, shop.app.url, { expected: /401.*\/labels\// });
    await context.addInitScript(
      `for (const name of ['localStorage', 'sessionStorage']) Object.defineProperty(window, name, { ${property} });`,
    );
    await page.goto('/');
    await page.getByLabel('Order number').fill(order.number);
    await page.getByLabel('E-mail address').fill(order.email);
    await page.getByRole('button', { name: 'Send me a code' }).click();
    await page.getByLabel('Code from the e-mail').fill(await shop.codeFor(order));
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('checkbox', { name: 'Stoneware mug' }).check();
    await page.getByRole('button', { name: 'DE, Deutsch' }).click();
    await page.getByRole('button', { name: 'Weiter' }).click();
    await page.getByLabel('Grund').selectOption('Zu klein');
    await page.getByRole('button', { name: 'Weiter' }).click();
    await page.getByRole('radio', { name: /Gutschein|Guthaben/ }).check();
    await page.getByRole('button', { name: 'Weiter' }).click();
    await page.getByRole('button', { name: de.check.send }).click();
    await page.getByText(de.return.filed).waitFor();
    await soon(async () => expect(await shop.returnsOf(order.orderId)).toHaveLength(1));
    await page.getByRole('button', { name: de.app.signOut }).click();
    await page.getByLabel(de.signIn.orderNumber).waitFor();
    await leave();
  });

  it('with a note pasted from a document that holds signs nobody sees', async () => {
    const { orderId } = await shop.order();
    const { page, leave } = await shop.customer(browser, orderId);
    await page.getByRole('checkbox', { name: 'Stoneware mug' }).check();
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByLabel('Reason').selectOption('Other');
    await page.getByRole('textbox', { name: 'Note' }).fill('\u0002The handle\u000bis loose');
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByText('You get back').first().waitFor();
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('button', { name: 'Send my return' }).click();
    await page.getByText(en.return.filed).waitFor();
    await soon(async () => expect((await shop.look(`${orderId}-R1`)).lines).toMatchObject([{ note: 'The handle is loose' }]));
    await leave();
  });

  it('and reads why the page shows another order, once another tab has signed in for it', async () => {
    const [mine, other] = [await shop.order(), await shop.order()];
    const { page, context, leave } = await shop.customer(browser, mine.orderId, { expected: /403/ });
    await page.getByRole('checkbox', { name: 'Stoneware mug' }).check();
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByLabel('Reason').selectOption('Too small');
    const tab = await context.newPage();
    await tab.goto(await shop.linkFor(other.orderId));
    await tab.getByText(`Order #${other.number}`).waitFor();
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByText(en.app.anotherOrder).waitFor();
    await page.getByText(`Order #${other.number}`).waitFor();
    await page.goto(await shop.linkFor(mine.orderId));
    await page.getByText(`Order #${mine.number}`).waitFor();
    await soon(async () => expect(await page.getByRole('checkbox', { name: 'Stoneware mug' }).isChecked()).toBe(true));
    await leave();
  });

  it.each([
    ['320', PHONE],
    ['1280', DESK],
  ])('in five steps with the mouse, at %s pixels', async (size, viewport) => {
    const order = await shop.order();
    const { page, leave } = await visit(browser, shop.app.url, { viewport });
    await page.goto('/');
    await atStep(page, 1, 'Sign in');
    await looksGood(page, `portal-sign-in-${size}`);
    await page.getByLabel('Order number').fill(order.number);
    await page.getByLabel('E-mail address').fill(order.email);
    await page.getByRole('button', { name: 'Send me a code' }).click();
    await page.getByText('No mail server is set up here').waitFor();
    await page.getByLabel('Code from the e-mail').fill(` ${await shop.codeFor(order)} `);
    await looksGood(page, `portal-code-${size}`);
    await page.getByRole('button', { name: 'Sign in' }).click();

    await atStep(page, 2, 'What would you like to return?');
    await page.getByText('sold as final sale and cannot be returned').waitFor();
    await page.getByRole('checkbox', { name: 'Linen shirt' }).check();
    await page.getByRole('button', { name: 'One more of Linen shirt' }).click();
    await page.getByRole('checkbox', { name: 'Stoneware mug' }).check();
    await page.getByText('3 items chosen').waitFor();
    await looksGood(page, `portal-items-${size}`);
    await page.getByRole('button', { name: 'Continue' }).click();

    await atStep(page, 3, 'Tell us why');
    const [shirt, mug] = [page.getByRole('region', { name: 'Linen shirt' }), page.getByRole('region', { name: 'Stoneware mug' })];
    await shirt.getByLabel('Reason').selectOption('Too small');
    await mug.getByLabel('Reason').selectOption('Defective');
    await soon(async () => expect(await mug.getByLabel('Condition').inputValue()).toBe('defective'));
    await mug.getByLabel('Note').fill('The handle is loose.');
    await mug
      .locator('input[type=file]')
      .setInputFiles({ name: 'handle.jpg', mimeType: 'image/jpeg', buffer: Buffer.from(await jpeg(400, 300)) });
    await mug.getByRole('img', { name: 'Photo 1 of Stoneware mug' }).waitFor();
    await looksGood(page, `portal-details-${size}`);
    await page.getByRole('button', { name: 'Continue' }).click();

    await atStep(page, 4, 'Your money and return shipping');
    await page.getByText('free', { exact: true }).first().waitFor();
    await page.getByRole('radio', { name: /Original payment.*€50\.18/ }).waitFor();
    await page.getByRole('radio', { name: /Store credit.*€52\.69/ }).check();
    await page.getByRole('region', { name: 'Your refund' }).getByText('€52.69', { exact: true }).waitFor();
    await looksGood(page, `portal-offers-${size}`);
    await page.getByRole('radio', { name: /Original payment/ }).check();
    await page.getByRole('region', { name: 'Your refund' }).getByText('€50.18', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Continue' }).click();

    await atStep(page, 5, 'Check and send');
    await page.getByText('The handle is loose.').waitFor();
    await page.getByRole('region', { name: 'Your refund' }).getByText('€50.18', { exact: true }).waitFor();
    await looksGood(page, `portal-check-${size}`);
    await page.getByRole('button', { name: 'Send my return' }).click();

    await page.getByRole('heading', { level: 1, name: /Put the label on the parcel and hand it in by/ }).waitFor();
    await page.getByText('Your return is filed.').waitFor();
    const label = page.getByRole('img', { name: /Return label/ });
    await expectPictures(label, 1);
    expect(new URL(page.url()).pathname).toBe(`/r/${order.orderId}-R1`);
    await page.getByRole('img', { name: 'Photo 1' }).waitFor();
    await looksGood(page, `portal-return-${size}`);
    await soon(async () =>
      expect(await shop.look(`${order.orderId}-R1`)).toMatchObject({
        outcome: 'original_payment',
        method: 'label',
        money: { quotedMinor: 5018 },
        lines: [
          { lineId: 'shirt', authorised: 2, reason: 'too_small', condition: 'opened' },
          { lineId: 'mug', authorised: 1, reason: 'defective', condition: 'defective', photos: [expect.any(String)] },
        ],
      }),
    );
    expect(await page.evaluate(() => JSON.stringify([{ ...sessionStorage }, { ...localStorage }, location.href]))).not.toContain('handle');
    await leave();
  });

  it('with the keyboard alone, at 320 pixels', async () => {
    const order = await shop.order();
    const { page, leave } = await visit(browser, shop.app.url, { viewport: PHONE });
    const { keyboard } = page;
    const tabTo = async (target: Locator): Promise<void> => {
      await target.waitFor();
      for (let tabs = 0; tabs < 40; tabs += 1) {
        if (await target.evaluate((element) => element === document.activeElement)) return;
        await keyboard.press('Tab');
      }
      throw new Error(`The keyboard does not reach ${String(target)}`);
    };
    /** A new step begins at its heading, so that a screen reader reads it first. */
    const begins = async (step: number, title: string): Promise<void> => {
      await atStep(page, step, title);
      await waitFor(() => page.evaluate(() => document.activeElement?.tagName === 'H1'), `the focus on the heading of step ${step}`);
    };
    await page.goto('/');
    await tabTo(page.getByLabel('Order number'));
    await keyboard.press('Enter');
    await page.getByText('Enter your order number.').waitFor();
    await soon(async () => expect(await page.getByLabel('Order number').getAttribute('aria-invalid')).toBe('true'));
    await keyboard.type(order.number);
    await keyboard.press('Tab');
    await keyboard.type(order.email);
    await keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Enter your code' }).waitFor();
    await tabTo(page.getByLabel('Code from the e-mail'));
    await keyboard.type(await shop.codeFor(order));
    await keyboard.press('Enter');

    await begins(2, 'What would you like to return?');
    await tabTo(page.getByRole('button', { name: 'Continue' }));
    await keyboard.press('Enter');
    await page.getByText('Choose at least one item.').waitFor();
    await waitFor(
      () => page.getByRole('checkbox', { name: 'Linen shirt' }).evaluate((box) => box === document.activeElement),
      'the focus on the first item',
    );
    await keyboard.press('Space');
    await tabTo(page.getByRole('button', { name: 'One more of Linen shirt' }));
    await keyboard.press('Enter');
    await tabTo(page.getByRole('button', { name: 'Continue' }));
    await keyboard.press('Enter');

    await begins(3, 'Tell us why');
    await tabTo(page.getByRole('button', { name: 'Continue' }));
    await keyboard.press('Enter');
    const reason = page.getByLabel('Reason');
    await page.getByText('Choose a reason for Linen shirt.').waitFor();
    await waitFor(() => reason.evaluate((select) => select === document.activeElement), 'the focus on the reason');
    await soon(async () =>
      expect(
        await reason.evaluate((select) => document.getElementById(select.getAttribute('aria-describedby') ?? '')?.textContent),
      ).toContain('Choose a reason'),
    );
    await keyboard.type('Other');
    await soon(async () => expect(await reason.inputValue()).toBe('other'));
    await tabTo(page.getByRole('button', { name: 'Continue' }));
    await keyboard.press('Enter');
    await page.getByText('this reason needs a note').waitFor();
    await keyboard.type('Two of them have the same button missing.');
    await tabTo(page.getByRole('button', { name: 'Continue' }));
    await keyboard.press('Enter');

    await begins(4, 'Your money and return shipping');
    await page.getByRole('region', { name: 'Your refund' }).getByText('€34.78', { exact: true }).waitFor();
    await page.getByText('Return shipping would be free if the order were worth €55.40 more.').waitFor();
    await tabTo(page.getByRole('radio', { name: /Parcel with a printed label/ }));
    await keyboard.press('ArrowDown');
    await soon(async () => expect(await page.getByRole('radio', { name: /Drop-off with a code/ }).isChecked()).toBe(true));
    await tabTo(page.getByRole('button', { name: 'Continue' }));
    await keyboard.press('Enter');

    await begins(5, 'Check and send');
    await tabTo(page.getByRole('button', { name: 'Send my return' }));
    await keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: /show the code by/ }).waitFor();
    await waitFor(() => page.evaluate(() => document.activeElement?.tagName === 'H1'), 'the focus on what happens next');
    await page.getByRole('img', { name: /Drop-off code/ }).waitFor();
    await soon(async () =>
      expect(await shop.look(`${order.orderId}-R1`)).toMatchObject({
        method: 'drop_off',
        money: { quotedMinor: 3478 },
        lines: [{ authorised: 2, reason: 'other' }],
      }),
    );
    await leave();
  });

  it('in German from the first word to the last', async () => {
    const order = await shop.order();
    const { page, leave } = await visit(browser, shop.app.url, { viewport: DESK, locale: 'de-DE' });
    const speaksGerman = async (name: string): Promise<void> => {
      await soon(async () => expect(await page.evaluate(() => document.documentElement.lang)).toBe('de'));
      const said = [
        await page.title(),
        await page.locator('body').innerText(),
        (await page.locator('body').ariaSnapshot()).replaceAll(/\/url:.*/g, ''),
      ].join('\n');
      expect(englishIn(said, await wordsOfApi(order.orderId))).toEqual([]);
      await looksGood(page, name);
    };
    const { orderId } = order;
    const wordsOfApi = async (id: string): Promise<readonly string[]> => {
      const paths = [`/v1/orders/${id}/returnable`, `/v1/returns/${id}-R1`, `/v1/returns/${id}-R1/history`];
      return (
        await Promise.all(
          paths.map(async (path) => sentencesIn((await shop.call('GET', path, undefined, { 'accept-language': 'en' })).body)),
        )
      ).flat();
    };
    await page.goto('/');
    await page.getByRole('heading', { level: 1, name: 'Schritt 1 von 5 Anmelden' }).waitFor();
    await speaksGerman('portal-sign-in-de');
    await page.getByLabel('Bestellnummer').fill(order.number);
    await page.getByLabel('E-Mail-Adresse').fill(order.email);
    await page.getByRole('button', { name: 'Code anfordern' }).click();
    await page.getByLabel('Code aus der E-Mail').fill(await shop.codeFor(order));
    await speaksGerman('portal-code-de');
    await page.getByRole('button', { name: 'Jetzt anmelden' }).click();
    await page.getByRole('checkbox', { name: 'Linen shirt' }).check();
    await speaksGerman('portal-items-de');
    await page.getByRole('button', { name: 'Weiter' }).click();
    await page.getByLabel('Grund').selectOption('Zu klein');
    await speaksGerman('portal-details-de');
    await page.getByRole('button', { name: 'Weiter' }).click();
    await page.getByText('4,90 € weniger Erstattung').first().waitFor();
    await speaksGerman('portal-offers-de');
    await page.getByRole('button', { name: 'Weiter' }).click();
    await page.getByRole('region', { name: 'Ihre Erstattung' }).getByText('14,94 €', { exact: true }).waitFor();
    await speaksGerman('portal-check-de');
    await page.getByRole('button', { name: 'Rücksendung anmelden' }).click();
    await page.getByRole('heading', { level: 1, name: /Kleben Sie das Etikett auf das Paket/ }).waitFor();
    await page.getByRole('img', { name: /Rücksendeetikett/ }).waitFor();
    await speaksGerman('portal-return-de');
    await shop.receive(`${orderId}-R1`, { shirt: 1 });
    await page.getByRole('heading', { name: 'Warum dieser Betrag' }).waitFor();
    await page.getByText(/ausgezahlt am/).waitFor();
    await speaksGerman('portal-refunded-de');

    await page.getByRole('button', { name: /^EN/ }).click();
    await page.getByRole('heading', { name: 'Why this amount' }).waitFor();
    await soon(async () => expect(await page.evaluate(() => document.documentElement.lang)).toBe('en'));
    await page.reload();
    await page.getByRole('heading', { name: 'Why this amount' }).waitFor();
    await leave();
  });
});

const textsOf = (words: object): readonly string[] =>
  Object.values(words).flatMap((value: string | object) => (typeof value === 'string' ? [value] : textsOf(value)));
/** The parts of a text between what is filled in. */
const piecesOf = (text: string): readonly string[] =>
  text
    .split(/\{\{\w+\}\}/)
    .map((piece) => piece.trim())
    .filter((piece) => /\p{L}{3}/u.test(piece));
const german = textsOf(de).join('\n');
const hasWords = (text: string, piece: string): boolean =>
  new RegExp(`(?<!\\p{L})${piece.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?!\\p{L})`, 'u').test(text);

/** What of the English dictionary, and of the sentences the API says in English, is to be read in a text. */
function englishIn(text: string, apiWords: readonly string[]): readonly string[] {
  const pieces = textsOf(en)
    .flatMap(piecesOf)
    .filter((piece) => !hasWords(german, piece));
  return [...new Set([...pieces, ...apiWords])].filter((piece) => hasWords(text, piece));
}

/** Sentences for customers in an answer, wherever they stand. */
function sentencesIn(answer: unknown): readonly string[] {
  if (typeof answer !== 'object' || answer === null) return [];
  return Object.entries(answer).flatMap(([name, value]) =>
    typeof value === 'string' ? (['words', 'next', 'label'].includes(name) && value.includes(' ') ? [value] : []) : sentencesIn(value),
  );
}
