/** The one style sheet, served as /style.css: light and dark as the browser asks, for phones first. Contrast is 4.5:1 or more (WCAG 2.2 §1.4.3). */
export const style = `:root {
  color-scheme: light dark;
  --page: #f3f4f6;
  --card: #ffffff;
  --text: #1a1d21;
  --soft: #565d66;
  --line: #c9ced6;
  --go: #0f6b3c;
  --on-go: #ffffff;
  --stop: #a3211b;
  --focus: #0b57d0;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #101316;
    --card: #1b1f24;
    --text: #eceff3;
    --soft: #a9b1bb;
    --line: #454c55;
    --go: #7fdca4;
    --on-go: #06210f;
    --stop: #ff9d94;
    --focus: #8ab8ff;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0;
  padding: 1rem;
  background: var(--page);
  color: var(--text);
  font: 1.0625rem/1.45 system-ui, sans-serif;
}
main {
  max-width: 26rem;
  margin: 0 auto;
  padding: 1.25rem;
  background: var(--card);
  border: 1px solid var(--line);
  border-radius: 0.75rem;
  overflow-wrap: anywhere;
}
h1 { margin: 0 0 0.75rem; font-size: 1.5rem; line-height: 1.2; }
h2 { margin: 1.25rem 0 0.5rem; font-size: 1.125rem; }
p { margin: 0.5rem 0; }
.soft { color: var(--soft); font-size: 0.9375rem; }
dl { margin: 1rem 0; border-top: 1px solid var(--line); }
dl div { padding: 0.5rem 0; border-bottom: 1px solid var(--line); }
dt { color: var(--soft); font-size: 0.875rem; }
dd { margin: 0; font-weight: 600; }
form { margin: 0; }
label { display: block; margin: 1rem 0 0.25rem; font-weight: 600; }
input {
  width: 100%;
  min-height: 3.25rem;
  padding: 0.5rem 0.75rem;
  font: inherit;
  font-size: 1.25rem;
  color: inherit;
  background: var(--page);
  border: 1px solid var(--soft);
  border-radius: 0.5rem;
}
button, .button {
  display: block;
  width: 100%;
  min-height: 3.25rem;
  margin: 0.75rem 0 0;
  padding: 0.75rem 1rem;
  font: inherit;
  font-weight: 600;
  text-align: center;
  text-decoration: none;
  color: inherit;
  background: transparent;
  border: 1px solid var(--soft);
  border-radius: 0.5rem;
  cursor: pointer;
}
button.go, .button.go { color: var(--on-go); background: var(--go); border-color: var(--go); }
button.stop { color: var(--stop); border-color: var(--stop); }
:focus-visible { outline: 3px solid var(--focus); outline-offset: 3px; }
.numbers { display: flex; gap: 0.75rem; }
.numbers button { font-size: 1.75rem; min-height: 4.5rem; font-variant-numeric: tabular-nums; }
.report { margin-top: 1.5rem; padding-top: 0.75rem; border-top: 1px solid var(--line); }
.code {
  margin: 1rem 0;
  font: 700 2.5rem/1.2 ui-monospace, monospace;
  letter-spacing: 0.05em;
  text-align: center;
}
.qr { display: block; width: 100%; max-width: 16rem; margin: 1rem auto; background: #ffffff; border-radius: 0.5rem; }
.error { color: var(--stop); font-weight: 600; }
`;
