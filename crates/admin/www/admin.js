// Starts the administrators' page. Where that fails, it says so: the page itself can't.
import init from './ai-now-admin.js';

try {
  await init({ module_or_path: new URL('ai-now-admin_bg.wasm', import.meta.url) });
} catch (error) {
  console.error(error);
  const sorry = document.createElement('p');
  sorry.setAttribute('role', 'alert');
  sorry.className = 'sorry';
  sorry.textContent = 'The page could not start. Reload it; if that does not help, use a newer browser.';
  document.body.append(sorry);
}
