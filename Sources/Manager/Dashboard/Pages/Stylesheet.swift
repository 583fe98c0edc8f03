/// The one stylesheet, light and dark by the reader's own choice.
enum Stylesheet {
    static let text = """
        :root { color-scheme: light dark; --ground: #f6f7f9; --card: #fff; --ink: #1c2330;
          --soft: #5c6675; --line: #dfe3e9; --accent: #1f6feb; --good: #17803d; --warn: #9a6700;
          --bad: #c62f2f; --goodg: #e3f5e8; --warng: #fdf3d7; --badg: #fde6e4; --plaing: #eceff3; }
        @media (prefers-color-scheme: dark) { :root { --ground: #12161c; --card: #1a2029;
          --ink: #e3e8ef; --soft: #97a1b0; --line: #2c3440; --accent: #6ea8fe; --good: #5fd38a;
          --warn: #e3b341; --bad: #ff8a80; --goodg: #173524; --warng: #3a2e0d; --badg: #431c1a;
          --plaing: #262d38; } }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--ground); color: var(--ink);
          font: 15px/1.5 system-ui, -apple-system, "Segoe UI", sans-serif; }
        header { display: flex; align-items: center; gap: 12px; padding: 10px 24px;
          background: var(--card); border-bottom: 1px solid var(--line); }
        .brand { font-weight: 700; color: var(--ink); text-decoration: none; }
        .brand span { font-weight: 400; color: var(--soft); }
        .who { margin-left: auto; display: flex; gap: 12px; align-items: center; }
        nav { display: flex; flex-wrap: wrap; gap: 2px; padding: 6px 18px; background: var(--card);
          border-bottom: 1px solid var(--line); }
        nav a { padding: 4px 10px; border-radius: 6px; color: var(--soft); text-decoration: none; }
        nav a:hover { background: var(--plaing); }
        nav a[aria-current] { background: var(--accent); color: var(--card); }
        main { max-width: 1180px; margin: 0 auto; padding: 20px 24px 60px; }
        h1 { font-size: 22px; margin: 4px 0 2px; } h2 { font-size: 16px; margin: 0 0 10px; }
        .lead, .note, .empty { color: var(--soft); margin: 0 0 14px; }
        .note { font-size: 13px; margin: -4px 0 10px; } .empty { margin: 0; }
        section, .panel { background: var(--card); border: 1px solid var(--line);
          border-radius: 10px; padding: 16px 18px; margin: 16px 0; }
        dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(210px, 1fr)); gap: 14px;
          margin: 0; }
        dt { color: var(--soft); font-size: 13px; } dd { margin: 0; overflow-wrap: anywhere; }
        .scroll { overflow-x: auto; }
        table { border-collapse: collapse; width: 100%; font-size: 14px; }
        th { text-align: left; color: var(--soft); font-weight: 500; font-size: 13px; }
        th, td { padding: 6px 18px 6px 0; border-bottom: 1px solid var(--line);
          vertical-align: top; }
        tr:last-child td { border-bottom: 0; }
        th.number, .number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
        time { white-space: nowrap; font-variant-numeric: tabular-nums; }
        code { font: 13px ui-monospace, "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; }
        .badge { display: inline-block; padding: 0 8px; border-radius: 10px; font-size: 13px;
          background: var(--plaing); white-space: nowrap; }
        .good { background: var(--goodg); color: var(--good); }
        .warn { background: var(--warng); color: var(--warn); }
        .badge.bad { background: var(--badg); color: var(--bad); }
        .none { color: var(--soft); }
        .notice { background: var(--goodg); color: var(--good); border-radius: 8px;
          padding: 8px 14px; }
        .error { background: var(--badg); color: var(--bad); border-radius: 8px;
          padding: 8px 14px; }
        a { color: var(--accent); }
        button, .button { font: inherit; font-size: 14px; padding: 4px 12px; border-radius: 6px;
          border: 1px solid var(--line); background: var(--card); color: var(--ink);
          text-decoration: none; cursor: pointer; white-space: nowrap; }
        button:hover, .button:hover { background: var(--plaing); }
        button.strong { background: var(--accent); border-color: var(--accent);
          color: var(--card); }
        .quiet { border: 0; color: var(--soft); }
        .actions { text-align: right; white-space: nowrap; }
        .actions .button { margin-left: 6px; }
        label { display: block; color: var(--soft); font-size: 13px; margin-bottom: 10px; }
        input { display: block; font: inherit; padding: 6px 10px; width: 100%; border-radius: 6px;
          border: 1px solid var(--line); background: var(--ground); color: var(--ink); }
        .search { display: flex; flex-wrap: wrap; gap: 10px; align-items: end; }
        .search label { margin: 0; min-width: 170px; }
        .panel { max-width: 560px; }
        .panel .row { display: flex; gap: 10px; align-items: center; margin-top: 14px; }
        figure { margin: 0; } svg { width: 100%; display: block; }
        figcaption { display: flex; justify-content: space-between; color: var(--soft);
          font-size: 13px; margin-top: 6px; }
        .space { fill: transparent; } .bar { fill: var(--accent); } rect.bad { fill: var(--bad); }

        """
}
