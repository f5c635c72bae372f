// The result: playback, control by buttons, keys and the system, download, sharing, and repetition.
import { test, expect, web } from './fixtures.js';
import { enter, world } from './states.js';

const PROMPT = 'A calm lake at dawn';

const play = test.extend({
  world: [async ({}, use) => {
    const place = await world(web);
    await use(place);
    await place.stop();
  }, { scope: 'worker' }],
});

play.beforeEach(async ({ page, world }) => {
  // Records what a page passes to the system, and replaces functions that headless browsers lack.
  await page.addInitScript(() => {
    Object.assign(window, { handlers: {}, positions: [], floated: 0, told: [] });
    const { mediaSession } = navigator;
    mediaSession.setActionHandler = (action, handler) => { window.handlers[action] = handler; };
    mediaSession.setPositionState = (state) => window.positions.push(state);
    HTMLVideoElement.prototype.requestPictureInPicture = async () => { window.floated += 1; };
    navigator.share = async (data) => {
      window.shared = data;
      throw new DOMException('The person thought otherwise.', 'AbortError');
    };
    const { Notification } = window;
    window.Notification = class extends Notification {
      constructor(...given) {
        super(...given);
        window.told.push(given);
      }
    };
  });
  await page.goto(world.origin);
  await page.waitForFunction(() => customElements.get('ai-now-studio'));
});

/** The media element and its properties. */
function deck(studio) {
  const media = studio.locator('audio, video');
  const is = (name) => media.evaluate((element, name) => element[name], name);
  return { media, is, comes: (name, value) => expect.poll(() => is(name), { message: name }).toBe(value) };
}

const button = (studio, name) => studio.getByRole('button', { name, exact: true });

play('buttons and sliders steer it, and show how it is', async ({ page, world }) => {
  const studio = await enter(page, world.origin, 'song');
  const { is, comes, media } = deck(studio);
  await comes('readyState', 4);
  await button(studio, 'Play').click();
  await comes('paused', false);
  await button(studio, 'Pause').click();
  await comes('paused', true);
  await expect(button(studio, 'Play')).toBeVisible();

  for (const [name, rate] of [['Speed 1×', 1.25], ['Speed 1.25×', 1.5], ['Speed 1.5×', 2], ['Speed 2×', 0.75], ['Speed 0.75×', 1]]) {
    await button(studio, name).click();
    await comes('playbackRate', rate);
  }
  await button(studio, 'Loop').click();
  await expect(button(studio, 'Loop')).toHaveAttribute('aria-pressed', 'true');
  expect(await is('loop')).toBe(true);
  await button(studio, 'Loop').click();
  expect(await is('loop')).toBe(false);

  await button(studio, 'Mute').click();
  await expect(button(studio, 'Mute')).toHaveAttribute('aria-pressed', 'true');
  expect(await is('muted')).toBe(true);
  // Increasing the volume also unmutes.
  await studio.getByRole('slider', { name: 'Volume' }).fill('0.5');
  expect([await is('volume'), await is('muted')]).toEqual([0.5, false]);
  await expect(button(studio, 'Mute')).toHaveAttribute('aria-pressed', 'false');

  const position = studio.getByRole('slider', { name: 'Position' });
  await position.fill('12');
  await comes('currentTime', 12);
  await expect(position).toHaveAttribute('aria-valuetext', '0:12 of 0:30');
  await expect(studio.locator('.clock')).toHaveText('0:12 / 0:30');
  // A change from outside is shown too.
  await media.evaluate((element) => { element.currentTime = 20; });
  await expect(position).toHaveValue('20');
});

