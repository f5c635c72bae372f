// Webhooks of the real gateway, verified with the reference library of Standard Webhooks.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';

import { ask, binary, eventually, gateway, newKey, place, run } from './support.mjs';

const VERIFY = `
import json, sys
from standardwebhooks import Webhook, WebhookVerificationError
secret, body, headers = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
try:
    print(json.dumps(Webhook(secret).verify(body, headers)))
except WebhookVerificationError:
    print('"refused"')
`;

const verify = (secret, { body, headers }) =>
  JSON.parse(run('python3', ['-c', VERIFY, secret, body, JSON.stringify(headers)]));

/** A server that stores the messages it receives, and answers unless it is `held`. */
async function receiver(t) {
  const messages = [];
  const answers = { held: false };
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const piece of request) body += piece;
    messages.push({ body, headers: request.headers });
    if (!answers.held) response.writeHead(204).end();
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => new Promise((resolve) => { server.close(resolve); server.closeAllConnections(); }));
  return { answers, messages, url: `http://127.0.0.1:${server.address().port}/hook` };
}

test('the reference library verifies what the gateway signs, and nothing that was changed', async (t) => {
  const data = place(t);
  const key = newKey(data);
  const { messages, url } = await receiver(t);
  const [, secret] = run(binary, ['webhooks', 'add', '--data', data, '--private', url]).trim().split('\n');
  const running = await gateway(t, data, { AI_NOW_WEBHOOK_PRIVATE_HOSTS: "['127.0.0.1']" });
  const request = { model: 'suno', prompt: 'a song about the sea, 5 seconds' };
  const { id } = await ask(`${running.url}/api/generations`, key, 'POST', request);
  const [message] = await eventually(() => {
    assert.equal(messages.length, 1, running.said());
    return messages;
  });
  const told = verify(secret, message);
  assert.equal(told.type, 'generation.completed');
  assert.equal(told.data.id, id);
  assert.equal(verify(secret, { ...message, body: message.body.replace('suno', 'luma') }), 'refused');
  const headers = { ...message.headers, 'webhook-id': 'msg_another' };
  assert.equal(verify(secret, { ...message, headers }), 'refused');
  const other = run(binary, ['webhooks', 'add', '--data', data, 'https://hooks.example/']).trim().split('\n')[1];
  assert.equal(verify(other, message), 'refused');
});

test('what a process that was killed had on its way is sent by the next one, under the same id', async (t) => {
  const data = place(t);
  const key = newKey(data);
  const { answers, messages, url } = await receiver(t);
  answers.held = true;
  const settings = { AI_NOW_WEBHOOK_PRIVATE_HOSTS: "['127.0.0.1']" };
  run(binary, ['webhooks', 'add', '--data', data, '--private', '--event', 'generation.completed', url]);
  const first = await gateway(t, data, settings);
  await ask(`${first.url}/api/generations`, key, 'POST', { model: 'suno', prompt: 'a song about the sea, 5 seconds' });
  const arrived = (count, running) => eventually(() => assert.equal(messages.length, count, running.said()));
  await arrived(1, first);
  await first.end('SIGKILL');
  answers.held = false;
  const second = await gateway(t, data, settings);
  await arrived(2, second);
  assert.equal(messages[0].headers['webhook-id'], messages[1].headers['webhook-id']);
  assert.equal(messages[0].body, messages[1].body);
  await eventually(() => {
    const [webhook] = run(binary, ['webhooks', 'list', '--data', data, '--json']).trim().split('\n').map((line) => JSON.parse(line));
    assert.equal(webhook.pending, 0);
  });
});
