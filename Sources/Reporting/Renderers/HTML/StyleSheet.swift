/// How a page looks: light and dark, screen, phone and paper.
///
/// Colours are custom properties, so that charts follow the scheme too: `--ink` and `--muted` for text (4.5 : 1 on
/// `--paper`, `--panel` and `--shade` at least), `--line` for lines, `--accent` for links and focus, `--good`,
/// `--attention`, `--bad` and `--notice` for tones. What charts bring comes first, so that a name of theirs that is
/// one of these too gets the page's colour.
/// - Source: WCAG 2.2, 1.4.3 (contrast), 1.4.10 (reflow), 2.4.7 (focus).
enum StyleSheet {
  static let source = [ChartStyle.source, colours, page, text, verdict, findings, tables, figures, folded, ExplorerStyle.source, phone, paper].joined(separator: "\n")

  private static let colours = """
    :root{color-scheme:light dark;--ground:var(--paper);--paper:#f7f7f5;--panel:#fff;--ink:#1d2025;--muted:#5a616b;--line:#dcdee2;--shade:#f0f1f2;
    --accent:#1a5a9e;--good:#1b6b3a;--attention:#8a5200;--bad:#b3261e;--notice:#1a5a9e;--faint-heat:#14171b;--strong-heat:#fff}
    @media (prefers-color-scheme:dark){:root{--paper:#14161a;--panel:#1b1e23;--ink:#e4e6ea;--muted:#a3abb6;--line:#363c45;--shade:#242830;
    --accent:#86b9f2;--good:#74c992;--attention:#e6b455;--bad:#f5958c;--notice:#86b9f2;--faint-heat:#f2f4f7;--strong-heat:#0c0e11}}
    """

  private static let page = """
    *,::before,::after{box-sizing:border-box}
    html{font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;scroll-padding-top:1rem;-webkit-text-size-adjust:100%;text-size-adjust:100%}
    body{background:var(--paper);color:var(--ink);margin:0 auto;padding:0 1.5rem;max-width:84rem;display:grid;grid-template-columns:minmax(0,1fr)}
    header{padding:2rem 0 .5rem}
    footer{padding:1.5rem 0 3rem;color:var(--muted);font-size:.875rem}
    main{min-width:0}
    main:focus{outline:none}
    section{margin:0 0 3rem}
    nav ol{list-style:none;margin:0;padding:0;display:flex;flex-wrap:wrap;gap:.25rem 1rem;font-size:.875rem}
    nav a{display:block;padding:.2rem 0;color:var(--muted);text-decoration:none}
    nav a:hover{color:var(--accent);text-decoration:underline}
    a{color:var(--accent)}
    .skip{position:absolute;left:-99rem;background:var(--panel);padding:.5rem 1rem;z-index:2}
    .skip:focus{left:1rem;top:1rem}
    .unseen{position:absolute;width:1px;height:1px;margin:-1px;overflow:hidden;clip-path:inset(50%)}
    :focus-visible{outline:2px solid var(--accent);outline-offset:2px;border-radius:3px}
    @media (min-width:68rem){body{grid-template-columns:11.5rem minmax(0,1fr);column-gap:3rem}header,main,footer{grid-column:2}
    nav{grid-column:1;grid-row:1/span 3;padding:2.6rem 0}nav ol{position:sticky;top:1.5rem;flex-direction:column}header{grid-row:1}}
    @media (prefers-reduced-motion:no-preference){html{scroll-behavior:smooth}}
    """