play('keys steer it, while the focus is in the player', async ({ page, world }) => {
  const studio = await enter(page, world.origin, 'song');
  const { is, comes } = deck(studio);
  await comes('readyState', 4);
  const position = studio.getByRole('slider', { name: 'Position' });
  await position.fill('10');
  const key = (name) => page.keyboard.press(name);
  await key('Control+k');
  expect(await is('paused')).toBe(true);
  for (const toggle of ['k', 'K', ' ']) {
    await key(toggle);
    await comes('paused', false);
    await key(toggle);
    await comes('paused', true);
  }
  await position.fill('10');
  for (const [name, secs] of [['l', 20], ['l', 30], ['j', 20], ['j', 10], ['j', 0], ['j', 0]]) {
    await key(name);
    await comes('currentTime', secs);
  }
  // A slider uses the arrow keys itself; on a button, they seek.
  await button(studio, 'Play').focus();
  for (const [name, secs] of [['ArrowRight', 5], ['ArrowRight', 10], ['ArrowLeft', 5]]) {
    await key(name);
    await comes('currentTime', secs);
  }
  await key('ArrowDown');
  await expect.poll(() => is('volume')).toBeCloseTo(0.9);
  await key('ArrowUp');
  await key('ArrowUp');
  await comes('volume', 1);
  await key('m');
  await comes('muted', true);
  await key('m');
  await comes('muted', false);
  // Outside the player they are ordinary keys.
  const prompt = studio.getByRole('textbox', { name: 'What would you like to make?' });
  await prompt.fill('');
  await prompt.pressSequentially('km jl');
  expect([await is('paused'), await is('muted'), await is('currentTime')]).toEqual([true, false, 5]);
  await expect(prompt).toHaveValue('km jl');
});

play('a film fills the screen and floats, by button and by key', async ({ page, world }) => {
  const studio = await enter(page, world.origin, 'video');
  const { comes } = deck(studio);
  const full = () => page.evaluate(() => Boolean(document.fullscreenElement));
  await button(studio, 'Full screen').click();
  await expect.poll(full).toBe(true);
  await page.keyboard.press('f');
  await expect.poll(full).toBe(false);
  await button(studio, 'Picture in picture').click();
  expect(await page.evaluate(() => window.floated)).toBe(1);
  // A click on the picture plays, and then the keys work.
  await studio.locator('video').click();
  await comes('paused', false);
  await page.keyboard.press('k');
  await comes('paused', true);
});

play('the system knows what plays, and steers it', async ({ page, world }) => {
  const studio = await enter(page, world.origin, 'song');
  const { comes } = deck(studio);
  await button(studio, 'Play').click();
  await comes('paused', false);
  const metadata = await page.evaluate(() => {
    const { title, album, artwork } = navigator.mediaSession.metadata;
    return { title, album, artwork: artwork.map(({ src }) => src) };
  });
  expect(metadata).toEqual({ title: PROMPT, album: 'Suno', artwork: [`${world.origin}/models/suno.jpg`] });
  const asks = (action, details = {}) => page.evaluate(
    ([action, details]) => window.handlers[action]({ action, ...details }), [action, details],
  );
  await asks('pause');
  await comes('paused', true);
  await asks('seekto', { seekTime: 12 });
  await comes('currentTime', 12);
  await asks('seekforward');
  await comes('currentTime', 22);
  await asks('seekbackward', { seekOffset: 2 });
  await comes('currentTime', 20);
  await asks('seekto', { seekTime: 1e9 });
  await comes('currentTime', 30);
  await expect.poll(() => page.evaluate(() => window.positions.at(-1))).toEqual({ duration: 30, playbackRate: 1, position: 30 });
  await asks('seekto', { seekTime: 1 });
  await asks('play');
  await comes('paused', false);
  await page.evaluate(() => document.querySelector('ai-now-studio').remove());
  // A removed player is silent, and makes no requests.
  await expect.poll(() => page.evaluate(() => navigator.mediaSession.metadata)).toBe(null);
  expect(await page.evaluate(() => Object.values(window.handlers).filter(Boolean).length)).toBe(0);
});

