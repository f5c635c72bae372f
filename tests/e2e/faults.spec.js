// What fails in the page itself: whatever a browser throws, wrong settings. The
// person reads a sentence and has a way on; the page hears of it.
import { test, expect } from './fixtures.js';
import { Studio } from './studio.js';
import { site } from './servers.js';

/** Writes down what the page hears of errors. */
const listen = (page) => page.evaluate(() => {
  window.errors = [];
  document.addEventListener('ai-now-error', ({ detail }) => window.errors.push(detail));
});

// As JavaScript: it is thrown in the page.
const THROWN = [
  'new DOMException("The operation is insecure.", "SecurityError")',
  'new TypeError("Failed to fetch")',
  '"a string"',
  '""',
  'undefined',
  'null',
  '42',
  'Symbol("s")',
  '{}',
  '{ message: 7 }',
  '{ get message() { throw new Error("worse"); } }',
  'Object.create(null)',
  'new Error("")',
];

test('whatever is thrown while it loads is a sentence, and it can be started again', async ({ page, gateway }) => {
  const elsewhere = await site('<!doctype html><html lang="en"><title>A page</title>');
  await page.goto(elsewhere.origin);
  for (const thrown of THROWN) {
    const { detail, text } = await page.evaluate(async ([thrown, shell]) => {
      const { fetch } = window;
      window.fetch = async (input, init) => {
        if (String(input).includes('widget.css')) throw (0, eval)(`(${thrown})`);
        return fetch(input, init);
      };
      await import(shell);
      const element = document.createElement('ai-now-studio');
      const heard = new Promise((resolve) => element.addEventListener('ai-now-error', resolve, { once: true }));
      document.body.replaceChildren(element);
      const broken = element.start().then(() => 'stands', (error) => error.message);
      const { detail } = await heard;
      window.fetch = fetch;
      return { detail: { ...detail, broken: await broken }, text: element.shadowRoot.querySelector('[role=alert]').textContent };
    }, [thrown, `${gateway.url}/ai-now.js`]);
    expect(detail.fatal, thrown).toBe(true);
    expect(detail.message, thrown).toMatch(/^[A-Z“a][^[\]]+/);
    expect(detail.broken, thrown).toBe(detail.message);
    expect(text, thrown).toContain('The studio could not be loaded.');
  }
  await page.getByRole('button', { name: 'Start again' }).click();
  await expect(new Studio(page).prompt).toBeVisible();
  await elsewhere.stop();
});

test('whatever a page\'s getSession throws is a sentence', async ({ page, gateway }) => {
  await new Studio(page).open(gateway.url);
  for (const thrown of THROWN) {
    for (const how of ['throw', 'reject', 'answer']) {
      const why = await page.evaluate(async ([thrown, how]) => {
        const value = (0, eval)(`(${thrown})`);
        const element = document.createElement('ai-now-studio');
        element.getSession = () => {
          if (how === 'throw') throw value;
          return how === 'reject' ? Promise.reject(value) : value;
        };
        document.querySelector('main').append(element);
        await element.start();
        const line = element.shadowRoot.querySelector('#why');
        while (!line.textContent || line.textContent.startsWith('Connecting')) {
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
        element.remove();
        return line.textContent;
      }, [thrown, how]);
      expect(why, `${how} ${thrown}`).toMatch(/[a-z]{3}/);
      expect(why, `${how} ${thrown}`).not.toMatch(/undefined|null|\[object/);
    }
  }
});

for (const [name, attributes, message, fatal] of [
  ['a gateway that is no address', { gateway: 'javascript:alert(1)' }, /gateway=“javascript:alert\(1\)” is not a web address/, true],
  ['an unknown mode', { mode: 'magic' }, /mode=“magic” is unknown/, true],
  ['an unknown model', { model: 'sumo' }, /“sumo”. The gateway has: suno, luma, pika, run/, false],
  ['an unknown model among those offered', { models: 'suno sora' }, /“sora”/, false],
  ['a style of another model', { model: 'pika', 'preset-style': 'retro' }, /preset-style=“retro” .* 1, 2, 3, 4, 5, 6, 7/, false],
]) {
  test(`wrong settings: ${name}`, async ({ page, gateway, picture }) => {
    await page.goto(gateway.url);
    await listen(page);
    const console = page.waitForEvent('console', (said) => message.test(said.text()));
    await page.evaluate((attributes) => {
      const element = document.querySelector('ai-now-studio');
      for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    }, attributes);
    await expect(page.getByRole('alert').filter({ hasText: message })).toBeVisible();
    await console;
    await expect.poll(() => page.evaluate(() => window.errors.length)).toBe(1);
    expect((await page.evaluate(() => window.errors))[0]).toMatchObject({ fatal });
    await picture(`5-wrong-${Object.keys(attributes).at(-1)}`);
    // The studio works where it can, and does once the setting is right.
    if (fatal) {
      await page.evaluate((names) => {
        for (const name of names) document.querySelector('ai-now-studio').removeAttribute(name);
      }, Object.keys(attributes));
    }
    await expect(page.getByText(/tokens? left/)).toBeVisible();
    await expect(new Studio(page).generate).toBeVisible();
  });
}

test('an unknown language speaks the visitor\'s, and tells the owner', async ({ page, gateway }) => {
  await page.goto(gateway.url);
  await listen(page);
  await page.evaluate(() => { document.querySelector('ai-now-studio').lang = 'tlh'; });
  await expect.poll(() => page.evaluate(() => window.errors.map(({ message }) => message))).toEqual([
    expect.stringContaining('lang=“tlh”'),
  ]);
  await expect(new Studio(page).prompt).toBeVisible();
  await expect(page.getByText('tlh')).toHaveCount(0);
});

test('generate() answers why there is no result', async ({ page, gateway }) => {
  await new Studio(page).open(gateway.url);
  const said = (request) => page.evaluate(
    (request) => document.querySelector('ai-now-studio').generate(request).then(() => 'made', (error) => error.message),
    request,
  );
  expect(await said({ model: 'suno', prompt: ' ' })).toMatch(/prompt/i);
  expect(await said({ model: 'pika', prompt: 'x', style: '99' })).toMatch(/style/i);
  const cancelled = page.evaluate(async () => {
    const element = document.querySelector('ai-now-studio');
    element.addEventListener('ai-now-progress', () => element.cancel(), { once: true });
    return element.generate({ model: 'suno', prompt: 'Piano, 180 seconds' }).then(() => 'made', (error) => error.message);
  });
  expect(await cancelled).not.toBe('made');
  const removed = page.evaluate(async () => {
    const element = document.querySelector('ai-now-studio');
    element.addEventListener('ai-now-started', () => element.remove(), { once: true });
    return element.generate({ model: 'suno', prompt: 'Piano, 180 seconds' }).then(() => 'made', (error) => error.message);
  });
  expect(await removed).toMatch(/removed/);
});
