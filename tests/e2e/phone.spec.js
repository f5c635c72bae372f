// On a phone the prompt, the chosen model and the button are on the first screen, however many models and styles
// there are; and the shell's frame has the height of the studio.
import { test, expect } from './fixtures.js';

test.use({ viewport: { width: 390, height: 844 } });

/** The boxes of the prompt, the button, and the chosen items, as far as each is visible and can be tapped. */
const seen = (page) => page.evaluate(() => {
  const root = document.querySelector('ai-now-studio').shadowRoot;
  const find = {
    prompt: root.querySelector('textarea'),
    button: root.querySelector('[part=generate]'),
    model: root.querySelector('[name=model]:checked'),
    style: root.querySelector('[name=style]:checked'),
  };
  const boxes = Object.entries(find).filter(([, node]) => node).map(([name, node]) => {
    const { top, bottom, left, right } = node.getBoundingClientRect();
    const at = root.elementFromPoint((left + right) / 2, (top + bottom) / 2);
    // A radio button can also be tapped on its label.
    return [name, { top: Math.round(top), bottom: Math.round(bottom), hit: (node.closest('label') ?? node).contains(at) }];
  });
  return { scrolled: scrollY, ...Object.fromEntries(boxes) };
});

async function onFirstScreen(page) {
  const { scrolled, prompt, button, model } = await seen(page);
  expect(scrolled).toBe(0);
  for (const [name, box] of Object.entries({ prompt, button, model })) {
    expect(box, name).toMatchObject({ hit: true });
    expect(box.top, name).toBeGreaterThanOrEqual(0);
    expect(box.bottom, name).toBeLessThanOrEqual(844);
  }
}

/** Chooses as with a tap, but without scrolling the page. */
const choose = (page, name, value) =>
  page.locator(`ai-now-studio [name=${name}][value="${value}"]`).evaluate((radio) => radio.click());

const ready = (page) => page.locator('ai-now-studio').evaluate((element) => element.ready.then(() => {}));

for (const lang of ['en', 'de', 'hi', 'ar']) {
  test(`prompt, model and button are on the first screen (${lang})`, async ({ page, gateway, picture }) => {
    await page.goto(gateway.url);
    await page.locator('ai-now-studio').evaluate((element, lang) => { element.lang = lang; }, lang);
    await ready(page);
    for (const model of ['suno', 'luma', 'pika', 'run']) {
      await choose(page, 'model', model);
      await onFirstScreen(page);
    }
    await picture(`9-phone-${lang}`);
  });
}

test('so they are with many models, wherever in the list the chosen one is', async ({ page, gateway }) => {
  await page.route('**/api/catalog', async (route) => {
    const response = await route.fetch();
    const catalog = await response.json();
    const [first] = catalog.models;
    catalog.models = Array.from({ length: 14 }, (_, at) => ({ ...first, id: `model-${at}`, name: `A model with a name, ${at}` }));
    await route.fulfill({ response, json: catalog });
  });
  await page.goto(gateway.url);
  await ready(page);
  await expect(page.locator('ai-now-studio [name=model]')).toHaveCount(14);
  const list = page.locator('ai-now-studio .cards');
  for (const at of [0, 6, 13]) {
    await choose(page, 'model', `model-${at}`);
    for (const end of [0, 1e4]) {
      await list.evaluate((list, end) => { list.scrollTop = end; }, end);
      await onFirstScreen(page);
    }
  }
  // By keyboard too: the focused item is the chosen one.
  await page.locator('ai-now-studio [name=model]:checked').focus();
  for (let step = 0; step < 5; step += 1) await page.keyboard.press('ArrowUp');
  await expect(page.locator('ai-now-studio [name=model]:checked')).toHaveValue('model-8');
  expect((await seen(page)).model.hit).toBe(true);
});

test('styles are a strip in which the chosen one is always seen', async ({ page, gateway }) => {
  await page.goto(gateway.url);
  await ready(page);
  await choose(page, 'model', 'run');
  const strip = page.locator('ai-now-studio .swatches');
  await strip.scrollIntoViewIfNeeded();
  const { height } = await strip.boundingBox();
  expect(height).toBeLessThan(150);
  const radios = page.locator('ai-now-studio [name=style]');
  const values = await radios.evaluateAll((all) => all.map(({ value }) => value));
  expect(values.length).toBeGreaterThan(20);
  for (const value of [values[1], values[12], values.at(-1)]) {
    await choose(page, 'style', value);
    for (const end of [0, 1e4]) {
      await strip.evaluate((strip, end) => { strip.scrollLeft = end; }, end);
      expect((await seen(page)).style.hit, `${value} at ${end}`).toBe(true);
    }
  }
});

test('the frame of the shell is as high as the studio, whichever model is chosen', async ({ page, gateway }) => {
  let letGo;
  const held = new Promise((resolve) => { letGo = resolve; });
  await page.route('**/ai-now-widget_bg*.wasm', (route) => held.then(() => route.continue()));
  await page.goto(gateway.url);
  const height = () => page.locator('ai-now-studio').evaluate((element) => element.getBoundingClientRect().height);
  await expect(page.locator('ai-now-studio textarea')).toBeVisible();
  const before = await height();
  letGo();
  await ready(page);
  for (const model of ['suno', 'luma', 'pika', 'run']) {
    await choose(page, 'model', model);
    expect(await height(), model).toBe(before);
  }
});
