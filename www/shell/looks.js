// The style sheet of the shell: the frame, the prompt and the button. The studio's own sheet, widget.css, is
// applied after it and uses its colours. The unit `rem` is replaced (sizes.js). It must not know what the
// studio shows.
import { SCALE, scaled } from './sizes.js';

export const LOOKS = SCALE + scaled(`
/* The page's rules for the element win over these, even those of '*': what must hold is said on .base. */
:host {
  display: block;
  /* In a flex container, a grid or a float it has a width of its own, and gives way where there is less. */
  min-inline-size: 0;
  max-inline-size: 100%;
  color-scheme: light dark;
}
:host([hidden]) { display: none; }
/* Only visibility and color-scheme are inherited from the page. */
.base {
  /* Set by pages. */
  --_accent: var(--ai-now-accent, light-dark(#b8400f, #ff935f));
  --_on-accent: var(--ai-now-on-accent, light-dark(#fff, #2a0f02));
  --_paper: var(--ai-now-background, light-dark(#fffdf9, #1b1917));
  --_ink: var(--ai-now-text, light-dark(#211d19, #f3ede4));
  --_font: var(--ai-now-font, ui-rounded, system-ui, "Segoe UI", "Noto Sans", sans-serif);
  /* Derived from those. */
  --_soft: color-mix(in oklab, var(--_ink) 68%, var(--_paper));
  --_line: color-mix(in oklab, var(--_ink) 16%, var(--_paper));
  --_edge: color-mix(in oklab, var(--_ink) 48%, var(--_paper));
  --_well: color-mix(in oklab, var(--_ink) 4%, var(--_paper));
  --_made: 0px;
  all: initial;
  display: block;
  /* The page may have made the element a flex container or a grid. */
  inline-size: 100%;
  min-inline-size: 0;
  visibility: inherit;
  color-scheme: inherit;
  color: var(--_ink);
  /* Browsers make text smaller whose only font is 'monospace'. */
  font: 400 medium/1.5 var(--_font), sans-serif;
  -webkit-text-size-adjust: 100%;
}
:host([theme="light"]), :host([theme="light"]) .base { color-scheme: light; }
:host([theme="dark"]), :host([theme="dark"]) .base { color-scheme: dark; }
/* The layout depends on its width. */
.scale { container: ai-now / inline-size; contain-intrinsic-inline-size: min(72rem, 100vw); --_radius: var(--ai-now-radius, 1.25rem); }
*, *::before, *::after { box-sizing: border-box; }
p { margin: 0; }
button, textarea { font: inherit; color: inherit; letter-spacing: inherit; }
button { cursor: pointer; }
:focus-visible { outline: 3px solid var(--_accent); outline-offset: 2px; }
/* As high as the studio will be, so that nothing on the page moves when the studio is loaded. */
.studio {
  --_h: 96rem;
  min-block-size: calc(var(--ai-now-height, var(--_h)) + var(--_made));
  background: var(--_paper);
  border: 1px solid var(--_line);
  border-radius: var(--_radius);
  overflow: clip;
}
.desk { display: grid; grid-template: auto 1fr / minmax(0, 1fr); min-block-size: calc(var(--ai-now-height, var(--_h)) - 2px); }
.compose { display: grid; grid-template-columns: minmax(0, 1fr); align-content: start; gap: 1.375rem; padding: clamp(1rem, 4cqi, 2rem); }
.place { display: contents; }
.prompt { position: relative; }
.question { display: block; margin-block-end: .625rem; font-size: clamp(1.5rem, 1.1rem + 2cqi, 2.125rem); font-weight: 700; line-height: 1.15; letter-spacing: -.025em; text-wrap: balance; }
textarea { display: block; inline-size: 100%; min-block-size: 7rem; max-block-size: 20rem; padding: .875rem 1rem 2rem; resize: vertical; font-size: 1.125rem; line-height: 1.45; background: var(--_well); border: 1px solid var(--_edge); border-radius: calc(var(--_radius) * .7); field-sizing: content; }
textarea:focus-visible { outline-offset: 0; }
.bar { display: grid; grid-template-columns: 1fr auto; align-items: start; gap: .5rem 1rem; }
.bar > .primary { grid-area: 1 / 2; }
.primary { display: inline-flex; align-items: center; justify-content: center; gap: .5rem; min-block-size: 2.75rem; padding: .5rem 1.625rem; font-weight: 650; color: var(--_on-accent); background: var(--_accent); border: 1px solid transparent; border-radius: 1.375rem; }
.primary[aria-busy="true"] { opacity: .7; cursor: progress; }
.sorry { overflow-wrap: anywhere; }
.sorry p { margin: 0 0 1rem; }
.sorry button { padding: .5rem 1rem; border: 1px solid; border-radius: 2rem; background: none; }
@container ai-now (min-width: 30rem) { .studio { --_h: 84rem; } }
@container ai-now (min-width: 50rem) { .desk { grid-template: 1fr / minmax(0, 11fr) minmax(0, 10fr); } }
@container ai-now (min-width: 56rem) { .studio { --_h: 63rem; } }
@container ai-now (max-width: 24rem) { .compose { gap: 1.125rem; } .bar { grid-template-columns: 1fr; } .bar > .primary { grid-area: 1 / 1; } }
`);
