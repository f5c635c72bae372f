// The prompt works before the studio is loaded, and the studio takes it over: a visitor who types, uses an input
// method or has pressed the button notices nothing.
import { test, expect } from './fixtures.js';
import { Studio } from './studio.js';
import { network } from './servers.js';

/** Holds the studio's wasm back until it is released, or fails. The preview is tested in preview.spec.js. */
async function hold(page) {
  await page.route('**/ai-now-preview*.js', () => { /* It never comes. */ });
  let release;
  const held = new Promise((resolve) => { release = resolve; });
  await page.route('**/ai-now-widget_bg*.wasm', async (route) => {
    if (await held === 'lost') await route.abort();
    else await route.continue();
  });
  return { letGo: () => release(), lose: () => release('lost') };
}

/** Opens the page with only the prompt. */
async function open(page, url) {
  const wasm = await hold(page);
  await page.goto(url);
  const studio = new Studio(page);
  await expect(studio.prompt).toBeVisible();
  await expect(page.getByRole('radio')).toHaveCount(0);
  return { studio, wasm };
}

/** Records, frame by frame, the positions of the field and the button, and whether they are the same elements. */
const watch = (page) => page.evaluate(() => {
  const { shadowRoot } = document.querySelector('ai-now-studio');
  const find = () => [shadowRoot.querySelector('textarea'), shadowRoot.querySelector('[part=generate]')];
  const nodes = find();
  window.looks = new Set();
  const look = () => {
    window.looks.add(JSON.stringify(find().map((node, at) => {
      const { x, y, width, height } = node.getBoundingClientRect();
      const { color, backgroundColor, font, borderColor } = getComputedStyle(node);
      // A disabled button looks different; the field always looks the same.
      return [node === nodes[at], x, y, width, height, font, ...at ? [] : [color, backgroundColor, borderColor]];
    })));
    requestAnimationFrame(look);
  };
  look();
});

const looks = (page) => page.evaluate(() => [...window.looks]);
const stands = (page) => expect(page.getByText(/tokens? left/)).toBeVisible();

for (const [how, delay] of [['fast', 0], ['slowly', 120]]) {
  test(`who types ${how} goes on typing`, async ({ page, gateway }) => {
    const { studio, wasm } = await open(page, gateway.url);
    await watch(page);
    await studio.prompt.focus();
    const text = 'A quiet morning on the coast, 3 seconds, with gulls and a bell far away';
    const [early, late] = [text.slice(0, 12), text.slice(12)];
    await page.keyboard.type(early, { delay });
    wasm.letGo();
    // Until it is mounted, and beyond.
    let typed = early;
    for (const key of late) {
      await page.keyboard.type(key, { delay });
      typed += key;
    }
    await stands(page);
    await page.keyboard.type('!');
    typed += '!';
    await expect(studio.prompt).toHaveValue(typed);
    await expect(studio.prompt).toBeFocused();
    await expect(page.getByText(`${typed.length} of 2,000 characters`)).toBeAttached();
    expect(await looks(page)).toHaveLength(1);
    // The browser's undo history is kept too.
    await page.keyboard.press('Control+z');
    await expect(studio.prompt).not.toHaveValue(typed);
  });
}

test('an unfinished composition of an input method goes on', async ({ page, gateway }) => {
  const { studio, wasm } = await open(page, gateway.url);
  const cdp = await page.context().newCDPSession(page);
  await studio.prompt.focus();
  await page.evaluate(() => {
    window.composed = [];
    const field = document.querySelector('ai-now-studio').shadowRoot.querySelector('textarea');
    for (const name of ['compositionstart', 'compositionend']) field.addEventListener(name, () => window.composed.push(name));
  });
  await page.keyboard.type('海: ');
  await cdp.send('Input.imeSetComposition', { text: 'に', selectionStart: 1, selectionEnd: 1 });
  wasm.letGo();
  await stands(page);
  await cdp.send('Input.imeSetComposition', { text: 'にほん', selectionStart: 3, selectionEnd: 3 });
  await expect(studio.prompt).toHaveValue('海: にほん');
  expect(await page.evaluate(() => window.composed)).toEqual(['compositionstart']);
  await cdp.send('Input.insertText', { text: '日本' });
  await expect(studio.prompt).toHaveValue('海: 日本');
  expect(await page.evaluate(() => window.composed)).toEqual(['compositionstart', 'compositionend']);
  await expect(page.getByText('5 of 2,000 characters')).toBeAttached();
});

