/// What all pages share: head, colours, and nothing that is loaded from anywhere.
enum PageFrame {
    static func bytes(title: String, navigation: HTML, content: HTML) -> [UInt8] {
        let page: HTML = """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(title)</title>
            <style>\(style)</style>
            </head>
            <body>
            <nav aria-label="Contents">\(navigation)</nav>
            <main>\(content)</main>
            </body>
            </html>

            """
        return Array(page.markup.utf8)
    }

    private static let style: HTML = """

        :root { color-scheme: light dark; --ink: #1b2330; --soft: #5b6678; --line: #dfe4ec;
          --paper: #ffffff; --panel: #f5f7fa; --accent: #0b63c5; --good: #1a7f4b; --bad: #b3341f; }
        @media (prefers-color-scheme: dark) { :root { --ink: #e4e9f1; --soft: #9aa6b8;
          --line: #2d3644; --paper: #12171f; --panel: #1a212c; --accent: #6fb1ff; --good: #55c98a;
          --bad: #ff8a75; } }
        * { box-sizing: border-box; }
        body { margin: 0; color: var(--ink); background: var(--paper);
          font: 16px/1.55 system-ui, sans-serif; display: grid;
          grid-template-columns: 17rem minmax(0, 1fr); }
        nav { position: sticky; top: 0; height: 100vh; overflow: auto; padding: 1.5rem 1.25rem;
          border-right: 1px solid var(--line); background: var(--panel); font-size: .9rem; }
        nav h2 { font-size: .75rem; text-transform: uppercase; letter-spacing: .06em;
          color: var(--soft); margin: 1.4rem 0 .3rem; }
        nav ul { list-style: none; margin: 0; padding: 0; }
        nav li { margin: .2rem 0; overflow-wrap: anywhere; }
        main { padding: 2rem clamp(1rem, 4vw, 3.5rem) 6rem; max-width: 60rem; }
        a { color: var(--accent); text-decoration: none; } a:hover { text-decoration: underline; }
        h1 { margin: 0 0 .5rem; } h2 { margin: 3rem 0 .5rem; }
        section { border-top: 1px solid var(--line); padding-top: 1.5rem; margin-top: 2rem; }
        section h3 { margin: 0 0 .4rem; font-size: 1.15rem; }
        h4 { margin: 1.2rem 0 .3rem; font-size: .8rem; text-transform: uppercase;
          letter-spacing: .05em; color: var(--soft); }
        code, pre { font: .86em/1.5 ui-monospace, monospace; }
        pre { background: var(--panel); border: 1px solid var(--line); border-radius: 6px;
          padding: .8rem 1rem; overflow: auto; }
        .call { display: block; font-family: ui-monospace, monospace; overflow-wrap: anywhere; }
        .method { display: inline-block; font-weight: 600; color: var(--good); min-width: 4.2em; }
        table { border-collapse: collapse; width: 100%; font-size: .93rem; }
        th, td { text-align: left; vertical-align: top; padding: .35rem .7rem .35rem 0;
          border-bottom: 1px solid var(--line); }
        th { color: var(--soft); font-weight: 600; font-size: .8rem; }
        .soft { color: var(--soft); } .bad { color: var(--bad); }
        @media (max-width: 50rem) { body { display: block; } nav { position: static; height: auto;
          border-right: 0; border-bottom: 1px solid var(--line); } }

        """
}
