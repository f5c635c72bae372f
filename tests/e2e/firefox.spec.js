// The main path in Firefox: all four models, from the prompt to the point where the browser reports playback.
import { test, expect, built } from './fixtures.js';
import { Studio } from './studio.js';

for (const [model, style, prompt, price] of [
  ['Suno', null, 'An upbeat pop song about summer, 5 seconds', 10],
  ['Luma', null, 'A red sailing boat on the sea at sunset, 4 seconds', 30],
  ['Pika', 'Watercolor', 'A serene lake surrounded by mountains, 4 seconds', 10],
  ['Run', '80s Vaporwave', 'A city at night in the rain, 4 seconds', 30],
]) {
  test(`${model}, until it plays`, async ({ page, gateway }) => {
    const studio = new Studio(page);
    await studio.open(gateway.url);
    await studio.ask({ model, style, prompt });
    await studio.generate.click();
    await expect(studio.play).toBeVisible({ timeout: 90_000 });
    // Test machines have no loudspeaker, which Firefox reports as an error of the file.
    await page.getByRole('button', { name: 'Mute' }).click();
    await studio.playUntilItMoves();
    expect(await studio.media.evaluate(({ error }) => error && error.message)).toBe(null);
    const sound = await studio.sound();
    expect(sound.durationSecs).toBeGreaterThan(3);
    if (model === 'Suno') expect(sound.rms).toBeGreaterThan(0.03);
    else expect(await studio.media.evaluate((video) => video.videoWidth)).toBeGreaterThanOrEqual(640);
    await expect.poll(() => studio.tokens()).toBe(1000 - price);
  });
}

test('a page that is reloaded in the middle goes on', async ({ page, gateway }) => {
  const studio = new Studio(page);
  await studio.open(gateway.url);
  await studio.ask({ model: 'Suno', prompt: 'A calm piece for piano, 60 seconds' });
  await studio.generate.click();
  await expect(studio.progress).toBeVisible();
  await page.reload();
  await expect(studio.play).toBeVisible({ timeout: 60_000 });
  await expect.poll(() => studio.tokens()).toBe(990);
});

test.describe('a pinned module', () => {
  // Firefox raises page errors for what Chromium only logs.
  test.use({ allowed: /hashes in the integrity attribute/ });

  test('is checked here, too', async ({ page, gateway }) => {
    await page.goto(gateway.url);
    const refused = await page.evaluate((glue) => new Promise((resolve) => {
      const link = document.createElement('link');
      const integrity = `sha384-${'A'.repeat(64)}`;
      Object.assign(link, { rel: 'modulepreload', href: `/${glue}?pinned`, crossOrigin: 'anonymous', integrity });
      link.onload = () => resolve(false);
      link.onerror = () => resolve(true);
      document.head.append(link);
    }), built('ai-now-widget_bg.js'));
    expect(refused).toBe(true);
  });
});
