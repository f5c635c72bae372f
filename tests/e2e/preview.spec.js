// On a slow connection the models, the price and the balance appear before the studio: with the gateway's data, in
// the places where the studio will show them, and keeping what was chosen in the meantime.
import { test, expect } from './fixtures.js';
import { Studio } from './studio.js';

/** Opens the page while the studio's wasm is held back; then it can be released, or fail. */
async function open(page, url, set = () => {}) {
  let release;
  const held = new Promise((resolve) => { release = resolve; });
  await page.route('**/ai-now-widget_bg*.wasm', async (route) => {
    if (await held === 'lost') await route.abort();
    else await route.continue();
  });
  await page.addInitScript(set);
  await page.goto(url);
  return { studio: new Studio(page), letGo: () => release(), lose: () => release('lost') };
}

/** Sets the element's attributes before it is defined. */
const withAttributes = (attributes) => `new MutationObserver((_, observer) => {
  const element = document.querySelector('ai-now-studio');
  if (!element) return;
  observer.disconnect();
  for (const [name, value] of Object.entries(${JSON.stringify(attributes)})) element.setAttribute(name, value);
}).observe(document, { childList: true, subtree: true });`;

const price = (page) => page.locator('ai-now-studio .price strong');
async function stands(page) {
  await page.locator('ai-now-studio').evaluate((element) => element.ready.then(() => {}));
  // The last part that it creates.
  await expect(page.locator('ai-now-studio [part=result-panel]')).toBeAttached();
}

/** The positions and texts of everything that the preview shows. */
const looks = (page) => page.evaluate(() => {
  const { shadowRoot } = document.querySelector('ai-now-studio');
  return [...shadowRoot.querySelectorAll('.price, .balance, .examples, .chip, .models, .card, .card .name, .card .about')].map((element) => {
    const { x, y, width, height } = element.getBoundingClientRect();
    return [element.className, element.textContent, ...[x, y, width, height].map(Math.round)].join(' ');
  });
});

test('one chooses before the studio is there, and it goes on from that', async ({ page, gateway }) => {
  const { studio, letGo } = await open(page, gateway.url);
  await expect(page.getByText('1,000 tokens left')).toBeVisible();
  await expect(page.getByRole('radio')).toHaveCount(4);
  await expect(studio.model('Suno')).toBeChecked();
  await expect(price(page)).toHaveText('Costs 10 tokens');
  await expect(page.getByRole('button', { name: 'An upbeat pop song about summer' })).toBeVisible();
  await studio.model('Luma').check({ force: true });
  await expect(price(page)).toHaveText('Costs 30 tokens');
  await page.getByRole('button', { name: 'A serene lake surrounded by mountains' }).click();
  await expect(studio.prompt).toHaveValue('A serene lake surrounded by mountains');
  await expect(page.getByRole('group', { name: 'Start from an example' })).toBeHidden();
  await studio.model('Luma').focus();
  const before = await looks(page);
  letGo();
  await stands(page);
  await expect(page.getByRole('radio', { name: /^(Suno|Luma|Pika|Run)\b/ })).toHaveCount(4);
  await expect(studio.model('Luma')).toBeChecked();
  await expect(studio.model('Luma')).toBeFocused();
  await expect(price(page)).toHaveText('Costs 30 tokens');
  expect(await looks(page)).toEqual(before);
  await page.keyboard.press('ArrowDown');
  await expect(studio.model('Pika')).toBeChecked();
  await expect(price(page)).toHaveText('Costs 10 tokens');
});

test('what is asked for meanwhile is made by the model that was chosen', async ({ page, gateway }) => {
  const { studio, letGo } = await open(page, gateway.url);
  await page.evaluate(() => {
    window.started = [];
    document.addEventListener('ai-now-started', ({ detail: { model, prompt } }) => window.started.push([model, prompt]));
  });
  await studio.model('Luma').check({ force: true });
  await studio.prompt.fill('A calm lake, silent, 3 seconds');
  await studio.generate.click();
  letGo();
  await expect(studio.play).toBeVisible();
  expect(await page.evaluate(() => window.started)).toEqual([['luma', 'A calm lake, silent, 3 seconds']]);
});

for (const [language, says, width] of [['de', ['Modell', 'Kostet 10 Tokens', '1.000 Tokens übrig'], 390], ['ar', ['موسيقى'], 1280], ['ja', ['モデル'], 390]]) {
  test.describe(`in a browser that speaks ${language}`, () => {
    test.use({ locale: language, viewport: { width, height: 1400 } });

    test('it speaks so, too, and nothing moves when the studio comes', async ({ page, gateway }) => {
      const { letGo } = await open(page, gateway.url);
      await expect(page.getByRole('radio')).toHaveCount(4);
      for (const text of says) await expect(page.locator('ai-now-studio')).toContainText(text);
      const before = await looks(page);
      letGo();
      await stands(page);
      expect(await looks(page)).toEqual(before);
    });
  });
}

test('it keeps to what the page offers', async ({ page, gateway }) => {
  const { studio, letGo } = await open(page, gateway.url, withAttributes({ models: 'pika, luma', model: 'luma' }));
  await expect(page.getByRole('radio')).toHaveCount(2);
  await expect(page.getByRole('radio').first()).toHaveAttribute('value', 'pika');
  await expect(studio.model('Luma')).toBeChecked();
  letGo();
  await stands(page);
  await expect(studio.model('Luma')).toBeChecked();
});

for (const [what, attributes] of [
  ['a model that there is not', { models: 'pika sora' }], ['a style', { model: 'pika', 'preset-style': '4' }], ['no gateway', { mode: 'demo' }],
]) {
  test(`what only the studio can say is left to it: ${what}`, async ({ page, gateway }) => {
    const preview = attributes.mode !== 'demo' && page.waitForEvent('requestfinished', (request) => /ai-now-preview/.test(request.url()));
    const { studio, letGo } = await open(page, gateway.url, withAttributes(attributes));
    await expect(studio.prompt).toBeVisible();
    await preview;
    // Longer than a preview waits.
    await page.evaluate(() => new Promise((resolve) => { setTimeout(resolve, 600); }));
    await expect(page.getByRole('radio')).toHaveCount(0);
    letGo();
    await expect(page.getByRole('radio', { name: /^Pika\b/ })).toBeVisible();
  });
}

test('it goes where the studio never comes, and the text stays', async ({ page, gateway }) => {
  const { studio, lose } = await open(page, gateway.url);
  await studio.model('Luma').check({ force: true });
  await studio.prompt.fill('A tune, 3 seconds');
  lose();
  await expect(page.getByRole('alert').filter({ hasText: 'could not be loaded' })).toBeVisible();
  await expect(page.getByRole('radio')).toHaveCount(0);
  await expect(studio.prompt).toHaveValue('A tune, 3 seconds');
});

test('without it the studio comes all the same', async ({ page, gateway }) => {
  await page.route('**/ai-now-preview*.js', () => { /* It never comes. */ });
  const studio = new Studio(page);
  await studio.open(gateway.url);
  await expect(studio.model('Suno')).toBeChecked();
});
