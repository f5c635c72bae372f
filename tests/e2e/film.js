// Records the animation in the README from the real page: a sentence is typed, a model and a style are chosen, and
// the result is played. Run `npm run film` in this folder; it needs FFmpeg with WebP, and the requirements of the
// end-to-end tests.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from '@playwright/test';
import { Gateway } from './fixtures.js';

const OUT = fileURLToPath(new URL('../../docs/studio.webp', import.meta.url));
const MAX_BYTES = 1_000_000;
const PROMPT = 'A sailing boat on a calm lake at dawn, birds above, 4 seconds';
/** The display times of frames. */
const SECS = { key: 0.09, look: 0.9, work: 0.25, film: 0.125, end: 1.2 };

const folder = mkdtempSync(path.join(tmpdir(), 'ai-now-film-'));
const frames = [];

/** Takes a screenshot of the page, to be shown for a while. */
async function frame(page, secs) {
  const file = path.join(folder, `${frames.length}.png`);
  writeFileSync(file, await page.screenshot());
  frames.push({ file, secs });
}

/** The visitor's actions, frame by frame. */
async function act(page, studio) {
  await frame(page, SECS.look);
  await studio.locator('textarea#prompt').click();
  for (const piece of PROMPT.match(/.{1,3}/g)) {
    await page.keyboard.type(piece);
    await frame(page, SECS.key);
  }
  for (const choice of ['[name=model][value=pika]', '[name=style][value="4"]']) {
    await studio.locator(choice).check({ force: true });
    await studio.locator('img').evaluateAll((all) => Promise.all(all.map((image) => image.decode().catch(() => {}))));
    await frame(page, SECS.look);
  }
  await studio.locator('[part=generate]').click();
  const video = studio.locator('video');
  while (await video.count() === 0) {
    if (frames.length > 500) throw new Error('nothing comes of it');
    await frame(page, SECS.work);
  }
  await video.evaluate((video) => new Promise((resolve) => {
    video.addEventListener('canplaythrough', resolve, { once: true });
    video.preload = 'auto';
    if (video.readyState === HTMLMediaElement.HAVE_ENOUGH_DATA) resolve();
  }));
  await frame(page, SECS.look);
  const durationSecs = await video.evaluate(({ duration }) => duration);
  for (let at = SECS.film; at < durationSecs; at += SECS.film) {
    await video.evaluate((video, at) => new Promise((resolve) => {
      video.addEventListener('seeked', () => requestAnimationFrame(() => requestAnimationFrame(resolve)), { once: true });
      video.currentTime = at;
    }), at);
    await frame(page, SECS.film);
  }
  frames.at(-1).secs = SECS.end;
}

const gateway = await Gateway.start();
const browser = await chromium.launch({
  executablePath: process.env.E2E_BROWSER ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'],
});
try {
  const page = await browser.newPage({ viewport: { width: 1000, height: 760 }, colorScheme: 'light', reducedMotion: 'reduce' });
  await page.goto(gateway.url);
  const studio = page.locator('ai-now-studio');
  await studio.evaluate((element) => element.ready.then(() => {}));
  await act(page, studio);
  const list = path.join(folder, 'frames.txt');
  writeFileSync(list, frames.map(({ file, secs }) => `file '${file}'\nduration ${secs}\n`).join(''));
  execFileSync('ffmpeg', [
    '-loglevel', 'error', '-y', '-f', 'concat', '-safe', '0', '-i', list, '-fps_mode', 'vfr',
    '-vf', 'scale=900:-1:flags=lanczos', '-c:v', 'libwebp_anim', '-quality', '72', '-compression_level', '6', '-loop', '0', OUT,
  ]);
} finally {
  await browser.close();
  await gateway.stop();
  rmSync(folder, { recursive: true, force: true });
}
const { size } = statSync(OUT);
process.stdout.write(`${OUT}: ${frames.length} frames, ${size} bytes\n`);
if (size > MAX_BYTES) throw new Error(`more than ${MAX_BYTES} bytes`);
