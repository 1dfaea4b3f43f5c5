// How do the pages look? Light and dark, from a phone's width on, without anything from elsewhere.

export const STYLE = `
:root { color-scheme: light dark; --fg: #1c2024; --soft: #60646c; --bg: #fff; --line: #d9dce0; --raised: #f4f5f7; --link: #0b5cad; --good: #186b35; --bad: #b3261e; --warn: #8a5300; }
@media (prefers-color-scheme: dark) { :root { --fg: #e6e8eb; --soft: #a4abb4; --bg: #15181c; --line: #343a42; --raised: #1f242a; --link: #7ab8ff; --good: #6fd08c; --bad: #ff8a80; --warn: #f2b75c; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 82rem; padding: 0 1rem 2rem; font: 15px/1.5 system-ui, sans-serif; color: var(--fg); background: var(--bg); }
a { color: var(--link); }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.skip { position: absolute; left: -99rem; }
.skip:focus { left: 1rem; top: 0; background: var(--bg); }
header { display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; align-items: baseline; padding: .75rem 0; border-bottom: 1px solid var(--line); }
nav { display: flex; gap: 1rem; }
nav a[aria-current] { color: inherit; font-weight: 600; text-decoration: none; }
#link { margin-left: auto; color: var(--warn); }
#said:not(:empty) { padding: .5rem .75rem; background: var(--raised); border-left: 4px solid var(--link); white-space: pre-line; }
.notices { padding: .5rem .75rem .5rem 1.75rem; background: var(--raised); border-left: 4px solid var(--warn); }
h1 { font-size: 1.4rem; margin: 1rem 0 .5rem; } h2 { font-size: 1.15rem; margin: 1.5rem 0 .5rem; } h3 { font-size: 1rem; margin: .75rem 0 .25rem; overflow-wrap: anywhere; }
small, figcaption, caption { color: var(--soft); font-size: .87em; }
table { border-collapse: collapse; width: 100%; }
caption { text-align: left; padding-bottom: .25rem; }
th, td { text-align: left; padding: .25rem .6rem .25rem 0; border-bottom: 1px solid var(--line); vertical-align: baseline; font-weight: 400; }
thead th { color: var(--soft); font-size: .87em; }
tbody th { overflow-wrap: anywhere; }
.list td:nth-child(n+3):nth-child(-n+8) { font-variant-numeric: tabular-nums; white-space: nowrap; }
.list td:nth-child(2) small { display: block; max-width: 30rem; }
.list td:last-child { white-space: nowrap; }
.list td:nth-child(n+3):nth-child(-n+8), .list th:nth-child(n+3):nth-child(-n+8) { text-align: right; padding-right: 1.1rem; }
.list td b { color: var(--bad); } .list .g th { text-align: left; } .g ~ tr th { padding-left: 1rem; }
@media (min-width: 50.01rem) { .list tbody:not(:has(.g)) + tbody:has(.g) tr:first-child > *, .list tbody:has(.g) + tbody:not(:has(.g)) tr:first-child > * { padding-top: .9rem; } }
.tools { display: flex; flex-wrap: wrap; gap: .5rem 1.5rem; align-items: center; justify-content: space-between; margin: .75rem 0; }
#states { margin: 0; display: flex; flex-wrap: wrap; gap: .4rem; } #states > * { border: 1px solid currentColor; border-radius: 1rem; padding: .1rem .7rem; margin: 0; background: none; font-variant-numeric: tabular-nums; color: var(--soft); }
#states > .RUNNING { color: var(--good); } #states > .STARTING, #states > .STOPPING { color: var(--warn); }
#states > .FATAL, #states > .UNKNOWN, #states > .BACKOFF { color: var(--bad); font-weight: 600; background: color-mix(in srgb, var(--bad) 12%, transparent); }
#states > [aria-pressed=true] { outline: 2px solid currentColor; outline-offset: 1px; }
.all { margin: .5rem 0; }
.list td > svg { width: 3.75rem; height: 1.1rem; margin-right: .5rem; vertical-align: -.15rem; background: none; border-bottom: 1px solid var(--line); } .list polyline { stroke-width: 1.25; }
.g th { font-weight: 600; padding-top: .9rem; } .g td { padding-top: .9rem; }
:where(.list tr[id]) > td:nth-child(2) { color: var(--good); }
.STOPPED > td:nth-child(2), .EXITED > td:nth-child(2) { color: var(--soft); }
.list td:nth-child(2) small { color: var(--soft); } .unwell > td:nth-child(2), .unwell td small { color: var(--warn); }
.FATAL > td:nth-child(2), .UNKNOWN > td:nth-child(2), .BACKOFF > td:nth-child(2) { color: var(--bad); font-weight: 600; }
.FATAL small, .BACKOFF small, .UNKNOWN small { font-weight: 400; }
.STARTING > td:nth-child(2), .STOPPING > td:nth-child(2) { color: var(--warn); }
button, select, input { font: inherit; color: inherit; background: var(--raised); border: 1px solid var(--soft); border-radius: 4px; padding: .1rem .55rem; }
button { cursor: pointer; margin-right: .3rem; min-height: 1.75rem; }
button:hover { border-color: var(--link); }
.hurts { border-color: var(--bad); color: var(--bad); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; } dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
.charts { display: flex; flex-wrap: wrap; gap: 1rem; } figure { margin: 0; flex: 1 1 16rem; max-width: 30rem; }
svg { width: 100%; background: var(--raised); } polyline { fill: none; stroke: var(--link); stroke-width: 2; vector-effect: non-scaling-stroke; }
pre { background: var(--raised); border: 1px solid var(--line); padding: .6rem; margin: 0; height: 70vh; overflow: auto; font: 13px/1.45 ui-monospace, monospace; }
pre.wrap { white-space: pre-wrap; overflow-wrap: anywhere; }
meter { width: 10rem; max-width: 100%; }
.before { max-width: 30rem; margin: .5rem 0; } .before svg { height: 3rem; }
.incidents { list-style: none; padding: 0; } .incident { border-left: 4px solid var(--bad); padding-left: .75rem; margin: .75rem 0; overflow-wrap: anywhere; }
.acts { list-style: none; padding: 0; margin: .25rem 0; } .acts span { display: inline-block; min-width: 6rem; color: var(--soft); font-variant-numeric: tabular-nums; }
dialog { color: inherit; background: var(--bg); border: 1px solid var(--soft); border-radius: 6px; max-width: 26rem; } dialog::backdrop { background: #0008; }
footer { margin-top: 2rem; color: var(--soft); font-size: .87em; }
[hidden] { display: none; }
@media (max-width: 50rem) {
  body { padding: 0 .75rem 2rem; }
  .list thead { position: absolute; left: -99rem; }
  .list, .list tbody, .list caption { display: block; }
  .list tr { display: grid; grid-template-columns: 1fr 1fr; gap: 0 .75rem; padding: .5rem 0; border-bottom: 1px solid var(--line); }
  .list th, .list td { border: 0; padding: .1rem 0; } .list td:empty { display: none; }
  .list th { font-weight: 600; } .list td:last-child { grid-column: 1 / -1; padding-top: .4rem; } .list .g th { grid-column: 1 / -1; }
  .list td:nth-child(n+3):nth-child(-n+8) { text-align: left; padding-right: 0; } .g ~ tr th { padding-left: 0; }
  .list td:nth-child(3)::before { content: 'up '; } .list td:nth-child(4)::after { content: ' members'; } .list td:nth-child(5)::before { content: 'CPU % '; }
  .list td:nth-child(6)::before { content: 'memory '; } .list td:nth-child(7)::before { content: 'score '; } .list td:nth-child(8)::before { content: 'restarts '; } .list td:nth-child(9)::before { content: 'died: '; }
  .list td:nth-child(n+3)::before, .list td:nth-child(4)::after { color: var(--soft); }
  button { min-height: 2.5rem; padding: .3rem .9rem; margin-bottom: .3rem; }
  .rank thead { position: absolute; left: -99rem; } .rank, .rank tbody { display: block; }
  .rank tr { display: grid; grid-template-columns: 1.6rem 1fr auto auto; column-gap: .75rem; padding: .5rem 0; border-bottom: 1px solid var(--line); } .rank th, .rank td { border: 0; padding: 0; }
  .rank td:nth-child(3), .rank td:last-child { grid-column: 2 / -1; } .rank td:nth-child(3) { grid-row: 2; } .rank meter { width: 100%; } .rank td:nth-child(5)::before { content: 'score '; color: var(--soft); }
  dl { grid-template-columns: 1fr; gap: 0; } dd { margin-bottom: .4rem; }
}
@media (prefers-reduced-motion: no-preference) { tr.new { animation: fresh 1.5s; } @keyframes fresh { from { background: var(--raised); } } }
`;
