// The builder: the settings in its form apply to the element, appear in the code to copy, and are kept in the
// address. With a gateway, and on a static host.
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
  // The copied code creates the same element on another page.
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
  // The address contains all settings.
  await page.goto(shared);
  await expect(page.getByRole('checkbox', { name: 'Luma' })).not.toBeChecked();
  await expect(setting(page, 'Style')).toHaveValue('4');
  await expect(studio.getByRole('button', { name: /^Print/ })).toBeVisible();
  await page.getByRole('button', { name: 'Start over' }).click();
  await expect(code(page, 'CSS')).toHaveText('/* The default look */');
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

/** Every text of the builder itself, with its element; code and the studio's texts are excluded. */
const said = (page) => page.evaluate(() => {
  const found = [];
  const walker = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT);
  // Names of languages and models are the same in every language, and so is code.
  const left = 'script, style, pre, ai-now-studio, option[lang], #models, h3, [name=model] option[value]:not([value=""]), [name=preset-style] option[value]:not([value=""])';
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const { parentElement: { dataset }, textContent } = node;
    if (textContent.trim() && !node.parentElement.closest(left)) found.push([dataset.text ?? 'said', textContent.trim()]);
  }
  for (const element of document.querySelectorAll('main [aria-label]:not(#codes *):not(ai-now-studio)')) found.push([element.dataset.label, element.ariaLabel]);
  for (const element of document.querySelectorAll('[data-placeholder]')) found.push([element.dataset.placeholder, element.placeholder]);
  return found;
});

/** Texts that are the same in another language. */
const SAME = {
  de: ['prompt', 'gateway'], fr: ['style', 'prompt', 'question', 'mode'], es: ['prompt'], pt: ['prompt', 'gateway'], it: ['prompt', 'gateway'],
};

for (const language of ['de', 'fr', 'es', 'pt', 'it', 'ja', 'zh', 'hi', 'ar']) {
  test.describe(language, () => {
    test.use({ locale: language });

    test('the builder says everything in the visitor\'s language', async ({ page, browser, gateway, picture }) => {
      const plain = await browser.newContext({ locale: 'en-US' });
      const english = await plain.newPage();
      for (const each of [english, page]) {
        await each.goto(`${gateway.url}/builder.html`);
        await expect(each.getByRole('checkbox', { name: 'Suno' })).toBeVisible();
      }
      const [before, now] = [await said(english), await said(page)];
      await plain.close();
      expect(before.length).toBeGreaterThan(40);
      expect(now.map(([name]) => name)).toEqual(before.map(([name]) => name));
      const same = now.filter(([, text], at) => text === before[at][1]).map(([name]) => name);
      expect(same.sort()).toEqual([...SAME[language] ?? []].sort());
      await expect(page.locator('html')).toHaveAttribute('lang', language);
      // The empty fields show the studio's own texts as placeholders.
      const studio = page.locator('ai-now-studio');
      const [question, button] = ['questionText', 'buttonText'].map((wanted) => now.find(([name]) => name === wanted)[1]);
      await expect(studio.getByRole('textbox', { name: question })).toBeVisible();
      await expect(studio.locator('[part=generate]')).toContainText(button);
      // Messages that appear while it is used.
      const codes = page.locator('#codes');
      await expect(codes).not.toContainText('The default look');
      await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
      await codes.getByRole('button').nth(1).click();
      await expect(page.locator('#said')).toContainText('React');
      await expect(page.locator('#said')).not.toHaveText('React copied.');
      // Left-to-right text keeps its direction, and nothing overlaps.
      for (const code of await codes.locator('pre').all()) await expect(code).toHaveCSS('direction', 'ltr');
      await expect(page.locator('[name=gateway]')).toHaveCSS('direction', 'ltr');
      const apart = await codes.locator(':scope > div').evaluateAll((all) => all.every((box) => {
        const range = document.createRange();
        range.selectNodeContents(box.querySelector('h3'));
        const [name, button] = [range.getBoundingClientRect(), box.querySelector('button').getBoundingClientRect()];
        return name.right <= button.left || button.right <= name.left;
      }));
      expect(apart).toBe(true);
      await picture(`9-builder-${language}`);
    });
  });
}
