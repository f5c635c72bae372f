// The main path with each of the four models: from a prompt to a playing result.
import { test, expect } from './fixtures.js';
import { Studio } from './studio.js';

test('music: suno, until it is heard', async ({ page, gateway, picture }) => {
  const studio = new Studio(page);
  await studio.open(gateway.url);
  await picture('1-empty');
  expect(await studio.tokens()).toBe(1000);
  await studio.ask({ model: 'Suno', prompt: 'An upbeat pop song about summer' });
  await picture('2-composed');

  await studio.generate.click();
  await expect(studio.progress).toBeVisible();
  await picture('3-in-progress');
  await expect(studio.play).toBeVisible();
  await studio.playUntilItMoves();
  await picture('4-audio-playing');

  const sound = await studio.sound();
  expect(sound.rms).toBeGreaterThan(0.03);
  expect(sound.durationSecs).toBeGreaterThan(20);
  expect(sound.channels).toBe(2);
  await expect.poll(() => studio.tokens()).toBe(990);
  await expect(studio.result.getByText(/procedural sketch/i).first()).toBeVisible();

  const [file] = await Promise.all([page.waitForEvent('download'), studio.download.click()]);
  expect(file.suggestedFilename()).toMatch(/\.mp3$/);
  expect(await file.failure()).toBeNull();
});

for (const [model, style, prompt, price] of [
  ['Luma', null, 'A red sailing boat on the sea at sunset', 30],
  ['Pika', 'Watercolor', 'A serene lake surrounded by mountains', 10],
  ['Run', '80s Vaporwave', 'A city at night in the rain', 30],
]) {
  test(`video: ${model}, until it is seen`, async ({ page, gateway, picture }) => {
    const studio = new Studio(page);
    await studio.open(gateway.url);
    await studio.ask({ model, style, prompt });
    await picture(`2-composed-${model}`);
    await studio.generate.click();
    await expect(studio.progress).toBeVisible();
    await expect(studio.play).toBeVisible({ timeout: 90_000 });
    await studio.playUntilItMoves();
    await picture(`4-video-${model}`);
    const { width, height, durationSecs } = await studio.media.evaluate((video) => ({
      width: video.videoWidth, height: video.videoHeight, durationSecs: video.duration,
    }));
    expect(width).toBeGreaterThanOrEqual(640);
    expect(height).toBeGreaterThanOrEqual(360);
    expect(durationSecs).toBeGreaterThanOrEqual(4);
    await expect.poll(() => studio.motion()).toBeGreaterThan(0.5);
    await expect.poll(() => studio.tokens()).toBe(1000 - price);
  });
}

test('the styles of a model are offered with it, and only with it', async ({ page, gateway }) => {
  const studio = new Studio(page);
  await studio.open(gateway.url);
  await studio.model('Pika').check({ force: true });
  for (const name of ['Anime', 'Moody', '3D', 'Watercolor', 'Natural', 'Claymation', 'Black & White']) {
    await expect(studio.style(name)).toBeAttached();
  }
  await studio.model('Run').check({ force: true });
  await expect(studio.style('Forestpunk')).toBeAttached();
  await expect(studio.style('Watercolor')).not.toBeAttached();
  await studio.model('Suno').check({ force: true });
  await expect(studio.style('Forestpunk')).not.toBeAttached();
});

test('the whole path by keyboard', async ({ page, gateway }) => {
  const studio = new Studio(page);
  await studio.open(gateway.url);
  await studio.prompt.focus();
  await page.keyboard.type('A short tune, 5 seconds');
  await page.keyboard.press('Control+Enter');
  await expect(studio.play).toBeVisible();
  await studio.play.focus();
  await page.keyboard.press('Enter');
  await expect.poll(() => studio.media.evaluate((media) => media.currentTime)).toBeGreaterThan(0.1);
});

test('odd prompts come back as they were written, and nothing runs', async ({ page, gateway, picture }) => {
  const studio = new Studio(page);
  await studio.open(gateway.url);
  const prompt = '🌊 <img src=x onerror=alert(1)> "quotes" \'n\' شاطئ هادئ & 静かな海, 5 seconds';
  page.on('dialog', () => { throw new Error('a prompt ran as a script'); });
  await studio.ask({ model: 'Suno', prompt });
  await studio.generate.click();
  await expect(studio.play).toBeVisible();
  await expect(studio.result).toContainText(prompt);
  await picture('4-odd-prompt');
});

test('what cannot be sent says so before the click', async ({ page, gateway, picture }) => {
  const studio = new Studio(page);
  await studio.open(gateway.url);
  await studio.prompt.fill('x'.repeat(10_000));
  await expect(page.getByText(/8,?000 characters too long/)).toBeVisible();
  await picture('5-too-long');
});
