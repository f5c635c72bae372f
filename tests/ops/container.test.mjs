// The container file, built and run unchanged, with its health check. Base images come from registries that not
// every machine can reach, so each has a stand-in of the same name, made from this machine's files: this tests each
// instruction of the file, not its compiler.
import assert from 'node:assert/strict';
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, readdirSync, realpathSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { binary, eventually, freePort, place, run, start, top } from './support.mjs';

/** buildah with its own store. */
function buildah(dir) {
  const own = ['--storage-driver', 'vfs', '--root', path.join(dir, 'images'), '--runroot', path.join(dir, 'run')];
  return Object.assign((...args) => run('buildah', [...own, ...args], { maxBuffer: 1 << 26 }).trim(), { own });
}

/** Copies a program of this machine into a root, with the libraries that it is linked to. */
function install(root, program, at) {
  const into = path.join(root, at);
  mkdirSync(path.dirname(into), { recursive: true });
  cpSync(realpathSync(program), into);
  chmodSync(into, 0o755);
  let linked = '';
  try {
    linked = run('ldd', [program]);
  } catch {
    return; // It is statically linked.
  }
  for (const [library] of linked.matchAll(/\/\S+\.so\S*/g)) {
    mkdirSync(path.join(root, path.dirname(library)), { recursive: true });
    cpSync(realpathSync(library), path.join(root, library));
  }
}

/** Makes an image from a root. */
function image(build, root, name) {
  const container = build('from', 'scratch');
  build('copy', container, root, '/');
  build('commit', container, name);
  build('rm', container);
}

/** The stand-ins for the images in the file. */
function standIns(build, dir) {
  const rootOf = (name) => path.join(dir, 'roots', name);
  const file = (root, at, text, mode = 0o644) => {
    mkdirSync(path.dirname(path.join(root, at)), { recursive: true });
    writeFileSync(path.join(root, at), text, { mode });
  };
  const node = rootOf('node');
  file(node, 'usr/local/bin/node', '', 0o755);
  file(node, 'usr/local/lib/node_modules/npm/bin/npm-cli.js', '');
  image(build, node, 'docker.io/library/node:20-bookworm-slim');
  const busybox = rootOf('busybox');
  install(busybox, '/bin/busybox', 'bin/busybox');
  image(build, busybox, 'docker.io/library/busybox:1.37-musl');
  // A fake compiler whose output already exists.
  const rust = rootOf('rust');
  install(rust, '/bin/busybox', 'bin/busybox');
  for (const tool of ['sh', 'cp', 'ln', 'mkdir', 'test']) cpSync(path.join(rust, 'bin/busybox'), path.join(rust, 'bin', tool));
  install(rust, binary, 'made/ai-now-gateway');
  // Every step of the build copies it.
  run('strip', [path.join(rust, 'made/ai-now-gateway')]);
  file(rust, 'usr/local/bin/cargo', '#!/bin/sh\nset -e\ntest -f Cargo.toml\ncase "$1" in\n'
    + '  build) mkdir -p target/release; cp /made/ai-now-gateway target/release/ ;;\n'
    + '  xtask) mkdir -p dist; echo "<!doctype html><title>AI-Now</title>" > dist/index.html ;;\nesac\n', 0o755);
  image(build, rust, 'docker.io/library/rust:1.95-bookworm');
  const bare = rootOf('bare');
  install(bare, binary, 'unused');
  writeFileSync(path.join(bare, 'unused'), '');
  file(bare, 'etc/passwd', 'nonroot:x:65532:65532::/home/nonroot:/sbin/nologin\n');
  cpSync('/etc/ssl/certs/ca-certificates.crt', path.join(bare, 'etc/ssl/certs/ca-certificates.crt'));
  image(build, bare, 'gcr.io/distroless/cc-debian12:nonroot');
}

/** The gateway's process with this in its environment. */
const gatewayWith = (setting) => readdirSync('/proc').filter((id) => /^\d+$/.test(id)).find((id) => {
  try {
    return readFileSync(`/proc/${id}/environ`, 'utf8').split('\0').includes(setting)
      && readFileSync(`/proc/${id}/cmdline`, 'utf8').startsWith('/usr/local/bin/ai-now-gateway\0');
  } catch {
    return false; // It has exited.
  }
});

test('the container file builds, and its container is healthy and stops when told', { timeout: 300_000 }, async (t) => {
  if (process.getuid() !== 0) {
    t.skip('images are built by root alone');
    return;
  }
  const dir = place(t);
  const build = buildah(dir);
  standIns(build, dir);
  build('bud', '--isolation', 'chroot', '--pull-never', '--format', 'docker', '-f', path.join(top, 'ops/Dockerfile'), '-t', 'ai-now', top);
  const { config } = JSON.parse(build('inspect', '--type', 'image', 'ai-now')).Docker;
  assert.deepEqual([config.User, Object.keys(config.Volumes)], ['65532:65532', ['/data']]);
  // The usual limit of open files in a container.
  const container = build('from', '--pull-never', '--ulimit', 'nofile=20000:20000', 'ai-now');
  const root = build('mount', container);
  assert.ok(!existsSync(path.join(root, 'bin/sh')), 'the image has a shell');

  const listen = `127.0.0.1:${await freePort()}`;
  const setting = `AI_NOW_LISTEN=${listen}`;
  const inside = ['--isolation', 'chroot', '--env', setting, '--user', config.User, container, '--'];
  const running = start(t, 'buildah', [...build.own, 'run', ...inside, ...config.Entrypoint, ...config.Cmd]);
  t.after(() => {
    const left = gatewayWith(setting);
    if (left) process.kill(Number(left), 'SIGKILL');
  });
  const [kind, ...check] = config.Healthcheck.Test;
  assert.equal(kind, 'CMD');
  const healthy = check.map((word) => word.replace('127.0.0.1:8787', listen));
  await eventually(() => {
    assert.ok(running.running(), running.said());
    build('run', ...inside, ...healthy);
  }, () => !running.running(), 60);
  const page = await (await fetch(`http://${listen}/`)).text();
  assert.match(page, /AI-Now/);
  process.kill(Number(gatewayWith(setting)), config.StopSignal ?? 'SIGTERM');
  await eventually(() => assert.ok(!running.running()));
  assert.match(running.said(), /stopped/);
  // Nothing answers any more, and the health check reports it.
  assert.throws(() => build('run', ...inside, ...healthy));
});
