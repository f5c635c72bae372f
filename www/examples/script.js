// The element's methods and events. Events bubble, so one listener hears all elements of a page.
const studio = document.querySelector('ai-now-studio');
const state = document.querySelector('#state');
const events = document.querySelector('#events');

for (const name of ['ready', 'started', 'progress', 'completed', 'failed', 'cancelled', 'balance', 'error']) {
  document.addEventListener(`ai-now-${name}`, ({ type, detail }) => {
    if (name === 'progress' && events.lastChild?.textContent.startsWith(type)) events.lastChild.remove();
    const line = document.createElement('li');
    line.textContent = `${type} ${detail ? JSON.stringify(detail) : ''}`;
    events.append(line);
  });
}

document.querySelector('#make').addEventListener('click', async () => {
  try {
    const made = await studio.generate({ model: 'suno', prompt: 'A short and cheerful tune, 5 seconds' });
    state.textContent = `Made: ${made.url}`;
  } catch (error) {
    state.textContent = `Not made: ${error.message}`;
  }
});

document.querySelector('#stop').addEventListener('click', () => studio.cancel());
