// A real gateway for each test (or for a whole file, where it is only looked at), on a free port,
// with a data folder of its own that goes when the test ends.
import { spawn, execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { mkdtemp, mkdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { test as base, expect } from '@playwright/test';

const here = path.dirname(fileURLToPath(import.meta.url));
const top = path.resolve(here, '../..');
const binary = process.env.E2E_GATEWAY ?? path.join(top, 'target/debug/ai-now-gateway');
/** The built widget: `dist/`. */
export const web = process.env.E2E_WEB ?? path.join(top, 'dist');

/** The built file of that name, with the hash that a build for distribution puts into it. */
export function built(name) {
  const [, stem, type] = /^(.*)(\.\w+)$/.exec(name);
  const found = readdirSync(web).find((file) => file === name || new RegExp(`^${stem}\\.[\\w-]{16}${type}$`).test(file));
  if (!found) throw new Error(`no ${name} in ${web}`);
  return found;
}

/** Where the screenshots of each state go: outside git, kept after the run. */
const artifacts = path.join(here, 'artifacts');

export class Gateway {
  /** Starts `ai-now-gateway serve` and waits for its first line. */
  static async start({ data, port = 0, demo = true, args = [], env = {} } = {}) {
    const gateway = new Gateway();
    gateway.data = data ?? await mkdtemp(path.join(tmpdir(), 'ai-now-e2e-'));
    gateway.args = [...(demo ? ['--demo'] : []), ...args];
    // Settings, as `AI_NOW_…` variables.
    gateway.env = env;
    await gateway.run(port);
    return gateway;
  }

  async run(port) {
    const args = ['serve', '--listen', `127.0.0.1:${port}`, '--data', this.data, '--web', web];
    this.process = spawn(binary, [...args, ...this.args], {
      stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...this.env },
    });
    this.ended = new Promise((resolve) => this.process.once('exit', resolve));
    this.log = '';
    this.process.stderr.on('data', (text) => { this.log += text; });
    const first = await new Promise((resolve, reject) => {
      let said = '';
      this.process.stdout.on('data', (text) => {
        said += text;
        if (said.includes('\n')) resolve(said.split('\n')[0]);
      });
      this.ended.then((code) => reject(new Error(`the gateway ended with ${code}: ${this.log}`)));
    });
    const [, url] = /^listening on (http:\/\/127\.0\.0\.1:\d+)$/.exec(first) ?? [];
    if (!url) throw new Error(`the gateway's first line is ${JSON.stringify(first)}`);
    this.url = url;
  }

  /** Ends it at once, as a crash would. */
  async kill() {
    this.process.kill('SIGKILL');
    await this.ended;
  }

  /** Starts it again on the same address and data. */
  async restart() {
    await this.run(Number(new URL(this.url).port));
  }

  /** Runs `ai-now-gateway keys …` and answers what it prints, trimmed. */
  async keys(...args) {
    const { stdout } = await promisify(execFile)(binary, ['keys', ...args, '--data', this.data]);
    return stdout.trim();
  }

  /** Runs `ai-now-gateway admins …` and answers what it prints, trimmed. */
  async admins(...args) {
    const { stdout } = await promisify(execFile)(binary, ['admins', ...args, '--data', this.data]);
    return stdout.trim();
  }

  async stop() {
    await this.kill();
    await rm(this.data, { recursive: true, force: true });
  }
}

export const test = base.extend({
  /** A gateway of the test's own, as `cargo demo` starts it. */
  gateway: async ({}, use) => {
    const gateway = await Gateway.start();
    await use(gateway);
    await gateway.stop();
  },
  /** Keeps a picture of the page as it is now. */
  picture: async ({ page }, use) => {
    await mkdir(artifacts, { recursive: true });
    await use((name) => page.screenshot({
      path: path.join(artifacts, `${name}.png`), fullPage: true, animations: 'disabled',
    }));
  },
  /** Complaints that a test provokes, as a pattern. */
  allowed: [null, { option: true }],
  /** What the browser complained about: errors thrown, and broken rules of the page's policy. */
  complaints: [async ({ page, allowed }, use) => {
    const complaints = [];
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('console', (message) => {
      if (/Content.Security.Policy|panicked/i.test(message.text())) complaints.push(message.text());
    });
    await use(complaints);
    expect(complaints.filter((text) => !allowed?.test(text))).toEqual([]);
  }, { auto: true }],
});

export { expect };
