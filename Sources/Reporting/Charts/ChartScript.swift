/// What happens when a chart is pointed at, focused or dragged over. Without it every chart is complete, only still.
///
/// All values come from the figure's own table: `data-value` of its cells for places, their text for what is read
/// out. A zoom shows a part of the drawing with the time axis labelled anew, in all charts of time at once; nothing
/// is computed between the points that are there.
///
///     pointer, ← → ↑ ↓ Home End   read a value out         drag, + −   zoom time
///     Escape                      stop reading             0           all of the time again
enum ChartScript {
  static let source = #"""
    (() => {
    "use strict";
    const NS = "http://www.w3.org/2000/svg", charts = [];
    const make = (name, attributes, text) => {
      const node = document.createElementNS(NS, name);
      for (const key in attributes) node.setAttribute(key, attributes[key]);
      if (text !== undefined) node.textContent = text;
      return node;
    };
    const words = cell => cell ? cell.textContent.trim() : "";
    const number = cell => {
      if (!cell) return NaN;
      // A small count is its own machine number.
      const raw = cell.getAttribute("data-value") || (/^-?\d+$/.test(words(cell)) ? words(cell) : "");
      if (raw === "") return NaN;
      const value = Number(raw);
      return Number.isNaN(value) ? Date.parse(raw) * 1000 : value;
    };
    const numbers = text => (text || "").split(" ").filter(Boolean).map(Number);
    const stretch = (value, scale) =>
      scale === "log" ? Math.log10(value) : scale === "tail" ? (value < 1 ? -Math.log10(1 - value) : Infinity) : value;

    class Chart {
      constructor(svg) {
        this.svg = svg;
        this.figure = svg.closest("figure");
        this.kind = svg.dataset.chart;
        [this.left, this.top, this.width, this.height] = numbers(svg.dataset.plot);
        this.domain = numbers(svg.dataset.ends || svg.dataset.domain);
        this.view = [0, this.width];
        this.isTime = svg.dataset.zone !== undefined && this.domain[1] > this.domain[0];
        this.zone = (svg.dataset.zone || "0:0").split(" ").map(part => part.split(":").map(Number));
        this.plot = svg.querySelector("svg.plot");
        this.axis = svg.querySelector(".tx");
        this.still = this.axis ? this.axis.cloneNode(true) : null;
        this.at = -1;
        // Taken now: sorting the table later must not change what stands where.
        const table = this.figure && this.figure.querySelector("table");
        this.rows = table && table.tBodies[0] ? [...table.tBodies[0].rows] : [];
        this.heads = table && table.tHead ? [...table.tHead.rows[0].cells] : [];
        const title = svg.querySelector("title");
        if (title) {
          svg.setAttribute("aria-label", title.textContent + ". Arrow keys read values out.");
          title.remove();
        }
        svg.setAttribute("tabindex", "0");
        this.readout = document.createElement("output");
        this.readout.className = "readout";
        svg.after(this.readout);
        this.mark = make("path", { class: "cursor" });
        svg.append(this.mark);
        svg.addEventListener("pointerdown", event => this.down(event));
        svg.addEventListener("pointermove", event => this.move(event));
        svg.addEventListener("pointerup", event => this.up(event));
        svg.addEventListener("pointercancel", () => this.drop());
        svg.addEventListener("pointerleave", event => { if (!this.drag && event.pointerType === "mouse") this.leave(); });
        svg.addEventListener("blur", () => this.leave());
        svg.addEventListener("keydown", event => this.key(event));
        svg.addEventListener("dblclick", () => { if (this.isTime) zoom(null); });
      }

      place(value) {
        const scale = this.svg.dataset.scale, [from, until] = this.domain.map(end => stretch(end, scale));
        const here = stretch(value, scale);
        if (!(until > from)) return this.width / 2;
        return Math.max(0, Math.min(1, (here - from) / (until - from))) * this.width;
      }

      // The places of the table's rows, left to right: from, until, lane; read when first needed.
      get marks() {
        if (this.known) return this.known;
        const data = this.svg.dataset;
        const [x] = numbers(data.x), [u] = numbers(data.u), [y] = numbers(data.y);
        const [columns, lanes] = numbers(data.grid), order = [new Map(), new Map()];
        const index = (map, text) => { if (!map.has(text)) map.set(text, map.size); return map.get(text); };
        const marks = [];
        this.rows.forEach((row, line) => {
          const cell = row.cells[x];
          if (!cell) return;
          let from, until, lane = 0;
          if (this.kind === "heat") {
            const column = index(order[0], words(cell));
            lane = index(order[1], words(row.cells[y]));
            if (column >= columns || lane >= lanes) return;
            from = column * this.width / columns;
            until = from + this.width / columns;
          } else {
            const start = number(cell);
            if (Number.isNaN(start)) return;
            from = this.place(start);
            const end = u === undefined ? start : this.kind === "waterfall" ? start + number(row.cells[u]) : number(row.cells[u]);
            until = Number.isNaN(end) ? from : Math.max(from, this.place(end));
            if (this.kind === "timeline") lane = index(order[0], words(row.cells[y]));
            if (this.kind === "waterfall") lane = line;
          }
          marks.push({ row, from, until, lane });
        });
        this.laneHeight = this.kind === "heat" ? this.height / lanes : Number(data.lane) || this.height;
        const last = this.height / this.laneHeight - .5;
        this.known = marks.filter(mark => mark.lane < last || mark.lane === 0)
          .sort((a, b) => a.lane - b.lane || a.from - b.from || a.until - b.until);
        return this.known;
      }

      // The mark under a place of the plot, or the nearest of its lane.
      nearest(x, y) {
        const lane = Math.max(0, Math.min(Math.floor(y / this.laneHeight), Math.round(this.height / this.laneHeight) - 1));
        let best = -1, least = Infinity;
        this.marks.forEach((mark, index) => {
          if (mark.lane !== lane || mark.until < this.view[0] || mark.from > this.view[1]) return;
          const away = Math.max(mark.from - x, x - mark.until, 0);
          if (away < least) { least = away; best = index; }
        });
        return best;
      }

      // A pointer's place in units of the whole drawing.
      spot(event) {
        const matrix = this.svg.getScreenCTM();
        return [(event.clientX - matrix.e) / matrix.a - this.left, (event.clientY - matrix.f) / matrix.d - this.top];
      }

      inside(x) { return this.view[0] + x * (this.view[1] - this.view[0]) / this.width; }
      outside(x) { return (x - this.view[0]) * this.width / (this.view[1] - this.view[0]); }

      down(event) {
        if (event.button !== 0) return;
        const [x, y] = this.spot(event);
        if (x < 0 || x > this.width || y < 0 || y > this.height) return;
        this.marks;
        this.show(this.nearest(this.inside(x), y));
        if (!this.isTime) return;
        this.drag = { from: x, until: x };
        this.svg.setPointerCapture(event.pointerId);
      }

      move(event) {
        this.marks;
        const [x, y] = this.spot(event);
        if (this.drag) {
          this.drag.until = Math.max(0, Math.min(this.width, x));
          this.select();
        }
        if (x < -4 || x > this.width + 4 || y < 0 || y > this.height) { if (!this.drag) this.leave(); return; }
        this.show(this.nearest(this.inside(x), y));
      }

      up() {
        const drag = this.drag;
        this.drop();
        if (!drag || Math.abs(drag.until - drag.from) < 8) return;
        const times = [drag.from, drag.until].map(x => this.time(this.inside(x))).sort((a, b) => a - b);
        zoom(times);
      }

      drop() {
        this.drag = null;
        if (this.selection) { this.selection.remove(); this.selection = null; }
      }

      select() {
        if (!this.selection) this.svg.append(this.selection = make("rect", { class: "chosen", y: this.top, height: this.height }));
        this.selection.setAttribute("x", this.left + Math.min(this.drag.from, this.drag.until));
        this.selection.setAttribute("width", Math.abs(this.drag.until - this.drag.from));
      }

      time(x) { return this.domain[0] + x / this.width * (this.domain[1] - this.domain[0]); }

      key(event) {
        if (event.ctrlKey || event.metaKey || event.altKey) return;
        const marks = this.marks, now = marks[this.at];
        let next = this.at;
        switch (event.key) {
        case "ArrowRight": next = this.step(1); break;
        case "ArrowLeft": next = this.step(-1); break;
        case "ArrowDown": case "ArrowUp": {
          const lane = (now ? now.lane : 0) + (now ? (event.key === "ArrowDown" ? 1 : -1) : 0);
          const found = this.nearest(now ? (now.from + now.until) / 2 : 0, (lane + .5) * this.laneHeight);
          next = found < 0 ? next : found;
          break;
        }
        case "Home": next = this.step(1, -1); break;
        case "End": next = this.step(-1, marks.length); break;
        case "Escape": event.preventDefault(); this.leave(); return;
        case "+": case "=": case "-": case "0": event.preventDefault(); this.scaleKey(event.key); return;
        default: return;
        }
        event.preventDefault();
        this.show(next);
      }

      // The next mark of the part that is shown.
      step(by, from = this.at < 0 && by < 0 ? this.marks.length : this.at) {
        for (let index = from + by; index >= 0 && index < this.marks.length; index += by) {
          const mark = this.marks[index];
          if (mark.until >= this.view[0] && mark.from <= this.view[1]) return index;
        }
        return this.at;
      }

      scaleKey(key) {
        if (!this.isTime) return;
        if (key === "0") { zoom(null); return; }
        const mark = this.marks[this.at], length = this.view[1] - this.view[0];
        const middle = mark ? Math.max(this.view[0], Math.min(this.view[1], (mark.from + mark.until) / 2)) : this.view[0] + length / 2;
        const half = key === "-" ? length : length / 4;
        zoom([middle - half, middle + half].map(x => this.time(Math.max(0, Math.min(this.width, x)))));
      }

      show(index) {
        const mark = this.marks[index];
        if (!mark) return;
        this.at = index;
        const from = Math.max(0, this.outside(mark.from)), until = Math.min(this.width, this.outside(mark.until));
        const hasLanes = this.laneHeight < this.height || this.kind === "heat" || this.kind === "timeline" || this.kind === "waterfall";
        const top = hasLanes ? this.top + mark.lane * this.laneHeight : this.top;
        const height = hasLanes ? this.laneHeight : this.height;
        this.mark.setAttribute("d", "M" + (this.left + from) + " " + top + "h" + Math.max(0, until - from) + "v" + height + "h" + -Math.max(0, until - from) + "z");
        this.read(mark.row);
      }

      read(row) {
        const data = this.svg.dataset, cells = row.cells, parts = [];
        const [x] = numbers(data.x), [u] = numbers(data.u);
        const place = document.createElement("b"), until = u !== undefined && this.kind !== "waterfall" ? cells[u] : null;
        place.textContent = words(cells[x]) + (until ? " – " + words(until) : "");
        parts.push(place);
        for (const index of numbers(data.v)) {
          const part = document.createElement("span"), value = document.createElement("b");
          value.textContent = words(cells[index]);
          part.append(words(this.heads[index]) + " ", value);
          parts.push(part);
        }
        this.readout.replaceChildren(...parts);
      }

      leave() {
        this.at = -1;
        this.mark.removeAttribute("d");
        this.readout.replaceChildren();
      }

      // Shows the part of the time from…until; all of it for null.
      zoom(times) {
        if (!this.isTime) return;
        const [first, last] = this.domain;
        const view = times ? times.map(time => Math.max(0, Math.min(this.width, (time - first) / (last - first) * this.width))) : [0, this.width];
        // A chart of another time altogether stays as it is.
        if (view[1] - view[0] < this.width / 2000) return;
        this.view = view;
        const factor = (view[1] - view[0]) / this.width;
        this.plot.setAttribute("viewBox", [view[0] - 4 * factor, -4, view[1] - view[0] + 8 * factor, this.height + 8].join(" "));
        this.leave();
        const isWhole = factor === 1;
        if (this.axis) {
          const next = isWhole ? this.still.cloneNode(true) : this.labels(this.time(view[0]), this.time(view[1]));
          this.axis.replaceWith(next);
          this.axis = next;
        }
        if (!this.button) {
          this.button = document.createElement("button");
          this.button.type = "button";
          this.button.className = "zoom-reset";
          this.button.textContent = "Reset zoom";
          this.button.addEventListener("click", () => { zoom(null); this.svg.focus(); });
          this.readout.after(this.button);
        }
        this.button.hidden = isWhole;
      }

      offset(time) {
        let offset = this.zone[0][1];
        for (const [from, seconds] of this.zone) if (from <= time) offset = seconds;
        return offset;
      }

      // The time axis of a part: the same steps and words as in the still drawing.
      labels(first, last) {
        const group = make("g", { class: "tx" }), bottom = this.top + this.height, days = [];
        const count = Math.max(2, Math.floor(this.width / 62)), range = (last - first) / 1e6;
        const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 604800, 1209600];
        const step = steps.find(step => range / step <= count) || 2419200, origin = step >= 604800 ? 345600 : 0;
        const start = Math.floor(first / 1e6) + this.offset(first) - origin;
        let end = -Infinity, dayEnd = -Infinity;
        const text = (x, y, words, anchor) => group.append(make("text", { x, y, "text-anchor": anchor || "middle" }, words));
        for (let local = Math.floor(start / step) * step + origin, turns = 0; turns < 400; turns++, local += step) {
          const offsets = [this.offset((local - 86400) * 1e6), this.offset((local + 86400) * 1e6)].sort((a, b) => b - a);
          const offset = offsets.find(offset => this.offset((local - offset) * 1e6) === offset);
          if (offset === undefined) continue;
          const time = (local - offset) * 1e6;
          if (time > last) break;
          if (time < first) continue;
          const x = this.left + (time - first) / (last - first) * this.width, date = new Date(local * 1000).toUTCString();
          const day = date.slice(0, 3) + " " + Number(date.slice(5, 7)) + " " + date.slice(8, 11);
          const clock = step >= 86400 ? day.slice(4) : date.slice(17, local % 60 === 0 ? 22 : 25);
          group.append(make("path", { class: "a", d: "M" + x + " " + bottom + "v4" }));
          const half = clock.length * 5.2, middle = Math.max(half, Math.min(x, 640 - half));
          if (middle - half >= end) { text(middle, bottom + 18, clock); end = middle + half + 8; }
          if (step < 86400 && (days.length === 0 || local % 86400 === 0) && x - 32 >= dayEnd && x < this.left + this.width - 130) {
            days.push(x);
            text(Math.max(x, 52), bottom + 36, day);
            dayEnd = x + 44;
          }
        }
        text(this.left + this.width, bottom + 36, this.svg.dataset.clock, "end");
        return group;
      }
    }

    const zoom = times => charts.forEach(chart => chart.zoom(times));
    for (const svg of document.querySelectorAll("figure svg.chart")) charts.push(new Chart(svg));
    })();
    """#
}
