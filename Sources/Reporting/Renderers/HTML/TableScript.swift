/// Sorting and filtering of tables.
///
/// Adds a button to each heading (numbers fall first, then rise, then the order of the report again; cells without a
/// value stay last; totals stay where they are) and a filter above tables of more than eight rows.
enum TableScript {
  static let source = #"""
    const collator = new Intl.Collator('en', {numeric: true});
    const valueOf = (row, place, isText) => {
      const cell = row.cells[place], raw = cell.dataset.value;
      if (raw !== undefined) return Number(raw);
      const text = cell.textContent.trim();
      if (text === '–' || text === '') return null;
      if (isText) return text;
      const number = Number(text.replaceAll(',', ''));
      return Number.isNaN(number) ? null : number;
    };
    const compare = (a, b) => typeof a === 'number' && typeof b === 'number' ? a - b : collator.compare(a, b);
    const ordered = (rows, place, isText, sign) => rows
      .map(row => [valueOf(row, place, isText), row])
      .sort(([a], [b]) => a === null || b === null ? (a === null) - (b === null) : sign * compare(a, b))
      .map(([, row]) => row);
    const makeSortable = table => {
      const body = table.tBodies[0], rows = [...body.rows], headings = [...table.tHead.rows[0].cells];
      headings.forEach((heading, place) => {
        if (heading.className === 'd') return;
        const isText = heading.className === 't', cycle = isText ? ['ascending', 'descending'] : ['descending', 'ascending'];
        const button = document.createElement('button');
        button.type = 'button';
        button.append(...heading.childNodes);
        heading.append(button);
        heading.ariaSort = 'none';
        button.addEventListener('click', () => {
          const next = cycle[cycle.indexOf(heading.ariaSort) + 1] ?? 'none';
          for (const other of headings) if (other.className !== 'd') other.ariaSort = 'none';
          heading.ariaSort = next;
          body.append(...(next === 'none' ? rows : ordered(rows, place, isText, next === 'ascending' ? 1 : -1)));
        });
      });
    };
    const makeFilterable = table => {
      const box = table.parentElement, rows = [...table.tBodies[0].rows];
      const tools = document.createElement('p'), label = document.createElement('label');
      const input = document.createElement('input'), count = document.createElement('output');
      tools.className = 'filter';
      input.type = 'search';
      input.name = 'filter';
      input.autocomplete = 'off';
      input.setAttribute('aria-label', 'Filter rows of ' + box.getAttribute('aria-label'));
      count.setAttribute('aria-live', 'polite');
      label.append('Filter ', input);
      tools.append(label, ' ', count);
      box.before(tools);
      input.addEventListener('input', () => {
        const wanted = input.value.toLowerCase();
        let shown = 0;
        for (const row of rows) {
          row.hidden = !row.textContent.toLowerCase().includes(wanted);
          if (!row.hidden) shown += 1;
        }
        count.textContent = wanted === '' ? '' : shown + ' of ' + rows.length + ' rows';
      });
    };
    for (const table of document.querySelectorAll('.scroll > table')) {
      const length = table.tBodies[0].rows.length;
      if (length > 1) makeSortable(table);
      if (length > 8) makeFilterable(table);
    }
    """#
}
