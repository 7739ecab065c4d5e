// The page's one style sheet: both colour schemes, print, narrow screens.
// Series colours are those of Okabe and Ito ("Color Universal Design", 2008), darkened or lightened to keep contrast.

enum PageStyle {
    static let sheet = """
        :root{color-scheme:light dark;--ground:#fff;--ink:#1b1f24;--quiet:#57606a;--line:#d0d7de;--panel:#f6f8fa;
        --accent:#0b5cad;--warn:#8a4600;--heat:#0b5cad;
        --s0:#0060a8;--s1:#b34700;--s2:#00795c;--s3:#a63d7e;--s4:#7a6000;--s5:#2a7fb8;--s6:#5b4bb5;--s7:#555}
        @media (prefers-color-scheme:dark){:root{--ground:#0f1318;--ink:#e6edf3;--quiet:#9aa7b4;--line:#30363d;
        --panel:#161b22;--accent:#6cb6ff;--warn:#f0b072;--heat:#6cb6ff;
        --s0:#6cb6ff;--s1:#ff9e64;--s2:#4fd1a5;--s3:#f29bd0;--s4:#e3c55b;--s5:#8ad8ff;--s6:#b9a9ff;--s7:#c0c7cf}}
        *{box-sizing:border-box}
        body{margin:0;background:var(--ground);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",sans-serif}
        main,header,footer{max-width:1040px;margin:0 auto;padding:0 16px}
        h1{font-size:1.7rem;margin:1.2em 0 .2em}h2{font-size:1.25rem;margin:2em 0 .4em;border-top:1px solid var(--line);padding-top:1em}
        h3{font-size:1.02rem;margin:1.4em 0 .3em}
        p{max-width:72ch}a{color:var(--accent)}
        .quiet{color:var(--quiet)}.verdict{font-size:1.1rem;border-left:4px solid var(--accent);padding-left:12px}
        .warn{border-left:4px solid var(--warn);background:var(--panel);padding:8px 12px}
        .scroll{overflow-x:auto}
        table{border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:.9rem;margin:.5em 0}
        caption{text-align:left;color:var(--quiet);padding:4px 0}
        th,td{padding:4px 10px;text-align:right;border-bottom:1px solid var(--line);white-space:nowrap}
        th[scope=row],th.text,td.text{text-align:left}thead th{border-bottom:2px solid var(--line)}
        td small{color:var(--quiet);display:block}
        figure{margin:1em 0}figcaption{color:var(--quiet);font-size:.9rem}
        svg{width:100%;height:auto;display:block;overflow:visible}
        svg:focus-visible,button:focus-visible,input:focus-visible,select:focus-visible,summary:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
        svg text{fill:var(--ink);font:12px system-ui,sans-serif}svg .tick,svg .axis-title{fill:var(--quiet)}
        .grid{stroke:var(--line);stroke-width:1}.neutral{stroke:var(--quiet);stroke-dasharray:4 3}
        .line{fill:none;stroke-width:2}.area{stroke-width:1.6}.interval{stroke:var(--ink);stroke-width:1.6;fill:none}.effect{fill:var(--accent)}
        .heat{fill:var(--heat)}.marked{stroke:var(--warn);stroke-width:2}
        .phase.connect{fill:var(--s4)}.phase.wait{fill:var(--line)}.phase.stream{fill:var(--s2)}
        .arrival{stroke:var(--quiet);stroke-width:1}.arrival.content{stroke:var(--s0);stroke-width:1.5}.arrival.burst{stroke-dasharray:2 2}
        .dot{stroke:none}
        .s0{stroke:var(--s0)}.s1{stroke:var(--s1)}.s2{stroke:var(--s2)}.s3{stroke:var(--s3)}.s4{stroke:var(--s4)}.s5{stroke:var(--s5)}.s6{stroke:var(--s6)}.s7{stroke:var(--s7)}
        .s0 .dot{fill:var(--s0)}.s1 .dot{fill:var(--s1)}.s2 .dot{fill:var(--s2)}.s3 .dot{fill:var(--s3)}.s4 .dot{fill:var(--s4)}.s5 .dot{fill:var(--s5)}.s6 .dot{fill:var(--s6)}.s7 .dot{fill:var(--s7)}
        .swatch{display:inline-block;width:22px;height:0;border-top:3px solid;vertical-align:middle;margin:0 6px 3px 2px}
        i.s0{border-color:var(--s0)}i.s1{border-color:var(--s1)}i.s2{border-color:var(--s2)}i.s3{border-color:var(--s3)}i.s4{border-color:var(--s4)}i.s5{border-color:var(--s5)}i.s6{border-color:var(--s6)}i.s7{border-color:var(--s7)}
        fieldset{border:1px solid var(--line);border-radius:6px;margin:1em 0;padding:6px 12px;display:flex;flex-wrap:wrap;gap:4px 18px;font-size:.9rem}
        legend{color:var(--quiet);padding:0 4px}
        button,select{font:inherit;color:inherit;background:var(--panel);border:1px solid var(--line);border-radius:6px;padding:4px 10px;min-height:28px}
        details{margin:.4em 0}summary{cursor:pointer;color:var(--quiet)}
        pre{background:var(--panel);border:1px solid var(--line);border-radius:6px;padding:10px;overflow:auto;max-height:22em;font-size:.85rem}
        [hidden]{display:none!important}
        #tip{position:fixed;z-index:2;pointer-events:none;background:var(--ink);color:var(--ground);padding:4px 8px;border-radius:4px;font-size:.85rem;max-width:34em}
        @media (prefers-reduced-motion:no-preference){svg [data-group]{transition:opacity .15s}}
        @media print{:root{color-scheme:light}fieldset,button,select,#tip{display:none}figure{break-inside:avoid}body{font-size:11pt}}
        """
}