  private static let text = """
    h1{font-size:1.9rem;line-height:1.2;margin:0;font-weight:650;letter-spacing:-.015em}
    h2{font-size:1.35rem;line-height:1.3;margin:0 0 1rem;padding-top:1.25rem;border-top:1px solid var(--line);font-weight:650;letter-spacing:-.01em}
    h3{font-size:1.05rem;line-height:1.4;margin:1.5rem 0 .5rem;font-weight:600}
    h4{font-size:.8125rem;margin:1rem 0 0;color:var(--muted);font-weight:600}
    p{margin:.5rem 0;max-width:46rem}
    p,h1,h2,h3,dd,li{overflow-wrap:anywhere}
    .note,.cut{color:var(--muted);font-size:.875rem}
    b{font-weight:650;font-variant-numeric:tabular-nums}
    code,pre{font-family:ui-monospace,"SF Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.86em}
    :not(pre)>code{background:var(--shade);border-radius:3px;padding:.1em .3em;white-space:pre-wrap}
    pre{margin:.5rem 0;padding:.65rem .8rem;background:var(--shade);border-radius:6px;white-space:pre-wrap;overflow-wrap:anywhere;line-height:1.5}
    pre.verbatim{white-space:pre;overflow-x:auto;overflow-wrap:normal}
    pre.command{position:relative;padding-right:5.5rem;min-height:2.6rem}
    pre.command button{position:absolute;top:.35rem;right:.4rem;user-select:none}
    button,input{font:inherit;font-size:.8125rem;color:inherit}
    pre button{border:1px solid var(--line);background:var(--panel);border-radius:4px;padding:.15rem .55rem;cursor:pointer}
    pre button:hover{border-color:var(--accent);color:var(--accent)}
    dl.facts{display:flex;flex-wrap:wrap;gap:.75rem 2.25rem;margin:.75rem 0}
    dl.facts div{min-width:0;max-width:100%}
    dt{color:var(--muted);font-size:.8125rem;line-height:1.4}
    dd{margin:0;font-variant-numeric:tabular-nums}
    """

  private static let verdict = """
    .verdict{list-style:none;margin:.5rem 0 1rem;padding:0}
    .verdict li{display:grid;grid-template-columns:7.5rem minmax(0,1fr);gap:.75rem;padding:.6rem 0;border-top:1px solid var(--line);font-size:1.05rem}
    .verdict li:first-child{border-top:0}
    .tone{font-size:.8125rem;font-weight:600;text-transform:capitalize;white-space:nowrap;color:var(--tone)}
    .verdict .tone{padding-top:.15rem}
    .tone i{display:inline-block;width:1.35em;height:1.35em;margin-right:.25em;border-radius:50%;background:var(--tone);color:var(--panel);text-align:center;line-height:1.35;font-style:normal;font-weight:700;text-transform:none}
    .good{--tone:var(--good)}.attention,.warning{--tone:var(--attention)}.bad,.severe{--tone:var(--bad)}.notice{--tone:var(--notice)}.neutral{--tone:var(--muted)}
    """

  private static let findings = """
    .finding{background:var(--panel);border:1px solid var(--line);border-left:4px solid var(--tone);border-radius:6px;padding:1rem 1.25rem;margin:0 0 1.25rem}
    .finding h3{margin:.25rem 0 .5rem;font-size:1.1rem}
    .finding h4+p{margin-top:.1rem}
    .tag{margin:0;font-size:.8125rem;color:var(--muted);display:flex;flex-wrap:wrap;gap:.25rem .75rem;align-items:baseline}
    """

  private static let tables = """
    .scroll{overflow:auto;margin:.75rem 0 .25rem;background:linear-gradient(90deg,var(--ground),transparent) 0 0/2.5rem 100% local no-repeat,linear-gradient(270deg,var(--ground),transparent) 100% 0/2.5rem 100% local no-repeat,
    linear-gradient(90deg,var(--line),transparent) 0 0/.75rem 100% no-repeat,linear-gradient(270deg,var(--line),transparent) 100% 0/.75rem 100% no-repeat}
    .data .scroll{max-height:32rem}
    table{border-collapse:collapse;font-size:.875rem;line-height:1.4;font-variant-numeric:tabular-nums}
    caption{text-align:left;font-weight:600;padding:.25rem 0 .4rem;font-size:.95rem}
    th,td{padding:.38rem .7rem;text-align:right;white-space:nowrap;vertical-align:baseline;border-bottom:1px solid var(--line)}
    th:first-child,td:first-child{padding-left:.15rem}
    th[scope=row],td.t,th.t,th.d,td.d{text-align:left}
    th[scope=row]{font-weight:450}
    th[scope=row],td.t{white-space:normal;overflow-wrap:break-word;max-width:24rem}
    td.t[data-value],th[data-value]{white-space:nowrap}
    td.d{vertical-align:middle;padding-top:.1rem;padding-bottom:.1rem}
    td.d svg{display:block}
    td.few{color:var(--muted);font-style:italic}
    thead th{position:sticky;top:0;z-index:1;background:var(--ground);color:var(--muted);font-weight:600;font-size:.8125rem;vertical-align:bottom;border-bottom:1px solid var(--muted)}
    tbody tr:hover>*{background:var(--shade)}
    tfoot>tr>*,tfoot th[scope=row]{font-weight:650;border-top:1px solid var(--muted);border-bottom:0}
    th button{border:0;background:none;padding:0;margin:0;font-weight:inherit;cursor:pointer;text-align:inherit;color:inherit}
    th button:hover{color:var(--accent)}
    th button::after{content:"";display:inline-block;width:.9em;text-align:right;font-size:.75em}
    th[aria-sort=ascending] button::after{content:"▲"}
    th[aria-sort=descending] button::after{content:"▼"}
    .filter{margin:.75rem 0 -.25rem;font-size:.875rem;color:var(--muted)}
    .filter input{width:14rem;max-width:60%;padding:.25rem .5rem;border:1px solid var(--muted);border-radius:4px;background:var(--panel);color:var(--ink)}
    """