play('one plays at a time, in all tabs', async ({ page, context, world }) => {
  const first = await enter(page, world.origin, 'song');
  await button(first, 'Play').click();
  await deck(first).comes('paused', false);
  const other = await context.newPage();
  await other.goto(world.origin);
  await other.waitForFunction(() => customElements.get('ai-now-studio'));
  const second = await enter(other, world.origin, 'video');
  await button(second, 'Play').click();
  await deck(first).comes('paused', true);
  await expect(button(first, 'Play')).toBeVisible();
});

play('it is taken along, handed on, and asked for again', async ({ page, context, world }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: world.origin });
  const studio = await enter(page, world.origin, 'song');
  const address = `${world.origin}/song/media/a-calm-lake.mp3`;
  await button(studio, 'Copy link').click();
  await expect(button(studio, 'Link copied')).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(address);
  // If sharing is cancelled, nothing happens: no error and no message.
  await button(studio, 'Share').click();
  expect(await page.evaluate(() => window.shared)).toEqual({ url: address });
  const [file] = await Promise.all([
    page.waitForEvent('download'), studio.getByRole('link', { name: 'Download' }).click(),
  ]);
  expect(file.suggestedFilename()).toBe('a-calm-lake.mp3');
  expect(file.url()).toBe(`${address}?download=1`);

  const prompt = studio.getByRole('textbox', { name: 'What would you like to make?' });
  await prompt.fill('Something else');
  await button(studio, 'Use this prompt').click();
  await expect(prompt).toHaveValue(PROMPT);
  await expect(prompt).toBeFocused();

  const before = world.asked.length;
  await button(studio, 'Make another').click();
  await expect.poll(() => world.asked.length).toBe(before + 1);
  expect(world.asked.at(-1)).toEqual(world.asked.at(-2));
  await expect(studio.locator('.entry')).toHaveCount(2);

  await studio.getByRole('combobox', { name: 'Another style or model' }).selectOption({ label: 'Watercolor' });
  await expect(studio.getByRole('radio', { name: 'Watercolor' })).toBeChecked();
  await expect(prompt).toHaveValue(PROMPT);
  await expect(studio.getByRole('button', { name: 'Generate' })).toBeFocused();
  // It is checked before it is paid for.
  expect(world.asked.length).toBe(before + 1);
});

play('who went elsewhere is told, by title and notification, until they look', async ({ page, context, world }) => {
  await context.grantPermissions(['notifications'], { origin: world.origin });
  await enter(page, world.origin, 'running');
  const look = (hidden) => page.evaluate((hidden) => {
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => hidden });
    const state = hidden ? 'hidden' : 'visible';
    Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => state });
    document.dispatchEvent(new Event('visibilitychange'));
  }, hidden);
  await look(true);
  await page.evaluate(() => fetch('/running/say', {
    method: 'POST', body: '{"status":"Completed","url":"/media/a-calm-lake.mp3"}',
  }));
  await expect(page).not.toHaveTitle('A page');
  const told = await page.evaluate(() => window.told);
  expect(told).toHaveLength(1);
  expect(told[0][0]).toBe(await page.title());
  expect(told[0][1].body).toBe(PROMPT);
  await look(false);
  await expect(page).toHaveTitle('A page');
});

