// On other people's pages: behind their proxies, under their style sheets, among their shortcuts, and in their
// frames and pop-ups.
import { test as base, expect, web } from './fixtures.js';
import { enter, tooSmall, world } from './states.js';
import { Studio } from './studio.js';
import { prefix } from './servers.js';

const test = base.extend({
  world: [async ({}, use) => {
    const place = await world(web);
    await use(place);
    await place.stop();
  }, { scope: 'worker' }],
});

/** Opens an empty page on the origin of the states. */
async function open(page, world) {
  await page.goto(world.origin);
  await page.waitForFunction(() => customElements.get('ai-now-studio'));
}

for (const [how, path] of [['is told nothing of', '/tool'], ['has routes of the same name as', '/a/media']]) {
  test(`a gateway that ${how} the path it is served below does all it does`, async ({ page, gateway }) => {
    const proxy = await prefix(gateway.url, path);
    try {
      const broken = [];
      page.on('response', (answer) => { if (answer.status() >= 400) broken.push(answer.url()); });
      const studio = new Studio(page);
      await studio.open(`${proxy.origin}${path}/`);
      await page.evaluate(() => {
        window.seen = [];
        for (const name of ['progress', 'completed']) {
          document.addEventListener(`ai-now-${name}`, ({ type, detail }) => window.seen.push([type, detail.url]));
        }
      });
      await studio.ask({ model: 'Luma', prompt: 'A calm lake, silent, 3 seconds' });
      await studio.generate.click();
      await expect(studio.play).toBeVisible();
      const address = await studio.media.evaluate((media) => media.src.split('#')[0]);
      expect(address).toMatch(new RegExp(`^${proxy.origin}${path}/media/[^/]+\\.mp4$`));
      const seen = await page.evaluate(() => window.seen);
      expect(seen.map(([type]) => type)).toContain('ai-now-progress');
      // The addresses in an event can also be loaded.
      expect(seen.at(-1)).toEqual(['ai-now-completed', address]);
      await studio.playUntilItMoves();
      const [file] = await Promise.all([page.waitForEvent('download'), studio.download.click()]);
      expect(file.url()).toBe(`${address}?download=1`);
      expect(file.suggestedFilename()).toMatch(/\.mp4$/);
      // The stored picture of it.
      await page.locator('ai-now-studio .entry').scrollIntoViewIfNeeded();
      await expect(page.locator('ai-now-studio .entry .picture')).toBeVisible();
      expect(broken).toEqual([]);
      expect(proxy.strayed).toEqual([]);
    } finally {
      await proxy.stop();
    }
  });
}

/** The sizes of text, field and button, before and after the studio is mounted. */
const sizes = (page) => page.evaluate(() => {
  const { shadowRoot } = document.querySelector('ai-now-studio');
  const text = [...shadowRoot.querySelectorAll('p, label, span, button, textarea, legend, time')]
    .filter((element) => element.checkVisibility() && element.textContent.trim())
    .map((element) => parseFloat(getComputedStyle(element).fontSize));
  const box = (selector) => {
    const { width, height } = shadowRoot.querySelector(selector).getBoundingClientRect();
    return [width, height].map(Math.round);
  };
  return { least: Math.min(...text), field: box('textarea'), button: box('[part=generate]') };
});

test('the size of the page\'s root shrinks nothing', async ({ page, world }) => {
  await open(page, world);
  for (const state of ['composing', 'song', 'history']) {
    await enter(page, world.origin, state);
    const before = await sizes(page);
    expect(before.least, state).toBeGreaterThanOrEqual(12);
    for (const size of ['62.5%', '50%', '10px', '1px', 'xx-small', '10vw', '120px']) {
      await page.evaluate((size) => { document.documentElement.style.fontSize = size; }, size);
      expect(await sizes(page), `${state} at ${size}`).toEqual(before);
      expect(await tooSmall(page), `${state} at ${size}`).toEqual([]);
    }
    // If the page sets a larger text size, larger text is intended.
    for (const [size, times] of [['20px', 1.25], ['125%', 1.25], ['200%', 2]]) {
      await page.evaluate((size) => { document.documentElement.style.fontSize = size; }, size);
      expect((await sizes(page)).least, `${state} at ${size}`).toBeCloseTo(before.least * times, 3);
    }
    await page.evaluate(() => { document.documentElement.style.fontSize = ''; });
  }
});

