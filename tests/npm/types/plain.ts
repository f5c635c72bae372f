import { AiNowStudio, type StudioTexts } from 'ai-now-studio';

const studio = document.querySelector('ai-now-studio')!;
const same: AiNowStudio = studio;
same.presetStyle = '4';
studio.addEventListener('ai-now-completed', ({ detail }) => {
  const url: string = detail.url;
  // @ts-expect-error: There is no such field.
  console.log(url, detail.address);
});
studio.addEventListener('ai-now-balance', ({ detail }) => detail.available.toFixed());
studio.addEventListener('click', (event) => event.clientX);
// @ts-expect-error: There is no such mode.
studio.mode = 'offline';
// @ts-expect-error: It is made by the element.
studio.ready = Promise.resolve(studio);
const texts: StudioTexts = { question: 'What shall we print?', exampleMusic1: 'A march', models: { suno: 'Band' } };
studio.texts = texts;
// @ts-expect-error: There is no such text.
studio.texts = { greeting: 'Hello' };
studio.getSession = async () => (await fetch('/session', { method: 'POST' })).json();
// @ts-expect-error: A session has more than a name.
studio.getSession = () => ({ name: 'ann' });
studio.generate({ prompt: 'A lake' }).then(({ url }) => url.length);
document.createElement('ai-now-studio').cancel();
