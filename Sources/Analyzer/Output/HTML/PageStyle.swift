// The page's one style sheet: both colour schemes, print, narrow screens.
// Series colours are those of Okabe and Ito ("Color Universal Design", 2008), darkened or lightened to keep contrast.

enum PageStyle {
    static let sheet = """
        :root{color-scheme:light dark;--ground:#fff;--ink:#1b1f24;--quiet:#57606a;--line:#e1e5ea;--strong:#c5ccd4;
        --panel:#f6f8fa;--accent:#0b5cad;--warn:#8a4600;--warnground:#fff6e9;--heat:#0b5cad;
        --faster:#00795c;--slower:#b34700;
        --s0:#0060a8;--s1:#c2570c;--s2:#00795c;--s3:#a63d7e;--s4:#8a6d00;--s5:#2a86c4;--s6:#5b4bb5;--s7:#5f6670}
        @media (prefers-color-scheme:dark){:root{--ground:#0f1318;--ink:#e6edf3;--quiet:#9aa7b4;--line:#252c35;
        --strong:#3d4753;--panel:#171c23;--accent:#6cb6ff;--warn:#f0b072;--warnground:#2a1f12;--heat:#6cb6ff;
        --faster:#4fd1a5;--slower:#ff9e64;
        --s0:#6cb6ff;--s1:#ff9e64;--s2:#4fd1a5;--s3:#f29bd0;--s4:#e3c55b;--s5:#a5dcff;--s6:#b9a9ff;--s7:#c0c7cf}}
        *{box-sizing:border-box}
        html{scroll-padding-top:7rem}
        body{margin:0;background:var(--ground);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI","Liberation Sans",sans-serif}
        main,header{max-width:1080px;margin:0 auto;padding:0 20px}
        main{padding-bottom:4rem}
        h1{font-size:1.75rem;line-height:1.2;margin:1.6rem 0 .8rem;letter-spacing:-.01em}
        h2{font-size:1.3rem;margin:3rem 0 .8rem;letter-spacing:-.005em}
        h3{font-size:1.02rem;margin:1.8rem 0 .4rem}
        p{max-width:76ch;margin:.5rem 0}a{color:var(--accent)}
        .quiet,figcaption,caption,legend{color:var(--quiet)}
        .synthetic{border-left:4px solid var(--warn);background:var(--warnground);padding:8px 14px;border-radius:0 6px 6px 0;max-width:none}
        .synthetic strong{color:var(--warn)}
        .tiles{display:grid;grid-template-columns:repeat(4,1fr);gap:12px;margin:1rem 0}
        .tile{background:var(--panel);border:1px solid var(--line);border-radius:8px;padding:10px 14px}
        .tile dt{color:var(--quiet);font-size:.82rem}.tile dd{margin:0;font-size:1.35rem;font-weight:600;font-variant-numeric:tabular-nums}
        .tile small{display:block;font-weight:400;font-size:.8rem;color:var(--quiet);line-height:1.35}
        nav ul{list-style:none;display:flex;flex-wrap:wrap;gap:2px 16px;margin:.6rem 0;padding:0;font-size:.88rem}
        .controls{position:sticky;top:0;z-index:1;background:var(--ground);border:0;border-bottom:1px solid var(--strong);margin:0 -20px;
        padding:8px 20px;display:flex;flex-wrap:wrap;gap:4px 18px;font-size:.88rem;align-items:center;min-width:0}
        .controls legend{position:absolute;left:-9999px}
        .controls label{display:inline-flex;align-items:center;gap:6px;min-height:26px;cursor:pointer}
        .controls .scale{margin-left:auto}
        .key{width:26px;height:8px;flex:none}
        ul.verdicts{list-style:none;padding:0;margin:.6rem 0;display:grid;gap:8px}
        .verdict{border-left:4px solid var(--strong);background:var(--panel);padding:9px 14px;border-radius:0 6px 6px 0}
        .verdict.faster{border-color:var(--faster)}.verdict.slower{border-color:var(--slower)}.verdict.equal{border-color:var(--accent)}
        .verdict strong{font-weight:600}
        ul.notes{padding-left:1.1rem;margin:.6rem 0;font-size:.88rem;color:var(--quiet);max-width:95ch}
        ul.warn{list-style:none;border-left:4px solid var(--warn);background:var(--warnground);padding:8px 14px;color:var(--ink);border-radius:0 6px 6px 0}
        .scroll,.drawing{overflow-x:auto;max-width:100%}
        .scroll{margin:.8rem 0 1.4rem}
        table{border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:.86rem;min-width:100%}
        caption{text-align:left;padding:2px 0 6px;font-size:.95rem;font-weight:600;color:var(--ink)}
        th,td{padding:5px 10px;text-align:right;border-bottom:1px solid var(--line);white-space:nowrap;vertical-align:top}
        th:first-child,td:first-child{padding-left:2px}
        thead th{white-space:normal;border-bottom:1px solid var(--strong);color:var(--quiet);font-weight:500;font-size:.82rem;vertical-align:bottom}
        tbody th{font-weight:500}tbody tr:hover{background:var(--panel)}
        th[scope=row],th.text,td.text{text-align:left}td.text{white-space:normal;overflow-wrap:anywhere}
        td small{color:var(--quiet);display:block;font-size:.78rem}
        td.drawn{padding-top:6px}
        .spark{width:96px;height:22px;display:block;margin-left:auto}
        figure{margin:.8rem 0 1rem;min-width:0}figcaption{font-size:.88rem;margin-bottom:4px;overflow-wrap:anywhere}
        .pair{display:grid;grid-template-columns:1fr 1fr;gap:0 28px}
        .chooser{font-size:.88rem;display:inline-block;margin:2px 0 6px}figcaption strong{color:var(--ink);font-weight:600}
        svg{display:block;height:auto}
        .drawing>svg{width:100%}
        svg text{fill:var(--ink);font:12px system-ui,-apple-system,"Segoe UI","Liberation Sans",sans-serif}
        svg .tick,svg .axis-title{fill:var(--quiet)}svg .numbers{font-size:11.5px;font-variant-numeric:tabular-nums}
        svg:focus-visible,button:focus-visible,input:focus-visible,select:focus-visible,summary:focus-visible,pre:focus-visible,.scroll:focus-visible
        {outline:3px solid var(--accent);outline-offset:2px}
        .grid{stroke:var(--line);stroke-width:1}.neutral{stroke:var(--quiet);stroke-width:1.2;stroke-dasharray:4 3}
        .line{fill:none;stroke-width:2;stroke-linejoin:round}.ridge{stroke-width:1.4;fill-opacity:.22}
        .interval{stroke:var(--ink);stroke-width:1.5;fill:none}
        .effect{fill:var(--quiet)}.effect.faster{fill:var(--faster)}.effect.slower{fill:var(--slower)}.effect.equal{fill:var(--accent)}
        .effect.hollow{fill:var(--ground);stroke:var(--quiet);stroke-width:1.5}
        .slice{fill:transparent}.lit .slice,.slice.lit{fill:var(--ink);fill-opacity:.07}
        .heat{fill:var(--heat)}.heat.lit,.bar.lit{stroke:var(--ink);stroke-width:1.5}
        .drift-mark{fill:var(--warn);stroke:none}.drift{stroke:var(--warn);stroke-width:1.2;stroke-dasharray:3 3}
        .phase.connect{fill:var(--s4)}.phase.wait{fill:var(--strong)}.phase.stream{fill:var(--s2);fill-opacity:.35}
        svg .phase-name{font-size:11.5px}svg .phase-name.connect{fill:var(--ground)}.stall{fill:var(--warn);fill-opacity:.18}
        .dot{stroke:none}.dot.lit{stroke:var(--ink);stroke-width:1.5}.cloud .dot{fill-opacity:.7}
        .bar.ok,i.ok{fill:var(--strong);background:var(--strong)}
        \(seriesRules)
        .swatch{display:inline-block;width:10px;height:10px;border-radius:2px;margin-right:8px}
        .legend{display:flex;flex-wrap:wrap;gap:2px 18px;font-size:.88rem;max-width:none}
        .block{display:inline-block;width:12px;height:12px;border-radius:2px;margin-right:6px;vertical-align:-1px}
        button,select{font:inherit;color:inherit;background:var(--panel);border:1px solid var(--strong);border-radius:6px;padding:3px 8px;min-height:28px}
        details{margin:.4em 0}summary{cursor:pointer;color:var(--quiet);font-size:.88rem;width:fit-content;min-height:24px}
        pre{background:var(--panel);border:1px solid var(--line);border-radius:6px;padding:10px;overflow:auto;max-height:20em;font-size:.8rem;
        font-family:ui-monospace,"DejaVu Sans Mono",monospace}
        #command{white-space:pre-wrap;overflow-wrap:anywhere}
        [hidden]{display:none!important}
        .off{display:none}
        #tip{position:fixed;z-index:3;pointer-events:none;background:var(--ink);color:var(--ground);padding:6px 10px;border-radius:6px;
        font-size:.82rem;line-height:1.4;max-width:min(34em,92vw);white-space:pre-line;font-variant-numeric:tabular-nums}
        #live{position:absolute;left:-9999px}
        @media (max-width:820px){.pair{grid-template-columns:1fr}.tiles{grid-template-columns:1fr 1fr}.drawing>svg.whole{min-width:760px}}
        @media (max-width:560px){main,header{padding:0 12px}.controls{position:static;margin:0 -12px;padding:8px 12px}.controls .scale{margin-left:0}
        html{scroll-padding-top:1rem}}
        @media (prefers-reduced-motion:no-preference){html{scroll-behavior:smooth}}
        @media print{:root{color-scheme:light;--ground:#fff;--ink:#000;--quiet:#444;--line:#ddd;--strong:#aaa;--panel:#fff}
        body{font-size:9.5pt}nav,button,.scale,.chooser,details.data,#tip,.controls input{display:none!important}
        .controls{position:static}figure,tr,.verdict,.tile{break-inside:avoid}h2,h3,caption{break-after:avoid}
        .scroll,.drawing{overflow:visible}table{font-size:7.6pt}th,td{padding:3px 5px}
        @page{size:A4 landscape;margin:12mm}}
        """

    /// What each series' colour colours.
    private static var seriesRules: String {
        (0..<SeriesStyle.colourCount).map { index in
            ".s\(index){stroke:var(--s\(index))}.ridge.s\(index){fill:var(--s\(index))}.s\(index) .dot,.fill.s\(index){fill:var(--s\(index));stroke:none}"
                + "i.s\(index){background:var(--s\(index))}"
        }.joined(separator: "\n")
    }
}
