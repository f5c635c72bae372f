// Faults in the page itself: a panic in the wasm, browser exceptions, invalid settings. The visitor gets a message
// and an action; the page gets an event.
import { test, expect, built } from './fixtures.js';
import { Studio } from './studio.js';
import { network, site } from './servers.js';

/** Records the error events that the page receives. */
const listen = (page) => page.evaluate(() => {
  window.errors = [];
  document.addEventListener('ai-now-error', ({ detail }) => window.errors.push(detail));
});

/**
 * Makes the page's own script break the creation of elements, once or permanently, and triggers a change that
 * creates some. Both happen in one task, because code in between would fail first and remove the element to be
 * pressed.
 */
const breakElements = (control, forGood = false) => control.evaluate((control, forGood) => {
  const { createElement } = Document.prototype;
  Document.prototype.createElement = function broken(...given) {
    // The shell still works: it uses the browser's original functions.
    if (!new Error().stack.includes('wasm')) return createElement.apply(this, given);
    if (!forGood) Document.prototype.createElement = createElement;
    throw new TypeError('broken by the page');
  };
  window.mend = () => { Document.prototype.createElement = createElement; };
  control.click();
}, forGood);

test.describe('a fault', () => {
  // The browser reports the thrown value too, as it should.
  test.use({ allowed: /broken by the page|panicked|unreachable/ });

  test('is shown, raises an event, and restarts with running generations, in all elements', async ({ page, gateway, picture }) => {
    const line = await network(gateway.url);
    try {
      const studio = new Studio(page);
      await studio.open(line.origin);
      await listen(page);
      // The generation may end very quickly: before the fault is shown, no event reports its end.
      const asking = '**/api/generations/*';
      line.faults.silent = true;
      await page.route(asking, (route) => route.fulfill({ status: 503, body: '{"status":"Error","message":"Not now."}' }));
      await studio.ask({ model: 'Suno', prompt: 'A piece for piano' });
      await studio.generate.click();
      // It was accepted, and that is recorded: it must not be submitted again.
      await expect.poll(() => line.openStreams()).toBeGreaterThan(0);
      await page.evaluate(async () => {
        const other = document.createElement('ai-now-studio');
        other.lang = 'de';
        document.querySelector('main').append(other);
        await other.start();
      });
      // This throws inside an effect, in a separate task.
      await breakElements(page.getByRole('radio', { name: /^Pika\b/ }).first());
      await expect(page.getByRole('alert').filter({ hasText: 'stopped because of a fault of its own' })).toBeVisible();
      await expect(page.getByRole('alert').filter({ hasText: 'durch einen eigenen Fehler' })).toBeVisible();
      await picture('5-fault');
      const errors = await page.evaluate(() => window.errors);
      expect(errors).toEqual(Array(2).fill({ message: 'broken by the page', fatal: true }));
      // A stopped instance makes no requests, and holds no connection.
      const asked = line.seen.length;
      await expect.poll(() => line.openStreams()).toBe(0);

      line.faults.silent = false;
      await page.unroute(asking);
      await page.getByRole('button', { name: 'Start again' }).click();
      await expect(page.getByRole('textbox', { name: 'Was möchtest du erstellen?' })).toBeVisible();
      await expect(studio.play).toBeVisible({ timeout: 90_000 });
      await expect(studio.result).toContainText('piece for piano');
      await expect.poll(() => studio.tokens()).toBe(990);
      expect(line.submissions()).toHaveLength(1);
      // First it checks whether the generation has ended in the meantime.
      expect(line.seen.slice(asked).some(({ route }) => route.startsWith('GET /api/generations/'))).toBe(true);
    } finally {
      await line.stop();
    }
  });

  test('that happens again is shown again, and during the start, too', async ({ page, gateway }) => {
    const studio = new Studio(page);
    await studio.open(gateway.url);
    await listen(page);
    const alert = page.getByRole('alert').filter({ hasText: 'stopped because of a fault of its own' });
    const again = page.getByRole('button', { name: 'Start again' });
    await breakElements(studio.model('Pika'), true);
    await expect(alert).toBeVisible();
    for (const count of [2, 3]) {
      await again.click();
      await expect.poll(() => page.evaluate(() => window.errors.length)).toBe(count);
      await expect(alert).toBeVisible();
    }
    const broken = page.evaluate(() => document.querySelector('ai-now-studio').generate({ prompt: 'x' }).catch((error) => error.message));
    expect(await broken).toBe('broken by the page');
    await page.evaluate(() => window.mend());
    await again.focus();
    await page.keyboard.press('Enter');
    await expect(studio.prompt).toBeVisible();
    await expect(page.getByText(/tokens? left/)).toBeVisible();
  });

  for (const [name, provoke, message] of [
    ['a panic', async (glue) => {
      const { Studio } = await import(glue);
      const element = document.createElement('div');
      document.body.append(element);
      const part = (name) => element.appendChild(document.createElement(name));
      const places = Object.fromEntries(['prompt', 'bar', 'compose', 'desk', 'studio'].map((name) => [name, part('div')]));
      const form = part('form');
      const button = form.appendChild(document.createElement('button'));
      form.onsubmit = (event) => event.preventDefault();
      const frame = { form, button, field: part('textarea'), places };
      const studio = new Studio(element, frame, { base: `${location.origin}/`, url: (name) => `/${name}`, language: 'en' });
      // Removed in the middle of an operation.
      element.addEventListener('ai-now-completed', () => studio.free());
      studio.preset('prompt', 'A tune, 3 seconds');
      const generate = () => element.querySelector('form > [aria-disabled=false]');
      while (!generate()) await new Promise((resolve) => { setTimeout(resolve, 5); });
      generate().click();
    }, /panicked at/],
    ['a trap', async (glue) => {
      const { Studio } = await import(glue);
      // A studio at an invalid address of the memory.
      try { Studio.prototype.cancel.call({ __wbg_ptr: 2 ** 31 }); } catch { /* As it should. */ }
    }, /memory access out of bounds/],
  ]) {
    test(`such as ${name} is told, too`, async ({ page, gateway }) => {
      const studio = new Studio(page);
      await studio.open(gateway.url);
      await listen(page);
      await page.evaluate(provoke, `/${built('ai-now-widget_bg.js')}`);
      await expect(page.getByRole('alert').filter({ hasText: 'stopped because of a fault of its own' })).toBeVisible();
      expect(await page.evaluate(() => window.errors)).toEqual([{ message: expect.stringMatching(message), fatal: true }]);
      await page.getByRole('button', { name: 'Start again' }).click();
      await expect(studio.prompt).toBeVisible();
      await expect(page.getByText(/tokens? left/)).toBeVisible();
    });
  }

  test('in demo mode leaves no worker and no claim behind', async ({ page, gateway }) => {
    await page.goto(`${gateway.url}/demo.html`);
    const studio = new Studio(page);
    await studio.ask({ model: 'Suno', prompt: 'A long tune, 180 seconds' });
    await studio.generate.click();
    await expect.poll(() => page.workers().length).toBe(1);
    await breakElements(studio.model('Pika'));
    await expect(page.getByRole('alert')).toContainText('What you asked for is not lost.');
    await expect.poll(() => page.workers().length).toBe(0);
    await page.getByRole('button', { name: 'Start again' }).click();
    // Made again from its seed, by the tab that holds the lock.
    await expect(studio.play).toBeVisible({ timeout: 90_000 });
    await expect(studio.result).toContainText('A long tune, 180 seconds');
  });
});

