/// Lets the sliders of limit explorers move: every position is a point that was replayed; texts are set as text only.
enum ExplorerScript {
  static let source = #"""
    const grouped = number => number.toLocaleString('en-US');
    const shareOf = (part, whole) => {
      if (whole <= 0) return '–';
      if (part === 0) return '0 %';
      if (part === whole) return '100 %';
      const percent = part * 100 / whole;
      if (percent < 0.01) return '<0.01 %';
      if (percent > 99.99) return '>99.99 %';
      return percent.toFixed(percent < 9.995 ? 2 : 1) + ' %';
    };
    const heatOf = (part, whole) => {
      if (part === 0) return 'h0';
      if (part <= Math.floor(whole / 1000)) return 'h1';
      if (part <= Math.floor(whole / 100)) return 'h2';
      return part <= Math.floor(whole / 10) ? 'h3' : 'h4';
    };
    const element = (name, text, attributes = {}) => {
      const made = document.createElement(name);
      if (text !== undefined) made.textContent = text;
      for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
      return made;
    };
    const nearest = (sizes, wanted) => {
      let best = 0;
      sizes.forEach((size, place) => { if (Math.abs(size - wanted) < Math.abs(sizes[best] - wanted)) best = place; });
      return best;
    };
    const explore = lab => {
      const grids = JSON.parse(lab.querySelector('script[type="application/json"]').textContent);
      const role = name => lab.querySelector('[data-role="' + name + '"]');
      const [dialects, keys, rates, sizes] =
        ['dialect', 'key', 'rate', 'size'].map(name => lab.querySelector('#explorer-' + name));
      const cells = new Map();
      let grid = grids[0], key = null, point = grid.start[0], place = grid.start[1];
      const wholeOf = () => key === null ? grid.requests : grid.named[key].requests;
      const rejectedAt = (row, column) =>
        key === null ? grid.points[row].rejected[column] : grid.named[key].rejected[row][column];
      const exactAt = row => key === null ? grid.points[row].exact : grid.named[key].exact[row];
      const limitText = () => {
        const {label, sizes} = grid.points[point], size = grouped(sizes[place]);
        return grid.axis === 'rate' ? label + ' with ' + grid.sizeWord + ' ' + size : size + ' ' + label;
      };
      const configurationText = () => {
        const {text, texts, sizes} = grid.points[point];
        if (!text) return '';
        const size = String(sizes[place]);
        return texts?.[size] ?? text.join(size);
      };
      const showNumber = (output, value, of) => {
        output.textContent = grouped(value);
        output.dataset.value = value;
        output.dataset.of = of;
      };
      const showWho = () => {
        const list = role('who'), worst = grid.points[point].worst[place];
        list.replaceChildren();
        const pairs = key === null ? worst : [];
        for (let index = 0; index < pairs.length; index += 2) {
          const line = element('li', undefined, {'data-value': pairs[index + 1]});
          line.append(element('b', grid.names[pairs[index]]), ' loses ' + grouped(pairs[index + 1]));
          list.append(line);
        }
        const lost = key === null ? 0 : rejectedAt(point, place);
        if (lost > 0) {
          const line = element('li', undefined, {'data-value': lost});
          line.append(element('b', grid.names[grid.named[key].name]), ' loses ' + grouped(lost));
          list.append(line);
        }
      };
      const showAnswer = () => {
        const here = grid.points[point], rejected = rejectedAt(point, place), whole = wholeOf();
        const hit = key === null ? here.hit[place] : Number(rejected > 0), keysInAll = key === null ? grid.keys : 1;
        role('limit').textContent = limitText();
        showNumber(role('rejected'), rejected, whole);
        role('of').textContent = 'of ' + grouped(whole) + ' requests';
        role('share').textContent = shareOf(rejected, whole);
        showNumber(role('keys-hit'), hit, keysInAll);
        role('keys-of').textContent = 'of ' + grouped(keysInAll) + ' ' + grid.keyWord + (keysInAll === 1 ? '' : 's') + ' hit';
        showWho();
        const exact = exactAt(point);
        role('exact').textContent = exact === null ? '' : 'At ' + here.label + ' the smallest ' + grid.sizeWord
          + ' that rejects ' + (key === null ? 'nobody' : 'nothing of it') + ' is ' + grouped(exact) + '.';
        const configuration = configurationText();
        role('paste').hidden = configuration === '';
        role('configuration').textContent = configuration;
        role('command').textContent = grid.command;
      };
      const showControls = () => {
        const here = grid.points[point], size = here.sizes[place];
        rates.max = grid.points.length - 1;
        sizes.max = here.sizes.length - 1;
        rates.value = point;
        sizes.value = place;
        rates.setAttribute('aria-valuetext', here.label);
        sizes.setAttribute('aria-valuetext', grid.sizeWord + ' ' + grouped(size));
        role('rate').textContent = here.label;
        role('size').textContent = grouped(size);
        Object.assign(lab.dataset, {
          product: grid.product, point, label: here.label, size, key: key === null ? 'all' : key,
        });
        for (const [name, buttons] of cells) {
          for (const button of buttons) button.setAttribute('aria-pressed', name === point + '/' + place);
        }
      };
      const show = () => { showAnswer(); showControls(); };
      const cell = (row, column, text) => {
        const made = element('td', undefined, {'data-point': row, 'data-size': column});
        const rejected = rejectedAt(row, column), button = element('button', text, {type: 'button'});
        made.className = heatOf(rejected, wholeOf());
        button.title = grouped(rejected) + ' of ' + grouped(wholeOf()) + ' requests';
        button.setAttribute('aria-label', grid.points[row].label + ', ' + grid.sizeWord + ' '
          + grouped(grid.points[row].sizes[column]) + ': ' + shareOf(rejected, wholeOf()) + ' rejected');
        button.addEventListener('click', () => { point = row; place = column; show(); });
        const name = row + '/' + column;
        cells.set(name, [...cells.get(name) ?? [], button]);
        made.append(button);
        return made;
      };
      const rowOf = (one, row, shared) => {
        const made = element('tr');
        made.append(element('th', one.label, {scope: 'row'}));
        for (const size of shared ?? one.sizes) {
          const column = one.sizes.indexOf(size);
          const share = column < 0 ? '–' : shareOf(rejectedAt(row, column), wholeOf());
          if (column < 0) made.append(element('td', '–'));
          else made.append(cell(row, column, shared ? share : grouped(size) + ': ' + share));
        }
        if (!shared) return made;
        const exact = exactAt(row), column = exact === null ? -1 : one.sizes.indexOf(exact);
        if (column >= 0) made.append(cell(row, column, grouped(exact)));
        else made.append(element('td', exact === null ? '–' : grouped(exact)));
        return made;
      };
      const showGrid = () => {
        const table = role('grid'), shared = grid.sizes, head = element('tr');
        cells.clear();
        head.append(element('th', grid.axis === 'rate' ? 'Rate \\ ' + grid.sizeWord : 'Window'));
        if (shared) head.append(...shared.map(size => element('th', grouped(size))), element('th', 'rejects nobody from'));
        else head.append(element('th', grid.sizeWord + ', and the share that it rejects',
          {colspan: Math.max(...grid.points.map(one => one.sizes.length))}));
        table.tHead.replaceChildren(head);
        table.tBodies[0].replaceChildren(...grid.points.map((one, row) => rowOf(one, row, shared)));
      };
      const showKeys = () => {
        keys.replaceChildren(element('option', 'every ' + grid.keyWord + ' (' + grouped(grid.keys) + ')', {value: 'all'}));
        grid.named.forEach((one, index) => keys.append(element('option', grid.names[one.name], {value: index})));
      };
      const showDialect = () => {
        role('axis').textContent = grid.axis === 'rate' ? 'Rate' : 'Window';
        role('size-word').textContent = grid.sizeWord;
        role('notes').textContent = grid.notes.map(note => ' ' + note).join('');
        showKeys();
        showGrid();
        show();
      };
      rates.addEventListener('input', () => {
        const wanted = grid.points[point].sizes[place];
        point = Number(rates.value);
        place = nearest(grid.points[point].sizes, wanted);
        show();
      });
      sizes.addEventListener('input', () => { place = Number(sizes.value); show(); });
      keys.addEventListener('change', () => {
        key = keys.value === 'all' ? null : Number(keys.value);
        showGrid();
        show();
      });
      dialects.addEventListener('change', () => {
        grid = grids[Number(dialects.value)];
        key = null;
        [point, place] = grid.start;
        showDialect();
      });
      lab.querySelector('.knobs').hidden = false;
      showDialect();
    };
    for (const lab of document.querySelectorAll('[data-explorer]')) explore(lab);
    """#
}

/// How explorers look.
enum ExplorerStyle {
  static let source = """
    .knobs{display:grid;grid-template-columns:auto minmax(8rem,24rem) minmax(5rem,1fr);gap:.5rem .9rem;align-items:center;margin:.5rem 0 1rem}
    .knobs[hidden]{display:none}
    .knobs label{color:var(--muted);font-size:.875rem}
    .knobs output{font-weight:600;font-variant-numeric:tabular-nums}
    .knobs select{max-width:100%;min-width:0;padding:.3rem .4rem;background:var(--panel);color:var(--ink);border:1px solid var(--muted);border-radius:4px}
    .knobs input[type=range]{width:100%;height:1.75rem;margin:0;accent-color:var(--accent)}
    .lab .limit{margin:.5rem 0 0;color:var(--muted)}
    .lab .limit span{color:var(--ink);font-weight:600}
    .answer{display:grid;grid-template-columns:repeat(auto-fit,minmax(15rem,1fr));gap:.25rem 1.5rem;min-height:7.5rem;align-content:start}
    .answer p{margin:.25rem 0}
    .answer .big{display:block;font-size:2rem;line-height:1.2;font-weight:650;font-variant-numeric:tabular-nums}
    .answer ul{margin:.25rem 0;padding:0;list-style:none;min-height:4.6em;overflow-wrap:anywhere}
    .answer [data-role=exact]{color:var(--muted);font-size:.875rem}
    .wide{overflow-x:auto}
    table.heat{border-collapse:separate;border-spacing:2px;font-size:.8125rem}
    table.heat caption{text-align:left;color:var(--muted);padding:.2rem 0}
    table.heat th{border:0;min-width:0;padding:.2rem .5rem;position:static;white-space:nowrap}
    table.heat td{border:0;padding:0;text-align:right;white-space:nowrap;border-radius:3px;font-variant-numeric:tabular-nums}
    table.heat td:not(:has(button)){padding:.3rem .5rem}
    table.heat td.h0{background:var(--heat0)}table.heat td.h1{background:var(--heat1)}table.heat td.h2{background:var(--heat2)}
    table.heat td.h0,table.heat td.h1,table.heat td.h2{color:var(--faint-heat)}table.heat td.h3,table.heat td.h4{color:var(--strong-heat)}
    table.heat td.h3{background:var(--heat3)}table.heat td.h4{background:var(--heat4)}
    table.heat button{border:0;background:none;color:inherit;font:inherit;width:100%;padding:.3rem .5rem;text-align:right;cursor:pointer;border-radius:3px}
    table.heat button[aria-pressed=true]{outline:3px solid var(--ink);outline-offset:-1px;font-weight:700}
    table.heat button:focus-visible{outline:3px solid var(--accent);outline-offset:1px}
    @media (max-width:40rem){.knobs{grid-template-columns:auto minmax(0,1fr)}.knobs output{grid-column:2;margin-top:-.4rem}.knobs span{display:none}}
    @media print{.knobs{display:none}table.heat td{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
    """
}