test('larger text that a visitor has set in the browser is larger on a page that counts in tens, too', async ({ page, world }) => {
  await open(page, world);
  const cdp = await page.context().newCDPSession(page);
  for (const size of ['', '62.5%', '50%']) {
    await page.evaluate((size) => { document.documentElement.style.fontSize = size; }, size);
    await cdp.send('Page.setFontSizes', { fontSizes: { standard: 16 } });
    await enter(page, world.origin, 'composing');
    const { least } = await sizes(page);
    await cdp.send('Page.setFontSizes', { fontSizes: { standard: 24 } });
    await expect.poll(async () => (await sizes(page)).least, size).toBeCloseTo(least * 1.5, 3);
  }
});

test('nothing of what a page says of its text gets in', async ({ page, world }) => {
  await open(page, world);
  await enter(page, world.origin, 'composing');
  const look = () => page.evaluate(() => {
    const { shadowRoot } = document.querySelector('ai-now-studio');
    const names = [...getComputedStyle(shadowRoot.querySelector('p'))].filter((name) => !/size|width|inline|block|origin|height$|^-webkit-locale$/.test(name));
    return [...shadowRoot.querySelectorAll('p, label, textarea, button')].map((element) => {
      const style = getComputedStyle(element);
      return Object.fromEntries(names.map((name) => [name, style.getPropertyValue(name)]));
    });
  });
  const before = await look();
  const text = `font: italic small-caps 900 30px/3 fantasy; color: red; text-align: right; text-transform: uppercase; letter-spacing: 9px;
    word-spacing: 9px; text-indent: 40px; text-shadow: 1px 1px red; white-space: pre; cursor: wait; list-style: square; hyphens: none;
    word-break: break-all; overflow-wrap: anywhere; caret-color: red; accent-color: red; quotes: none; tab-size: 1; orphans: 9; pointer-events: auto;
    font-variant-numeric: slashed-zero; font-feature-settings: "smcp"; text-decoration-skip-ink: none; line-break: anywhere; user-select: none`;
  for (const rule of [`main { ${text} }`, `body * { ${text} }`, `ai-now-studio { ${text} }`]) {
    await style(page, rule);
    expect(await look(), rule).toEqual(before);
  }
});

/** Adopts a style sheet of the page, in place of the last one. */
const style = (page, rule) => page.evaluate((rule) => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(rule);
  document.adoptedStyleSheets = [sheet];
}, rule);

test('whatever layout the page gives it, it has a width', async ({ page, world }) => {
  await open(page, world);
  await enter(page, world.origin, 'composing');
  const widths = () => page.evaluate(() => {
    const inner = document.querySelector('ai-now-studio').shadowRoot.querySelector('.studio').getBoundingClientRect().width;
    return [inner, document.documentElement.scrollWidth - document.documentElement.clientWidth];
  });
  for (const wide of [1200, 360]) {
    await page.setViewportSize({ width: wide, height: 900 });
    for (const layout of [
      'display: flex', 'display: flex; justify-content: center; place-items: center', 'display: flex; flex-direction: column; align-items: center',
      'display: grid; place-items: center', 'display: table',
    ]) {
      await style(page, `:has(> ai-now-studio) { ${layout} }`);
      const [inner, over] = await widths();
      expect(inner, `in ${layout}, ${wide} wide`).toBeGreaterThan(wide * 0.7);
      expect(over, `in ${layout}, ${wide} wide`).toBe(0);
    }
    for (const layout of [
      'display: flex', 'display: grid; justify-items: center', 'display: inline-block', 'display: inline', 'float: left', 'float: right',
      'width: fit-content', 'writing-mode: vertical-rl',
    ]) {
      await style(page, `ai-now-studio { ${layout} }`);
      const [inner, over] = await widths();
      expect(inner, `${layout}, ${wide} wide`).toBeGreaterThan(wide * 0.7);
      expect(over, `${layout}, ${wide} wide`).toBe(0);
    }
  }
});