play('what is not looked at costs nothing, and what was looked at before shows itself for nothing', async ({ page, world }) => {
  const studio = await enter(page, world.origin, 'video');
  const picture = studio.locator('.entry .picture');
  // A new film shows its first frame, which is stored.
  await studio.locator('.entry').scrollIntoViewIfNeeded();
  await expect(picture).toBeVisible();
  await expect(studio.locator('.cover')).toBeHidden();
  const asked = [];
  page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  await page.reload();
  await page.evaluate(async (gateway) => {
    const element = document.createElement('ai-now-studio');
    element.gateway = gateway;
    document.querySelector('main').append(element);
    await element.start();
  }, `${world.origin}/video/`);
  const entry = studio.locator('.entry .show');
  await expect(entry).toBeVisible();
  await page.waitForLoadState('networkidle');
  expect(asked.filter((path) => path.includes('/media/'))).toEqual([]);
  await entry.focus();
  await page.keyboard.press('Enter');
  const cover = studio.locator('.cover');
  await expect(cover).toBeVisible();
  const light = await cover.evaluate((canvas) => {
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    return data.reduce((sum, value) => sum + value, 0) / data.length;
  });
  // Neither empty nor black: opaque black would be a quarter of 255.
  expect(light).toBeGreaterThan(80);
  expect(asked.filter((path) => path.includes('/media/'))).toEqual([]);
  // When it is selected, it shows its length; when it is played, the film itself.
  await expect(studio.locator('.clock')).toHaveText('0:00');
  await button(studio, 'Play').focus();
  await expect(studio.locator('.clock')).toHaveText('0:00 / 0:02');
  await expect(cover).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(cover).toBeHidden();
  await expect.poll(() => deck(studio).is('currentTime')).toBeGreaterThan(0.1);
  expect(asked).toContain('/video/media/a-calm-lake.mp4');
});

play('a result below the fold is not loaded before it is scrolled to', async ({ page, world }) => {
  await page.setViewportSize({ width: 360, height: 500 });
  const asked = [];
  page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  for (const state of ['song', 'video']) {
    // By script, so that the page does not scroll.
    const studio = await enter(page, world.origin, 'empty', { gateway: `${world.origin}/${state}/` });
    await page.evaluate(() => window.scrollTo(0, 0));
    await studio.evaluate((element, model) => element.generate({ model, prompt: 'A lake' }), state === 'video' ? 'pika' : 'suno');
    // Visibility is reported with the next frame of the page.
    await page.evaluate(() => new Promise((resolve) => {
      requestAnimationFrame(() => requestAnimationFrame(resolve));
    }));
    expect(await deck(studio).is('preload'), state).toBe('none');
    expect(asked.filter((path) => path.includes(`/${state}/media/`)), state).toEqual([]);
    await studio.locator('.screen').scrollIntoViewIfNeeded();
    await expect.poll(() => asked.filter((path) => path.includes(`/${state}/media/`)).length, state).toBeGreaterThan(0);
  }
});

play('who wants to be told of the end is asked out of a click, once it takes long', async ({ page, world }) => {
  await page.addInitScript(() => {
    // A browser whose permission was never requested.
    Object.defineProperty(window.Notification, 'permission', { get: () => 'default' });
    window.Notification.requestPermission = async () => {
      window.askedInClick = navigator.userActivation.isActive;
      return 'granted';
    };
  });
  await page.clock.install();
  await page.goto(world.origin);
  await page.waitForFunction(() => customElements.get('ai-now-studio'));
  const studio = await enter(page, world.origin, 'running');
  const offer = button(studio, 'Tell me when it is done');
  await expect(offer).toBeHidden();
  await page.clock.runFor(9_000);
  await offer.click();
  expect(await page.evaluate(() => window.askedInClick)).toBe(true);
  await expect(offer).toBeHidden();
});

/** Presses "Play" as soon as it appears, and this many frames later. */
const pressEarly = (page, frames) => page.evaluate((frames) => {
  const seen = (place, find, act) => {
    const observer = new MutationObserver(() => {
      const found = find();
      if (!found) return;
      observer.disconnect();
      act(found);
    });
    observer.observe(place, { childList: true, subtree: true });
  };
  const after = (frames, act) => (frames ? requestAnimationFrame(() => after(frames - 1, act)) : act());
  seen(document.querySelector('main'), () => document.querySelector('ai-now-studio'), ({ shadowRoot }) => {
    seen(shadowRoot, () => shadowRoot.querySelector('.round.play'), (play) => after(frames, () => play.click()));
  });
}, frames);

