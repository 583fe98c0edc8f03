/// The one page that needs nobody signed in.
enum LoginPage {
    static func document(error: String? = nil) -> [UInt8] {
        let words: HTML = error.map { "<p class=\"error\" role=\"alert\">\($0)</p>" } ?? .empty
        return PageHTML(visitor: nil, path: "/login", role: "").document(
            title: "Sign in",
            """
            <form class="panel" method="post" action="/login"><h1>Sign in</h1>
            <p class="lead">For operators. Names are made with <code>sluice keys operator add</code>.</p>
            \(html: words)
            <label>Name<input name="name" autocomplete="username" autofocus required></label>
            <label>Secret<input name="secret" type="password" autocomplete="current-password"
            required></label><div class="row"><button class="strong">Sign in</button></div></form>
            """)
    }
}