test('what is selected and scrolled stays so', async ({ page, gateway }) => {
  const { studio, wasm } = await open(page, gateway.url);
  const state = () => studio.prompt.evaluate((field) => [
    field.value.length, field.selectionStart, field.selectionEnd, field.selectionDirection, field.scrollTop, field.matches(':focus'),
  ]);
  // As if pasted.
  await studio.prompt.fill(Array.from({ length: 60 }, (_, at) => `Line ${at}`).join('\n'));
  await studio.prompt.evaluate((field) => {
    field.setSelectionRange(40, 90, 'backward');
    field.scrollTop = 77;
  });
  const before = await state();
  expect(before[4]).toBe(77);
  wasm.letGo();
  await stands(page);
  expect(await state()).toEqual(before);
});

for (const [how, press] of [
  ['the button', (page) => page.getByRole('button', { name: /^Generate/ }).click()],
  ['the keyboard', (page) => page.keyboard.press('Control+Enter')],
]) {
  test(`what was asked for with ${how} is made, once, when it can be`, async ({ page, gateway }) => {
    const line = await network(gateway.url);
    try {
      const { studio, wasm } = await open(page, line.origin);
      await page.evaluate(() => {
        window.started = [];
        document.addEventListener('ai-now-started', ({ detail }) => window.started.push(detail.prompt));
      });
      // With no data yet, no request is made.
      await press(page);
      await studio.prompt.fill('A tune, 3 seconds');
      await press(page);
      await press(page);
      await expect(studio.generate).toHaveAttribute('aria-busy', 'true');
      // The next prompt may be written in the meantime.
      await studio.prompt.focus();
      await page.keyboard.press('End');
      await page.keyboard.type(', and then');
      wasm.letGo();
      await expect(studio.play).toBeVisible();
      await expect(studio.generate).not.toHaveAttribute('aria-busy', 'true');
      await expect(studio.prompt).toHaveValue('A tune, 3 seconds, and then');
      await expect(studio.prompt).toBeFocused();
      expect(await page.evaluate(() => window.started)).toEqual(['A tune, 3 seconds']);
      expect(line.submissions()).toHaveLength(1);
    } finally {
      await line.stop();
    }
  });
}

const SETTINGS = {
  models: (element) => { element.models = 'suno pika'; },
  language: (element) => { element.lang = 'de'; },
  session: (element) => { element.getSession = undefined; },
};

/** Records what is started. */
const started = (page) => page.evaluate(() => {
  window.started = [];
  document.addEventListener('ai-now-started', ({ detail }) => window.started.push(detail.prompt));
});

for (const [what, change] of Object.entries(SETTINGS)) {
  test(`a press outlives what the page sets before it can be honoured: ${what}`, async ({ page, gateway }) => {
    const line = await network(gateway.url);
    try {
      // There is no session yet: the studio has to remember the press too.
      let answerAll;
      const answered = new Promise((resolve) => { answerAll = resolve; });
      await page.route('**/api/sessions', async (route) => {
        await answered;
        await route.continue();
      });
      const { studio, wasm } = await open(page, line.origin);
      await started(page);
      await studio.prompt.fill('A tune, 3 seconds');
      await studio.generate.click();
      await page.locator('ai-now-studio').evaluate(change);
      wasm.letGo();
      await expect(page.getByRole('radio').first()).toBeAttached();
      await page.locator('ai-now-studio').evaluate((element) => { element.models = 'pika suno'; element.model = 'suno'; });
      await expect(page.getByRole('radio')).toHaveCount(2);
      await expect(page.locator('ai-now-studio [part=generate]')).toHaveAttribute('aria-busy', 'true');
      answerAll();
      await expect(page.locator('ai-now-studio .round.play')).toBeVisible();
      expect(await page.evaluate(() => window.started)).toEqual(['A tune, 3 seconds']);
      expect(line.submissions()).toHaveLength(1);
    } finally {
      await line.stop();
    }
  });
}

for (const [moment, selector] of [
  ['the field is the studio\'s', '.chars'], ['the bar stands', '.price'], ['the models stand', '[name=model]'], ['the form is nearly the studio\'s', '.result-panel'],
]) {
  test(`a prompt that the page sets, and a press right after, are honoured once: as soon as ${moment}`, async ({ page, gateway }) => {
    const { studio, wasm } = await open(page, gateway.url);
    await started(page);
    await studio.prompt.fill('What was typed first');
    await page.evaluate((selector) => {
      const element = document.querySelector('ai-now-studio');
      const observer = new MutationObserver(() => {
        if (!element.shadowRoot.querySelector(selector)) return;
        observer.disconnect();
        element.prompt = 'A tune, 3 seconds';
        element.shadowRoot.querySelector('[part=generate]').click();
      });
      observer.observe(element.shadowRoot, { childList: true, subtree: true });
    }, selector);
    wasm.letGo();
    await expect(studio.play).toBeVisible();
    expect(await page.evaluate(() => window.started)).toEqual(['A tune, 3 seconds']);
    await expect(studio.prompt).toHaveValue('A tune, 3 seconds');
  });
}

