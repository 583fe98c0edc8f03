extension SessionCalls {
    private static let refreshBody = Schema.object([
        .init(
            "refreshToken", .text(.token), required: false,
            "The refresh token, for clients without cookies.")
    ])

    static let refreshDescription = RouteDescription(
        "POST", "/v1/auth/refresh", "refreshSession", .sessions,
        "Get new tokens",
        """
        Takes the refresh token from its cookie or from the body and gives a new pair. Each \
        refresh token works once; within ten seconds the same one gets the same successor, so that \
        a lost answer can be asked for again. Later it counts as stolen and the session ends. \
        Cookies are set only when the token came by cookie. An Idempotency-Key is ignored: answers \
        with secrets are never kept.
        """,
        answers: [
            .json(200, AnswerSchemas.signedIn, "New tokens.", headers: [.setCookie])
        ]
    ).with {
        $0.credential = .refreshToken
        $0.limit = .refresh
        $0.body = .optional(refreshBody)
        $0.problems = [.refreshReused, .customerClosed]
    }

    static let logoutDescription = RouteDescription(
        "POST", "/v1/auth/logout", "logout", .sessions,
        "Sign out",
        """
        Ends the session of the access token, or of the refresh token when there is no good access \
        token, and clears the cookies. Within a second its access tokens are refused everywhere. An \
        Idempotency-Key is ignored: signing out twice is signing out.
        """,
        answers: [.empty("Signed out.", headers: [.setCookie])]
    ).with {
        $0.credential = .anyToken
        $0.body = .optional(refreshBody)
    }

    static let currentDescription = RouteDescription(
        "GET", "/v1/auth/session", "getCurrentSession", .sessions,
        "Whose token this is",
        """
        The claims of the access token presented, without reading the database. Made for reverse \
        proxies that ask before passing a request on: the customer and the wallet also stand in \
        X-Sluice-Customer and X-Sluice-Wallet.
        """,
        answers: [
            .json(
                200, AnswerSchemas.claims, "The token is good.",
                headers: [
                    .init(name: "X-Sluice-Customer", summary: "The customer's number."),
                    .init(name: "X-Sluice-Wallet", summary: "The wallet's address."),
                ])
        ]
    ).with { $0.credential = .accessToken }

    static let listDescription = RouteDescription(
        "GET", "/v1/auth/sessions", "listSessions", .sessions,
        "The customer's live sessions",
        "Newest first, with where and when each was last used.",
        answers: [.json(200, AnswerSchemas.sessionList, "One page.")]
    ).with {
        $0.credential = .accessToken
        $0.parameters = [.limit, .cursor]
    }

    static let endDescription = RouteDescription(
        "DELETE", "/v1/auth/sessions/{id}", "endSession", .sessions,
        "End one session",
        """
        Ends a session of the same customer, this one included. An Idempotency-Key is ignored: what \
        has ended stays ended, and ending it again answers 404.
        """,
        answers: [.empty("Ended.", headers: [.setCookie])]
    ).with {
        $0.credential = .accessToken
        $0.parameters = [RouteParameter(.path, "id", .uuid, "The session's id.")]
        $0.problems = [.sessionUnknown]
    }

    static let endOthersDescription = RouteDescription(
        "DELETE", "/v1/auth/sessions", "endOtherSessions", .sessions,
        "End all other sessions",
        """
        Ends every session of the customer but the one that asks. An Idempotency-Key is ignored: \
        asking again ends what has begun since.
        """,
        answers: [.empty("Ended.")]
    ).with { $0.credential = .accessToken }
}
