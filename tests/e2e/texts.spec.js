// The site's own texts: every text of the element can be replaced, before the studio is loaded and after, in every
// language, at any time.
import { test, expect } from './fixtures.js';
import { site } from './servers.js';

const shopPage = (gateway, lang = 'en') => `<!doctype html><html lang="${lang}"><title>A print shop</title><h1>A print shop</h1>
  <script type="module" src="${gateway.url}/ai-now.js"></script>
  <ai-now-studio gateway="${gateway.url}/" mode="demo"></ai-now-studio>
  <script>
    document.querySelector('ai-now-studio').texts = {
      question: 'What shall we print?', generate: 'Print', exampleMusic1: 'A march for the fair', exampleMusic2: '',
      models: { suno: 'The band' }, chars: 17,
    };
  </script>`;

const examples = (page) => page.getByRole('group', { name: 'Start from an example' }).getByRole('button');

test('a site says what the element says', async ({ page, gateway }) => {
  const shop = await site(shopPage(gateway));
  try {
    await page.goto(shop.origin);
    await expect(page.getByRole('textbox', { name: 'What shall we print?' })).toBeVisible();
    await expect(page.getByRole('radio', { name: 'The band' })).toBeVisible();
    await expect(page.getByRole('radio', { name: 'Luma' })).toBeVisible();
    // One keeps the language's text, one is omitted.
    await expect(examples(page)).toHaveText(['A march for the fair', 'A calm piano piece in D minor, 70 bpm']);
    await expect(page.getByRole('button', { name: /^Print/ })).toBeVisible();
    // The request is unchanged, with the model's real name.
    const { model } = await page.evaluate(() => document.querySelector('ai-now-studio').generate({ prompt: 'A march, 2 seconds' }));
    expect(model).toBe('suno');
    await expect(page.locator('.entry')).toContainText('The band');
  } finally {
    await shop.stop();
  }
});

test('they can change, in another language, too, and be taken back', async ({ page, gateway }) => {
  const shop = await site(shopPage(gateway, 'de'));
  try {
    await page.goto(shop.origin);
    await expect(page.getByRole('radio', { name: 'The band' })).toBeVisible();
    await expect(page.getByText('Musik', { exact: true }).first()).toBeVisible();
    await page.getByRole('textbox', { name: 'What shall we print?' }).fill('Ein Marsch');
    const set = (texts) => page.evaluate((texts) => { document.querySelector('ai-now-studio').texts = texts; }, texts);
    await set({ question: 'Was drucken wir?', music: 'Klang' });
    await expect(page.getByRole('textbox', { name: 'Was drucken wir?' })).toHaveValue('Ein Marsch');
    await expect(page.getByText('Klang', { exact: true }).first()).toBeVisible();
    await expect(page.getByRole('radio', { name: 'Suno' })).toBeVisible();
    await set(undefined);
    await expect(page.getByRole('textbox', { name: 'Was möchtest du erstellen?' })).toBeVisible();
    await expect(page.getByText('Musik', { exact: true }).first()).toBeVisible();
  } finally {
    await shop.stop();
  }
});