test('a press on an element that is taken out is not honoured later', async ({ page, gateway }) => {
  const { studio, wasm } = await open(page, gateway.url);
  await started(page);
  await studio.prompt.fill('A tune, 3 seconds');
  await studio.generate.click();
  await page.locator('ai-now-studio').evaluate(async (element) => {
    const { parentNode } = element;
    element.remove();
    await new Promise((resolve) => { setTimeout(resolve); });
    parentNode.append(element);
  });
  wasm.letGo();
  await stands(page);
  await expect(studio.generate).toBeEnabled();
  await expect(studio.generate).not.toHaveAttribute('aria-busy', 'true');
  expect(await page.evaluate(() => window.started)).toEqual([]);
});

test('where the studio never comes, it says so and keeps the text', async ({ page, gateway }) => {
  const { studio, wasm } = await open(page, gateway.url);
  await studio.prompt.fill('A tune, 3 seconds');
  await studio.generate.click();
  wasm.lose();
  const alert = page.getByRole('alert').filter({ hasText: 'could not be loaded' });
  await expect(alert).toBeVisible();
  await expect(studio.prompt).toHaveValue('A tune, 3 seconds');
  await expect(studio.generate).not.toHaveAttribute('aria-busy', 'true');
  await studio.prompt.press('End');
  await page.keyboard.type(' more');
  await page.unroute('**/ai-now-widget_bg*.wasm');
  await page.getByRole('button', { name: 'Start again' }).click();
  await stands(page);
  await expect(alert).toHaveCount(0);
  await expect(studio.prompt).toHaveValue('A tune, 3 seconds more');
  // There was no request for it since then.
  await expect(studio.progress).toHaveCount(0);
});

test('where the second part of the shell never comes, the first says so and keeps the text', async ({ page, gateway }) => {
  await page.route('**/ai-now-start*.js', (route) => route.abort());
  await page.goto(gateway.url);
  const studio = new Studio(page);
  await studio.prompt.fill('A tune, 3 seconds');
  const alert = page.getByRole('alert').filter({ hasText: 'could not be loaded' });
  await expect(alert).toBeVisible();
  await page.unroute('**/ai-now-start*.js');
  await page.getByRole('button', { name: 'Start again' }).click();
  await stands(page);
  await expect(alert).toHaveCount(0);
  await expect(studio.prompt).toHaveValue('A tune, 3 seconds');
});

test('what is typed outlives new settings, moves and restarts', async ({ page, gateway }) => {
  const studio = new Studio(page);
  await studio.open(gateway.url);
  await studio.prompt.fill('A tune, 3 seconds');
  for (const change of [
    (element) => { element.models = 'suno pika'; },
    (element) => { element.lang = 'de'; },
    (element) => { element.removeAttribute('lang'); },
    (element) => { element.getSession = undefined; },
    (element) => element.restart(),
    async (element) => {
      const { parentNode } = element;
      element.remove();
      await new Promise((resolve) => { setTimeout(resolve); });
      parentNode.append(element);
    },
  ]) {
    await page.locator('ai-now-studio').evaluate(change);
    await page.locator('ai-now-studio').evaluate((element) => element.start());
    await expect(page.locator('ai-now-studio textarea#prompt')).toHaveValue('A tune, 3 seconds');
    await expect(page.getByText(/17 (of|von) 2[,.]000/)).toBeAttached();
  }
  await page.locator('ai-now-studio').evaluate((element) => { element.prompt = 'Another'; });
  await expect(studio.prompt).toHaveValue('Another');
});

for (const [language, question, button] of [
  ['de', 'Was möchtest du erstellen?', 'Erzeugen'], ['ja', '何を作りますか？', '生成する'], ['ar', 'ماذا تريد أن نصنع؟', 'اصنع'],
]) {
  test.describe(`in a browser that speaks ${language}`, () => {
    test.use({ locale: language, colorScheme: 'dark' });

    test('the prompt does at once, and in the dark', async ({ page, gateway }) => {
      const wasm = await hold(page);
      await page.route('**/bare', (route) => route.fulfill({
        contentType: 'text/html',
        body: '<!doctype html><title>A page</title><script type="module" src="/ai-now.js"></script><ai-now-studio></ai-now-studio>',
      }));
      await page.goto(`${gateway.url}/bare`);
      await expect(page.getByRole('textbox', { name: question })).toBeVisible();
      await expect(page.getByRole('button', { name: button })).toBeVisible();
      await watch(page);
      wasm.letGo();
      await expect(page.getByRole('radio').first()).toBeVisible();
      await expect(page.locator('ai-now-studio [part=gallery], ai-now-studio [part=result-panel]').first()).toBeVisible();
      expect(await looks(page)).toHaveLength(1);
    });
  });
}
