// Page object of the studio as a user sees it: by texts and roles, not by implementation.
import { expect } from '@playwright/test';

export class Studio {
  constructor(page) {
    this.page = page;
    this.prompt = page.getByRole('textbox', { name: 'What would you like to make?' });
    this.generate = page.getByRole('button', { name: /^Generate/ });
    this.cancel = page.getByRole('button', { name: 'Cancel' });
    this.result = page.getByRole('region', { name: 'Result' });
    this.progress = page.getByRole('progressbar', { name: 'Progress' });
    this.play = page.getByRole('button', { name: 'Play', exact: true }).first();
    this.download = page.getByRole('link', { name: 'Download' }).first();
    this.media = page.locator('ai-now-studio').locator('audio, video').first();
  }

  /** Opens the page and waits until the studio and its balance are shown. */
  async open(url) {
    await this.page.goto(url);
    await expect(this.page.getByText(/tokens? left/)).toBeVisible();
    await this.page.locator('ai-now-studio').first().evaluate((element) => element.ready.then(() => {}));
  }

  model(name) {
    return this.page.getByRole('radio', { name: new RegExp(`^${name}\\b`) });
  }

  style(name) {
    return this.page.getByRole('radio', { name, exact: true });
  }

  async ask({ model, style, prompt }) {
    await this.model(model).check({ force: true });
    if (style) await this.style(style).check({ force: true });
    await this.prompt.fill(prompt);
  }

  /** The remaining tokens that the page shows. */
  async tokens() {
    const text = await this.page.getByText(/tokens? left/).first().textContent();
    return Number(/([\d,]+) tokens? left/.exec(text)[1].replaceAll(',', ''));
  }

  /** Plays the result until the browser reports that playback advances. */
  async playUntilItMoves() {
    await this.play.click();
    await expect.poll(() => this.media.evaluate((media) => media.currentTime)).toBeGreaterThan(0.3);
  }

  /** The loudness (RMS) and length of the sound, from the browser's decoder. */
  async sound() {
    return this.media.evaluate(async (media) => {
      const bytes = await (await fetch(media.currentSrc)).arrayBuffer();
      const sound = await new OfflineAudioContext(2, 44100, 44100).decodeAudioData(bytes);
      const samples = sound.getChannelData(0);
      const rms = Math.sqrt(samples.reduce((sum, x) => sum + x * x, 0) / samples.length);
      return { rms, durationSecs: sound.duration, channels: sound.numberOfChannels };
    });
  }

  /**
   * The difference between two pictures of the video: the mean distance of two frames, 0 to 255. To be polled,
   * because a busy browser may draw the previous frame although it reports that it has sought.
   */
  async motion() {
    return this.media.evaluate(async (video) => {
      const canvas = new OffscreenCanvas(160, 90);
      const context = canvas.getContext('2d', { willReadFrequently: true });
      const frame = async (timeSecs) => {
        const seeked = new Promise((resolve) => video.addEventListener('seeked', resolve, { once: true }));
        video.currentTime = timeSecs;
        await seeked;
        context.drawImage(video, 0, 0, 160, 90);
        return context.getImageData(0, 0, 160, 90).data;
      };
      video.pause();
      const [early, late] = [await frame(0.5), await frame(video.duration - 0.5)];
      return early.reduce((sum, value, i) => sum + Math.abs(value - late[i]), 0) / early.length;
    });
  }
}
