// Opens sessions for the visitors of a site, with Express:
//   npm install express
//   GATEWAY=https://gateway.example GATEWAY_KEY=ak_… node express.mjs
import { readFile } from 'node:fs/promises';
import express from 'express';

const { GATEWAY, GATEWAY_KEY, PORT = '3000' } = process.env;
const html = await readFile(new URL('page.html', import.meta.url), 'utf8');

const app = express();

app.get('/', (request, answer) => {
  answer.type('html').send(html.replaceAll('{gateway}', GATEWAY));
});

app.post('/session', async (request, answer) => {
  // The site's own user id. The same subject is the same visitor, with the same generations.
  const subject = 'visitor-1';
  const session = await fetch(`${GATEWAY}/api/sessions`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${GATEWAY_KEY}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ subject, budget: 30, lifetime_secs: 3600 }),
  });
  answer.status(session.status).json(await session.json());
});

app.listen(Number(PORT), '127.0.0.1', () => console.log(`listening on http://127.0.0.1:${PORT}`));
