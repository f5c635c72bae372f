// The install script: with a server that has a release, and with faulty ones. The gateway is a stub that prints its
// arguments.
import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import { test } from 'node:test';

import { edit, place, read } from './support.mjs';

const NAME = 'ai-now-1.2.3-x86_64-unknown-linux-gnu';

/** A release's files for one target, by name. */
function release(t, program = '#!/bin/sh\necho "web=$AI_NOW_WEB${AI_NOW_RELEASE+ release}" "$@"\n') {
  const dir = place(t);
  mkdirSync(path.join(dir, NAME, 'bin'), { recursive: true });
  mkdirSync(path.join(dir, NAME, 'web'));
  writeFileSync(path.join(dir, NAME, 'bin/ai-now-gateway'), program, { mode: 0o755 });
  execFileSync('tar', ['-czf', `${NAME}.tar.gz`, NAME], { cwd: dir });
  const archive = readFileSync(path.join(dir, `${NAME}.tar.gz`));
  const sums = `${createHash('sha256').update(archive).digest('hex')}  ${NAME}.tar.gz\n`;
  return { [`${NAME}.tar.gz`]: archive, SHA256SUMS: Buffer.from(sums) };
}

/** Runs the script for a release on a machine with this name; returns its exit status and its output. */
async function install(t, files, { args = [], home = place(t), machine = ['Linux', 'x86_64'], cut } = {}) {
  const server = createServer((request, answer) => {
    const bytes = files[path.basename(request.url)];
    if (!bytes) return answer.writeHead(404).end();
    answer.writeHead(200, { 'Content-Length': bytes.length });
    if (!cut || request.url.endsWith('SHA256SUMS')) return answer.end(bytes);
    return answer.write(bytes.subarray(0, bytes.length / 2), () => answer.destroy());
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const tools = place(t);
  writeFileSync(path.join(tools, 'uname'), `#!/bin/sh\n[ "$1" = -s ] && echo ${machine[0]} || echo ${machine[1]}\n`);
  chmodSync(path.join(tools, 'uname'), 0o755);
  const script = edit(read('ops/install.sh'), [['@VERSION@', '1.2.3']]);
  const env = { PATH: `${tools}:${process.env.PATH}`, HOME: home, AI_NOW_RELEASE: `http://127.0.0.1:${server.address().port}` };
  return new Promise((resolve) => {
    const child = execFile('sh', ['-s', '--', ...args], { env }, (error, stdout, stderr) => resolve({ code: error?.code ?? 0, said: stdout + stderr, home }));
    child.stdin.end(script);
  });
}

/** All files in the installation folder. */
const installed = (home) => (existsSync(path.join(home, '.local')) ? readdirSync(path.join(home, '.local'), { recursive: true }) : []);

test('a release is installed, and its command knows where the page is', async (t) => {
  // A home folder whose name would break a careless script.
  const home = path.join(place(t), "it's $HOME");
  mkdirSync(home);
  const { code, said } = await install(t, release(t), { home });
  assert.equal(code, 0, said);
  const command = path.join(home, '.local/bin/ai-now-gateway');
  const web = path.join(home, '.local/share/ai-now/1.2.3/web');
  // The script's own variables are not passed to the gateway.
  const env = { PATH: process.env.PATH, AI_NOW_RELEASE: 'https://mirror.example' };
  assert.equal(execFileSync(command, ['keys', 'a b'], { env, encoding: 'utf8' }), `web=${web} keys a b\n`);
  assert.equal(execFileSync(command, [], { env: { ...env, AI_NOW_WEB: '/mine' }, encoding: 'utf8' }), 'web=/mine\n');
  assert.match(said, /Put .*\.local\/bin on your PATH\./);
  // No temporary files remain, and a second run works.
  assert.deepEqual(readdirSync(path.join(home, '.local/share/ai-now')), ['1.2.3']);
  assert.equal((await install(t, release(t), { home })).code, 0);
});

test('with --demo it starts at once', async (t) => {
  const { said, home } = await install(t, release(t), { args: ['--demo'] });
  assert.ok(said.endsWith(`serve --demo --data ${home}/.local/share/ai-now/data\n`), said);
  const other = await install(t, release(t), { args: ['--demo', '--listen', '127.0.0.1:9000'] });
  assert.ok(other.said.endsWith('/data --listen 127.0.0.1:9000\n'), other.said);
});

test('what is not whole, not as listed or not for this machine is not installed', async (t) => {
  const good = release(t);
  const other = { ...good, [`${NAME}.tar.gz`]: Buffer.concat([good[`${NAME}.tar.gz`], Buffer.from('x')]) };
  const table = [
    [other, {}, /is not what SHA256SUMS says; nothing was installed/],
    [good, { cut: true }, /can't be fetched/],
    [{ SHA256SUMS: good.SHA256SUMS }, {}, /can't be fetched/],
    [{}, {}, /can't be fetched/],
    [{ ...good, SHA256SUMS: Buffer.from('') }, {}, /does not list/],
    [release(t, '#!/bin/sh\nexit 1\n'), {}, /does not run on this machine/],
    [good, { machine: ['SunOS', 'sun4v'] }, /no release for SunOS on sun4v/],
    [good, { args: ['--help'] }, /takes --demo, and nothing else before it/],
  ];
  for (const [files, options, says] of table) {
    const { code, said, home } = await install(t, files, options);
    assert.equal(code, 1, said);
    assert.match(said, says);
    assert.deepEqual(installed(home).filter((name) => /gateway|1\.2\.3|install\./.test(name)), []);
  }
});

test('a script that was cut off on its way does nothing', async (t) => {
  const script = read('ops/install.sh');
  const home = place(t);
  for (const part of [0.3, 0.6, 0.9]) {
    const cut = script.slice(0, script.length * part);
    try {
      execFileSync('sh', ['-s'], { input: cut, env: { PATH: process.env.PATH, HOME: home }, stdio: ['pipe', 'pipe', 'pipe'] });
    } catch {
      // A syntax error is equally fine.
    }
    assert.deepEqual(installed(home), []);
  }
});