test('rules for everything on the page undo neither its theme nor its own properties', async ({ page, world }) => {
  await open(page, world);
  await enter(page, world.origin, 'composing');
  await page.evaluate(() => { document.querySelector('ai-now-studio').theme = 'light'; });
  const look = () => page.evaluate(() => {
    const { shadowRoot } = document.querySelector('ai-now-studio');
    const { backgroundColor, color, blockSize, borderRadius } = getComputedStyle(shadowRoot.querySelector('.studio'));
    return { backgroundColor, color, blockSize, borderRadius, accent: getComputedStyle(shadowRoot.querySelector('[part=generate]')).backgroundColor };
  });
  const before = await look();
  for (const rule of [
    '* { color-scheme: dark }', '* { --_accent: red; --_paper: lime; --_ink: blue; --_tint: red; --_room: red }', ':root { --_made: 1000px; --_h: 1px; --_radius: 9px }',
  ]) {
    await style(page, rule);
    expect(await look(), rule).toEqual(before);
  }
});

test('a font of one width is as large as any other', async ({ page, world }) => {
  await open(page, world);
  await enter(page, world.origin, 'composing');
  const { least } = await sizes(page);
  for (const root of ['', 'font-size: 62.5%']) {
    await style(page, `:root { --ai-now-font: monospace; ${root} }`);
    expect((await sizes(page)).least, root).toBe(least);
    expect(await tooSmall(page), root).toEqual([]);
  }
});

test('moved as it is, it speaks the language of its new place', async ({ page, world }) => {
  await open(page, world);
  await enter(page, world.origin, 'composing');
  const prompt = page.locator('ai-now-studio').locator('textarea');
  const lang = page.locator('ai-now-studio .studio');
  await prompt.fill('A calm lake');
  await page.evaluate(() => {
    window.element = document.querySelector('ai-now-studio');
    const host = document.body.appendChild(document.createElement('div'));
    host.lang = 'de';
    const inner = host.attachShadow({ mode: 'open' }).appendChild(document.createElement('div'));
    window.places = { host, inner };
    inner.moveBefore(window.element, null);
  });
  await expect(lang).toHaveAttribute('lang', 'de');
  // Changes there are followed, at each level.
  await page.evaluate(() => { window.places.host.lang = 'fr'; });
  await expect(lang).toHaveAttribute('lang', 'fr');
  await page.evaluate(() => { window.places.inner.lang = 'it'; });
  await expect(lang).toHaveAttribute('lang', 'it');
  await expect(prompt).toHaveValue('A calm lake');
  // A drawing has a language, too.
  await page.evaluate(() => {
    document.body.insertAdjacentHTML('beforeend', '<svg lang="es" width="900" height="900"><foreignObject width="900" height="900"></foreignObject></svg>');
    document.querySelector('foreignObject').append(window.element);
  });
  await expect(lang).toHaveAttribute('lang', 'es');
});

/** Records the key events that reach the page. */
const hear = (page) => page.evaluate(() => {
  window.heard = [];
  for (const target of [document, window]) {
    for (const type of ['keydown', 'keypress', 'keyup']) {
      target.addEventListener(type, ({ key, ctrlKey }) => { window.heard.push(`${type} ${ctrlKey ? '^' : ''}${key}`); });
    }
  }
});
const heard = (page) => page.evaluate(() => [...new Set(window.heard.splice(0))]);