test('a page that starts the studio anew in the middle of an event gets a new one', async ({ page, gateway }) => {
  const studio = new Studio(page);
  await studio.open(gateway.url);
  await page.evaluate(() => {
    const element = document.querySelector('ai-now-studio');
    element.addEventListener('ai-now-started', () => { element.restart(); }, { once: true });
  });
  await studio.ask({ model: 'Suno', prompt: 'A tune, 3 seconds' });
  await studio.generate.click();
  await expect(page.getByText(/tokens? left/)).toBeVisible();
  await expect(studio.generate).toBeVisible();
});

// JavaScript source: it is thrown in the page.
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
        if (/\bwidget[.\w-]*\.css/.test(String(input))) throw (0, eval)(`(${thrown})`);
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

test('an earlier start that arrives late holds up no later one', async ({ page, gateway }) => {
  const elsewhere = await site('<!doctype html><html lang="en"><title>A page</title>');
  await page.goto(elsewhere.origin);
  const stands = await page.evaluate(async (shell) => {
    const { fetch } = window;
    // The first start gets no style sheet at all, and its wasm only after another start has finished.
    let release;
    const held = new Promise((resolve) => { release = resolve; });
    window.fetch = async (input, init) => {
      if (/\bwidget[.\w-]*\.css/.test(String(input))) throw new Error('no style sheet');
      if (/widget_bg[.\w-]*\.wasm/.test(String(input))) await held;
      return fetch(input, init);
    };
    await import(shell);
    const start = () => {
      const element = document.createElement('ai-now-studio');
      document.body.append(element);
      return element.start().then(() => 'stands', (error) => error.message);
    };
    const first = await start();
    window.fetch = fetch;
    const second = await start();
    const { instantiateStreaming } = WebAssembly;
    const running = new Promise((resolve) => {
      WebAssembly.instantiateStreaming = (...given) => {
        WebAssembly.instantiateStreaming = instantiateStreaming;
        const made = instantiateStreaming.apply(WebAssembly, given);
        // The shell handles it in separate tasks before this one.
        made.then(() => setTimeout(resolve));
        return made;
      };
    });
    release();
    await running;
    return [first, second, await start()];
  }, `${gateway.url}/ai-now.js`);
  expect(stands).toEqual(['no style sheet', 'stands', 'stands']);
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
    // The studio works as far as it can, and fully once the setting is corrected.
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

test('where storage is denied, everything goes on, and the person knows that it will not be found again', async ({ page, gateway, picture }) => {
  await page.addInitScript(() => {
    for (const name of ['indexedDB', 'localStorage', 'sessionStorage']) {
      Object.defineProperty(window, name, { get() { throw new DOMException('No.', 'SecurityError'); } });
    }
  });
  const studio = new Studio(page);
  await studio.open(gateway.url);
  await studio.ask({ model: 'Suno', prompt: 'A tune, 3 seconds' });
  await studio.generate.click();
  await expect(studio.play).toBeVisible();
  await expect(page.locator('.entry')).toHaveCount(1);
  await expect(page.getByRole('status').filter({ hasText: 'does not keep this list' })).toBeVisible();
  await picture('5-no-storage');
  await page.reload();
  await expect(page.getByText(/tokens? left/)).toBeVisible();
  await expect(page.locator('.entry')).toHaveCount(0);
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
  expect(await removed).toMatch(/not in the page/);
});
