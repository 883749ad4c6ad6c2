/** The one style sheet of all pages: at the size of a phone, light and dark as the device is set, with nothing from elsewhere. */
export const style = `
:root { color-scheme: light dark; --ground: #f4f5f7; --card: #fff; --ink: #16181d; --soft: #555b66; --line: #d5d9e0; --go: #0b6b3a; --stop: #a3231c; --on: #fff; --focus: #0a58ca; }
@media (prefers-color-scheme: dark) {
  :root { --ground: #101216; --card: #1b1e24; --ink: #f0f2f5; --soft: #a6adb9; --line: #363b45; --go: #2f9e63; --stop: #e0645c; --on: #0c0e11; --focus: #78aaff; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 1.0625rem/1.5 system-ui, sans-serif; }
main { max-width: 27rem; margin: 0 auto; padding: 1.25rem; }
section { background: var(--card); border: 1px solid var(--line); border-radius: .75rem; padding: 1.25rem; }
h1 { font-size: 1.375rem; line-height: 1.25; margin: 0 0 1rem; }
h2 { font-size: 1.125rem; margin: 1.5rem 0 .5rem; }
p { margin: 0 0 1rem; }
section > :last-child, [data-state] > :last-child { margin-bottom: 0; }
button + p { margin-top: 1rem; }
dl { display: grid; grid-template-columns: auto minmax(0, 1fr); gap: .375rem 1rem; margin: 0 0 1.25rem; }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; font-weight: 600; }
form { display: grid; grid-template-columns: minmax(0, 1fr); gap: .75rem; margin: 0; }
button, .button { display: block; width: 100%; min-height: 3.25rem; padding: .625rem 1rem; border: 2px solid transparent; border-radius: .625rem; font: inherit; font-weight: 600; text-align: center; text-decoration: none; overflow-wrap: anywhere; cursor: pointer; }
.go { background: var(--go); color: var(--on); }
.plain { background: transparent; border-color: var(--soft); color: var(--ink); }
.stop { background: transparent; border-color: var(--stop); color: var(--stop); }
form > .stop { margin-top: .75rem; }
.numbers { display: grid; grid-template-columns: repeat(3, 1fr); gap: .75rem; }
.numbers button { font-size: 1.5rem; font-variant-numeric: tabular-nums; }
.code { font-size: 2.25rem; font-weight: 700; letter-spacing: .08em; text-align: center; font-variant-numeric: tabular-nums; margin: .5rem 0 1rem; }
.wrong { border-left: .25rem solid var(--stop); padding-left: .75rem; }
label { font-weight: 600; }
input { width: 100%; min-height: 3rem; padding: .5rem .75rem; border: 1px solid var(--soft); border-radius: .5rem; background: var(--card); color: var(--ink); font: inherit; }
img { display: block; width: 100%; max-width: 15rem; margin: 0 auto 1rem; background: #fff; padding: .5rem; border-radius: .5rem; }
details { margin-top: 1rem; }
[hidden] { display: none !important; }
.soft { color: var(--soft); }
.stack { display: grid; grid-template-columns: minmax(0, 1fr); gap: .75rem; }
.stack > .stop { margin-top: .75rem; }
* + .stack, #pick + .stack, #number + * { margin-top: .75rem; }
#number input { font-size: 1.75rem; text-align: center; letter-spacing: .15em; font-variant-numeric: tabular-nums; }
form + form, details + form, p + form { margin-top: 1rem; }
code { overflow-wrap: anywhere; }
:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; }
`;
