// React 19 sets properties and listens to events of custom elements itself.
import { useRef, useState } from 'react';
import 'ai-now-studio';

const texts = { question: 'What shall we make today?' };

export function Studio() {
  const studio = useRef(null);
  const [made, setMade] = useState([]);
  return (
    <>
      <button type="button" onClick={() => studio.current.generate({ model: 'suno', prompt: 'A tune, 3 seconds' })}>
        Surprise me
      </button>
      <ai-now-studio
        ref={studio}
        mode="demo"
        texts={texts}
        onai-now-completed={({ detail }) => setMade((before) => [...before, detail])}
      />
      <ol>{made.map(({ key, prompt }) => <li key={key}>{prompt}</li>)}</ol>
    </>
  );
}
