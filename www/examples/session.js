// `session` is a route of the site's own server. It knows who the visitor is, asks the gateway with
// the secret key (POST /api/sessions), and passes on what the gateway answers. It is asked again
// before a session ends.
const studio = document.querySelector('ai-now-studio');

studio.getSession = async () => {
  const answer = await fetch('session', { method: 'POST' });
  if (!answer.ok) throw new Error('This site could not open a session. Try again later.');
  return answer.json();
};