for (const [what, prepare] of [
  ['is there at once', () => {}],
  ['comes slowly', (page) => page.route('**/media/*', async (route) => {
    await new Promise((resolve) => { setTimeout(resolve, 400); });
    await route.continue();
  })],
]) {
  play(`a press on "Play" is never lost, whatever loads after it: a file that ${what}`, async ({ page, world }) => {
    await prepare(page);
    for (const frames of [0, 1, 2, 5, 12]) {
      await pressEarly(page, frames);
      const studio = await enter(page, world.origin, 'video');
      const { is, media } = deck(studio);
      await expect.poll(() => is('currentTime'), { message: `${frames} frames later` }).toBeGreaterThan(0.2);
      expect(await media.evaluate(({ paused, ended }) => !paused || ended)).toBe(true);
    }
  });
}

play('how fast it is to play is kept, whatever loads after that', async ({ page, world }) => {
  await page.route('**/media/*', async (route) => {
    await new Promise((resolve) => { setTimeout(resolve, 400); });
    await route.continue();
  });
  const studio = await enter(page, world.origin, 'video');
  await button(studio, 'Speed 1×').click();
  await button(studio, 'Loop').click();
  await button(studio, 'Mute').click();
  const { is, comes } = deck(studio);
  await expect.poll(() => is('readyState')).toBeGreaterThan(0);
  await expect(button(studio, 'Speed 1.25×')).toBeVisible();
  expect([await is('playbackRate'), await is('loop'), await is('muted')]).toEqual([1.25, true, true]);
  await button(studio, 'Play').click();
  await comes('paused', false);
  expect(await is('playbackRate')).toBe(1.25);
});

const FAULTS = {
  'its server is away': ['could not be loaded. Check the connection', (route) => route.abort()],
  'its server has trouble': ['could not be loaded. Check the connection', (route) => route.fulfill({ status: 503 })],
  'it is there no more': ['no longer there', (route) => route.fulfill({ status: 404 })],
  'the browser does not know its format': [
    'can\'t play this format', (route) => route.fulfill({ contentType: 'video/mp4', body: '<!doctype html><title>Not a film</title>' }),
  ],
  'it is damaged': ['seems to be damaged', async (route) => {
    const answer = await route.fetch({ headers: {} });
    const bytes = await answer.body();
    bytes.fill(0, bytes.indexOf('mdat') + 4 + 8);
    await route.fulfill({ contentType: 'video/mp4', body: bytes });
  }],
};

for (const [what, [said, answer]] of Object.entries(FAULTS)) {
  play(`what can't be played says what is the matter: ${what}`, async ({ page, world }) => {
    await page.route('**/media/*', answer);
    const studio = await enter(page, world.origin, 'video');
    await button(studio, 'Play').click();
    // It may have failed once before the click, which tries again.
    const failed = ({ error, networkState }) => Boolean(error) && networkState !== HTMLMediaElement.NETWORK_LOADING;
    await expect.poll(() => deck(studio).media.evaluate(failed)).toBe(true);
    const alert = studio.getByRole('alert').filter({ hasText: said });
    await expect(alert).toBeVisible();
    // It resumes as requested, once it can.
    await page.unroute('**/media/*');
    await button(studio, 'Try again').click();
    await expect(alert).toBeHidden();
    await expect.poll(() => deck(studio).is('currentTime')).toBeGreaterThan(0.2);
  });
}

play('so does a picture', async ({ page, world }) => {
  await page.route('**/media/*', (route) => route.fulfill({ status: 410 }));
  const studio = await enter(page, world.origin, 'picture');
  await expect(studio.getByRole('alert').filter({ hasText: 'no longer there' })).toBeVisible();
  await page.unroute('**/media/*');
  await page.route('**/media/*', (route) => route.fulfill({ contentType: 'image/jpeg', body: 'no picture' }));
  await button(studio, 'Try again').click();
  await expect(studio.getByRole('alert').filter({ hasText: 'can\'t play this format' })).toBeVisible();
});
