// Runs inside a copy of a report page: uses it as a reader would, and leaves what it saw as base64 of JSON in the page.
// (The real page's policy allows no foreign script: that it lets none in is what another test checks.)
addEventListener('load', async function () {
  'use strict';
  const all = (selector, root) => Array.from((root || document).querySelectorAll(selector));
  const isShown = element => getComputedStyle(element).display !== 'none' && element.getClientRects().length > 0;
  const seen = {errors: window.pageErrors};
  const tip = document.getElementById('tip');

  seen.width = innerWidth;
  seen.overflow = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  seen.resources = performance.getEntriesByType('resource').map(one => one.name);
  seen.synthetic = all('.synthetic').map(one => one.textContent);
  seen.headings = all('h2').map(one => one.textContent);
  seen.charts = all('svg[role=img]').length;
  seen.namelessCharts = all('svg[role=img]').filter(one => !one.getAttribute('aria-label')).length;
  seen.doubledTips = all('svg .hover > title').length;

  // Every number of the tables, by table, group and field.
  seen.tables = {};
  for (const table of all('table[id^=table-]')) {
    const rows = {};
    for (const row of all('tbody tr[data-key]', table)) {
      const cells = {};
      for (const cell of all('td[data-field]', row)) {
        cells[cell.dataset.field] = all('data', cell).map(one => Number(one.value));
      }
      rows[row.dataset.key] = cells;
    }
    seen.tables[table.id] = rows;
  }

  // A pointer over each kind of mark, and the keyboard.
  const point = (element, type) => {
    const box = element.getBoundingClientRect();
    const place = {clientX: box.left + box.width / 2, clientY: box.top + box.height / 2, bubbles: true};
    element.dispatchEvent(new PointerEvent(type || 'pointermove', place));
  };
  seen.tips = {};
  for (const figure of all('figure')) {
    const mark = all('.hover', figure).find(isShown);
    if (!mark) { continue; }
    point(mark);
    seen.tips[figure.id] = tip.hidden ? null : tip.textContent;
  }
  point(document.querySelector('h1'));
  seen.tipAfterLeaving = tip.hidden;
  const chart = document.querySelector('#ecdf-ttft_ms svg');
  chart.focus();
  const key = name => chart.dispatchEvent(new KeyboardEvent('keydown', {key: name, bubbles: true}));
  key('ArrowRight'); key('ArrowRight');
  seen.keyboard = {tip: tip.textContent, spoken: document.getElementById('live').textContent, hidden: tip.hidden};
  key('Escape');
  seen.keyboard.afterEscape = tip.hidden;

  // Picking groups.
  const box = document.querySelector('input[data-toggle-group="0"]');
  const name = box.dataset.name;
  const count = group => all('[data-group="' + group + '"]').filter(isShown).length;
  seen.group = {name: name, before: [count(0), count(1)]};
  box.click();
  seen.group.hidden = [count(0), count(1)];
  point(all('#ecdf-ttft_ms .slice.hover').find(isShown));
  seen.group.tip = tip.textContent;
  box.click();
  seen.group.after = [count(0), count(1)];

  // Scale and lens.
  const choose = (selector, value) => {
    const list = document.querySelector(selector);
    list.value = value;
    list.dispatchEvent(new Event('change', {bubbles: true}));
  };
  const drawings = figure => all('#' + figure + ' .drawing').filter(isShown).map(one => one.dataset.value);
  seen.scale = [drawings('ecdf-ttft_ms')];
  choose('select[data-chooses=scale]', 'logarithmic');
  seen.scale.push(drawings('ecdf-ttft_ms'), drawings('histogram-otps'));
  choose('select[data-chooses=scale]', 'linear');
  seen.lens = [drawings('lenses')];
  choose('select[data-chooses=lenses]', 'llmeter');
  seen.lens.push(drawings('lenses'));

  // Copying selects the text and asks the browser; headless ones may refuse the clipboard itself.
  const button = document.querySelector('button[data-copies="ecdf-ttft_ms-csv"]');
  button.closest('details').open = true;
  button.click();
  await new Promise(done => setTimeout(done, 50));
  seen.copied = {button: button.textContent, selected: String(getSelection()).slice(0, 40)};
  seen.csv = all('pre[id$="-csv"]').map(one => one.textContent.split('\n')[0]);
  getSelection().removeAllRanges();

  // Accessibility with everything that can be opened open.
  if (window.axe) {
    all('details').forEach(one => { one.open = true; });
    const result = await axe.run(document, {resultTypes: ['violations']});
    seen.axe = {version: axe.version, violations: result.violations.map(one => ({
      id: one.id, impact: one.impact, help: one.help,
      nodes: one.nodes.slice(0, 3).map(node => node.html.slice(0, 160))}))};
  }
  const text = btoa(unescape(encodeURIComponent(JSON.stringify(seen))));
  // Within a frame of a page of its own, which is how a window narrower than a browser's is had.
  if (parent !== window) { parent.postMessage(text, '*'); return; }
  const output = document.createElement('pre');
  output.id = 'seen';
  output.textContent = text;
  document.body.appendChild(output);
});
window.pageErrors = [];
addEventListener('error', event => window.pageErrors.push(String(event.message)));
addEventListener('securitypolicyviolation', event => window.pageErrors.push(event.violatedDirective));
