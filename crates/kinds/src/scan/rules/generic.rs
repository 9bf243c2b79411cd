//! Secrets that no provider issues, and those that only their names tell.

use tidegate_core::meta::Severity;

use crate::scan::rule::{Class, Part, Rule, Set, Shape, Test};

/// A value that is long enough for a key, in either alphabet of base64.
const KEY: &[Part] = &[
    Part::Run(Set::AnyBase64, 24, 200),
    Part::Maybe(&[Part::Text("=")]),
    Part::Maybe(&[Part::Text("=")]),
];

/// A password that a generator made.
const PASSWORD: &[Part] = &[Part::Run(Set::Password, 12, 128)];

/// A key as Laravel writes it.
const LARAVEL: &[Part] = &[
    Part::Text("base64:"),
    Part::Run(Set::Base64, 43, 43),
    Part::Text("="),
];

/// A value that the name alone tells.
const fn named(word: &'static str, also: &'static [&'static str], value: &'static [Part]) -> Shape {
    Shape::Named { word, also, value }
}

pub(super) static RULES: &[Rule] = &[
    Rule {
        slug: "private-key",
        name: "private key",
        provider: "your own",
        class: Class::Secret,
        severity: Severity::Critical,
        shapes: &[Shape::PrivateKey],
        test: Test::Shape,
        opens: "Whoever has it can pose as the server, the person or the service it belongs to: sign in by SSH, sign tokens and releases, read what was encrypted for it. When it is encrypted (its head says so) they must guess its password first.",
        rotate: &[
            "Find what it belongs to: its public half stands in a certificate, in authorized_keys or in a provider's console.",
            "Make a new pair there or with ssh-keygen or openssl, and put the private half where the server reads it.",
            "Take the old public half out: delete the line of authorized_keys, revoke the certificate, delete the key in the console.",
            "Look through the logs of what it opened for sign-ins that are not yours.",
        ],
        keep_out: "It belongs in the store of secrets of the host or of CI, never in the repository or an image, not even for tests that could make one when they start.",
        reference: "https://www.rfc-editor.org/rfc/rfc7468",
    },
    Rule {
        slug: "jwt-signing-secret",
        name: "secret that signs sessions",
        provider: "your own",
        class: Class::Secret,
        severity: Severity::Critical,
        shapes: &[
            named("jwt", &["secret", "signingkey"], KEY),
            named("auth_secret", &[], KEY),
            named("session", &["secret"], KEY),
            named("cookie", &["secret"], KEY),
            named("encryption_key", &[], KEY),
            named("secret_key_base", &[], KEY),
            named("app_key", &[], LARAVEL),
        ],
        test: Test::Random(330),
        opens: "Whoever has it can write a session for any of your users, an administrator's too, and sign in without a password. Where it encrypts, they can read what it encrypted.",
        rotate: &[
            "Make a new one with openssl rand -base64 32, another for each environment.",
            "When the library can read two, set the new one to sign and keep the old one to read for a day; else everybody signs in again.",
            "Put it where the server reads it, and deploy.",
            "Take the old one away, and look for sessions of administrators that nobody opened.",
            "What it encrypted at rest must be read with the old one and written with the new one first.",
        ],
        keep_out: "It belongs in the server's environment only, another for each environment, with no default in the code.",
        reference: "https://www.rfc-editor.org/rfc/rfc8725",
    },
    Rule {
        slug: "signed-token",
        name: "signed token (JWT)",
        provider: "your own",
        class: Class::Secret,
        severity: Severity::Low,
        shapes: &[Shape::Jwt],
        test: Test::OtherJwt,
        opens: "Until it ends, whoever has it may act as the person or the service it was made for. Some are made to be shown; what it says about itself tells which.",
        rotate: &[
            "Read what it says about itself: who issued it, for whom, until when.",
            "When it is somebody's session, end that session where it was issued; when it is a service's key, make a new one there.",
            "If neither can be done, change the secret that signs, which ends all of them.",
        ],
        keep_out: "A test makes its own token with a secret of its own when it starts. A browser gets it by signing in.",
        reference: "https://www.rfc-editor.org/rfc/rfc7519",
    },
    Rule {
        slug: "basic-auth-url",
        name: "URL with a password",
        provider: "your own",
        class: Class::Secret,
        severity: Severity::High,
        shapes: &[Shape::UrlWithPassword(&[
            "https",
            "http",
            "ftp",
            "ftps",
            "sftp",
            "ssh",
            "git+https",
        ])],
        test: Test::RemotePassword,
        opens: "Whoever has it can sign in at that address with that name and password.",
        rotate: &[
            "Sign in at the address with the name it holds, or ask who runs it.",
            "Set a new password, or make a token of its own for this purpose.",
            "Put the name and the password where the server reads them, apart from the URL, and deploy.",
            "Look through the address's access log for sign-ins that are not yours.",
        ],
        keep_out: "The URL stands in the code without name and password; those belong in the server's environment and travel in the Authorization header.",
        reference: "https://www.rfc-editor.org/rfc/rfc3986#section-3.2.1",
    },
    Rule {
        slug: "vapid-private-key",
        name: "VAPID private key",
        provider: "your own",
        class: Class::Secret,
        severity: Severity::Medium,
        shapes: &[
            Shape::Named {
                word: "vapid",
                also: &["private"],
                value: &[Part::Run(Set::Base64Url, 43, 43)],
            },
            Shape::Named {
                word: "web_push",
                also: &["private"],
                value: &[Part::Run(Set::Base64Url, 43, 43)],
            },
        ],
        test: Test::Random(395),
        opens: "Whoever has it and a person's subscription can send that person push messages in your name.",
        rotate: &[
            "Run npx web-push generate-vapid-keys.",
            "Put the private half where the server reads it and the public half where the page does, and deploy.",
            "Let each browser subscribe anew; subscriptions made with the old key no longer work.",
        ],
        keep_out: "It belongs in the server's environment only. The browser gets the public key, which has 87 characters.",
        reference: "https://www.rfc-editor.org/rfc/rfc8292",
    },
    Rule {
        slug: "age-secret-key",
        name: "age secret key",
        provider: "your own",
        class: Class::Secret,
        severity: Severity::Critical,
        shapes: &[Shape::Token(&[
            Part::Text("AGE-SECRET-KEY-1"),
            Part::Run(Set::UpperAlnum, 58, 58),
        ])],
        test: Test::Random(380),
        opens: "Whoever has it can read every file that was encrypted for it, often all secrets of a repository that keeps them with SOPS.",
        rotate: &[
            "Run age-keygen for a new pair, and keep it where only those who deploy read it.",
            "Put the new recipient into .sops.yaml and run sops updatekeys and sops rotate on every file.",
            "Rotate what the files hold: the old versions in the history can still be read with the old key.",
        ],
        keep_out: "It belongs in the store of secrets of CI or in a password manager, beside no file it opens.",
        reference: "https://github.com/FiloSottile/age",
    },
    Rule {
        slug: "generic-secret",
        name: "secret or password",
        provider: "your own",
        class: Class::Secret,
        severity: Severity::Medium,
        shapes: &[
            named("secret", &[], KEY),
            named("password", &[], PASSWORD),
            named("passwd", &[], PASSWORD),
            named("api_key", &[], KEY),
            named("access_token", &[], KEY),
            named("auth_token", &[], KEY),
            named("private_key", &[], KEY),
        ],
        test: Test::Random(330),
        opens: "Its name says that it is a secret and its value looks like one. What it opens is for you to say.",
        rotate: &[
            "Find out what it opens: look where the name is used.",
            "When it is real, make a new one there, put it where the server reads it, and deploy; then end the old one.",
            "When it is none (an example, a test's own value, a public id), rename it or waive the finding with a reason.",
        ],
        keep_out: "A secret belongs in the server's environment, read by its name; the code holds the name alone.",
        reference: "https://cheatsheetseries.owasp.org/cheatsheets/Secrets_Management_Cheat_Sheet.html",
    },
];