test('typed keys stay in the element, before the studio is mounted and after', async ({ page, world }) => {
  await page.route('**/ai-now-widget_bg*.wasm', () => {});
  await open(page, world);
  await page.evaluate(() => { document.querySelector('main').append(document.createElement('ai-now-studio')); });
  const types = async (studio) => {
    const prompt = studio.getByRole('textbox', { name: 'What would you like to make?' });
    await prompt.fill('');
    await prompt.focus();
    await heard(page);
    await page.keyboard.type('jk /?G1');
    await page.keyboard.press('Shift+S');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Backspace');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('Home');
    await expect(prompt).toHaveValue('jk /?G1S');
    expect(await heard(page)).toEqual([]);
    // These keys belong to everybody.
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+b');
    await page.keyboard.press('F2');
    expect(await heard(page)).toEqual([
      'keydown Escape', 'keyup Escape', 'keydown ^Control', 'keydown ^b', 'keyup ^b', 'keyup Control', 'keydown F2', 'keyup F2',
    ]);
    await page.keyboard.press('Tab');
    expect(await heard(page)).toContain('keydown Tab');
  };
  await hear(page);
  await types(page.locator('ai-now-studio'));
  await page.unroute('**/ai-now-widget_bg*.wasm');
  await open(page, world);
  await hear(page);
  const studio = await enter(page, world.origin, 'song');
  await expect(studio.locator('.screen')).toBeVisible();
  await types(studio);
  const search = studio.getByRole('searchbox', { name: 'Find in what was made' });
  await search.focus();
  await page.keyboard.type('zx');
  expect(await heard(page)).toEqual([]);
  // The page's own keys work wherever else the focus is.
  await page.evaluate(() => document.activeElement.blur());
  await page.keyboard.press('j');
  expect(await heard(page)).toEqual(['keydown j', 'keypress j', 'keyup j']);
});

test('keys that the player uses end at the element, and no others', async ({ page, world }) => {
  await open(page, world);
  await hear(page);
  const studio = await enter(page, world.origin, 'song');
  const play = studio.getByRole('button', { name: 'Play', exact: true });
  await expect(play).toBeVisible();
  await play.focus();
  for (const key of ['k', 'k', ' ', ' ', 'm', 'j', 'l', 'ArrowLeft', 'ArrowUp', 'Enter', 'Enter']) {
    await page.keyboard.press(key);
    expect(await heard(page), key).toEqual([]);
  }
  // A sound has no full screen, so that key is free, like all others.
  for (const key of ['f', 'x']) {
    await page.keyboard.press(key);
    expect(await heard(page), key).toEqual([`keydown ${key}`, `keypress ${key}`, `keyup ${key}`]);
  }
});

