// Programs that run during a test: the real gateway, and site servers.
import { spawn, execFileSync } from 'node:child_process';
import { createServer } from 'node:net';
import path from 'node:path';

import { place, top } from './support.mjs';

/** A port that is currently free. */
export const freePort = () => new Promise((resolve) => {
  const server = createServer().listen(0, '127.0.0.1', () => {
    const { port } = server.address();
    server.close(() => resolve(port));
  });
});

/** A program that is killed with its children at the end of the test; waits for its expected output. */
export async function serving(t, said, program, args, options) {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true, ...options });
  t.after(() => {
    try {
      process.kill(-child.pid, 'SIGKILL');
    } catch {
      // It has already exited.
    }
  });
  let log = '';
  const match = await new Promise((resolve, reject) => {
    const hear = (text) => {
      log += text;
      const found = said.exec(log);
      if (found) resolve(found);
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.on('error', reject);
    child.on('exit', (code) => reject(new Error(`${program} ended with ${code}: ${log}`)));
  });
  return match[1];
}

export const target = process.env.NPM_TARGET ?? path.join(top, 'target/debug');
const binary = path.join(target, 'ai-now-gateway');

/** A gateway with an account, for pages of an origin. */
export async function gateway(t, origin) {
  const data = place(t, 'gateway');
  const keys = (...args) => execFileSync(binary, ['keys', ...args, '--data', data], { encoding: 'utf8' }).trim();
  const secret = keys('create', '--tokens', '100', '--label', 'site');
  const [account] = keys('list').split('\t');
  const publishable = keys('create', '--publishable', account, '--origin', origin);
  const args = ['serve', '--listen', '127.0.0.1:0', '--data', data, '--web', path.join(top, 'dist')];
  const url = await serving(t, /listening on (\S+)\n/, binary, args, {
    env: { PATH: process.env.PATH, AI_NOW_ORIGINS: JSON.stringify([origin]).replaceAll('"', "'") },
  });
  return { url, secret, publishable };
}
