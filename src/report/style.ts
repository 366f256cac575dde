// report/style.ts: the report page's one style sheet; the page's policy knows it by its hash

/** The style sheet. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --ground: #ffffff; --raised: #f6f7f9; --line: #dfe3e8; --text: #1b1f24; --soft: #5a6470;
  --ready: #1a7f4b; --hold: #8a6100; --reject: #b3261e; --empty: #5a6470;
  --legacy-ground: #fdecea; --legacy: #8c1d18; --candidate-ground: #e6f5ec; --candidate: #0f5132; --warn-ground: #fff6dc;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #14171b; --raised: #1c2026; --line: #323942; --text: #e6e9ed; --soft: #9aa5b1;
    --ready: #5fd08f; --hold: #e5b94b; --reject: #ff8a80; --empty: #9aa5b1;
    --legacy-ground: #3a1d1c; --legacy: #ffb4ab; --candidate-ground: #14301f; --candidate: #8fe0af; --warn-ground: #332a10;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--text); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 68rem; margin: 0 auto; padding: 1.25rem 1rem 4rem; }
h1 { font-size: 1rem; font-weight: 600; margin: 0 0 1rem; color: var(--soft); }
h2 { font-size: 1.1rem; margin: 2.25rem 0 .6rem; }
h2 small { font-weight: 400; color: var(--soft); font-size: .85rem; }
p { margin: .35rem 0; }
code, .value { font-family: ui-monospace, "SF Mono", Menlo, Consolas, monospace; font-size: .86em; overflow-wrap: anywhere; }
.verdict { border-left: 5px solid var(--tone); padding: .2rem 0 .2rem .9rem; }
.verdict strong { color: var(--tone); font-size: 1.3rem; letter-spacing: .03em; }
.verdict .headline { font-size: 1.1rem; }
.verdict ul { margin: .4rem 0; padding-left: 1.2rem; }
.ready { --tone: var(--ready); } .hold { --tone: var(--hold); } .reject { --tone: var(--reject); } .empty { --tone: var(--empty); }
.tone { color: var(--tone); font-weight: 600; }
.soft { color: var(--soft); font-size: .88rem; }
.totals { display: grid; grid-template-columns: repeat(auto-fill, minmax(10.5rem, 1fr)); gap: .6rem; margin: 1.25rem 0 0; }
.totals div { background: var(--raised); border: 1px solid var(--line); border-radius: 8px; padding: .55rem .75rem; }
.totals dt { color: var(--soft); font-size: .82rem; }
.totals dd { margin: 0; }
.totals .number { font-size: 1.25rem; font-weight: 600; font-variant-numeric: tabular-nums; }
.totals .wide { grid-column: span 2; }
.warnings { background: var(--warn-ground); border: 1px solid var(--line); border-radius: 8px; padding: .6rem .9rem; margin: 1.25rem 0 0; }
.warnings ul { margin: .2rem 0; padding-left: 1.2rem; }
article { border: 1px solid var(--line); border-radius: 8px; margin: .75rem 0; padding: .75rem .9rem; }
article h3 { margin: 0; font-size: .98rem; font-weight: 600; overflow-wrap: anywhere; }
article h3 code { font-weight: 600; }
.tag { display: inline-block; border: 1px solid var(--line); border-radius: 99px; padding: 0 .55rem; font-size: .78rem; color: var(--soft); }
.tag.critical, .tag.high, .tag.regressed { color: var(--reject); border-color: currentColor; }
.tag.medium, .tag.new { color: var(--hold); border-color: currentColor; }
.cause { margin: .5rem 0; font-weight: 500; }
.sides { display: grid; grid-template-columns: 1fr 1fr; gap: .5rem; margin: .5rem 0 .2rem; }
.sides > div { border-radius: 6px; padding: .35rem .6rem; min-width: 0; }
.sides .legacy { background: var(--legacy-ground); color: var(--legacy); }
.sides .candidate { background: var(--candidate-ground); color: var(--candidate); }
.sides span { display: block; font-size: .72rem; opacity: .8; }
pre { background: var(--raised); border: 1px solid var(--line); border-radius: 6px; padding: .5rem .7rem; margin: .4rem 0; overflow-x: auto; font-size: .84rem; }
details { margin: .4rem 0 0; } summary { cursor: pointer; color: var(--soft); font-size: .88rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th, td { text-align: left; padding: .35rem 1.1rem .35rem 0; border-bottom: 1px solid var(--line); vertical-align: top; overflow-wrap: anywhere; }
th { color: var(--soft); font-weight: 500; white-space: nowrap; }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; overflow-wrap: normal; }
td.verdict-cell, td.word { white-space: nowrap; }
td:has(code) { min-width: 11rem; }
@media (max-width: 640px) {
  .sides { grid-template-columns: 1fr; } .totals { grid-template-columns: 1fr 1fr; } table.routes { min-width: 34rem; }
  main { padding: 1rem .8rem 3rem; }
}
`;