for (const place of ['a frame', 'a pop-up']) {
  for (const [when, started] of [['before it stands', false], ['while it stands', true]]) {
    test(`moved into the document of ${place} ${when}, it has its looks and works`, async ({ page, context, gateway }) => {
      await page.goto(`${gateway.url}/demo.html`);
      await page.waitForFunction(() => customElements.get('ai-now-studio'));
      const opened = place === 'a pop-up' ? context.waitForEvent('page') : undefined;
      await page.evaluate(async ([place, started]) => {
        document.querySelector('ai-now-studio').remove();
        window.failed = [];
        window.addEventListener('unhandledrejection', ({ reason }) => window.failed.push(String(reason)));
        const element = document.createElement('ai-now-studio');
        window.element = element;
        if (started) {
          document.querySelector('main').append(element);
          await element.start();
          element.shadowRoot.querySelector('textarea').value = 'A calm lake, silent, 3 seconds';
          element.shadowRoot.querySelector('textarea').dispatchEvent(new Event('input'));
        }
        if (place === 'a frame') {
          const frame = document.body.appendChild(document.createElement('iframe'));
          Object.assign(frame, { width: 900, height: 900 });
          window.other = frame.contentWindow;
        } else window.other = window.open('', '', 'popup,width=900,height=900');
        window.other.document.body.append(element);
      }, [place, started]);
      const there = (await opened) ?? page.frameLocator('iframe');
      const prompt = there.getByRole('textbox', { name: 'What would you like to make?' });
      await expect(prompt).toBeVisible();
      // It loads automatically, because it is near the viewport.
      await expect(there.getByRole('radio', { name: /^Luma/ })).toBeAttached();
      if (started) await expect(prompt).toHaveValue('A calm lake, silent, 3 seconds');
      const looks = await page.evaluate(() => {
        const { shadowRoot } = window.element;
        const view = window.element.ownerDocument.defaultView;
        const button = view.getComputedStyle(shadowRoot.querySelector('[part=generate]'));
        const scale = view.getComputedStyle(shadowRoot.querySelector('.scale'));
        return [shadowRoot.adoptedStyleSheets.length, button.backgroundColor, button.fontSize, scale.getPropertyValue('--ai-now-rem')];
      });
      expect(looks).toEqual([2, 'rgb(184, 64, 15)', '16px', '16px']);
      await there.getByRole('radio', { name: /^Luma/ }).check({ force: true });
      await prompt.fill('A calm lake, silent, 3 seconds');
      await there.getByRole('button', { name: /^Generate/ }).click();
      const play = there.getByRole('button', { name: 'Play', exact: true });
      await expect(play).toBeVisible();
      await play.click();
      await expect.poll(() => page.evaluate(() => window.element.shadowRoot.querySelector('video').currentTime)).toBeGreaterThan(0.1);
      // Its picture is stored: it was seen.
      await there.locator('.entry').scrollIntoViewIfNeeded();
      await expect(there.locator('.entry .picture')).toBeVisible();
      await there.getByRole('button', { name: 'Full screen' }).click();
      await expect.poll(() => page.evaluate(() => window.other.document.fullscreenElement === window.element)).toBe(true);
      await there.getByRole('button', { name: 'Full screen' }).click();
      await expect.poll(() => page.evaluate(() => window.other.document.fullscreenElement)).toBe(null);
      // And back.
      await page.evaluate(() => document.querySelector('main').append(window.element));
      await expect(page.getByRole('textbox', { name: 'What would you like to make?' })).toHaveValue('A calm lake, silent, 3 seconds');
      expect(await page.evaluate(() => [window.element.shadowRoot.adoptedStyleSheets.length, window.failed])).toEqual([2, []]);
    });
  }
}

