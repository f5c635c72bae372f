// better-sse as in its documentation: a session per request, registered with a shared channel. `node streams.js`
// serves /idle, which is silent, and /busy, which sends an event four times a second.
import { createServer } from 'node:http';

import { createChannel, createSession } from 'better-sse';

const channels = { '/idle': createChannel(), '/busy': createChannel() };

const server = createServer(async (request, response) => {
  const channel = channels[request.url];
  if (!channel) {
    response.writeHead(404).end();
    return;
  }
  channel.register(await createSession(request, response));
});

let number = 0;
setInterval(() => {
  number += 1;
  channels['/busy'].broadcast({ status: 'Processing', progress: 0.5, step: `step ${number}` }, 'message');
}, 250);

server.listen(0, '127.0.0.1', () => console.log(`listening on http://127.0.0.1:${server.address().port}`));