  private static let figures = """
    figure{margin:1.5rem 0}
    figcaption{margin-bottom:.4rem}
    figcaption b{font-weight:600}
    figcaption span{display:block;color:var(--muted);font-size:.8125rem}
    .drawing{overflow-x:auto}
    .drawing>svg{display:block;width:100%;height:auto;min-width:36rem}
    .explorer{--ground:var(--panel);background:var(--panel);border:1px solid var(--line);border-radius:6px;padding:.25rem 1.25rem 1rem;margin:1.5rem 0}
    """

  private static let folded = """
    details{margin:.35rem 0}
    summary{cursor:pointer;color:var(--muted);font-size:.8125rem;width:fit-content;padding:.1rem 0}
    summary:hover{color:var(--accent)}
    .derivation p{font-size:.8125rem;color:var(--muted);margin:.6rem 0 0}
    .derivation pre,.mute pre{font-size:.95em}
    .mute p{font-size:.8125rem}
    """

  private static let phone = """
    @media (max-width:40rem){body{padding:0 1rem}header{padding-top:1.25rem}h1{font-size:1.5rem}
    .verdict li{grid-template-columns:minmax(0,1fr);gap:.1rem}.finding{padding:.8rem .9rem}
    th[scope=row]{min-width:7.5rem;max-width:13rem}th,td{padding-left:.5rem;padding-right:.5rem}
    pre.command{padding-right:.8rem}pre.command button{position:static;display:block;margin-top:.5rem}dl.facts{gap:.6rem 1.5rem}
    summary,nav a{padding:.4rem 0}}
    """

  private static let paper = """
    @media print{:root{color-scheme:light;--paper:#fff;--panel:#fff;--ink:#000;--muted:#444;--line:#ccc;--shade:#f4f4f4;--accent:#000;--good:#1b6b3a;--attention:#8a5200;--bad:#b3261e;--notice:#1a5a9e}
    @page{margin:15mm}
    html{font-size:10pt}body{display:block;max-width:none;padding:0}
    nav,.skip,.filter,.derivation,button,input,select,.explorer label,.mute pre,.mute p{display:none}
    th button,td button{display:inline}
    .scroll,.data .scroll,.drawing{overflow:visible;max-height:none;background:none}.drawing>svg{min-width:0}
    table{font-size:7.5pt}th,td{padding:.15rem .35rem;white-space:normal}th[scope=row]{min-width:5rem}pre.command{min-height:0;padding:.35rem .6rem}thead{display:table-header-group}thead th{position:static}tfoot{display:table-row-group}
    tr,figure>.drawing,.finding,.verdict li,dl.facts,pre{break-inside:avoid}
    h2,h3,h4,figcaption,caption,summary{break-after:avoid}
    pre,.tone i{print-color-adjust:exact;-webkit-print-color-adjust:exact}
    details:not([open])>summary{display:none}.mute>summary{display:list-item!important}}
    """
}
