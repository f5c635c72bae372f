// The builder: what is set in its form is seen on the element, stands in the code to take along, and is
// kept in the address. With a gateway, and on a host that serves nothing but files.
import AxeBuilder from '@axe-core/playwright';
import { test, expect, web } from './fixtures.js';
import { files, site } from './servers.js';
import { tooSmall } from './states.js';

const code = (page, name) => page.getByRole('region', { name: `${name} code` });
function setting(page, name) {
  const form = page.getByRole('form', { name: 'Settings' });
  return form.getByRole('combobox', { name, exact: true }).or(form.getByRole('textbox', { name, exact: true }));
}

test('the element follows the settings, and the code says the same', async ({ page, gateway, picture }) => {
  await page.goto(`${gateway.url}/builder.html`);
  const studio = page.locator('ai-now-studio');
  await expect(page.getByRole('checkbox', { name: 'Run' })).toBeChecked();
  await expect(code(page, 'HTML')).toHaveText(`<script type="module" src="${gateway.url}/ai-now.js"></script>\n<ai-now-studio></ai-now-studio>`);
  await page.getByRole('checkbox', { name: 'Luma' }).uncheck();
  await page.getByRole('checkbox', { name: 'Run' }).uncheck();
  await expect(studio.getByRole('radio', { name: 'Luma' })).toHaveCount(0);
  await setting(page, 'Chosen first').selectOption('Pika');
  await expect(studio.getByRole('radio', { name: 'Pika' })).toBeChecked();
  await setting(page, 'Style').selectOption('4');
  await expect(studio.locator('[name=style][value="4"]')).toBeChecked();
  await setting(page, 'Prompt').fill('A "calm" <lake>');
  await setting(page, 'Button').fill('Print');
  await expect(studio.getByRole('textbox').first()).toHaveValue('A "calm" <lake>');
  await expect(studio.getByRole('button', { name: /^Print/ })).toBeVisible();
  await setting(page, 'Theme').selectOption('dark');
  await setting(page, 'Accent').fill('rgb(11, 107, 79)');
  await setting(page, 'Width').selectOption('390px');
  const looks = await studio.evaluate((element) => ({
    scheme: getComputedStyle(element).colorScheme,
    accent: getComputedStyle(element.shadowRoot.querySelector('[part=generate]')).backgroundColor,
    wide: element.getBoundingClientRect().width,
  }));
  expect(looks).toEqual({ scheme: 'dark', accent: 'rgb(11, 107, 79)', wide: 390 });
  await setting(page, 'Language').selectOption('de');
  await expect(studio.getByRole('textbox', { name: 'Was möchtest du erstellen?' })).toBeVisible();
  await expect(code(page, 'CSS')).toHaveText(/--ai-now-accent: rgb\(11, 107, 79\);\n.*\n.*max-width: 390px;/);
  await expect(code(page, 'React')).toContainText('presetStyle={"4"}');
  await picture('9-builder');
  // What is copied makes the same element on a page of one's own.
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.getByRole('button', { name: 'Copy HTML' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'HTML copied.' })).toBeVisible();
  const html = await page.evaluate(() => navigator.clipboard.readText());
  const css = await code(page, 'CSS').textContent();
  const shared = page.url();
  const shop = await site(`<!doctype html><html lang="en"><title>A shop</title><style>${css}</style>${html}`);
  try {
    await page.goto(shop.origin);
    await expect(studio.getByRole('textbox').first()).toHaveValue('A "calm" <lake>');
    await expect(studio.getByRole('button', { name: /^Print/ })).toBeVisible();
    await expect(studio.locator('[name=style][value="4"]')).toBeChecked();
    expect(await studio.evaluate((element) => element.getBoundingClientRect().width)).toBe(390);
  } finally {
    await shop.stop();
  }
  // The address holds it all.
  await page.goto(shared);
  await expect(page.getByRole('checkbox', { name: 'Luma' })).not.toBeChecked();
  await expect(setting(page, 'Style')).toHaveValue('4');
  await expect(studio.getByRole('button', { name: /^Print/ })).toBeVisible();
  await page.getByRole('button', { name: 'Start over' }).click();
  await expect(code(page, 'CSS')).toHaveText('/* It looks as it comes. */');
  await expect(studio.getByRole('radio', { name: 'Luma' })).toBeVisible();
  await expect(studio.getByRole('textbox', { name: 'What would you like to make?' })).toHaveValue('');
});

test('on a static host the visitor\'s browser makes it', async ({ page }) => {
  const host = await files(web, { 'GET /api/catalog': (_, answer) => answer.writeHead(404).end() }, 'http://127.0.0.1:9');
  try {
    await page.goto(`${host.origin}/builder.html`);
    await expect(code(page, 'HTML')).toContainText('<ai-now-studio mode="demo"></ai-now-studio>');
    const url = await page.evaluate(async () => (await document.querySelector('ai-now-studio').generate({ model: 'suno', prompt: 'A tune, 2 seconds' })).url);
    expect(url).toMatch(/^blob:/);
  } finally {
    await host.stop();
  }
});

for (const colorScheme of ['light', 'dark']) {
  for (const width of [390, 1280]) {
    test.describe(`${colorScheme} ${width}`, () => {
      test.use({ colorScheme, viewport: { width, height: 844 } });

      test('the builder is accessible and fits', async ({ page, gateway, picture }) => {
        await page.goto(`${gateway.url}/builder.html`);
        await expect(page.getByRole('checkbox', { name: 'Suno' })).toBeVisible();
        const { violations } = await new AxeBuilder({ page }).analyze();
        expect(violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html)])).toEqual([]);
        expect(await tooSmall(page)).toEqual([]);
        expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBe(0);
        await picture(`9-builder-${colorScheme}-${width}`);
      });
    });
  }
}
