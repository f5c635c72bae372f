// The files in ops/: each is checked by the program that it is for, or by that program's linter.
import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { binary, edit, place, read, run, top } from './support.mjs';

test('the container file is clean to hadolint', () => {
  // At info level as well: the file is short enough to have no findings.
  for (const file of ['Dockerfile', 'Dockerfile.release']) run('hadolint', ['--failure-threshold', 'info', path.join(top, 'ops', file)]);
});

test('both images are the same but for what builds them', () => {
  // From the last FROM on: the image itself.
  const image = (file) => read(file).split(/^(?=FROM )/m).at(-1).replaceAll(/^COPY .*$/gm, (line) => line.split(' ').at(-1));
  assert.equal(image('ops/Dockerfile.release'), image('ops/Dockerfile'));
});

test('the container is built from the versions that the project pins', () => {
  const channel = /channel = "([\d.]+)"/.exec(read('rust-toolchain.toml'))[1];
  const image = /^FROM rust:([\d.]+)-/m.exec(read('ops/Dockerfile'))[1];
  assert.ok(`${channel}.`.startsWith(`${image}.`), `${channel} is not ${image}`);
});

test('systemd takes the unit, and finds it confined', (t) => {
  const dir = place(t);
  const unit = path.join(dir, 'ai-now-gateway.service');
  writeFileSync(unit, edit(read('ops/ai-now-gateway.service'), [['/usr/local/bin/ai-now-gateway', binary]]));
  // Its manual page is part of a release, and not on this machine.
  run('systemd-analyze', ['verify', '--man=no', unit]);
  // The exposure score in tenths: 0 is perfect, 100 is a service without any confinement.
  run('systemd-analyze', ['security', '--offline=yes', '--threshold=20', unit]);
});

test('Kubernetes takes the manifest, and the gateway its settings', (t) => {
  const manifest = read('ops/kubernetes.yaml');
  run('kubernetes-validate', ['--strict', path.join(top, 'ops/kubernetes.yaml')]);
  assert.match(manifest, /enableServiceLinks: false/);
  const [, block] = /gateway\.toml: \|\n((?: {4}.*\n)+)/.exec(manifest);
  const file = path.join(place(t), 'gateway.toml');
  writeFileSync(file, block.replaceAll(/^ {4}/gm, ''));
  assert.match(run(binary, ['config', 'check', '--config', file]), /The settings are valid/);
});

test('shellcheck finds nothing in the scripts', () => {
  const scripts = readdirSync(path.join(top, 'ops')).filter((name) => name.endsWith('.sh'));
  assert.ok(scripts.length > 0);
  run('shellcheck', scripts.map((name) => path.join(top, 'ops', name)));
});

test('the alerts fire when they should', () => {
  const rules = path.join(top, 'ops/prometheus');
  run('promtool', ['check', 'config', 'prometheus.yml'], { cwd: rules });
  run('promtool', ['check', 'rules', '--lint=all', '--lint-fatal', 'rules.yml'], { cwd: rules });
  run('promtool', ['test', 'rules', 'rules.test.yml'], { cwd: rules });
});

/** Every expression of the dashboard, as Grafana sends it. */
function expressions() {
  const panels = JSON.parse(read('ops/grafana/dashboard.json')).panels;
  const written = panels.flatMap((panel) => (panel.targets ?? []).map((target) => target.expr));
  return written.map((expression) => expression.replaceAll('$__rate_interval', '5m').replaceAll('$job', '.*'));
}

test('Prometheus takes every expression of the dashboard', (t) => {
  const file = path.join(place(t), 'dashboard.yml');
  const rules = expressions().map((expr, i) => `      - record: panel:${i}\n        expr: ${JSON.stringify(expr)}\n`);
  writeFileSync(file, `groups:\n  - name: dashboard\n    rules:\n${rules.join('')}`);
  run('promtool', ['check', 'rules', file]);
});

/** The names that metrics.rs registers, as Prometheus sees them. */
function registered() {
  const source = read('crates/gateway/src/metrics.rs');
  const names = new Set();
  for (const [, how, name] of source.matchAll(/\bof\s*\.(empty|metric|seconds)\(\s*"(\w+)"/g)) {
    names.add(`ai_now_${name}${how === 'seconds' ? '_seconds' : ''}`);
  }
  assert.ok(names.size > 10, 'metrics.rs is written in another way than this test knows');
  return names;
}

test('rules, dashboard and documents know the metrics that there are', () => {
  const names = registered();
  const rules = read('ops/prometheus/rules.yml');
  const texts = { rules, dashboard: expressions().join('\n'), 'docs/operating.md': read('docs/operating.md') };
  for (const [where, text] of Object.entries(texts)) {
    for (const [metric] of text.matchAll(/\bai_now_\w+/g)) {
      if (metric.endsWith('_')) continue;
      const base = metric.replace(/_(total|bucket|sum|count)$/, '');
      assert.ok(names.has(base) || names.has(metric), `${where}: there is no metric ${metric}`);
    }
  }
  for (const name of names) {
    assert.ok(texts['docs/operating.md'].includes(`\`${name}`), `docs/operating.md does not tell ${name}`);
  }
  for (const [ratio] of texts.dashboard.matchAll(/\bai_now:\w+:\w+/g)) {
    assert.ok(rules.includes(`record: ${ratio}`), `no rule records ${ratio}`);
  }
});