test('moved into a picture-in-picture window of a document, it has its looks and works, and comes back when that closes', async ({ page, gateway }) => {
  await page.goto(`${gateway.url}/demo.html`);
  await page.waitForFunction(() => customElements.get('ai-now-studio'));
  await page.evaluate(async () => {
    window.failed = [];
    window.addEventListener('unhandledrejection', ({ reason }) => window.failed.push(String(reason)));
    window.element = document.querySelector('ai-now-studio');
    await window.element.start();
    window.other = await window.documentPictureInPicture.requestWindow({ width: 700, height: 700 });
    // Its owner's code: the window takes the element, and gives it back.
    window.other.addEventListener('pagehide', () => document.querySelector('main').append(window.element));
    window.other.document.body.append(window.element);
  });
  /** The element's content in the window, as seen from the page that opened it. */
  const inside = (act, given) => page.evaluate(([act, given]) => new Function('root', 'given', `return ${act}`)(window.element.shadowRoot, given), [act, given]);
  expect(await page.evaluate(() => window.element.ownerDocument === window.other.document)).toBe(true);
  await expect.poll(() => inside('root.querySelectorAll("input[type=radio]").length')).toBeGreaterThan(2);
  const looks = await page.evaluate(() => {
    const { shadowRoot } = window.element;
    const button = window.other.getComputedStyle(shadowRoot.querySelector('[part=generate]'));
    return [shadowRoot.adoptedStyleSheets.length, button.backgroundColor, button.fontSize];
  });
  expect(looks).toEqual([2, 'rgb(184, 64, 15)', '16px']);
  await page.evaluate(() => {
    const { shadowRoot } = window.element;
    shadowRoot.querySelector('input[type=radio][value=luma]').click();
    const field = shadowRoot.querySelector('textarea');
    field.value = 'A calm lake, silent, 3 seconds';
    field.dispatchEvent(new Event('input', { bubbles: true }));
    shadowRoot.querySelector('[part=generate]').click();
  });
  await expect.poll(() => inside('root.querySelector("video")?.currentSrc ?? ""'), { timeout: 60_000 }).toMatch(/^blob:|^http/);
  await page.evaluate(() => window.element.shadowRoot.querySelector('video').play());
  await expect.poll(() => inside('root.querySelector("video").currentTime')).toBeGreaterThan(0.1);
  // And back.
  await page.evaluate(() => window.other.close());
  await expect(page.getByRole('textbox', { name: 'What would you like to make?' })).toHaveValue('A calm lake, silent, 3 seconds');
  await expect(page.getByRole('radio', { name: /^Luma/ })).toBeChecked();
  expect(await page.evaluate(() => [window.element.shadowRoot.adoptedStyleSheets.length, window.failed])).toEqual([2, []]);
});

for (const place of ['a frame', 'a pop-up']) {
  test(`what waits until somebody looks goes along into the document of ${place}`, async ({ page, context, gateway }) => {
    let asked = 0;
    let refuses = true;
    await context.route('**/api/sessions', async (route) => {
      asked += 1;
      if (!refuses) return route.continue();
      // Not for the duration of this test.
      return route.fulfill({ status: 503, headers: { 'Retry-After': '600' }, json: { status: 'Error', message: 'Not now.' } });
    });
    await page.goto(gateway.url);
    await expect(page.getByText('It\'s busy right now.')).toBeVisible();
    expect(asked).toBe(1);
    const moved = page.waitForResponse('**/api/sessions');
    await page.evaluate((place) => {
      window.element = document.querySelector('ai-now-studio');
      window.other = place === 'a frame'
        ? document.body.appendChild(document.createElement('iframe')).contentWindow
        : window.open('', '', 'popup,width=900,height=900');
      window.other.document.title = 'Another page';
      window.other.document.body.append(window.element);
    }, place);
    // The document to which it was moved is visible.
    await moved;
    /** Simulates that a document is visible or hidden; then waits for a request and its answer. */
    const look = (where, hidden = false) => page.evaluate(async ([where, hidden]) => {
      const { document } = where === 'here' ? window : window.other;
      Object.defineProperty(document, 'hidden', { configurable: true, get: () => hidden });
      Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => (hidden ? 'hidden' : 'visible') });
      document.dispatchEvent(new document.defaultView.Event('visibilitychange'));
      await (await fetch('/api/catalog')).text();
    }, [where, hidden]);
    await look('here');
    await look('here');
    expect(asked).toBe(2);
    refuses = false;
    await expect.poll(async () => {
      await look('there');
      return page.evaluate(() => window.element.shadowRoot.querySelector('.bar').textContent);
    }).toContain('tokens left');

    // A user who switched away is notified in the title of the tab: a pop-up has its own.
    const titles = () => page.evaluate(() => [document.title, window.other.document.title]);
    const before = await titles();
    await look('there', true);
    await page.evaluate(() => window.element.generate({ model: 'suno', prompt: 'A tune, 3 seconds' }));
    const told = place === 'a frame' ? ['✓ Done', before[1]] : [before[0], '✓ Done'];
    await expect.poll(titles).toEqual(told);
    await look(place === 'a frame' ? 'here' : 'there');
    await expect.poll(titles).toEqual(before);
  });
}
