/// How charts look: colours, weights and letters, as rules for the classes that the drawings use.
///
/// Series colours are those of Okabe and Ito (*Color Universal Design*, 2008), darkened for white paper and
/// lightened for dark; every series has a dash pattern of its own, so that none depends on colour.
enum ChartStyle {
  static let source = """
    :root{--ink:#1c2024;--muted:#5c6570;--line:#dfe3e8;--paper:#fff;--panel:#f6f7f9;--accent:#0b62c4;--s1:#0b62c4;\
    --s2:#c04a00;--s3:#00795c;--s4:#9c3d80;--s5:#8a6400;--s6:#4a5560;--heat0:#e8f0f8;--heat1:#b5d1ee;--heat2:#73a9de;\
    --heat3:#2f78bf;--heat4:#0d4380}
    @media(prefers-color-scheme:dark){:root{--ink:#e7eaee;--muted:#9aa4b0;--line:#30363e;--paper:#14171b;--panel:#1c2026;\
    --accent:#6db1ff;--s1:#6db1ff;--s2:#f59a56;--s3:#43c9a3;--s4:#de8dc3;--s5:#e3bf4f;--s6:#aab4bf;--heat0:#26384d;\
    --heat1:#274f7c;--heat2:#2f6ba8;--heat3:#5a9bdd;--heat4:#b5d8ff}}
    svg.chart{display:block;width:100%;max-width:760px;height:auto;touch-action:pan-y pinch-zoom;-webkit-user-select:none;user-select:none}
    .drawing>svg.chart{min-width:0}
    svg.chart:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
    svg.chart text{font:12px system-ui,sans-serif;fill:var(--muted);font-variant-numeric:tabular-nums}
    svg.chart .k text{fill:var(--ink)}
    svg.chart .k .u,svg.chart .c{fill:var(--muted)}
    svg.chart .t{fill:var(--ink)}
    svg .g{fill:none;stroke:var(--line)}
    svg .a{fill:none;stroke:var(--muted)}
    svg .l{fill:none;stroke-width:1.75;stroke-linejoin:round;stroke-linecap:round;vector-effect:non-scaling-stroke}
    svg .o{fill:none;stroke-width:5;stroke-linecap:round;vector-effect:non-scaling-stroke}
    svg .s1{stroke:var(--s1)}svg .s2{stroke:var(--s2)}svg .s3{stroke:var(--s3)}svg .s4{stroke:var(--s4)}
    svg .s5{stroke:var(--s5)}svg .s6{stroke:var(--s6)}
    svg .l.s2{stroke-dasharray:7 4}svg .l.s3{stroke-dasharray:2 4}svg .l.s4{stroke-dasharray:9 3 2 3}
    svg .l.s5{stroke-dasharray:4 3}svg .l.s6{stroke-dasharray:12 4}
    svg .f1{fill:var(--s1)}svg .f2{fill:var(--s2)}svg .f3{fill:var(--s3)}svg .f4{fill:var(--s4)}svg .f5{fill:var(--s5)}
    svg .f6{fill:var(--s6)}
    svg .b{fill:var(--s1);fill-opacity:.16;stroke:none}
    svg .v{fill-opacity:.14}
    svg .e{stroke:var(--paper);stroke-width:.75;vector-effect:non-scaling-stroke}
    svg .h0{fill:var(--heat0)}svg .h1{fill:var(--heat1)}svg .h2{fill:var(--heat2)}svg .h3{fill:var(--heat3)}svg .h4{fill:var(--heat4)}
    svg .hx{fill:var(--panel);stroke:var(--line);stroke-width:.75}
    svg .cursor{fill:var(--ink);fill-opacity:.1;stroke:var(--ink);stroke-opacity:.6;pointer-events:none}
    svg .chosen{fill:var(--accent);fill-opacity:.18;pointer-events:none}
    figure .readout{display:flex;flex-wrap:wrap;gap:0 1.2em;min-height:1.5em;font-size:.85em;color:var(--muted);font-variant-numeric:tabular-nums}
    figure .readout b{color:var(--ink);font-weight:600}
    figure .zoom-reset{font:inherit;font-size:.85em}
    svg.spark{width:96px;height:22px;vertical-align:middle}
    svg.spread{width:120px;height:22px;vertical-align:middle}
    svg .w{fill:none;stroke:var(--s1);stroke-width:1.5}svg .o.w{stroke-width:4}svg .p{fill:none;stroke:var(--ink);stroke-width:2}
    @media(max-width:600px){svg.chart text{font-size:17px}svg.chart .y text{font-size:16px}svg.chart .k text{font-size:15px}svg.chart .n{display:none}}
    @media print{figure .readout,figure .zoom-reset{display:none}svg.chart{break-inside:avoid}svg{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
    """
}
